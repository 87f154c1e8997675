package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strings"
	"testing"

	"berth/models/billing"
	"berth/models/result"
	"berth/sim"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// sleepCurve is a record of two hours with a hostile name. The bill rises with
// the timeout, and fewer calls wait.
func sleepCurve(met bool) *result.SleepCurve {
	point := func(seconds int64) result.SleepPoint {
		cold := 100_000 / (100 + seconds)
		bill := billing.ExactFrac(500+seconds, 100)
		wait := billing.ExactInt(cold).Mul(billing.ExactInt(360))
		p := result.SleepPoint{SleepAfter: sim.Time(seconds) * sim.Second, Starts: cold, Cold: cold, BusyNs: big.NewInt(5e12 + 1), UpNs: big.NewInt(5e12 + seconds*1e11), BilledMs: big.NewInt(5_000_000 + seconds*1e5),
			ColdMonth: wait, Waiting: wait.Mul(billing.ExactFrac(1, 1000))}
		p.Bill = billing.Bill{Total: bill, Lines: []billing.Line{{SKU: "base", Amount: billing.ExactInt(5)}, {SKU: "container.memory", Amount: bill.Sub(billing.ExactInt(5))}, {SKU: "do.requests"}}}
		p.Cost = bill.Add(p.Waiting)
		return p
	}
	c := &result.SleepCurve{Tool: "berth", Trace: "calls</script><img src=x>\x1b[2J.csv", Format: "csv", Calls: 1000, Keys: 12, Span: 2 * 3600 * sim.Second, AsOf: "2026-11-01",
		MonthHours: 720, Type: "basic", VCPU: 0.25, MemoryMiB: 1024, DiskMB: 4000, Start: 2 * sim.Second, Step: sim.Second, From: 10 * sim.Second, To: 7200 * sim.Second,
		ColdPriceUSD: 0.001, Best: point(430), Met: met, Warnings: []string{"a warning"}}
	for _, s := range []int64{10, 60, 600, 7200} {
		c.Points = append(c.Points, point(s))
	}
	for s := int64(10); s <= 7200; s += 10 {
		c.Drawn = append(c.Drawn, point(s))
	}
	now := point(600)
	c.Now = &now
	c.Prices = []result.SleepPrice{{USD: 0.001, Best: point(430)}}
	if !met {
		c.ColdPriceUSD, c.Now = 0, nil
		c.Targets = []result.Target{{Text: "cold <= 0.1%"}}
	}
	return c
}

func written(t *testing.T, form func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := form(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSleepForms(t *testing.T) {
	for _, met := range []bool{true, false} {
		d := NewSleep(sleepCurve(met))
		all := map[string]string{"text": written(t, func(w io.Writer) error { return d.Text(w, Options{}) }), "markdown": written(t, d.Markdown), "html": written(t, d.HTML),
			"csv": written(t, d.CSV), "json": written(t, d.JSON)}
		for name, text := range all {
			if strings.ContainsRune(text, 0x1b) || strings.Contains(text, "<img src=x") && name == "html" {
				t.Errorf("%s: the name of the file comes through", name)
			}
		}
		lines := strings.Split(strings.TrimRight(all["text"], "\n"), "\n")
		for _, l := range lines[:len(lines)-1] {
			if twwidth.Width(l) > 100 {
				t.Errorf("%d columns: %s", twwidth.Width(l), l)
			}
		}
		if last := lines[len(lines)-1]; last != d.Verdict || strings.HasPrefix(last, "No sleepAfter") == met {
			t.Errorf("the last line is %q, the verdict %q", last, d.Verdict)
		}
		var back Sleep
		if err := json.Unmarshal([]byte(all["json"]), &back); err != nil || len(back.Points) != 4 || back.Best.SleepAfter != 430 {
			t.Errorf("read back: %v, %d points, best at %v", err, len(back.Points), back.Best.SleepAfter)
		}
	}
}

// TestSleepRowsHoldTheBestInItsPlace reads the CSV as a notebook does.
func TestSleepRowsHoldTheBestInItsPlace(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(written(t, NewSleep(sleepCurve(true)).CSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var timeouts, best []string
	at := map[string]int{}
	for i, head := range rows[0] {
		at[head] = i
	}
	for _, r := range rows[1:] {
		timeouts, best = append(timeouts, r[at["sleep_after_s"]]), append(best, r[at["best"]])
	}
	if got := strings.Join(timeouts, " "); got != "10 60 430 600 7200" {
		t.Errorf("timeouts %s", got)
	}
	if got := strings.Join(best, " "); got != "false false true false false" {
		t.Errorf("best %s", got)
	}
	if got := rows[1][at["busy_s"]]; got != "5000.000000001" {
		t.Errorf("busy for %s s, not the exact decimal", got)
	}
}

func TestSleepInABrowser(t *testing.T) {
	ctx := browser(t)
	for _, width := range []int64{1280, 400} {
		w := openPage(t, ctx, NewSleep(sleepCurve(true)).HTML, width, "light")
		shoot(t, ctx, fmt.Sprintf("sleep-%d", width))
		if got, want := number(t, ctx, drawnCharts), number(t, ctx, allCharts); got != want || want != 2 {
			t.Errorf("at %d: %d of %d charts are drawn", width, got, want)
		}
		if over := number(t, ctx, overflow); over > 0 {
			t.Errorf("the page is %d wider than its %d", over, width)
		}
		w.quiet(t)
	}
}
