package plan

import (
	"testing"
	"time"

	"berth/models/edge"
	"berth/scenarios"
)

// BenchmarkChecked is a run of five replications of a small month and a large
// one; check-% is what judging the laws adds to it.
func BenchmarkChecked(b *testing.B) {
	for _, name := range []string{"always-on-singleton", "first", "three-apps"} {
		name, src, err := scenarios.Find(name)
		if err != nil {
			b.Fatal(err)
		}
		cfg, ps := scenarios.Load(name, src, scenarios.Options{})
		if ps.Failed() {
			b.Fatal(ps)
		}
		b.Run(name, func(b *testing.B) {
			model, err := edge.Compile(cfg)
			if err != nil {
				b.Fatal(err)
			}
			var run, check time.Duration
			for b.Loop() {
				begin := time.Now()
				res, err := Replicate(b.Context(), model, cfg, ReplicateOptions{N: 5, Workers: 1})
				if err != nil {
					b.Fatal(err)
				}
				ran := time.Now()
				if err := CheckLaws(cfg, res); err != nil {
					b.Fatal(err)
				}
				run += ran.Sub(begin)
				check += time.Since(ran)
			}
			b.ReportMetric(100*float64(check)/float64(run), "check-%")
		})
	}
}
