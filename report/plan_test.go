package report

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"berth/models/result"
	"berth/report/internal/resulttest"
	"berth/sim"
	"berth/sim/stats"
)

// found is a plan with a cell of every fate.
func found() *result.Plan {
	base, choice, second := resulttest.New(), resulttest.New(), resulttest.New()
	t := result.Target{Text: "p99(latency) < 3s", Metric: "p99(latency)", Op: "<", Threshold: 3, Unit: "s"}
	metric := func(name, unit string, values ...float64) result.Metric {
		return result.Summarise(result.Metric{Key: result.Key{Name: name}, Label: name, Unit: unit, Better: -1}, values, 1000)
	}
	cell := func(i int, fate result.Fate, stage result.Stage, proven bool, line int, bill, p99 float64, dearer stats.Interval, values ...string) result.PlanCell {
		c := result.PlanCell{Index: i, Values: values, Fate: fate, Stage: stage, Proven: proven, Line: line, Dearer: dearer}
		if stage != result.StageAnalysis {
			c.Runs = 12
			c.Bill, c.P99 = metric("bill", "USD", bill-1, bill+1), metric("p99(latency)", "s", p99-0.1, p99+0.1)
			c.Errors, c.Cold = metric("errors", "1", 0.01, 0.02), metric("share(cold)", "1", 0.1, 0.2)
			c.Targets = []result.Metric{c.P99}
		}
		return c
	}
	apart := func(mean, half float64) stats.Interval {
		return stats.Interval{Mean: mean, Half: half, Lo: mean - half, Hi: mean + half, Conf: 0.95, N: 12, Known: true}
	}
	refused := cell(4, result.FateRefused, result.StageAnalysis, true, -1, 0, 0, stats.Interval{}, "huge <b>", "1m")
	refused.Why = `there is no instance type "huge <b>"`
	bounded := cell(5, result.FateDearer, result.StageAnalysis, true, -1, 0, 0, stats.Interval{}, "standard-4", "10m")
	bounded.Least = 900
	own := cell(8, result.FateOpen, result.StageScreen, false, -1, 90, 2, stats.Interval{Mean: 40})
	own.Base = true
	s := result.Search{App: "web", Axes: []result.SweepAxis{{Path: "apps.web.instance_type", Values: []string{"lite", "basic", "huge <b>", "standard-4"}}, {Path: "apps.web.sleep_after", Values: []string{"1m", "10m"}}},
		Span: 3 * sim.Day, Warmup: sim.Hour, ZoneUSD: 0.5, Chosen: 0, RunnerUp: 1, Base: 8, Feasible: true, Proven: true, Replications: 12, Runs: 99, CheaperMissed: 3,
		Lines: []result.PlanLine{{Target: t, Kept: 3, Best: 1.9, Cell: 0}}, Edges: []result.PlanEdge{{Path: "apps.web.sleep_after", Value: "1m", Lowest: true}},
		Cells: []result.PlanCell{
			cell(0, result.FateChosen, result.StageRank, true, -1, 50, 2, stats.Interval{}, "lite", "1m"),
			cell(1, result.FateDearer, result.StageRank, true, -1, 60, 2, apart(10, 1), "basic", "1m"),
			cell(2, result.FateEqual, result.StageRank, true, -1, 50, 2, apart(0, 0), "lite", "10m"),
			cell(3, result.FateMissed, result.StageRank, true, 0, 40, 4, apart(-10, 1), "basic", "10m"),
			refused, bounded,
			cell(6, result.FateOpen, result.StageScreen, false, 0, 45, 9, stats.Interval{Mean: -5}, "basic", "2m"),
			cell(7, result.FateEqual, result.StageRank, true, -1, 50.1, 2, apart(0.1, 0.2), "lite", "3m"),
			own,
		}}
	return &result.Plan{Tool: "berth", Scenario: "shop <b>", Seed: 3, Rules: result.PlanRules{Confidence: 0.95, Indifference: 0.01, Tolerance: 0.02, Finalists: 40, First: 10, Most: 100},
		Targets: []result.Target{t}, Searches: []result.Search{s}, Feasible: true,
		Base:     result.Compared{Name: "as it is", Result: base},
		Choice:   &result.Compared{Name: "choice", Result: choice, Differences: result.Differences(base, choice)},
		RunnerUp: &result.Compared{Name: "runner-up", Result: second, Differences: result.Differences(base, second)},
		Changes:  []result.PlanChange{{Path: "apps.web.instance_type", From: "basic", To: "lite"}, {Path: "apps.web.sleep_after", From: "10m", To: "1m"}},
		Advice:   []result.Advice{{App: "web", Wrangler: "{\n  \"containers\": []\n}\n", Class: "export class Web extends Container {\n}\n"}},
		Warnings: []string{"mind <i>"}}
}

func TestPlanAsText(t *testing.T) {
	var b bytes.Buffer
	if err := NewPlan(found()).Text(&b, Options{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"Plan for shop <b>\nweb: 4 x instance_type, 2 x sleep_after; 8 configurations and as it is. 2 left out by analysis",
		"chosen\n", "dearer by 20 %, $10.00 ± $1.00\n", "the same bill in every run\n", "too slow: 4 s, p99(latency) < 3s by 33 %", `there is no instance type "huge <b>"`,
		"costs $900.00 at least", "? one run: too slow: 9 s, p99(latency) < 3s by", "no cheaper: dearer by 0.2 %, $0.1 ± $0.2", "? one run: dearer by 80 %, $40.00",
		"1m is the lowest value tried", "basic, 10m at $40.00: too slow", "export class Web extends Container {\n}\n", "\nTake instance_type lite, sleep_after 1m: ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range lines[:len(lines)-1] { // the last one is a sentence
		if n := len([]rune(line)); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if last := lines[len(lines)-1]; !strings.Contains(last, "shown cheapest of 5 ranked, or within 1.0 % of it, at 95 % confidence; 2 left after one run.") {
		t.Errorf("verdict %q", last)
	}
}

func TestPlanVerdicts(t *testing.T) {
	for want, change := range map[string]func(p *result.Plan){
		"Keep it as it is: ":                     func(p *result.Plan) { p.Changes = nil },
		"Partial plan, interrupted":              func(p *result.Plan) { p.Partial = true },
		"cheapest by the bill alone, since the ": func(p *result.Plan) { p.Choice.Result.SLO = nil },
		"not proven: 1 other not told apart after 100 replications": func(p *result.Plan) {
			p.Searches[0].Proven = false
			p.Searches[0].Cells[1].Fate = result.FateOpen
		},
		"No configuration meets all targets: the obstacle is p99(latency) < 3s, which none keeps (best 1.9 s)": func(p *result.Plan) {
			p.Feasible = false
			p.Searches[0].Lines[0].Kept = 0
		},
		"p99(latency) < 3s, which 3 keep, but not with the others; closest is instance_type lite, sleep_after 1m": func(p *result.Plan) { p.Feasible = false },
	} {
		p := found()
		change(p)
		if got := NewPlan(p).Verdict; !strings.Contains(got, want) {
			t.Errorf("verdict %q, want %q", got, want)
		}
	}
}

func TestPlanInEveryForm(t *testing.T) {
	d := NewPlan(found())
	var md, html, table, js bytes.Buffer
	for _, err := range []error{d.Markdown(&md), d.HTML(&html), d.CSV(&table), d.JSON(&js)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(md.String(), "| lite") || strings.Contains(md.String(), "<b>") || !strings.Contains(md.String(), "```jsonc") {
		t.Errorf("markdown:\n%s", md.String())
	}
	s := html.String()
	for _, want := range []string{`data-chart="trade-web"`, `data-chart="dearer-web"`, `data-chart="course-web"`, "<pre tabindex=\"0\">{\n", "What binds"} {
		if !strings.Contains(s, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(s, "shop <b>") || strings.Contains(s, "mind <i>") {
		t.Error("the page holds a name as markup")
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(rows) != 10 || rows[1][4] != "chosen" || rows[4][4] != "misses a target" || rows[4][15] != "-10" {
		t.Errorf("csv: %v, %q", err, rows)
	}
}
