package theory

import (
	"fmt"
	"math"
	"math/cmplx"
)

// survivalTransform returns the integrals over u >= 0 of cos(wu) P(S > u) and
// sin(wu) P(S > u), in seconds, for w > 0 radians per second and a valid law of
// positive mean. They equal E[sin wS]/w and E[1 - cos wS]/w.
func (l Law) survivalTransform(w float64) (cosPart, sinPart float64, err error) {
	m := l.MeanS
	switch l.Kind {
	case "exponential":
		d := 1 + w*m*w*m
		return m / d, w * m * m / d, nil
	case "deterministic":
		cosPart, sinPart = constantTransform(m, w)
		return cosPart, sinPart, nil
	case "hyperexp":
		for _, ph := range l.phases() {
			d := ph.rate*ph.rate + w*w
			cosPart += ph.p * ph.rate / d
			sinPart += ph.p * w / d
		}
		return cosPart, sinPart, nil
	case "uniform0":
		b := 2 * m
		x := w * b
		half := math.Sin(x / 2)
		return 2 * half * half / (w * x), xMinusSin(x) / (w * x), nil
	case "lognormal":
		if l.CV == 0 {
			cosPart, sinPart = constantTransform(m, w)
			return cosPart, sinPart, nil
		}
		return l.lognormalTransform(w)
	}
	k, _ := erlangPhases(l.Kind)
	rate := float64(k) / m
	step := complex(rate, 0) / complex(rate, w)
	term := 1 / complex(rate, w)
	var sum complex128
	for range k {
		sum += term
		term *= step
	}
	return real(sum), -imag(sum), nil
}

func constantTransform(sS, w float64) (cosPart, sinPart float64) {
	half := math.Sin(w * sS / 2)
	return math.Sin(w*sS) / w, 2 * half * half / w
}

// xMinusSin returns x - sin x without cancellation near 0.
func xMinusSin(x float64) float64 {
	if x > 0.5 {
		return x - math.Sin(x)
	}
	term := x * x * x / 6
	sum := term
	for n := 4.0; math.Abs(term) > 1e-18*sum; n += 2 {
		term *= -x * x / (n * (n + 1))
		sum += term
	}
	return sum
}

// lognormalTransform integrates (1 - e^(-iwS))/(iw) over the standard normal by
// the trapezoidal rule, halving the step until two results agree to 1e-12 of
// the mean. The path runs parallel to the real axis, shift below it, which turns
// the ever faster oscillation of e^(-iwS) for large S into decay; the integrand
// is entire, so the value is the same, and the rule converges faster than any
// power of the step.
func (l Law) lognormalTransform(w float64) (cosPart, sinPart float64, err error) {
	const reach = 9 // the normal density is below 1e-18 beyond
	mu, sigma := l.lognormalParameters()
	shift := math.Min(1, math.Pi/4/sigma)
	previous := cmplx.Inf()
	for n := 64; n <= 1<<20; n *= 2 {
		h := 2 * reach / float64(n)
		var sum complex128
		for i := 0; i <= n; i++ {
			z := complex(-reach+h*float64(i), -shift)
			density := cmplx.Exp(-z*z/2) * complex(h/math.Sqrt(2*math.Pi), 0)
			sum += density * complexExpm1(complex(0, -w)*cmplx.Exp(complex(mu, 0)+complex(sigma, 0)*z))
		}
		sum *= complex(0, 1/w) // -1/(iw)
		if cmplx.Abs(sum-previous) <= 1e-12*l.MeanS {
			return real(sum), -imag(sum), nil
		}
		previous = sum
	}
	return 0, 0, fmt.Errorf("lognormal law of mean %v s and cv %v: the integral against a period of %v s does not converge", l.MeanS, l.CV, 2*math.Pi/w)
}

// complexExpm1 returns e^x - 1 without cancellation near 0.
func complexExpm1(x complex128) complex128 {
	half := math.Sin(imag(x) / 2)
	return complex(math.Expm1(real(x))*math.Cos(imag(x))-2*half*half, math.Exp(real(x))*math.Sin(imag(x)))
}
