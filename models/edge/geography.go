package edge

import (
	"math"

	"berth/data"
	"berth/models/billing"
	"berth/models/geo"
	"berth/models/platform"
	"berth/sim/memo"
)

// geography is what a scenario takes from the map: PoPs, round trips and hosts.
// It is shared by every scenario with the same network, hosts and egress map,
// and nothing of it changes.
type geography struct {
	World   *geo.World
	pops    int
	rtt     []int32 // ns, PoP x PoP
	toDO    []int32 // ns, PoP x Durable Object host: a small table that stays in the cache
	doIdx   []int16 // by PoP: column of toDO, -1 when it hosts no objects
	doN     int
	jitter  float64
	jitterQ [1 << jitterBits]float32 // quantiles of the jitter

	hosts     []int16
	hostIndex []int16   // by PoP: its index in hosts, or -1
	hostOrder [][]int16 // by PoP: container hosts, nearest first
	order     [][]int16 // by PoP: all PoPs, nearest first
	popRegion []uint8
	popEgress []billing.Egress
	regions   []string
	egress    platform.EgressMap
	// hostMetres are the distances in metres from every city to every host, city
	// x host, computed when first asked for.
	hostMetres func() []int32
}

// maxGeographies bounds how many geographies are kept, up to 2 MB each.
const maxGeographies = 4

var geographies = memo.New[string, found[*geography]](maxGeographies)

// found is a result that is kept, or why there is none.
type found[T any] struct {
	it  T
	err error
}

// keep returns the result kept for an equal key, or makes it; what has no key is
// made each time.
func keep[T any](t *memo.Table[string, found[T]], key string, ok bool, compute func() (T, error)) (T, error) {
	get := func() found[T] {
		it, err := compute()
		return found[T]{it, err}
	}
	if !ok {
		f := get()
		return f.it, f.err
	}
	f := t.Get(key, get)
	return f.it, f.err
}

// geographyOf is the geography of a scenario and its key.
func geographyOf(cfg *Config) (*geography, string, error) {
	n, h := &cfg.Network, &cfg.Hosts
	key, ok := memo.Key(n.None, n.China, n.Jitter, h.Mode, h.List, h.Share, h.Count, cfg.EgressMap)
	g, err := keep(geographies, key, ok, func() (*geography, error) { return newGeography(n, h, cfg.EgressMap) })
	return g, key, err
}

func newGeography(n *Network, h *Hosts, egress platform.EgressMap) (*geography, error) {
	g := &geography{egress: egress}
	var err error
	switch {
	case !n.China && !n.None:
		g.World, err = geo.Default()
	case !n.China:
		g.World, err = noNetwork()
	default:
		g.World, err = geo.NewWorld(geo.Options{China: n.China, NoNetwork: n.None})
	}
	if err != nil {
		return nil, err
	}
	w := g.World
	g.pops = len(w.PoPs)
	g.rtt = make([]int32, g.pops*g.pops)
	g.jitter = n.Jitter
	if n.None {
		g.jitter = 0
	}
	g.popRegion = make([]uint8, g.pops)
	g.popEgress = make([]billing.Egress, g.pops)
	g.order = make([][]int16, g.pops)
	for r := geo.Region(0); r < geo.NumRegions; r++ {
		g.regions = append(g.regions, r.String())
	}
	for a := range w.PoPs {
		for b, ms := range w.RTTRow(a) {
			g.rtt[a*g.pops+b] = int32(float64(ms) * 1e6)
		}
		g.popRegion[a] = uint8(w.PoPs[a].Region)
		g.popEgress[a] = g.egressOf(w.PoPs[a].Country, w.PoPs[a].Egress)
		g.order[a] = w.Order(a)
	}
	g.fillJitter()
	g.objectHops()
	if err := g.findHosts(h); err != nil {
		return nil, err
	}
	g.hostMetres = onceMetres(g)
	return g, nil
}

// jitterBits is the size of the table of jitter quantiles.
const jitterBits = 10

// fillJitter tabulates the exponential jitter at the middle of equal steps of
// probability, scaled so that its mean is exact.
func (g *geography) fillJitter() {
	sum := 0.0
	for k := range g.jitterQ {
		sum += -math.Log1p(-(float64(k) + 0.5) / (1 << jitterBits))
	}
	for k := range g.jitterQ {
		g.jitterQ[k] = float32(g.jitter * -math.Log1p(-(float64(k)+0.5)/(1<<jitterBits)) * (1 << jitterBits) / sum)
	}
}

// jitters are the jitters of the three hops of a request, as shares of their
// round trips. They come from the low half of the word whose high half chooses
// the Worker.
func (g *geography) jitters(word uint64) (cw, wd, dc float32) {
	const mask = 1<<jitterBits - 1
	return g.jitterQ[word&mask], g.jitterQ[word>>jitterBits&mask], g.jitterQ[word>>(2*jitterBits)&mask]
}

// prolonged is a round trip in ns that takes longer by a share of itself, and no
// longer than 2.1 s, which is what it can hold.
func prolonged(ns int32, share float32) int32 {
	return int32(min(int64(ns)+int64(float32(ns)*share), math.MaxInt32))
}

// objectHops is the part of the table of round trips that every request needs.
func (g *geography) objectHops() {
	g.doIdx = make([]int16, g.pops)
	var hosts []int
	for p := range g.World.PoPs {
		g.doIdx[p] = -1
		if g.World.PoPs[p].DOHost {
			g.doIdx[p] = int16(len(hosts))
			hosts = append(hosts, p)
		}
	}
	g.doN = len(hosts)
	g.toDO = make([]int32, g.pops*g.doN)
	for a := range g.pops {
		for k, h := range hosts {
			g.toDO[a*g.doN+k] = g.rtt[a*g.pops+h]
		}
	}
}

// egressOf is the egress pool of a country: the scenario's own map before the
// table.
func (g *geography) egressOf(country string, table data.EgressRegion) billing.Egress {
	return egressPool(data.EgressRegion(g.egress.Region(country, string(table))))
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
func (g *geography) findHosts(h *Hosts) error {
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
	hosts, err := g.World.ContainerHosts(spec)
	if err != nil {
		return err
	}
	g.hostIndex = make([]int16, g.pops)
	for p := range g.hostIndex {
		g.hostIndex[p] = -1
	}
	for k, p := range hosts {
		g.hosts = append(g.hosts, int16(p))
		g.hostIndex[p] = int16(k)
	}
	g.hostOrder = make([][]int16, g.pops)
	for a := range g.order {
		for _, p := range g.order[a] {
			if g.hostIndex[p] >= 0 {
				g.hostOrder[a] = append(g.hostOrder[a], p)
			}
		}
	}
	return nil
}
