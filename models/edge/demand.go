package edge

import (
	"errors"
	"math"
	"sync"

	"berth/models/geo"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
	"berth/sim/memo"
)

// clientele is where the clients of all entries are: every city, then the fixed
// clients of the entries in turn. Scenarios that differ elsewhere share it, and
// nothing of it changes.
type clientele struct {
	origin []geo.Origin
	cities int // of origin
	places []place
	// Distances in metres to the hosts, place x host: of the cities where any of
	// them has demand, and of the fixed clients behind them.
	cityMetres, ownMetres []int32

	markets []market // by entry
}

// market is where the clients of one entry are.
type market struct {
	weights   []float64 // by place; those of markets sum to 1 beside the clients' own
	places    *dist.Alias
	ownPlaces int     // places up to and with this entry's own clients
	fixed     []int32 // places of the fixed clients
}

// maxClienteles and maxArrivals bound what is kept, up to 300 kB each.
const (
	maxClienteles = 16
	maxArrivals   = 32
)

var (
	clienteles      = memo.New[string, found[*clientele]](maxClienteles)
	arrivalsOfEntry = memo.New[string, found[*workload.Arrivals]](maxArrivals)
)

// demand places the clients of all entries; key is that of the geography.
func (m *Model) demand(key string) error {
	share := m.cfg.Network.ReroutedShare
	of := make([]demanded, len(m.entries))
	for i, en := range m.entries {
		of[i].Markets = en.cfg.Markets
		for _, c := range en.cfg.Clients {
			of[i].Clients = append(of[i].Clients, demander{c.Name, c.Lat, c.Lon, c.Weight, len(c.At) > 0})
		}
	}
	key, ok := memo.Key(key, share, of)
	c, err := keep(clienteles, key, ok, func() (*clientele, error) { return m.newClientele(of, share) })
	if err != nil {
		return err
	}
	m.clientele = *c
	var errs []error
	for i, en := range m.entries {
		en.market = c.markets[i]
		errs = append(errs, m.arrivalsOf(en, i, key, ok))
	}
	return errors.Join(errs...)
}

// demanded is what an entry says of its clients, and demander of one of them.
type demanded struct {
	Markets map[string]float64
	Clients []demander
}

type demander struct {
	Name             string
	Lat, Lon, Weight float64
	Scripted         bool
}

func (g *geography) newClientele(of []demanded, share float64) (*clientele, error) {
	cities := g.World.Cities()
	c := &clientele{origin: cities[:len(cities):len(cities)], cities: len(cities), markets: make([]market, len(of))}
	var errs []error
	for i := range of {
		errs = append(errs, c.locate(g.World, &of[i], &c.markets[i]))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	total := make([]float64, len(c.origin))
	for i := range c.markets {
		mk := &c.markets[i]
		mk.weights = append(mk.weights, make([]float64, len(c.origin)-len(mk.weights))...)
		sum := 0.0
		for _, w := range mk.weights {
			sum += w
		}
		for i, w := range mk.weights {
			if sum > 0 {
				total[i] += w / sum
			}
		}
		var err error
		mk.places, err = dist.NewAlias(orEven(mk.weights))
		errs = append(errs, err)
	}
	spec := geo.DefaultAnycast()
	spec.Share = share
	any, err := g.World.NewAnycast(c.origin, total, spec)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	c.places = make([]place, len(c.origin))
	for i := range c.origin {
		c.places[i] = g.placeOf(&c.origin[i], i, any)
	}
	c.measure(g, total)
	return c, nil
}

// locate resolves the markets and clients of an entry.
func (c *clientele) locate(w *geo.World, of *demanded, mk *market) error {
	cities := w.Cities()
	mk.weights = make([]float64, len(cities), len(c.origin)+len(of.Clients))
	if len(of.Markets) > 0 || len(of.Clients) == 0 {
		demand, err := w.Demand(of.Markets)
		if err != nil {
			return err
		}
		copy(mk.weights, demand)
	}
	if len(of.Clients) > 0 {
		mk.weights = append(mk.weights, make([]float64, len(c.origin)-len(mk.weights))...)
	}
	for _, cl := range of.Clients {
		o, err := w.OriginAt(cl.Name, "", geo.Point{Lat: cl.Lat, Lon: cl.Lon})
		if err != nil {
			return err
		}
		mk.fixed = append(mk.fixed, int32(len(c.origin)))
		c.origin = append(c.origin, o)
		weight := cl.Weight
		if weight == 0 && !cl.Scripted {
			weight = 1
		}
		mk.weights = append(mk.weights, weight)
	}
	mk.ownPlaces = len(mk.weights)
	return nil
}

func (g *geography) placeOf(o *geo.Origin, i int, any *geo.Anycast) place {
	pops, cum := any.Row(i)
	p := place{region: uint8(o.Region), single: cum[0] >= 1}
	for k := range p.pops {
		p.pops[k], p.rtt[k] = int16(pops[k]), int32(float64(o.NearRTTms[k])*1e6)
		if k < len(p.below) {
			p.below[k] = uint32(math.Min(float64(cum[k])*(1<<32), 1<<32-1))
		}
	}
	if c, ok := g.World.Country(o.Country); ok {
		p.egress = g.egressOf(o.Country, c.Egress)
	}
	return p
}

// onceMetres computes the distances from every city to every host when they are
// first asked for.
func onceMetres(g *geography) func() []int32 {
	return sync.OnceValue(func() []int32 {
		n := len(g.hosts)
		out := make([]int32, len(g.World.Cities())*n)
		for k, h := range g.hosts {
			for i, metres := range g.World.CityMetres(int(h)) {
				out[i*n+k] = metres
			}
		}
		return out
	})
}

// measure fills in the distances from every place with demand to every host.
func (c *clientele) measure(g *geography, demand []float64) {
	for _, d := range demand[:c.cities] {
		if d > 0 {
			c.cityMetres = g.hostMetres()
			break
		}
	}
	for i := c.cities; i < len(c.origin); i++ {
		for _, h := range g.hosts {
			c.ownMetres = append(c.ownMetres, int32(geo.DistanceKm(c.origin[i].Point, g.World.PoPs[h].Point)*1000))
		}
	}
}

func (m *Model) metres(place int32, pop int16) int64 {
	i, of := int(place), m.cityMetres
	switch {
	case i >= m.cities:
		i, of = i-m.cities, m.ownMetres
	case of == nil: // a trace names its own places
		of = m.hostMetres()
	}
	return int64(of[i*len(m.hosts)+int(m.hostIndex[pop])])
}

// arrivalsOf compiles the arrivals of entry i; key is that of the clientele.
func (m *Model) arrivalsOf(en *entry, i int, key string, ok bool) error {
	c := en.cfg
	if !openKind(c.Kind) {
		return nil
	}
	var at [][]sim.Time
	for _, cl := range c.Clients {
		at = append(at, cl.At)
	}
	more, ok2 := memo.Key(key, i, c.Name, c.PerSecond, c.Total, c.Interarrival, c.Shape, at, m.cfg.Start.UnixNano(), m.cfg.Duration)
	var err error
	en.arrivals, err = keep(arrivalsOfEntry, more, ok && ok2, func() (*workload.Arrivals, error) {
		places := make([]workload.Place, en.ownPlaces)
		for i := range places {
			places[i] = workload.Place{Weight: en.weights[i], TZ: m.origin[i].TZ}
		}
		return workload.NewArrivals(*c, places, m.cfg.Start, m.cfg.Duration)
	})
	return err
}

// orEven is the weights, or equal ones where all are 0.
func orEven(weights []float64) []float64 {
	for _, w := range weights {
		if w > 0 {
			return weights
		}
	}
	even := make([]float64, len(weights))
	for i := range even {
		even[i] = 1
	}
	return even
}
