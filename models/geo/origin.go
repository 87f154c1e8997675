package geo

import (
	"fmt"
	"maps"
	"slices"

	"berth/data"
)

// NearPops is how many PoPs an origin knows: the nearest and those its requests may be re-routed to.
const NearPops = 4

// Origin is a place from which clients ask: a city, or any point on Earth.
type Origin struct {
	Name    string
	Country string // ISO 3166-1 alpha-2
	TZ      string // IANA time zone
	Point   Point
	Region  Region
	Net     NetRegion
	City    int     // index of the city itself or of the nearest one
	Users   float64 // internet users; 0 for a point

	NearCount int               // how many of the following are set
	Near      [NearPops]int32   // nearest PoPs that take client traffic, the nearest first
	NearRTTms [NearPops]float32 // round trip to each
}

// Cities returns all cities as origins, the most populous first. It must not be changed.
func (w *World) Cities() []Origin { return w.cities() }

// cityOrigins builds every city's origin; cities of countries the tables do not know cannot occur in embedded tables.
func (w *World) cityOrigins() []Origin {
	rows := data.Cities()
	out := make([]Origin, len(rows))
	for i, c := range rows {
		p := Point{c.Lat, c.Lon}
		country := w.country[c.Country]
		net, err := netRegionOf(country.NetRegion, p)
		if err != nil {
			panic("geo: city " + c.Name + " of country " + c.Country + ": " + err.Error())
		}
		out[i] = Origin{
			Name: c.Name, Country: c.Country, TZ: c.TZ, Point: p, Region: regionOf(country, p), Net: net, City: i,
			Users: float64(c.InternetUsers),
		}
		w.setNear(&out[i])
	}
	return out
}

// setNear fills in the nearest PoPs of an origin.
func (w *World) setNear(o *Origin) {
	for k, pop := range w.nearestOf(o.Point.vector(), w.operating, NearPops) {
		o.Near[k] = pop
		o.NearRTTms[k] = w.ClientRTT(o.Point, o.Net, int(pop))
		o.NearCount = k + 1
	}
}

// OriginAt returns the origin at a point. Country, time zone and regions are those of the nearest city, or of the nearest city
// in the given country (ISO 3166-1 alpha-2; "" for any), which matters near a border.
func (w *World) OriginAt(name, country string, p Point) (Origin, error) {
	if !p.Valid() {
		return Origin{}, fmt.Errorf("no such place: latitude %g, longitude %g; latitudes go from -90 to 90, longitudes from -180 to 180", p.Lat, p.Lon)
	}
	city, ok := w.nearestCity(country, p)
	if !ok {
		return Origin{}, unknown("country", country, w.countryCodes())
	}
	near := w.Cities()[city]
	row := w.country[near.Country]
	net, err := netRegionOf(row.NetRegion, p)
	if err != nil {
		return Origin{}, err
	}
	if name == "" {
		name = fmt.Sprintf("%.4f, %.4f", p.Lat, p.Lon)
	}
	o := Origin{Name: name, Country: near.Country, TZ: near.TZ, Point: p, Region: regionOf(row, p), Net: net, City: city}
	w.setNear(&o)
	return o, nil
}

// nearestCity returns the city nearest to p, of a country if one is given; false if the country has none.
func (w *World) nearestCity(country string, p Point) (int, bool) {
	v, best, bestC2 := p.vector(), -1, 5.0
	for i, c := range w.Cities() {
		if country != "" && c.Country != country {
			continue
		}
		if c2 := chord2(v, c.Point.vector()); c2 < bestC2 {
			best, bestC2 = i, c2
		}
	}
	return best, best >= 0
}

// countryCodes lists the known countries in order.
func (w *World) countryCodes() []string { return slices.Sorted(maps.Keys(w.country)) }

// CityRTT returns the round trip in ms from a city to any PoP.
func (w *World) CityRTT(city, pop int) float32 {
	return w.cityMs()[city*len(w.PoPs)+pop]
}

// cityTable fills the dense table behind CityRTT.
func (w *World) cityTable() []float32 {
	cities, n := w.Cities(), len(w.PoPs)
	out := make([]float32, len(cities)*n)
	if w.noNetwork {
		return out
	}
	for i := range cities {
		v := cities[i].Point.vector()
		stretch := w.Network.clientPop[cities[i].Net]
		for p := range n {
			out[i*n+p] = float32(hopMs(chordKm(chord2(v, w.vectors[p])), stretch[w.PoPs[p].Net]))
		}
	}
	return out
}

// PopDemand returns the demand that lands on each PoP when every city asks its nearest one, for weights by city
// (nil: DefaultDemand). It sums to what the weights sum to.
func (w *World) PopDemand(weights []float64) []float64 {
	if weights == nil {
		weights = w.DefaultDemand()
	}
	out := make([]float64, len(w.PoPs))
	for i, c := range w.Cities() {
		out[c.Near[0]] += weights[i]
	}
	return out
}
