package geo

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// share sums weights over the cities that ok holds for.
func share(w *World, weights []float64, ok func(Origin) bool) float64 {
	sum := 0.0
	for i, c := range w.Cities() {
		if ok(c) {
			sum += weights[i]
		}
	}
	return sum
}

func TestDemandByMarket(t *testing.T) {
	w := defaultTestWorld(t)
	weights, err := w.Demand(map[string]float64{"US": 3, "DE": 1, "Tokyo": 1})
	if err != nil {
		t.Fatal(err)
	}
	for country, want := range map[string]float64{"US": 0.6, "DE": 0.2, "JP": 0.2, "FR": 0} {
		if got := share(w, weights, func(o Origin) bool { return o.Country == country }); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s has %g of the demand, want %g", country, got, want)
		}
	}
	// Within a country by internet users.
	var berlin, hamburg int
	for i, c := range w.Cities() {
		if c.Country == "DE" && c.Name == "Berlin" {
			berlin = i
		}
		if c.Country == "DE" && c.Name == "Hamburg" {
			hamburg = i
		}
	}
	want := w.Cities()[berlin].Users / w.Cities()[hamburg].Users
	if got := weights[berlin] / weights[hamburg]; math.Abs(got-want) > 1e-9 {
		t.Errorf("Berlin has %g times Hamburg's demand, want %g", got, want)
	}
}

func TestDefaultDemandLeavesMainlandChinaOut(t *testing.T) {
	w := defaultTestWorld(t)
	weights, err := w.Demand(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := share(w, weights, func(o Origin) bool { return o.Country == "CN" }); got != 0 {
		t.Errorf("mainland China has %g", got)
	}
	if got := share(w, weights, func(o Origin) bool { return o.Country == "HK" }); got <= 0 {
		t.Error("Hong Kong has no demand")
	}
	back, err := w.Demand(map[string]float64{"CN": 1})
	if err != nil || math.Abs(share(w, back, func(o Origin) bool { return o.Country == "CN" })-1) > 1e-9 {
		t.Errorf("a market CN does not bring it back: %v", err)
	}
}

func TestMarketNames(t *testing.T) {
	w := defaultTestWorld(t)
	for name, holds := range map[string]func(Origin) bool{
		"US":            func(o Origin) bool { return o.Country == "US" },
		"us":            func(o Origin) bool { return o.Country == "US" },
		"ME":            func(o Origin) bool { return o.Country == "ME" }, // Montenegro
		"me":            func(o Origin) bool { return o.Region == ME },
		"Middle East":   func(o Origin) bool { return o.Region == ME },
		"NA":            func(o Origin) bool { return o.Country == "NA" }, // Namibia
		"WEUR":          func(o Origin) bool { return o.Region == WEUR },
		"north america": func(o Origin) bool { return o.Region == WNAM || o.Region == ENAM },
		"germany":       func(o Origin) bool { return o.Country == "DE" },
		" Berlin ":      func(o Origin) bool { return o.Name == "Berlin" && o.Country == "DE" },
		"Berlin, de":    func(o Origin) bool { return o.Name == "Berlin" && o.Country == "DE" },
		"London":        func(o Origin) bool { return o.Name == "London" && o.Country == "GB" },
		"London, CA":    func(o Origin) bool { return o.Name == "London" && o.Country == "CA" },
		"Singapore":     func(o Origin) bool { return o.Country == "SG" },
		"World":         func(Origin) bool { return true },
	} {
		cities, err := w.Market(name)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		in := map[int]bool{}
		for _, i := range cities {
			in[i] = true
		}
		for i, o := range w.Cities() {
			if in[i] != holds(o) {
				t.Errorf("%q: covers %s, %s: %v", name, o.Name, o.Country, in[i])
				break
			}
		}
	}
}

func TestBadMarkets(t *testing.T) {
	w := defaultTestWorld(t)
	_, err := w.Demand(map[string]float64{"Berlni": 1, "Barcelona": 1, "XX": 1, "FR": -1, "DE": math.NaN(), "US": 1})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`unknown market "Berlni"; did you mean "Berlin"?`, `"Barcelona, ES" or "Barcelona, VE"`, `"XX"`, `market "FR" has weight -1`, `market "DE" has weight NaN`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
	if _, err := w.Demand(map[string]float64{"US": 0}); err == nil {
		t.Error("weights that sum to 0 pass")
	}
	if weights, err := w.Demand(map[string]float64{"KP": 1}); err != nil || share(w, weights, func(o Origin) bool { return o.Country == "KP" }) < 0.999 {
		t.Errorf("a country without internet users: %v", err)
	}
}

func TestDemandSumsToOne(t *testing.T) {
	w := defaultTestWorld(t)
	names := []string{"US", "DE", "weur", "World", "Berlin", "CN", "Africa", "South America", "JP"}
	rapid.Check(t, func(t *rapid.T) {
		markets := rapid.MapOfN(rapid.SampledFrom(names), rapid.Float64Range(0.001, 1e6), 1, 5).Draw(t, "markets")
		weights, err := w.Demand(markets)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, x := range weights {
			if x < 0 {
				t.Fatalf("negative weight %g", x)
			}
			sum += x
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("weights of %v sum to %g", markets, sum)
		}
	})
}

func FuzzMarket(f *testing.F) {
	w, err := Default()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"US", "weur", "Berlin, DE", "", ",", "city berlin", "Ber\x00lin", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		cities, err := w.Market(name)
		if (err == nil) != (len(cities) > 0) {
			t.Errorf("%q: %d cities, error %v", name, len(cities), err)
		}
		for k, i := range cities {
			if i < 0 || i >= len(w.Cities()) || (k > 0 && i <= cities[k-1]) {
				t.Errorf("%q: cities %v", name, cities)
			}
		}
	})
}
