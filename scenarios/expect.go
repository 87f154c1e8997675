package scenarios

import (
	"math"

	"berth/models/edge"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
)

// Mean loads before any simulation, for warnings alone. Assumptions: constant
// mean rates (no shape), no sharing of CPU between requests, no network.

// arrivals is the mean rate of requests of an app, in 1/s.
func arrivals(a *edge.App) float64 {
	total := 0.0
	for i := range a.Traffic {
		t := &a.Traffic[i]
		switch t.Kind {
		case workload.Requests, workload.WebSockets:
			total += t.PerSecond
		case workload.Queue:
			total += t.PerSecond / math.Max(float64(t.Batch), 1)
		case workload.Sessions:
			total += t.PerSecond * meanOr(t.RequestsPerSession, 1)
		case workload.Users:
			if cycle := serviceTime(a, t) + meanOr(t.Think, 0); cycle > 0 {
				total += float64(t.Count) / cycle
			}
		}
	}
	return total
}

func meanOr(d dist.Dist, other float64) float64 {
	if d == nil {
		return other
	}
	return d.Mean()
}

// serviceTime is the mean time of a lone request on an instance, in s.
func serviceTime(a *edge.App, t *workload.Config) float64 {
	cpu, io := meanOr(a.Work.CPU, 0), meanOr(a.Work.IO, 0)
	if t.CPU != nil {
		cpu = t.CPU.Mean()
	}
	if t.IO != nil {
		io = t.IO.Mean()
	}
	if t.Kind == workload.WebSockets {
		return meanOr(t.Duration, 0)
	}
	if t.Length != nil {
		return t.Length.Mean()
	}
	speed := math.Min(a.Threads, a.Type.VCPU())
	if a.Service == edge.FullSpeed || speed <= 0 {
		speed = 1
	}
	return cpu/speed + io
}

// expectedInstances is the mean number of instances up at once without a cap,
// and how it was found. Sessions and per-request jobs: infinitely many servers,
// rate x (length + idle time). Keys and fixed instances: each is up with
// probability 1 - exp(-rate x (service + idle time)).
func expectedInstances(a *edge.App) (up float64, why string) {
	idle := a.SleepAfter.Seconds()
	if a.End != edge.EndSleep {
		idle = 0
	}
	if a.SleepAfter == sim.Never {
		return 0, ""
	}
	for i := range a.Traffic {
		t := &a.Traffic[i]
		service := serviceTime(a, t)
		switch {
		case t.Kind == workload.Population:
			up += float64(t.Count) * t.Up.Mean() / (t.Up.Mean() + t.Off.Mean())
			why = "ids up"
		case a.Route.By == "per-request":
			up += perSecond(t) * (service + idle)
			why = "rate x (service + sleep_after)"
		case a.Route.By == "session" && t.Kind == workload.Sessions:
			up += t.PerSecond * (sessionLength(t, service) + idle)
			why = "sessions x (length + sleep_after)"
		case a.Route.By == "key":
			up += keysUp(a, perSecond(t), service+idle)
			why = "keys asked within sleep_after"
		}
	}
	return up, why
}

func perSecond(t *workload.Config) float64 {
	if t.Kind == workload.Sessions {
		return t.PerSecond * meanOr(t.RequestsPerSession, 1)
	}
	return t.PerSecond
}

func sessionLength(t *workload.Config, service float64) float64 {
	if t.Length != nil {
		return t.Length.Mean()
	}
	n := meanOr(t.RequestsPerSession, 1)
	if t.Gap != nil {
		return (n-1)*t.Gap.Mean() + service
	}
	return n*service + (n-1)*meanOr(t.Think, 0)
}

// keysUp sums the probabilities of the keys to be up; of more than 100,000 keys
// the most popular ones alone.
func keysUp(a *edge.App, rate, window float64) float64 {
	n := min(a.Route.Keys, 100_000)
	if n == 0 {
		return 0
	}
	weights := dist.ZipfWeights(n, a.Route.Alpha)
	total, up := 0.0, 0.0
	for _, w := range weights {
		total += w
	}
	for _, w := range weights {
		up += 1 - math.Exp(-rate*w/total*window)
	}
	return up
}
