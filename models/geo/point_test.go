package geo

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// reference reads a CSV file of the validation directory, or skips the test.
func reference(t *testing.T, path ...string) []map[string]string {
	t.Helper()
	ref := os.Getenv("BERTH_REFERENCE")
	if ref == "" {
		t.Skip("BERTH_REFERENCE is not set: no reference files")
	}
	f, err := os.Open(filepath.Join(append([]string{ref}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, rec := range records[1:] {
		m := map[string]string{}
		for i, h := range records[0] {
			m[h] = rec[i]
		}
		out = append(out, m)
	}
	return out
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDistanceAndFibreFloor(t *testing.T) {
	for _, c := range []struct {
		a, b      Point
		km, floor float64
	}{
		{Point{-41.1335, -71.3103}, Point{-34.6037, -58.3816}, 1345.046295, 13.172633},  // Bariloche, Buenos Aires
		{Point{40.7128, -74.006}, Point{51.5074, -0.1278}, 5570.229874, 54.551722},      // New York, London
		{Point{-18.1248, 178.4501}, Point{-13.8507, -171.7514}, 1149.819197, 11.260687}, // Suva, Apia: over the date line
		{Point{0, 0}, Point{0, 180}, math.Pi * EarthRadiusKm, 196.016859},
		{Point{90, 0}, Point{-90, 77}, math.Pi * EarthRadiusKm, 196.016859},
	} {
		if km := DistanceKm(c.a, c.b); math.Abs(km-c.km) > 1e-5 {
			t.Errorf("%v to %v: %.6f km, want %.6f", c.a, c.b, km, c.km)
		}
		if floor := FibreFloorMs(DistanceKm(c.a, c.b)); math.Abs(floor-c.floor) > 1e-3 {
			t.Errorf("%v to %v: floor %.6f ms, want %.6f", c.a, c.b, floor, c.floor)
		}
	}
}

func TestDistanceReference(t *testing.T) {
	for _, r := range reference(t, "validation", "geo_distance.csv") {
		a := Point{number(t, r["from_lat"]), number(t, r["from_lon"])}
		b := Point{number(t, r["to_lat"]), number(t, r["to_lon"])}
		km := DistanceKm(a, b)
		if want := number(t, r["haversine_km_R6371.0088"]); math.Abs(km-want) > 1e-6 {
			t.Errorf("%s: %.6f km, want %.6f", r["case"], km, want)
		}
		if want := number(t, r["fibre_rtt_floor_ms"]); math.Abs(FibreFloorMs(km)-want) > 1e-6 {
			t.Errorf("%s: floor %.6f ms, want %.6f", r["case"], FibreFloorMs(km), want)
		}
	}
}

// TestNearestReference checks the order by distance, and that chords give the same one.
func TestNearestReference(t *testing.T) {
	for _, r := range reference(t, "validation", "nearest_pop.csv") {
		client := Point{number(t, r["client_lat"]), number(t, r["client_lon"])}
		places := map[string]Point{}
		var names []string
		for _, c := range strings.Split(r["candidates"], "; ") {
			f := strings.Fields(c)
			name := strings.Join(f[:len(f)-2], " ")
			places[name] = Point{number(t, f[len(f)-2]), number(t, f[len(f)-1])}
			names = append(names, name)
		}
		slices.SortFunc(names, func(a, b string) int {
			if DistanceKm(client, places[a]) < DistanceKm(client, places[b]) {
				return -1
			}
			return 1
		})
		if got := strings.Join(names, " < "); got != r["order_nearest_first"] {
			t.Errorf("%s: %s, want %s", r["case"], got, r["order_nearest_first"])
		}
		w := &World{}
		var all []int
		for i, n := range names {
			w.vectors = append(w.vectors, places[n].vector())
			all = append(all, len(names)-1-i)
		}
		for i, pop := range w.Nearest(client, all, len(all)) {
			if pop != i {
				t.Errorf("%s: chords put %s at %d", r["case"], names[pop], i)
			}
		}
		if km := DistanceKm(client, places[names[0]]); math.Abs(km-number(t, r["nearest_km"])) > 1e-6 {
			t.Errorf("%s: nearest at %.6f km, want %s", r["case"], km, r["nearest_km"])
		}
	}
}

func anyPoint() *rapid.Generator[Point] {
	return rapid.Custom(func(t *rapid.T) Point {
		return Point{rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon")}
	})
}

func TestDistanceIsAMetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyPoint().Draw(t, "a"), anyPoint().Draw(t, "b"), anyPoint().Draw(t, "c")
		ab := DistanceKm(a, b)
		if ab != DistanceKm(b, a) || DistanceKm(a, a) != 0 {
			t.Fatalf("not symmetric, or a point is not at itself: %v %v", a, b)
		}
		if ab < 0 || ab > math.Pi*EarthRadiusKm+1e-6 || ab > DistanceKm(a, c)+DistanceKm(c, b)+1e-3 {
			t.Fatalf("%v to %v is %g km", a, b, ab)
		}
		if byChord := chordKm(chord2(a.vector(), b.vector())); math.Abs(byChord-ab) > 1e-3 {
			t.Fatalf("%v to %v: chord gives %g km, haversine %g", a, b, byChord, ab)
		}
	})
}
