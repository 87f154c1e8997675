package plan

import (
	"math"
	"testing"

	"berth/models/edge"
	"berth/scenarios"
)

const sharedScenario = `
name: shared
duration: 6h
warmup: 10m
as_of: 2026-11-01
network: none
apps:
  api:
    instance_type: basic
    sleep_after: 10m
    start: {platform: 0s, init: 0s}
    work: {cpu: "lognormal(mean=100ms, cv=1)", io: 20ms}
    route: {by: singleton}
    traffic:
      - {requests: 1.5/s}
`

func TestTheoryBesideSimulation(t *testing.T) {
	cfg, problems := scenarios.Load("shared.yaml", []byte(sharedScenario), scenarios.Options{})
	if problems.Failed() {
		t.Fatal(problems)
	}
	m, err := edge.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Replicate(t.Context(), m, cfg, ReplicateOptions{N: 10})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range r.Theory {
		seen[row.Quantity] = true
		iv := row.Simulated.Interval
		if d := math.Abs(iv.Mean - row.Theory); d > 4*iv.Half+1e-9 && row.Quantity != "starts per request" {
			t.Errorf("%s: theory %g, simulated %g ± %g", row.Quantity, row.Theory, iv.Mean, iv.Half)
		}
	}
	for _, q := range []string{"instances up, mean", "service, mean"} {
		if !seen[q] {
			t.Errorf("no row for %q in %+v", q, r.Theory)
		}
	}
}
