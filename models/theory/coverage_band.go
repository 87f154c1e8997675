package theory

import "gonum.org/v1/gonum/mathext"

// CoverageBand returns how few and how many of n intervals (n >= 1) may cover
// the truth if each does so independently with probability confidence
// (0 < x < 1): the quantiles alpha/2 and 1 - alpha/2 of the binomial law, so
// fewer than low, like more than high, happens with probability at most alpha/2
// (0 < alpha < 1).
func CoverageBand(n int, confidence, alpha float64) (low, high int, err error) {
	p := problems{model: "coverage band"}
	p.atLeast("intervals", n, 1)
	p.openProbability("confidence", confidence)
	p.openProbability("alpha", alpha)
	if err := p.err(); err != nil {
		return 0, 0, err
	}
	low = firstCount(n, func(k int) bool { return binomialAtMost(n, k, confidence) >= alpha/2 })
	high = firstCount(n, func(k int) bool { return binomialAtMost(n, n-1-k, 1-confidence) <= alpha/2 })
	return low, high, nil
}

// binomialAtMost returns P(X <= k) for n trials of probability p.
func binomialAtMost(n, k int, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return mathext.RegIncBeta(float64(n-k), float64(k+1), 1-p)
}

// firstCount returns the smallest k in 0..n for which ok holds; ok must be
// false up to there, true from there on, and true at n.
func firstCount(n int, ok func(int) bool) int {
	low, high := -1, n
	for high-low > 1 {
		mid := low + (high-low)/2
		if ok(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}
