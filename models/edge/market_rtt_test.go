package edge

import (
	"testing"

	"berth/models/placement"
	"berth/models/workload"
	"berth/sim/rng"
)

// chatty is an app of the whole world that asks a database in Frankfurt ten
// times a request.
func chatty(t *testing.T, policy string) *Config {
	cfg := plain(t)
	cfg.Network = Network{Jitter: 0.05}
	cfg.Hosts = Hosts{Mode: "list", List: []string{"FRA", "IAD", "SIN", "GRU"}}
	a := &cfg.Apps[0]
	a.Place.Policy = policy
	a.Backend = Backend{At: "FRA", Calls: count(t, "10")}
	a.Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 0.02}}
	return cfg
}

func best(m *Model, rtt []float64) string {
	at := m.hosts[0]
	for _, h := range m.hosts {
		if rtt[h] < rtt[at] {
			at = h
		}
	}
	return m.World.PoPs[at].IATA
}

func TestLatencyOptimalSeesTheBackend(t *testing.T) {
	m, err := Compile(chatty(t, "latency-optimal"))
	if err != nil {
		t.Fatal(err)
	}
	if got := best(m, m.apps[0].marketRTT); got != "FRA" {
		t.Errorf("the best host is %s, away from the data", got)
	}
	once := m.apps[0].marketRTT[m.hosts[1]]
	cfg := chatty(t, "latency-optimal")
	cfg.Apps[0].Backend.ConnectPerCall = true
	if m, err = Compile(cfg); err != nil {
		t.Fatal(err)
	}
	if twice := m.apps[0].marketRTT[m.hosts[1]]; twice <= once {
		t.Errorf("connecting at each call costs nothing: %v and %v ms", once, twice)
	}
}

// marketPolicy asks for the market's round trips, as a policy from outside may.
type marketPolicy struct{ asked *int }

func (p marketPolicy) Choose(v placement.View, q placement.Query, _ *rng.Stream) placement.Choice {
	for _, h := range v.Nearest(q.Near) {
		if v.MarketRTT(int(h)) > 0 {
			*p.asked++
			return placement.Choice{Pop: int(h), OK: true}
		}
	}
	return placement.Choice{}
}

func TestPoliciesFromOutsideSeeTheMarket(t *testing.T) {
	asked := 0
	m, err := Compile(chatty(t, "mine"), Extra{Placement: []placement.Entry{{Name: "mine", Doc: "documented", Policy: marketPolicy{&asked}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Run(t.Context(), 0, Options{}); err != nil {
		t.Fatal(err)
	}
	if asked == 0 {
		t.Error("the policy was never asked")
	}
}
