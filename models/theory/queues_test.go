package theory

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// Textbook values, beside the reference rows.
func TestTextbookValues(t *testing.T) {
	near(t, "Erlang B(2, 2)", value(ErlangB(2, 2))(t), 0.4, 1e-15)
	near(t, "Erlang C(1, 2)", value(ErlangC(1, 2))(t), 1.0/3, 1e-15)
	near(t, "M/M/1 W", value(MM1{LambdaPerS: 2, MuPerS: 3}.Solve())(t).ResponseS, 1, 1e-15)
	near(t, "M/D/1 Wq", value(MG1{LambdaPerS: 0.5, Service: Deterministic(1)}.Solve())(t).WaitS, 0.5, 1e-15)
	near(t, "M/U/1 Wq", value(MG1{LambdaPerS: 0.5, Service: Law{"uniform0", 1, 1 / math.Sqrt(3)}}.Solve())(t).WaitS, 2.0/3, 1e-15)
	near(t, "M/M/1/1 rejects", value(MMCK{1, 1, 1, 1}.Solve())(t).PReject, 0.5, 1e-15)
	near(t, "PS response", value(MG1PS{1, 0.25, 0.5}.Solve())(t).ResponseS, 1, 1e-15)
	near(t, "Engset 2 of 1", value(Engset{2, 1, 1, 1}.Solve())(t).TimeCongestion, 2.0/3, 1e-15)
	near(t, "Engset 2 of 1, calls", value(Engset{2, 1, 1, 1}.Solve())(t).CallCongestion, 0.5, 1e-15)
}

func TestSpecialCasesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mu := rapid.Float64Range(0.01, 50).Draw(t, "mu")
		rho := rapid.Float64Range(0.01, 0.99).Draw(t, "rho")
		c := rapid.IntRange(1, 60).Draw(t, "c")
		lambda := mu * rho
		one := value(MM1{lambda, mu}.Solve())(t)
		near(t, "M/M/c with c = 1", value(MMC{lambda, mu, 1}.Solve())(t).ResponseS, one.ResponseS, 1e-11)
		near(t, "M/G/1, exponential", value(MG1{lambda, Exponential(1 / mu)}.Solve())(t).WaitS, one.WaitS, 1e-11)
		near(t, "M/G/1, hyperexp of cv 1", value(MG1{lambda, Hyperexponential(1/mu, 1)}.Solve())(t).SDWaitS,
			value(MG1{lambda, Exponential(1 / mu)}.Solve())(t).SDWaitS, 1e-11)
		near(t, "PS mean = M/M/1 mean", value(MG1PS{lambda, 1 / mu, 1}.Solve())(t).ResponseS, one.ResponseS, 1e-11)
		many := lambda * float64(c)
		loss := value(Loss{many / mu, c}.Solve())(t)
		full := value(MMCK{many, mu, c, c}.Solve())(t)
		near(t, "M/M/c/c rejects", full.PReject, loss.PReject, 1e-11)
		near(t, "M/M/c/c carries", full.InSystem, loss.CarriedErlangs, 1e-11)
		if full.Waiting != 0 {
			t.Errorf("M/M/c/c has a queue of %v", full.Waiting)
		}
		if rho < 0.9 {
			long := value(MMCK{many, mu, c, c + 4000}.Solve())(t)
			near(t, "M/M/c/K for long queues", long.WaitS, value(MMC{many, mu, c}.Solve())(t).WaitS, 1e-9)
		}
		near(t, "G/G/c of M/M/c", value(AllenCunneen{Exponential(1 / many), Exponential(1 / mu), c}.Solve())(t).WaitS,
			value(MMC{many, mu, c}.Solve())(t).WaitS, 1e-11)
		near(t, "G/G/1 of M/G/1", value(AllenCunneen{Exponential(1 / lambda), Lognormal(1/mu, 2), 1}.Solve())(t).WaitS,
			value(MG1{lambda, Lognormal(1/mu, 2)}.Solve())(t).WaitS, 1e-11)
		near(t, "Erlang 1 is exponential", value(AllenCunneen{Law{"erlang1", 1 / lambda, 1}, Exponential(1 / mu), 1}.Solve())(t).WaitS, one.WaitS, 1e-11)
	})
}

func TestLittleAndQuantiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mu := rapid.Float64Range(0.01, 50).Draw(t, "mu")
		c := rapid.IntRange(1, 200).Draw(t, "c")
		lambda := mu * float64(c) * rapid.Float64Range(0.05, 0.995).Draw(t, "rho")
		q := rapid.Float64Range(0.001, 0.9999).Draw(t, "q")
		m := MMC{lambda, mu, c}
		r := value(m.Solve())(t)
		near(t, "L = lambda W", r.InSystem, lambda*r.ResponseS, 1e-12)
		near(t, "L = Lq + a", r.InSystem, r.Waiting+r.OfferedErlangs, 1e-9)
		wait := value(m.WaitQuantile(q))(t)
		above := value(m.PWaitAbove(wait))(t)
		if wait > 0 {
			near(t, "P(wait > quantile)", above, 1-q, 1e-9)
		} else if above > 1-q+1e-12 {
			t.Errorf("quantile 0, but P(wait > 0) = %v > %v", above, 1-q)
		}
		k := MMCK{lambda * 1.3, mu, c, c + 7}
		f := value(k.Solve())(t)
		near(t, "accepted = lambda(1-p)", f.ThroughputPerS, k.LambdaPerS*(1-f.PReject), 1e-9)
		near(t, "L = accepted * W", f.InSystem, f.ThroughputPerS*f.ResponseS, 1e-12)
	})
}

func TestErlangB(t *testing.T) {
	direct := func(a float64, c int) float64 { // by logarithms
		var sum float64
		for k := 0; k <= c; k++ {
			lk, _ := math.Lgamma(float64(k) + 1)
			lc, _ := math.Lgamma(float64(c) + 1)
			sum += math.Exp(float64(k-c)*math.Log(a) - lk + lc)
		}
		return 1 / sum
	}
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(0.01, 300).Draw(t, "a")
		c := rapid.IntRange(1, 300).Draw(t, "c")
		b := value(ErlangB(a, c))(t)
		if b > 1e-290 { // below, the direct sum overflows
			near(t, "direct sum", b, direct(a, c), 1e-9)
		}
		if more := value(ErlangB(a, c+1))(t); more >= b && b > 0 {
			t.Errorf("B does not fall with a server: %v, %v", b, more)
		}
		if more := value(ErlangB(a*1.01, c))(t); more <= b && more > 0 {
			t.Errorf("B does not rise with the load: %v, %v", b, more)
		}
		if a < float64(c) {
			if pWait := value(ErlangC(a, c))(t); pWait < b || pWait > 1 {
				t.Errorf("C = %v outside B = %v to 1", pWait, b)
			}
		}
	})
	near(t, "no server", value(ErlangB(3, 0))(t), 1, 0)
	near(t, "no load", value(ErlangB(0, 3))(t), 0, 0)
	// 1/B(a,a) = sqrt(pi a/2) + 2/3 + O(1/sqrt a)
	const large = 4_000_000
	near(t, "a = c = 4e6", 1/value(ErlangB(large, large))(t), math.Sqrt(math.Pi*large/2)+2.0/3, 1e-7)
	near(t, "load 1e6 at 1 server", value(ErlangB(1e6, 1))(t), 1e6/(1e6+1), 1e-15)
}

func TestEngsetLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 400).Draw(t, "n")
		b := rapid.Float64Range(0.001, 20).Draw(t, "b")
		c := rapid.IntRange(1, n).Draw(t, "cap")
		r := value(Engset{n, b, 1, c}.Solve())(t)
		if r.CallCongestion > r.TimeCongestion*(1+1e-12) {
			t.Errorf("call congestion %v above time congestion %v", r.CallCongestion, r.TimeCongestion)
		}
		// up sessions come from the accepted attempts of the off ones
		near(t, "flow balance", r.MeanUp, b*(float64(n)-r.MeanUp)*(1-r.CallCongestion), 1e-9)
		open := value(Engset{n, b, 1, n + 5}.Solve())(t)
		if open.TimeCongestion != 0 || open.CallCongestion != 0 {
			t.Errorf("congestion without a cap: %+v", open)
		}
		near(t, "binomial mean", open.MeanUp, float64(n)*r.PUpUncapped, 1e-10)
	})
	large := value(Engset{1_000_000, 8e-6, 1, 10}.Solve())(t)
	near(t, "many rare sessions: Erlang B", large.TimeCongestion, value(ErlangB(8, 10))(t), 1e-4)
}

func TestPoisson(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mean := rapid.Float64Range(0, 200).Draw(t, "mean")
		q := rapid.Float64Range(0.001, 0.99999).Draw(t, "q")
		n := value(PoissonQuantile(mean, q))(t)
		cdf, pmf := 0.0, math.Exp(-mean)
		k := 0
		for ; ; k++ {
			cdf += pmf
			if cdf >= q {
				break
			}
			pmf *= mean / float64(k+1)
		}
		if n != k && math.Abs(cdf-q) > 1e-12 {
			t.Errorf("quantile %v of mean %v: got %d, want %d", q, mean, n, k)
		}
		if mean > 1e-3 {
			near(t, "tail", PoissonTail(mean, n+1), 1-distuv.Poisson{Lambda: mean}.CDF(float64(n)), 1e-6)
		}
	})
	near(t, "P(N >= 0)", PoissonTail(0, 0), 1, 0)
	near(t, "far tail", PoissonTail(1, 30), math.Exp(-1)/2.6525285981219107e32*(1+1.0/31+1.0/31/32+1.0/31/32/33), 1e-6)
	if n := value(PoissonQuantile(1e10, 0.5))(t); math.Abs(float64(n)-1e10) > 2 {
		t.Errorf("median of mean 1e10: %d", n)
	}
}

func TestMGInfTransient(t *testing.T) {
	for _, l := range testLaws() {
		m := MGInf{LambdaPerS: 3, Service: l}
		r := value(m.Solve())(t)
		near(t, "insensitive mean", r.MeanBusy, 3*l.MeanS, 1e-14)
		previous := -1.0
		for _, at := range []float64{0, 0.1, 0.5, 1, 2, 5, 20, 1000} {
			x := value(m.MeanBusyFromEmpty(at * l.MeanS))(t)
			if x < previous || x > r.MeanBusy*(1+1e-12) {
				t.Errorf("%s: mean %v at %v after %v", l.Kind, x, at, previous)
			}
			previous = x
		}
		near(t, "limit", previous, r.MeanBusy, 1e-6)
	}
	if r := value(MGInf{1000, Exponential(1000)}.Solve())(t); !math.IsInf(r.MeanBusyPeriodS, 1) || r.PNoneBusy != 0 {
		t.Errorf("overflow: %+v", r)
	}
}

func TestMtGInfSine(t *testing.T) {
	for _, l := range testLaws() {
		m := MtGInf{LambdaMeanPerS: 5, LambdaAmplitudePerS: 4, PeriodS: 7 * l.MeanS, Service: l}
		r := value(m.Solve())(t)
		highest, lowest, sum := math.Inf(-1), math.Inf(1), 0.0
		const steps = 1000
		for i := range steps {
			x := value(m.MeanBusyAt(m.PeriodS * float64(i) / steps))(t)
			highest, lowest, sum = math.Max(highest, x), math.Min(lowest, x), sum+x
		}
		near(t, l.Kind+" peak", highest, r.PeakMeanBusy, 1e-4)
		near(t, l.Kind+" trough", lowest, r.TroughMeanBusy, 1e-4)
		near(t, l.Kind+" average", sum/steps, 5*l.MeanS, 1e-9)
		near(t, l.Kind+" peak comes after the lag", value(m.MeanBusyAt(m.PeriodS/4+r.PeakLagS))(t), r.PeakMeanBusy, 1e-9)
		// A slow sine is followed: m(t) = lambda(t - E[S^2]/(2E[S])) E[S].
		slow := MtGInf{5, 4, 1e5 * l.MeanS, l}
		_, m2, _ := l.Moments()
		near(t, l.Kind+" slow lag", value(slow.Solve())(t).PeakLagS, m2/(2*l.MeanS), 1e-4)
		flat := MtGInf{5, 0, l.MeanS, l}
		near(t, l.Kind+" without amplitude", value(flat.MeanBusyAt(0.3))(t), 5*l.MeanS, 1e-12)
	}
}
