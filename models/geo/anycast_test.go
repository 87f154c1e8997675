package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestAnycastReroutesItsShareOfTheWorld(t *testing.T) {
	w := defaultTestWorld(t)
	weights := w.DefaultDemand()
	for _, spec := range []AnycastSpec{DefaultAnycast(), {Share: 0.1, Split: [3]float64{6, 3, 1}, Even: true}, {Split: [3]float64{1}}} {
		a, err := w.NewAnycast(w.Cities(), weights, spec)
		if err != nil {
			t.Fatal(err)
		}
		rerouted := 0.0
		var byRank [NearPops]float64
		for i := range w.Cities() {
			_, cum := a.Row(i)
			at := float32(0)
			for k, c := range cum {
				byRank[k] += weights[i] * float64(c-at)
				at = c
			}
			rerouted += weights[i] * (1 - float64(cum[0]))
			if cum[NearPops-1] != 1 || cum[0] < 0.5 {
				t.Fatalf("%s: cumulative %v", w.Cities()[i].Name, cum)
			}
		}
		// The bound on a single PoP takes a little off the world's average.
		if rerouted > spec.Share+1e-6 || rerouted < 0.9*spec.Share {
			t.Errorf("%+v: %.4f re-routed", spec, rerouted)
		}
		if spec.Share > 0 && (math.Abs(byRank[1]/byRank[2]-2) > 0.01 || math.Abs(byRank[2]/byRank[3]-3) > 0.01) {
			t.Errorf("split over ranks is %v", byRank)
		}
	}
}

func TestLoadedPoPsRerouteMore(t *testing.T) {
	w := defaultTestWorld(t)
	a, err := w.NewAnycast(w.Cities(), w.DefaultDemand(), DefaultAnycast())
	if err != nil {
		t.Fatal(err)
	}
	demand := w.PopDemand(nil)
	for i, o := range w.Cities() {
		for _, j := range []int{0, 100, 1000} {
			_, ci := a.Row(i)
			_, cj := a.Row(j)
			if demand[o.Near[0]] > demand[w.Cities()[j].Near[0]] && ci[0] > cj[0] {
				t.Fatalf("%s is busier than %s, but re-routes less", o.Name, w.Cities()[j].Name)
			}
		}
	}
}

func TestPickMatchesTheRow(t *testing.T) {
	w := defaultTestWorld(t)
	a, err := w.NewAnycast(w.Cities(), w.DefaultDemand(), DefaultAnycast())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		city := rapid.IntRange(0, len(w.Cities())-1).Draw(t, "city")
		u := float32(rapid.Float64Range(0, 0.999999).Draw(t, "u"))
		pops, cum := a.Row(city)
		rank := a.Pick(city, u)
		if a.PoP(city, rank) != int(pops[rank]) || u >= cum[rank] || (rank > 0 && u < cum[rank-1]) {
			t.Fatalf("u = %g picks rank %d of %v", u, rank, cum)
		}
	})
}

func TestAnycastInATinyWorld(t *testing.T) {
	for _, pops := range [][]string{{"FRA"}, {"FRA", "EZE"}, {"FRA", "EZE", "SIN"}} {
		w := world(t, Options{Pops: pops})
		a, err := w.NewAnycast(w.Cities(), w.DefaultDemand(), DefaultAnycast())
		if err != nil {
			t.Fatal(err)
		}
		for i := range w.Cities() {
			if rank := a.Pick(i, 0.9999999); rank >= len(pops) {
				t.Fatalf("rank %d in a world of %d PoPs", rank, len(pops))
			}
		}
	}
}

func TestBadAnycast(t *testing.T) {
	w := defaultTestWorld(t)
	for _, spec := range []AnycastSpec{{Share: 0.6}, {Share: -1}, {Share: math.NaN()}, {Share: 0.1}, {Share: 0.1, Split: [3]float64{-1, 2, 0}}} {
		if _, err := w.NewAnycast(w.Cities(), w.DefaultDemand(), spec); err == nil {
			t.Errorf("%+v passes", spec)
		}
	}
	if _, err := w.NewAnycast(w.Cities(), []float64{1}, DefaultAnycast()); err == nil {
		t.Error("one weight for all cities passes")
	}
}

func TestSmartWorker(t *testing.T) {
	w := defaultTestWorld(t)
	do := pop(t, w, "IAD")
	row := w.SmartWorkers(do)
	for _, i := range []int{0, 5, 50, 500, 2500} {
		o := w.Cities()[i]
		best := math.Inf(1)
		for p, q := range w.PoPs {
			if q.Operational {
				best = min(best, float64(w.ClientRTT(o.Point, o.Net, p))+float64(w.RTT(p, do)))
			}
		}
		for _, got := range []int{int(row[i]), w.SmartWorker(o, do, 1)} {
			if ms := float64(w.ClientRTT(o.Point, o.Net, got)) + float64(w.RTT(got, do)); ms > best+0.001 {
				t.Errorf("%s: %s takes %g ms, the best is %g", o.Name, w.PoPs[got].IATA, ms, best)
			}
		}
	}
	// A Worker that asks its object a thousand times belongs beside it.
	if got := w.SmartWorker(w.Cities()[3], do, 1000); got != do {
		t.Errorf("with a thousand calls the Worker runs in %s", w.PoPs[got].IATA)
	}
	objects := make([]float64, len(w.PoPs))
	objects[do] = 1
	if got := w.SmartWorkerFor(w.DefaultDemand(), objects, 1000); got != do {
		t.Errorf("with a thousand calls the market's Worker runs in %s", w.PoPs[got].IATA)
	}
	berlin, err := w.Demand(map[string]float64{"Berlin": 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.PoPs[w.SmartWorkerFor(berlin, objects, 0)].Country; got != "DE" {
		t.Errorf("with no calls Berlin's Worker runs in %s", got)
	}
}
