package geo

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// marketIndex maps what a market may be called to the cities it covers, in ascending order.
type marketIndex struct {
	keys      map[string][]int // country codes and region keys, which case tells apart: ME is Montenegro, me the Middle East
	areas     map[string][]int // continents and other large areas, in lower case
	countries map[string][]int // by name, in lower case
	cities    map[string][]int // by name, with and without the country's code, in lower case
	known     []string         // what to suggest, in a fixed order
}

// continents are the UN M49 regions.
var continents = []string{"Africa", "Americas", "Asia", "Europe", "Oceania"}

// areas are further names for regions of the model.
var areas = []struct {
	name    string
	regions []Region
}{{"North America", []Region{WNAM, ENAM}}, {"South America", []Region{SAM}}, {"Middle East", []Region{ME}}}

// indexMarkets builds the index behind Market.
func (w *World) indexMarkets() *marketIndex {
	m := &marketIndex{keys: map[string][]int{}, areas: map[string][]int{}, countries: map[string][]int{}, cities: map[string][]int{}}
	add := func(to map[string][]int, name string, city int) { to[name] = append(to[name], city) }
	var codes, countries, cities []string
	for i, c := range w.Cities() {
		country := w.country[c.Country]
		add(m.keys, c.Country, i)
		add(m.keys, c.Region.String(), i)
		add(m.areas, "world", i)
		if country.Region != "" {
			add(m.areas, strings.ToLower(country.Region), i)
		}
		for _, a := range areas {
			if slices.Contains(a.regions, c.Region) {
				add(m.areas, strings.ToLower(a.name), i)
			}
		}
		add(m.countries, strings.ToLower(country.Name), i)
		add(m.cities, strings.ToLower(c.Name), i)
		add(m.cities, strings.ToLower(c.Name+", "+c.Country), i)
		codes, countries, cities = append(codes, c.Country), append(countries, country.Name), append(cities, c.Name)
	}
	m.known = slices.Concat(regionKeys[:], continents, []string{"World"})
	for _, a := range areas {
		m.known = append(m.known, a.name)
	}
	slices.Sort(codes)
	slices.Sort(countries)
	m.known = slices.Concat(m.known, slices.Compact(countries), cities, slices.Compact(codes))
	return m
}

// dominance is how many times the users of its next namesake a city needs to be meant by its bare name.
const dominance = 10

// Market returns the cities that a market's name covers. A name is, in this order: a country code (US), a region key (weur), a
// continent, North America, South America, Middle East or World, a country's name (Germany), a city (Berlin), or a city with
// its country's code (Columbus, US), which covers all cities of that name there. The bare name of several cities means the
// largest if it has ten times the users of the next (London); otherwise it is an error that lists them.
func (w *World) Market(name string) ([]int, error) {
	m := w.names()
	name = strings.TrimSpace(name)
	lower := strings.ToLower(name)
	for _, found := range [][]int{m.keys[name], m.areas[lower], m.keys[lower], m.keys[strings.ToUpper(name)], m.countries[lower]} {
		if len(found) > 0 {
			return found, nil
		}
	}
	found := m.cities[lower]
	if len(found) == 0 {
		return nil, unknown("market", name, m.known)
	}
	if len(found) == 1 || strings.Contains(name, ",") {
		return found, nil
	}
	bySize := slices.Clone(found)
	slices.SortStableFunc(bySize, func(a, b int) int { return cmp.Compare(w.Cities()[b].Users, w.Cities()[a].Users) })
	if w.Cities()[bySize[0]].Users < dominance*w.Cities()[bySize[1]].Users {
		return nil, fmt.Errorf("market %q is %d cities: say %s", name, len(found), w.describe(found))
	}
	return bySize[:1], nil
}

// describe lists cities for an error, one name per country.
func (w *World) describe(cities []int) string {
	var out []string
	for _, i := range cities {
		c := w.Cities()[i]
		out = append(out, fmt.Sprintf("%q", c.Name+", "+c.Country))
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " or ")
}

// DefaultDemand returns a weight per city when an app names no markets: its internet users, none in mainland China, whose
// users the global network hardly serves. The weights sum to 1.
func (w *World) DefaultDemand() []float64 {
	cities := w.Cities()
	out := make([]float64, len(cities))
	total := 0.0
	for i, c := range cities {
		if c.Country != "CN" {
			out[i] = c.Users
			total += c.Users
		}
	}
	for i := range out {
		out[i] /= total
	}
	return out
}

// Demand returns a weight per city for an app's markets: each market gets its own part of the demand, in any unit, spread over
// its cities by their internet users (by equal parts where none is known). Markets may overlap; their parts then add up. No
// markets mean DefaultDemand. The weights sum to 1. All problems are reported at once.
func (w *World) Demand(markets map[string]float64) ([]float64, error) {
	if len(markets) == 0 {
		return w.DefaultDemand(), nil
	}
	names := make([]string, 0, len(markets))
	for name := range markets {
		names = append(names, name)
	}
	slices.Sort(names)
	out := make([]float64, len(w.Cities()))
	total := 0.0
	var errs []error
	for _, name := range names {
		weight := markets[name]
		if !(weight >= 0) || math.IsInf(weight, 0) {
			errs = append(errs, fmt.Errorf("market %q has weight %g, want a number that is not negative", name, weight))
			continue
		}
		cities, err := w.Market(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		w.spread(out, cities, weight)
		total += weight
	}
	if len(errs) == 0 && !(total > 0 && !math.IsInf(total, 0)) {
		errs = append(errs, fmt.Errorf("the weights of the markets sum to %g, want more than 0", total))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	for i := range out {
		out[i] /= total
	}
	return out, nil
}

// spread adds weight to out over cities in proportion to their internet users.
func (w *World) spread(out []float64, cities []int, weight float64) {
	users := 0.0
	for _, i := range cities {
		users += w.Cities()[i].Users
	}
	for _, i := range cities {
		if users > 0 {
			out[i] += weight * w.Cities()[i].Users / users
		} else {
			out[i] += weight / float64(len(cities))
		}
	}
}
