package edge

import (
	"math"
	"testing"

	"berth/models/result"
	"berth/models/theory"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/stats"
)

// services are laws of equal mean and different shape.
var services = []string{"1s", "exponential(mean=1s)", "lognormal(mean=1s, cv=2)", "hyperexponential(mean=1s, cv=3)"}

// Law: what Erlang, M/G/infinity and processor sharing give for means does not
// move when the service law changes at equal mean (Sevastyanov 1957; Kleinrock
// 1967).
func TestMeansAreInsensitiveToTheServiceLaw(t *testing.T) {
	loss, err := theory.ErlangB(3, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range services {
		cfg := plain(t)
		cfg.Duration, cfg.Warmup = 4*sim.Hour, 10*sim.Minute
		a := &cfg.Apps[0]
		a.Route = Route{By: "pool", N: 5, PerInstance: 1}
		a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 3, IO: law(t, s)}}
		covered(t, "Erlang B with "+s, loss, cfg, 20, func(t *testing.T, c *Config, rep int) float64 {
			o := simulate(t, c, rep).Apps[0]
			return float64(o.Failed[result.FailMaxInstances]) / float64(o.Requests)
		})
	}
	for _, s := range services {
		cfg := plain(t)
		cfg.Duration, cfg.Warmup = 8*sim.Hour, 20*sim.Minute
		a := &cfg.Apps[0]
		a.Service = ProcessorSharing
		a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 0.6, CPU: law(t, s)}}
		covered(t, "processor sharing with "+s, 1/(1-0.6), cfg, 20, meanLatency)
	}
}

// Law: Little's. The number inside, looked at at fixed instants, is the rate
// times the mean stay, which the engine sums from the requests themselves.
func TestLittle(t *testing.T) {
	for _, service := range []Service{FIFO, ProcessorSharing, FullSpeed} {
		cfg := plain(t)
		cfg.Duration, cfg.Warmup = 20*sim.Hour, sim.Hour
		for at := cfg.Warmup; at < cfg.Duration; at += 7 * sim.Second {
			cfg.Observe = append(cfg.Observe, at)
		}
		a := &cfg.Apps[0]
		a.Service = service
		a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 0.7, CPU: law(t, "exponential(mean=1s)")}}
		var diff []float64
		for rep := range 20 {
			o := simulate(t, cfg, rep).Apps[0]
			seen := 0.0
			for _, x := range o.Observed {
				seen += float64(x.InFlight)
			}
			stay := o.InFlightTime.Float64() / 1e9 / (cfg.Duration - cfg.Warmup).Seconds()
			diff = append(diff, seen/float64(len(o.Observed))-stay)
		}
		iv := stats.MeanInterval(diff, 0.95)
		t.Logf("discipline %d: L - lambda W = %.4g ± %.2g", service, iv.Mean, iv.Half)
		if iv.Mean > 4*iv.Half || iv.Mean < -4*iv.Half || iv.Half == 0 {
			t.Errorf("discipline %d: L - lambda W = %.4g ± %.2g", service, iv.Mean, iv.Half)
		}
	}
}

// Law: for one id without cap and with start time 0, a longer sleepAfter never
// lowers the time up (memory, disk and Durable Object duration follow it), on
// every path.
func TestLongerSleepAfterNeverCostsLessOfOneID(t *testing.T) {
	for seed := uint64(1); seed <= 40; seed++ {
		up := sim.Time(-1)
		for _, after := range []sim.Time{0, sim.Second, 5 * sim.Second, 20 * sim.Second, sim.Minute, 10 * sim.Minute} {
			cfg := plain(t)
			cfg.Seed = seed
			a := &cfg.Apps[0]
			a.Service = ProcessorSharing
			a.SleepAfter = after
			a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 0.05, CPU: law(t, "lognormal(mean=800ms, cv=2)"), IO: law(t, "exponential(mean=1s)")}}
			o := simulate(t, cfg, 0).Apps[0]
			_, lo := o.RunLength.Sum()
			if now := sim.Time(lo); now < up {
				t.Errorf("seed %d: with sleepAfter %v up for %v, with the one before %v", seed, after, now, up)
			} else {
				up = now
			}
		}
	}
}

// The same law does not hold with start times: a request that finds the
// instance asleep waits, comes together with later ones, and the busy time may
// shrink. Nor with a cap. This path shows the first.
func TestLongerSleepAfterCanCostLessWithStartTimes(t *testing.T) {
	upWith := func(seed uint64, after sim.Time) sim.Time {
		cfg := plain(t)
		cfg.Seed = seed
		cfg.Drain = true
		cfg.Duration = 10 * sim.Minute
		a := &cfg.Apps[0]
		a.SleepAfter = after
		a.Start.Init = law(t, "exponential(mean=20s)")
		a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 0.02, IO: law(t, "1s")}}
		_, lo := simulate(t, cfg, 0).Apps[0].RunLength.Sum()
		return sim.Time(lo)
	}
	for seed := uint64(1); seed <= 200; seed++ {
		if short, long := upWith(seed, 10*sim.Second), upWith(seed, 15*sim.Second); long < short {
			t.Logf("seed %d: sleepAfter 10s is up for %v, 15s for %v", seed, short, long)
			return
		}
	}
	t.Error("no counterexample in 200 paths: the condition on start times would be idle")
}

// However much jitter there is, no hop takes less than without.
func TestJitterOnlyProlongs(t *testing.T) {
	for _, share := range []float32{0, 0.05, 3, 76, 1e6} {
		for _, ns := range []int32{0, 1, 250_000, 600_000_000, math.MaxInt32} {
			if got := prolonged(ns, share); got < ns || float64(got) > float64(ns)*(1+float64(share))*1.0001 {
				t.Errorf("%d ns are prolonged by %v times to %d ns", ns, share, got)
			}
		}
	}
}
