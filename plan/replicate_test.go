package plan

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"berth/data"
	"berth/models/billing"
	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/rng"
)

func book(t testing.TB) billing.Book {
	t.Helper()
	c, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	day, err := data.ParseDate("2026-11-01")
	if err != nil {
		t.Fatal(err)
	}
	b, err := billing.NewBook(c.AsOf(day), billing.Account{}, "")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// config is a scenario of one app, ten days of it.
func config(t testing.TB) *edge.Config {
	return &edge.Config{Name: "test", Seed: 7, Duration: 10 * sim.Day, MonthHours: 720, AsOf: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Book: book(t),
		Apps: []edge.App{{Name: "web", Type: platform.InstanceType{Name: "standard-1", VCPU1024: 512, MemoryMiB: 4096, DiskMB: 8000}, MaxInstances: 10,
			Start: edge.Start{Tries: 27, RetryEvery: 300 * sim.Millisecond, MaxStatus: 500, NoPlaceStatus: 503}, QueueLimit: -1,
			Meter: edge.Meter{ClassAPI: true, DrainHoldsSlot: true}}}}
}

// synthetic makes runs whose latency is exponential and whose one instance is
// up for a share of the time: everything follows from the replication number.
func synthetic(cfg *edge.Config) runner {
	return func(_ context.Context, rep int, opt edge.Options) (*result.Run, error) {
		r := rng.Derive(cfg.Seed, uint64(rep))
		run := &result.Run{Replication: rep, Seed: uint64(rep), From: cfg.Warmup, To: cfg.Duration, Apps: []result.AppRun{{Name: "web"}}}
		a := &run.Apps[0]
		for range 200 {
			v := int64(r.Exp() * float64(sim.Second))
			a.Latency.Record(v)
			a.WarmLatency.Record(v)
			for p := range a.Parts {
				a.Parts[p].Record(0)
			}
		}
		for range 200 {
			a.Parts[result.PartService].Record(0)
		}
		a.Requests, a.Served, a.Good, a.Starts, a.MaxInstances = 200, 200, 200, 3, 4
		up := uint64(10+r.Float64()) * uint64(sim.Hour)
		a.StateTime[result.Idle].Add(up)
		ms := new(big.Int).SetUint64(up / 1e6)
		m := billing.Meters{MemoryMiBms: new(big.Int).Mul(ms, big.NewInt(4096)), DiskMBms: new(big.Int).Mul(ms, big.NewInt(8000)),
			DODurationMBms: new(big.Int).Mul(ms, big.NewInt(128))}
		run.Usage = billing.Usage{Apps: []billing.AppUsage{m.Usage("web")}}
		if opt.Progress != nil {
			opt.Progress(cfg.Duration/2, 100)
		}
		return run, nil
	}
}

// fingerprint is everything of a result that must not depend on the workers.
func fingerprint(t *testing.T, r *result.Result) string {
	t.Helper()
	var values []any
	for _, m := range r.Metrics {
		values = append(values, m.Key, m.Mean, m.Count, len(m.Values))
	}
	text, err := json.Marshal([]any{values, r.Bill, r.Totals, r.Warnings, len(r.Runs), r.Units})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWorkersChangeNothing(t *testing.T) {
	cfg := config(t)
	for _, opt := range []ReplicateOptions{{N: 7}, {N: 3, Precision: 0.05, Max: 60}} {
		want := ""
		for _, workers := range []int{1, 2, 5, 16} {
			opt.Workers = workers
			r, err := replicate(context.Background(), synthetic(cfg), cfg, opt)
			if err != nil {
				t.Fatal(err)
			}
			got := fingerprint(t, r)
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("precision %v: %d workers give another result", opt.Precision, workers)
			}
			for i, run := range r.Runs {
				if run.Replication != i {
					t.Errorf("run %d is replication %d", i, run.Replication)
				}
			}
		}
	}
}

func TestSequentialStopping(t *testing.T) {
	cfg := config(t)
	opt := ReplicateOptions{N: 3, Precision: 0.03, Max: 200, Metrics: []result.Key{{Name: "mean(latency)"}}}
	r, err := replicate(context.Background(), synthetic(cfg), cfg, opt)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := result.Find(r.Metrics, opt.Metrics[0])
	if n := len(r.Runs); n <= 3 || n >= 200 || m.Interval.Half > 0.03*m.Mean {
		t.Fatalf("%d runs, %+v", n, m.Interval)
	}
	// One fewer was not enough.
	before := Evaluate(cfg, r.Runs[:len(r.Runs)-1], opt)
	if m, _ := result.Find(before.Metrics, opt.Metrics[0]); m.Interval.Half <= 0.03*m.Mean {
		t.Errorf("%d runs were precise already", len(before.Runs))
	}
	opt.Max = 4
	r, err = replicate(context.Background(), synthetic(cfg), cfg, opt)
	if err != nil || len(r.Runs) != 4 || !contains(r.Warnings, "mean(latency) is not known to 3 %") {
		t.Errorf("%d runs, %v, %v", len(r.Runs), r.Warnings, err)
	}
}

func contains(list []string, part string) bool {
	for _, s := range list {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

func TestInterruptKeepsWhatThereIs(t *testing.T) {
	cfg := config(t)
	ctx, cancel := context.WithCancel(context.Background())
	whole := synthetic(cfg)
	run := func(ctx context.Context, rep int, opt edge.Options) (*result.Run, error) {
		r, err := whole(ctx, rep, opt)
		switch rep {
		case 2: // interrupted on the way
			cancel()
			r.Partial, r.To = true, cfg.Duration/3
		case 3: // had not left its warm-up
			r.Partial, r.To = true, r.From
		}
		return r, err
	}
	r, err := replicate(ctx, run, cfg, ReplicateOptions{N: 6, Workers: 1})
	if err != nil || !r.Partial || len(r.Runs) != 3 || !r.Pooled.Partial {
		t.Fatalf("partial %v, %d runs, %v", r.Partial, len(r.Runs), err)
	}
	if !contains(r.Warnings, "the run was interrupted: 3 of 6 replications") {
		t.Errorf("%q", r.Warnings)
	}
	cfg.SLO = []edge.SLO{{Text: "mean(latency) < 100s", Metric: "mean(latency)", Op: "<", Threshold: 100}}
	if r := Evaluate(cfg, r.Runs, ReplicateOptions{N: 6}); r.SLO[0].Verdict != result.NotProven {
		t.Errorf("%+v", r.SLO[0])
	}
	none, err := replicate(ctx, run, cfg, ReplicateOptions{N: 2})
	if err != nil || !none.Partial || len(none.Runs) != 0 || none.Bill.TotalCents != 500 {
		t.Errorf("nothing done: %+v, %v", none, err)
	}
}

func TestErrorsAndPanicsOfRuns(t *testing.T) {
	cfg := config(t)
	whole := synthetic(cfg)
	var made atomic.Int64
	run := func(ctx context.Context, rep int, opt edge.Options) (*result.Run, error) {
		made.Add(1)
		if rep == 1 {
			return nil, errors.New("the trace is gone")
		}
		return whole(ctx, rep, opt)
	}
	if _, err := replicate(context.Background(), run, cfg, ReplicateOptions{N: 500, Workers: 2}); err == nil || err.Error() != "the trace is gone" {
		t.Errorf("%v", err)
	}
	if made.Load() > 100 {
		t.Errorf("%d runs after the error", made.Load())
	}
	broken := func(context.Context, int, edge.Options) (*result.Run, error) { panic("boom") }
	if _, err := replicate(context.Background(), broken, cfg, ReplicateOptions{N: 1}); err == nil || !strings.Contains(err.Error(), "replication 0 of seed 7 broke: boom") {
		t.Errorf("%v", err)
	}
}

func TestBillOfTheMonth(t *testing.T) {
	cfg := config(t)
	cfg.BudgetUSD = 5.05
	r, err := replicate(context.Background(), func(_ context.Context, rep int, _ edge.Options) (*result.Run, error) {
		run := &result.Run{Replication: rep, To: 10 * sim.Day, Apps: []result.AppRun{{Name: "web", Requests: 1000, Starts: 10}}}
		// 100 h of one instance in 10 days, 20 h of it for the deploy; 300 x more
		// in the second replication.
		hours := int64(100)
		if rep == 1 {
			hours = 400
		}
		run.Usage, run.OneOff = hoursUp(hours), hoursUp(20)
		run.Apps[0].StateTime[result.Idle].AddMul(uint64(hours/2), uint64(sim.Hour))
		return run, nil
	}, cfg, ReplicateOptions{N: 2})
	if err != nil {
		t.Fatal(err)
	}
	// Month of 720 h, 240 h measured: (100-20) x 3 + 20 = 260 h; (400-20) x 3 + 20 = 1160 h.
	for i, hours := range []int64{260, 1160} {
		want := billing.Price(hoursUp(hours), cfg.Book, billing.Options{}).Total.Float64()
		if math.Abs(r.Totals[i]-want) > 1e-9 {
			t.Errorf("replication %d: %v, want %v", i, r.Totals[i], want)
		}
	}
	mean := billing.Price(hoursUp(710), cfg.Book, billing.Options{})
	if r.Bill.Total.Cmp(mean.Total) != 0 {
		t.Errorf("bill of the mean usage %s, want %s", r.Bill.Total, mean.Total)
	}
	if !r.HasBudget || r.OverBudget != 1 || r.BillScale != 3 {
		t.Errorf("budget %v %v, scale %v", r.HasBudget, r.OverBudget, r.BillScale)
	}
	per := mean.Total.Float64() / 3 // 3,000 requests a month
	if u := r.Units.PerThousandRequests; !u.Known || math.Abs(u.Average-per) > 1e-9 || u.Marginal <= u.Average/2 {
		t.Errorf("per 1,000 requests %+v, want %v", u, per)
	}
	if r.Units.PerSession.Known {
		t.Error("there were no sessions")
	}
	// Idle 50 h and 200 h of 240 h, so 375 h a month, of memory and disk.
	idle := mean.Attribute(cfg.Book, idleHours(375)).Float64() / (mean.Total.Float64() - 5)
	if math.Abs(r.Units.IdleShare-idle) > 1e-9 {
		t.Errorf("idle share %v, want %v", r.Units.IdleShare, idle)
	}
}

// hoursUp is the container usage of so many hours of one standard-1.
func hoursUp(hours int64) billing.Usage {
	q := billing.RunUsage(platform.InstanceType{VCPU1024: 512, MemoryMiB: 4096, DiskMB: 8000}, billing.ExactInt(hours*3600), billing.Exact{})
	q[billing.CPUProvisioned] = billing.Exact{}
	return billing.Usage{Apps: []billing.AppUsage{{App: "web", Quantities: q}}}
}

func idleHours(hours int64) billing.Usage {
	u := hoursUp(hours)
	u.Apps[0].Quantities[billing.DODuration] = billing.ExactInt(hours * 3600).Mul(billing.ExactFrac(128, 1000))
	return u
}

func TestDrainingRunsBelongToTheirDuration(t *testing.T) {
	cfg := config(t)
	cfg.Drain = true
	run := &result.Run{To: 20 * sim.Day, Usage: hoursUp(100)}
	if got := monthly(cfg, run).Total(billing.Memory); got.Cmp(hoursUp(300).Total(billing.Memory)) != 0 {
		t.Errorf("%s", got)
	}
}

func TestHeadroomSaysWhatBinds(t *testing.T) {
	cfg := config(t)
	cfg.Account = edge.Account{VCPU1024: 4 * 1024, MemoryMiB: 40960, DORequestsPerS: 1000}
	pooled := &result.Run{Account: result.AccountRun{MaxVCPU1024: 2048, MaxMemoryMiB: 40000, Denied: 9},
		Apps: []result.AppRun{{Name: "web", MaxInstances: 10, MaxDORate: 12}}}
	pooled.Apps[0].Failed[result.FailMaxInstances] = 3
	rows := map[string]result.Headroom{}
	for _, h := range headroom(cfg, pooled) {
		rows[h.Limit] = h
		if h.Effect == "" {
			t.Errorf("%s does not say what a request gets", h.Limit)
		}
	}
	if h := rows["max_instances"]; h.Used != 10 || h.Max != 10 || h.Denied != 3 || h.Effect != "HTTP 500 after 27 tries 300ms apart" {
		t.Errorf("%+v", h)
	}
	if h := rows["account memory"]; h.Denied != 9 || h.Used != 40000 {
		t.Errorf("the fullest total gets the denials: %+v", h)
	}
	if h := rows["account vCPU"]; h.Denied != 0 || h.Used != 2 || h.Max != 4 {
		t.Errorf("%+v", h)
	}
	if h := rows["Durable Object requests"]; h.Used != 12 || h.Max != 1000 {
		t.Errorf("%+v", h)
	}
}

func TestWarnings(t *testing.T) {
	cfg := config(t)
	cfg.Warnings = []string{"of the scenario"}
	series := func(up ...int64) result.Series {
		s := result.Series{Step: sim.Day, Up: make([]int64, len(up)), Served: make([]int64, len(up)), LatencySum: make([]int64, len(up))}
		for i, v := range up {
			s.Up[i] = v * int64(sim.Day)
		}
		return s
	}
	cfg.Duration = 12 * sim.Day
	runOf := func(rep int, up ...int64) *result.Run {
		return &result.Run{Replication: rep, To: cfg.Duration, Apps: []result.AppRun{{Name: "web", Requests: 100, Served: 50, InFlight: 50, Series: series(up...)}}}
	}
	growing := []*result.Run{runOf(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), runOf(1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13)}
	list := Evaluate(cfg, growing, ReplicateOptions{N: 2}).Warnings
	for _, want := range []string{"of the scenario", "only 2 replications", "100 of 200 requests were unfinished", "not stationary: the number of instances"} {
		if !contains(list, want) {
			t.Errorf("no warning of %q in %q", want, list)
		}
	}
	steady := []*result.Run{runOf(0, 5, 5, 6, 5, 5, 6, 5, 5, 6, 5, 5, 6), runOf(1, 5, 6, 5, 5, 6, 5, 5, 6, 5, 5, 6, 5)}
	if list := Evaluate(cfg, steady, ReplicateOptions{N: 2}).Warnings; contains(list, "not stationary") || contains(list, "warm-up") {
		t.Errorf("%q", list)
	}
	one := Evaluate(cfg, steady[:1], ReplicateOptions{N: 1}).Warnings
	if !contains(one, "one replication: no interval") {
		t.Errorf("%q", one)
	}
}

func TestMeantToChangeIsNotCalledSo(t *testing.T) {
	shape := func(s workload.Shape) *edge.App { return &edge.App{Traffic: []workload.Config{{Shape: s}}} }
	for name, c := range map[string]*edge.App{
		"burst":  shape(workload.Shape{Bursts: []workload.Burst{{Count: 1}}}),
		"flash":  shape(workload.Shape{Flash: []workload.Flash{{Factor: 2}}}),
		"growth": shape(workload.Shape{Growth: 0.1}),
		"script": {Traffic: []workload.Config{{Clients: []workload.Client{{At: []sim.Time{1}}}}}},
		"deploy": {FirstDeploy: true},
	} {
		if !transient(c) {
			t.Errorf("%s is taken for steady", name)
		}
	}
	daily := shape(workload.Shape{Daily: make([]float64, 24)})
	if transient(daily) || cycleOf(daily) != sim.Day {
		t.Errorf("a daily shape has a cycle of %v", cycleOf(daily))
	}
	if c := shape(workload.Shape{Daily: make([]float64, 24), Weekly: make([]float64, 7)}); cycleOf(c) != 7*sim.Day {
		t.Errorf("a weekly shape has a cycle of %v", cycleOf(c))
	}
	if c := shape(workload.Shape{}); transient(c) || cycleOf(c) != 0 {
		t.Error("flat traffic is taken for changing")
	}
}

func TestLawsCatchABrokenRun(t *testing.T) {
	cfg := config(t)
	good, err := synthetic(cfg)(context.Background(), 0, edge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for p := range good.Apps[0].Parts {
		good.Apps[0].Parts[p] = good.Apps[0].Latency
		if result.Part(p) != result.PartService {
			h := &good.Apps[0].Parts[p]
			*h = result.AppRun{}.Latency
			h.RecordN(0, 200)
		}
	}
	good.UsageIn = []billing.RegionUsage{{Region: "weur", Usage: good.Usage}}
	if err := CheckLaws(cfg, &result.Result{Runs: []*result.Run{good}}); err != nil {
		t.Fatal(err)
	}
	for i, spoil := range []func(r *result.Run, c *edge.Config){
		func(r *result.Run, _ *edge.Config) { r.Apps[0].Requests++ },
		func(r *result.Run, _ *edge.Config) { r.To = r.From - 1 },
		func(r *result.Run, _ *edge.Config) { r.Apps[0].MaxInstances = 11 },
		func(r *result.Run, _ *edge.Config) { r.Apps[0].Parts[result.PartQueue].RecordN(1, 1) },
		func(r *result.Run, _ *edge.Config) { r.Apps[0].Cold++ },
		nil, // what prices a bill adds it up
		func(r *result.Run, _ *edge.Config) { r.UsageIn = append(r.UsageIn, r.UsageIn...) },
	} {
		if spoil == nil {
			continue
		}
		bad := result.Merge([]*result.Run{good})
		spoil(bad, cfg)
		err := CheckLaws(cfg, &result.Result{Runs: []*result.Run{bad}})
		if want := string(rune('1' + i)); err == nil || !strings.Contains(err.Error(), "breaks law "+want) {
			t.Errorf("law %s: %v", want, err)
		}
	}
}
