package theory

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// PoissonTail returns P(N >= k) for N Poisson of that mean (>= 0); it keeps its
// relative accuracy far into the tail, as the regularised lower incomplete
// gamma function P(k, mean).
func PoissonTail(mean float64, k int) float64 {
	switch {
	case k <= 0:
		return 1
	case mean == 0:
		return 0
	}
	return mathext.GammaIncReg(float64(k), mean)
}

// poissonCDF returns P(N <= n).
func poissonCDF(mean float64, n int) float64 {
	switch {
	case n < 0:
		return 0
	case mean == 0:
		return 1
	}
	return mathext.GammaIncRegComp(float64(n)+1, mean)
}

// PoissonQuantile returns the smallest n with P(N <= n) >= q, for a mean of 0
// to 1e12 and 0 < q < 1; anything else is an error.
func PoissonQuantile(mean, q float64) (int, error) {
	p := problems{model: "Poisson quantile"}
	p.notNegative("mean", mean)
	p.openProbability("q", q)
	if mean > 1e12 {
		p.addf("mean must be at most 1e12, got %v", mean)
	}
	if err := p.err(); err != nil {
		return 0, err
	}
	high := int(mean) + 1
	for step := int(math.Sqrt(mean)) + 1; poissonCDF(mean, high) < q; step *= 2 {
		high += step
	}
	low := -1 // P(N <= low) < q <= P(N <= high)
	for high-low > 1 {
		mid := low + (high-low)/2
		if poissonCDF(mean, mid) >= q {
			high = mid
		} else {
			low = mid
		}
	}
	return high, nil
}
