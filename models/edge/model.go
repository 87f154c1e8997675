package edge

import (
	"errors"
	"fmt"
	"sync"

	"berth/models/billing"
	"berth/models/geo"
	"berth/models/image"
	"berth/models/instance"
	"berth/models/keepalive"
	"berth/models/placement"
	"berth/models/routing"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
)

// Model is a compiled scenario: tables and samplers that all replications share
// and none changes.
type Model struct {
	cfg *Config
	geography
	clientele

	apps       []app
	entries    []*entry
	lanes      bool // some entry's requests pass through lanes
	awakeAll   int  // instances of apps with fixed ids that are awake at once, about
	outageTime *dist.Sampler
}

// place is where clients are, as the hot path sees it.
type place struct {
	pops   [geo.NearPops]int16
	rtt    [geo.NearPops]int32
	below  [geo.NearPops - 1]uint32 // cumulative shares of 2^32
	single bool
	region uint8
	egress billing.Egress
}

// app is a compiled App.
type app struct {
	cfg   *App
	index int32
	spec  instance.Spec
	route routeKind
	pick  routing.Pick

	routeAtWorker bool
	keys          *dist.Alias
	fixedIDs      int
	room          int // autoscale: requests an instance takes before the next one is asked
	smart         bool
	nearDO        bool
	do            *geo.DOPlacement

	policy      placement.Entry
	policyDraws bool // it may use its random stream
	steady      steadiness
	allowed     []bool
	marketRTT   []float64
	prepared    []int32 // by PoP at the start; nil = unlimited
	have        []sim.Time
	prefetch    image.Prefetch

	keep         keepalive.Policy // nil: fixed, which takes a shorter way
	keepSettings keepalive.Settings

	platform, init, wake, shutdown, refill, backoff *dist.Sampler
	pullTime                                        sim.Time
	unpackRatioPct                                  int64
	memBytes                                        int64
	retries                                         int
	seesRefusal                                     bool // somebody acts on a refusal by a full queue
	backend                                         *backend
	catalogue                                       *dist.Alias
	catalogueBase                                   int32
	warmN                                           int
	warmAt                                          int16
	demandPops                                      *dist.Alias
	foresees, startsDrawn                           bool // see compileForeseen
	minRegions                                      []uint8
	minRegion                                       []uint8
	touchFrom                                       []int16
	touchCPU                                        []*dist.Sampler
	laneGuests                                      uint8 // most guests of a lane; 0 = no lanes
	laneBytes                                       bool  // some guests' answers have bytes
	loneRate, alarmRate                             instance.Rate
	solo                                            bool       // sessions of some entry are simulated ahead
	disturbed                                       []sim.Time // known moments at which something looks at instances from outside
}

// backend is a compiled Backend.
type backend struct {
	cfg       *Backend
	calls     *dist.Sampler
	bytes     *dist.Sampler
	nsPerByte float64
	rtt       []int32 // ns, by container PoP
	perCall   int     // round trips a call takes
}

// entry is a compiled traffic entry.
type entry struct {
	cfg      *workload.Config
	app      int32
	arrivals *workload.Arrivals
	market
	asSession  bool
	keyed      bool // open requests to fixed ids: the id is drawn with the arrival
	oneWorker  bool // each of its places has one Worker, so that none is drawn
	lanes      bool // they may pass through the lanes of their instances
	solo       bool // its sessions may be simulated ahead
	perSession *dist.Sampler
	think, gap *dist.Sampler
	length     *dist.Sampler
	duration   *dist.Sampler
	msgCPU     *dist.Sampler
	msgBytes   *dist.Sampler
	work       struct{ cpu, io, mem, bytes *dist.Sampler }
}

// Extra are policies from outside the project, beside the tables Policies of
// models/placement, models/image and models/keepalive.
type Extra struct {
	Placement []placement.Entry
	Prefetch  []image.Entry
	KeepAlive []keepalive.Entry
}

func (x *Extra) add(more Extra) {
	x.Placement = append(x.Placement, more.Placement...)
	x.Prefetch = append(x.Prefetch, more.Prefetch...)
	x.KeepAlive = append(x.KeepAlive, more.KeepAlive...)
}

// scales from a law's unit to the engine's.
const (
	perSecond = 1e9
	perVCPUs  = 1e9 * 1024
)

// Compile builds the tables of a scenario. Its apps may name the policies of
// cfg.Policies and of extra. All problems are reported at once.
func Compile(cfg *Config, extra ...Extra) (*Model, error) {
	m := &Model{cfg: cfg}
	var ex Extra
	ex.add(cfg.Policies)
	for _, x := range extra {
		ex.add(x)
	}
	g, key, err := geographyOf(cfg)
	if err != nil {
		return nil, err
	}
	m.geography = *g
	for i := range cfg.Apps {
		m.compileEntries(i)
	}
	if err := m.demand(key); err != nil {
		return nil, err
	}
	var errs []error
	for i := range cfg.Apps {
		a, err := m.compileApp(i, ex)
		if err != nil {
			err = fmt.Errorf("apps.%s: %w", cfg.Apps[i].Name, err)
		}
		errs = append(errs, err)
		m.apps = append(m.apps, a)
	}
	if cfg.Outages.PoPPerHour > 0 {
		m.outageTime = sampler(cfg.Outages.PoPDuration, perSecond)
		if m.outageTime == nil {
			m.outageTime = dist.Compile(constant(3600), perSecond)
		}
	}
	err = errors.Join(errs...)
	if err == nil {
		m.compileLanes()
		m.compileSolo()
	}
	return m, err
}

// PlaceName names a client place of a request log: a city, or what the scenario
// calls a client; "" where a request has none.
func (m *Model) PlaceName(place int32) string {
	if place < 0 || int(place) >= len(m.origin) {
		return ""
	}
	return m.origin[place].Name
}

// Config is the scenario that was compiled.
func (m *Model) Config() *Config { return m.cfg }

func sampler(d dist.Dist, scale float64) *dist.Sampler {
	if d == nil {
		return nil
	}
	return dist.Compile(d, scale)
}

// or is a sampler of d, or of 0 when there is none.
func orZero(d dist.Dist, scale float64) *dist.Sampler {
	if d == nil {
		return dist.Compile(constant(0), scale)
	}
	return dist.Compile(d, scale)
}

// noNetwork is the map in which every hop takes no time, built once.
var noNetwork = sync.OnceValues(func() (*geo.World, error) { return geo.NewWorld(geo.Options{NoNetwork: true}) })

// compileEntries compiles the traffic of an app.
func (m *Model) compileEntries(ai int) {
	a := &m.cfg.Apps[ai]
	for k := range a.Traffic {
		c := &a.Traffic[k]
		en := &entry{cfg: c, app: int32(ai)}
		m.entries = append(m.entries, en)
		pick := func(own, app dist.Dist) dist.Dist {
			if own != nil {
				return own
			}
			return app
		}
		en.work.cpu = nonZero(pick(c.CPU, a.Work.CPU), perVCPUs)
		en.work.io = nonZero(pick(c.IO, a.Work.IO), perSecond)
		en.work.mem = nonZero(pick(c.Memory, a.Work.Memory), 1)
		en.work.bytes = nonZero(pick(c.Response, a.Work.Response), 1)
		en.perSession = sampler(c.RequestsPerSession, 1)
		en.think, en.gap = sampler(c.Think, perSecond), sampler(c.Gap, perSecond)
		en.length = sampler(c.Length, perSecond)
		en.duration = sampler(c.Duration, perSecond)
		en.msgCPU, en.msgBytes = sampler(c.MessageCPU, perVCPUs), sampler(c.MessageBytes, 1)
		if c.Kind == workload.Population {
			en.think = sampler(c.Off, perSecond)
			en.length = sampler(c.Up, perSecond)
		}
		r := routes[a.Route.By]
		en.asSession = a.End != EndSleep && (r == routeSession || r == routePerRequest) && (c.Kind == workload.Requests || c.Kind == workload.WebSockets)
		en.keyed = (r == routeKey || r == routeRandomN) && c.Kind == workload.Requests && !en.asSession
	}
}

func nonZero(d dist.Dist, scale float64) *dist.Sampler {
	s := sampler(d, scale)
	if s == nil {
		return nil
	}
	if c, ok := s.IsConstant(); ok && c == 0 {
		return nil
	}
	return s
}

// drawDO draws the PoP of a Durable Object.
func (m *Model) drawDO(a *app, worker int16, r *rng.Stream) int16 {
	return int16(a.do.Pick(int(worker), r.Float64()))
}

// smartWorker is the best Worker PoP for a client and a Durable Object.
func (m *Model) smartWorker(pl int32, do int16) (int16, int32) {
	o := &m.origin[pl]
	pop := int16(0)
	if int(pl) < len(m.World.Cities()) {
		pop = m.World.SmartWorkers(int(do))[pl]
	} else {
		pop = int16(m.World.SmartWorker(*o, int(do), 1))
	}
	return pop, int32(float64(m.World.ClientRTT(o.Point, o.Net, int(pop))) * 1e6)
}

// popDemand is the demand of an app by PoP, from the nearest-PoP assignment.
func (m *Model) popDemand(ai int) []float64 {
	out := make([]float64, m.pops)
	for _, en := range m.entries {
		if int(en.app) != ai {
			continue
		}
		for i, w := range en.weights {
			if w > 0 {
				out[m.places[i].pops[0]] += w
			}
		}
	}
	return out
}

// constant is the law of one number of seconds or bytes, which must not be
// negative.
func constant(v float64) dist.Dist {
	d, err := dist.NewConstant(v, dist.Dimensionless)
	if err != nil {
		panic(err) // a programming error: the value is written above
	}
	return d
}
