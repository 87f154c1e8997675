package theory

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mathext"
)

// Law is the distribution of a duration, given by its kind, mean and
// coefficient of variation (standard deviation over mean).
//
//	deterministic  always the mean; cv 0
//	exponential    cv 1
//	lognormal      cv >= 0: sigma^2 = ln(1+cv^2), mu = ln(mean) - sigma^2/2
//	hyperexp       two-phase, balanced means, cv >= 1: p = (1+sqrt((cv^2-1)/(cv^2+1)))/2,
//	               rates 2p/mean and 2(1-p)/mean
//	uniform0       uniform on (0, 2 mean); cv 1/sqrt(3)
//	erlangK        sum of K exponentials, K = 1, 2, ...; cv 1/sqrt(K)
//
// Where the kind fixes the coefficient of variation, CV must agree with it to
// one part in a million (NewLaw fills it in).
type Law struct {
	Kind  string
	MeanS float64 // seconds, >= 0
	CV    float64
}

// NewLaw returns the law of that kind whose coefficient of variation follows
// from the kind; lognormal and hyperexp, which need one, are an error.
func NewLaw(kind string, meanS float64) (Law, error) {
	cv, fixed, err := fixedCV(kind)
	if err != nil {
		return Law{}, err
	}
	if !fixed {
		return Law{}, fmt.Errorf("law %s needs a coefficient of variation beside its mean", kind)
	}
	l := Law{Kind: kind, MeanS: meanS, CV: cv}
	return l, l.Validate()
}

// Deterministic is the law that always takes meanS seconds.
func Deterministic(meanS float64) Law { return Law{Kind: "deterministic", MeanS: meanS} }

// Exponential is the exponential law of that mean in seconds.
func Exponential(meanS float64) Law { return Law{Kind: "exponential", MeanS: meanS, CV: 1} }

// Lognormal is the lognormal law of that mean in seconds and coefficient of variation.
func Lognormal(meanS, cv float64) Law { return Law{Kind: "lognormal", MeanS: meanS, CV: cv} }

// Hyperexponential is the two-phase law with balanced means, cv >= 1.
func Hyperexponential(meanS, cv float64) Law { return Law{Kind: "hyperexp", MeanS: meanS, CV: cv} }

// fixedCV returns the coefficient of variation a kind implies, if it does.
func fixedCV(kind string) (cv float64, fixed bool, err error) {
	switch kind {
	case "deterministic":
		return 0, true, nil
	case "exponential":
		return 1, true, nil
	case "uniform0":
		return 1 / math.Sqrt(3), true, nil
	case "lognormal", "hyperexp":
		return 0, false, nil
	}
	if k, ok := erlangPhases(kind); ok {
		return 1 / math.Sqrt(float64(k)), true, nil
	}
	return 0, false, fmt.Errorf("unknown law %q: want deterministic, exponential, lognormal, hyperexp, uniform0 or erlangK (erlang2, erlang3, ...)", kind)
}

// maxErlangPhases bounds the sums over phases; cv is 0.01 there.
const maxErlangPhases = 10_000

func erlangPhases(kind string) (int, bool) {
	digits, ok := strings.CutPrefix(kind, "erlang")
	if !ok {
		return 0, false
	}
	k, err := strconv.Atoi(digits)
	return k, err == nil && k >= 1 && k <= maxErlangPhases
}

// Validate says whether kind, mean and coefficient of variation fit together.
func (l Law) Validate() error {
	cv, fixed, err := fixedCV(l.Kind)
	if err != nil {
		return err
	}
	if !finite(l.MeanS) || l.MeanS < 0 {
		return fmt.Errorf("law %s: mean must be 0 s or more and finite, got %v", l.Kind, l.MeanS)
	}
	if !finite(l.CV) || l.CV < 0 {
		return fmt.Errorf("law %s: coefficient of variation must be 0 or more and finite, got %v", l.Kind, l.CV)
	}
	if fixed && math.Abs(l.CV-cv) > 1e-6 {
		return fmt.Errorf("law %s has coefficient of variation %.6g, got %v", l.Kind, cv, l.CV)
	}
	if l.Kind == "hyperexp" && l.CV < 1 {
		return fmt.Errorf("law hyperexp: coefficient of variation must be 1 or more, got %v", l.CV)
	}
	return nil
}

// exactCV removes the rounding of a printed coefficient of variation.
func (l Law) exactCV() float64 {
	if cv, fixed, err := fixedCV(l.Kind); err == nil && fixed {
		return cv
	}
	return l.CV
}

// Moments returns E[S], E[S^2] and E[S^3] in s, s^2 and s^3. The law must be valid.
func (l Law) Moments() (m1, m2, m3 float64) {
	m, cv2 := l.MeanS, l.exactCV()*l.exactCV()
	m1, m2 = m, m*m*(1+cv2)
	switch l.Kind {
	case "exponential":
		m3 = 6 * m * m * m
	case "lognormal":
		m3 = m * m * m * math.Pow(1+cv2, 3)
	case "hyperexp":
		for _, ph := range l.phases() {
			m3 += 6 * ph.p / (ph.rate * ph.rate * ph.rate)
		}
	case "uniform0":
		m3 = 2 * m * m * m
	case "deterministic":
		m3 = m * m * m
	default: // Erlang
		k, _ := erlangPhases(l.Kind)
		n := float64(k)
		m3 = m * m * m * (n + 1) * (n + 2) / (n * n)
	}
	return m1, m2, m3
}

type phase struct{ p, rate float64 }

// phases returns the branches of a hyperexponential law of positive mean.
func (l Law) phases() [2]phase {
	cv2 := l.CV * l.CV
	p := (1 + math.Sqrt((cv2-1)/(cv2+1))) / 2
	return [2]phase{{p, 2 * p / l.MeanS}, {1 - p, 2 * (1 - p) / l.MeanS}}
}

// lognormalParameters returns mu and sigma of ln S.
func (l Law) lognormalParameters() (mu, sigma float64) {
	s2 := math.Log1p(l.CV * l.CV)
	return math.Log(l.MeanS) - s2/2, math.Sqrt(s2)
}

// MeanMin returns E[min(S, t)], the integral of P(S > u) over 0 <= u <= t, in
// seconds, for t >= 0. The law must be valid.
func (l Law) MeanMin(tS float64) float64 {
	m := l.MeanS
	if m == 0 || tS <= 0 {
		return 0
	}
	switch l.Kind {
	case "exponential":
		return -m * math.Expm1(-tS/m)
	case "lognormal":
		if l.CV == 0 {
			return math.Min(tS, m)
		}
		mu, sigma := l.lognormalParameters()
		z := (math.Log(tS) - mu) / sigma
		return m*normalCDF(z-sigma) + tS*normalCDF(-z)
	case "hyperexp":
		var sum float64
		for _, ph := range l.phases() {
			sum += -ph.p / ph.rate * math.Expm1(-ph.rate*tS)
		}
		return sum
	case "uniform0":
		if tS >= 2*m {
			return m
		}
		return tS - tS*tS/(4*m)
	case "deterministic":
		return math.Min(tS, m)
	}
	k, _ := erlangPhases(l.Kind)
	rate := float64(k) / m
	var sum float64
	for j := 1; j <= k; j++ {
		sum += mathext.GammaIncReg(float64(j), rate*tS)
	}
	return sum / rate
}

func normalCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
