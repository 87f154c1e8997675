package theory

import (
	"fmt"
	"math"
	"testing"
)

func testLaws() []Law {
	return []Law{
		Deterministic(3), Exponential(0.7), Lognormal(2, 0.5), Lognormal(60, 2), Lognormal(5, 0),
		Hyperexponential(1.5, 3), Hyperexponential(2, 1), {Kind: "uniform0", MeanS: 4, CV: 0.57735},
		{Kind: "erlang2", MeanS: 1, CV: 0.707106781187}, {Kind: "erlang7", MeanS: 0.2, CV: 1 / math.Sqrt(7)},
	}
}

// The means of min(S, t) determine all moments: E[S^2] = 2 * integral of
// (E[S] - E[min(S,t)]), E[S^3] = 6 * integral of t (E[S] - E[min(S,t)]).
func TestLawMomentsAgreeWithMeanMin(t *testing.T) {
	for _, l := range testLaws() {
		t.Run(fmt.Sprintf("%s cv %.2f", l.Kind, l.CV), func(t *testing.T) {
			if err := l.Validate(); err != nil {
				t.Fatal(err)
			}
			m1, m2, m3 := l.Moments()
			near(t, "E[S]", m1, l.MeanS, 1e-15)
			near(t, "E[S^2]", m2, l.MeanS*l.MeanS*(1+l.CV*l.CV), 3e-6)
			near(t, "limit of E[min(S,t)]", l.MeanMin(1e9*l.MeanS), l.MeanS, 1e-9)
			// t = mean * e^y, trapezoid over y
			var second, third float64
			const h = 0.001
			for y := -14.0; y < 14; y += h {
				u := l.MeanS * math.Exp(y)
				missing := l.MeanS - l.MeanMin(u)
				second += 2 * missing * u * h
				third += 6 * u * missing * u * h
			}
			near(t, "E[S^2] by integral", second, m2, 2e-3)
			near(t, "E[S^3] by integral", third, m3, 2e-3)
		})
	}
}

func TestMeanMinIsIncreasingAndBounded(t *testing.T) {
	for _, l := range testLaws() {
		previous := 0.0
		for u := 0.0; u < 10*l.MeanS; u += l.MeanS / 50 {
			x := l.MeanMin(u)
			if x < previous || x > math.Min(u, l.MeanS)*(1+1e-12) {
				t.Errorf("%s: E[min(S,%v)] = %v after %v", l.Kind, u, x, previous)
			}
			previous = x
		}
	}
}

// The transforms are Stieltjes integrals of cos and sin against E[min(S,u)].
func TestSurvivalTransform(t *testing.T) {
	for _, l := range testLaws() {
		for _, w := range []float64{0.01 / l.MeanS, 0.3 / l.MeanS, 4 / l.MeanS} {
			c, s, err := l.survivalTransform(w)
			if err != nil {
				t.Fatal(err)
			}
			var wantC, wantS float64
			h := l.MeanS / 500
			for u := 0.0; u < 400*l.MeanS; u += h {
				mass := l.MeanMin(u+h) - l.MeanMin(u)
				sin, cos := math.Sincos(w * (u + h/2))
				wantC += cos * mass
				wantS += sin * mass
			}
			if math.Abs(c-wantC) > 1e-4*l.MeanS || math.Abs(s-wantS) > 1e-4*l.MeanS {
				t.Errorf("%s cv %v, w %v: got %v, %v, want %v, %v", l.Kind, l.CV, w, c, s, wantC, wantS)
			}
		}
		// low frequency: E[S] and w E[S^2]/2
		_, m2, _ := l.Moments()
		w := 1e-6 / l.MeanS
		c, s, err := l.survivalTransform(w)
		if err != nil {
			t.Fatal(err)
		}
		near(t, l.Kind+" cosine part at low frequency", c, l.MeanS, 1e-9)
		near(t, l.Kind+" sine part at low frequency", s, w*m2/2, 1e-8)
	}
}
