package theory

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestStaffingIsMinimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(0.05, 200).Draw(t, "a")
		x := rapid.Float64Range(1e-5, 0.9).Draw(t, "target")
		service := rapid.Float64Range(0.01, 10).Draw(t, "service")
		n, got, err := MinServersLoss(a, x)
		if err != nil || got > x || got != value(ErlangB(a, n))(t) || value(ErlangB(a, n-1))(t) <= x {
			t.Errorf("loss: %d servers, %v, %v", n, got, err)
		}
		waitAt := func(n int) (pWait, mean, q95 float64) {
			if float64(n) <= a {
				return math.Inf(1), math.Inf(1), math.Inf(1)
			}
			m := MMC{a / service, 1 / service, n}
			r := value(m.Solve())(t)
			return r.PWait, r.WaitS, value(m.WaitQuantile(0.95))(t)
		}
		n, got, err = MinServersWait(a, x)
		now, _, _ := waitAt(n)
		before, _, _ := waitAt(n - 1)
		if near(t, "P(wait)", got, now, 1e-9); err != nil || got > x || before <= x*(1-1e-9) {
			t.Errorf("P(wait): %d servers, %v, %v", n, got, err)
		}
		n, got, err = MinServersMeanWait(a, service, x)
		_, now, _ = waitAt(n)
		_, before, _ = waitAt(n - 1)
		if near(t, "mean wait", got, now, 1e-9); err != nil || got > x || before <= x*(1-1e-9) {
			t.Errorf("mean wait: %d servers, %v, %v", n, got, err)
		}
		n, got, err = MinServersWaitQuantile(a, service, 0.95, x)
		_, _, now = waitAt(n)
		_, _, before = waitAt(n - 1)
		if math.Abs(got-now) > 1e-9*service || err != nil || got > x || before <= x*(1-1e-9) {
			t.Errorf("p95 of the wait: %d servers, %v, %v", n, got, err)
		}
	})
	for _, err := range []error{
		second(MinServersLoss(0, 0.1)), second(MinServersWait(1, 1)),
		second(MinServersMeanWait(1, 0, 1)), second(MinServersWaitQuantile(1, 1, 1, -1)),
	} {
		if err == nil {
			t.Error("a target out of range is accepted")
		}
	}
}

func second(_ int, _ float64, err error) error { return err }

func TestAR1BatchMeansBySums(t *testing.T) {
	// The quadratic form of the autocovariances, term by term.
	varianceOfMean := func(phi float64, n int) float64 {
		var sum float64
		for i := range n {
			for j := range n {
				sum += math.Pow(phi, math.Abs(float64(i-j)))
			}
		}
		return sum / (1 - phi*phi) / float64(n*n)
	}
	for _, phi := range []float64{-0.6, 0.1, 0.5, 0.95} {
		r := value(AR1BatchMeans{phi, 2, 120, 10}.Solve())(t)
		whole, batch := varianceOfMean(phi, 120), varianceOfMean(phi, 12)
		near(t, "variance of the mean", r.VarianceOfMean, 4*whole, 1e-10)
		near(t, "estimate", r.ExpectedEstimate, 4*(batch-whole)/9, 1e-9)
		if (phi > 0) != (r.Ratio < 1) {
			t.Errorf("phi %v: ratio %v", phi, r.Ratio)
		}
	}
	near(t, "independent", value(AR1BatchMeans{0, 1, 1000, 10}.Solve())(t).Ratio, 1, 1e-12)
	near(t, "long run", value(AR1BatchMeans{0.9, 1, 10_000_000, 20}.Solve())(t).Ratio, 1, 1e-4)
}

func TestCoverageBandBySums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "n")
		p := rapid.Float64Range(0.05, 0.99).Draw(t, "confidence")
		alpha := rapid.Float64Range(0.0005, 0.2).Draw(t, "alpha")
		low, high, err := CoverageBand(n, p, alpha)
		if err != nil {
			t.Fatal(err)
		}
		var below, above float64 // P(X < low), P(X > high)
		lowMass, highMass := 0.0, 0.0
		for k := 0; k <= n; k++ {
			ln, _ := math.Lgamma(float64(n) + 1)
			lk, _ := math.Lgamma(float64(k) + 1)
			lr, _ := math.Lgamma(float64(n-k) + 1)
			mass := math.Exp(ln - lk - lr + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
			switch {
			case k < low:
				below += mass
			case k > high:
				above += mass
			}
			if k == low {
				lowMass = mass
			}
			if k == high {
				highMass = mass
			}
		}
		const slack = 1e-10
		if below > alpha/2+slack || above > alpha/2+slack || below+lowMass < alpha/2-slack || above+highMass < alpha/2-slack {
			t.Errorf("n %d p %v alpha %v: band %d to %d leaves %v below, %v above", n, p, alpha, low, high, below, above)
		}
	})
	if _, _, err := CoverageBand(0, 1, 0); err == nil {
		t.Error("parameters out of range are accepted")
	}
}

func TestCriticalValues(t *testing.T) {
	// Student's t with 1 degree of freedom is the Cauchy law.
	near(t, "t, n = 2", value(TQuantile(2, 0.9))(t), math.Tan(math.Pi*0.45), 1e-9)
	near(t, "t, n = 3", value(TQuantile(3, 0.5))(t), 0.5*math.Sqrt(2/(1-0.25)), 1e-9)
	near(t, "t for many", value(TQuantile(1_000_000, 0.95))(t), value(NormalQuantile(0.95))(t), 1e-5)
	constant, variance, err := MM1RunVariance(MM1{0.5, 1}, 100)
	if err != nil || math.Abs(constant-24) > 1e-12 || math.Abs(variance-0.24) > 1e-14 {
		t.Errorf("%v, %v, %v", constant, variance, err)
	}
	if _, _, err := MM1RunVariance(MM1{2, 1}, 100); err == nil {
		t.Error("an unstable queue is accepted")
	}
}
