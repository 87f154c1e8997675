package plan

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"berth/models/edge"
	"berth/models/result"
	"berth/scenarios"
)

// typesScenario waits for I/O alone, or computes too.
func typesScenario(kind, cpu string) string {
	return fmt.Sprintf(`
name: types
duration: 12h
as_of: 2026-11-01
apps:
  api:
    instance_type: %s
    sleep_after: 2m
    image: {compressed: 400MB, unpacked: 3GB}
    start: {platform: measured-2026, init: 2s}
    work: {cpu: "%s", io: "exponential(mean=200ms)", memory: 100MiB, base_memory: 200MiB, response: 50kB}
    route: {by: session}
    traffic:
      - {sessions: 60/h, requests: "geometric(mean=3)", think: "exponential(mean=20s)"}
`, kind, cpu)
}

func runTypes(t *testing.T, kind, cpu string) *result.Result {
	t.Helper()
	cfg, problems := scenarios.Load("types.yaml", []byte(typesScenario(kind, cpu)), scenarios.Options{})
	if problems.Failed() {
		t.Fatal(problems)
	}
	m, err := edge.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Replicate(context.Background(), m, cfg, ReplicateOptions{N: 2})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestExactTypeBillsAreThoseOfARunUnderTheType simulates every other type: what
// was called exact is the same to the last fraction of a cent.
func TestExactTypeBillsAreThoseOfARunUnderTheType(t *testing.T) {
	r := runTypes(t, "basic", "0s")
	exact := 0
	for _, row := range r.Types {
		switch {
		case row.InUse:
			if row.Type != "basic" || row.Total.Cmp(r.Bill.Total) != 0 || row.Sure != result.Exactly {
				t.Errorf("in use: %+v", row)
			}
		case row.Type == "lite":
			if row.Sure != result.DoesNotFit || !strings.Contains(row.Why, "MiB, has 256") {
				t.Errorf("lite: %s, %q", row.Sure, row.Why)
			}
		default:
			if row.Sure != result.Exactly {
				t.Errorf("%s: %s, %q", row.Type, row.Sure, row.Why)
			}
			if run := runTypes(t, row.Type, "0s"); row.Total.Cmp(run.Bill.Total) != 0 {
				t.Errorf("%s: %v from the usage, %v by simulation", row.Type, row.Total, run.Bill.Total)
			}
			exact++
		}
	}
	if exact < 3 {
		t.Errorf("%d exact types", exact)
	}
}

// TestEstimatedTypeBillsSayWhy: where requests compute, times change with the
// type, and the estimate is near a run when computing is a small part.
func TestEstimatedTypeBillsSayWhy(t *testing.T) {
	r := runTypes(t, "basic", "100ms")
	for _, row := range r.Types {
		if row.InUse || row.Type == "lite" {
			continue
		}
		if row.Sure != result.Estimated || !strings.Contains(row.Why, "x speed") {
			t.Errorf("%s: %s, %q", row.Type, row.Sure, row.Why)
		}
		run := runTypes(t, row.Type, "100ms").Bill.Total.Float64()
		if got := row.Total.Float64(); got < run*0.98 || got > run*1.02 {
			t.Errorf("%s: estimated %v, simulated %v", row.Type, got, run)
		}
	}
}

// TestRegionsOfTheBill adds up the regions and finds the one that has the traffic.
func TestRegionsOfTheBill(t *testing.T) {
	r := runTypes(t, "basic", "100ms")
	cents, named := int64(0), 0
	for _, p := range r.RegionParts {
		cents += p.Cents
		if p.Name != "" && p.Amount.Sign() > 0 {
			named++
		}
	}
	if cents != r.Bill.TotalCents || named < 5 {
		t.Errorf("%d regions with %d cents of %d", named, cents, r.Bill.TotalCents)
	}
}
