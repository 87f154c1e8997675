package sensitivity

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
	"berth/scenarios"
)

// shared is one instance with a vCPU under Poisson arrivals: M/M/1 with
// processor sharing, at load 0.2.
const shared = `
name: shared
duration: 3h
warmup: 10m
as_of: 2026-11-01
network: none
apps:
  api:
    instance_type: {vcpu: 1, memory: 3GiB, disk: 4GB}
    start: {platform: 0s, init: 0s}
    image: {compressed: 1500MB, unpacked: 3GB}
    work: {cpu: "exponential(mean=100ms)", response: 0}
    route: {by: singleton}
    traffic:
      - {requests: 2/s}
`

func studied(t *testing.T, src string, n int, opt Options) *result.Sensitivity {
	t.Helper()
	cfg, problems := scenarios.Load("test.yaml", []byte(src), scenarios.Options{})
	if cfg == nil {
		t.Fatal(problems)
	}
	model, err := edge.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	base, err := plan.Replicate(t.Context(), model, cfg, plan.ReplicateOptions{N: n})
	if err != nil {
		t.Fatal(err)
	}
	opt.Name, opt.Source = "test.yaml", []byte(src)
	s, err := Run(t.Context(), cfg, base, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func find(t *testing.T, s *result.Sensitivity, name string) *result.Factor {
	t.Helper()
	for i := range s.Factors {
		if s.Factors[i].Name == name {
			return &s.Factors[i]
		}
	}
	t.Fatalf("nothing is called %q", name)
	return nil
}

// TestClosedFormOfASharedCPU holds the differences against W = s / (1 - rho).
func TestClosedFormOfASharedCPU(t *testing.T) {
	mean := result.Key{Name: "mean(latency)"}
	s := studied(t, shared, 10, Options{Metrics: []result.Key{mean, {Name: "bill"}}})
	w := func(rate, cpu float64) float64 { return cpu / (1 - rate*cpu) }
	for name, want := range map[string][2]float64{
		"traffic":         {w(1, 0.1) - w(2, 0.1), w(4, 0.1) - w(2, 0.1)},
		"CPU per request": {w(2, 0.05) - w(2, 0.1), w(2, 0.2) - w(2, 0.1)},
		"service":         {w(0, 0.1) - w(2, 0.1), 0}, // full speed; fifo has the same mean
	} {
		f := find(t, s, name)
		for i, e := range f.Ends {
			d, ok := e.Find(mean)
			slack := 1.5 * d.Delta.Half // of the interval: six looks at a fixed seed
			if !ok || d.Delta.Lo-slack > want[i] || d.Delta.Hi+slack < want[i] {
				t.Errorf("%s %s moves the mean by %.4g ± %.2g, theory says %.4g", name, e.Value, d.Delta.Mean, d.Delta.Half, want[i])
			}
		}
		if !f.Shown(mean) || f.Grade == "" != (name != "service") {
			t.Errorf("%s: shown %v, grade %q", name, f.Shown(mean), f.Grade)
		}
	}
	if f := find(t, s, "meter.idle_cpu"); f.Shown(mean) || !f.Shown(result.Key{Name: "bill"}) {
		t.Error("the CPU of an idle instance moves the bill and nothing else")
	}
	order := s.Order(mean)
	if first := s.Factors[order[0]].Name; first != "CPU per request" {
		t.Errorf("%s is ranked first", first)
	}
	if f := find(t, s, "hosts.cache"); f.Ends[0].Runs != look || f.Swing(mean) != 0 {
		t.Errorf("the image cache: %d runs, swing %g", f.Ends[0].Runs, f.Swing(mean))
	}
	// What cannot be simulated says why.
	if f := find(t, s, "host restarts"); f.Value != "0/h" || !strings.HasPrefix(f.Range, "catalogue: ") || f.Ends[1].Value != "0.01/h" {
		t.Errorf("host restarts: %+v", f)
	}
	if !slices.ContainsFunc(s.Unvaried, func(u result.Unvaried) bool { return u.Name == "response size" }) {
		t.Errorf("a response of no bytes can't be varied: %v", s.Unvaried)
	}
}

func TestRefusedValuesSayWhy(t *testing.T) {
	src := strings.Replace(shared, "image: {compressed: 1500MB, unpacked: 3GB}", "image: {compressed: 900MB}", 1)
	src = strings.Replace(src, "duration: 3h", "duration: 20m", 1)
	f := find(t, studied(t, src, 2, Options{}), "image.unpacked")
	if !strings.Contains(f.Ends[1].Refused, "does not fit") || f.Ends[0].Refused != "" {
		t.Errorf("2.25 GB twice in 4 GB: %+v", f.Ends)
	}
}

func TestTracesKeepTheirTraffic(t *testing.T) {
	name, src, err := scenarios.Find("trace-replay")
	if err != nil {
		t.Fatal(err)
	}
	s := studied(t, string(src), 2, Options{})
	for _, f := range s.Factors {
		if f.Name == "traffic" {
			t.Errorf("%s: the traffic of a trace was varied", name)
		}
	}
	if !slices.ContainsFunc(s.Unvaried, func(u result.Unvaried) bool { return strings.Contains(u.Why, "trace") }) {
		t.Errorf("not said: %v", s.Unvaried)
	}
}

// TestWorkersChangeNoStudy also looks at overrides: each one makes its variant.
func TestWorkersChangeNoStudy(t *testing.T) {
	src := strings.Replace(shared, "duration: 3h", "duration: 30m", 1)
	src = strings.Replace(src, `platform: 0s, init: 0s`, `platform: "mixture(0.5: constant(1s), 0.5: constant(2s))"`, 1)
	one, three := studied(t, src, 3, Options{Workers: 1}), studied(t, src, 3, Options{Workers: 3})
	a, errA := json.Marshal(one.Factors[0].Ends)
	b, errB := json.Marshal(three.Factors[0].Ends)
	if errA != nil || errB != nil || string(a) != string(b) {
		t.Errorf("%s\n%s\n%v %v", a, b, errA, errB)
	}
	for _, f := range one.Factors {
		for _, e := range f.Ends {
			if f.Name == "start times" && (e.Refused != "" || len(e.Sets) != 2) {
				t.Errorf("start times %s: %q, refused %q", e.Value, e.Sets, e.Refused)
			}
			if len(e.Sets) == 0 && f.Name != "egress pools of countries" {
				t.Errorf("%s %s has no override", f.Name, e.Value)
			}
		}
	}
}

func TestSessionsHaveTwoMeaningsOfRequests(t *testing.T) {
	src := strings.Replace(shared, "- {requests: 2/s}", "- {sessions: 10/min}\n      - {requests: 1/s, interarrival: \"gamma(mean=1s, cv=0.5)\"}", 1)
	s := studied(t, strings.Replace(src, "duration: 3h", "duration: 20m", 1), 2, Options{})
	if sets := find(t, s, "traffic").Ends[1].Sets; len(sets) != 3 || sets[0] != "apps.api.traffic[0].sessions=20/min" || !strings.HasPrefix(sets[2], "apps.api.traffic[1].interarrival=") {
		t.Errorf("twice the traffic: %q", sets)
	}
	if f := find(t, s, "traffic[0].requests"); f.Ends[0].Value != "geometric(mean=2.5)" || f.Ends[0].Refused != "" {
		t.Errorf("requests of a session: %+v", f)
	}
}

// TestInterruptedStudyHoldsWhatWasMade: nothing that was not run is said to have
// no effect.
func TestInterruptedStudyHoldsWhatWasMade(t *testing.T) {
	src := strings.Replace(shared, "duration: 3h", "duration: 30m", 1)
	cfg, problems := scenarios.Load("test.yaml", []byte(src), scenarios.Options{})
	if cfg == nil {
		t.Fatal(problems)
	}
	model, err := edge.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	base, err := plan.Replicate(t.Context(), model, cfg, plan.ReplicateOptions{N: 2})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Run(ctx, cfg, base, Options{Name: "test.yaml", Source: []byte(src), Workers: 1, Progress: func(done, _ int) {
		if done == 3 {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Partial || len(s.Factors) != 2 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "interrupted") {
		t.Errorf("partial %v, %d factors, warnings %q", s.Partial, len(s.Factors), s.Warnings)
	}
}
