package data

import "io"

// Band is the spread of a measured stretch over N site pairs: ms of round trip per 100 km above a fixed 4 ms.
// N = 0 means that no pair was measured and the quantiles are 0.
type Band struct {
	N             int
	P10, P50, P90 float64
}

// StretchPair is the stretch between two net regions, in either direction.
type StretchPair struct {
	A, B   string // of NetRegions, A <= B
	Azure  Band   // between data centres
	Wonder Band   // between servers over the public internet
}

var stretchColumns = []string{"region_a", "region_b", "azure_n", "azure_p10", "azure_p50", "azure_p90", "wn_n", "wn_p10", "wn_p50", "wn_p90"}

func parseStretch(name string, r io.Reader) ([]StretchPair, error) {
	return parseTable(name, r, stretchColumns, func(f tableRow) StretchPair {
		return StretchPair{A: f.oneOf(0, NetRegions...), B: f.oneOf(1, NetRegions...), Azure: f.band(2), Wonder: f.band(6)}
	})
}

// band reads the four columns of a Band from column i on.
func (r tableRow) band(i int) Band {
	const maxStretch = 100
	b := Band{N: int(r.count(i, 1_000_000))}
	var ok [3]bool
	b.P10, ok[0] = r.optional(i+1, 0, maxStretch)
	b.P50, ok[1] = r.optional(i+2, 0, maxStretch)
	b.P90, ok[2] = r.optional(i+3, 0, maxStretch)
	if want := b.N > 0; ok != [3]bool{want, want, want} {
		r.fail(i, "a count that is 0 exactly when the quantiles are blank")
	}
	if b.P10 > b.P50 || b.P50 > b.P90 {
		r.fail(i+2, "quantiles in increasing order")
	}
	return b
}

// Stretch returns the measured stretch of every pair of net regions that has one.
func Stretch() []StretchPair { return stretch() }

var stretch = embedded("stretch.csv", parseStretch)

// RTTSite is a place between which round trips were measured.
type RTTSite struct {
	Name, City string
	Country    string  // ISO 3166-1 alpha-2
	Lat, Lon   float64 // degrees
}

func parseRTTSites(name string, r io.Reader) ([]RTTSite, error) {
	return parseTable(name, r, []string{"site", "city", "country", "lat", "lon"}, func(f tableRow) RTTSite {
		return RTTSite{Name: f.text(0), City: f.text(1), Country: f.text(2), Lat: f.latitude(3), Lon: f.longitude(4)}
	})
}

// RTTSites returns the sites of AzureRTTs.
func RTTSites() []RTTSite { return rttSites() }

var rttSites = embedded("rtt_sites.csv", parseRTTSites)

// RTT is a measured round trip between two sites.
type RTT struct {
	A, B  string  // names of sites
	RTTms float64 // median, mean of both directions
	Km    float64 // great-circle distance
}

func parseRTTs(name string, r io.Reader) ([]RTT, error) {
	return parseTable(name, r, []string{"a", "b", "rtt_ms", "km"}, func(f tableRow) RTT {
		return RTT{A: f.text(0), B: f.text(1), RTTms: f.number(2, 0, 10_000), Km: f.number(3, 0, 20_100)}
	})
}

// AzureRTTs returns the measured median round trips between Azure regions, each pair once.
func AzureRTTs() []RTT { return azureRTTs() }

var azureRTTs = embedded("rtt_azure.csv", parseRTTs)
