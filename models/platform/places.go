package platform

import (
	"errors"
	"fmt"
	"strings"

	"berth/data"
)

// Region is a value of the region constraint on placement.
type Region struct {
	Name  string
	Hint  string // Durable Object location hint of the same area
	Alone bool   // may stand without another region
	Provenance
}

// Jurisdiction restricts placement to some regions.
type Jurisdiction struct {
	Name    string
	Regions []string
	Provenance
}

// EgressRegion is a pool of egress traffic with its own allowance and rate.
type EgressRegion struct {
	Name  string // na_eu | oceania_kr_tw | other
	Label string
	// Only, when not empty, lists the countries of the pool; others that the table
	// of countries puts here belong to "other".
	Only []string
	Provenance
}

// Regions lists the region constraints of the day by name.
func (v View) Regions() []Region {
	m := lookup(v, func(s data.Section) []data.RegionEntry { return s.Regions },
		func(e data.RegionEntry) (string, data.Dated) { return e.Name, e.Dated })
	var rs []Region
	for _, name := range sortedNames(m) {
		f := top(m[name])
		rs = append(rs, Region{Name: name, Hint: f.entry.Hint, Alone: f.entry.Alone, Provenance: f.Provenance})
	}
	return rs
}

// Jurisdictions lists the jurisdictions of the day by name.
func (v View) Jurisdictions() []Jurisdiction {
	m := lookup(v, func(s data.Section) []data.JurisdictionEntry { return s.Jurisdictions },
		func(e data.JurisdictionEntry) (string, data.Dated) { return e.Name, e.Dated })
	var js []Jurisdiction
	for _, name := range sortedNames(m) {
		f := top(m[name])
		js = append(js, Jurisdiction{Name: name, Regions: append([]string(nil), f.entry.Regions...), Provenance: f.Provenance})
	}
	return js
}

// Constrain checks a placement constraint of the day: region names and at most
// one jurisdiction ("" for none). It returns the regions allowed, empty for
// everywhere. The error joins every problem.
func (v View) Constrain(regions []string, jurisdiction string) ([]string, error) {
	var errs []error
	byName := map[string]Region{}
	var known []string
	for _, r := range v.Regions() {
		byName[r.Name] = r
		known = append(known, r.Name)
	}
	if len(regions) > 0 && len(known) == 0 {
		return nil, fmt.Errorf("there are no region constraints on %s (they came on 2026-04-15)", v.date)
	}
	anyAlone := false
	for _, r := range regions {
		found, ok := byName[strings.ToUpper(r)]
		if !ok {
			errs = append(errs, unknown("region", r, known))
		}
		anyAlone = anyAlone || found.Alone
	}
	if len(regions) > 0 && len(errs) == 0 && !anyAlone {
		errs = append(errs, fmt.Errorf("regions %s have limited capacity and may not stand alone: add another", strings.Join(regions, ", ")))
	}
	inside, err := v.jurisdictionRegions(jurisdiction)
	errs = append(errs, err)
	allowed := inside
	if len(regions) > 0 {
		allowed = nil
	}
	for _, r := range regions {
		name := strings.ToUpper(r)
		if len(inside) > 0 && !contains(inside, name) {
			errs = append(errs, fmt.Errorf("region %s is outside jurisdiction %s (%s)", name, jurisdiction, strings.Join(inside, ", ")))
		}
		allowed = append(allowed, name)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return allowed, nil
}

func (v View) jurisdictionRegions(name string) ([]string, error) {
	if name == "" {
		return nil, nil
	}
	var known []string
	for _, j := range v.Jurisdictions() {
		if j.Name == name {
			return j.Regions, nil
		}
		known = append(known, j.Name)
	}
	if len(known) == 0 {
		return nil, fmt.Errorf("there are no jurisdictions on %s", v.date)
	}
	return nil, unknown("jurisdiction", name, known)
}

// EgressRegions lists the pools in the order North America and Europe, Oceania
// with Korea and Taiwan, everywhere else.
func (v View) EgressRegions() []EgressRegion {
	m := lookup(v, func(s data.Section) []data.EgressRegionEntry { return s.EgressRegions },
		func(e data.EgressRegionEntry) (string, data.Dated) { return e.Name, e.Dated })
	var rs []EgressRegion
	for _, name := range data.EgressRegionNames {
		if len(m[name]) > 0 {
			f := top(m[name])
			rs = append(rs, EgressRegion{Name: name, Label: f.entry.Label, Only: append([]string(nil), f.entry.Only...), Provenance: f.Provenance})
		}
	}
	return rs
}

// EgressMap says which pool countries belong to.
type EgressMap struct {
	moved map[string]string
	only  map[string][]string
	user  bool
}

// EgressMap is the map of the day: the table's own pool, corrected by the world
// and by overlays.
func (v View) EgressMap() EgressMap {
	m := EgressMap{moved: map[string]string{}, only: map[string][]string{}}
	for _, r := range v.EgressRegions() {
		if len(r.Only) > 0 {
			m.only[r.Name] = r.Only
		}
	}
	countries := lookup(v, func(s data.Section) []data.EgressCountryEntry { return s.EgressCountries },
		func(e data.EgressCountryEntry) (string, data.Dated) { return e.Country, e.Dated })
	for name, es := range countries {
		m.moved[name] = top(es).entry.Region
		m.user = m.user || top(es).UserSupplied
	}
	return m
}

// Region is the pool of a country (ISO 3166 alpha-2), given the pool in the
// table of countries.
func (m EgressMap) Region(country, table string) string {
	if r, ok := m.moved[country]; ok {
		return r
	}
	if only := m.only[table]; len(only) > 0 && !contains(only, country) {
		return "other"
	}
	return table
}

// UserSupplied reports whether an overlay moves a country.
func (m EgressMap) UserSupplied() bool { return m.user }
