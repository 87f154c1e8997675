package bench

import (
	"math"

	"berth/models/edge"
	"berth/models/geo"
	"berth/models/instance"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
	"berth/sim/stats"
)

// The floor of a request: its draws through the samplers that the engine uses,
// the look-ups in the tables of places, round trips and objects, one touch of the
// record of its instance, and as many histogram updates as the engine makes. It
// orders nothing, shares no processor and bills nothing. Open traffic has a floor
// of its own, floor_rows.go, since the engine makes fewer updates there.

// floorHistograms is how many histograms a served request is recorded in: the
// latency of the app, of its region and of warm or cold requests, three hops and
// the service. (Waiting times of zero and the sampled distance cost next to
// nothing.)
const floorHistograms = 7

// hub is a client place as the floor sees it.
type hub struct {
	pops   [geo.NearPops]int16
	rtt    [geo.NearPops]int32 // ns
	below  [geo.NearPops]uint32
	region uint8
}

// object is a Durable Object and its instance.
type object struct {
	do, pop int16
	inst    int32
}

// geography holds the tables of a scenario's network.
type geography struct {
	arrivals *workload.Arrivals
	hubs     []hub
	rtt      []int32 // ns, PoP x PoP
	pops     int
	none     bool
	jitter   [1 << 10]float32 // quantiles
}

// newGeography builds the tables of an entry with markets, or of one with a
// single fixed client.
func newGeography(cfg *edge.Config) (*geography, error) {
	world, err := geo.Default()
	if err != nil {
		return nil, err
	}
	entry := cfg.Apps[0].Traffic[0]
	origins, weights := world.Cities(), world.DefaultDemand()
	if len(entry.Clients) > 0 {
		c := entry.Clients[0]
		o, err := world.OriginAt(c.Name, "", geo.Point{Lat: c.Lat, Lon: c.Lon})
		if err != nil {
			return nil, err
		}
		origins, weights = []geo.Origin{o}, []float64{1}
	}
	spec := geo.DefaultAnycast()
	spec.Share = cfg.Network.ReroutedShare
	anycast, err := world.NewAnycast(origins, weights, spec)
	if err != nil {
		return nil, err
	}
	g := &geography{pops: len(world.PoPs), none: cfg.Network.None, hubs: make([]hub, len(origins))}
	places := make([]workload.Place, len(origins))
	for i, o := range origins {
		places[i] = workload.Place{Weight: weights[i], TZ: o.TZ}
		pops, cumulative := anycast.Row(i)
		h := hub{region: uint8(o.Region)}
		for k := range h.pops {
			h.pops[k], h.rtt[k] = int16(pops[k]), int32(o.NearRTTms[k]*1e6)
			h.below[k] = uint32(min(float64(cumulative[k])*(1<<32), 1<<32-1))
		}
		g.hubs[i] = h
	}
	for p := range world.PoPs {
		for _, ms := range world.RTTRow(p) {
			if g.none {
				ms = 0
			}
			g.rtt = append(g.rtt, int32(float64(ms)*1e6))
		}
	}
	for k := range g.jitter {
		g.jitter[k] = float32(-cfg.Network.Jitter * math.Log1p(-(float64(k)+0.5)/float64(len(g.jitter))))
	}
	g.arrivals, err = workload.NewArrivals(entry, places, cfg.Start, cfg.Duration)
	return g, err
}

// worker draws the Worker's PoP of a client place and looks up its round trip.
func (g *geography) worker(place int32, word uint64) (h *hub, pop int16, rtt int32) {
	h = &g.hubs[place]
	k := 0
	for u := uint32(word >> 32); k < len(h.below)-1 && u >= h.below[k]; {
		k++
	}
	return h, h.pops[k], h.rtt[k]
}

// jittered adds the jitter to three round trips.
func (g *geography) jittered(word uint64, cw, wd, dc int32) (int32, int32, int32) {
	const bits, mask = 10, 1<<10 - 1
	return cw + int32(g.jitter[word&mask]*float32(cw)), wd + int32(g.jitter[word>>bits&mask]*float32(wd)), dc + int32(g.jitter[word>>(2*bits)&mask]*float32(dc))
}

// laws are the samplers of a request's work; nil where there is none.
type laws struct {
	cpu, io, bytes *dist.Sampler
}

func newLaws(w *edge.Work) laws {
	compile := func(d dist.Dist, scale float64) *dist.Sampler {
		if d == nil {
			return nil
		}
		return dist.Compile(d, scale)
	}
	return laws{compile(w.CPU, 1e9), compile(w.IO, 1e9), compile(w.Response, 1)}
}

// streams are one stream for each purpose.
type streams struct {
	gap, place, network, key, cpu, io, bytes rng.Stream
}

func newStreams(seed uint64) streams {
	s := func(purpose uint64) rng.Stream { return rng.Derive(seed, purpose) }
	return streams{s(1), s(2), s(3), s(4), s(5), s(6), s(7)}
}

// ledger is what requests are recorded in.
type ledger struct {
	hist   [floorHistograms]stats.Histogram
	egress stats.Sum128
	sum    uint64
}

// record makes the histogram updates of one request.
func (l *ledger) record(latency sim.Time, parts *[4]int64) {
	for p, v := range parts {
		l.hist[p].Record(v)
	}
	for p := len(parts); p < floorHistograms; p++ {
		l.hist[p].Record(int64(latency))
	}
	l.sum += uint64(latency)
}

// touch is the one visit to the record of an instance.
func touch(in *instance.Instance, at sim.Time) {
	in.LastFinish = max(in.LastFinish, at)
	in.Requests++
}

// openFloor is the floor of open traffic that is routed by key or to a pool.
func openFloor(cfg *edge.Config) (func(int64) uint64, error) {
	g, err := newGeography(cfg)
	if err != nil {
		return nil, err
	}
	a := &cfg.Apps[0]
	n := max(1, a.Route.Keys)
	if a.Route.By == "pool" {
		n = int(a.Traffic[0].PerSecond*10) + 10 // about five times those in use
	}
	var keys *dist.Alias
	if a.Route.Alpha > 0 {
		if keys, err = dist.NewAlias(dist.ZipfWeights(n, a.Route.Alpha)); err != nil {
			return nil, err
		}
	}
	f := &rows{g: g, work: newLaws(&a.Work), keys: keys, pool: a.Route.By == "pool",
		objects: make([]laneObject, n), lanes: make([]instance.Lane, awake(cfg, n))}
	f.scatter()
	return f.run, nil
}

// awake is how many of n instances are awake at once, roughly: no more than are
// asked for within the time one stays awake.
func awake(cfg *edge.Config, n int) int {
	a := &cfg.Apps[0]
	if a.Route.By == "pool" || a.SleepAfter == sim.Never {
		return n
	}
	rate := max(a.Traffic[0].PerSecond, a.Traffic[0].Total/cfg.Duration.Seconds())
	return min(n, int(rate*(a.SleepAfter.Seconds()+1))+1)
}

// open is the floor of requests that come one by one, of a trace.
type open struct {
	g       *geography
	work    laws
	objects []object
	insts   []instance.Instance
}

// scatter puts the objects and their instances anywhere.
func (f *open) scatter() {
	r := rng.Derive(1, 99)
	for i := range f.objects {
		f.objects[i] = object{do: int16(r.IntN(f.g.pops)), pop: int16(r.IntN(f.g.pops)), inst: int32(r.IntN(len(f.insts)))}
	}
}

func (f *open) request(s *streams, l *ledger, at sim.Time, place, id int32) {
	word := s.network.Uint64()
	h, worker, cw := f.g.worker(place, word)
	var cpu, io, bytes int64
	if f.work.cpu != nil {
		cpu = f.work.cpu.Int64(&s.cpu)
	}
	if f.work.io != nil {
		io = f.work.io.Int64(&s.io)
	}
	if f.work.bytes != nil {
		bytes = f.work.bytes.Int64(&s.bytes)
	}
	o := &f.objects[id]
	wd := f.g.rtt[int(worker)*f.g.pops+int(o.do)]
	dc := f.g.rtt[int(o.do)*f.g.pops+int(o.pop)]
	cw, wd, dc = f.g.jittered(word, cw, wd, dc)
	latency := sim.Time(cw) + sim.Time(wd) + sim.Time(dc) + sim.Time(cpu+io)
	touch(&f.insts[o.inst], at+latency)
	l.egress.Add(uint64(bytes))
	parts := [4]int64{int64(cw), int64(wd), int64(dc), cpu + io}
	l.record(latency, &parts)
	l.sum += uint64(h.region)
}
