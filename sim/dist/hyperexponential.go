package dist

import (
	"math"

	"berth/sim/rng"
)

// Hyperexponential is a mixture of two exponentials: a coefficient of
// variation of at least 1 (Gross and Harris, "Fundamentals of Queueing Theory").
type Hyperexponential struct {
	p            float64 // of the first branch
	mean1, mean2 float64
	text         string
}

// NewHyperexponential returns the law that is exponential of mean1 with
// probability p (0 to 1) and of mean2 otherwise, both above 0.
func NewHyperexponential(p, mean1, mean2 float64, unit Unit) (Hyperexponential, error) {
	var c checks
	c.within("p", p, 0, 1)
	c.positive("mean1", mean1, "")
	c.positive("mean2", mean2, "")
	text := call("hyperexponential", "p", formatNumber(p), "mean1", unit.format(mean1), "mean2", unit.format(mean2))
	return Hyperexponential{p, mean1, mean2, text}, c.err()
}

// NewHyperexponentialRates is NewHyperexponential by rates, per second or unit.
func NewHyperexponentialRates(p, rate1, rate2 float64, _ Unit) (Hyperexponential, error) {
	var c checks
	c.within("p", p, 0, 1)
	c.positive("rate1", rate1, "")
	c.positive("rate2", rate2, "")
	text := call("hyperexponential", "p", formatNumber(p), "rate1", formatNumber(rate1), "rate2", formatNumber(rate2))
	return Hyperexponential{p, 1 / rate1, 1 / rate2, text}, c.err()
}

// NewHyperexponentialMeanCV returns the law of balanced means, in which both
// branches contribute half of the mean: p = (1 + sqrt((cv^2-1)/(cv^2+1))) / 2,
// rates 2p/mean and 2(1-p)/mean. mean above 0, cv from 1 to 1e6.
func NewHyperexponentialMeanCV(mean, cv float64, unit Unit) (Hyperexponential, error) {
	var c checks
	c.positive("mean", mean, useConstant)
	if c.finite("cv", cv) && cv < 1 {
		c.fail("cv", "use gamma or lognormal below 1", "has to be at least 1")
	} else {
		c.within("cv", cv, 0, 1e6)
	}
	// 1 - p is computed without cancellation: (1 - s^2) / (2 (1 + s)).
	s := math.Sqrt((cv*cv - 1) / (cv*cv + 1))
	p, rest := (1+s)/2, 1/((cv*cv+1)*(1+s))
	text := call("hyperexponential", "mean", unit.format(mean), "cv", formatNumber(cv))
	return Hyperexponential{p, mean / (2 * p), mean / (2 * rest), text}, c.err()
}

// Mean implements Dist.
func (d Hyperexponential) Mean() float64 { return d.p*d.mean1 + (1-d.p)*d.mean2 }

// Variance implements Dist.
func (d Hyperexponential) Variance() float64 {
	m := d.Mean()
	return 2*(d.p*d.mean1*d.mean1+(1-d.p)*d.mean2*d.mean2) - m*m
}

// CDF implements Dist.
func (d Hyperexponential) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return -(d.p*math.Expm1(-x/d.mean1) + (1-d.p)*math.Expm1(-x/d.mean2))
}

// Quantile implements Dist.
func (d Hyperexponential) Quantile(p float64) float64 {
	switch {
	case outside(p):
		return nan
	case p == 0:
		return 0
	case p == 1:
		return inf
	}
	return d.solve(math.Log1p(-p))
}

func (d Hyperexponential) upperQuantile(q float64) float64 { return d.solve(math.Log(q)) }

// solve finds the x at which the log of the survival function is target. The
// survival of a mixture of exponentials is log-convex, so Newton's steps from
// 0 approach the root from the left and never pass it.
func (d Hyperexponential) solve(target float64) float64 {
	x := 0.0
	for range 200 {
		a := d.p * math.Exp(-x/d.mean1)
		b := (1 - d.p) * math.Exp(-x/d.mean2)
		slope := (a/d.mean1 + b/d.mean2) / (a + b)
		var level float64
		if x == 0 {
			level = 0
		} else if level = math.Log(a + b); a+b > 0.5 {
			level = math.Log1p(-d.CDF(x))
		}
		step := (level - target) / slope
		if !(step > x*1e-16) {
			break
		}
		x += step
	}
	return x
}

// Sample implements Dist: one word for the branch, then an exponential.
func (d Hyperexponential) Sample(r *rng.Stream) float64 {
	if r.Float64() < d.p {
		return d.mean1 * r.Exp()
	}
	return d.mean2 * r.Exp()
}

// String implements Dist.
func (d Hyperexponential) String() string { return d.text }
