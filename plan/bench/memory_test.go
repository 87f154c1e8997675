package bench

import (
	"context"
	"os"
	"runtime"
	"testing"

	"berth/models/edge"
	"berth/models/result"
	"berth/sim"
)

var noOptions edge.Options

// The limits of memory, in bytes.
const (
	bytesPerInstance = 512
	bytesPerSleeper  = 64
)

// heapNear runs a scenario and returns the live heap when the given shares of it
// are simulated, with what there was before taken off.
func heapNear(t *testing.T, cfg *edge.Config, shares ...float64) ([]int64, *result.Run) {
	t.Helper()
	m, err := edge.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	before := liveHeap()
	var heaps []int64
	run, err := m.Run(context.Background(), 0, edge.Options{Progress: func(now sim.Time, _ int64) {
		if len(heaps) < len(shares) && float64(now) >= shares[len(heaps)]*float64(cfg.Duration) {
			heaps = append(heaps, liveHeap()-before)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(heaps) != len(shares) {
		t.Fatalf("heard %d times of the progress, want %d", len(heaps), len(shares))
	}
	return heaps, run
}

func liveHeap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestMemoryOfLiveInstances(t *testing.T) {
	awake := func(keys int) (heap, live int64) {
		cfg := worldConfig(400_000, worldRate, keys)
		cfg.Apps[0].Route.Alpha = 0
		cfg.Apps[0].SleepAfter = sim.Never
		heaps, run := heapNear(t, cfg, 0.95)
		return heaps[0], run.Apps[0].MaxInstances
	}
	few, fewLive := awake(1_000)
	for _, n := range []int{20_000, 60_000} { // what slabs keep in reserve varies
		many, manyLive := awake(n)
		each := float64(many-few) / float64(manyLive-fewLive)
		t.Logf("%d instances: %d bytes; %d: %d; %.0f bytes each", fewLive, few, manyLive, many, each)
		if int(manyLive) < n*9/10 || each > bytesPerInstance {
			t.Errorf("%d live instances take %.0f bytes each, want at most %d", manyLive, each, bytesPerInstance)
		}
	}
}

func TestMemoryOfSleepingKeys(t *testing.T) {
	const keys = 1_000_000
	// Every request starts an instance, which sleeps again 50 ms later.
	cfg := churnConfig(1_000_000, 10_000, keys)
	a := &cfg.Apps[0]
	a.SleepAfter = 50 * sim.Millisecond
	a.Start.Platform, a.Start.Init, a.Shutdown, a.Work.IO = nil, nil, nil, law("1ms")
	heaps, run := heapNear(t, cfg, 0.95)
	o := &run.Apps[0]
	each := float64(heaps[0]) / keys
	t.Logf("%d starts, at most %d awake: %.1f bytes a key", o.Starts, o.MaxInstances, each)
	if o.Starts < 900_000 || o.MaxInstances > keys/100 {
		t.Errorf("%d starts, %d awake: the keys do not sleep", o.Starts, o.MaxInstances)
	}
	if each > bytesPerSleeper {
		t.Errorf("a sleeping key takes %.1f bytes, want at most %d", each, bytesPerSleeper)
	}
}

// Ids that cannot come back are forgotten with their instance. BERTH_LONG=1 makes
// 10^8 of them.
func TestMemoryOfPerRequestIDs(t *testing.T) {
	requests := int64(1_000_000)
	if os.Getenv("BERTH_LONG") != "" {
		requests = 100_000_000
	}
	cfg := churnConfig(requests, 1_000, 1)
	a := &cfg.Apps[0]
	a.Route = edge.Route{By: "per-request"}
	a.SleepAfter = sim.Second
	heaps, run := heapNear(t, cfg, 0.1, 0.95)
	t.Logf("%d ids: live heap %d bytes at 10 %%, %d at 95 %%", run.Apps[0].Requests, heaps[0], heaps[1])
	if grown := heaps[1] - heaps[0]; grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes over %d ids", grown, run.Apps[0].Requests)
	}
}

// So are those of sessions.
func TestMemoryOfSessionIDs(t *testing.T) {
	cfg := sessionsConfig(1_000_000, 2_000)
	a := &cfg.Apps[0]
	a.SleepAfter = sim.Second
	a.Start.Platform, a.Start.Init, a.Shutdown = nil, nil, nil
	a.Traffic[0].Think = law("exponential(mean=100ms)")
	a.Traffic[0].Shape.Bursts = nil
	heaps, run := heapNear(t, cfg, 0.2, 0.95)
	if n := run.Apps[0].Sessions; n < 90_000 {
		t.Fatalf("%d sessions only", n)
	}
	if grown := heaps[1] - heaps[0]; grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes over %d sessions", grown, run.Apps[0].Sessions)
	}
}

// Memory does not grow with requests.
func TestMemoryOverALongRun(t *testing.T) {
	for name, cfg := range map[string]*edge.Config{
		"world":  worldConfig(1_000_000, worldRate, 2_000),
		"faas":   faasConfig(500_000, 10),
		"simple": simpleConfig(1_000_000, worldRate, 1_000),
	} {
		heaps, _ := heapNear(t, cfg, 0.2, 0.95)
		if grown := heaps[1] - heaps[0]; grown > 1<<20 {
			t.Errorf("%s: the heap grew by %d bytes", name, grown)
		}
	}
}
