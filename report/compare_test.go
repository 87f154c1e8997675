package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"berth/models/result"
	"berth/report/internal/resulttest"
	"berth/sim/stats"
)

// comparison is a base with a variant whose every metric is a tenth higher, and
// one that is the base again.
func comparison(t *testing.T, name string) *result.Comparison {
	t.Helper()
	base, dearer := resulttest.New(), resulttest.New()
	for i := range dearer.Metrics {
		m := &dearer.Metrics[i]
		for j := range m.Values {
			m.Values[j] *= 1.1
		}
		m.Interval = stats.MeanInterval(m.Values, result.Confidence)
		m.Mean = m.Interval.Mean
	}
	c := &result.Comparison{Tool: "berth", Base: result.Compared{Name: "base", Result: base}, Warnings: []string{"a warning <b>"}}
	for n, r := range map[string]*result.Result{name: dearer, "same": base} {
		v := result.Compared{Name: n, Result: r}
		v.Differences = result.Differences(base, r)
		c.Variants = append(c.Variants, v)
	}
	if c.Variants[0].Name == "same" {
		c.Variants[0], c.Variants[1] = c.Variants[1], c.Variants[0]
	}
	for _, text := range []string{"bill>+1%", "bill>+50%"} {
		g, err := result.ParseGate(text)
		if err != nil {
			t.Fatal(err)
		}
		c.Gates = append(c.Gates, result.JudgeGate(g, &c.Base, &c.Variants[0]))
	}
	return c
}

func TestComparisonSaysWhatIsShown(t *testing.T) {
	d := NewComparison(comparison(t, "dearer"))
	if len(d.Variants[0].Differences) < 10 {
		t.Fatalf("%d differences", len(d.Variants[0].Differences))
	}
	for _, x := range d.Variants[1].Differences {
		if x.Change != "equal" || x.Delta.Mean != 0 {
			t.Errorf("the base differs from itself in %s: %+v", x.Metric, x)
		}
	}
	bill, ok := d.Variants[0].find("bill")
	if !ok || bill.Change != "worse" || bill.Relative.Mean < 0.0999 || bill.Relative.Mean > 0.1001 {
		t.Errorf("%+v", bill)
	}
	if !strings.HasPrefix(d.Verdict, "Fails 1 of 2 gates; dearer against base: bill +10 % (worse)") || !strings.Contains(d.Verdict, "same against base: bill equal") {
		t.Error(d.Verdict)
	}
}

func TestComparisonForms(t *testing.T) {
	d := NewComparison(comparison(t, "=1+1\x1b[2J</script>|x"))
	write := func(form func(io.Writer) error) string {
		t.Helper()
		var b bytes.Buffer
		if err := form(&b); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsRune(b.String(), 0x1b) {
			t.Error("an escape sequence comes through")
		}
		return b.String()
	}
	var back Comparison
	if err := json.Unmarshal([]byte(write(d.JSON)), &back); err != nil || len(back.Variants) != 2 || len(back.Gates) != 2 || back.Gates[0].Verdict != "failed" || back.Gates[1].Verdict != "passed" {
		t.Errorf("%v %+v", err, back.Gates)
	}
	rows, err := csv.NewReader(strings.NewReader(write(d.CSV))).ReadAll()
	if err != nil || len(rows) != 1+len(d.Variants[0].Differences)+len(d.Variants[1].Differences) || rows[1][0][0] != '\'' {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	text := write(func(w io.Writer) error { return d.Text(w, Options{}) })
	for _, want := range []string{"Side by side", "p99(latency)", "equal", "bill>+1%", "failed", "passed", "[1] a warning"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if len([]rune(line)) > 110 && !strings.HasPrefix(line, "Fails") {
			t.Errorf("%d columns: %s", len([]rune(line)), line)
		}
	}
	if md := write(d.Markdown); !strings.Contains(md, "### Side by side") || strings.Contains(md, "</script>") {
		t.Error("markdown")
	}
	page := write(d.HTML)
	if page != write(d.HTML) {
		t.Error("two pages of one comparison differ")
	}
	if !strings.Contains(page, `data-chart="change-1"`) || strings.Contains(page, `data-chart="change-2"`) == false || strings.Contains(page, "<b></li>") || strings.Contains(page, "=1+1</script>") {
		t.Error("the page lacks its charts or holds a name unescaped")
	}
}

func TestShiftsHaveTheirSign(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{shift(0.0123, "1"), "+1.2 pp"}, {shift(-1e-7, "1"), "0.000 pp"}, {shift(-0.5, "s"), "-500 ms"}, {shift(12, "USD"), "+$12.00"}, {shift(0, "s"), "0"}, {shift(None, "s"), "-"},
		{shift(-0.0015, "/s"), "-0.0015/s"}, {percentage(0.1234), "+12.3 %"}, {percentage(-0.5), "-50 %"}, {percentage(0.00001), "0.00 %"}, {percentage(None), "-"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
