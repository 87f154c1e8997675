package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"berth/models/geo"
)

// place resolves a city, a PoP code or "latitude,longitude" to a point.
func (b *builder) place(v *value) (geo.Point, bool) {
	if v.text() == "" {
		return geo.Point{}, false // missing, and reported as such
	}
	text := v.text()
	if p, ok, bad := coordinates(text); ok || bad != "" {
		if bad != "" {
			b.fail(v, "", "%s", bad)
		}
		return p, ok
	}
	if i, ok := b.world.Index(strings.ToUpper(text)); ok && text == strings.ToUpper(text) {
		return b.world.PoPs[i].Point, true
	}
	cities, err := b.world.Market(text)
	switch {
	case err != nil:
		b.fail(v, `or "latitude,longitude"`, "%s", strings.TrimSpace(strings.Replace(err.Error(), "market", "city or PoP", 1)))
		return geo.Point{}, false
	case len(cities) != 1:
		b.fail(v, `write a city or "latitude,longitude"`, "%q is an area with %d cities, not one place", clip(text), len(cities))
		return geo.Point{}, false
	}
	return b.world.Cities()[cities[0]].Point, true
}

// coordinates reads "latitude,longitude"; bad says what is wrong with text that
// can only be that.
func coordinates(text string) (p geo.Point, ok bool, bad string) {
	a, c, found := strings.Cut(text, ",")
	if !found {
		return p, false, ""
	}
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lon, err2 := strconv.ParseFloat(strings.TrimSpace(c), 64)
	if err1 != nil || err2 != nil {
		return p, false, ""
	}
	p = geo.Point{Lat: lat, Lon: lon}
	if !p.Valid() {
		return p, false, fmt.Sprintf("%q is not on Earth: latitudes go from -90 to 90, longitudes from -180 to 180", clip(text))
	}
	return p, true, ""
}

// pop resolves a place to the code of its PoP: itself, or the nearest.
func (b *builder) pop(v *value) string {
	if v == nil || v.text() == "" {
		return ""
	}
	if code := strings.ToUpper(v.text()); code == v.text() {
		if _, ok := b.world.Index(code); ok {
			return code
		}
	}
	p, ok := b.place(v)
	if !ok {
		return ""
	}
	near := b.world.NearestPops(p, 1)
	if len(near) == 0 {
		return ""
	}
	return b.world.PoPs[near[0]].IATA
}

// area checks a region name or a PoP code, as min_instances and prefetch use.
func (b *builder) area(v *value, name string) bool {
	if _, ok := geo.ParseRegion(name); ok {
		return true
	}
	if _, ok := b.world.Index(strings.ToUpper(name)); ok {
		return true
	}
	b.fail(v, "regions are "+strings.Join(regionNames(), ", "), "%q is neither a region nor a PoP", clip(name))
	return false
}

func regionNames() []string {
	var names []string
	for _, h := range hints {
		names = append(names, strings.ToUpper(h))
	}
	return names
}
