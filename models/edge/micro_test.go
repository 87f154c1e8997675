package edge

import (
	"testing"

	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/stats"
)

// The scenarios of this file are small enough to be worked out by hand. They run
// without a network, so that every time is the instance's own.

func oneID(t *testing.T, times ...sim.Time) *Config {
	cfg := plain(t)
	cfg.Drain = true
	cfg.Duration = 30 * sim.Minute
	a := &cfg.Apps[0]
	a.SleepAfter = 60 * sim.Second
	a.Start.Init = law(t, "2.5s")
	a.Traffic = []workload.Config{at(nil, law(t, "3s"), times...)}
	return cfg
}

func upNs(o *result.AppRun) sim.Time {
	_, lo := o.RunLength.Sum()
	return sim.Time(lo)
}

func maxOf(h *stats.Histogram) sim.Time { return sim.Time(h.Max()) }

// Two requests at 10 s and 11 s share one start: ready at 12.5 s, both served
// till 15.5 s, asleep at 75.5 s: up for 65.5 s.
func TestFirstRequestsShareOneStart(t *testing.T) {
	o := simulate(t, oneID(t, 10*sim.Second, 11*sim.Second), 0).Apps[0]
	if o.Starts != 1 || o.Cold != 2 || o.Served != 2 {
		t.Errorf("%d starts, %d cold, %d served; want 1, 2, 2", o.Starts, o.Cold, o.Served)
	}
	if got, want := upNs(&o), 65500*sim.Millisecond; got != want {
		t.Errorf("up for %v, want %v", got, want)
	}
	if got := maxOf(&o.Latency); got != 5500*sim.Millisecond {
		t.Errorf("the starter took %v, want 5.5s", got)
	}
}

// The idle timer runs from the end of the last response, 15.5 s: a request at
// exactly 75.5 s finds the instance awake, one a nanosecond later does not.
func TestExpiryIsExact(t *testing.T) {
	for _, c := range []struct {
		second sim.Time
		starts int64
	}{{75500 * sim.Millisecond, 1}, {75500*sim.Millisecond + 1, 2}} {
		o := simulate(t, oneID(t, 10*sim.Second, c.second), 0).Apps[0]
		if o.Starts != c.starts {
			t.Errorf("second request at %v: %d starts, want %d", c.second, o.Starts, c.starts)
		}
	}
}

// With a cap of one and 27 tries 300 ms apart, a second id whose first try is at
// 20 s waits for the slot of the first, which sleeps at 25.5 s: it gets it at the
// try of 25.7 s (try 20), and is served at 25.7 + 2.5 + 3 = 31.2 s.
func TestFirstClockTakesAFreedSlot(t *testing.T) {
	cfg := oneID(t)
	a := &cfg.Apps[0]
	a.Route = Route{By: "session"}
	a.MaxInstances, a.SleepAfter = 1, 10*sim.Second
	a.Start.Tries, a.Start.RetryEvery = 27, 300*sim.Millisecond
	a.Traffic = []workload.Config{at(nil, law(t, "3s"), 10*sim.Second, 20*sim.Second)}
	o := simulate(t, cfg, 0).Apps[0]
	if o.Served != 2 || o.Starts != 2 {
		t.Fatalf("%d served with %d starts, want 2 and 2; failed %v", o.Served, o.Starts, o.Failed)
	}
	if got, want := maxOf(&o.Latency), 11200*sim.Millisecond; got != want {
		t.Errorf("the second took %v, want %v", got, want)
	}
	// Without a slot in time it fails with 500 at its 27th try, 7.8 s on.
	a.SleepAfter = 30 * sim.Second
	o = simulate(t, cfg, 0).Apps[0]
	if o.Failed[result.FailMaxInstances] != 1 || o.Served != 1 {
		t.Errorf("failed %v, served %d; want one for max_instances, one served", o.Failed, o.Served)
	}
}

// A start of 25 s fails everybody at the second clock, 20 s, and is billed for
// the 20 s it held an instance.
func TestSecondClock(t *testing.T) {
	cfg := oneID(t, 10*sim.Second, 15*sim.Second)
	a := &cfg.Apps[0]
	a.Start.Init, a.Start.Clock = law(t, "25s"), 20*sim.Second
	o := simulate(t, cfg, 0).Apps[0]
	if o.Failed[result.FailStartClock] != 2 || o.Served != 0 {
		t.Errorf("failed %v, served %d; want 2 by the second clock", o.Failed, o.Served)
	}
	if got := upNs(&o); got != 20*sim.Second {
		t.Errorf("billed for %v, want 20s", got)
	}
}

// Readiness is polled every 300 ms: 2.5 s of start are seen at 2.7 s.
func TestReadinessIsPolled(t *testing.T) {
	cfg := oneID(t, 10*sim.Second)
	cfg.Apps[0].Start.Poll = 300 * sim.Millisecond
	o := simulate(t, cfg, 0).Apps[0]
	if got := maxOf(&o.StartTime); got != 2700*sim.Millisecond {
		t.Errorf("the start took %v, want 2.7s", got)
	}
}

// A stop takes 4 s from SIGTERM; a request in that time waits for the exit and
// then for a whole start: 72.5+3+4 is past, so at 77 s it waits till 79.5 s.
func TestADrainingInstanceIsWaitedFor(t *testing.T) {
	cfg := oneID(t, 10*sim.Second, 77*sim.Second)
	a := &cfg.Apps[0]
	a.Shutdown, a.KillAfter = law(t, "4s"), 15*sim.Minute
	a.Start.Tries, a.Start.RetryEvery = 27, 300*sim.Millisecond
	o := simulate(t, cfg, 0).Apps[0]
	if o.Served != 2 || o.Starts != 2 {
		t.Fatalf("%d served with %d starts, want 2 and 2; failed %v", o.Served, o.Starts, o.Failed)
	}
	// SIGTERM at 75.5 s, exit at 79.5 s, ready at 82 s, served at 85 s.
	if got, want := maxOf(&o.Latency), 8*sim.Second; got != want {
		t.Errorf("the second took %v, want %v", got, want)
	}
	if got, want := sim.Time(o.StateTime[result.Draining].Float64()), 8*sim.Second; got != want {
		t.Errorf("draining for %v, want %v", got, want)
	}
}

// A suspended instance wakes in 200 ms, in the same run of its id, and the time
// asleep is not billed.
func TestSuspendWakes(t *testing.T) {
	cfg := oneID(t, 10*sim.Second, 300*sim.Second)
	a := &cfg.Apps[0]
	a.SleepMode, a.Start.Wake = SleepSuspend, law(t, "200ms")
	cfg.Drain = false
	cfg.Duration = 400 * sim.Second
	o := simulate(t, cfg, 0).Apps[0]
	if o.Wakes != 1 || o.Starts != 1 || o.Served != 2 {
		t.Errorf("%d wakes, %d starts, %d served; want 1, 1, 2", o.Wakes, o.Starts, o.Served)
	}
	if got, want := upNs(&o), 65500*sim.Millisecond+63200*sim.Millisecond; got != want {
		t.Errorf("billed for %v, want %v", got, want)
	}
	if got, want := sim.Time(o.StateTime[result.Sleeping].Float64()), 400*sim.Second-363200*sim.Millisecond+(300*sim.Second-75500*sim.Millisecond); got != want {
		t.Errorf("asleep for %v, want %v", got, want)
	}
}

// Three in memory are too many: the third kills the instance with the first two
// and is itself lost; the next request starts anew.
func TestOutOfMemoryTakesAllWithIt(t *testing.T) {
	cfg := oneID(t, 10*sim.Second, 13*sim.Second, 14*sim.Second, 200*sim.Second)
	a := &cfg.Apps[0]
	a.Work.BaseMemoryMiB, a.Work.Memory = 200, bytesLaw(t, "300MiB")
	o := simulate(t, cfg, 0).Apps[0]
	if o.Failed[result.FailOOM] != 3 || o.Served != 1 || o.Starts != 2 || o.Stops[result.StopOOM] != 1 {
		t.Errorf("failed %v, served %d, starts %d, stops %v", o.Failed, o.Served, o.Starts, o.Stops)
	}
}

// A rollout at 30 s sends SIGTERM to the instance of the old image; with 2 s to
// exit its request of 60 s is lost at 32 s.
func TestARolloutLosesWhatDoesNotEndInTime(t *testing.T) {
	cfg := oneID(t)
	a := &cfg.Apps[0]
	a.Shutdown, a.KillAfter = law(t, "2s"), 15*sim.Minute
	a.Rollouts = []Rollout{{At: 30 * sim.Second, Steps: []int{100}}}
	a.Traffic = []workload.Config{at(nil, law(t, "60s"), 10*sim.Second)}
	o := simulate(t, cfg, 0).Apps[0]
	if o.Failed[result.FailRollout] != 1 || o.Stops[result.StopRollout] != 1 {
		t.Errorf("failed %v, stops %v; want one of each for the rollout", o.Failed, o.Stops)
	}
	if got, want := upNs(&o), 22*sim.Second; got != want {
		t.Errorf("up for %v, want %v", got, want)
	}
	// A grace longer than the request protects it.
	a.Rollouts[0].Grace = 2 * sim.Minute
	if o = simulate(t, cfg, 0).Apps[0]; o.Served != 1 {
		t.Errorf("with grace %d served, failed %v; want 1 served", o.Served, o.Failed)
	}
}

// A client that waits 4 s for a request that takes 5.5 s gives up and tries once
// more 1 s later, when the instance is warm: 3 s.
func TestAClientTriesAgain(t *testing.T) {
	cfg := oneID(t, 10*sim.Second)
	cfg.Apps[0].Client = ClientRules{Timeout: 4 * sim.Second, Retries: 1, Backoff: law(t, "1s")}
	o := simulate(t, cfg, 0).Apps[0]
	if o.Requests != 1 || o.Retries != 1 || o.Failed[result.FailTimeout] != 1 || o.Served != 1 {
		t.Errorf("requests %d, retries %d, failed %v, served %d", o.Requests, o.Retries, o.Failed, o.Served)
	}
	if got := maxOf(&o.Latency); got != 3*sim.Second {
		t.Errorf("the second try took %v, want 3s", got)
	}
	// The abandoned one ran to its end at 15.5 s, the second to 18 s: asleep at 78 s.
	if got, want := upNs(&o), 68*sim.Second; got != want {
		t.Errorf("up for %v, want %v", got, want)
	}
}
