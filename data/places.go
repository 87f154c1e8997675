package data

import (
	"io"
	"strings"
)

// EgressRegion is a price region of egress traffic.
type EgressRegion string

// The three price regions of egress traffic. Which country belongs to which is not published: the tables hold an inference.
const (
	EgressNAEU  EgressRegion = "na_eu"         // North America and Europe
	EgressOCKR  EgressRegion = "oceania_kr_tw" // Oceania, Korea, Taiwan
	EgressOther EgressRegion = "other"         // everywhere else
)

// NetRegions lists the keys of the stretch table. A country with net region "na" is na_w west of 104 degrees west, else na_e.
var NetRegions = []string{"af_n", "af_s", "as_e", "as_s", "as_se", "eu", "me", "mx_ca", "na_e", "na_w", "oc", "sa"}

// countryNetRegions is what a country's row may say: NetRegions with na for its two halves.
var countryNetRegions = append([]string{"na"}, NetRegions...)

// PopRegions lists the operator's own groups of PoPs.
var PopRegions = []string{"Africa", "Asia Pacific", "Europe", "Middle East", "North America", "Oceania", "South America"}

// Pop is one point of presence.
type Pop struct {
	IATA      string       // three-letter code, unique
	City      string       // English name
	Country   string       // ISO 3166-1 alpha-2
	Lat, Lon  float64      // degrees
	Region    string       // operator's group, one of PopRegions
	Egress    EgressRegion // inferred from the country
	China     bool         // part of the partner-run network in mainland China, off for ordinary Workers
	DOHost    bool         // has been seen hosting new Durable Objects
	NetRegion string       // net region of the country, with "na" unsplit
}

var popColumns = []string{"iata", "city", "country", "lat", "lon", "region", "egress_region", "china_network", "do_host", "net_region"}

func parsePops(name string, r io.Reader) ([]Pop, error) {
	return parseTable(name, r, popColumns, func(f tableRow) Pop {
		return Pop{
			IATA: f.text(0), City: f.text(1), Country: f.text(2), Lat: f.latitude(3), Lon: f.longitude(4),
			Region: f.oneOf(5, PopRegions...), Egress: f.egress(6), China: f.flag(7), DOHost: f.flag(8),
			NetRegion: f.oneOf(9, countryNetRegions...),
		}
	})
}

func (r tableRow) egress(i int) EgressRegion {
	return EgressRegion(r.oneOf(i, string(EgressNAEU), string(EgressOCKR), string(EgressOther)))
}

// Pops returns all points of presence in order of their code, those of the China network included.
func Pops() []Pop { return pops() }

var pops = embedded("pops.csv", parsePops)

// City is a place where clients live.
type City struct {
	Name          string  // not unique, not even within a country
	Country       string  // ISO 3166-1 alpha-2
	Lat, Lon      float64 // degrees
	TZ            string  // IANA time zone
	UTCOffsetH    float64 // hours east of Greenwich in standard time
	InternetUsers int64   // the country's internet users spread over its listed cities: sums to the world's 5.36 billion
	Population    int64
}

var cityColumns = []string{"name", "country", "lat", "lon", "tz", "utc_offset_h", "internet_users", "population"}

func parseCities(name string, r io.Reader) ([]City, error) {
	return parseTable(name, r, cityColumns, func(f tableRow) City {
		return City{
			Name: f.text(0), Country: f.text(1), Lat: f.latitude(2), Lon: f.longitude(3), TZ: f.text(4),
			UTCOffsetH: f.number(5, -14, 14), InternetUsers: f.count(6, maxPeople), Population: f.count(7, maxPeople),
		}
	})
}

// maxPeople is more than the people on Earth.
const maxPeople = 20_000_000_000

// Cities returns all cities, the most populous first.
func Cities() []City { return cities() }

var cities = embedded("cities.csv", parseCities)

// Country is a country or territory.
type Country struct {
	ISO2            string // ISO 3166-1 alpha-2
	Name            string
	Region          string  // UN M49 region, such as Europe; blank where it has none
	Subregion       string  // UN M49 subregion, such as Western Europe; blank where it has none
	Lat, Lon        float64 // centroid, degrees
	InternetUsers   int64
	Egress          EgressRegion
	EgressBasis     string // the rule that chose Egress
	EgressAmbiguous bool   // the rule could be read otherwise: worth an override
	NetRegion       string // one of NetRegions, or "na"
}

var countryColumns = []string{"iso2", "name", "region", "subregion", "lat", "lon", "internet_users", "egress_region", "egress_basis", "egress_ambiguous", "net_region"}

func parseCountries(name string, r io.Reader) ([]Country, error) {
	return parseTable(name, r, countryColumns, func(f tableRow) Country {
		return Country{
			ISO2: f.text(0), Name: f.text(1), Region: f.blank(2), Subregion: f.blank(3), Lat: f.latitude(4), Lon: f.longitude(5),
			InternetUsers: f.count(6, maxPeople), Egress: f.egress(7), EgressBasis: f.text(8), EgressAmbiguous: f.flag(9),
			NetRegion: f.oneOf(10, countryNetRegions...),
		}
	})
}

// blank returns a field that may be empty.
func (r tableRow) blank(i int) string { return strings.Clone(r.fields[i]) }

// Countries returns all countries and territories in order of their code.
func Countries() []Country { return countries() }

var countries = embedded("countries.csv", parseCountries)
