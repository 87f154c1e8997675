package geo

import (
	"fmt"
	"slices"

	"berth/data"
)

const (
	// samePoPms is the round trip within one PoP (grade I).
	samePoPms = 0.5
	// fixedHopMs is the part of a round trip that does not grow with distance, as the stretch was fitted.
	fixedHopMs = 4
)

// NetRegion is a network region: an index into data.NetRegions.
type NetRegion int8

// String returns the region's key, such as as_se.
func (n NetRegion) String() string { return data.NetRegions[n] }

// netRegionOf resolves a table's net region at a place: "na" splits at 104 degrees west.
func netRegionOf(key string, p Point) (NetRegion, error) {
	if key == "na" {
		key = "na_e"
		if p.Lon < westSplitLon {
			key = "na_w"
		}
	}
	i := slices.Index(data.NetRegions, key)
	if i < 0 {
		return 0, fmt.Errorf("unknown network region %q", key)
	}
	return NetRegion(i), nil
}

// Network gives round trips from distances. Build it with NewNetwork.
type Network struct {
	popPop, clientPop [][]float64 // stretch in ms per 100 km by pair of net regions
	country           map[string]string
}

// NewNetwork builds the stretch tables: between PoPs the median between data centres, from client to PoP the median over the
// public internet; where one is blank the other serves, and a pair measured in neither gets the worst median of its two regions.
func NewNetwork() (*Network, error) {
	n := &Network{country: make(map[string]string)}
	for _, c := range data.Countries() {
		n.country[c.ISO2] = c.NetRegion
	}
	pairs := data.Stretch()
	var err error
	if n.popPop, err = stretchTable(pairs, func(p data.StretchPair) (first, second data.Band) { return p.Azure, p.Wonder }); err != nil {
		return nil, err
	}
	n.clientPop, err = stretchTable(pairs, func(p data.StretchPair) (first, second data.Band) { return p.Wonder, p.Azure })
	return n, err
}

// stretchTable fills a symmetric table from the first band of each pair, or the second where the first is blank.
func stretchTable(pairs []data.StretchPair, bands func(data.StretchPair) (first, second data.Band)) ([][]float64, error) {
	size := len(data.NetRegions)
	table := make([][]float64, size)
	for i := range table {
		table[i] = make([]float64, size)
	}
	worst := make([]float64, size)
	for _, p := range pairs {
		a, b := slices.Index(data.NetRegions, p.A), slices.Index(data.NetRegions, p.B)
		first, second := bands(p)
		s := first.P50
		if first.N == 0 {
			s = second.P50
		}
		table[a][b], table[b][a] = s, s
		worst[a], worst[b] = max(worst[a], s), max(worst[b], s)
	}
	for a := range table {
		for b := range table[a] {
			if table[a][b] == 0 {
				table[a][b] = max(worst[a], worst[b])
			}
			if table[a][b] == 0 {
				return nil, fmt.Errorf("no stretch for network regions %s and %s", data.NetRegions[a], data.NetRegions[b])
			}
		}
	}
	return table, nil
}

// RegionAt returns the network region of a place in a country, given by its ISO 3166-1 alpha-2 code.
func (n *Network) RegionAt(country string, p Point) (NetRegion, error) {
	key, ok := n.country[country]
	if !ok {
		return 0, fmt.Errorf("unknown country %q", country)
	}
	return netRegionOf(key, p)
}

// PopPopMs returns the round trip in ms between data centres km kilometres apart, in two different places.
func (n *Network) PopPopMs(km float64, a, b NetRegion) float64 { return hopMs(km, n.popPop[a][b]) }

// ClientPopMs returns the round trip in ms from a client to a PoP over the public internet.
func (n *Network) ClientPopMs(km float64, client, pop NetRegion) float64 {
	return hopMs(km, n.clientPop[client][pop])
}

// hopMs is 4 ms + stretch x km / 100, never below light in fibre.
func hopMs(km, stretch float64) float64 {
	return max(fixedHopMs+stretch*km/100, FibreFloorMs(km))
}
