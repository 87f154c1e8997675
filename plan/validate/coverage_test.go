package validate

import (
	"context"
	"math"
	"os"
	"testing"

	"berth/sim/stats"
)

// macroReplications is how many whole experiments are made; of these the
// number whose interval covers lies in the band.
const macroReplications = 200

// Intervals mean what they say: over many independent experiments of 20
// replications each, 95 % of the intervals hold the true value, within the
// binomial band.
func TestCoverageOfIntervals(t *testing.T) {
	if os.Getenv("BERTH_LONG") == "" {
		t.Skip("BERTH_LONG is not set: 200 experiments of each case take a minute")
	}
	lo, hi := stats.BinomialBand(macroReplications, confidence, alpha)
	if lo != 179 || hi != 198 {
		t.Fatalf("the band is %d to %d, want 179 to 198", lo, hi)
	}
	for _, c := range []struct {
		model     string
		row       map[string]string
		reference float64
	}{
		{"mm1", map[string]string{"lambda_per_s": "0.5", "mu_per_s": "1"}, 2},
		{"mm1", map[string]string{"lambda_per_s": "8", "mu_per_s": "10"}, 0.5},
		{"keepalive_concurrent", map[string]string{"lambda_per_s": "0.01", "service_s": "3", "idle_timeout_s": "60", "startup_s": "0"}, math.Exp(-0.63)},
		{"keepalive_concurrent", map[string]string{"lambda_per_s": "0.02", "service_s": "1", "idle_timeout_s": "30", "startup_s": "2.5"}, 1 / (0.02*2.5 + math.Exp(0.62))},
	} {
		e, err := simulations[c.model](&cells{checks{row: c.row}}, sizes{replications: 20, perRun: 4000, mostPerRun: 8000})
		if err != nil {
			t.Fatal(err)
		}
		e.name, e.seed = "coverage", 5
		values, _, err := e.runAll(context.Background(), 20*macroReplications)
		if err != nil {
			t.Fatal(err)
		}
		covered := 0
		for k := range macroReplications {
			iv := stats.MeanInterval(values[0][20*k:20*k+20], confidence)
			if iv.Lo <= c.reference && c.reference <= iv.Hi {
				covered++
			}
		}
		t.Logf("%s %v: %d of %d cover", c.model, c.row, covered, macroReplications)
		if covered < lo || covered > hi {
			t.Errorf("%s %v: %d of %d intervals cover, want %d to %d", c.model, c.row, covered, macroReplications, lo, hi)
		}
	}
}
