package dist

import "berth/sim/rng"

// Shifted adds a fixed offset to another distribution.
type Shifted struct {
	offset float64
	inner  Dist
	text   string
}

// NewShifted returns the law of offset + inner, with an offset of at least 0.
func NewShifted(offset float64, inner Dist, unit Unit) (Shifted, error) {
	var c checks
	c.finite("offset", offset)
	return Shifted{offset, inner, "shifted(" + unit.format(offset) + ", " + inner.String() + ")"}, c.err()
}

// Mean implements Dist.
func (d Shifted) Mean() float64 { return d.offset + d.inner.Mean() }

// Variance implements Dist.
func (d Shifted) Variance() float64 { return d.inner.Variance() }

// CDF implements Dist.
func (d Shifted) CDF(x float64) float64 { return d.inner.CDF(x - d.offset) }

// Quantile implements Dist.
func (d Shifted) Quantile(p float64) float64 { return d.offset + d.inner.Quantile(p) }

func (d Shifted) upperQuantile(q float64) float64 { return d.offset + upperQuantile(d.inner, q) }

// Sample implements Dist.
func (d Shifted) Sample(r *rng.Stream) float64 { return d.offset + d.inner.Sample(r) }

// String implements Dist.
func (d Shifted) String() string { return d.text }
