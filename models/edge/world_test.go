package edge

import (
	"context"
	"testing"
	"time"

	"berth/models/platform"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
)

// law parses a distribution of seconds.
func law(t testing.TB, text string) dist.Dist {
	t.Helper()
	d, err := dist.Parse(text, dist.Duration)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// plain is a scenario without network, start times and limits: one app on a
// 1-vCPU instance type at full speed, billed as provisioned.
func plain(t testing.TB) *Config {
	t.Helper()
	return &Config{
		Name: "plain", Seed: 7, Start: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Duration: sim.Hour,
		MonthHours: 720, AsOf: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		Network: Network{None: true},
		Apps: []App{{
			Name: "app", Type: platform.InstanceType{Name: "one", VCPU1024: 1024, MemoryMiB: 1024, DiskMB: 4000},
			Threads: 1, Service: FullSpeed, QueueLimit: -1, SleepAfter: 10 * sim.Minute,
			Start: Start{Tries: 0, NoPlaceStatus: 503, MaxStatus: 500},
			Route: Route{By: "singleton"}, Place: Placement{Policy: "nearest-prefetched"},
			Meter: Meter{CPUProvisioned: true, FailedStarts: true, StartCPUFull: true, DrainBilled: true, DrainHoldsSlot: true, ClassAPI: true, EgressShare: 1, AlarmEvery: 3 * sim.Minute},
		}},
	}
}

// at is traffic of a client at exact instants.
func at(cpu, io dist.Dist, times ...sim.Time) workload.Config {
	return workload.Config{Kind: workload.Requests, CPU: cpu, IO: io, Clients: []workload.Client{{Name: "x", Lat: 52.5, Lon: 13.4, At: times}}}
}

func simulate(t testing.TB, cfg *Config, rep int) *result.Run {
	t.Helper()
	m, err := Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	run, err := m.Run(context.Background(), rep, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return run
}
