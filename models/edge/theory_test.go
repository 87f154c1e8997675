package edge

import (
	"testing"

	"berth/models/theory"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/stats"
)

// covered runs replications and demands that the theory lies within four
// half-widths of the simulated mean.
func covered(t *testing.T, name string, want float64, cfg *Config, reps int, measure func(*testing.T, *Config, int) float64) {
	t.Helper()
	xs := make([]float64, reps)
	for r := range xs {
		xs[r] = measure(t, cfg, r)
	}
	iv := stats.MeanInterval(xs, 0.95)
	t.Logf("%s: theory %.6g, simulated %.6g ± %.2g", name, want, iv.Mean, iv.Half)
	if d := iv.Mean - want; d > 4*iv.Half || d < -4*iv.Half || iv.Half == 0 {
		t.Errorf("%s: theory %.6g, simulated %.6g ± %.2g", name, want, iv.Mean, iv.Half)
	}
}

func meanLatency(t *testing.T, cfg *Config, rep int) float64 {
	return simulate(t, cfg, rep).Apps[0].Latency.Mean() / 1e9
}

func TestSingleServerQueue(t *testing.T) {
	cfg := plain(t)
	cfg.Duration, cfg.Warmup = 40*sim.Hour, sim.Hour
	a := &cfg.Apps[0]
	a.Service = FIFO
	a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 0.7, CPU: law(t, "exponential(mean=1s)")}}
	covered(t, "M/M/1 W", 1/(1-0.7), cfg, 20, meanLatency)
}

func TestProcessorSharing(t *testing.T) {
	cfg := plain(t)
	cfg.Duration, cfg.Warmup = 40*sim.Hour, sim.Hour
	a := &cfg.Apps[0]
	a.Service = ProcessorSharing
	a.Type.VCPU1024 = 256
	a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 0.7, CPU: law(t, "lognormal(mean=250ms, cv=2)")}}
	covered(t, "M/G/1-PS W", 1/(1-0.7), cfg, 20, meanLatency)
}

func TestKeepAliveConcurrent(t *testing.T) {
	cfg := plain(t)
	cfg.Duration = 300 * sim.Hour
	a := &cfg.Apps[0]
	a.SleepAfter = 60 * sim.Second
	a.Start.Init = law(t, "2.5s")
	a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 0.01, IO: law(t, "3s")}}
	want, err := theory.KeepAliveConcurrent{LambdaPerS: 0.01, ServiceS: 3, TimeoutS: 60, StartupS: 2.5}.Solve()
	if err != nil {
		t.Fatal(err)
	}
	covered(t, "starts/request", want.StartsPerRequest, cfg, 20, func(t *testing.T, c *Config, rep int) float64 {
		o := simulate(t, c, rep).Apps[0]
		return float64(o.Starts) / float64(o.Requests)
	})
}
