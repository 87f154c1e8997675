package theory

import "math"

// Zipf returns the popularities 1/i^alpha of ranks 1..n, summing to 1; n from
// 1 to 1e7, alpha >= 0 (0 is uniform).
func Zipf(n int, alpha float64) ([]float64, error) {
	p := problems{model: "Zipf"}
	p.atLeast("catalogue", n, 1)
	if n > 10_000_000 {
		p.addf("catalogue must be at most 10000000, got %d", n)
	}
	p.notNegative("alpha", alpha)
	if err := p.err(); err != nil {
		return nil, err
	}
	shares := make([]float64, n)
	var sum float64
	for i := n; i >= 1; i-- { // small terms first
		shares[i-1] = math.Pow(float64(i), -alpha)
		sum += shares[i-1]
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares, nil
}
