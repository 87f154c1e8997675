package dist

import (
	"sort"
	"strings"

	"berth/sim/rng"
)

// Empirical is a table of quantiles with straight lines between them. A
// stretch of equal values is an atom.
type Empirical struct {
	p, v []float64
	text string
}

// NewEmpirical returns the law whose quantile at probabilities[i] is
// values[i], linear between. Probabilities rise strictly from 0 to 1; values
// are not negative and never fall. There are 2 to 65,535 points.
func NewEmpirical(probabilities, values []float64, unit Unit) (*Empirical, error) {
	var c checks
	n := len(probabilities)
	if n < 2 || len(values) != n || n > 65535 {
		c.fail("", "", "a quantile table takes 2 to 65535 points")
		return nil, c.err()
	}
	var b strings.Builder
	for i := range n {
		p, v := probabilities[i], values[i]
		name := pointName(i)
		if c.within(name, p, 0, 1) && i > 0 && p <= probabilities[i-1] {
			c.fail(name, "", "has a probability that is not above the one before")
		}
		if c.finite(name, v) && i > 0 && v < values[i-1] {
			c.fail(name, "", "has a value below the one before")
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(formatNumber(p) + ": " + unit.format(v))
	}
	if probabilities[0] != 0 {
		c.fail(pointName(0), "start with 0: the smallest value", "has to be at probability 0")
	}
	if probabilities[n-1] != 1 {
		c.fail(pointName(n-1), "end with 1: the largest value", "has to be at probability 1")
	}
	return &Empirical{append([]float64(nil), probabilities...), append([]float64(nil), values...), "empirical(" + b.String() + ")"}, c.err()
}

// Mean implements Dist: the trapezes under the quantile function.
func (d *Empirical) Mean() float64 {
	m := 0.0
	for i := 1; i < len(d.p); i++ {
		m += (d.p[i] - d.p[i-1]) * (d.v[i-1]/2 + d.v[i]/2)
	}
	return m
}

// Variance implements Dist.
func (d *Empirical) Variance() float64 {
	m, s := d.Mean(), 0.0
	for i := 1; i < len(d.p); i++ {
		a, b := d.v[i-1]-m, d.v[i]-m
		s += (d.p[i] - d.p[i-1]) * (a*a + a*b + b*b) / 3
	}
	return s
}

// CDF implements Dist.
func (d *Empirical) CDF(x float64) float64 {
	// i is the first point whose value is above x.
	i := sort.Search(len(d.v), func(i int) bool { return d.v[i] > x })
	switch i {
	case 0:
		return 0
	case len(d.v):
		return 1
	}
	return d.p[i-1] + (d.p[i]-d.p[i-1])*(x-d.v[i-1])/(d.v[i]-d.v[i-1])
}

// Quantile implements Dist.
func (d *Empirical) Quantile(p float64) float64 {
	if outside(p) {
		return nan
	}
	i := max(1, sort.SearchFloat64s(d.p, p))
	return d.v[i-1] + (d.v[i]-d.v[i-1])*(p-d.p[i-1])/(d.p[i]-d.p[i-1])
}

// Sample implements Dist by inversion with one word.
func (d *Empirical) Sample(r *rng.Stream) float64 { return d.Quantile(r.Float64()) }

// String implements Dist.
func (d *Empirical) String() string { return d.text }
