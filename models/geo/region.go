package geo

import (
	"slices"
	"strings"

	"berth/data"
)

// Region is a region of the model: one of the platform's nine location hints, which container constraints name too.
//
// Where the borders run is not published. Inferred here (grade I), in such a way that the operator's own grouping of PoPs comes
// out, but for one PoP (NQZ) whose country it puts elsewhere:
//
//   - North America is the United States, Canada, their neighbours in the Atlantic, Mexico, Guatemala and the Caribbean north of
//     13 degrees; it splits into wnam and enam at 104 degrees west, as the network table does.
//   - Europe includes Türkiye, Cyprus, Georgia, Kazakhstan and Russia west of 60 degrees east. Its west, weur, is the countries
//     whose measured first calls to a new object are faster with that hint, or within 25 ms of it, and unmeasured neighbours;
//     the rest is eeur. So Switzerland and Italy are eeur, because that is how they were measured.
//   - The Middle East is the rest of Western Asia; Africa and Oceania are as the UN has them, but Micronesia is apac as Guam is.
type Region int8

// The nine regions.
const (
	WNAM Region = iota
	ENAM
	SAM
	WEUR
	EEUR
	APAC
	OC
	AFR
	ME
	NumRegions = 9
)

var regionKeys = [NumRegions]string{"wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"}

var regionTitles = [NumRegions]string{
	"Western North America", "Eastern North America", "South America", "Western Europe", "Eastern Europe", "Asia-Pacific",
	"Oceania", "Africa", "Middle East",
}

// String returns the region's key in lower case, such as weur.
func (r Region) String() string { return regionKeys[r] }

// Title returns the region's name for people.
func (r Region) Title() string { return regionTitles[r] }

// ParseRegion reads a region's key in either case.
func ParseRegion(s string) (Region, bool) {
	for i, k := range regionKeys {
		if strings.EqualFold(s, k) {
			return Region(i), true
		}
	}
	return 0, false
}

// westSplitLon is where North America splits, in degrees east.
const westSplitLon = -104

// weurCountries are the countries of Western Europe in the sense of the location hints.
var weurCountries = map[string]bool{
	// Measured: faster with weur, or (DE) no slower by more than 25 ms.
	"IS": true, "PT": true, "IE": true, "ES": true, "FR": true, "BE": true, "NL": true, "LU": true, "DE": true,
	// Not measured: islands and neighbours of the above.
	"GB": true, "GG": true, "JE": true, "IM": true, "FO": true, "AD": true, "MC": true, "GI": true,
}

// regionOf places a point of a country in a region.
func regionOf(c data.Country, p Point) Region {
	northAmerica := ENAM
	if p.Lon < westSplitLon {
		northAmerica = WNAM
	}
	switch c.ISO2 {
	case "TR", "CY", "GE", "KZ":
		return EEUR
	case "RU":
		if p.Lon > 60 || p.Lon < 0 { // Siberia, up to and over the date line
			return APAC
		}
		return EEUR
	case "HN": // grouped with South America, unlike its neighbours
		return SAM
	}
	switch c.Region {
	case "Europe":
		if weurCountries[c.ISO2] {
			return WEUR
		}
		return EEUR
	case "Africa":
		return AFR
	case "Oceania":
		if c.Subregion == "Micronesia" {
			return APAC
		}
		return OC
	case "Americas":
		if c.Subregion == "Northern America" || c.Lat > 13 {
			return northAmerica
		}
		return SAM
	}
	if c.Subregion == "Western Asia" {
		return ME
	}
	return APAC
}

// popRegion places a PoP: the operator's published group decides, and regionOf splits it where it is one of several regions.
func popRegion(p data.Pop, c data.Country) Region {
	derived := regionOf(c, Point{p.Lat, p.Lon})
	if published := regionGroup[p.Region]; len(published) > 0 && !slices.Contains(published, derived) {
		return published[0]
	}
	return derived
}

// regionGroup maps the operator's groups of PoPs to regions.
var regionGroup = map[string][]Region{
	"Africa": {AFR}, "Asia Pacific": {APAC}, "Europe": {EEUR, WEUR}, "Middle East": {ME}, "North America": {ENAM, WNAM},
	"Oceania": {OC}, "South America": {SAM},
}
