package workload

import (
	"math"

	"berth/sim"
)

// Steps into which the curved parts of a flash crowd are cut. Each step carries
// the exact mean of the curve over it, so no arrival is lost or added.
const (
	rampSteps     = 32
	decaySteps    = 96
	decayLifetime = 12 // time constants after which the rest, below 6e-6, is a last step
)

// knots appends the instants between which the factor is taken as constant.
func (f *Flash) knots(to []sim.Time) []sim.Time {
	top := f.At + f.Ramp
	end := top + f.Hold
	to = append(to, f.At, top, end)
	for i := sim.Time(1); i < rampSteps; i++ {
		to = append(to, f.At+f.Ramp/rampSteps*i)
	}
	for i := sim.Time(1); i <= decaySteps; i++ {
		to = append(to, end+f.Decay*decayLifetime/decaySteps*i)
	}
	return to
}

// mean is the mean of the factor over [from, to), to > from: 1 before At, a
// straight line to Factor over Ramp, Factor over Hold, and then
// 1 + (Factor-1) exp(-(t-end)/Decay).
func (f *Flash) mean(from, to sim.Time) float64 {
	top := f.At + f.Ramp
	end := top + f.Hold
	excess := 0.0 // integral of factor - 1, in units of Factor - 1, ns
	if a, b := max(from, f.At), min(to, top); b > a {
		mid := (float64(a-f.At) + float64(b-f.At)) / 2
		excess += float64(b-a) * mid / float64(f.Ramp)
	}
	if a, b := max(from, top), min(to, end); b > a {
		excess += float64(b - a)
	}
	if a := max(from, end); to > a && f.Decay > 0 {
		tau := float64(f.Decay)
		excess += tau * math.Exp(-float64(a-end)/tau) * -math.Expm1(-float64(to-a)/tau)
	}
	return 1 + (f.Factor-1)*excess/float64(to-from)
}
