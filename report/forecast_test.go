package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"berth/models/result"
	"berth/sim/stats"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// forecastOf is a forecast of so many months whose bill rises by half of its
// first each month; budget 0 and a certain growth where plain.
func forecastOf(months int, simple bool, name string) *result.Forecast {
	f := &result.Forecast{Tool: "berth", Scenario: name, Seed: 1, Replications: 3, Growth: "8%/month", LowGrowth: "5%/month", HighGrowth: "11%/month", BudgetUSD: 250, Warnings: []string{"a warning"}}
	if simple {
		f.LowGrowth, f.HighGrowth, f.BudgetUSD, f.Growth = "", "", 0, "flat"
	}
	for i := range months {
		mean := 100 + 50*float64(i)
		totals := []float64{mean - 1, mean, mean + 1}
		m := result.ForecastMonth{Month: fmt.Sprintf("%d-%02d", 2026+(10+i)/12, (10+i)%12+1), Days: 30, Factor: 1 + 0.5*float64(i), Totals: totals, Bill: stats.MeanInterval(totals, 0.95),
			Low: mean * 0.9, High: mean * 1.2, Over: math.Min(1, float64(i)/6), Apps: []result.AppMoney{{App: "web", USD: mean - 5}, {USD: 5}}}
		if simple {
			m.Over = math.NaN()
		}
		for k, sku := range []string{"base", "container.memory", "container.cpu", "container.disk", "do.requests", "do.duration", "logs.ingest", "egress.na_eu"} {
			usd := mean / 36 * float64(k+1)
			if sku == "logs.ingest" && i == 0 {
				usd = 0
			}
			m.Lines = append(m.Lines, result.LineMoney{SKU: sku, Label: "Line " + sku, USD: usd})
		}
		m.Metrics = []result.Metric{result.Summarise(result.Metric{Key: result.Key{Name: "p99(latency)"}, Label: "p99", Unit: "s"}, []float64{1, 1.1, 1.2}, 100),
			result.Summarise(result.Metric{Key: result.Key{Name: "throughput"}, Label: "throughput", Unit: "/s"}, []float64{2, 2, 2}, 100)}
		m.Targets = []result.SLOResult{{Text: "errors < 1%"}}
		m.Headroom = []result.Headroom{{App: "web", Limit: "max_instances", Unit: "instances", Used: 10 * float64(i+1), Max: 60}, {Limit: "account vCPU", Unit: "vCPU", Used: 3, Max: 1500}, {Limit: "start rate", Unit: "starts/s"}}
		if !simple {
			m.Ends = []result.ForecastEnd{{Factor: 0.9, Bill: m.Bill}, {Factor: 1.1, Bill: m.Bill}}
		}
		f.Months = append(f.Months, m)
	}
	if !simple {
		f.Changes = []result.DatedChange{{Month: "2026-12", Kind: "price", Name: "logs.ingest", Label: "Observability ingestion", What: "begins: $0.25 a GB", Source: "docs"}}
		f.Reached = []result.Reached{{Kind: "budget", What: "bill above the budget", Month: "2027-03", Early: "2027-02", Late: "", Used: 300, Max: 250, Unit: "USD", Share: 0.8},
			{Kind: "risk", What: "a chance of 5 % of it", Month: "2027-01", Used: 200, Max: 250, Unit: "USD", Share: 0.1},
			{Kind: "limit", App: "web", What: "max_instances", Month: "2027-04", Early: "2027-03", Late: "", Used: 60, Max: 60, Unit: "instances", Share: 0.5},
			{Kind: "target", What: "errors < 1%", Early: "2027-05", Used: math.NaN(), Max: 0.01, Unit: "1"}}
	}
	return f
}

const hostileName = "</script><img src=x>\x1b[2J"

func TestForecastForms(t *testing.T) {
	for _, months := range []int{0, 1, 12, 30} {
		for _, simple := range []bool{true, false} {
			f := forecastOf(months, simple, hostileName)
			f.Partial = months == 0
			d := NewForecast(f)
			all := map[string]string{"text": written(t, func(w io.Writer) error { return d.Text(w, Options{}) }), "markdown": written(t, d.Markdown), "html": written(t, d.HTML),
				"csv": written(t, d.CSV), "json": written(t, d.JSON)}
			for name, text := range all {
				if strings.ContainsRune(text, 0x1b) || strings.Contains(text, "<img src=x") && name == "html" {
					t.Errorf("%s: the name of the scenario comes through", name)
				}
			}
			lines := strings.Split(strings.TrimRight(all["text"], "\n"), "\n")
			for _, l := range lines[:len(lines)-1] {
				if twwidth.Width(l) > 100 {
					t.Errorf("%d columns: %s", twwidth.Width(l), l)
				}
			}
			if last := lines[len(lines)-1]; last != d.Verdict {
				t.Errorf("the last line is %q, the verdict %q", last, d.Verdict)
			}
			var back Forecast
			if err := json.Unmarshal([]byte(all["json"]), &back); err != nil || len(back.Months) != months {
				t.Errorf("read back: %v, %d months of %d", err, len(back.Months), months)
			}
			rows, err := csv.NewReader(strings.NewReader(all["csv"])).ReadAll()
			if err != nil || len(rows) != months+1 {
				t.Errorf("%d rows of %d months: %v", len(rows), months, err)
			}
		}
	}
}

func TestForecastVerdictNamesWhatGivesWay(t *testing.T) {
	for want, d := range map[string]*Forecast{
		"above the budget of $250 from 2027-03 on; web: max_instances is reached in 2027-04": NewForecast(forecastOf(12, false, "my")),
		"no limit is reached": NewForecast(forecastOf(12, true, "my")),
		"Interrupted before":  NewForecast(&result.Forecast{Partial: true}),
	} {
		if !strings.Contains(d.Verdict, want) {
			t.Errorf("%q does not say %q", d.Verdict, want)
		}
	}
	calm := forecastOf(3, false, "my")
	calm.Reached = calm.Reached[3:]
	if v := NewForecast(calm).Verdict; !strings.Contains(v, "unless it grows faster") {
		t.Error(v)
	}
	calm.Reached = nil
	if v := NewForecast(calm).Verdict; !strings.Contains(v, "the budget of $250 holds and no limit is reached") {
		t.Error(v)
	}
}

// TestOtherLinesAddUp: the lines of the table and the rest are the bill.
func TestOtherLinesAddUp(t *testing.T) {
	d := NewForecast(forecastOf(2, false, "my"))
	lines, rest := d.largest()
	if len(lines) != shownLines-1 || !rest {
		t.Fatalf("%d lines, rest %v", len(lines), rest)
	}
	table := d.lineTable()
	var sum float64
	for _, c := range table.Rows[1][1 : len(table.Rows[1])-1] {
		var x float64
		if _, err := fmt.Sscanf(c, "%f", &x); err != nil {
			t.Fatal(err)
		}
		sum += x
	}
	if math.Abs(sum-150) > 0.05 {
		t.Errorf("the lines add up to %.2f of 150", sum)
	}
}

func TestForecastInABrowser(t *testing.T) {
	ctx := browser(t)
	for name, f := range map[string]*result.Forecast{"simple": forecastOf(3, true, hostileName), "forecast": forecastOf(12, false, "my")} {
		for _, width := range []int64{1280, 400} {
			w := openPage(t, ctx, NewForecast(f).HTML, width, "light")
			shoot(t, ctx, fmt.Sprintf("%s-%d", name, width))
			if got, want := number(t, ctx, drawnCharts), number(t, ctx, allCharts); got != want || want < 2 {
				t.Errorf("%s at %d: %d of %d charts are drawn", name, width, got, want)
			}
			if over := number(t, ctx, overflow); over > 0 {
				t.Errorf("%s: the page is %d wider than its %d", name, over, width)
			}
			w.quiet(t)
		}
	}
}
