package geo

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"berth/data"
)

func world(t testing.TB, opts Options) *World {
	t.Helper()
	w, err := NewWorld(opts)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func defaultTestWorld(t testing.TB) *World {
	t.Helper()
	w, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// pop returns a PoP's index.
func pop(t testing.TB, w *World, code string) int {
	t.Helper()
	i, ok := w.Index(code)
	if !ok {
		t.Fatalf("no PoP %s", code)
	}
	return i
}

func TestDefaultWorldHas309PoPs(t *testing.T) {
	w := defaultTestWorld(t)
	if len(w.PoPs) != 309 {
		t.Errorf("%d PoPs, want 309", len(w.PoPs))
	}
	if n := len(world(t, Options{China: true}).PoPs); n != 339 {
		t.Errorf("%d PoPs with China, want 339", n)
	}
	if !slices.IsSortedFunc(w.PoPs, func(a, b PoP) int { return strings.Compare(a.IATA, b.IATA) }) {
		t.Error("PoPs are not in order of their code")
	}
	for i, p := range w.PoPs {
		if p.China {
			t.Errorf("%s is in the China network", p.IATA)
		}
		if pop(t, w, strings.ToLower(p.IATA)) != i {
			t.Errorf("index of %s is wrong", p.IATA)
		}
	}
}

func TestRTTIsSymmetricAndAboveTheFibreFloor(t *testing.T) {
	w := defaultTestWorld(t)
	for a := range w.PoPs {
		for b := range w.PoPs {
			rtt := w.RTT(a, b)
			if rtt != w.RTT(b, a) || rtt != w.RTTRow(a)[b] {
				t.Fatalf("%s to %s is not symmetric", w.PoPs[a].IATA, w.PoPs[b].IATA)
			}
			if a == b && rtt != 0.5 {
				t.Fatalf("%s to itself takes %g ms", w.PoPs[a].IATA, rtt)
			}
			if a != b && (float64(rtt) < FibreFloorMs(w.Km(a, b)) || rtt < 4) {
				t.Fatalf("%s to %s takes %g ms", w.PoPs[a].IATA, w.PoPs[b].IATA, rtt)
			}
		}
	}
}

func TestNoNetworkTakesNoTime(t *testing.T) {
	w := world(t, Options{NoNetwork: true})
	o := w.Cities()[0]
	if w.RTT(0, 0) != 0 || w.RTT(0, 300) != 0 || w.ClientRTT(o.Point, o.Net, 5) != 0 || w.CityRTT(3, 7) != 0 || o.NearRTTms[0] != 0 {
		t.Error("a hop takes time without a network")
	}
	if w.Km(0, 300) == 0 || o.NearCount != NearPops {
		t.Error("distances are gone without a network")
	}
}

func TestHandPickedWorld(t *testing.T) {
	w := world(t, Options{Pops: []string{"nqn", "EZE", "NQN"}})
	if got := w.codes(); !slices.Equal(got, []string{"EZE", "NQN"}) {
		t.Fatalf("PoPs are %v", got)
	}
	if !w.PoPs[0].DOHost || !w.PoPs[1].DOHost {
		t.Error("a world without object hosts must let all its PoPs host objects")
	}
	o := w.Cities()[0]
	if o.NearCount != 2 {
		t.Errorf("a city knows %d PoPs of two", o.NearCount)
	}
	_, err := NewWorld(Options{Pops: []string{"FRA", "FRX", "Q"}})
	if err == nil || !strings.Contains(err.Error(), `"FRX"; did you mean "FRA"?`) || !strings.Contains(err.Error(), `"Q"`) {
		t.Errorf("error is %v", err)
	}
	if _, err := NewWorld(Options{Pops: []string{}}); err == nil {
		t.Error("an empty list of PoPs passes")
	}
	if _, err := w.Indices([]string{"EZE", "FRA"}); err == nil {
		t.Error("FRA is not in use, yet found")
	}
}

func TestEgressOverlay(t *testing.T) {
	w := world(t, Options{Egress: map[string]data.EgressRegion{"MX": data.EgressOther}})
	if e := w.PoPs[pop(t, w, "MEX")].Egress; e != data.EgressOther {
		t.Errorf("MEX is %s", e)
	}
	if c, _ := w.Country("MX"); c.Egress != data.EgressOther {
		t.Errorf("Mexico is %s", c.Egress)
	}
	if e := w.PoPs[pop(t, w, "FRA")].Egress; e != data.EgressNAEU {
		t.Errorf("FRA is %s", e)
	}
	_, err := NewWorld(Options{Egress: map[string]data.EgressRegion{"ZZ": data.EgressOther, "FR": "others"}})
	if err == nil || !strings.Contains(err.Error(), `"ZZ"`) || !strings.Contains(err.Error(), `did you mean "other"?`) {
		t.Errorf("error is %v", err)
	}
}

// TestRegionsReproduceTheOperatorsGroups says where the inferred borders differ from the published groups of PoPs: nowhere,
// but for the PoP whose country's other PoPs are in another group.
func TestRegionsReproduceTheOperatorsGroups(t *testing.T) {
	w := defaultTestWorld(t)
	var differ []string
	for _, p := range data.Pops() {
		if !p.China && !slices.Contains(regionGroup[p.Region], regionOf(w.country[p.Country], Point{p.Lat, p.Lon})) {
			differ = append(differ, p.IATA)
		}
	}
	if !slices.Equal(differ, []string{"NQZ"}) {
		t.Errorf("regions differ from the published groups at %v", differ)
	}
	for code, want := range map[string]Region{"FRA": WEUR, "LHR": WEUR, "VIE": EEUR, "WAW": EEUR, "SJC": WNAM, "IAD": ENAM, "DEN": WNAM,
		"MEX": ENAM, "GRU": SAM, "SYD": OC, "SIN": APAC, "JNB": AFR, "DXB": ME, "IST": EEUR, "NQZ": APAC} {
		if got := w.PoPs[pop(t, w, code)].Region; got != want {
			t.Errorf("%s is in %s, want %s", code, got, want)
		}
	}
}

// hintLatency is how long the first call to a new object took with a location
// hint: the median from one Worker PoP, in ms.
type hintLatency struct {
	Worker, Hint string
	FirstCallMs  float64
}

// hintLatencies reads the measured first calls by Worker PoP and location hint.
func hintLatencies(t *testing.T) []hintLatency {
	t.Helper()
	f, err := os.Open("testdata/do_hint_latency.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []hintLatency
	for _, record := range records[1:] {
		ms, err := strconv.ParseFloat(record[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, hintLatency{record[0], record[1], ms})
	}
	return list
}

// TestEuropeSplitsAsMeasured checks weur and eeur against the first calls to new objects under the two hints.
func TestEuropeSplitsAsMeasured(t *testing.T) {
	w := defaultTestWorld(t)
	ms := map[string]map[string]float64{}
	for _, h := range hintLatencies(t) {
		if ms[h.Worker] == nil {
			ms[h.Worker] = map[string]float64{}
		}
		ms[h.Worker][h.Hint] = h.FirstCallMs
	}
	tested := 0
	for code, byHint := range ms {
		i, ok := w.Index(code)
		if !ok || (w.PoPs[i].Region != WEUR && w.PoPs[i].Region != EEUR) || byHint["weur"] == 0 || byHint["eeur"] == 0 {
			continue
		}
		slower := byHint["weur"] - byHint["eeur"]
		// Germany is weur as a whole, although two of its PoPs are nearer to eastern hosts.
		if w.PoPs[i].Country == "DE" || max(slower, -slower) < 25 {
			continue
		}
		tested++
		if (slower > 0) != (w.PoPs[i].Region == EEUR) {
			t.Errorf("%s is in %s, but weur is %.0f ms slower there", code, w.PoPs[i].Region, slower)
		}
	}
	if tested < 25 {
		t.Errorf("only %d PoPs were tested", tested)
	}
}

// TestHintStandInsAsMeasured checks which region serves a hint whose own region hosts no objects.
func TestHintStandInsAsMeasured(t *testing.T) {
	ms := map[string]map[Region]float64{}
	for _, h := range hintLatencies(t) {
		if ms[h.Worker] == nil {
			ms[h.Worker] = map[Region]float64{}
		}
		r, _ := ParseRegion(h.Hint)
		ms[h.Worker][r] = h.FirstCallMs
	}
	for hint, standIn := range hintStandIn {
		sum, n := 0.0, 0
		for _, m := range ms {
			if m[hint] > 0 && m[standIn] > 0 {
				sum += max(m[hint]-m[standIn], m[standIn]-m[hint])
				n++
			}
		}
		if n < 100 || sum/float64(n) > 5 {
			t.Errorf("%s differs from its stand-in %s by %.1f ms over %d PoPs", hint, standIn, sum/float64(n), n)
		}
	}
}

func TestOrderAndNearestAgreeWithDistance(t *testing.T) {
	w := defaultTestWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.IntRange(0, len(w.PoPs)-1).Draw(t, "pop")
		order := w.Order(a)
		if int(order[0]) != a || len(order) != len(w.PoPs) {
			t.Fatalf("%s is not first in its own order", w.PoPs[a].IATA)
		}
		for k := 1; k < len(order); k++ {
			if w.Km(a, int(order[k])) < w.Km(a, int(order[k-1]))-1e-6 {
				t.Fatalf("%s: order is wrong at %d", w.PoPs[a].IATA, k)
			}
		}
		p := anyPoint().Draw(t, "point")
		n := rapid.IntRange(0, 400).Draw(t, "n")
		near := w.NearestPops(p, n)
		if len(near) != min(n, len(w.operating)) {
			t.Fatalf("%d PoPs for n = %d", len(near), n)
		}
		for k, i := range near {
			if !w.PoPs[i].Operational || (k > 0 && DistanceKm(p, w.PoPs[i].Point) < DistanceKm(p, w.PoPs[near[k-1]].Point)-1e-6) {
				t.Fatalf("NearestPops(%v, %d) is wrong at %d", p, n, k)
			}
		}
	})
}

func TestOrigins(t *testing.T) {
	w := defaultTestWorld(t)
	if n := len(w.Cities()); n != len(data.Cities()) {
		t.Fatalf("%d cities", n)
	}
	for i, o := range w.Cities() {
		if o.City != i || o.NearCount != NearPops || o.TZ == "" {
			t.Fatalf("bad origin %+v", o)
		}
		for k := range o.NearCount {
			if o.NearRTTms[k] != w.ClientRTT(o.Point, o.Net, int(o.Near[k])) {
				t.Fatalf("%s: wrong round trip to PoP %d", o.Name, k)
			}
		}
	}
	for _, i := range []int{0, 17, 2000} {
		o := w.Cities()[i]
		for _, p := range []int{0, 100, 308} {
			if m := w.CityMetres(p)[i]; m != int32(DistanceKm(o.Point, w.PoPs[p].Point)*1000) {
				t.Errorf("%s: %d m to PoP %d", o.Name, m, p)
			}
			if d := w.CityRTT(i, p) - w.ClientRTT(o.Point, o.Net, p); d > 0.001 || d < -0.001 {
				t.Errorf("%s: CityRTT differs from ClientRTT by %g ms", o.Name, d)
			}
		}
	}
	o, err := w.OriginAt("", "AR", Point{-41.1335, -71.3103})
	if err != nil || o.Country != "AR" || w.PoPs[o.Near[0]].IATA != "NQN" || o.Region != SAM || o.Name != "-41.1335, -71.3103" {
		t.Errorf("Bariloche is %+v, %v", o, err)
	}
	if _, err := w.OriginAt("", "", Point{91, 0}); err == nil {
		t.Error("latitude 91 exists")
	}
	if _, err := w.OriginAt("", "ZZ", Point{1, 0}); err == nil {
		t.Error("country ZZ exists")
	}
}

func BenchmarkNewWorld(b *testing.B) {
	for b.Loop() {
		w := world(b, Options{})
		w.Cities()
		w.Order(0)
	}
}
