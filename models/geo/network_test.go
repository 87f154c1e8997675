package geo

import (
	"math"
	"slices"
	"testing"

	"berth/data"
)

func mustNetwork(t *testing.T) *Network {
	t.Helper()
	n, err := NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPopPopAgainstAzure holds the model against the measured matrix its coefficients come from.
func TestPopPopAgainstAzure(t *testing.T) {
	n := mustNetwork(t)
	sites := map[string]data.RTTSite{}
	for _, s := range data.RTTSites() {
		sites[s.Name] = s
	}
	var errs []float64
	for _, m := range data.AzureRTTs() {
		a, b := sites[m.A], sites[m.B]
		pa, pb := Point{a.Lat, a.Lon}, Point{b.Lat, b.Lon}
		ra, err := n.RegionAt(a.Country, pa)
		if err != nil {
			t.Fatal(err)
		}
		rb, err := n.RegionAt(b.Country, pb)
		if err != nil {
			t.Fatal(err)
		}
		km := DistanceKm(pa, pb)
		if math.Abs(km-m.Km) > 1 {
			t.Errorf("%s to %s: %.1f km, the table says %g", m.A, m.B, km, m.Km)
		}
		ms := n.PopPopMs(km, ra, rb)
		if ms < FibreFloorMs(km) {
			t.Errorf("%s to %s: %g ms is faster than light in fibre", m.A, m.B, ms)
		}
		errs = append(errs, math.Abs(ms-m.RTTms)/m.RTTms)
	}
	slices.Sort(errs)
	if median := errs[len(errs)/2]; median > 0.07 {
		t.Errorf("median relative error is %.3f, want at most 0.07", median)
	}
}

// TestClientAgainstPings holds the client model against measured pings over the public internet.
func TestClientAgainstPings(t *testing.T) {
	n := mustNetwork(t)
	sites := map[string]Point{}
	nets := map[string]NetRegion{}
	for _, s := range reference(t, "data", "rtt_sites.csv") {
		if s["source"] != "azure" {
			p := Point{number(t, s["lat"]), number(t, s["lon"])}
			net, err := n.RegionAt(s["country_iso2"], p)
			if err != nil {
				t.Fatal(err)
			}
			sites[s["site"]], nets[s["site"]] = p, net
		}
	}
	var errs []float64
	for _, m := range reference(t, "data", "rtt_matrix_wondernetwork.csv") {
		ms := n.ClientPopMs(DistanceKm(sites[m["a"]], sites[m["b"]]), nets[m["a"]], nets[m["b"]])
		rtt := number(t, m["rtt_ms"])
		errs = append(errs, math.Abs(ms-rtt)/rtt)
	}
	slices.Sort(errs)
	// The public internet of the pings is rougher than a provider's own network.
	if median := errs[len(errs)/2]; median > 0.15 {
		t.Errorf("median relative error is %.3f, want at most 0.15", median)
	}
}

func TestStretchChoosesItsColumn(t *testing.T) {
	n := mustNetwork(t)
	index := func(key string) NetRegion { return NetRegion(slices.Index(data.NetRegions, key)) }
	for _, c := range []struct {
		a, b            string
		popPop, clients float64
	}{
		{"eu", "na_e", 1.52, 1.64},   // both columns measured
		{"sa", "sa", 3.54, 3.54},     // no data centre pairs: the other column
		{"af_n", "af_n", 3.27, 3.27}, // not measured at all: the worst median of the region
		{"na_w", "na_w", 1.75, 2.27},
	} {
		if got := n.PopPopMs(1000, index(c.a), index(c.b)); math.Abs(got-(4+10*c.popPop)) > 1e-9 {
			t.Errorf("PoP to PoP %s %s: %g ms per 1000 km, want stretch %g", c.a, c.b, got, c.popPop)
		}
		if got := n.ClientPopMs(1000, index(c.b), index(c.a)); math.Abs(got-(4+10*c.clients)) > 1e-9 {
			t.Errorf("client to PoP %s %s: %g ms per 1000 km, want stretch %g", c.a, c.b, got, c.clients)
		}
	}
}

func TestNorthAmericaSplitsAt104West(t *testing.T) {
	n := mustNetwork(t)
	for _, c := range []struct {
		country string
		lon     float64
		want    string
	}{{"US", -104.67, "na_w"}, {"US", -103.9, "na_e"}, {"CA", -123, "na_w"}, {"MX", -116, "mx_ca"}, {"TW", 121, "as_e"}} {
		if got, err := n.RegionAt(c.country, Point{40, c.lon}); err != nil || got.String() != c.want {
			t.Errorf("%s at %g: %v %v, want %s", c.country, c.lon, got, err, c.want)
		}
	}
	if _, err := n.RegionAt("XX", Point{}); err == nil {
		t.Error("country XX exists")
	}
}
