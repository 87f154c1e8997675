package edge

import (
	"testing"

	"berth/models/result"
	"berth/sim"
)

// A request log is whole: it holds every try that was counted and answered or
// failed, as often as the tallies do, and the parts of an answer are its latency.
func TestLogIsWhole(t *testing.T) {
	rows := 0
	for seed := uint64(1); seed <= 60; seed++ {
		cfg := referenceConfig(t, seed)
		m := compiled(t, cfg)
		e, log := loggedRun(t, m)
		type tally struct {
			served, cold int64
			failed       [result.NumCauses]int64
			latency      float64
		}
		sums := make([]tally, len(e.apps))
		for _, l := range log {
			s := &sums[l.App]
			if l.Failed {
				s.failed[l.Cause]++
				continue
			}
			s.served++
			s.latency += float64(l.Latency)
			if l.Cold {
				s.cold++
			}
			whole := sim.Time(0)
			for _, p := range l.Parts {
				whole += p
			}
			if whole != l.Latency {
				t.Fatalf("seed %d: the parts of %v add up to %v", seed, l, whole)
			}
			if l.Container < 0 || l.DO < 0 || m.PlaceName(l.Place) == "" {
				t.Fatalf("seed %d: an answer without a place: %v", seed, l)
			}
		}
		for i := range e.apps {
			o, s := e.apps[i].out, &sums[i]
			hi, lo := o.Latency.Sum()
			if s.served != o.Served || s.cold != o.Cold || s.failed != o.Failed || hi == 0 && s.latency < 1<<53 && s.latency != float64(lo) {
				t.Errorf("seed %d: the log has %+v, the run %d served, %d cold, %v failed, latencies of %d ns", seed, *s, o.Served, o.Cold, o.Failed, lo)
			}
		}
		rows += len(log)
	}
	if rows < 10000 {
		t.Errorf("only %d rows", rows)
	}
}
