package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// QuantileType7 is the p-quantile of ascending values by linear interpolation
// at 1 + (n-1) p (R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical
// Packages", 1996, type 7). NaN for no values or p outside [0, 1].
func QuantileType7(sorted []float64, p float64) float64 {
	if len(sorted) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	at := float64(len(sorted)-1) * p
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// QuantileInterval is the distribution-free interval of the p-quantile of
// ascending independent observations, between two order statistics (W. J.
// Conover, "Practical Nonparametric Statistics", ch. 3): each side misses with
// probability at most (1 - conf) / 2. Mean is the type 7 estimate and Half half
// of the width. Too few observations for conf give no interval.
func QuantileInterval(sorted []float64, p, conf float64) Interval {
	n := len(sorted)
	iv := Interval{Mean: QuantileType7(sorted, p), Conf: conf, N: n}
	iv.Half, iv.Lo, iv.Hi = math.NaN(), math.NaN(), math.NaN()
	if n == 0 || !(p > 0 && p < 1 && conf > 0 && conf < 1) {
		return iv
	}
	// With B the number of observations at or below the quantile, the k-th
	// order statistic is above it with probability P(B < k).
	alpha := (1 - conf) / 2
	count := distuv.Binomial{N: float64(n), P: p}
	lower := largest(n, func(k int) bool { return count.CDF(float64(k-1)) <= alpha })
	upper := n + 1 - largest(n, func(j int) bool { return 1-count.CDF(float64(n-j)) <= alpha })
	if lower < 1 || upper > n {
		return iv
	}
	iv.Lo, iv.Hi, iv.Known = sorted[lower-1], sorted[upper-1], true
	iv.Half = (iv.Hi - iv.Lo) / 2
	return iv
}

// largest is the largest k in 0 .. n for which ok holds, given that it holds
// up to some k and not beyond (ok(0) is not asked).
func largest(n int, ok func(int) bool) int {
	low, high := 0, n
	for low < high {
		mid := (low + high + 1) / 2
		if ok(mid) {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low
}

// BinomialBand is the range in which the number of successes of n trials of
// probability p lies, but for at most alpha/2 on each side: how many of n
// intervals may cover the truth if their coverage is p.
func BinomialBand(n int, p, alpha float64) (lo, hi int) {
	if n <= 0 || !(p > 0 && p < 1) {
		if p >= 1 {
			return max(0, n), max(0, n)
		}
		return 0, 0
	}
	count := distuv.Binomial{N: float64(n), P: p}
	quantile := func(q float64) int {
		return largest(n+1, func(k int) bool { return count.CDF(float64(k-1)) < q })
	}
	return quantile(alpha / 2), quantile(1 - alpha/2)
}
