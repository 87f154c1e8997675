package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"berth/models/edge"
	"berth/models/result"
	"berth/scenarios"
	"berth/sim"
)

// two is a scenario of two apps, one with a block.
const two = `
name: two
as_of: 2026-11-01
duration: 2h
network: none
apps:
  web:
    instance_type: basic
    sleep_after: 10m
    start: {platform: 1s, init: 0s}
    work: {cpu: 20ms}
    traffic: [{requests: 2/min}]
  jobs:
    instance_type: standard-1
    sleep_after: 10m
    start: {platform: 1s, init: 0s}
    work: {cpu: 2s}
    traffic: [{requests: 1/min}]
slo: ["web: p99(latency) < 5s", "jobs: p99(latency) < 30s"]
plan:
  finalists: 12
  apps:
    web: {instance_type: [lite, basic], sleep_after: [10s, 10m]}
    jobs: {instance_type: [lite, basic, standard-1]}
`

func TestSeveralAppsOneAfterTheOther(t *testing.T) {
	p := find(t, Options{Source: []byte(two)})
	var chosen []string
	for _, s := range p.Searches {
		chosen = append(chosen, s.App+" "+strings.Join(s.Cells[s.Chosen].Values, " "))
	}
	if !p.Feasible || !slices.Equal(chosen, []string{"web lite 10s", "jobs basic"}) {
		t.Errorf("chose %q, feasible %v", chosen, p.Feasible)
	}
	if len(p.Changes) != 3 || len(p.Advice) != 2 || !strings.Contains(p.Advice[1].Wrangler, `"instance_type": "basic"`) {
		t.Errorf("%+v, %+v", p.Changes, p.Advice)
	}
	// Lines of the other app are none of a search's business.
	if l := p.Searches[0].Lines; len(l) != 1 || l[0].Target.App != "web" {
		t.Errorf("%+v", l)
	}
	if p = find(t, Options{Source: []byte(two), Apps: []string{"jobs"}}); len(p.Searches) != 1 || p.Searches[0].App != "jobs" {
		t.Errorf("%d searches", len(p.Searches))
	}
}

func TestSpaces(t *testing.T) {
	cfg, rules, ps := scenarios.LoadPlan("two.yaml", []byte(two), scenarios.Options{})
	if ps.Failed() {
		t.Fatal(ps)
	}
	vary := func(path string, values ...string) result.SweepAxis {
		return result.SweepAxis{Path: path, Values: values}
	}
	for name, x := range map[string]struct {
		opt  Options
		want string
	}{
		"the block":           {Options{}, "web 2x2; jobs 3"},
		"in place of an axis": {Options{Vary: []result.SweepAxis{vary("apps.web.sleep_after", "1m", "2m", "3m")}}, "web 2x3; jobs 3"},
		"one more axis":       {Options{Vary: []result.SweepAxis{vary("apps.web.concurrency", "1", "2")}}, "web 2x2x2; jobs 3"},
		"one app":             {Options{Apps: []string{"web"}}, "web 2x2"},
		"all types":           {Options{Vary: []result.SweepAxis{vary("apps.web.instance_type", "all")}}, "web 6x2; jobs 3"},
		"an axis of no app":   {Options{Vary: []result.SweepAxis{vary("hosts.count", "50", "60")}}, " 2x2x3x2"},
	} {
		list, err := spaces(cfg, rules, x.opt)
		var words []string
		for _, s := range list {
			var sizes []string
			for _, a := range s.axes {
				sizes = append(sizes, fmt.Sprint(len(a.Values)))
			}
			words = append(words, s.app+" "+strings.Join(sizes, "x"))
		}
		if got := strings.Join(words, "; "); err != nil || got != x.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, x.want)
		}
	}
	many := make([]string, 5001)
	for i := range many {
		many[i] = fmt.Sprint(i + 1)
	}
	if _, err := spaces(cfg, rules, Options{Vary: []result.SweepAxis{vary("apps.web.max_instances", many...)}}); err == nil || !strings.Contains(err.Error(), "more than 10000 cells") {
		t.Errorf("%v", err)
	}
}

func TestDefaultSpace(t *testing.T) {
	src := strings.Replace(small, "max_instances: 12", "max_instances: 1\n    concurrency: 4\n    route: {by: random-n, n: 4}\n    clocks: {retry: 0s}", 1)
	src = strings.Replace(src, "duration: 2h", "duration: 30m", 1)
	p := find(t, Options{Source: []byte(src), Sets: []string{"slo=[]"}, Confirm: 2})
	s := p.Searches[0]
	var sizes []string
	for _, a := range s.Axes {
		sizes = append(sizes, fmt.Sprintf("%s %v", strings.TrimPrefix(a.Path, "apps.web."), a.Values))
	}
	if got, want := strings.Join(sizes, "; "), "instance_type [lite basic standard-1 standard-2 standard-3 standard-4]; "+
		"sleep_after [30s 60s 2m 4m 8m 15m 30m 1h]; concurrency [2 4 8]; max_instances [1 2]"; got != want || !s.Default {
		t.Errorf("%s\nwant %s", got, want)
	}
	for _, c := range s.Cells {
		if c.Fate == result.FateOpen && c.Runs == 0 {
			t.Errorf("%v is neither run nor left out", c.Values)
		}
	}
}

func TestNothingMeetsTheTargets(t *testing.T) {
	p := find(t, Options{Vary: axes("sleep_after=10s,1m,10m"), Sets: []string{`slo=["p99(latency) < 10ms", "share(cold) < 1%"]`}})
	s := p.Searches[0]
	if p.Feasible || s.Feasible || s.Chosen != 2 || s.Lines[0].Kept != 0 {
		t.Errorf("feasible %v, chose %d, %+v", p.Feasible, s.Chosen, s.Lines)
	}
	for _, c := range s.Cells {
		if c.Index != s.Chosen && c.Fate != result.FateMissed && c.Fate != result.FateOpen || c.Line < 0 {
			t.Errorf("%v: %v, line %d", c.Values, c.Fate, c.Line)
		}
	}
}

func TestAsItIsMayBeBest(t *testing.T) {
	p := find(t, Options{Vary: axes("instance_type=standard-1,standard-2", "sleep_after=20m")})
	s := p.Searches[0]
	if len(p.Changes) != 0 || s.Chosen != s.Base || s.Cells[s.Chosen].Values != nil || p.Choice == nil {
		t.Errorf("%+v, chose %d", p.Changes, s.Chosen)
	}
}

func TestInterruptedProvesNothing(t *testing.T) {
	for _, phase := range []string{"screening", "ranking", "confirming choice"} {
		ctx, cancel := context.WithCancel(t.Context())
		opt := Options{Name: "small.yaml", Source: []byte(small), Vary: axes("sleep_after=10s,1m,10m"), Workers: 1}
		opt.Progress = func(p Progress) {
			if p.Phase == phase {
				cancel()
			}
		}
		p, err := Run(ctx, opt)
		if err != nil || !p.Partial || p.Feasible || p.Choice != nil && p.Choice.Result != nil && !p.Choice.Result.Partial {
			t.Errorf("interrupted while %s: %+v, %v", phase, p, err)
		}
		cancel()
	}
}

// TestWorkersChangeNothing: the plan is the same on any number of workers.
func TestWorkersChangeNothing(t *testing.T) {
	text := func(workers int) string {
		p := find(t, Options{Vary: axes("instance_type=lite,basic,standard-1", "sleep_after=10s,1m,10m"), Workers: workers})
		return fmt.Sprintf("%+v %+v %+v", p.Searches, p.Changes, p.Choice.Differences)
	}
	if one, three := text(1), text(3); one != three {
		t.Errorf("one worker:\n%s\nthree:\n%s", one, three)
	}
}

func TestSpanOfTheRuns(t *testing.T) {
	month := strings.Replace(small, "as_of: 2026-11-01\nduration: 2h", "month: 2026-11", 1)
	for set, want := range map[string]string{
		"apps.web.traffic[0].requests=30/min": "3d after 1h", // 100,000 requests and whole days
		"apps.web.traffic[0].requests=1/h":    "30d after 0s",
		"plan.horizon=whole":                  "30d after 0s",
		"plan.horizon=12h":                    "12h after 1h",
		"warmup=2h":                           "29d22h after 2h",
	} {
		h := &hunt{out: &result.Search{}}
		cfg, rules, ps := scenarios.LoadPlan("x.yaml", []byte(month), scenarios.Options{Sets: []string{set}})
		if ps.Failed() {
			t.Fatal(ps)
		}
		h.planner = &planner{rules: rules}
		sets := h.spanSets(cfg)
		if got := fmt.Sprintf("%v after %v", h.out.Span, h.out.Warmup); got != want || (len(sets) == 0) != h.out.Whole {
			t.Errorf("%s: %s, %v, want %s", set, got, sets, want)
		}
	}
	h := &hunt{out: &result.Search{}, space: space{axes: axes("sleep_after=90m,30s")}}
	if got := h.longestSleep(&edge.Config{}); got != 2*sim.Hour {
		t.Errorf("warm-up %v", got)
	}
}
