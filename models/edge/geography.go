package edge

import (
	"math"

	"berth/data"
	"berth/models/billing"
	"berth/models/geo"
	"berth/sim/rng"
)

// geography prepares PoPs, round trips and hosts.
func (m *Model) geography() error {
	n := &m.cfg.Network
	var err error
	switch {
	case !n.China && !n.None:
		m.World, err = geo.Default()
	case !n.China:
		m.World, err = noNetwork()
	default:
		m.World, err = geo.NewWorld(geo.Options{China: n.China, NoNetwork: n.None})
	}
	if err != nil {
		return err
	}
	w := m.World
	m.pops = len(w.PoPs)
	m.rtt = make([]int32, m.pops*m.pops)
	m.jitter = n.Jitter
	if n.None {
		m.jitter = 0
	}
	m.popRegion = make([]uint8, m.pops)
	m.popEgress = make([]billing.Egress, m.pops)
	m.hostIndex = make([]int16, m.pops)
	m.order = make([][]int16, m.pops)
	m.hostOrder = make([][]int16, m.pops)
	for r := geo.Region(0); r < geo.NumRegions; r++ {
		m.regions = append(m.regions, r.String())
	}
	for a := range w.PoPs {
		for b, ms := range w.RTTRow(a) {
			m.rtt[a*m.pops+b] = int32(float64(ms) * 1e6)
		}
		m.popRegion[a] = uint8(w.PoPs[a].Region)
		m.popEgress[a] = m.egressOf(w.PoPs[a].Country, w.PoPs[a].Egress)
		m.order[a] = w.Order(a)
		m.hostIndex[a] = -1
	}
	m.fillJitter()
	m.objectHops()
	return m.findHosts()
}

// jitterBits is the size of the table of jitter quantiles.
const jitterBits = 10

// fillJitter tabulates the exponential jitter at the middle of equal steps of
// probability, scaled so that its mean is exact.
func (m *Model) fillJitter() {
	sum := 0.0
	for k := range m.jitterQ {
		sum += -math.Log1p(-(float64(k) + 0.5) / (1 << jitterBits))
	}
	for k := range m.jitterQ {
		m.jitterQ[k] = float32(m.jitter * -math.Log1p(-(float64(k)+0.5)/(1<<jitterBits)) * (1 << jitterBits) / sum)
	}
}

// drawJitter draws the jitter of the three hops of a request from one word, as
// shares of their round trips.
func (m *Model) drawJitter(r *rng.Stream) [3]float32 {
	w := r.Uint64()
	const mask = 1<<jitterBits - 1
	return [3]float32{m.jitterQ[w>>(64-jitterBits)], m.jitterQ[w>>(64-2*jitterBits)&mask], m.jitterQ[w>>(64-3*jitterBits)&mask]}
}

// objectHops is the part of the table of round trips that every request needs.
func (m *Model) objectHops() {
	m.doIdx = make([]int16, m.pops)
	var hosts []int
	for p := range m.World.PoPs {
		m.doIdx[p] = -1
		if m.World.PoPs[p].DOHost {
			m.doIdx[p] = int16(len(hosts))
			hosts = append(hosts, p)
		}
	}
	m.doN = len(hosts)
	m.toDO = make([]int32, m.pops*m.doN)
	for a := range m.pops {
		for k, h := range hosts {
			m.toDO[a*m.doN+k] = m.rtt[a*m.pops+h]
		}
	}
}

// egressOf is the egress pool of a country: the scenario's own map before the
// table.
func (m *Model) egressOf(country string, table data.EgressRegion) billing.Egress {
	return egressPool(data.EgressRegion(m.cfg.EgressMap.Region(country, string(table))))
}

func egressPool(r data.EgressRegion) billing.Egress {
	switch r {
	case data.EgressNAEU:
		return billing.NAEU
	case data.EgressOCKR:
		return billing.OceaniaKRTW
	}
	return billing.Other
}

// findHosts fixes which PoPs run containers.
func (m *Model) findHosts() error {
	h := &m.cfg.Hosts
	spec := geo.HostSpec{}
	switch h.Mode {
	case "all":
		spec.All = true
	case "list":
		spec.Pops = h.List
	case "share":
		spec.Share = h.Share
	default:
		if h.Count > 0 {
			spec.Count = h.Count
		}
	}
	hosts, err := m.World.ContainerHosts(spec)
	if err != nil {
		return err
	}
	for k, p := range hosts {
		m.hosts = append(m.hosts, int16(p))
		m.hostIndex[p] = int16(k)
	}
	for a := range m.order {
		for _, p := range m.order[a] {
			if m.hostIndex[p] >= 0 {
				m.hostOrder[a] = append(m.hostOrder[a], p)
			}
		}
	}
	return nil
}
