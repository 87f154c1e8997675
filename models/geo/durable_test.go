package geo

import (
	"math"
	"slices"
	"strings"
	"testing"

	"berth/data"
)

func placement(t *testing.T, w *World, spec DOSpec) *DOPlacement {
	t.Helper()
	d, err := w.NewDOPlacement(spec)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestObjectsGoWhereTheyWereMeasured(t *testing.T) {
	w := defaultTestWorld(t)
	d := placement(t, w, DOSpec{})
	prob := map[[2]int]float64{}
	for worker := range w.PoPs {
		pops, cum := d.Choices(worker)
		if len(pops) == 0 || cum[len(cum)-1] != 1 || !slices.IsSorted(cum) {
			t.Fatalf("%s: choices %v %v", w.PoPs[worker].IATA, pops, cum)
		}
		at := 0.0
		for k, p := range pops {
			prob[[2]int{worker, int(p)}] = cum[k] - at
			at = cum[k]
		}
	}
	measured := map[string]bool{}
	for _, m := range data.DOPlacement() {
		measured[m.Worker] = true
		if got := prob[[2]int{pop(t, w, m.Worker), pop(t, w, m.Object)}]; math.Abs(got-m.Likelihood) > 0.001 {
			t.Errorf("%s to %s: %g, measured %g", m.Worker, m.Object, got, m.Likelihood)
		}
	}
	for worker, p := range w.PoPs {
		if measured[p.IATA] {
			continue
		}
		got := d.Pick(worker, 0.5)
		for i, q := range w.PoPs {
			if q.DOHost && w.Km(worker, i) < w.Km(worker, got)-1e-6 {
				t.Errorf("%s: objects go to %s, but %s is nearer", p.IATA, w.PoPs[got].IATA, q.IATA)
			}
		}
	}
}

func TestPickFollowsTheLikelihoods(t *testing.T) {
	w := defaultTestWorld(t)
	d := placement(t, w, DOSpec{})
	worker := pop(t, w, "AAE")
	pops, cum := d.Choices(worker)
	const n = 10000
	counts := map[int]int{}
	for i := range n {
		counts[d.Pick(worker, (float64(i)+0.5)/n)]++
	}
	at := 0.0
	for k, p := range pops {
		if got := float64(counts[int(p)]) / n; math.Abs(got-(cum[k]-at)) > 1.5/n {
			t.Errorf("%s drawn %g, want %g", w.PoPs[p].IATA, got, cum[k]-at)
		}
		at = cum[k]
	}
	if d.Pick(worker, math.Nextafter(1, 0)) != int(pops[len(pops)-1]) || d.Pick(worker, 0) != int(pops[0]) {
		t.Error("the ends of the unit interval are lost")
	}
}

func TestHintsAndJurisdictionsRestrictObjects(t *testing.T) {
	w := defaultTestWorld(t)
	for _, c := range []struct {
		spec   DOSpec
		region []Region
		where  string
	}{
		{DOSpec{Hint: "weur"}, []Region{WEUR}, ""},
		{DOSpec{Hint: "OC"}, []Region{OC}, ""},
		{DOSpec{Hint: "sam"}, []Region{ENAM}, ""}, // no hosts of its own
		{DOSpec{Hint: "afr"}, []Region{WEUR}, ""},
		{DOSpec{Hint: "me"}, []Region{EEUR}, ""},
		{DOSpec{Jurisdiction: "eu"}, []Region{WEUR, EEUR}, "AT CZ DE ES FR IT NL PL PT SE"},
		{DOSpec{Jurisdiction: "us"}, []Region{WNAM, ENAM}, "US"},
		{DOSpec{Jurisdiction: "fedramp", Hint: "wnam"}, []Region{WNAM}, "US"},
		{DOSpec{Jurisdiction: "eu", Hint: "me"}, []Region{EEUR}, "AT CZ IT PL SE"},
	} {
		d := placement(t, w, c.spec)
		for worker := range w.PoPs {
			pops, _ := d.Choices(worker)
			for _, p := range pops {
				q := w.PoPs[p]
				if !q.DOHost || !slices.Contains(c.region, q.Region) || (c.where != "" && !slices.Contains(strings.Fields(c.where), q.Country)) {
					t.Errorf("%+v: %s puts objects at %s in %s", c.spec, w.PoPs[worker].IATA, q.IATA, q.Region)
				}
			}
		}
	}
}

// TestRestrictionRenormalises checks that the matching hosts keep their odds against each other.
func TestRestrictionRenormalises(t *testing.T) {
	w := defaultTestWorld(t)
	free, tied := placement(t, w, DOSpec{}), placement(t, w, DOSpec{Hint: "weur"})
	checked := 0
	for worker := range w.PoPs {
		odds := map[int32]float64{}
		pops, cum := free.Choices(worker)
		total, at := 0.0, 0.0
		for k, p := range pops {
			if w.PoPs[p].Region == WEUR {
				odds[p] = cum[k] - at
				total += odds[p]
			}
			at = cum[k]
		}
		if total == 0 {
			continue
		}
		pops, cum = tied.Choices(worker)
		at = 0
		for k, p := range pops {
			if math.Abs(cum[k]-at-odds[p]/total) > 1e-9 {
				t.Errorf("%s to %s: %g, want %g", w.PoPs[worker].IATA, w.PoPs[p].IATA, cum[k]-at, odds[p]/total)
			}
			at = cum[k]
			checked++
		}
	}
	if checked < 50 {
		t.Errorf("only %d odds were checked", checked)
	}
}

func TestBadObjectRestrictions(t *testing.T) {
	w := defaultTestWorld(t)
	for spec, want := range map[DOSpec]string{
		{Hint: "weurope"}:                  `did you mean "weur"?`,
		{Jurisdiction: "eur"}:              `did you mean "eu"?`,
		{Jurisdiction: "eu", Hint: "apac"}: "drop one of the two",
	} {
		if _, err := w.NewDOPlacement(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", spec, err, want)
		}
	}
	small := world(t, Options{Pops: []string{"EZE", "GRU"}})
	if _, err := small.NewDOPlacement(DOSpec{Jurisdiction: "eu"}); err == nil {
		t.Error("objects in the EU without a PoP there")
	}
	if d, err := small.NewDOPlacement(DOSpec{Hint: "apac"}); err != nil || d.Pick(0, 0.3) != 0 {
		t.Errorf("a hint is best effort: %v", err)
	}
}
