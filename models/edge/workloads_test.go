package edge

import (
	"fmt"
	"strings"
	"testing"

	"berth/models/workload"
	"berth/sim"
)

// benchmarkConfigs are the workloads of the benchmarks, in small.
func benchmarkConfigs(t testing.TB) map[string]*Config {
	whole := func(cfg *Config) *App {
		cfg.Network = Network{Jitter: 0.05, SamePoPms: 0.5, ReroutedShare: 0.1}
		a := &cfg.Apps[0]
		a.Service, a.Shutdown = ProcessorSharing, law(t, "1s")
		a.Start.Platform = law(t, "mixture(0.88: lognormal(median=1.6s, sigma=0.35), 0.12: lognormal(median=22s, sigma=0.4))")
		a.Start.Init, a.Start.PollingIn, a.Start.Tries, a.Start.RetryEvery = law(t, "lognormal(mean=300ms, cv=0.5)"), true, 27, 300*sim.Millisecond
		a.Work = Work{CPU: law(t, "lognormal(mean=20ms, cv=1)"), IO: law(t, "exponential(mean=30ms)"), Response: bytesLaw(t, "lognormal(mean=50kB, cv=2)")}
		return a
	}
	one := []workload.Client{{Name: "client", Lat: 52.5, Lon: 13.4, Weight: 1}}
	open := func(rate float64) []workload.Config {
		return []workload.Config{{Kind: workload.Requests, PerSecond: rate, Clients: one}}
	}
	configs := map[string]*Config{}
	add := func(name string, set func(*Config)) {
		cfg := plain(t)
		set(cfg)
		configs[name] = cfg
	}
	add("world", func(cfg *Config) {
		a := whole(cfg)
		cfg.Duration = 20 * sim.Minute
		a.Route = Route{By: "key", Keys: 60, Alpha: 0.5}
		daily, _ := workload.DailyProfile("internet")
		a.Traffic = []workload.Config{{Kind: workload.Requests, Total: 15_000, Shape: workload.Shape{Daily: daily.Normalised(), DailyName: daily.Name}}}
	})
	add("simple", func(cfg *Config) {
		cfg.Duration = 20 * sim.Minute
		a := &cfg.Apps[0]
		a.Route, a.Concurrency, a.Work.CPU, a.Traffic = Route{By: "key", Keys: 30}, 4, law(t, "20ms"), open(12)
	})
	add("churn", func(cfg *Config) {
		a := &cfg.Apps[0]
		a.Route, a.SleepAfter, a.Shutdown = Route{By: "key", Keys: 500}, sim.Minute, law(t, "1s")
		a.Start.Platform, a.Start.Init, a.Start.Tries = law(t, "lognormal(mean=2s, cv=0.5)"), law(t, "300ms"), 27
		a.Work.IO, a.Traffic = law(t, "exponential(mean=100ms)"), open(2.5)
	})
	add("sessions", func(cfg *Config) {
		a := whole(cfg)
		a.Route, a.SleepAfter = Route{By: "session"}, 5*sim.Minute
		a.Traffic = []workload.Config{{Kind: workload.Sessions, PerSecond: 0.3, RequestsPerSession: count(t, "geometric(mean=10)"), Think: law(t, "lognormal(mean=20s, cv=1)"),
			Shape: workload.Shape{Bursts: []workload.Burst{{Over: sim.Second, Count: 60}}}}}
	})
	add("websocket", func(cfg *Config) {
		a := whole(cfg)
		cfg.Duration = 10 * sim.Minute
		a.Work, a.Start.Platform, a.Start.Init = Work{}, nil, nil
		a.Route = Route{By: "key", Keys: 20}
		a.Traffic = []workload.Config{{Kind: workload.WebSockets, PerSecond: 0.03, Duration: law(t, "exponential(mean=600s)"), MessagesPerSec: 1,
			MessageCPU: law(t, "lognormal(mean=2ms, cv=1)"), MessageBytes: bytesLaw(t, "lognormal(mean=2kB, cv=1)"), OutgoingPerSec: 1,
			Shape: workload.Shape{Bursts: []workload.Burst{{Over: sim.Second, Count: 20}}}}}
	})
	for _, rate := range []float64{1, 10, 100} {
		add(fmt.Sprintf("faas-%v", rate), func(cfg *Config) {
			cfg.Duration = sim.FromSeconds(3000 / rate)
			a := &cfg.Apps[0]
			a.Route = Route{By: "pool", PerInstance: 1, Pick: "newest", Queue: -1, Hypothetical: true}
			a.Concurrency, a.Start.Init, a.Work.IO, a.Traffic = 1, law(t, "250ms"), law(t, "exponential(mean=2s)"), open(rate)
		})
	}
	add("trace", func(cfg *Config) {
		a := whole(cfg)
		a.Work, a.Route = Work{}, Route{By: "session"}
		var file strings.Builder
		file.WriteString("time_ms,key,service_ms,bytes_B\n")
		for i := range 3000 {
			fmt.Fprintf(&file, "%d.%03d,k%d,%d.5,%d\n", 400*i, i%997, i*i%41, 20+i%170, 1000*(i%37))
		}
		a.Traffic = []workload.Config{{Kind: workload.Trace, TracePath: "calls.csv", TraceFormat: "csv", TraceData: []byte(file.String()), Speed: 1}}
	})
	return configs
}

// Every workload of the benchmarks comes out of the engine as of the reference,
// request by request and meter by meter.
func TestBenchmarkWorkloadsAgainstReference(t *testing.T) {
	for name, cfg := range benchmarkConfigs(t) {
		t.Run(name, func(t *testing.T) {
			requests, diff := compareEngines(t, cfg)
			if diff != "" {
				t.Error(diff)
			}
			if requests < 20 {
				t.Errorf("only %d requests", requests)
			}
			t.Logf("%d requests compared", requests)
		})
	}
}
