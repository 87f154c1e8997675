package report

import (
	"bytes"
	"context"
	"os"
	"testing"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
	"berth/scenarios"
)

// simulated runs a library scenario.
func simulated(t *testing.T, name string, opt plan.ReplicateOptions) *result.Result {
	t.Helper()
	file, src, err := scenarios.Find(name)
	must(t, err)
	cfg, problems := scenarios.Load(file, src, scenarios.Options{})
	if problems.Failed() {
		t.Fatal(problems)
	}
	m, err := edge.Compile(cfg)
	must(t, err)
	r, err := plan.Replicate(context.Background(), m, cfg, opt)
	must(t, err)
	return r
}

// The same seed gives the same bytes, however many workers share the runs.
func TestSameSeedSameBytes(t *testing.T) {
	for _, name := range []string{"three-apps", "pool", "game-server"} {
		var before [2][]byte
		for workers := 1; workers <= 3; workers++ {
			r := simulated(t, name, plan.ReplicateOptions{N: 3, Workers: workers})
			var j, h bytes.Buffer
			must(t, JSON(&j, r))
			must(t, HTML(&h, r))
			if workers > 1 && (!bytes.Equal(before[0], j.Bytes()) || !bytes.Equal(before[1], h.Bytes())) {
				t.Errorf("%s: other bytes with %d workers", name, workers)
			}
			before = [2][]byte{j.Bytes(), h.Bytes()}
		}
	}
}

// Every scenario of the library makes a page that opens without a word on the
// console and without a request, and fits a phone.
func TestLibraryPagesOpenQuietly(t *testing.T) {
	if os.Getenv("BERTH_LONG") != "1" {
		t.Skip("opens some sixty pages; set BERTH_LONG=1")
	}
	ctx := browser(t)
	for _, e := range scenarios.Library() {
		t.Run(e.Name, func(t *testing.T) {
			r := simulated(t, e.Name, plan.ReplicateOptions{N: 2})
			open(t, ctx, r, 400, "dark").quiet(t)
			if over := evaluate[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("%d pixels too wide for a phone", over)
			}
		})
	}
}
