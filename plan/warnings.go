package plan

import (
	"fmt"
	"math"
	"slices"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/models/workload"
)

// fewReplications is the number below which intervals are wide and their
// coverage rests on the normality of few values.
const fewReplications = 5

// warnings are what a reader of the result must know, those of the scenario
// first.
func warnings(cfg *edge.Config, r *result.Result, opt ReplicateOptions) []string {
	list := slices.Clone(cfg.Warnings)
	list = append(list, r.Pooled.Warnings...)
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	n := len(r.Runs)
	switch {
	case r.Partial:
		add("the run was interrupted: %d of %d replications, the last ones cut short; nothing is proven", n, max(opt.N, n))
	case n == 1:
		add("one replication: no interval, and no target is proven")
	case n < fewReplications:
		add("only %d replications: intervals are wide (5 or more are advised)", n)
	}
	if opt.Precision > 0 && !r.Partial {
		for _, k := range opt.Metrics {
			if m, ok := result.Find(r.Metrics, k); ok && !(m.Interval.Half <= opt.Precision*math.Abs(m.Mean)) {
				add("%s is not known to %.3g %%: %d replications were the most allowed", k.Name, 100*opt.Precision, n)
			}
		}
	}
	for i := range r.Pooled.Apps {
		appWarnings(&r.Pooled.Apps[i], n, add)
	}
	tracedIdle(cfg, r, add)
	for _, s := range r.SLO {
		if m := s.Metric; s.Verdict != result.Violated {
			beyondData(m, n, add)
		}
	}
	if !r.Partial {
		stationarity(cfg, r.Runs, add)
	}
	return compact(list)
}

// compact drops repetitions and keeps the order.
func compact(list []string) []string {
	var out []string
	for _, w := range list {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// muchIdle is the share of a bill from which on idle time is worth a look.
const muchIdle = 0.3

// tracedIdle points to the exact answer where recorded calls pay for idle time.
func tracedIdle(cfg *edge.Config, r *result.Result, add adder) {
	idle := r.Units.IdleShare * (1 - r.Bill.Sum(billing.BaseSKU).Quo(r.Bill.Total).Float64()) // of the whole bill
	if !(idle >= muchIdle) {
		return
	}
	for i := range cfg.Apps {
		a := &cfg.Apps[i]
		if slices.ContainsFunc(a.Traffic, func(t workload.Config) bool { return t.Kind == workload.Trace }) && (a.Route.By == "session" || a.Route.By == "key") {
			add("%s: %.0f %% of the bill is idle time, and the calls are recorded: berth trace sleep --scenario ... tells which sleep_after they are worth", a.Name, 100*idle)
		}
	}
}

type adder func(format string, args ...any)

func appWarnings(a *result.AppRun, runs int, add adder) {
	if sent := a.Requests + a.Retries; a.InFlight*100 > sent && a.InFlight > int64(runs) {
		add("%s: %d of %d requests were unfinished at the end: the system may not keep up, or the run is short", a.Name, a.InFlight, sent)
	}
	if a.Served == 0 && a.Requests > 0 {
		add("%s: no request was served", a.Name)
	}
	if a.Requests == 0 && a.MessagesIn == 0 {
		add("%s: no request was sent after the warm-up", a.Name)
	}
}

// tailOf is the share of observations above the quantile a metric names.
func tailOf(name string) (float64, bool) {
	for prefix, tail := range map[string]float64{"p90(": 0.1, "p95(": 0.05, "p99(": 0.01, "p99.9(": 0.001} {
		if len(name) > len(prefix) && name[:len(prefix)] == prefix {
			return tail, true
		}
	}
	return 0, false
}

// beyondData warns of quantiles that rest on hardly any observation.
func beyondData(m result.Metric, runs int, add adder) {
	tail, ok := tailOf(m.Key.Name)
	if !ok || runs == 0 || m.Key.Name == "p95(instances)" {
		return
	}
	if above := tail * float64(m.Count) / float64(runs); above < 5 {
		add("%s rests on about %.1f observations above it in a replication: it may lie beyond the data", m.Key.Name, above)
	}
}
