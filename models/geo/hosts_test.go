package geo

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDefaultContainerHosts(t *testing.T) {
	w := defaultTestWorld(t)
	hosts, err := w.ContainerHosts(HostSpec{})
	if err != nil {
		t.Fatal(err)
	}
	if len(hosts) != DefaultContainerHosts || !slices.IsSorted(hosts) || len(slices.Compact(slices.Clone(hosts))) != len(hosts) {
		t.Fatalf("%d hosts, or out of order, or repeated", len(hosts))
	}
	for _, code := range []string{"FRA", "IAD", "SJC", "SYD", "GRU", "EZE", "LAX", "AKL", "LIS", "MSP", "SEA"} {
		if !slices.Contains(hosts, pop(t, w, code)) {
			t.Errorf("%s hosts no containers", code)
		}
	}
	if slices.Contains(hosts, pop(t, w, "NQN")) {
		t.Error("NQN hosts containers")
	}
	var perRegion, pops [NumRegions]float64
	for i, p := range w.PoPs {
		pops[p.Region]++
		if slices.Contains(hosts, i) {
			perRegion[p.Region]++
		} else if p.DOHost {
			t.Errorf("object host %s hosts no containers", p.IATA)
		}
	}
	for r := range Region(NumRegions) {
		if want := pops[r] * DefaultContainerHosts / float64(len(w.PoPs)); perRegion[r] < want-1.5 || perRegion[r] > want+1.5 {
			t.Errorf("%s has %g hosts, its part is %.1f", r, perRegion[r], want)
		}
	}
}

// TestBarilocheStartsInBuenosAires is the case of the lifecycle guide: Neuquen hosts no containers, so the start goes to Buenos
// Aires, the next on the guide's list. On the default list Santiago and Cordoba are nearer.
func TestBarilocheStartsInBuenosAires(t *testing.T) {
	w := defaultTestWorld(t)
	bariloche := Point{-41.1335, -71.3103}
	hosts, err := w.ContainerHosts(HostSpec{Pops: []string{"EZE", "GRU", "LIM", "SAN"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.PoPs[w.Nearest(bariloche, hosts, 1)[0]].IATA; got != "EZE" {
		t.Errorf("nearest host is %s, want EZE", got)
	}
	if got := w.PoPs[w.NearestPops(bariloche, 1)[0]].IATA; got != "NQN" {
		t.Errorf("Worker PoP is %s, want NQN", got)
	}
	hosts, err = w.ContainerHosts(HostSpec{})
	if err != nil {
		t.Fatal(err)
	}
	var near []string
	for _, i := range w.Nearest(bariloche, hosts, 3) {
		near = append(near, w.PoPs[i].IATA)
	}
	if !slices.Equal(near, []string{"SCL", "COR", "EZE"}) {
		t.Errorf("nearest default hosts are %v", near)
	}
}

func TestContainerHostVariants(t *testing.T) {
	w := defaultTestWorld(t)
	for _, c := range []struct {
		spec HostSpec
		want int
	}{{HostSpec{All: true}, 309}, {HostSpec{Share: 0.5}, 155}, {HostSpec{Share: 1}, 309}, {HostSpec{Count: 5}, 5}, {HostSpec{Count: 1000}, 309},
		{HostSpec{Share: 0.0001}, 1}, {HostSpec{Pops: []string{"fra", "FRA", "EZE"}}, 2}} {
		if hosts, err := w.ContainerHosts(c.spec); err != nil || len(hosts) != c.want {
			t.Errorf("%+v: %d hosts, %v; want %d", c.spec, len(hosts), err, c.want)
		}
	}
	for _, spec := range []HostSpec{{All: true, Count: 3}, {Share: -1}, {Share: 1.1}, {Count: -1}, {Pops: []string{}}, {Pops: []string{"FRAX"}}} {
		if hosts, err := w.ContainerHosts(spec); err == nil {
			t.Errorf("%+v passes with %d hosts", spec, len(hosts))
		}
	}
}

func TestMoreHostsKeepTheFewer(t *testing.T) {
	w := defaultTestWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(34, 308).Draw(t, "n")
		fewer, err := w.ContainerHosts(HostSpec{Count: n})
		if err != nil || len(fewer) != n {
			t.Fatalf("%d hosts, %v", len(fewer), err)
		}
		more, err := w.ContainerHosts(HostSpec{Count: n + 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range fewer {
			if !slices.Contains(more, h) {
				t.Fatalf("%s is a host of %d but not of %d", w.PoPs[h].IATA, n, n+1)
			}
		}
	})
}

func TestTiers(t *testing.T) {
	w := defaultTestWorld(t)
	for code, want := range map[string]int{"FRA": 1, "EZE": 2, "MSP": 2, "NQN": 3} {
		if got := w.Tier(pop(t, w, code)); got != want {
			t.Errorf("%s is tier %d, want %d", code, got, want)
		}
	}
}

func TestPopDemandKeepsTheTotal(t *testing.T) {
	w := defaultTestWorld(t)
	demand, total := w.PopDemand(nil), 0.0
	for i, d := range demand {
		total += d
		if d > 0 && !w.PoPs[i].Operational {
			t.Errorf("%s takes clients but is re-routed", w.PoPs[i].IATA)
		}
	}
	if total < 0.999999 || total > 1.000001 {
		t.Errorf("demand sums to %g", total)
	}
}

func TestUnknownNamesSuggest(t *testing.T) {
	for word, want := range map[string]string{"frankfurtt": "Frankfurt", "weurr": "weur", "zzzzzzzz": ""} {
		if got := closest(word, []string{"weur", "eeur", "Frankfurt"}); got != want {
			t.Errorf("closest to %q is %q, want %q", word, got, want)
		}
	}
	if closest(strings.Repeat("a", 1000), []string{"a"}) != "" {
		t.Error("a huge word has a near one")
	}
}
