package dist

import (
	"math"

	"berth/sim/rng"
)

// Geometric counts the trials up to and including the first success: 1, 2, ...
// (Johnson, Kemp and Kotz, "Univariate Discrete Distributions", ch. 5).
type Geometric struct {
	p       float64
	logMiss float64 // ln(1 - p)
	text    string
}

// NewGeometric returns the law of the first success when each trial succeeds
// with probability p, above 0 (at least 1e-15) and at most 1.
func NewGeometric(p float64) (Geometric, error) {
	var c checks
	c.within("p", p, 1e-15, 1)
	return Geometric{p, math.Log1p(-p), call("geometric", "p", formatNumber(p))}, c.err()
}

// NewGeometricMean returns the geometric law of a mean of at least 1.
func NewGeometricMean(mean float64) (Geometric, error) {
	var c checks
	if c.finite("mean", mean) && mean < 1 {
		c.fail("mean", "the smallest value is 1", "has to be at least 1")
	} else {
		c.within("mean", mean, 0, 1e15)
	}
	return Geometric{1 / mean, math.Log1p(-1 / mean), call("geometric", "mean", formatNumber(mean))}, c.err()
}

// Mean implements Dist.
func (d Geometric) Mean() float64 { return 1 / d.p }

// Variance implements Dist.
func (d Geometric) Variance() float64 { return (1 - d.p) / (d.p * d.p) }

// CDF implements Dist.
func (d Geometric) CDF(x float64) float64 {
	k := math.Floor(x)
	switch {
	case k < 1:
		return 0
	case d.p == 1:
		return 1
	}
	return -math.Expm1(k * d.logMiss)
}

// Quantile implements Dist.
func (d Geometric) Quantile(p float64) float64 {
	switch {
	case outside(p):
		return nan
	case d.p == 1 || p == 0:
		return 1
	case p == 1:
		return inf
	}
	k := math.Max(1, math.Ceil(math.Log1p(-p)/d.logMiss))
	// The division may round across a step of the distribution function.
	for k > 1 && d.CDF(k-1) >= p {
		k--
	}
	for d.CDF(k) < p {
		k++
	}
	return k
}

// Sample implements Dist: an exponential, cut down to its step.
func (d Geometric) Sample(r *rng.Stream) float64 {
	if d.p == 1 {
		return 1
	}
	return 1 + math.Floor(r.Exp()/-d.logMiss)
}

// String implements Dist.
func (d Geometric) String() string { return d.text }
