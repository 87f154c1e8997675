package edge

import (
	"math/rand/v2"
	"os"
	"testing"

	"berth/models/workload"
	"berth/sim"
)

// laneConfig draws a scenario whose requests pass through lanes: crowded ones, so
// that many guests overlap, that instances sleep and start, and that other
// traffic of the same ids comes between.
func laneConfig(t testing.TB, seed uint64) *Config {
	r := rand.New(rand.NewPCG(seed, 3))
	cfg := plain(t)
	cfg.Seed, cfg.Duration = seed, sim.Time(20+r.IntN(100))*sim.Second
	cfg.Warmup = sim.Time(r.IntN(2)) * 10 * sim.Second
	cfg.Drain = r.IntN(5) == 0
	cfg.Network = Network{None: r.IntN(3) == 0, Jitter: pickOne(r, 0, 0.05, 0.5), ReroutedShare: 0.1}
	if r.IntN(4) == 0 {
		cfg.Outages = Outages{HostRestartsPerHour: 200, PoPPerHour: 2, PoPDuration: law(t, "exponential(mean=20s)")}
	}
	if r.IntN(2) == 0 {
		cfg.Account.DORequestsPerS = pickOne(r, 2, 1000, 1000)
	}
	a := &cfg.Apps[0]
	a.Type.VCPU1024 = pickOne[int64](r, 64, 256, 1024, 2048)
	a.Threads = pickOne(r, 1.0, 2)
	a.Service = pickOne(r, ProcessorSharing, ProcessorSharing, FullSpeed, FIFO)
	a.Concurrency, a.QueueLimit = pickOne(r, 0, 0, 1, 4), -1
	a.SleepAfter = pickOne(r, 0, 100*sim.Millisecond, sim.Second, 5*sim.Second, sim.Never)
	a.SleepMode = pickOne(r, SleepStop, SleepStop, SleepSuspend, SleepSnapshot)
	a.Shutdown = pickOne(r, nil, law(t, "1s"))
	a.Start.Platform, a.Start.Wake = pickOne(r, nil, law(t, "exponential(mean=300ms)")), law(t, "200ms")
	a.Start.RetryEvery, a.Start.Tries = 300*sim.Millisecond, 27
	a.Work = Work{CPU: pickOne(r, nil, law(t, "20ms"), law(t, "lognormal(mean=30ms, cv=1)"), law(t, "1us")),
		IO: pickOne(r, nil, law(t, "exponential(mean=50ms)")), Response: pickOne(r, nil, bytesLaw(t, "lognormal(mean=200kB, cv=2)"))}
	a.Route = pickOne(r, Route{By: "key", Keys: 1 + r.IntN(40), Alpha: pickOne(r, 0, 0.9)}, Route{By: "random-n", N: 1 + r.IntN(4)})
	a.Meter.EgressShare = pickOne(r, 1, 0.7)
	a.Meter.EgressByClient = r.IntN(4) == 0
	if r.IntN(4) == 0 {
		a.Rollouts = []Rollout{{At: 9 * sim.Second, Steps: []int{30, 100}, Interval: 7 * sim.Second, ChangedMB: 50}}
	}
	if r.IntN(4) == 0 {
		a.Touches = []Touch{{Every: 3 * sim.Second, CPU: law(t, "5ms")}}
	}
	a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: pickOne(r, 2.0, 10, 30)}}
	switch r.IntN(4) {
	case 0:
		a.Traffic = append(a.Traffic, workload.Config{Kind: workload.Requests, PerSecond: 5})
	case 1:
		a.Traffic = append(a.Traffic, workload.Config{Kind: workload.Sessions, PerSecond: 0.5, RequestsPerSession: count(t, "geometric(mean=4)"), Think: law(t, "exponential(mean=1s)")})
	case 2:
		a.Traffic = append(a.Traffic, workload.Config{Kind: workload.WebSockets, PerSecond: 0.5, Duration: law(t, "exponential(mean=10s)"), MessagesPerSec: 1, MessageCPU: law(t, "3ms")})
	}
	return cfg
}

// Requests that pass through lanes fare as in the reference engine, which has
// none. BERTH_LONG=1 runs more scenarios.
func TestLanesAgainstReference(t *testing.T) { compareScenarios(t, laneConfig, 30, 400) }

// The scenarios of the comparison do pass through lanes, and also go the general
// way.
func TestLanesAreUsed(t *testing.T) { lanesAreUsed(t, laneConfig, 30) }

// compareScenarios holds the engine to the reference on n scenarios, long of them
// with BERTH_LONG=1.
func compareScenarios(t *testing.T, config func(testing.TB, uint64) *Config, n, long uint64) {
	if os.Getenv("BERTH_LONG") != "" {
		n = long
	}
	requests := 0
	for seed := uint64(1); seed <= n; seed++ {
		cfg := config(t, seed)
		count, diff := compareEngines(t, cfg)
		requests += count
		if diff != "" {
			t.Errorf("seed %d: %s\n%s", seed, diff, describe(cfg))
		}
	}
	t.Logf("%d requests compared", requests)
}

// lanesAreUsed checks that of the requests of n scenarios some pass through lanes
// and some do not.
func lanesAreUsed(t *testing.T, config func(testing.TB, uint64) *Config, n uint64) {
	passed, served := uint64(0), int64(0)
	for seed := uint64(1); seed <= n; seed++ {
		m, err := Compile(config(t, seed))
		if err != nil {
			t.Fatal(err)
		}
		e := newEngine(m, 0)
		e.begin()
		if err := e.loop(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		for i := range e.apps {
			if tally := e.apps[i].tally; tally != nil {
				for r := range tally.clients {
					c := &tally.clients[r]
					passed += c.warm.before.Count() + uint64(c.warm.n)
				}
			}
		}
		e.finish()
		for i := range e.apps {
			served += e.apps[i].out.Served
		}
	}
	if share := float64(passed) / float64(served); share < 0.2 || share > 0.8 {
		t.Errorf("%d of %d requests passed lanes", passed, served)
	}
}
