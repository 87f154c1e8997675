package theory

import "math"

// poissonWeights holds the Poisson probabilities of one mean around its mode,
// as uniformisation needs them: far down the left tail, where a survival that
// decays fast has all its weight, and less far up the right one.
type poissonWeights struct {
	first, last int       // probabilities below first are under 1e-300 of the largest, above last under 1e-22
	p           []float64 // P(N = first+i)
	tail        []float64 // P(N > first+i)
}

// newPoissonWeights builds the weights from the mode outwards by ratios and
// normalises them, which stays accurate at any mean.
func newPoissonWeights(mean float64) poissonWeights {
	if mean == 0 {
		return poissonWeights{p: []float64{1}, tail: []float64{0}}
	}
	const cutBelow, cutAbove = 1e-300, 1e-22
	mode := int(mean)
	var below, above []float64
	for n, w := mode, 1.0; n > 0; n-- {
		w *= float64(n) / mean
		if w < cutBelow {
			break
		}
		below = append(below, w)
	}
	for n, w := mode+1, 1.0; ; n++ {
		w *= mean / float64(n)
		if w < cutAbove {
			break
		}
		above = append(above, w)
	}
	size := len(below) + 1 + len(above)
	pw := poissonWeights{
		first: mode - len(below),
		last:  mode + len(above),
		p:     make([]float64, 0, size),
		tail:  make([]float64, size),
	}
	for i := len(below) - 1; i >= 0; i-- {
		pw.p = append(pw.p, below[i])
	}
	pw.p = append(append(pw.p, 1), above...)
	var total float64
	for _, w := range pw.p {
		total += w
	}
	sum := 0.0
	for i := size - 1; i >= 0; i-- {
		pw.p[i] /= total
		pw.tail[i] = math.Min(1, sum)
		sum += pw.p[i]
	}
	return pw
}

// at returns P(N = n).
func (w poissonWeights) at(n int) float64 {
	if n < w.first || n > w.last {
		return 0
	}
	return w.p[n-w.first]
}

// above returns P(N > n).
func (w poissonWeights) above(n int) float64 {
	switch {
	case n < w.first:
		return 1
	case n > w.last:
		return 0
	}
	return w.tail[n-w.first]
}
