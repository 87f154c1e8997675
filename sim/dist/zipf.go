package dist

import (
	"math"

	"berth/sim/rng"
)

// Zipf is the law of popularity ranks 1 .. n with P(k) proportional to
// k^-alpha (Johnson, Kemp and Kotz, ch. 11). alpha 0 is uniform.
type Zipf struct {
	n, alpha, total float64
	// Constants of the sampler: the integral's ends and the squeeze.
	top, bottom, squeeze float64
	text                 string
}

// NewZipf returns the law of n ranks (a whole number from 1 to 1e12) and an
// exponent from 0 to 100.
func NewZipf(n, alpha float64) (Zipf, error) {
	var c checks
	if c.within("n", n, 1, 1e12) && n != math.Floor(n) {
		c.fail("n", "", "has to be a whole number")
	}
	c.within("alpha", alpha, 0, 100)
	if err := c.err(); err != nil {
		return Zipf{}, err
	}
	d := Zipf{n: n, alpha: alpha, total: powerSum(n, alpha), text: call("zipf", "n", formatNumber(n), "alpha", formatNumber(alpha))}
	d.top = d.integral(n + 0.5)
	d.bottom = d.integral(1.5) - 1
	d.squeeze = 2 - d.integralInverse(d.integral(2.5)-math.Pow(2, -alpha))
	return d, nil
}

// ZipfWeights returns k^-alpha for the ranks k = 1 .. n, the popularity of n
// keys; they are not normalised. It suits NewAlias.
func ZipfWeights(n int, alpha float64) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = math.Pow(float64(i+1), -alpha)
	}
	return w
}

// powerSum is the sum of k^-s for k = 1 .. n: term by term up to 32, then by
// Euler's and Maclaurin's formula with three corrections (Abramowitz and
// Stegun 23.1.30), good to about 1e-15.
func powerSum(n, s float64) float64 {
	const first = 32
	sum := 0.0
	for k := math.Min(n, first-1); k >= 1; k-- {
		sum += math.Pow(k, -s)
	}
	if n < first {
		return sum
	}
	f := func(x float64) float64 { return math.Pow(x, -s) }
	d1 := func(x float64) float64 { return -s * f(x) / x }
	d3 := func(x float64) float64 { return (s + 1) * (s + 2) * d1(x) / (x * x) }
	d5 := func(x float64) float64 { return (s + 3) * (s + 4) * d3(x) / (x * x) }
	integral := math.Pow(first, 1-s) * powerIntegral(math.Log(n/first), 1-s)
	return sum + integral + (f(first)+f(n))/2 +
		(d1(n)-d1(first))/12 - (d3(n)-d3(first))/720 + (d5(n)-d5(first))/30240
}

// powerIntegral is (e^(c l) - 1) / c, and its limit l at c = 0.
func powerIntegral(l, c float64) float64 {
	if math.Abs(c*l) < 1e-12 {
		return l
	}
	return math.Expm1(c*l) / c
}

// Mean implements Dist.
func (d Zipf) Mean() float64 { return powerSum(d.n, d.alpha-1) / d.total }

// Variance implements Dist.
func (d Zipf) Variance() float64 {
	m := d.Mean()
	return math.Max(0, powerSum(d.n, d.alpha-2)/d.total-m*m)
}

// CDF implements Dist.
func (d Zipf) CDF(x float64) float64 {
	k := math.Floor(x)
	switch {
	case k < 1:
		return 0
	case k >= d.n:
		return 1
	}
	return powerSum(k, d.alpha) / d.total
}

// Quantile implements Dist by bisection over the ranks.
func (d Zipf) Quantile(p float64) float64 {
	if outside(p) {
		return nan
	}
	low, high := 1.0, d.n
	for low < high {
		mid := math.Floor((low + high) / 2)
		if d.CDF(mid) >= p {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

// integral is the antiderivative of x^-alpha that vanishes at 1.
func (d Zipf) integral(x float64) float64 { return powerIntegral(math.Log(x), 1-d.alpha) }

func (d Zipf) integralInverse(y float64) float64 {
	c := 1 - d.alpha
	if math.Abs(c*y) < 1e-12 {
		return math.Exp(y)
	}
	return math.Exp(math.Log1p(math.Max(-1, c*y)) / c)
}

// Sample implements Dist by rejection-inversion without tables (W. Hoermann
// and G. Derflinger, "Rejection-Inversion to Generate Variates from Monotone
// Discrete Distributions", 1996).
func (d Zipf) Sample(r *rng.Stream) float64 {
	for {
		u := d.top + r.Float64()*(d.bottom-d.top)
		x := d.integralInverse(u)
		k := math.Max(1, math.Min(d.n, math.Floor(x+0.5)))
		if k-x <= d.squeeze || u >= d.integral(k+0.5)-math.Pow(k, -d.alpha) {
			return k
		}
	}
}

// String implements Dist.
func (d Zipf) String() string { return d.text }
