package plan

import (
	"math"

	"berth/models/edge"
	"berth/models/workload"
	"berth/sim"
)

// Span is how long a run must measure to stand for the whole of a scenario:
// whole cycles of its traffic that hold about so many requests. It is the
// scenario's own span where that is hardly longer, or where parts of it differ:
// growth, bursts, deploys, traces, instants to look at, outages of PoPs. Usage
// of a run is scaled to the month either way. Assumption: mean rates without
// failures and retries.
func Span(cfg *edge.Config, requests float64) (span sim.Time, whole bool) {
	own := cfg.Duration - cfg.Warmup
	if cfg.Drain || len(cfg.Observe) > 0 || cfg.Outages.PoPPerHour > 0 {
		return own, true
	}
	unit, rate := sim.Time(0), 0.0
	for i := range cfg.Apps {
		if transient(&cfg.Apps[i]) {
			return own, true
		}
		unit = max(unit, cycleOf(&cfg.Apps[i]))
		rate += RequestRate(&cfg.Apps[i])
	}
	if unit == 0 {
		unit = sim.Hour
		if own > 4*sim.Day {
			unit = sim.Day
		}
	}
	if rate <= 0 {
		return own, true
	}
	units := math.Ceil(requests / rate / unit.Seconds())
	if units*unit.Seconds() > own.Seconds()/2 {
		return own, true
	}
	return sim.Time(units) * unit, false
}

// RequestRate is about the mean rate of an app's requests in 1/s; 0 where it is
// not known beforehand.
func RequestRate(a *edge.App) float64 {
	rate := 0.0
	for i := range a.Traffic {
		t := &a.Traffic[i]
		switch t.Kind {
		case workload.Sessions:
			n := 1.0
			if t.RequestsPerSession != nil {
				n = t.RequestsPerSession.Mean()
			}
			rate += t.PerSecond * n
		case workload.Users:
			if t.Think != nil && t.Think.Mean() > 0 {
				rate += float64(t.Count) / (t.Think.Mean() + mean(a.Work.CPU) + mean(a.Work.IO))
			}
		default:
			rate += t.PerSecond
		}
	}
	return rate
}
