package dist

import (
	"math"
	"testing"

	"berth/sim/rng"
)

func TestScaleIsAMultipleOfTheSameLaw(t *testing.T) {
	for _, s := range specimens() {
		d := s.parse(t)
		for _, factor := range []float64{0.5, 2, 3.7} {
			k, err := Scale(d, factor, s.unit)
			switch d.(type) {
			case Geometric, Zipf:
				if err == nil {
					t.Errorf("%s is a law of whole numbers and was scaled to %v", s.text, k)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s x %g: %v", s.text, factor, err)
				continue
			}
			for _, p := range []float64{0, 0.01, 0.3, 0.5, 0.9, 0.999} {
				if got, want := k.Quantile(p), factor*d.Quantile(p); !close(got, want, 1e-9) && !s.discrete {
					t.Errorf("%s x %g: quantile %g is %v, want %v", s.text, factor, p, got, want)
				}
			}
			if m := factor * d.Mean(); !close(k.Mean(), m, 1e-9) && !math.IsInf(m, 1) {
				t.Errorf("%s x %g: mean %v, want %v", s.text, factor, k.Mean(), m)
			}
			if _, err := Parse(k.String(), s.unit); err != nil {
				t.Errorf("%s x %g is written %s, which does not parse: %v", s.text, factor, k, err)
			}
			a, b := Compile(d, 1e9), Compile(k, 1e9)
			ra, rb := rng.Derive(5, 1), rng.Derive(5, 1)
			for range 200 {
				x, y := float64(a.Int64(&ra)), float64(b.Int64(&rb))
				if x < 1e15 && math.Abs(y-factor*x) > 1e-3*factor*x+4 {
					t.Errorf("%s x %g: the same words give %v and %v", s.text, factor, x, y)
					break
				}
			}
		}
	}
	for _, factor := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := Scale(Constant{}, factor, Duration); err == nil {
			t.Errorf("factor %v was accepted", factor)
		}
	}
}
