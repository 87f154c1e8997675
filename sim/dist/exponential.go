package dist

import (
	"math"

	"berth/sim/rng"
)

// Exponential is the law of gaps in a Poisson process (Johnson, Kotz and
// Balakrishnan, vol. 1, ch. 19).
type Exponential struct {
	mean float64
	text string
}

// NewExponential returns the exponential law of a mean above 0.
func NewExponential(mean float64, unit Unit) (Exponential, error) {
	var c checks
	c.positive("mean", mean, useConstant)
	return Exponential{mean, call("exponential", "mean", unit.format(mean))}, c.err()
}

// NewExponentialRate returns the exponential law of a rate above 0, per second
// or per unit.
func NewExponentialRate(rate float64, _ Unit) (Exponential, error) {
	var c checks
	c.positive("rate", rate, "")
	return Exponential{1 / rate, call("exponential", "rate", formatNumber(rate))}, c.err()
}

// Mean implements Dist.
func (d Exponential) Mean() float64 { return d.mean }

// Variance implements Dist.
func (d Exponential) Variance() float64 { return d.mean * d.mean }

// CDF implements Dist.
func (d Exponential) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return -math.Expm1(-x / d.mean)
}

// Quantile implements Dist.
func (d Exponential) Quantile(p float64) float64 {
	if outside(p) {
		return nan
	}
	return -d.mean * math.Log1p(-p)
}

func (d Exponential) upperQuantile(q float64) float64 { return -d.mean * math.Log(q) }

// Sample implements Dist by the ziggurat.
func (d Exponential) Sample(r *rng.Stream) float64 { return d.mean * r.Exp() }

// String implements Dist.
func (d Exponential) String() string { return d.text }
