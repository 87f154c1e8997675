package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"berth/sim/rng"
)

// Lognormal is the exponential of a normal variable (Johnson, Kotz and
// Balakrishnan, vol. 1, ch. 14).
type Lognormal struct {
	median, sigma float64
	text          string
}

// NewLognormal returns the law of median x exp(sigma N), N standard normal;
// both above 0, sigma at most 20 so that moments stay finite.
func NewLognormal(median, sigma float64, unit Unit) (Lognormal, error) {
	var c checks
	c.positive("median", median, useConstant)
	if c.positive("sigma", sigma, useConstant) {
		c.within("sigma", sigma, 0, 20)
	}
	return Lognormal{median, sigma, call("lognormal", "median", unit.format(median), "sigma", formatNumber(sigma))}, c.err()
}

// NewLognormalMeanCV returns the lognormal law of a mean and a coefficient of
// variation, both above 0: sigma^2 = ln(1 + cv^2), median = mean / sqrt(1 + cv^2).
func NewLognormalMeanCV(mean, cv float64, unit Unit) (Lognormal, error) {
	var c checks
	c.positive("mean", mean, useConstant)
	if c.positive("cv", cv, useConstant) {
		c.within("cv", cv, 0, 1e80)
	}
	sigma := math.Sqrt(math.Log1p(cv * cv))
	text := call("lognormal", "mean", unit.format(mean), "cv", formatNumber(cv))
	return Lognormal{mean / math.Sqrt(1+cv*cv), sigma, text}, c.err()
}

// Mean implements Dist.
func (d Lognormal) Mean() float64 { return d.median * math.Exp(d.sigma*d.sigma/2) }

// Variance implements Dist.
func (d Lognormal) Variance() float64 {
	m := d.Mean()
	return m * m * math.Expm1(d.sigma*d.sigma)
}

// CDF implements Dist.
func (d Lognormal) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return math.Erfc(-math.Log(x/d.median)/(d.sigma*math.Sqrt2)) / 2
}

// Quantile implements Dist.
func (d Lognormal) Quantile(p float64) float64 {
	if outside(p) {
		return nan
	}
	return d.median * math.Exp(d.sigma*mathext.NormalQuantile(p))
}

func (d Lognormal) upperQuantile(q float64) float64 {
	return d.median * math.Exp(-d.sigma*mathext.NormalQuantile(q))
}

// Sample implements Dist by the normal ziggurat.
func (d Lognormal) Sample(r *rng.Stream) float64 { return d.median * math.Exp(d.sigma*r.Norm()) }

// String implements Dist.
func (d Lognormal) String() string { return d.text }
