package edge

import (
	"errors"
	"math"
	"slices"

	"berth/models/geo"
	"berth/models/workload"
	"berth/sim/dist"
)

// demandOf resolves the markets and clients of an entry.
func (m *Model) demandOf(en *entry) error {
	cities := m.World.Cities()
	if len(m.origin) == 0 {
		m.origin = append(m.origin, cities...)
	}
	c := en.cfg
	if len(c.Markets) > 0 || len(c.Clients) == 0 {
		w, err := m.World.Demand(c.Markets)
		if err != nil {
			return err
		}
		en.weights = append(en.weights, w...)
	} else {
		en.weights = make([]float64, len(cities))
	}
	// Weights of markets sum to 1 beside the clients' own.
	if len(c.Clients) > 0 {
		en.weights = append(en.weights, make([]float64, len(m.origin)-len(en.weights))...)
	}
	for _, cl := range c.Clients {
		o, err := m.World.OriginAt(cl.Name, "", geo.Point{Lat: cl.Lat, Lon: cl.Lon})
		if err != nil {
			return err
		}
		en.fixed = append(en.fixed, int32(len(m.origin)))
		m.origin = append(m.origin, o)
		w := cl.Weight
		if w == 0 && len(cl.At) == 0 {
			w = 1
		}
		en.weights = append(en.weights, w)
	}
	en.ownPlaces = len(en.weights)
	return nil
}

// compilePlaces builds the table of client places, the arrival processes and the
// distances.
func (m *Model) compilePlaces() error {
	total := make([]float64, len(m.origin))
	for _, en := range m.entries {
		en.weights = append(en.weights, make([]float64, len(m.origin)-len(en.weights))...)
		sum := 0.0
		for _, w := range en.weights {
			sum += w
		}
		for i, w := range en.weights {
			if sum > 0 {
				total[i] += w / sum
			}
		}
	}
	spec := geo.DefaultAnycast()
	spec.Share = m.cfg.Network.ReroutedShare
	any, err := m.World.NewAnycast(m.origin, total, spec)
	if err != nil {
		return err
	}
	m.places = make([]place, len(m.origin))
	for i := range m.origin {
		m.places[i] = m.placeOf(i, any)
	}
	m.measure(total)
	var errs []error
	for _, en := range m.entries {
		errs = append(errs, m.arrivalsOf(en))
	}
	return errors.Join(errs...)
}

func (m *Model) placeOf(i int, any *geo.Anycast) place {
	o := &m.origin[i]
	pops, cum := any.Row(i)
	p := place{region: uint8(o.Region), single: cum[0] >= 1}
	for k := range p.pops {
		p.pops[k], p.rtt[k] = int16(pops[k]), int32(float64(o.NearRTTms[k])*1e6)
		if k < len(p.below) {
			p.below[k] = uint32(math.Min(float64(cum[k])*(1<<32), 1<<32-1))
		}
	}
	if c, ok := m.World.Country(o.Country); ok {
		p.egress = m.egressOf(o.Country, c.Egress)
	}
	return p
}

// measure fills in the distances from every place with demand to every host.
func (m *Model) measure(demand []float64) {
	n, cities := len(m.hosts), m.World.Cities()
	m.distance = make([]int32, len(m.origin)*n)
	asked := slices.ContainsFunc(demand[:len(cities)], func(d float64) bool { return d > 0 })
	for k, h := range m.hosts {
		if asked {
			for i, metres := range m.World.CityMetres(int(h)) {
				m.distance[i*n+k] = metres
			}
		}
		for i := len(cities); i < len(m.origin); i++ {
			m.distance[i*n+k] = int32(geo.DistanceKm(m.origin[i].Point, m.World.PoPs[h].Point) * 1000)
		}
	}
}

func (m *Model) metres(place int32, pop int16) int64 {
	return int64(m.distance[int(place)*len(m.hosts)+int(m.hostIndex[pop])])
}

func (m *Model) arrivalsOf(en *entry) error {
	var err error
	if en.places, err = dist.NewAlias(en.weightsOrEven()); err != nil {
		return err
	}
	if !openKind(en.cfg.Kind) {
		return nil
	}
	places := make([]workload.Place, en.ownPlaces)
	for i := range places {
		places[i] = workload.Place{Weight: en.weights[i], TZ: m.origin[i].TZ}
	}
	en.arrivals, err = workload.NewArrivals(*en.cfg, places, m.cfg.Start, m.cfg.Duration)
	return err
}

func (en *entry) weightsOrEven() []float64 {
	for _, w := range en.weights {
		if w > 0 {
			return en.weights
		}
	}
	even := make([]float64, len(en.weights))
	for i := range even {
		even[i] = 1
	}
	return even
}
