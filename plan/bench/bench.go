// Package bench measures how fast runs are: named workloads, each beside its
// floor, the work that no simulator of it could leave out.
package bench

import (
	"context"
	"fmt"
	"strings"
)

// Workload is one kind of run whose speed is measured.
type Workload struct {
	Name string
	Text string // one line for lists
	Unit string // what is counted: requests, calls, holds
	// Target and Stretch are the goals in units per CPU second of one core of
	// about 3 GHz; 0 = none.
	Target, Stretch float64
	// Requests is how many a run makes unless told otherwise.
	Requests int64

	prepare func(requests int64) (job, error)
}

// job is a workload prepared for a number of requests.
type job interface {
	// run makes run number n; the clock runs meanwhile. It tells lap how far it
	// is, so that the cost of starting up can be left out of allocations.
	run(ctx context.Context, n int, lap *laps) (units int64, err error)
	// floor does the unavoidable work of that many units and returns something
	// that depends on all of it.
	floor(units int64) uint64
	// close removes what prepare made.
	close() error
}

// The targets are those of one core of about 3 GHz (Zen 3 class).
var workloads = []Workload{
	{"world", "every PoP and city, 20,000 keyed instances, processor sharing, I/O, egress, all meters, daily shape", "requests", 10e6, 20e6, 4_000_000, worldJob},
	{"simple", "10,000 keyed instances, in-flight slots, fixed work, no network", "requests", 30e6, 60e6, 8_000_000, simpleJob},
	{"churn", "100,000 ids that keep starting and sleeping", "requests", 4e6, 8e6, 2_000_000, churnJob},
	{"sessions", "users who think between requests, an instance each", "requests", 8e6, 15e6, 2_000_000, sessionsJob},
	{"websocket", "long connections; their messages are counted", "messages and connections", 8e6, 15e6, 4_000_000, websocketJob},
	{"faas-1", "pool, one request an instance, 1 request/s, 2 s of service, 600 s to expiry", "requests", 15e6, 30e6, 4_000_000, faasJob(1)},
	{"faas-10", "the same at 10 requests/s", "requests", 15e6, 30e6, 4_000_000, faasJob(10)},
	{"faas-100", "the same at 100 requests/s", "requests", 10e6, 30e6, 4_000_000, faasJob(100)},
	{"trace", "replay of an uncompressed file of single calls, parsing included", "calls", 2e6, 5e6, 2_000_000, traceJob},
	{"sweep", "a grid of 64 small scenarios, compiling included", "requests", 0, 0, 2_000_000, sweepJob},
	{"hold", "the event queue alone, 10,000 entries; other sizes beside it", "holds", 1e9 / 45, 1e9 / 30, 8_000_000, holdJob},
}

// Select finds the workloads of a list of names: "all" is every one, and the
// first part of a name stands for its group (faas is faas-1, faas-10 and
// faas-100). All unknown names are reported at once.
func Select(names []string) ([]Workload, error) {
	var out []Workload
	var unknown []string
	seen := map[string]bool{}
	for _, name := range names {
		found := false
		for _, w := range workloads {
			if name != "all" && name != w.Name && !strings.HasPrefix(w.Name, name+"-") {
				continue
			}
			found = true
			if !seen[w.Name] {
				seen[w.Name] = true
				out = append(out, w)
			}
		}
		if !found {
			unknown = append(unknown, fmt.Sprintf("%q", name))
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("unknown workload %s: there are all, %s", strings.Join(unknown, ", "), strings.Join(Names(), ", "))
	}
	return out, nil
}

// Names lists the names of the workloads.
func Names() []string {
	names := make([]string, len(workloads))
	for i, w := range workloads {
		names[i] = w.Name
	}
	return names
}
