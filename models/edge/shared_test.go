package edge

import (
	"encoding/json"
	"testing"
	"time"

	"berth/data"
	"berth/models/platform"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/memo"
)

// Tables that scenarios share must be those that each would have made alone: a
// scenario that differs in any one thing must not get its neighbour's.
func TestSharedTablesAreThoseOfTheScenario(t *testing.T) {
	changes := map[string]func(c *Config){
		"nothing":    func(*Config) {},
		"no network": func(c *Config) { c.Network.None = true },
		"jitter":     func(c *Config) { c.Network.Jitter = 0.2 },
		"re-routed":  func(c *Config) { c.Network.ReroutedShare = 0.4 },
		"china":      func(c *Config) { c.Network.China = true; c.Apps[0].Traffic[0].Markets = map[string]float64{"CN": 1} },
		"all hosts":  func(c *Config) { c.Hosts.Mode = "all" },
		"few hosts":  func(c *Config) { c.Hosts.Count = 10 },
		"host share": func(c *Config) { c.Hosts.Mode, c.Hosts.Share = "share", 0.1 },
		"host list":  func(c *Config) { c.Hosts.Mode, c.Hosts.List = "list", []string{"SIN", "GRU"} },
		"egress map": func(c *Config) {
			c.EgressMap = egressMapOf(t, "launch-2025")
			c.Apps[0].Traffic[0].Markets = map[string]float64{"FJ": 1}
		},
		"egress base": func(c *Config) { c.Apps[0].Traffic[0].Markets = map[string]float64{"FJ": 1} },
		"market":      func(c *Config) { c.Apps[0].Traffic[0].Markets = map[string]float64{"DE": 1} },
		"two markets": func(c *Config) { c.Apps[0].Traffic[0].Markets = map[string]float64{"DE": 1, "JP": 2} },
		"weights":     func(c *Config) { c.Apps[0].Traffic[0].Markets = map[string]float64{"DE": 2, "JP": 1} },
		"client":      func(c *Config) { c.Apps[0].Traffic[0].Clients = []workload.Client{{Lat: 1, Lon: 2}} },
		"elsewhere":   func(c *Config) { c.Apps[0].Traffic[0].Clients = []workload.Client{{Lat: 1, Lon: 102}} },
		"script": func(c *Config) {
			c.Apps[0].Traffic[0].Clients = []workload.Client{{Lat: 1, Lon: 2, At: []sim.Time{sim.Second}}}
		},
		"later": func(c *Config) {
			c.Apps[0].Traffic[0].Clients = []workload.Client{{Lat: 1, Lon: 2, At: []sim.Time{2 * sim.Second}}}
		},
		"second app":  func(c *Config) { c.Apps = append(c.Apps, c.Apps[0]); c.Apps[1].Name = "two" },
		"rate":        func(c *Config) { c.Apps[0].Traffic[0].PerSecond = 2 },
		"total":       func(c *Config) { c.Apps[0].Traffic[0].Total = 900 },
		"daily":       func(c *Config) { c.Apps[0].Traffic[0].Shape.Daily = hours(3) },
		"other daily": func(c *Config) { c.Apps[0].Traffic[0].Shape.Daily = hours(12) },
		"sine": func(c *Config) {
			c.Apps[0].Traffic[0].Shape.SineAmplitude, c.Apps[0].Traffic[0].Shape.SinePeriod = 0.9, sim.Minute
		},
		"burst":     func(c *Config) { c.Apps[0].Traffic[0].Shape.Bursts = []workload.Burst{{At: sim.Second, Count: 9}} },
		"renewal":   func(c *Config) { c.Apps[0].Traffic[0].Interarrival = law(t, "uniform(min=1s, max=2s)") },
		"renewal 2": func(c *Config) { c.Apps[0].Traffic[0].Interarrival = law(t, "uniform(min=1s, max=3s)") },
		"start":     func(c *Config) { c.Apps[0].Traffic[0].Shape.Daily = hours(3); c.Start = c.Start.Add(5 * time.Hour) },
		"duration":  func(c *Config) { c.Duration /= 2 },
	}
	run := func(change func(*Config)) string {
		c := plain(t)
		c.Duration = 20 * sim.Minute
		c.Network = Network{Jitter: 0.05, ReroutedShare: 0.1}
		c.EgressMap = egressMapOf(t, platform.Official)
		c.Apps[0].Work.Response = bytesLaw(t, "1MB")
		c.Apps[0].Meter.EgressByClient = true
		c.Apps[0].Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 1}}
		change(c)
		out := simulate(t, c, 0)
		out.Apps[0].Name = ""
		text, err := json.Marshal([]any{out.Apps, out.Usage})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	alone := map[string]string{}
	by := map[string]string{}
	for name, change := range changes {
		forget()
		alone[name] = run(change)
		if other, same := by[alone[name]]; same {
			t.Errorf("%s and %s run alike, so the test shows nothing", name, other)
		}
		by[alone[name]] = name
	}
	for round := range 2 {
		for name, change := range changes { // in any order
			if run(change) != alone[name] {
				t.Errorf("round %d: %s runs otherwise after the others", round, name)
			}
		}
	}
}

// A configuration that is changed after it was compiled is another one.
func TestSharedTablesDoNotFollowTheConfiguration(t *testing.T) {
	c := plain(t)
	c.Hosts = Hosts{Mode: "list", List: []string{"FRA"}}
	c.Apps[0].Traffic = []workload.Config{{Kind: workload.Requests, PerSecond: 1, Markets: map[string]float64{"DE": 1}}}
	before, err := Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	c.Hosts.List[0] = "SIN"
	delete(c.Apps[0].Traffic[0].Markets, "DE")
	c.Apps[0].Traffic[0].Markets["SG"] = 1
	after, err := Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	if before.World.PoPs[before.hosts[0]].IATA != "FRA" || after.World.PoPs[after.hosts[0]].IATA != "SIN" {
		t.Error("the hosts are those of another configuration")
	}
	if before.popDemand(0)[before.hosts[0]] == 0 || after.popDemand(0)[before.hosts[0]] != 0 {
		t.Error("the demand is that of another configuration")
	}
}

// forget empties the tables that scenarios share.
func forget() {
	geographies = memo.New[string, found[*geography]](maxGeographies)
	clienteles = memo.New[string, found[*clientele]](maxClienteles)
	arrivalsOfEntry = memo.New[string, found[*workload.Arrivals]](maxArrivals)
}

func egressMapOf(t *testing.T, world string) platform.EgressMap {
	c, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.AsOf(data.Date{Year: 2026, Month: 11, Day: 1}).In(world)
	if err != nil {
		t.Fatal(err)
	}
	return v.EgressMap()
}

// hours is a daily shape with nothing outside the hours before until.
func hours(until int) []float64 {
	day := make([]float64, 24)
	for h := range until {
		day[h] = 1
	}
	return day
}
