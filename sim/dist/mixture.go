package dist

import (
	"math"
	"strings"

	"berth/sim/rng"
)

// Mixture is one of several distributions, chosen anew at each draw.
type Mixture struct {
	weights []float64 // sum 1
	parts   []Dist
	text    string
}

// NewMixture returns the mixture of the parts. Weights are above 0. If all are
// at most 1 they are probabilities and have to add up to 1 (within 1e-6);
// otherwise they are relative.
func NewMixture(weights []float64, parts []Dist) (*Mixture, error) {
	var c checks
	if len(parts) == 0 || len(weights) != len(parts) {
		c.fail("", "", "a mixture takes one weight for each of at least one part")
		return nil, c.err()
	}
	sum, largest := 0.0, 0.0
	for i, w := range weights {
		c.positive(weightName(i), w, "")
		sum += w
		largest = math.Max(largest, w)
	}
	if c.err() == nil && largest <= 1 && math.Abs(sum-1) > 1e-6 {
		c.fail("", "", "the weights add up to %.6g, not 1", sum)
	}
	if math.IsInf(sum, 1) {
		c.fail("", "", "the weights are too large")
	}
	m := &Mixture{parts: append([]Dist(nil), parts...)}
	var b strings.Builder
	for i, w := range weights {
		m.weights = append(m.weights, w/sum)
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(formatNumber(w) + ": " + parts[i].String())
	}
	m.text = "mixture(" + b.String() + ")"
	return m, c.err()
}

// Mean implements Dist.
func (d *Mixture) Mean() float64 {
	m := 0.0
	for i, w := range d.weights {
		m += w * d.parts[i].Mean()
	}
	return m
}

// Variance implements Dist: the parts' variances and the spread of their means.
func (d *Mixture) Variance() float64 {
	m := d.Mean()
	if math.IsInf(m, 1) {
		return inf
	}
	v := 0.0
	for i, w := range d.weights {
		off := d.parts[i].Mean() - m
		v += w * (d.parts[i].Variance() + off*off)
	}
	return v
}

// CDF implements Dist.
func (d *Mixture) CDF(x float64) float64 {
	f := 0.0
	for i, w := range d.weights {
		f += w * d.parts[i].CDF(x)
	}
	return math.Min(1, f)
}

// Quantile implements Dist. It bisects between the parts' quantiles down to
// neighbouring floating-point numbers, so that steps of the distribution
// function are found exactly.
func (d *Mixture) Quantile(p float64) float64 {
	if outside(p) {
		return nan
	}
	low, high := inf, 0.0
	for _, part := range d.parts {
		q := part.Quantile(p)
		low, high = math.Min(low, q), math.Max(high, q)
	}
	if p == 0 {
		return low
	}
	if p == 1 {
		return high
	}
	if d.CDF(low) >= p {
		return low
	}
	// Non-negative floats are ordered as their bits.
	a, b := math.Float64bits(low), math.Float64bits(high)
	for a+1 < b {
		mid := a + (b-a)/2
		if d.CDF(math.Float64frombits(mid)) >= p {
			b = mid
		} else {
			a = mid
		}
	}
	return math.Float64frombits(b)
}

// Sample implements Dist: one word for the part, then the part.
func (d *Mixture) Sample(r *rng.Stream) float64 {
	u := r.Float64()
	last := len(d.parts) - 1
	for i, w := range d.weights[:last] {
		if u < w {
			return d.parts[i].Sample(r)
		}
		u -= w
	}
	return d.parts[last].Sample(r)
}

// String implements Dist.
func (d *Mixture) String() string { return d.text }
