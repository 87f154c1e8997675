package search

import (
	"fmt"
	"math"
	"strings"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/models/theory"
	"berth/models/workload"
	"berth/plan"
	"berth/sim"
)

// Analysis before any run. What it says is a bound: a cell that it leaves out
// could not have been chosen, whatever a run says. Disk, memory and sizes of
// types are checked when a cell is read. Assumptions: long-run means, as the
// runs of a month nearly are; the CPU demand of requests is met in full.

// analyse leaves out the cells that cannot keep up, and finds the least that
// the others can cost.
func (h *hunt) analyse() {
	for _, c := range h.cells {
		if c.cfg == nil {
			continue
		}
		for i := range c.cfg.Apps {
			if why := h.saturated(c.cfg, &c.cfg.Apps[i]); why != "" && !c.out.Base {
				c.out.Fate, c.out.Stage, c.out.Proven, c.out.Why = result.FateLimit, result.StageAnalysis, true, why
				break
			}
		}
		c.out.Least = leastBill(c.cfg)
	}
}

// saturated says by how much the CPU demand of an app exceeds what its instances
// have together, where a target then cannot be kept; else "". Work that exceeds
// the capacity is either refused, which shows in the errors, or waits without
// end, which shows in every latency.
func (h *hunt) saturated(cfg *edge.Config, a *edge.App) string {
	n, limit := plan.MostInstances(cfg, a)
	if n == 0 || a.Service == edge.FullSpeed {
		return ""
	}
	load, demand := 0.0, mean(a.Work.CPU)
	for i := range a.Traffic {
		if t := &a.Traffic[i]; t.Kind != workload.Requests && t.Kind != workload.Sessions || t.CPU != nil {
			return "" // closed populations slow down instead, messages wait
		}
	}
	load = plan.RequestRate(a) * demand
	each := a.Type.VCPU()
	if a.Service == edge.FIFO {
		each = min(each, a.Threads)
	}
	have := float64(n) * each
	if load <= have || !h.bindsLoad(a, 1-have/load) {
		return ""
	}
	return fmt.Sprintf("the requests need %.3g vCPU, and %s of %s vCPU have %.3g (%s)", load, count(n, "instance", "instances"), a.Type.VCPUText(), have, limit)
}

// bindsLoad says whether some target of the search fails when a share of an
// app's work exceeds its capacity.
func (h *hunt) bindsLoad(a *edge.App, lost float64) bool {
	waits := a.QueueLimit < 0 && a.Client.Timeout == 0 && (a.Route.By == "singleton" || a.Route.By == "random-n" || a.Route.By == "least-in-flight")
	for _, t := range h.targets {
		ours := t.App == a.Name || t.App == "" && len(h.cfg.Apps) == 1
		switch {
		case !ours || above(t):
		case waits && lost > 0.05 && strings.HasSuffix(t.Metric, "(latency)"):
			return true
		case !waits && t.Metric == "errors" && lost > t.Threshold:
			return true
		}
	}
	return false
}

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// leastBill is a lower bound of the mean bill: the idle time after Poisson
// requests to fixed instances, by the keep-alive cycle with requests and starts
// that take no time (theory.RandomPool: both only lengthen a run), priced as
// memory, disk and object duration; nothing else is counted. Prices grow with
// usage and are convex but for the rounding of a line, so the price of the mean
// usage is below the mean price. 0 where the form does not apply.
func leastBill(cfg *edge.Config) float64 {
	var u billing.Usage
	for i := range cfg.Apps {
		up := leastUp(cfg, &cfg.Apps[i])
		if math.IsNaN(up) || up <= 0 {
			continue
		}
		seconds := int64(up * cfg.MonthHours * 3600)
		u.Apps = append(u.Apps, plan.UpUsage(&cfg.Apps[i], billing.ExactInt(seconds)))
	}
	if len(u.Apps) == 0 {
		return 0
	}
	return billing.Price(u, cfg.Book, billing.Options{}).Total.Float64()
}

// leastUp is a lower bound of the mean number of instances of an app up; 0 where
// none is known.
func leastUp(cfg *edge.Config, a *edge.App) float64 {
	if len(a.Traffic) != 1 || a.KeepAlive.Adaptive() || a.SleepAfter == sim.Never || a.End != edge.EndSleep || a.SleepMode != edge.SleepStop || cfg.Drain || len(a.Rollouts) > 0 || a.FirstDeploy {
		return 0
	}
	t := &a.Traffic[0]
	s := &t.Shape
	flat := s.Daily == nil && s.Weekly == nil && s.SineAmplitude == 0 && s.Growth == 0 && len(s.Bursts) == 0 && len(s.Flash) == 0 && len(s.Table) == 0
	n := map[string]int{"singleton": 1, "random-n": a.Route.N}[a.Route.By]
	if t.Kind != workload.Requests || !flat || t.Interarrival != nil || n == 0 || t.PerSecond <= 0 || a.MaxInstances > 0 && a.MaxInstances < n || len(t.Clients) > 0 && len(t.Clients[0].At) > 0 {
		return 0
	}
	r, err := theory.RandomPool{LambdaPerS: t.PerSecond, Instances: n, TimeoutS: a.SleepAfter.Seconds()}.Solve()
	if err != nil {
		return 0
	}
	return r.MeanAwake
}

func mean(d interface{ Mean() float64 }) float64 {
	if d == nil {
		return 0
	}
	return d.Mean()
}
