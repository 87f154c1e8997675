package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"berth/sim/rng"
)

// Gamma is the law of sums of exponentials, with any positive shape (Johnson,
// Kotz and Balakrishnan, vol. 1, ch. 17).
type Gamma struct {
	shape, scale float64
	text         string
}

// Shapes outside this range are refused: below it nearly every value is 0 in
// double precision, above it the law is a point for every purpose here.
const minGammaShape, maxGammaShape = 1e-3, 1e8

// NewGamma returns the gamma law of mean shape x scale; shape from 0.001 to
// 1e8, scale above 0.
func NewGamma(shape, scale float64, unit Unit) (Gamma, error) {
	var c checks
	c.within("shape", shape, minGammaShape, maxGammaShape)
	c.positive("scale", scale, "")
	return Gamma{shape, scale, call("gamma", "shape", formatNumber(shape), "scale", unit.format(scale))}, c.err()
}

// NewGammaMeanCV returns the gamma law of a mean above 0 and a coefficient of
// variation from 0.0001 to 31.6: shape = 1 / cv^2.
func NewGammaMeanCV(mean, cv float64, unit Unit) (Gamma, error) {
	var c checks
	c.positive("mean", mean, useConstant)
	if c.positive("cv", cv, useConstant) {
		c.within("cv", cv, 1e-4, 31.6)
	}
	text := call("gamma", "mean", unit.format(mean), "cv", formatNumber(cv))
	return Gamma{1 / (cv * cv), mean * cv * cv, text}, c.err()
}

// Mean implements Dist.
func (d Gamma) Mean() float64 { return d.shape * d.scale }

// Variance implements Dist.
func (d Gamma) Variance() float64 { return d.shape * d.scale * d.scale }

// CDF implements Dist.
func (d Gamma) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	if math.IsInf(x, 1) {
		return 1
	}
	return mathext.GammaIncReg(d.shape, x/d.scale)
}

// Quantile implements Dist.
func (d Gamma) Quantile(p float64) float64 {
	switch {
	case outside(p):
		return nan
	case p == 0:
		return 0
	case p == 1:
		return inf
	}
	return d.scale * gammaQuantile(d.shape, p)
}

// gammaQuantile solves P(shape, x) = p. For shapes below 1 the library's root
// finder works to an absolute error, which loses the small values where half
// of such a law may lie. There P is x^shape / Gamma(shape+1) to first order
// (Abramowitz and Stegun 6.5.29), and Newton's steps in ln P over ln x, nearly
// a straight line, do the rest.
func gammaQuantile(shape, p float64) float64 {
	if shape >= 1 {
		return mathext.GammaIncRegInv(shape, p)
	}
	x := math.Exp((math.Log(p) + logGamma(shape+1)) / shape)
	if x < 1e-14 {
		return x
	}
	if x > 0.1 {
		x = mathext.GammaIncRegInv(shape, p)
	}
	for range 6 {
		f := mathext.GammaIncReg(shape, x)
		// d ln P / d ln x = x density / P.
		slope := math.Exp(shape*math.Log(x)-x-logGamma(shape)) / f
		step := math.Log(p/f) / slope
		if !(math.Abs(step) > 1e-15) || math.IsInf(step, 0) {
			break
		}
		x *= math.Exp(math.Max(-1, math.Min(1, step)))
	}
	return x
}

func (d Gamma) upperQuantile(q float64) float64 {
	return d.scale * mathext.GammaIncRegCompInv(d.shape, q)
}

// Sample implements Dist by the method of G. Marsaglia and W. W. Tsang ("A
// Simple Method for Generating Gamma Variables", 2000); shapes below 1 take
// the power of a uniform on top.
func (d Gamma) Sample(r *rng.Stream) float64 {
	shape, boost := d.shape, 1.0
	if shape < 1 {
		boost = math.Exp(-r.Exp() / shape)
		shape++
	}
	a := shape - 1.0/3
	c := 1 / math.Sqrt(9*a)
	for {
		x := r.Norm()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(r.Open01()) < x*x/2+a*(1-v+math.Log(v)) {
			return d.scale * boost * a * v
		}
	}
}

// String implements Dist.
func (d Gamma) String() string { return d.text }
