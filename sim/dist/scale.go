package dist

import (
	"fmt"
	"math"
)

// Scale is the law of factor x d, of the same family and with the same spread
// relative to the mean, written in unit. A draw of it is factor times the draw
// of d from the same words. The factor is above 0 and finite. Laws of whole
// numbers (geometric, zipf) have no multiple in their family and are refused.
func Scale(d Dist, factor float64, unit Unit) (Dist, error) {
	if !(factor > 0) || math.IsInf(factor, 1) {
		return nil, fmt.Errorf("a law is scaled by a factor above 0, not %v", factor)
	}
	switch d := d.(type) {
	case Constant:
		return NewConstant(factor*d.value, unit)
	case Uniform:
		return NewUniform(factor*d.min, factor*d.max, unit)
	case Exponential:
		return NewExponential(factor*d.mean, unit)
	case Lognormal:
		return NewLognormal(factor*d.median, d.sigma, unit)
	case Gamma:
		return NewGamma(d.shape, factor*d.scale, unit)
	case Weibull:
		return NewWeibull(d.shape, factor*d.scale, unit)
	case Pareto:
		return NewPareto(factor*d.scale, d.shape, unit)
	case Hyperexponential:
		return NewHyperexponential(d.p, factor*d.mean1, factor*d.mean2, unit)
	case *Empirical:
		values := make([]float64, len(d.v))
		for i, v := range d.v {
			values[i] = factor * v
		}
		return NewEmpirical(d.p, values, unit)
	case *Mixture:
		parts := make([]Dist, len(d.parts))
		for i, p := range d.parts {
			var err error
			if parts[i], err = Scale(p, factor, unit); err != nil {
				return nil, err
			}
		}
		return NewMixture(d.weights, parts)
	case Shifted:
		inner, err := Scale(d.inner, factor, unit)
		if err != nil {
			return nil, err
		}
		return NewShifted(factor*d.offset, inner, unit)
	}
	return nil, fmt.Errorf("%v is a law of whole numbers, which has no multiple of its own kind", d)
}
