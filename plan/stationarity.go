package plan

import (
	"math"

	"berth/models/edge"
	"berth/models/result"
	"berth/sim"
	"berth/sim/stats"
)

// steadyChange is the relative change between the first and the last third of a
// run above which it is called not stationary.
const steadyChange = 0.1

// stationarity compares the first and the last third of the runs, in instances
// up and mean latency, and looks for a warm-up that was not cut. Apps whose
// traffic or deployment is meant to change are left alone: the comparison would
// only find what was asked for.
func stationarity(cfg *edge.Config, runs []*result.Run, add adder) {
	if len(runs) < 2 || cfg.Drain {
		return
	}
	for i := range runs[0].Apps {
		c, ok := appConfig(cfg, runs[0].Apps[i].Name)
		if !ok || transient(c) {
			continue
		}
		cycle := cycleOf(c)
		if cycle > 0 && cfg.Duration-cfg.Warmup < 6*cycle {
			continue // thirds of less than two cycles differ by their phase
		}
		thirds(runs, i, add)
		if cycle == 0 {
			warmupLeft(cfg, runs, i, add)
		}
	}
}

// transient says whether an app's load is meant to change over the run.
func transient(c *edge.App) bool {
	if c.FirstDeploy || len(c.Rollouts) > 0 {
		return true
	}
	for i := range c.Traffic {
		t := &c.Traffic[i]
		s := &t.Shape
		if t.TracePath != "" || s.Growth != 0 || len(s.Bursts) > 0 || len(s.Flash) > 0 || len(s.Table) > 0 {
			return true
		}
		for _, cl := range t.Clients {
			if len(cl.At) > 0 {
				return true
			}
		}
	}
	return false
}

// cycleOf is the longest cycle of an app's traffic; 0 for none.
func cycleOf(c *edge.App) sim.Time {
	cycle := sim.Time(0)
	for i := range c.Traffic {
		s := &c.Traffic[i].Shape
		if len(s.Daily) > 0 {
			cycle = max(cycle, sim.Day)
		}
		if len(s.Weekly) > 0 {
			cycle = max(cycle, 7*sim.Day)
		}
		if s.SineAmplitude > 0 {
			cycle = max(cycle, s.SinePeriod)
		}
	}
	return cycle
}

// thirds compares the first with the last third of the runs.
func thirds(runs []*result.Run, app int, add adder) {
	for _, what := range []struct {
		label string
		of    func(s *result.Series, from, to int) float64
	}{{"the number of instances", meanUp}, {"the mean latency", meanLatency}} {
		var first, last []float64
		for _, r := range runs {
			s, lo, hi := measuredSteps(r, app)
			if third := (hi - lo) / 3; third >= 3 {
				first, last = append(first, what.of(s, lo, lo+third)), append(last, what.of(s, hi-third, hi))
			}
		}
		d := stats.PairedDifference(last, first, result.Confidence)
		base := stats.MeanInterval(first, result.Confidence).Mean
		if change := d.Mean / base; d.Known && (d.Lo > 0 || d.Hi < 0) && math.Abs(change) > steadyChange {
			add("%s: not stationary: %s differs by %+.0f %% between the first and the last third of the run", runs[0].Apps[app].Name, what.label, 100*change)
		}
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
