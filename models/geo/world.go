package geo

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"berth/data"
	"berth/sim/memo"
)

// Options choose what a World is made of. The zero value is the default world: the 309 PoPs of the global network.
type Options struct {
	China          bool     // add the partner-run PoPs in mainland China
	Pops           []string // use only these PoPs, by code (those in China may be named without China being set)
	NoNetwork      bool     // every round trip takes 0 ms; distances and nearness stay
	AllOperational bool     // ignore observed status: every PoP takes client traffic

	// Egress overrides the egress region of countries, by ISO 3166-1 alpha-2 code; the tables' own map is an inference.
	Egress map[string]data.EgressRegion
}

// maxReroutedShare is how often a PoP may have been seen re-routed and still take client traffic (grade I;
// Options.AllOperational). Maintenance does not count: it concerns parts of a site, and LIS, in maintenance in every snapshot,
// hosted new objects in every one of them.
const maxReroutedShare = 0.5

// PoP is a point of presence in use.
type PoP struct {
	IATA        string
	City        string
	Country     string // ISO 3166-1 alpha-2
	CountryName string
	Point       Point
	Region      Region
	Egress      data.EgressRegion
	Net         NetRegion
	China       bool
	DOHost      bool // may create Durable Objects
	Operational bool // takes client traffic
}

// World is the set of places a simulation plays in. It does not change once built.
type World struct {
	PoPs    []PoP // in order of their code; every index in this package is into it
	Network *Network

	noNetwork bool
	index     map[string]int
	country   map[string]data.Country
	vectors   []vector
	rtt       []float32 // dense, PoP x PoP, ms
	operating []int32   // PoPs that take client traffic

	order  func() []int16          // dense, PoP x PoP: PoPs by distance
	cities func() []Origin         // clients by city
	smart  []func() []int16        // per object PoP: best Worker PoP of each city
	cityMs func() []float32        // dense, city x PoP, ms
	metres []func() []int32        // per PoP: distance to each city
	names  func() *marketIndex     // what a market may be called
	hosts  func() ([]int, error)   // the default container hosts
	filled *memo.Table[int, []int] // hosts by their number, see fillHosts
	object *memo.Table[DOSpec, objectDraws]
}

// maxSpecs bounds how many answers to a question about hosts or objects a World
// keeps.
const maxSpecs = 50

// Default returns the default world, built once. It fails only if the embedded tables contradict each other.
func Default() (*World, error) { return defaultWorld() }

var defaultWorld = sync.OnceValues(func() (*World, error) { return NewWorld(Options{}) })

// NewWorld builds a world. Unknown PoP codes are reported all at once.
func NewWorld(opts Options) (*World, error) {
	network, err := NewNetwork()
	if err != nil {
		return nil, err
	}
	w := &World{Network: network, noNetwork: opts.NoNetwork, index: make(map[string]int), country: make(map[string]data.Country)}
	for _, c := range data.Countries() {
		if e, ok := opts.Egress[c.ISO2]; ok {
			c.Egress = e
		}
		w.country[c.ISO2] = c
	}
	if err := w.checkEgress(opts.Egress); err != nil {
		return nil, err
	}
	chosen, err := choosePops(opts)
	if err != nil {
		return nil, err
	}
	if err := w.addPops(chosen, opts); err != nil {
		return nil, err
	}
	w.fillRTT()
	w.lazy()
	return w, nil
}

// checkEgress reports every country or region of an egress map that does not exist.
func (w *World) checkEgress(overrides map[string]data.EgressRegion) error {
	var errs []error
	for _, code := range slices.Sorted(maps.Keys(overrides)) {
		if _, ok := w.country[code]; !ok {
			errs = append(errs, unknown("country", code, w.countryCodes()))
		}
		switch e := overrides[code]; e {
		case data.EgressNAEU, data.EgressOCKR, data.EgressOther:
		default:
			known := []string{string(data.EgressNAEU), string(data.EgressOCKR), string(data.EgressOther)}
			errs = append(errs, fmt.Errorf("country %s: %w", code, unknown("egress region", string(e), known)))
		}
	}
	return errors.Join(errs...)
}

// choosePops returns the rows of the PoPs in use.
func choosePops(opts Options) ([]data.Pop, error) {
	all := data.Pops()
	if opts.Pops == nil {
		return slices.DeleteFunc(all, func(p data.Pop) bool { return p.China && !opts.China }), nil
	}
	codes := make([]string, len(all))
	for i, p := range all {
		codes[i] = p.IATA
	}
	want := make(map[string]bool)
	var errs []error
	for _, code := range opts.Pops {
		code = strings.ToUpper(code)
		if !slices.Contains(codes, code) {
			errs = append(errs, unknown("PoP", code, codes))
		}
		want[code] = true
	}
	if len(want) == 0 {
		errs = append(errs, errors.New("the list of PoPs is empty: name at least one, or leave it out for all"))
	}
	return slices.DeleteFunc(all, func(p data.Pop) bool { return !want[p.IATA] }), errors.Join(errs...)
}

// addPops fills the PoPs and their index.
func (w *World) addPops(chosen []data.Pop, opts Options) error {
	rerouted := make(map[string]bool)
	for _, s := range data.PopStatuses() {
		rerouted[s.IATA] = s.Rerouted > maxReroutedShare
	}
	for i, p := range chosen {
		at := Point{p.Lat, p.Lon}
		c, ok := w.country[p.Country]
		if !ok {
			return fmt.Errorf("PoP %s: unknown country %q", p.IATA, p.Country)
		}
		net, err := netRegionOf(p.NetRegion, at)
		if err != nil {
			return fmt.Errorf("PoP %s: %w", p.IATA, err)
		}
		if e, ok := opts.Egress[p.Country]; ok {
			p.Egress = e
		}
		w.PoPs = append(w.PoPs, PoP{
			IATA: p.IATA, City: p.City, Country: p.Country, CountryName: c.Name, Point: at, Region: popRegion(p, c), Egress: p.Egress,
			Net: net, China: p.China, DOHost: p.DOHost, Operational: !rerouted[p.IATA] || opts.AllOperational,
		})
		w.index[p.IATA] = i
		w.vectors = append(w.vectors, at.vector())
	}
	w.keepSomethingRunning()
	for i, p := range w.PoPs {
		if p.Operational {
			w.operating = append(w.operating, int32(i))
		}
	}
	return nil
}

// keepSomethingRunning makes a hand-picked world usable: if none of its PoPs takes client traffic, or none hosts objects, all do.
func (w *World) keepSomethingRunning() {
	if !slices.ContainsFunc(w.PoPs, func(p PoP) bool { return p.Operational }) {
		for i := range w.PoPs {
			w.PoPs[i].Operational = true
		}
	}
	if !slices.ContainsFunc(w.PoPs, func(p PoP) bool { return p.DOHost }) {
		for i := range w.PoPs {
			w.PoPs[i].DOHost = true
		}
	}
}

// fillRTT computes the dense table of round trips between PoPs.
func (w *World) fillRTT() {
	n := len(w.PoPs)
	w.rtt = make([]float32, n*n)
	if w.noNetwork {
		return
	}
	for a := range n {
		w.rtt[a*n+a] = samePoPms
		for b := range a {
			ms := float32(w.Network.PopPopMs(w.Km(a, b), w.PoPs[a].Net, w.PoPs[b].Net))
			w.rtt[a*n+b], w.rtt[b*n+a] = ms, ms
		}
	}
}

// lazy sets up what is computed at first use; each is computed once and then only read.
func (w *World) lazy() {
	w.order = sync.OnceValue(w.sortByDistance)
	w.cities = sync.OnceValue(w.cityOrigins)
	w.cityMs = sync.OnceValue(w.cityTable)
	w.names = sync.OnceValue(w.indexMarkets)
	w.filled = memo.New[int, []int](maxSpecs)
	w.object = memo.New[DOSpec, objectDraws](maxSpecs)
	w.hosts = sync.OnceValues(func() ([]int, error) { return w.ContainerHosts(HostSpec{}) })
	w.lazyMetres()
	w.smart = make([]func() []int16, len(w.PoPs))
	for do := range w.smart {
		w.smart[do] = sync.OnceValue(func() []int16 { return w.smartByCity(do) })
	}
}

// Index returns the index of a PoP by its code.
func (w *World) Index(iata string) (int, bool) {
	i, ok := w.index[strings.ToUpper(iata)]
	return i, ok
}

// Indices returns the indices of PoPs by code, in ascending order without repeats; unknown codes are reported all at once.
func (w *World) Indices(codes []string) ([]int, error) {
	var out []int
	var errs []error
	for _, c := range codes {
		if i, ok := w.Index(c); ok {
			out = append(out, i)
		} else {
			errs = append(errs, unknown("PoP", c, w.codes()))
		}
	}
	slices.Sort(out)
	return slices.Compact(out), errors.Join(errs...)
}

func (w *World) codes() []string {
	codes := make([]string, len(w.PoPs))
	for i, p := range w.PoPs {
		codes[i] = p.IATA
	}
	return codes
}

// Country returns a country's row by its ISO 3166-1 alpha-2 code.
func (w *World) Country(iso2 string) (data.Country, bool) {
	c, ok := w.country[iso2]
	return c, ok
}

// Km returns the great-circle distance between two PoPs.
func (w *World) Km(a, b int) float64 { return DistanceKm(w.PoPs[a].Point, w.PoPs[b].Point) }

// RTT returns the round trip between two PoPs in ms: 0.5 within one, else 4 + stretch x km / 100; 0 without a network.
func (w *World) RTT(a, b int) float32 { return w.rtt[a*len(w.PoPs)+b] }

// RTTRow returns the round trips from one PoP to each in ms. It must not be changed.
func (w *World) RTTRow(a int) []float32 {
	n := len(w.PoPs)
	return w.rtt[a*n : (a+1)*n : (a+1)*n]
}

// ClientRTT returns the round trip in ms from a client at a place in a network region to a PoP.
func (w *World) ClientRTT(p Point, net NetRegion, pop int) float32 {
	if w.noNetwork {
		return 0
	}
	return float32(w.Network.ClientPopMs(DistanceKm(p, w.PoPs[pop].Point), net, w.PoPs[pop].Net))
}
