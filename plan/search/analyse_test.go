package search

import (
	"math"
	"strings"
	"testing"

	"berth/models/result"
	"berth/scenarios"
)

func TestSaturatedCellsAreLeftOut(t *testing.T) {
	// 2 requests a second of 100 vCPU-ms are 0.2 vCPU.
	busy := strings.Replace(strings.Replace(small, "cpu: 20ms", "cpu: 100ms", 1), "2/min", "2/s", 1)
	for _, x := range []struct {
		set  []string
		want string
	}{
		{[]string{"apps.web.instance_type=lite"}, "the requests need 0.2 vCPU, and 1 instance of 1/16 vCPU have 0.0625 (route: singleton)"},
		{[]string{"apps.web.instance_type=basic"}, ""},
		{[]string{"apps.web.instance_type=lite", "apps.web.route={by: random-n, n: 4}"}, ""},
		{[]string{"apps.web.instance_type=lite", "apps.web.route={by: random-n, n: 3}"}, "3 instances of 1/16 vCPU have 0.188 (route: random-n)"},
		{[]string{"apps.web.instance_type=lite", "apps.web.service=full-speed"}, ""},
		{[]string{"apps.web.instance_type=lite", "slo=[]"}, ""}, // nothing asks for speed
		{[]string{"apps.web.instance_type=lite", "apps.web.queue=0", "apps.web.concurrency=1", `slo=["errors < 90%"]`}, ""},
		{[]string{"apps.web.instance_type=lite", "apps.web.queue=0", "apps.web.concurrency=1", `slo=["errors < 20%"]`}, "need 0.2 vCPU"},
	} {
		cfg, ps := scenarios.Load("x.yaml", []byte(busy), scenarios.Options{Sets: x.set})
		if ps.Failed() {
			t.Fatal(ps)
		}
		h := &hunt{planner: &planner{cfg: cfg}, targets: targets(cfg, "web")}
		if got := h.saturated(cfg, &cfg.Apps[0]); x.want == "" && got != "" || !strings.Contains(got, x.want) {
			t.Errorf("%v: %q, want %q", x.set, got, x.want)
		}
	}
	p := find(t, Options{Source: []byte(busy), Vary: axes("instance_type=lite,basic,standard-1")})
	if c := p.Searches[0].Cells[0]; c.Fate != result.FateLimit || !c.Proven || c.Runs != 0 {
		t.Errorf("%+v", c)
	}
}

// TestLeastBillIsBelowTheBill: the bound is below what the runs say, and near it
// where idle time is all there is.
func TestLeastBillIsBelowTheBill(t *testing.T) {
	k := knownCases[0]
	for _, typeName := range []string{"lite", "standard-1"} {
		sets := []string{"apps.web.instance_type=" + typeName, "apps.web.sleep_after=3m", "apps.web.work.cpu=1ms", "apps.web.start.platform=0s"}
		cfg, ps := scenarios.Load("x.yaml", []byte(k.source()), scenarios.Options{Sets: sets})
		if ps.Failed() {
			t.Fatal(ps)
		}
		least := leastBill(cfg)
		p := find(t, Options{Source: []byte(k.source()), Sets: sets, Vary: axes("max_instances=100,101"), Confirm: 5})
		bill, ok := result.Find(p.Choice.Result.Metrics, result.Key{Name: "bill"})
		if iv := bill.Interval; !ok || least > iv.Hi || least < 0.9*iv.Lo {
			t.Errorf("%s: at least %.2f, simulated %.2f ± %.2f", typeName, least, iv.Mean, iv.Half)
		}
	}
	cfg, _ := scenarios.Load("x.yaml", []byte(k.source()), scenarios.Options{Sets: []string{"apps.web.traffic[0].daily=office"}})
	if cfg == nil || leastBill(cfg) != 0 {
		t.Error("a bound for traffic with a daily shape")
	}
}

// TestDemotion: a choice that violates a target on the whole horizon gives way
// to the next cheapest that keeps them.
func TestDemotion(t *testing.T) {
	one := func(bill, p99 float64) sample {
		m := func(name string, x float64) result.Metric {
			return result.Metric{Key: result.Key{Name: name}, Values: []float64{x}}
		}
		return sample{[]result.Metric{m("bill", bill), m("p99(latency)", p99), m("errors", 0), m("share(cold)", 0), m("p99(latency)", p99)}}
	}
	target := result.Target{Text: "p99(latency) < 3s", Metric: "p99(latency)", Op: "<", Threshold: 3}
	h := &hunt{planner: &planner{}, out: &result.Search{Chosen: 0, Feasible: true, Proven: true}, targets: []result.Target{target}, space: space{axes: axes("sleep_after=1m,2m,3m,4m")}}
	for i, x := range []struct {
		bill, p99 float64
		fate      result.Fate
	}{{10, 2.9, result.FateChosen}, {12, 2, result.FateDearer}, {11, 4, result.FateMissed}, {14, 2, result.FateDearer}} {
		c := &cell{out: result.PlanCell{Index: i, Values: []string{"x"}, Fate: x.fate, Stage: result.StageRank, Line: -1}, sets: []string{strings.Repeat("x", i+1)}}
		c.ranked = []sample{one(x.bill, x.p99), one(x.bill+1, x.p99)}
		c.screen = c.ranked[:1]
		h.fill(c)
		h.cells = append(h.cells, c)
	}
	broken := []result.SLOResult{{Text: target.Text, Verdict: result.Violated, Metric: result.Metric{Mean: 3.2}}}
	if !h.demote(broken) || h.out.Chosen != 1 || h.out.Proven || h.planner.sets[0] != "xx" {
		t.Errorf("%+v, overrides %v", h.out, h.planner.sets)
	}
	if c := h.out.Cells[0]; c.Fate != result.FateMissed || c.Stage != result.StageConfirm || c.Targets[0].Mean != 3.2 || c.Line != 0 {
		t.Errorf("%+v", c)
	}
	if d := h.out.Cells[3].Dearer; math.Abs(d.Mean-2) > 1e-9 {
		t.Errorf("%+v", d)
	}
	if !h.demote(broken) || h.out.Chosen != 3 || h.demote(broken) {
		t.Errorf("chose %d", h.out.Chosen)
	}
}
