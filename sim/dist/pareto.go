package dist

import (
	"math"

	"berth/sim/rng"
)

// Pareto has a tail that falls as a power (type I; Johnson, Kotz and
// Balakrishnan, vol. 1, ch. 20).
type Pareto struct {
	scale, shape float64
	text         string
}

// NewPareto returns the law of P(X > x) = (scale/x)^shape from scale on; both
// above 0, shape at least 0.01. The mean is infinite for shapes up to 1, the
// variance up to 2.
func NewPareto(scale, shape float64, unit Unit) (Pareto, error) {
	var c checks
	c.positive("scale", scale, "")
	c.within("shape", shape, 0.01, 1e6)
	return Pareto{scale, shape, call("pareto", "scale", unit.format(scale), "shape", formatNumber(shape))}, c.err()
}

// NewParetoMean returns the Pareto law of a mean above 0 and a shape above 1.
func NewParetoMean(mean, shape float64, unit Unit) (Pareto, error) {
	var c checks
	c.positive("mean", mean, useConstant)
	if c.within("shape", shape, 0, 1e6) && shape <= 1 {
		c.fail("shape", "give scale and shape instead", "has to be above 1 for a finite mean")
	}
	text := call("pareto", "mean", unit.format(mean), "shape", formatNumber(shape))
	return Pareto{mean * (shape - 1) / shape, shape, text}, c.err()
}

// Mean implements Dist.
func (d Pareto) Mean() float64 {
	if d.shape <= 1 {
		return inf
	}
	return d.scale * d.shape / (d.shape - 1)
}

// Variance implements Dist.
func (d Pareto) Variance() float64 {
	a := d.shape
	if a <= 2 {
		return inf
	}
	return d.scale * d.scale * a / ((a - 1) * (a - 1) * (a - 2))
}

// CDF implements Dist.
func (d Pareto) CDF(x float64) float64 {
	if x <= d.scale {
		return 0
	}
	return -math.Expm1(d.shape * math.Log(d.scale/x))
}

// Quantile implements Dist.
func (d Pareto) Quantile(p float64) float64 {
	if outside(p) {
		return nan
	}
	return d.scale * math.Exp(-math.Log1p(-p)/d.shape)
}

func (d Pareto) upperQuantile(q float64) float64 {
	return d.scale * math.Exp(-math.Log(q)/d.shape)
}

// Sample implements Dist by inversion with one word.
func (d Pareto) Sample(r *rng.Stream) float64 { return d.upperQuantile(r.Open01()) }

// String implements Dist.
func (d Pareto) String() string { return d.text }
