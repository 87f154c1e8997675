package geo

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestConstraints(t *testing.T) {
	w := defaultTestWorld(t)
	for _, c := range []struct {
		c        Constraint
		asOf     string
		errs     []string // fragments of the errors, in order
		warnings int
		in, out  string // PoPs that must be allowed or not, when there are no errors
	}{
		{Constraint{}, "2025-07-01", nil, 0, "FRA NQN SYD", ""},
		{Constraint{Regions: []string{"WEUR"}}, "2026-11-01", nil, 0, "FRA LHR", "VIE IAD"},
		{Constraint{Regions: []string{"weur", "ENAM"}}, "2026-04-15", nil, 0, "FRA IAD", "VIE SJC"},
		{Constraint{Regions: []string{"WEUR"}}, "2026-04-14", []string{"not available before 2026-04-15"}, 0, "", ""},
		{Constraint{Regions: []string{"APAC", "SAM"}}, "2026-11-01", nil, 2, "SIN GRU", "FRA"},
		{Constraint{Regions: []string{"ME", "oc"}}, "2026-11-01", []string{"not allowed alone"}, 2, "", ""},
		{Constraint{Regions: []string{"ME", "EEUR"}}, "2026-11-01", nil, 1, "DXB VIE", "FRA"},
		{Constraint{Jurisdiction: "eu"}, "2026-11-01", nil, 0, "FRA VIE", "LHR ZRH IAD"},
		{Constraint{Jurisdiction: "fedramp"}, "2026-11-01", nil, 0, "IAD SJC", "YYZ FRA MEX"},
		{Constraint{Jurisdiction: "us"}, "2026-10-01", []string{"not available before 2026-10-02"}, 0, "", ""},
		{Constraint{Jurisdiction: "us"}, "2026-10-02", nil, 0, "IAD", "YYZ"},
		{Constraint{Jurisdiction: "eu", Regions: []string{"WEUR", "ENAM"}}, "2026-11-01", []string{"ENAM does not lie in jurisdiction eu; it allows EEUR, WEUR"}, 0, "", ""},
		{Constraint{Jurisdiction: "uk", Regions: []string{"EURO"}, Tiers: []int{4}}, "2026-11-01",
			[]string{`unknown region "EURO"; did you mean "WEUR"?`, `unknown jurisdiction "uk"`, "no tier 4"}, 0, "", ""},
		{Constraint{Tiers: []int{1, 2}}, "2026-11-01", nil, 0, "FRA EZE", "NQN"},
		{Constraint{Tiers: []int{1}, Regions: []string{"SAM"}}, "2026-11-01", []string{"no PoP in use satisfies"}, 1, "", ""},
	} {
		allowed, problems := w.Allowed(c.c, day(c.asOf))
		var errs []string
		warnings := 0
		for _, p := range problems {
			if p.Warning {
				warnings++
			} else {
				errs = append(errs, p.Error())
			}
		}
		if len(errs) != len(c.errs) || warnings != c.warnings {
			t.Errorf("%+v as of %s: problems %v", c.c, c.asOf, problems)
			continue
		}
		for i, want := range c.errs {
			if !strings.Contains(errs[i], want) {
				t.Errorf("%+v: problem %q lacks %q", c.c, errs[i], want)
			}
		}
		for _, code := range strings.Fields(c.in) {
			if !allowed[pop(t, w, code)] {
				t.Errorf("%+v forbids %s", c.c, code)
			}
		}
		for _, code := range strings.Fields(c.out) {
			if allowed[pop(t, w, code)] {
				t.Errorf("%+v allows %s", c.c, code)
			}
		}
	}
}

func TestTiersOneAndTwoAreTheDefaultHosts(t *testing.T) {
	w := defaultTestWorld(t)
	hosts, err := w.ContainerHosts(HostSpec{})
	if err != nil {
		t.Fatal(err)
	}
	allowed, _ := w.Allowed(Constraint{Tiers: []int{1, 2}}, day("2026-11-01"))
	for i := range w.PoPs {
		if allowed[i] != slices.Contains(hosts, i) {
			t.Errorf("%s: tier %d", w.PoPs[i].IATA, w.Tier(i))
		}
	}
}
