package dist

import (
	"math"

	"berth/sim/rng"
)

// Weibull is the law of lifetimes whose hazard is a power of the age (Johnson,
// Kotz and Balakrishnan, vol. 1, ch. 21).
type Weibull struct {
	shape, scale float64
	text         string
}

// Shapes outside this range are refused, as their moments overflow or their
// spread vanishes.
const minWeibullShape, maxWeibullShape = 0.1, 1000

// NewWeibull returns the law of scale x E^(1/shape), E exponential of mean 1;
// shape from 0.1 to 1000, scale above 0.
func NewWeibull(shape, scale float64, unit Unit) (Weibull, error) {
	var c checks
	c.within("shape", shape, minWeibullShape, maxWeibullShape)
	c.positive("scale", scale, "")
	return Weibull{shape, scale, call("weibull", "shape", formatNumber(shape), "scale", unit.format(scale))}, c.err()
}

// NewWeibullMeanCV returns the Weibull law of a mean above 0 and a coefficient
// of variation from 0.002 to 400. The shape solves
// 1 + cv^2 = Gamma(1 + 2/shape) / Gamma(1 + 1/shape)^2 by bisection.
func NewWeibullMeanCV(mean, cv float64, unit Unit) (Weibull, error) {
	var c checks
	c.positive("mean", mean, useConstant)
	if c.positive("cv", cv, useConstant) {
		c.within("cv", cv, 0.002, 400)
	}
	text := call("weibull", "mean", unit.format(mean), "cv", formatNumber(cv))
	if err := c.err(); err != nil {
		return Weibull{}, err
	}
	shape := weibullShape(cv)
	return Weibull{shape, mean / math.Exp(logGamma(1+1/shape)), text}, nil
}

// weibullShape bisects on a logarithmic scale until the ends meet.
func weibullShape(cv float64) float64 {
	target := math.Log1p(cv * cv)
	low, high := math.Log(minWeibullShape), math.Log(maxWeibullShape)
	for range 100 {
		mid := (low + high) / 2
		if weibullSpread(math.Exp(mid)) > target {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Exp((low + high) / 2)
}

// weibullSpread is ln(1 + cv^2), which falls as the shape grows.
func weibullSpread(shape float64) float64 {
	return logGamma(1+2/shape) - 2*logGamma(1+1/shape)
}

func logGamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// Mean implements Dist.
func (d Weibull) Mean() float64 { return d.scale * math.Exp(logGamma(1+1/d.shape)) }

// Variance implements Dist.
func (d Weibull) Variance() float64 {
	m := d.Mean()
	return m * m * math.Expm1(weibullSpread(d.shape))
}

// CDF implements Dist.
func (d Weibull) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return -math.Expm1(-math.Pow(x/d.scale, d.shape))
}

// Quantile implements Dist.
func (d Weibull) Quantile(p float64) float64 {
	if outside(p) {
		return nan
	}
	return d.scale * math.Pow(-math.Log1p(-p), 1/d.shape)
}

func (d Weibull) upperQuantile(q float64) float64 {
	return d.scale * math.Pow(-math.Log(q), 1/d.shape)
}

// Sample implements Dist by inversion with one word.
func (d Weibull) Sample(r *rng.Stream) float64 { return d.upperQuantile(r.Open01()) }

// String implements Dist.
func (d Weibull) String() string { return d.text }
