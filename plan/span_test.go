package plan

import (
	"testing"

	"berth/scenarios"
	"berth/sim"
)

func TestSpan(t *testing.T) {
	const src = "month: 2026-11\napps: {web: {traffic: [{requests: 3M/month}]}}\n" // 100,000 a day
	for set, want := range map[string]sim.Time{
		"seed=1":                                               3 * sim.Day,
		"apps.web.traffic[0].daily=office":                     3 * sim.Day,
		"apps.web.traffic[0].weekly=weekdays":                  7 * sim.Day,
		"apps.web.traffic[0].growth=8%/month":                  30 * sim.Day,
		"apps.web.traffic[0].requests=10k/month":               30 * sim.Day,
		"apps.web.traffic={sessions: 500k/month, requests: 6}": 3 * sim.Day,
		"apps.web.first_deploy=true":                           30 * sim.Day,
		"outages.pops=1/month":                                 30 * sim.Day,
		"observe=[1h]":                                         30 * sim.Day,
		"duration=1d":                                          24 * sim.Hour,
		"warmup=1d":                                            3 * sim.Day,
	} {
		cfg, ps := scenarios.Load("x.yaml", []byte(src), scenarios.Options{Sets: []string{set}})
		if ps.Failed() {
			t.Fatal(ps)
		}
		got, whole := Span(cfg, 250_000)
		if got != want || whole != (want >= cfg.Duration-cfg.Warmup) {
			t.Errorf("%s: %v (whole %v), want %v", set, got, whole, want)
		}
	}
}
