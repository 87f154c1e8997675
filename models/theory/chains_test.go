package theory

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// stationary solves pi Q = 0, sum pi = 1 for a dense generator given by its
// off-diagonal rates: the slow, obvious way.
func stationary(t *testing.T, states int, rates func(add func(from, to int, rate float64))) []float64 {
	t.Helper()
	q := mat.NewDense(states, states, nil)
	rates(func(from, to int, rate float64) {
		q.Set(to, from, q.At(to, from)+rate)
		q.Set(from, from, q.At(from, from)-rate)
	})
	b := mat.NewVecDense(states, nil)
	for i := range states {
		q.Set(states-1, i, 1)
	}
	b.SetVec(states-1, 1)
	var x mat.VecDense
	if err := x.SolveVec(q, b); err != nil {
		t.Fatal(err)
	}
	return x.RawVector().Data
}

func TestMMKSetupAgainstTruncatedChain(t *testing.T) {
	for _, m := range []MMKSetup{{1.2, 1, 0.4, 2}, {2, 1, 0.2, 3}, {0.3, 1, 2, 4}} {
		const levels = 140
		index := func(n, i int) int { return n*(m.Servers+1) + i }
		pi := stationary(t, levels*(m.Servers+1), func(add func(from, to int, rate float64)) {
			for n := range levels {
				for i := 0; i <= m.Servers; i++ {
					s := index(n, i)
					if i > n { // unreachable: leave at once
						add(s, index(n, n), 1)
						continue
					}
					if n+1 < levels {
						add(s, index(n+1, i), m.LambdaPerS)
					}
					if setups := min(n-i, m.Servers-i); setups > 0 {
						add(s, index(n, i+1), float64(setups)*m.SetupPerS)
					}
					if i > 0 {
						add(s, index(n-1, min(i, n-1)), float64(i)*m.MuPerS)
					}
				}
			}
		})
		var inSystem, inSetup, busy float64
		for n := range levels {
			for i := 0; i <= min(n, m.Servers); i++ {
				p := pi[index(n, i)]
				inSystem += float64(n) * p
				busy += float64(i) * p
				inSetup += float64(min(n-i, m.Servers-i)) * p
			}
		}
		r := value(m.Solve())(t)
		near(t, "L", r.InSystem, inSystem, 1e-8)
		near(t, "set-ups", r.MeanInSetup, inSetup, 1e-8)
		near(t, "busy", r.MeanBusyServers, busy, 1e-8)
	}
}

func TestMMKSetupLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 25).Draw(t, "k")
		mu := rapid.Float64Range(0.1, 5).Draw(t, "mu")
		lambda := mu * float64(k) * rapid.Float64Range(0.05, 0.97).Draw(t, "rho")
		alpha := rapid.Float64Range(0.05, 5).Draw(t, "alpha")
		r := value(MMKSetup{lambda, mu, alpha, k}.Solve())(t)
		quick := value(MMKSetup{lambda, mu, alpha * 1.5, k}.Solve())(t)
		always := value(MMC{lambda, mu, k}.Solve())(t)
		if quick.ResponseS >= r.ResponseS || r.ResponseS <= always.ResponseS {
			t.Errorf("response %v, quicker set-up %v, none %v", r.ResponseS, quick.ResponseS, always.ResponseS)
		}
		if r.MeanOn > float64(k)*(1+1e-12) {
			t.Errorf("%v servers on of %d", r.MeanOn, k)
		}
		near(t, "instant set-up", value(MMKSetup{lambda, mu, 1e9, k}.Solve())(t).ResponseS, always.ResponseS, 1e-6)
	})
	wide := value(MMKSetup{240, 1, 0.1, 300}.Solve())(t)
	if !(wide.ResponseS > 1 && wide.ResponseS < 11) {
		t.Errorf("300 servers: %+v", wide)
	}
}

func TestPoolKeepAliveLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lambda := rapid.Float64Range(0.01, 5).Draw(t, "lambda")
		mu := rapid.Float64Range(0.3, 5).Draw(t, "mu")
		timeout := rapid.Float64Range(0.001, 30).Draw(t, "timeout")
		c := rapid.IntRange(1, 12).Draw(t, "cap")
		one := value(PoolKeepAlive{lambda, mu, timeout, 1}.Solve())(t)
		near(t, "one instance: starts per request", one.StartsPerAcceptedRequest, math.Exp(-lambda*timeout), 1e-9)
		near(t, "one instance: idle awake", one.MeanIdleAwake, one.MeanBusy*mu*-math.Expm1(-lambda*timeout)/lambda, 1e-9)
		capped := value(PoolKeepAlive{lambda, mu, timeout, c}.Solve())(t)
		loss := value(Loss{lambda / mu, c}.Solve())(t)
		near(t, "rejected", capped.PReject, loss.PReject, 1e-12)
		near(t, "busy", capped.MeanBusy, loss.CarriedErlangs, 1e-10)
		near(t, "up = busy + idle", capped.MeanUp, capped.MeanBusy+capped.MeanIdleAwake, 1e-12)
		if capped.MeanUp > float64(c)*(1+1e-9) {
			t.Errorf("%v up of %d", capped.MeanUp, c)
		}
		open := value(PoolKeepAlive{lambda, mu, timeout, 0}.Solve())(t)
		near(t, "uncapped busy", open.MeanBusy, lambda/mu, 1e-10)
		longer := value(PoolKeepAlive{lambda, mu, timeout + 3, 0}.Solve())(t)
		if longer.StartsPerS > open.StartsPerS*(1+1e-12) || longer.MeanUp < open.MeanUp*(1-1e-12) {
			t.Errorf("a longer timeout: %+v, %+v", open, longer)
		}
		at0 := value(PoolKeepAlive{lambda, mu, 0, c}.Solve())(t)
		near(t, "timeout 0: every request starts", at0.StartsPerAcceptedRequest, 1, 1e-12)
		near(t, "timeout 0: nothing idles", at0.MeanIdleAwake, 0, 0)
	})
	always := value(PoolKeepAlive{1, 1, 1e5, 3}.Solve())(t)
	near(t, "long timeout: all up", always.MeanUp, 3, 1e-9)
}

// What a completion on instance n sees, against the dense chain of (busy below, n busy).
func TestPoolSeenByCompletion(t *testing.T) {
	k := PoolKeepAlive{LambdaPerS: 2.5, MuPerS: 0.8}
	for n := 1; n <= 7; n++ {
		pi := stationary(t, 2*n, func(add func(from, to int, rate float64)) {
			for m := range n {
				for b := range 2 {
					s := 2*m + b
					if m < n-1 {
						add(s, s+2, k.LambdaPerS)
					} else if b == 0 {
						add(s, s+1, k.LambdaPerS)
					}
					if m > 0 {
						add(s, s-2, float64(m)*k.MuPerS)
					}
					if b == 1 {
						add(s, s-1, k.MuPerS)
					}
				}
			}
		})
		var busy float64
		for m := range n {
			busy += pi[2*m+1]
		}
		a := k.LambdaPerS / k.MuPerS
		near(t, "carried", carriedByNth(a, erlangB(a, n-1), n), busy, 1e-10)
		for m, x := range k.seenByCompletion(n) {
			near(t, "seen", x, pi[2*m+1]/busy, 1e-9)
		}
	}
}

func TestPoissonWeights(t *testing.T) {
	for _, mean := range []float64{0, 1e-9, 0.3, 1, 17.5, 1e4, 3e6} {
		w := newPoissonWeights(mean)
		var sum, average float64
		for n := w.first; n <= w.last; n++ {
			sum += w.at(n)
			average += float64(n) * w.at(n)
		}
		near(t, "sum", sum, 1, 1e-12)
		near(t, "mean", average, mean, 1e-9)
		k := int(mean + math.Sqrt(mean))
		near(t, "tail", w.above(k), PoissonTail(mean, k+1), 1e-8)
		if w.at(w.last+1) != 0 || w.above(w.last) != 0 || w.above(-1) != 1 {
			t.Errorf("mean %v: outside the window: %v %v %v", mean, w.at(w.last+1), w.above(w.last), w.above(-1))
		}
	}
}
