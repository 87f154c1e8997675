package edge

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"berth/models/workload"
	"berth/sim"
)

// poolLaneConfig draws a pool whose requests pass through lanes: small and large
// ones, with and without room for all, bursts at one instant and works of one
// length, so that much happens at the same nanosecond.
func poolLaneConfig(t testing.TB, seed uint64) *Config {
	r := rand.New(rand.NewPCG(seed, 4))
	cfg := plain(t)
	cfg.Seed, cfg.Duration = seed, sim.Time(60+r.IntN(300))*sim.Second
	cfg.Warmup = sim.Time(r.IntN(2)) * 20 * sim.Second
	cfg.Drain = r.IntN(5) == 0
	if r.IntN(4) == 0 {
		cfg.Outages = Outages{HostRestartsPerHour: 60, PoPPerHour: 1, PoPDuration: law(t, "exponential(mean=20s)")}
	}
	a := &cfg.Apps[0]
	a.Service = pickOne(r, ProcessorSharing, FullSpeed, FIFO)
	a.Type.VCPU1024 = pickOne[int64](r, 256, 1024)
	a.Concurrency = pickOne(r, 0, 1)
	a.SleepAfter = pickOne(r, 0, sim.Second, 10*sim.Second, sim.Minute, sim.Never)
	a.Shutdown = pickOne(r, nil, law(t, "1s"))
	a.Start.Init = pickOne(r, nil, law(t, "250ms"), law(t, "exponential(mean=1s)"))
	a.Start.RetryEvery, a.Start.Tries = 300*sim.Millisecond, pickOne(r, 0, 27)
	a.MaxInstances = pickOne(r, 0, 0, 5)
	a.Work = Work{CPU: pickOne(r, nil, law(t, "20ms"), law(t, "lognormal(mean=100ms, cv=1)")),
		IO: pickOne(r, nil, law(t, "1s"), law(t, "exponential(mean=2s)")), Response: pickOne(r, nil, bytesLaw(t, "lognormal(mean=200kB, cv=2)"))}
	a.Route = Route{By: "pool", N: pickOne(r, 0, 0, 3, 8), PerInstance: 1, Pick: pickOne(r, "newest", "newest", "oldest", "lowest-idle"), Queue: pickOne(r, -1, -1, 0, 4)}
	a.Min.N = pickOne(r, 0, 0, 2)
	a.Meter.EgressShare = pickOne(r, 1, 0.7)
	if r.IntN(4) == 0 {
		a.Rollouts = []Rollout{{At: 19 * sim.Second, Steps: []int{30, 100}, Interval: 7 * sim.Second, ChangedMB: 50}}
	}
	if r.IntN(4) == 0 {
		a.Client = ClientRules{Retries: 2, Backoff: pickOne(r, nil, law(t, "1s"))}
	}
	rate := pickOne(r, 0.2, 1, 5)
	a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: rate}}
	if r.IntN(3) == 0 {
		a.Traffic[0].Shape.Bursts = []workload.Burst{{At: 30 * sim.Second, Every: 40 * sim.Second, Count: 12}}
	}
	switch r.IntN(5) {
	case 0:
		a.Traffic = append(a.Traffic, workload.Config{Kind: workload.Requests, PerSecond: rate / 2})
	case 1:
		a.Traffic = append(a.Traffic, workload.Config{Kind: workload.Sessions, PerSecond: rate / 9, RequestsPerSession: count(t, "geometric(mean=4)"), Think: law(t, "exponential(mean=1s)")})
	case 2:
		a.Traffic = append(a.Traffic, workload.Config{Kind: workload.WebSockets, PerSecond: rate / 9, Duration: law(t, "exponential(mean=10s)"), MessagesPerSec: 1, MessageCPU: law(t, "3ms")})
	case 3:
		b := *a
		b.Name, b.Traffic = "other", []workload.Config{{Kind: workload.Requests, PerSecond: rate}}
		cfg.Apps = append(cfg.Apps, b)
	}
	return cfg
}

// Requests that pass through the lanes of a pool fare as in the reference engine.
// BERTH_LONG=1 runs more scenarios.
func TestPoolLanesAgainstReference(t *testing.T) { compareScenarios(t, poolLaneConfig, 60, 1000) }

// The scenarios of the comparison do pass through lanes, and also go the general
// way.
func TestPoolLanesAreUsed(t *testing.T) { lanesAreUsed(t, poolLaneConfig, 60) }

// silent is a request log that forgets.
type silent struct{}

// Request implements RequestLog.
func (silent) Request(LoggedRequest) {}

// A log changes nothing, though fewer short cuts are taken with one.
func TestPoolLanesWithAndWithoutLog(t *testing.T) {
	for seed := uint64(1); seed <= 60; seed++ {
		m, err := Compile(poolLaneConfig(t, seed))
		if err != nil {
			t.Fatal(err)
		}
		var text [2]string
		for k, log := range []RequestLog{nil, silent{}} {
			run, err := m.Run(t.Context(), 0, Options{Log: log})
			if err != nil {
				t.Fatal(err)
			}
			run.Events = 0
			b, err := json.Marshal(run)
			if err != nil {
				t.Fatal(err)
			}
			text[k] = string(b)
		}
		if text[0] != text[1] {
			t.Errorf("seed %d: a log changes the result", seed)
		}
	}
}
