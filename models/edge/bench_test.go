package edge

import (
	"context"
	"testing"

	"berth/models/workload"
	"berth/sim"
)

// BenchmarkWorld is the whole model at once: every PoP and city, keyed
// instances, lognormal CPU shared, I/O, egress, a daily shape.
func BenchmarkWorld(b *testing.B) {
	cfg := plain(b)
	cfg.Network = Network{Jitter: 0.03, ReroutedShare: 0.1}
	const perSecond = 2000
	cfg.Duration = max(sim.Minute, sim.FromSeconds(float64(b.N)/perSecond))
	a := &cfg.Apps[0]
	a.Service = ProcessorSharing
	a.Start.Tries = 27
	a.Start.RetryEvery = 300 * sim.Millisecond
	a.Route = Route{By: "key", Keys: 20000}
	a.Work = Work{CPU: law(b, "lognormal(mean=150ms, cv=1)"), IO: law(b, "exponential(mean=300ms)"), Response: bytesLaw(b, "lognormal(mean=200kB, cv=2)")}
	a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: perSecond}}
	m, err := Compile(cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	run, err := m.Run(context.Background(), 0, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(run.Apps[0].Requests)/b.Elapsed().Seconds()/1e6, "Mreq/s")
}
