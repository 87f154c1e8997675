package edge

import (
	"fmt"
	"slices"
	"testing"

	"berth/models/keepalive"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
)

// script is a keep-alive policy with the same plan for every idle period; it
// notes what it is told.
type script struct {
	plan keepalive.Plan
	seen *[]sim.Time
}

func (s script) New(keepalive.Settings) keepalive.Memory { return s }
func (s script) Observe(idle sim.Time)                   { *s.seen = append(*s.seen, idle) }
func (s script) Plan() keepalive.Plan                    { return s.plan }

// keptRun runs one object with calls of a second at exact minutes, a start of
// ten seconds and a keep-alive policy of the test's own.
func keptRun(t *testing.T, plan keepalive.Plan, minutes ...int) (*engine, []sim.Time) {
	t.Helper()
	cfg := plain(t)
	cfg.Duration = 3 * sim.Hour
	var seen []sim.Time
	cfg.Policies.KeepAlive = []keepalive.Entry{{Name: "script", Policy: script{plan, &seen}}}
	a := &cfg.Apps[0]
	a.KeepAlive.Policy = "script"
	a.Start.Platform = law(t, "10s")
	var times []sim.Time
	for _, m := range minutes {
		times = append(times, sim.Time(m)*sim.Minute)
	}
	a.Traffic = []workload.Config{at(nil, law(t, "1s"), times...)}
	return runEngine(t, cfg), seen
}

// Calls of 1 s at minutes 0, 5 and 65. The first starts the instance (10 s) and
// ends at 0:11. The policy stays 10 minutes: the second is warm. It ends at
// 5:01, the instance sleeps at 15:01, and the third meets a start, which the
// idle time does not count.
func TestStayByHand(t *testing.T) {
	e, seen := keptRun(t, keepalive.Stay(10*sim.Minute), 0, 5, 65)
	if o := e.apps[0].out; o.Starts != 2 || o.Cold != 2 || o.Prewarms != 0 || o.Stops[result.StopSleep] != 2 {
		t.Errorf("%d starts, %d cold, %d pre-warmed, %d sleeps; want 2, 2, 0, 2", o.Starts, o.Cold, o.Prewarms, o.Stops[result.StopSleep])
	}
	want := []sim.Time{5*sim.Minute - 11*sim.Second, 60*sim.Minute - sim.Second}
	if !slices.Equal(seen, want) {
		t.Errorf("idle times %v, want %v", seen, want)
	}
}

// The instance sleeps at once and comes back 20 minutes after it became idle
// (0:11), is ready at 20:21, serves the call at minute 25 warm and sleeps again
// at once. From 25:01 it comes back at 45:01 and stays until 55:01; the call of
// minute 65 finds it asleep. The last comes back at 85:11 and leaves at 95:11.
func TestPrewarmByHand(t *testing.T) {
	plan := keepalive.Plan{Stay: 0, Prewarm: 20 * sim.Minute, Until: 30 * sim.Minute}
	e, seen := keptRun(t, plan, 0, 25, 65)
	o := e.apps[0].out
	if o.Prewarms != 3 || o.Starts != 5 || o.Cold != 2 {
		t.Errorf("%d pre-warmed of %d starts, %d cold; want 3 of 5, 2", o.Prewarms, o.Starts, o.Cold)
	}
	want := []sim.Time{25*sim.Minute - 11*sim.Second, 40*sim.Minute - sim.Second}
	if !slices.Equal(seen, want) {
		t.Errorf("idle times %v, want %v", seen, want)
	}
	idle := 25*sim.Minute - (20*sim.Minute + 21*sim.Second) // until the call at minute 25
	idle += 10*sim.Minute - 10*sim.Second                   // ready at 45:11, until 55:01
	idle += 10*sim.Minute - 10*sim.Second                   // ready at 85:21, until 95:11
	if got := o.StateTime[result.Idle].Float64(); got != float64(idle) {
		t.Errorf("idle for %v, want %v", sim.Time(got), idle)
	}
}

// A pre-warmed instance that is ready only after its time sleeps at once.
func TestPrewarmTooLate(t *testing.T) {
	e, _ := keptRun(t, keepalive.Plan{Stay: 0, Prewarm: 5 * sim.Minute, Until: 5*sim.Minute + sim.Second}, 0)
	if o := e.apps[0].out; o.Starts != 2 || o.StateTime[result.Idle].Float64() != 0 {
		t.Errorf("%d starts, idle for %v; want 2 and not at all", o.Starts, o.StateTime[result.Idle])
	}
}

// With End stop nothing is started for a session that is over.
func TestNoPrewarmWhereSessionsEndTheirInstance(t *testing.T) {
	cfg := plain(t)
	var seen []sim.Time
	cfg.Policies.KeepAlive = []keepalive.Entry{{Name: "script", Policy: script{keepalive.Plan{Prewarm: sim.Minute, Until: sim.Hour}, &seen}}}
	a := &cfg.Apps[0]
	a.KeepAlive.Policy, a.Route.By, a.End = "script", "session", EndStop
	a.Traffic = []workload.Config{{Kind: workload.Sessions, PerSecond: 0.01, RequestsPerSession: count(t, "1")}}
	if o := runEngine(t, cfg).apps[0].out; o.Prewarms != 0 || o.Starts == 0 {
		t.Errorf("%d of %d starts pre-warmed, want none of some", o.Prewarms, o.Starts)
	}
}

// A policy that always plans sleep_after gives what sleep_after gives, request by
// request and meter by meter: the long way and the short way are one.
func TestFixedPolicyIsSleepAfter(t *testing.T) {
	for seed := uint64(1); seed <= 60; seed++ {
		cfg := referenceConfig(t, seed)
		for i := range cfg.Apps {
			cfg.Apps[i].KeepAlive = KeepAlive{}
		}
		short, logShort := loggedRun(t, compiled(t, cfg))
		cfg.Policies.KeepAlive = []keepalive.Entry{{Name: "same", Policy: standard{}}}
		for i := range cfg.Apps {
			if cfg.Apps[i].Route.By != "pool" {
				cfg.Apps[i].KeepAlive.Policy = "same"
			}
		}
		long, logLong := loggedRun(t, compiled(t, cfg))
		if d := firstRequest(logLong, logShort); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		was := short.readings()
		for i, a := range long.readings() {
			if b := was[i]; a != b {
				t.Fatalf("seed %d: %s = %s, with sleep_after %s", seed, a.name, a.value, b.value)
			}
		}
	}
}

func compiled(t *testing.T, cfg *Config) *Model {
	t.Helper()
	m, err := Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// standard is Fixed under another type, which the engine does not know.
type standard struct{}

func (standard) New(s keepalive.Settings) keepalive.Memory { return keepalive.Fixed{}.New(s) }

// The random scenarios of the reference do pre-warm, and keep the laws.
func TestRandomScenariosPrewarm(t *testing.T) {
	prewarmed := int64(0)
	for seed := uint64(1); seed <= 200; seed++ {
		e := runEngine(t, referenceConfig(t, seed))
		checkLaws(t, seed, e)
		for i := range e.apps {
			prewarmed += e.apps[i].out.Prewarms
		}
	}
	if prewarmed < 50 {
		t.Errorf("only %d instances were pre-warmed", prewarmed)
	}
}

func TestKeepAliveRefusals(t *testing.T) {
	cfg := plain(t)
	cfg.Apps[0].KeepAlive.Policy = "hybrid"
	cfg.Apps[0].Traffic = []workload.Config{at(nil, nil, 0)}
	if _, err := Compile(cfg); err == nil || fmt.Sprint(err) != `apps.app: unknown keep-alive policy "hybrid": one of [fixed hybrid-histogram percentile]` {
		t.Errorf("got %v", err)
	}
	cfg.Apps[0].KeepAlive.Policy, cfg.Apps[0].Route = "percentile", Route{By: "pool"}
	if _, err := Compile(cfg); err == nil {
		t.Error("a pool took a keep-alive policy")
	}
}
