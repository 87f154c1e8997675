package dist

import "berth/sim/rng"

// Constant always gives the same value.
type Constant struct {
	value float64
	text  string
}

// NewConstant returns the law of a single value, at least 0.
func NewConstant(value float64, unit Unit) (Constant, error) {
	var c checks
	c.finite("value", value)
	return Constant{value, unit.format(value)}, c.err()
}

// Mean implements Dist.
func (d Constant) Mean() float64 { return d.value }

// Variance implements Dist.
func (d Constant) Variance() float64 { return 0 }

// CDF implements Dist.
func (d Constant) CDF(x float64) float64 {
	if x < d.value {
		return 0
	}
	return 1
}

// Quantile implements Dist.
func (d Constant) Quantile(p float64) float64 {
	if outside(p) {
		return nan
	}
	return d.value
}

// Sample implements Dist; it draws no word.
func (d Constant) Sample(*rng.Stream) float64 { return d.value }

// String implements Dist.
func (d Constant) String() string { return d.text }
