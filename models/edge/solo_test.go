package edge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"berth/models/workload"
	"berth/sim"
)

// soloConfig draws a scenario whose sessions have their instances to themselves:
// some sleep between two requests, some are disturbed by rollouts, by the end of
// the run or by places that are short.
func soloConfig(t testing.TB, seed uint64) *Config {
	r := rand.New(rand.NewPCG(seed, 5))
	cfg := plain(t)
	cfg.Seed, cfg.Duration = seed, sim.Time(3+r.IntN(30))*sim.Minute
	cfg.Warmup = sim.Time(r.IntN(2)) * sim.Minute
	cfg.Drain = r.IntN(5) == 0
	cfg.Network = Network{None: r.IntN(4) == 0, Jitter: pickOne(r, 0, 0.05, 0.5), ReroutedShare: 0.1}
	if r.IntN(3) == 0 {
		cfg.Hosts = Hosts{Mode: "list", List: []string{"FRA", "IAD", "SIN"}, Places: 5 + r.IntN(30)}
	}
	if r.IntN(2) == 0 {
		cfg.Account.DORequestsPerS = pickOne(r, 2, 1000, 1000)
	}
	a := &cfg.Apps[0]
	a.Type.VCPU1024 = pickOne[int64](r, 64, 256, 1024, 2048)
	a.Service = pickOne(r, ProcessorSharing, FullSpeed, FIFO)
	a.Concurrency, a.QueueLimit = pickOne(r, 0, 1, 4), pickOne(r, -1, 0, 2)
	a.MaxInstances = pickOne(r, 0, 0, 3)
	a.SleepAfter = pickOne(r, 0, sim.Second, 10*sim.Second, sim.Minute, sim.Never)
	a.SleepLag = pickOne(r, 0, 0, sim.Second)
	a.SleepMode = pickOne(r, SleepStop, SleepStop, SleepSuspend, SleepSnapshot)
	a.End = pickOne(r, EndSleep, EndSleep, EndStop, EndDestroy)
	a.Shutdown = pickOne(r, nil, law(t, "1s"), law(t, "exponential(mean=4s)"))
	a.Start.Platform, a.Start.Wake = pickOne(r, nil, law(t, "exponential(mean=2s)")), law(t, "200ms")
	a.Start.RetryEvery, a.Start.Tries, a.Start.Clock = 300*sim.Millisecond, 27, pickOne(r, 0, 3*sim.Second)
	a.Work = Work{CPU: pickOne(r, nil, law(t, "20ms"), law(t, "lognormal(mean=30ms, cv=1)"), law(t, "uniform(1ms, 2s)")),
		IO: pickOne(r, nil, law(t, "exponential(mean=50ms)")), Response: pickOne(r, nil, bytesLaw(t, "lognormal(mean=200kB, cv=2)"))}
	a.Client = ClientRules{Timeout: pickOne(r, 0, 0, 0, sim.Second), Retries: r.IntN(2), Backoff: pickOne(r, nil, law(t, "exponential(mean=1s)"))}
	a.Route = Route{By: "session"}
	a.Meter.EgressShare, a.Meter.EgressByClient = pickOne(r, 1, 0.7), r.IntN(4) == 0
	if r.IntN(4) == 0 {
		a.Rollouts = []Rollout{{At: 70 * sim.Second, Steps: []int{30, 100}, Interval: 20 * sim.Second, Grace: pickOne(r, 0, 30*sim.Second), ChangedMB: 50}}
	}
	if r.IntN(2) == 0 {
		a.Work.Memory, a.Work.BaseMemoryMiB = bytesLaw(t, "40MiB"), 180
	}
	think := pickOne(r, "exponential(mean=300ms)", "lognormal(mean=5s, cv=2)", "exponential(mean=20s)", "3s")
	a.Traffic = []workload.Config{{Kind: workload.Sessions, PerSecond: pickOne(r, 0.1, 0.5), RequestsPerSession: count(t, pickOne(r, "geometric(mean=4)", "geometric(mean=60)", "1")), Think: law(t, think)}}
	switch r.IntN(4) {
	case 0:
		a.Traffic = append(a.Traffic, workload.Config{Kind: workload.Users, Count: 1 + r.IntN(20), Think: law(t, think)})
	case 1:
		a.Traffic = append(a.Traffic, workload.Config{Kind: workload.Requests, PerSecond: 0.5})
	case 2:
		a.Traffic = append(a.Traffic, workload.Config{Kind: workload.Sessions, PerSecond: 0.1, RequestsPerSession: count(t, "geometric(mean=4)"), Gap: law(t, "exponential(mean=2s)")})
	}
	return cfg
}

// Sessions that are simulated ahead fare as in the reference engine, which goes
// from event to event. BERTH_LONG=1 runs more scenarios.
func TestSoloAgainstReference(t *testing.T) { compareScenarios(t, soloConfig, 40, 250) }

// The scenarios of the comparison do simulate sessions ahead, and also go the
// general way.
func TestSoloIsUsed(t *testing.T) { lanesAreUsed(t, soloConfig, 40) }

// An interrupted run, whose sessions are partly ahead of it, is the run that ends
// at its last moment.
func TestInterruptedRunIsAShorterOne(t *testing.T) {
	for seed := uint64(1); seed <= 40; seed++ {
		cfg := soloConfig(t, seed)
		cfg.Duration, cfg.Warmup, cfg.Drain = 100*sim.Hour, 0, false
		cfg.Apps[0].Rollouts = nil
		m, err := Compile(cfg)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		e := newEngine(m, 0)
		e.begin()
		e.loop(ctx, func(sim.Time, int64) { cancel() })
		e.finish()
		cancel()
		if !e.out.Partial || e.out.To >= cfg.Duration {
			t.Errorf("seed %d: the run was not interrupted: partial %v, to %v", seed, e.out.Partial, e.out.To)
			continue
		}
		cfg.Duration = e.out.To
		whole := runEngine(t, cfg).readings()
		for i, r := range e.readings() {
			if fmt.Sprint(r) != fmt.Sprint(whole[i]) {
				t.Errorf("seed %d: %v, in a run of that length %v", seed, r, whole[i])
				break
			}
		}
	}
}
