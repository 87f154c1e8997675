package dist

import (
	"math"

	"berth/sim/rng"
)

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

// Uniform has the same density everywhere between two ends (Johnson, Kotz and
// Balakrishnan, "Continuous Univariate Distributions", vol. 2, ch. 26).
type Uniform struct {
	min, max float64
	text     string
}

// NewUniform returns the law of equal density on [min, max], 0 <= min < max.
func NewUniform(min, max float64, unit Unit) (Uniform, error) {
	var c checks
	if c.finite("min", min) && c.finite("max", max) {
		switch {
		case min == max:
			c.fail("max", useConstant, "has to be above min")
		case min > max:
			c.fail("max", "", "is below min")
		}
	}
	return Uniform{min, max, call("uniform", "min", unit.format(min), "max", unit.format(max))}, c.err()
}

// Mean implements Dist.
func (d Uniform) Mean() float64 { return d.min + (d.max-d.min)/2 }

// Variance implements Dist.
func (d Uniform) Variance() float64 { return (d.max - d.min) * (d.max - d.min) / 12 }

// CDF implements Dist.
func (d Uniform) CDF(x float64) float64 {
	return math.Max(0, math.Min(1, (x-d.min)/(d.max-d.min)))
}

// Quantile implements Dist.
func (d Uniform) Quantile(p float64) float64 {
	if outside(p) {
		return nan
	}
	return d.min + p*(d.max-d.min)
}

// Sample implements Dist with one word.
func (d Uniform) Sample(r *rng.Stream) float64 { return d.min + r.Float64()*(d.max-d.min) }

// String implements Dist.
func (d Uniform) String() string { return d.text }
