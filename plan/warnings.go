package plan

import (
	"fmt"
	"math"
	"slices"

	"berth/models/edge"
	"berth/models/result"
	"berth/sim"
	"berth/sim/stats"
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

type adder func(format string, args ...any)

func appWarnings(a *result.AppRun, runs int, add adder) {
	if sent := a.Requests + a.Retries; a.InFlight*100 > sent && a.InFlight > int64(runs) {
		add("%s: %d of %d requests were unfinished at the end: the system may not keep up, or the run is short", a.Name, a.InFlight, sent)
	}
	if a.Served == 0 && a.Requests > 0 {
		add("%s: no request was served", a.Name)
	}
	if a.Requests == 0 {
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

// steadyChange is the relative change between the first and the last third of a
// run above which it is called not stationary.
const steadyChange = 0.1

// stationarity compares the first and the last third of the runs, in instances
// up and mean latency, and looks for a warm-up that was not cut.
func stationarity(cfg *edge.Config, runs []*result.Run, add adder) {
	if len(runs) < 2 || cfg.Drain {
		return
	}
	for i := range runs[0].Apps {
		name := runs[0].Apps[i].Name
		for _, what := range []struct {
			label string
			of    func(s *result.Series, from, to int) float64
		}{{"the number of instances", meanUp}, {"the mean latency", meanLatency}} {
			var first, last []float64
			for _, r := range runs {
				s, lo, hi := measuredSteps(r, i)
				if third := (hi - lo) / 3; third >= 3 {
					first, last = append(first, what.of(s, lo, lo+third)), append(last, what.of(s, hi-third, hi))
				}
			}
			d := stats.PairedDifference(last, first, result.Confidence)
			base := stats.MeanInterval(first, result.Confidence).Mean
			if change := d.Mean / base; d.Known && (d.Lo > 0 || d.Hi < 0) && math.Abs(change) > steadyChange {
				add("%s: not stationary: %s differs by %+.0f %% between the first and the last third of the run", name, what.label, 100*change)
			}
		}
		warmupLeft(cfg, runs, i, add)
	}
}

// measuredSteps are the whole steps of an app's series after the warm-up.
func measuredSteps(r *result.Run, app int) (s *result.Series, lo, hi int) {
	s = &r.Apps[app].Series
	if s.Step <= 0 {
		return s, 0, 0
	}
	lo = int((r.From - s.From + s.Step - 1) / s.Step)
	hi = min(int((r.To-s.From)/s.Step), len(s.Up), len(s.Served), len(s.LatencySum))
	return s, lo, max(hi, lo)
}

func meanUp(s *result.Series, from, to int) float64 {
	sum := 0.0
	for _, v := range s.Up[from:to] {
		sum += float64(v)
	}
	return sum / float64(to-from) / float64(s.Step)
}

func meanLatency(s *result.Series, from, to int) float64 {
	sum, n := 0.0, 0.0
	for k := from; k < to; k++ {
		sum += float64(s.LatencySum[k])
		n += float64(s.Served[k])
	}
	return sum / n
}

// warmupLeft applies MSER-5 to the instances up, averaged over the replications.
func warmupLeft(cfg *edge.Config, runs []*result.Run, app int, add adder) {
	s, lo, hi := measuredSteps(runs[0], app)
	mean := make([]float64, hi-lo)
	for _, r := range runs {
		rs, rlo, rhi := measuredSteps(r, app)
		if rlo != lo || rhi != hi || rs.Step != s.Step {
			return
		}
		for k := range mean {
			mean[k] += meanUp(rs, lo+k, lo+k+1) / float64(len(runs))
		}
	}
	cut := stats.MSER5(mean)
	if !cut.Known || cut.Observations == 0 || 2*cut.Observations >= len(mean) {
		return
	}
	before := stats.MeanInterval(mean[:cut.Observations], result.Confidence).Mean
	if math.Abs(before-cut.Mean) <= steadyChange*cut.Mean {
		return
	}
	span := sim.Time(cut.Observations) * s.Step
	add("%s: the first %v look like a warm-up (%.3g instances up, then %.3g): set warmup: %v to leave them out",
		runs[0].Apps[app].Name, span, before, cut.Mean, cfg.Warmup+span)
}
