package theory

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func drawKeepAlive(t *rapid.T) KeepAliveConcurrent {
	return KeepAliveConcurrent{
		LambdaPerS: rapid.Float64Range(1e-4, 0.5).Draw(t, "lambda"),
		ServiceS:   rapid.Float64Range(0, 30).Draw(t, "service"),
		TimeoutS:   rapid.Float64Range(0, 900).Draw(t, "timeout"),
		StartupS:   rapid.Float64Range(0, 20).Draw(t, "startup"),
	}
}

func TestKeepAliveConcurrent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawKeepAlive(t)
		r := value(k.Solve())(t)
		cycle := k.StartupS + math.Exp(k.LambdaPerS*(k.ServiceS+k.TimeoutS))/k.LambdaPerS
		near(t, "cycle", r.MeanCycleS, cycle, 1e-12)
		near(t, "starts", r.StartsPerRequest, 1/(k.LambdaPerS*cycle), 1e-11)
		near(t, "up", r.UpShare, r.MeanRunS/r.MeanCycleS, 1e-11)
		near(t, "delayed", r.DelayedShare, (1+k.LambdaPerS*k.StartupS)/(k.LambdaPerS*cycle), 1e-11)
		busy := value(k.BusyShare())(t)
		if busy > r.UpShare*(1+1e-12) {
			t.Errorf("busy %v more than up %v", busy, r.UpShare)
		}
		longer := k
		longer.TimeoutS += rapid.Float64Range(0, 300).Draw(t, "more")
		s := value(longer.Solve())(t)
		if s.StartsPerRequest > r.StartsPerRequest || s.UpShare < r.UpShare*(1-1e-12) {
			t.Errorf("a longer timeout: starts %v to %v, up %v to %v", r.StartsPerRequest, s.StartsPerRequest, r.UpShare, s.UpShare)
		}
		instant := k
		instant.StartupS, instant.ServiceS = 0, 0
		ttl := value(TTLCache{k.LambdaPerS, k.TimeoutS}.Solve())(t)
		near(t, "an instant instance is a cache: starts", k.LambdaPerS*value(instant.Solve())(t).StartsPerRequest, ttl.FetchesPerSReset, 1e-12)
		near(t, "an instant instance is a cache: up", value(instant.Solve())(t).UpShare, ttl.HitReset, 1e-12)
		near(t, "gap", value(PIdleGapAbove(k.LambdaPerS, k.TimeoutS))(t), value(instant.Solve())(t).StartsPerRequest, 1e-12)
		if ttl.HitFixed > ttl.HitReset {
			t.Errorf("a TTL from the fetch hits more: %+v", ttl)
		}
	})
}

func TestKeepAliveBeyondFloat64(t *testing.T) {
	r := value(KeepAliveConcurrent{LambdaPerS: 10, ServiceS: 1, TimeoutS: 600, StartupS: 2}.Solve())(t)
	if r.StartsPerRequest != 0 || r.UpShare != 1 || !math.IsInf(r.MeanRunS, 1) || !math.IsInf(r.RequestsPerRun, 1) || r.StartsPerHour != 0 || r.BilledSecondsPerHour != 3600 {
		t.Errorf("%+v", r)
	}
	f := value(KeepAliveFIFO{10, Exponential(0.05), 600, Deterministic(2)}.Solve())(t)
	near(t, "wait of M/G/1", f.WaitS, 0.05, 1e-12)
	near(t, "up", f.UpShare, 1, 0)
}

func TestTimeoutForStartsInverts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawKeepAlive(t)
		share := rapid.Float64Range(0.001, 0.95).Draw(t, "share")
		k.TimeoutS = value(k.TimeoutForStarts(share))(t)
		r := value(k.Solve())(t)
		if k.TimeoutS > 0 {
			near(t, "starts at that timeout", r.StartsPerRequest, share, 1e-9)
		} else if r.StartsPerRequest > share*(1+1e-12) {
			t.Errorf("timeout 0, but %v starts per request > %v", r.StartsPerRequest, share)
		}
	})
}

func TestTimeoutCurve(t *testing.T) {
	k := KeepAliveConcurrent{LambdaPerS: 0.01, ServiceS: 3, TimeoutS: 1e9, StartupS: 2}
	timeouts := []float64{0, 10, 60, 300, 600, 3600}
	points := value(k.TimeoutCurve(timeouts))(t)
	for i, p := range points {
		near(t, "timeout", p.TimeoutS, timeouts[i], 0)
		if i > 0 && (p.StartsPerRequest >= points[i-1].StartsPerRequest || p.UpShare <= points[i-1].UpShare || p.IdleShare <= points[i-1].IdleShare) {
			t.Errorf("not monotone at %v s: %+v after %+v", p.TimeoutS, p, points[i-1])
		}
	}
	if points[0].IdleShare > 1e-12 {
		t.Errorf("timeout 0 idles %v of the time", points[0].IdleShare)
	}
	if _, err := k.TimeoutCurve([]float64{1, -1}); err == nil {
		t.Error("a negative timeout is accepted")
	}
}

func TestRandomPool(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawKeepAlive(t)
		n := rapid.IntRange(1, 50).Draw(t, "n")
		r := value(RandomPool{k.LambdaPerS, n, k.ServiceS, k.TimeoutS, k.StartupS}.Solve())(t)
		one := value(RandomPool{k.LambdaPerS, 1, k.ServiceS, k.TimeoutS, k.StartupS}.Solve())(t)
		near(t, "one instance", one.MeanAwake, value(k.Solve())(t).UpShare, 1e-15)
		if r.MeanAwake > float64(n) || r.MeanAwake < one.MeanAwake*(1-1e-12) {
			t.Errorf("%v awake of %d, %v with one", r.MeanAwake, n, one.MeanAwake)
		}
		if r.PerInstance.StartsPerRequest < one.PerInstance.StartsPerRequest {
			t.Errorf("spreading lowers starts: %v to %v", one.PerInstance.StartsPerRequest, r.PerInstance.StartsPerRequest)
		}
	})
	at := func(n int) bool { return value(RandomPool{0.1, n, 0, 600, 0}.Solve())(t).KeptAwake }
	if !at(59) || at(61) {
		t.Error("0.1/s and 600 s keep up to 60 instances awake")
	}
	near(t, "awake of 10", value(RandomPool{0.01, 10, 0, 600, 0}.Solve())(t).MeanAwake, 10*(1-math.Exp(-0.6)), 1e-12)
}

func TestKeepAliveFIFOSpecialCases(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lambda := rapid.Float64Range(0.01, 2).Draw(t, "lambda")
		rho := rapid.Float64Range(0.02, 0.97).Draw(t, "rho")
		alpha := rapid.Float64Range(0.05, 5).Draw(t, "alpha")
		mu := lambda / rho
		at0 := value(KeepAliveFIFO{lambda, Exponential(1 / mu), 0, Exponential(1 / alpha)}.Solve())(t)
		setup := value(MM1Setup{lambda, mu, alpha}.Solve())(t)
		near(t, "M/M/1 with set-up: response", at0.ResponseS, setup.ResponseS, 1e-10)
		near(t, "M/M/1 with set-up: off", 1-at0.UpShare, setup.POff, 1e-9)
		chain := value(MMKSetup{lambda, mu, alpha, 1}.Solve())(t)
		near(t, "chain with one server: response", chain.ResponseS, setup.ResponseS, 1e-10)
		near(t, "chain with one server: set-up", chain.MeanInSetup, setup.PSetup, 1e-10)
		law := Lognormal(1/mu, 1.5)
		instant := value(KeepAliveFIFO{lambda, law, 3, Deterministic(0)}.Solve())(t)
		near(t, "no start-up: M/G/1 wait", instant.WaitS, value(MG1{lambda, law}.Solve())(t).WaitS, 1e-12)
		near(t, "up", instant.UpShare, instant.MeanRunS/instant.MeanCycleS, 1e-10)
		more := value(KeepAliveFIFO{lambda, law, 5, Deterministic(2)}.Solve())(t)
		less := value(KeepAliveFIFO{lambda, law, 3, Deterministic(2)}.Solve())(t)
		if more.WaitS > less.WaitS || more.UpShare < less.UpShare || more.StartsPerRequest > less.StartsPerRequest {
			t.Errorf("a longer timeout makes it worse: %+v, %+v", less, more)
		}
	})
}

func TestSessionInstances(t *testing.T) {
	open := SessionInstances{SessionsPerS: 0.02, MeanSessionS: 120, TimeoutS: 300}
	r := value(open.Solve())(t)
	if r.PReject != 0 || r.PAtOrAboveCap != 0 || r.MeanInstances != r.MeanUncapped {
		t.Errorf("without a cap: %+v", r)
	}
	near(t, "mean", r.MeanUncapped, 8.4, 1e-12)
	previous := 1.0
	for c := 1; c < 40; c++ {
		open.MaxInstances = c
		r := value(open.Solve())(t)
		if r.PReject >= previous || r.MeanInstances > float64(c) || r.PAtOrAboveCap < r.PReject {
			t.Errorf("cap %d: %+v", c, r)
		}
		previous = r.PReject
	}
}

func TestRenewalCost(t *testing.T) {
	c := RenewalCost{
		Sessions: 7, KeepAlive: KeepAliveConcurrent{0.01, 3, 60, 2},
		VCPU: 0.25, MemoryGiB: 1, DiskGB: 4, Days: 30, Rates: PublishedRates(),
	}
	seven := value(c.Solve())(t)
	c.Sessions = 14
	fourteen := value(c.Solve())(t)
	near(t, "gross is proportional", fourteen.GrossUSD, 2*seven.GrossUSD, 1e-12)
	if !(fourteen.NetUSD > seven.NetUSD && seven.NetUSD >= 5 && fourteen.CPUActive < fourteen.CPUProvisioned) {
		t.Errorf("%+v, %+v", seven, fourteen)
	}
	run := value(c.KeepAlive.Solve())(t)
	near(t, "starts times run length", fourteen.Starts*run.MeanRunS, fourteen.UpS, 1e-11)
	c.Sessions, c.KeepAlive.LambdaPerS = 1, 1e-7
	near(t, "within the allowances only the base", value(c.Solve())(t).NetUSD, 5, 0)
}

func TestTimeoutCosts(t *testing.T) {
	c := RenewalCost{
		Sessions: 200, KeepAlive: KeepAliveConcurrent{LambdaPerS: 0.001, ServiceS: 3, StartupS: 2},
		VCPU: 0.5, MemoryGiB: 4, DiskGB: 8, Days: 30, Rates: PublishedRates(),
	}
	points := value(c.TimeoutCosts([]float64{10, 60, 600, 3600}))(t)
	if len(points) != 4 {
		t.Fatalf("%d points", len(points))
	}
	for i, p := range points {
		near(t, "same share of time", p.Usage.UpShare, p.UpShare, 1e-15)
		if i > 0 && (p.Usage.NetUSD <= points[i-1].Usage.NetUSD || p.StartsPerRequest >= points[i-1].StartsPerRequest) {
			t.Errorf("at %v s: %v USD and %v starts after %v and %v", p.TimeoutS, p.Usage.NetUSD, p.StartsPerRequest,
				points[i-1].Usage.NetUSD, points[i-1].StartsPerRequest)
		}
	}
	c.Sessions = 0
	if _, err := c.TimeoutCosts([]float64{10}); err == nil {
		t.Error("no sessions are accepted")
	}
}
