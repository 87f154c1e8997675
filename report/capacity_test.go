package report

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strings"
	"testing"

	"berth/models/result"
	"berth/sim/stats"
)

// carried is a search with every kind of rate and type.
func carried() *result.Capacity {
	target := result.Target{Text: "p99(latency) < 2s", Metric: "p99(latency)", Op: "<", Threshold: 2, Unit: "s"}
	at := func(factor, mean float64, v result.Verdict) result.RatePoint {
		iv := stats.MeanInterval([]float64{mean - 0.01, mean, mean + 0.01}, 0.99)
		return result.RatePoint{Factor: factor, PerSecond: stats.MeanInterval([]float64{2 * factor, 2 * factor}, 0.95), Sets: []string{"apps.web.traffic[0].requests=8/s"}, Replications: 5, Verdict: v,
			Lines: []result.SLOResult{{Text: target.Text, Op: "<", Threshold: 2, Verdict: v, Metric: result.Metric{Key: target.Key(), Unit: "s", Mean: mean, Interval: iv}}}}
	}
	p99 := result.Metric{Values: []float64{1}, Mean: 1, Interval: stats.MeanInterval([]float64{0.9, 1.1}, 0.95)}
	return &result.Capacity{Tool: "berth", Scenario: "shop", App: "web <i>", Seed: 1, Confidence: 0.95, Tolerance: 0.02, Targets: []result.Target{target}, Carried: 1, Broken: 3,
		Points: []result.RatePoint{at(1, 0.5, result.Met), at(4, 1.9, result.Met), at(4.1, 2, result.NotProven), at(4.2, 2.2, result.Violated), {Factor: 8, Verdict: result.Violated, Why: "the requests need 4 vCPU"}},
		Binds:  []result.Binding{{What: "p99(latency) < 2s", Why: "the vCPU"}},
		Limits: []result.LimitAt{{Headroom: result.Headroom{Limit: "account vCPU", Unit: "vCPU", Used: 1, Max: 1500}, Reached: 6000}, {Headroom: result.Headroom{Limit: "start rate", Unit: "starts/s"}}},
		Curves: []result.Curve{{App: "web", Type: "lite", VCPU: 0.0625, MemoryMiB: 256, Refused: "it is too large"},
			{App: "web", Type: "basic", VCPU: 0.25, MemoryMiB: 1024, Own: true, InMemory: 7, PerSecond: 2.5, Saturates: "vCPU",
				Points: []result.CurvePoint{{Load: 0.5, PerSecond: 1.25, P50: p99, P99: p99, Errors: p99, InFlight: p99}, {Load: 0.8, PerSecond: 2}}}},
		Warnings: []string{"=SUM(A1)"}}
}

var spaces = regexp.MustCompile(` +`)

func TestCapacityAsText(t *testing.T) {
	var b bytes.Buffer
	if err := NewCapacity(carried()).Text(&b, Options{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"x4 * 8 carried 5 p99(latency) 1.9 s ± 57 ms", "x4.1 8.2 not told apart 5 ?p99(latency) 2 s", "x4.2 * 8.4 not carried 5 !p99(latency) 2.2 s",
		"x8 - not carried 0 by analysis: the requests need 4 vCPU", "account vCPU account 1 vCPU 1,500 vCPU 0.067 % x6000 12,000 0",
		"basic * 7 2.5/s vCPU 1 s 1 s - - -", "lite: it is too large.",
		"App web <i> carries x4 of the traffic (8/s) and not x4.2 (8.4/s), with 95 % confidence: p99(latency) < 2s binds (the vCPU).",
	} {
		if !strings.Contains(spaces.ReplaceAllString(text, " "), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range lines[:len(lines)-1] {
		if n := len([]rune(line)); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestCapacityInEveryForm(t *testing.T) {
	d := NewCapacity(carried())
	var md, html, table bytes.Buffer
	for _, err := range []error{d.Markdown(&md), d.HTML(&html), d.CSV(&table)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(md.String(), "<i>") || !strings.Contains(md.String(), "### Every load") {
		t.Errorf("markdown:\n%s", md.String())
	}
	if s := html.String(); strings.Contains(s, "web <i>") || !strings.Contains(s, `data-chart="target-1"`) || !strings.Contains(s, `data-chart="load-p99"`) {
		t.Error("the page lacks a chart, or holds a name as markup")
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(rows) != 1+5+1+8 || rows[2][4] != "p99(latency) < 2s" || rows[5][11] != "the requests need 4 vCPU" {
		t.Errorf("csv: %v, %d rows, %q", err, len(rows), rows)
	}
}

func TestCapacityVerdicts(t *testing.T) {
	open, none := carried(), carried()
	open.Broken, open.Binds = -1, nil
	none.Carried, none.Broken = -1, -1
	for want, c := range map[string]*result.Capacity{"App web carries at least x4 of the traffic (8/s)": open, "App web is not shown to carry any of the rates tried, from x1 to x8 of the traffic": none} {
		c.App = "web"
		if got := NewCapacity(c).Verdict; !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
