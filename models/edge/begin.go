package edge

import (
	"berth/models/image"
	"berth/models/instance"
	"berth/models/result"
	"berth/models/routing"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/rng"
)

// newEngine lays out one replication.
func newEngine(m *Model, replication int) *engine {
	cfg := m.cfg
	e := &engine{m: m, cfg: cfg, rep: replication, seed: rng.Hash(cfg.Seed, uint64(replication)),
		horizon: cfg.Duration, drains: cfg.Drain, warmup: cfg.Warmup, q: sim.NewQueue(), pool: instance.NewPool(), freeSess: instance.None,
		down: make([]bool, m.pops), inUse: make([]int32, m.pops), outages: make([]uint32, m.pops)}
	e.out = &result.Run{Replication: replication, Seed: e.seed, From: cfg.Warmup, To: cfg.Duration, Apps: make([]result.AppRun, len(m.apps))}
	e.pool.Busy = e.busy
	e.pool.Messages = e
	e.pool.HasLanes = m.lanes
	e.free = m.freePlaces()
	e.apps = make([]appState, len(m.apps))
	for i := range m.apps {
		e.newApp(i)
		e.keepAlive(&e.apps[i])
	}
	e.pool.Reserve(m.awakeAll)
	e.entries = make([]entryState, len(m.entries))
	for i, en := range m.entries {
		e.entries[i] = entryState{en: en, d: entryDraws(e.seed, uint64(i)), nextAt: sim.Never, soloDraws: 8}
	}
	return e
}

// freePlaces shares the places of all hosts out by demand; -1 is unlimited.
func (m *Model) freePlaces() []int32 {
	set := make([]bool, m.pops)
	for _, p := range m.hosts {
		set[p] = true
	}
	if m.cfg.Hosts.Places > 0 {
		demand := make([]float64, m.pops)
		for i := range m.apps {
			for p, d := range m.popDemandNear(i, set) {
				demand[p] += d
			}
		}
		return spreadByDemand(m.cfg.Hosts.Places, m.cfg.Hosts.MinPlaces, demand, set)
	}
	free := make([]int32, m.pops)
	for _, p := range m.hosts {
		free[p] = -1
	}
	return free
}

func (e *engine) newApp(i int) {
	m := e.m
	a := &e.apps[i]
	a.m, a.index, a.out = &m.apps[i], int32(i), &e.out.Apps[i]
	a.out.Name = a.m.cfg.Name
	a.out.PartsBy = make([]result.PartSums, coarseBuckets)
	a.regions = make([]result.RegionRun, len(m.regions))
	for r := range a.regions {
		a.regions[r].Region = m.regions[r]
	}
	a.readyIn, a.coming = make([]int32, len(m.regions)), make([]coming, len(m.regions))
	a.startsAt, a.servedAt, a.workerAt = make([]int64, m.pops), make([]int64, m.pops), make([]int64, m.pops)
	a.asked = make([]placeTally, len(m.origin))
	a.newSeries(m.cfg)
	a.sends = make([]sends, len(m.regions))
	if a.m.steady != unsteady {
		a.steadyAt = make([]int16, m.pops)
	}
	if a.m.laneGuests > 0 || a.m.solo {
		e.newTally(a)
	}
	a.prepared = append([]int32(nil), a.m.prepared...)
	a.have = append([]sim.Time(nil), a.m.have...)
	a.poolDO, a.headW, a.tailW = -1, instance.None, instance.None
	if a.m.route == routePool {
		a.idle, a.ranks = a.m.pick.New(), routing.NewRanks(a.m.pick.Name)
		a.pickRNG = rng.Derive(e.seed, uint64(i), pPick)
		if at := a.m.cfg.Route.At; at != "" {
			if p, ok := m.World.Index(at); ok {
				a.poolDO = int16(p)
			}
		}
	}
	ids := max(a.m.fixedIDs, int(m.awakeSessions(a.m)))
	a.ids, a.instOf = make([]idState, 0, ids), make([]int32, 0, ids)
	if m.cfg.Account.DORequestsPerS > 0 {
		a.asks = make([]askRate, 0, ids)
	}
	for id := 0; id < a.m.fixedIDs; id++ {
		a.newID(rng.Hash(uint64(i), uint64(id)+1, pKey), true)
	}
	a.active = a.m.fixedIDs
	if a.m.route == routeAutoscale {
		a.active = max(1, a.m.cfg.Route.MinN, len(a.m.minRegions))
	}
}

// newSeries cuts the run into at most about 750 steps of a round length.
func (a *appState) newSeries(cfg *Config) {
	a.step = seriesStep(cfg.Duration)
	a.stepRate = instance.NewRate(int64(a.step))
	n := int((cfg.Duration + a.step - 1) / a.step)
	a.series = &a.out.Series
	*a.series = result.Series{Step: a.step}
	for _, s := range []*[]int64{&a.series.Requests, &a.series.Failed, &a.series.Cold, &a.series.Starts, &a.series.Up, &a.series.Busy,
		&a.series.Peak, &a.series.InFlight, &a.series.LatencySum, &a.series.Served, &a.series.Backlog} {
		*s = make([]int64, max(1, n))
	}
	a.upIn, a.busyIn = newIntegral(a.series.Up), newIntegral(a.series.Busy)
}

var stepSizes = []sim.Time{sim.Millisecond, 10 * sim.Millisecond, 100 * sim.Millisecond, sim.Second, 5 * sim.Second, 10 * sim.Second,
	30 * sim.Second, sim.Minute, 5 * sim.Minute, 10 * sim.Minute, 15 * sim.Minute, 30 * sim.Minute, sim.Hour, 2 * sim.Hour, 6 * sim.Hour,
	sim.Day, 7 * sim.Day, 30 * sim.Day}

func seriesStep(duration sim.Time) sim.Time {
	for _, s := range stepSizes {
		if duration/s <= 750 {
			return s
		}
	}
	return stepSizes[len(stepSizes)-1]
}

// begin queues what is known from the start.
func (e *engine) begin() {
	for i := range e.entries {
		es := &e.entries[i]
		switch {
		case es.en.arrivals != nil:
			es.cur = es.en.arrivals.Cursor(&es.d.gap, &es.d.place)
			if es.en.lanes {
				es.drawn = e.newDrawn(es)
				e.drawMore(es)
				continue
			}
			e.fillArrivals(es)
		case es.en.cfg.Kind == workload.Users || es.en.cfg.Kind == workload.Population:
			e.newUsers(i)
		}
	}
	if e.warmup > 0 {
		e.q.Push(e.warmup, classFree, pack(evWarmup, 0, 0))
	}
	e.watchInstants()
	e.fillCaches()
	for i := range e.apps {
		e.beginApp(&e.apps[i])
	}
	if e.cfg.Outages.PoPPerHour > 0 {
		for p := 0; p < e.m.pops; p++ {
			e.nextOutage(p)
		}
	}
}

func (e *engine) beginApp(a *appState) {
	c := a.m.cfg
	if a.m.warmN > 0 {
		e.fillWarm(a, a.index, a.m.warmN)
		if c.Warm.Every > 0 {
			e.q.Push(c.Warm.Every, classPlatform, pack(evWarmTick, a.index, 0))
		}
	}
	e.startMinimum(a)
	for k, t := range c.Touches {
		e.q.Push(t.Every, classArrival, pack(evTouch, a.index, uint32(k)))
	}
	for k, r := range c.Rollouts {
		e.q.Push(r.At, classPlatform, pack(evRollout, a.index, uint32(k)<<8))
	}
	if a.m.route == routeAutoscale {
		e.q.Push(scaleEvery, classPlatform, pack(evScaleTick, a.index, 0))
	}
}

// fillCaches makes the image cache of every PoP; warm ones hold what has been
// distributed before the start.
func (e *engine) fillCaches() {
	if e.cfg.Hosts.CacheMB <= 0 {
		return
	}
	e.caches = make([]*image.Cache, e.m.pops)
	for _, p := range e.m.hosts {
		e.caches[p] = image.NewCache(e.cfg.Hosts.CacheMB)
	}
	for i := range e.apps {
		a := &e.apps[i]
		if a.m.cfg.Image.Catalogue > 0 || a.m.cfg.Image.External || !e.cfg.Hosts.CacheWarm {
			continue
		}
		for _, p := range e.m.hosts {
			switch {
			case a.have == nil || a.have[p] <= 0:
				e.caches[p].Put(a.baseImage(), a.m.cfg.Image.CompressedMB)
			case a.have[p] < e.horizon:
				e.q.Push(a.have[p], classFree, pack(evImage, a.index, uint32(p)))
			}
		}
	}
}

func (e *engine) cache(pop int) *image.Cache {
	if e.caches == nil {
		return nil
	}
	return e.caches[pop]
}

// baseImage names the app's own image in the caches.
func (a *appState) baseImage() int32 { return a.index<<8 | a.imageVersion }

func (a *appState) imageID(in *instance.Instance) int32 { return a.baseImage() + int32(in.Ver) }

func (a *appState) haveOf(in *instance.Instance) []sim.Time {
	if in.Ver > 0 {
		return a.haveNext
	}
	return a.have
}

func (e *engine) warn(text string) { e.out.Warnings = append(e.out.Warnings, text) }
