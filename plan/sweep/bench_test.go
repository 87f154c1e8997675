package sweep

import (
	"context"
	"testing"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
	"berth/scenarios"
)

// BenchmarkCell is what a cell of a grid costs beside its simulation: reading
// the scenario with another value, compiling it, setting a run up and closing
// its books with hardly a request in it, and pricing it. All is the sum.
func BenchmarkCell(b *testing.B) {
	name, src, err := scenarios.Find("first")
	if err != nil {
		b.Fatal(err)
	}
	values := []string{"1m", "2m", "5m", "10m", "20m"}
	load := func(n int) *edge.Config {
		cfg, ps := scenarios.Load(name, src, scenarios.Options{Sets: []string{
			"apps.parser.traffic[0].sessions=0.0001/h", "apps.parser.sleep_after=" + values[n%len(values)]}})
		if ps.Failed() {
			b.Fatal(ps)
		}
		return cfg
	}
	compile := func(cfg *edge.Config) *edge.Model {
		m, err := edge.Compile(cfg)
		if err != nil {
			b.Fatal(err)
		}
		return m
	}
	run := func(m *edge.Model) *result.Run {
		r, err := m.Run(context.Background(), 0, edge.Options{})
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	cfg := load(0)
	m := compile(cfg)
	r := run(m)
	for _, part := range []struct {
		name string
		do   func(n int)
	}{
		{"load", func(n int) { load(n) }},
		{"compile", func(int) { compile(cfg) }},
		{"run", func(int) { run(m) }},
		{"price", func(int) { plan.Measure(cfg, r) }},
		{"all", func(n int) {
			cfg := load(n)
			plan.Measure(cfg, run(compile(cfg)))
		}},
	} {
		b.Run(part.name, func(b *testing.B) {
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				part.do(n)
			}
		})
	}
}
