package sweep

import (
	"testing"

	"berth/models/edge"
	"berth/scenarios"
)

// BenchmarkCell is what a cell costs beside its simulation.
func BenchmarkCell(b *testing.B) {
	name, src, err := scenarios.Find("first")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			scenarios.Load(name, src, scenarios.Options{Sets: []string{"apps.parser.sleep_after=5m"}})
		}
	})
	cfg, ps := scenarios.Load(name, src, scenarios.Options{})
	if ps.Failed() {
		b.Fatal(ps)
	}
	b.Run("compile", func(b *testing.B) {
		for b.Loop() {
			if _, err := edge.Compile(cfg); err != nil {
				b.Fatal(err)
			}
		}
	})
}
