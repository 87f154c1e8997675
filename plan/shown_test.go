package plan

import (
	"testing"

	"berth/models/edge"
	"berth/models/result"
	"berth/scenarios"
)

// libraryModel compiles a library scenario.
func libraryModel(t *testing.T, name string) (*edge.Config, *edge.Model) {
	t.Helper()
	file, src, err := scenarios.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	cfg, problems := scenarios.Load(file, src, scenarios.Options{})
	if problems.Failed() {
		t.Fatal(problems)
	}
	m, err := edge.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return cfg, m
}

// requests collects what was answered.
type requests []edge.LoggedRequest

func (r *requests) Request(q edge.LoggedRequest) { *r = append(*r, q) }

// The story of the lifecycle guide: a client in Bariloche starts an instance in
// Buenos Aires, a client in San Diego is sent there while it lives, and after it
// has slept the next start lands in North America. Measured from the Durable
// Object instead, both starts land near the object.
func TestGuideBariloche(t *testing.T) {
	for _, c := range []struct {
		scenario string
		regions  [3]string
		first    string
	}{{"guide-bariloche", [3]string{"sam", "sam", "wnam"}, "EZE"}, {"guide-bariloche-do", [3]string{"enam", "enam", "enam"}, ""}} {
		_, m := libraryModel(t, c.scenario)
		for rep := range 5 {
			var log requests
			if _, err := m.Run(t.Context(), rep, edge.Options{Log: &log}); err != nil {
				t.Fatal(err)
			}
			if len(log) != 3 {
				t.Fatalf("%s: %d requests, want 3", c.scenario, len(log))
			}
			for k, q := range log {
				if q.Failed {
					continue // a start beyond the clock; the next one is tried anew
				}
				pop := m.World.PoPs[q.Container]
				if pop.IATA == "NQN" || pop.Region.String() != c.regions[k] {
					t.Errorf("%s, run %d: request %d was served in %s (%s), want %s", c.scenario, rep, k, pop.IATA, pop.Region, c.regions[k])
				}
				if k == 0 && c.first != "" && pop.IATA != c.first {
					t.Errorf("%s: the first start landed in %s, want %s", c.scenario, pop.IATA, c.first)
				}
				if cold := k != 1; q.Cold != cold {
					t.Errorf("%s: request %d cold: %v, want %v", c.scenario, k, q.Cold, cold)
				}
			}
		}
	}
}

// Hand-checked months come out of the simulation exactly.
func TestHandCheckedMonths(t *testing.T) {
	for _, c := range []struct {
		scenario, total string
		lines           map[string]string
	}{
		{"oracle-standard1-730h", "34.65428", map[string]string{"container.memory": "26.055", "container.cpu": "2.178", "container.disk": "1.42128", "base": "5"}},
		{"oracle-documents", "33.988", map[string]string{"container.memory": "14.85", "container.disk": "1.638", "do.duration": "12.5", "base": "5"}},
		{"guide-documents", "5", map[string]string{"base": "5"}},
	} {
		cfg, m := libraryModel(t, c.scenario)
		r, err := Replicate(t.Context(), m, cfg, ReplicateOptions{N: 2})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Bill.Total.String(); got != c.total {
			t.Errorf("%s: %s, want %s", c.scenario, got, c.total)
		}
		for sku, want := range c.lines {
			l, ok := r.Bill.Line(sku)
			if !ok || l.Amount.String() != want {
				t.Errorf("%s: line %s is %v (%v), want %s", c.scenario, sku, l.Amount, ok, want)
			}
		}
		if r.Pooled.Apps[0].Failed != [result.NumCauses]int64{} {
			t.Errorf("%s: failed %v", c.scenario, r.Pooled.Apps[0].Failed)
		}
	}
}
