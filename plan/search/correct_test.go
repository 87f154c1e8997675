package search

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"

	"berth/models/result"
	"berth/models/theory"
)

// The search on cases whose best configuration is known by formula: requests
// come at random to one of twenty instances, each of which is then a keep-alive
// cycle of its own with constant service and start. Cost, cold share and mean
// latency of every cell are exact (theory.RenewalCost, KeepAliveConcurrent).

const (
	caseInstances = 20
	casePerSecond = 20.0 / 45 // each instance is asked every 45 s
	caseStartS    = 2.0
	caseCPUS      = 0.5 // vCPU-seconds a request
)

// known is a scenario with a best cell that is known.
type known struct {
	name, slo string
	types     []string
	sleepsS   []float64
	indiff    string
	feasible  func(c theory.KeepAliveResult, serviceS float64) bool
}

func (k known) source() string {
	return fmt.Sprintf(`
name: %s
as_of: 2026-11-01
duration: 2h
warmup: 10m
network: none
account: {cpu_meter: provisioned}
apps:
  web:
    instance_type: standard-1
    max_instances: 100
    sleep_after: 60s
    service: full-speed
    start: {platform: %gs, init: 0s, polling: none}
    shutdown: 0s
    clocks: off
    work: {cpu: %gs, response: 0}
    meter: {durable_object: false}
    logs: {events: 0, bytes: 0}
    route: {by: random-n, n: %d}
    traffic: [{requests: %.12g/s}]
slo: [%s]
plan: {indifference: %s, replications: 200}
`, k.name, caseStartS, caseCPUS, caseInstances, casePerSecond, k.slo, k.indiff)
}

var sizes = map[string]struct{ vcpu, memoryGiB, diskGB float64 }{
	"lite": {1.0 / 16, 0.25, 2}, "basic": {0.25, 1, 4}, "standard-1": {0.5, 4, 8}, "standard-2": {1, 6, 12}}

// exact is the bill of a cell in USD and what its requests meet.
func (k known) exact(t *testing.T, typeName string, sleepS float64) (bill float64, c theory.KeepAliveResult, serviceS float64) {
	t.Helper()
	size := sizes[typeName]
	serviceS = caseCPUS / size.vcpu
	cycle := theory.KeepAliveConcurrent{LambdaPerS: casePerSecond / caseInstances, ServiceS: serviceS, TimeoutS: sleepS, StartupS: caseStartS}
	r, err := theory.RenewalCost{Sessions: caseInstances, KeepAlive: cycle, VCPU: size.vcpu, MemoryGiB: size.memoryGiB, DiskGB: size.diskGB, Days: 730.0 / 24, Rates: theory.PublishedRates()}.Solve()
	if err != nil {
		t.Fatal(err)
	}
	if c, err = cycle.Solve(); err != nil {
		t.Fatal(err)
	}
	return r.NetUSD, c, serviceS
}

// right are the cells that may be chosen: the cheapest that keeps the targets,
// and those within the indifference zone of it.
func (k known) right(t *testing.T, indifference float64) map[string]bool {
	t.Helper()
	best := math.Inf(1)
	bills := map[string]float64{}
	for _, typeName := range k.types {
		for _, s := range k.sleepsS {
			if bill, c, service := k.exact(t, typeName, s); k.feasible == nil || k.feasible(c, service) {
				bills[fmt.Sprintf("%s %gs", typeName, s)] = bill
				best = min(best, bill)
			}
		}
	}
	ok := map[string]bool{}
	for name, bill := range bills {
		if bill <= best*(1+indifference) {
			ok[name] = true
		}
	}
	return ok
}

func (k known) axes() []result.SweepAxis {
	var sleeps []string
	for _, s := range k.sleepsS {
		sleeps = append(sleeps, fmt.Sprintf("%gs", s))
	}
	return []result.SweepAxis{{Path: "apps.web.instance_type", Values: k.types}, {Path: "apps.web.sleep_after", Values: sleeps}}
}

var knownCases = []known{
	// The bill alone, with times that differ by little more than the zone.
	{name: "bill", types: []string{"lite", "basic"}, sleepsS: []float64{32, 30, 31, 33}, indiff: "1%"},
	// A target on cold requests binds: the shortest time that keeps it is best.
	{name: "cold", types: []string{"basic", "standard-1"}, sleepsS: []float64{60, 80, 100}, indiff: "1%", slo: `"share(cold) < 18%"`,
		feasible: func(c theory.KeepAliveResult, _ float64) bool { return c.DelayedShare < 0.18 }},
	// A target on the latency binds the type, and the bill the time.
	{name: "latency", types: []string{"lite", "basic", "standard-1", "standard-2"}, sleepsS: []float64{30, 45}, indiff: "2%", slo: `"p50(latency) < 1500ms", "share(cold) < 60%"`,
		feasible: func(c theory.KeepAliveResult, service float64) bool { return service < 1.5 && c.DelayedShare < 0.5 }},
}

// TestSelectionIsRight: over many macro-replications the search chooses a cell
// that is best, or within the indifference zone of it, at least 95 times of 100.
func TestSelectionIsRight(t *testing.T) {
	macro := 4
	if testing.Short() {
		macro = 1
	}
	if os.Getenv("BERTH_LONG") != "" {
		macro = 100
	}
	for _, k := range knownCases {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			indifference := map[string]float64{"1%": 0.01, "2%": 0.02}[k.indiff]
			ok := k.right(t, indifference)
			if len(ok) == 0 || len(ok) == len(k.types)*len(k.sleepsS) {
				t.Fatalf("%d right answers", len(ok))
			}
			good, proven, runs := 0, 0, 0
			for seed := range macro {
				p, err := Run(t.Context(), Options{Name: k.name, Source: []byte(k.source()), Vary: k.axes(), Confirm: 2, Workers: runtime.GOMAXPROCS(0), Sets: []string{fmt.Sprintf("seed=%d", seed+1)}})
				if err != nil {
					t.Fatal(err)
				}
				s := p.Searches[0]
				runs += s.Runs
				name := strings.Join(s.Cells[s.Chosen].Values, " ") // empty of the scenario as it is
				if ok[name] && s.Feasible {
					good++
				} else {
					t.Logf("seed %d chose %q, right are %v", seed+1, name, ok)
				}
				if s.Proven {
					proven++
				}
			}
			t.Logf("%d of %d right, %d proven, %d runs; right are %v", good, macro, proven, runs, ok)
			if good < macro*95/100 {
				t.Errorf("%d of %d choices are right", good, macro)
			}
		})
	}
}

// TestCasesAreExact holds the formulas of the cases against long runs of them.
func TestCasesAreExact(t *testing.T) {
	k := knownCases[1]
	p, err := Run(t.Context(), Options{Name: k.name, Source: []byte(k.source()), Confirm: 2, Sets: []string{"slo=[]"}, Vary: []result.SweepAxis{{Path: "apps.web.sleep_after", Values: []string{"80s", "60s"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Searches[0].Cells {
		sleep := 60.0
		if c.Values[0] == "80s" {
			sleep = 80
		}
		bill, cycle, _ := k.exact(t, "standard-1", sleep)
		t.Logf("%v: bill %.2f, simulated %.2f ± %.2f; cold %.4f, simulated %.4f ± %.4f (%d)", c.Values, bill, c.Bill.Mean, c.Bill.Interval.Half, cycle.DelayedShare, c.Cold.Mean, c.Cold.Interval.Half, c.Runs)
		if c.Runs < 10 {
			t.Fatalf("%v has %d runs", c.Values, c.Runs)
		}
		if iv := c.Bill.Interval; math.Abs(iv.Mean-bill) > 4*iv.Half {
			t.Errorf("%v: bill %.2f, simulated %.2f ± %.2f", c.Values, bill, iv.Mean, iv.Half)
		}
		if iv := c.Cold.Interval; math.Abs(iv.Mean-cycle.DelayedShare) > 4*iv.Half {
			t.Errorf("%v: cold %.4f, simulated %.4f ± %.4f", c.Values, cycle.DelayedShare, iv.Mean, iv.Half)
		}
	}
}
