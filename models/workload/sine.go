package workload

import (
	"math"

	"berth/sim"
)

// wave is the factor 1 + amplitude sin(2 pi t / period). It is not cut into
// steps: arrivals are drawn at the peak rate and kept with probability
// factor / peak (P. A. W. Lewis and G. S. Shedler, "Simulation of
// Nonhomogeneous Poisson Processes by Thinning", 1979), which is exact.
type wave struct {
	amplitude float64
	period    sim.Time
}

// sin is sin(2 pi t / period); the period is taken off in integers, so that it
// stays exact in a run of any length.
func (w wave) sin(t sim.Time) float64 {
	return math.Sin(2 * math.Pi * float64(t%w.period) / float64(w.period))
}

// at is the factor at instant t.
func (w wave) at(t sim.Time) float64 {
	if w.amplitude == 0 {
		return 1
	}
	return 1 + w.amplitude*w.sin(t)
}

// integral is the integral of the factor less 1 over [from, to], in ns.
func (w wave) integral(from, to sim.Time) float64 {
	if w.amplitude == 0 {
		return 0
	}
	// cos a - cos b = 2 sin((a+b)/2) sin((b-a)/2), without cancellation.
	half := math.Pi / float64(w.period)
	a, b := float64(from%w.period), float64(to%w.period)
	return w.amplitude / half * math.Sin(half*(a+b)) * math.Sin(half*(b-a))
}

// max is the largest factor over [from, to).
func (w wave) max(from, to sim.Time) float64 {
	if w.amplitude == 0 {
		return 1
	}
	crest := w.period / 4
	next := from + ((crest-from)%w.period+w.period)%w.period
	if next < to {
		return 1 + w.amplitude
	}
	return math.Max(w.at(from), w.at(to))
}
