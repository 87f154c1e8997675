package search

import (
	"errors"
	"strings"
	"testing"

	"berth/models/result"
)

// small is a scenario of some hundred requests a run.
const small = `
name: small
as_of: 2026-11-01
duration: 2h
network: none
apps:
  web:
    instance_type: basic
    max_instances: 12
    sleep_after: 10m
    start: {platform: 1s, init: 0s}
    work: {cpu: 20ms}
    traffic: [{requests: 2/min}]
slo: ["p99(latency) < 5s", "errors < 5%"]
`

func axes(list ...string) []result.SweepAxis {
	var out []result.SweepAxis
	for _, x := range list {
		path, values, _ := strings.Cut(x, "=")
		out = append(out, result.SweepAxis{Path: "apps.web." + path, Values: strings.Split(values, ",")})
	}
	return out
}

func find(t *testing.T, opt Options) *result.Plan {
	t.Helper()
	if opt.Source == nil {
		opt.Source = []byte(small)
	}
	opt.Name = "small.yaml"
	p, err := Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFindsTheCheapest(t *testing.T) {
	p := find(t, Options{Vary: axes("instance_type=lite,basic,standard-1", "sleep_after=10s,1m,10m")})
	s := p.Searches[0]
	best := s.Cells[s.Chosen]
	if !p.Feasible || !s.Proven || best.Values[0] != "lite" || best.Values[1] != "10s" || best.Fate != result.FateChosen {
		t.Errorf("chose %v (feasible %v, proven %v)", best.Values, p.Feasible, s.Proven)
	}
	if len(s.Cells) != 9 || !s.Cells[5].Base || s.Base != 5 {
		t.Errorf("%d cells, the scenario as it is %d", len(s.Cells), s.Base)
	}
	for _, c := range s.Cells {
		shown := c.Dearer.Lo > 0 || c.Stage == result.StageAnalysis && c.Least > best.Bill.Mean
		if c.Index != s.Chosen && (c.Fate != result.FateDearer || !c.Proven || !shown) {
			t.Errorf("%v: %v, proven %v, %+v", c.Values, c.Fate, c.Proven, c.Dearer)
		}
	}
	if len(p.Changes) != 2 || p.Changes[0] != (result.PlanChange{Path: "apps.web.instance_type", From: "basic", To: "lite"}) {
		t.Errorf("%+v", p.Changes)
	}
}

func TestMistakes(t *testing.T) {
	for _, x := range []struct {
		opt  Options
		want string
	}{
		{Options{Vary: axes("sleep_aftr=1m,2m")}, `did you mean "apps.web.sleep_after"`},
		{Options{Vary: axes("instance_type=huge")}, "there is no instance type"},
		{Options{Sets: []string{"plan.apps.web=keep"}}, "nothing varies"},
		{Options{Apps: []string{"wbe"}}, "there is no app"},
		{Options{Sets: []string{"plan.apps.wbe=keep"}}, `did you mean "web"`},
		{Options{Sets: []string{"plan.confidence=2"}}, "must be at most"},
	} {
		x.opt.Name, x.opt.Source = "small.yaml", []byte(small)
		_, err := Run(t.Context(), x.opt)
		var invalid *InvalidError
		var infeasible *InfeasibleError
		var usage *UsageError
		if err == nil || !strings.Contains(err.Error(), x.want) || !errors.As(err, &invalid) && !errors.As(err, &infeasible) && !errors.As(err, &usage) {
			t.Errorf("%v: %v, want %q", x.opt.Sets, err, x.want)
		}
	}
}
