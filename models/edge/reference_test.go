package edge

import (
	"container/heap"
	"slices"

	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/rng"
)

// The reference engine: the same model as the engine of this package with every
// event in one plain heap. Nothing is lazy: a request is a struct that an event
// moves at each step of its way (Worker, Durable Object, instance, CPU done,
// finish), a sleep deadline is an event after each finish. It shares the compiled
// Model with the fast engine (tables, samplers, placement policies, picks, random
// streams) and nothing else.

// refClass orders events of the same nanosecond: what happens inside an
// instance comes before everything that can look at it.
type refClass int

const (
	refCPU    refClass = iota // a computing request has its work
	refFinish                 // a request leaves its instance
	refReach                  // a request reaches its instance
	refFree
	refFresh // arrivals from the traffic entries, in the order of entries
	refArrival
	refRetry
	refExpiry
	refPlatform
)

type refEvent struct {
	at    sim.Time
	class refClass
	tie   int64  // inside an instance: order of sending; fresh arrivals: the entry
	seq   uint64 // order of pushing
	in    *refInstance
	run   func()
	index int
}

type refHeap []*refEvent

func (h refHeap) Len() int { return len(h) }
func (h refHeap) Less(i, j int) bool {
	a, b := h[i], h[j]
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.class != b.class:
		return a.class < b.class
	case a.tie != b.tie:
		return a.tie < b.tie
	}
	return a.seq < b.seq
}
func (h refHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *refHeap) Push(x any) {
	e := x.(*refEvent)
	e.index = len(*h)
	*h = append(*h, e)
}
func (h *refHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	*h = old[:len(old)-1]
	return e
}

// reference is one replication of the reference engine.
type reference struct {
	m       *Model
	cfg     *Config
	seed    uint64
	now     sim.Time
	horizon sim.Time
	warmup  sim.Time
	last    sim.Time // when a request or a run ended last
	events  refHeap
	pushed  uint64

	apps    []*refApp
	entries []*refEntry
	// slots holds the instances in the order in which rollouts and outages meet
	// them: a new one takes the slot that was given back last.
	slots     []*refInstance
	freeSlots []int
	made      uint32

	free, inUse []int32
	down        []bool
	outages     []uint32
	caches      []*refCache
	sent        uint32

	vcpu, memory, disk, up int64
	tokens                 float64
	tokensAt               sim.Time
	second                 sim.Time
	startsIn               int64
	account                result.AccountRun

	log []loggedByKey
}

// loggedByKey is a request of the log with its id by name: numbers of ids are
// reused.
type loggedByKey struct {
	LoggedRequest
	Key uint64
}

// refEntry is one traffic entry.
type refEntry struct {
	en       *entry
	index    int
	cur      workload.Cursor
	at       sim.Time
	place    int32
	d        draws
	number   uint64
	waiting  []message
	inFlight int
	waitSet  bool
	pausedTo sim.Time
	from     int32
}

func newReference(m *Model, replication int) *reference {
	r := &reference{m: m, cfg: m.cfg, seed: rng.Hash(m.cfg.Seed, uint64(replication)), horizon: m.cfg.Duration, warmup: m.cfg.Warmup,
		free: m.freePlaces(), inUse: make([]int32, m.pops), down: make([]bool, m.pops), outages: make([]uint32, m.pops)}
	for i := range m.apps {
		r.apps = append(r.apps, r.newApp(i))
	}
	for i, en := range m.entries {
		r.entries = append(r.entries, &refEntry{en: en, index: i, d: entryDraws(r.seed, uint64(i)), at: sim.Never})
	}
	return r
}

func (r *reference) push(at sim.Time, class refClass, run func()) {
	r.pushed++
	heap.Push(&r.events, &refEvent{at: max(at, r.now), class: class, seq: r.pushed, run: run})
}

// inside queues something that happens inside an instance.
func (r *reference) inside(in *refInstance, at sim.Time, class refClass, tie int64, run func()) {
	r.pushed++
	heap.Push(&r.events, &refEvent{at: max(at, r.now), class: class, tie: tie, seq: r.pushed, in: in, run: run})
}

// settle lets happen what is due inside an instance by now. Between events
// nothing is; within one that hands several requests on, the first may have
// changed what the next one meets.
func (r *reference) settle(in *refInstance) {
	for {
		best := -1
		for i, e := range r.events {
			if e.in == in && e.at <= r.now && (best < 0 || r.events.Less(i, best)) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		heap.Remove(&r.events, best).(*refEvent).run()
	}
}

func (r *reference) past() bool { return r.now > r.horizon }

// simulate runs the replication and closes the books.
func (r *reference) simulate() {
	r.begin()
	for len(r.events) > 0 {
		if !r.cfg.Drain && r.events[0].at > r.horizon {
			break
		}
		e := heap.Pop(&r.events).(*refEvent)
		r.now = e.at
		e.run()
	}
	r.now = r.horizon
	if r.cfg.Drain {
		r.now = max(r.horizon, r.last)
	}
	r.finish()
}

func (r *reference) begin() {
	for i, es := range r.entries {
		switch {
		case es.en.arrivals != nil:
			es.cur = es.en.arrivals.Cursor(&es.d.gap, &es.d.place)
			r.nextFresh(es)
		case es.en.cfg.Kind == workload.Users || es.en.cfg.Kind == workload.Population:
			r.newUsers(i)
		case es.en.cfg.Kind == workload.Trace:
			r.readTrace(es)
		}
	}
	if r.warmup > 0 {
		r.push(r.warmup, refFree, r.warmedUp)
	}
	r.fillCaches()
	for _, a := range r.apps {
		r.beginApp(a)
	}
	if r.cfg.Outages.PoPPerHour > 0 {
		for p := range r.m.pops {
			r.nextOutage(p)
		}
	}
}

func (r *reference) beginApp(a *refApp) {
	if a.m.warmN > 0 {
		r.fillWarm(a, a.m.warmN)
		if every := a.m.cfg.Warm.Every; every > 0 {
			r.push(every, refPlatform, func() { r.warmTick(a) })
		}
	}
	r.startMinimum(a)
	for k, t := range a.m.cfg.Touches {
		r.push(t.Every, refArrival, func() { r.touch(a, k) })
	}
	for k, ro := range a.m.cfg.Rollouts {
		r.push(ro.At, refPlatform, func() { r.rolloutStep(a, k, 0) })
	}
	if a.m.route == routeAutoscale {
		r.push(scaleEvery, refPlatform, func() { r.scaleTick(a) })
	}
}

// nextFresh queues the next arrival of an entry.
func (r *reference) nextFresh(es *refEntry) {
	es.at, es.place = es.cur.Next()
	if es.at == sim.Never || es.at > r.horizon {
		return
	}
	r.pushed++
	heap.Push(&r.events, &refEvent{at: es.at, class: refFresh, tie: int64(es.index), seq: r.pushed, run: func() { r.fresh(es) }})
}

// fresh is an arrival of a traffic entry.
func (r *reference) fresh(es *refEntry) {
	place := es.place
	r.nextFresh(es)
	kind := es.en.cfg.Kind
	switch {
	case kind == workload.Sessions || es.en.asSession && kind != workload.Queue:
		r.newSession(es, place)
	case kind == workload.Queue:
		r.message(es, place)
	default:
		q := r.newRequest(es, place, &es.d)
		if kind == workload.WebSockets {
			es.number++
			r.connect(q, rng.Hash(r.seed, uint64(es.index), pSession, es.number), &es.d)
		}
		r.send(q)
	}
}

// refCache is an image cache: images from least to most recently used.
type refCache struct {
	capacityMB int64
	images     []int32
	sizes      map[int32]int64
}

func (c *refCache) use(img int32) bool {
	k := slices.Index(c.images, img)
	if k < 0 {
		return false
	}
	c.images = append(slices.Delete(c.images, k, k+1), img)
	return true
}

func (c *refCache) put(img int32, sizeMB int64) {
	if c.use(img) || sizeMB > c.capacityMB {
		return
	}
	c.images, c.sizes[img] = append(c.images, img), sizeMB
	for {
		used := int64(0)
		for _, i := range c.images {
			used += c.sizes[i]
		}
		if used <= c.capacityMB {
			return
		}
		c.images = c.images[1:]
	}
}

func (r *reference) fillCaches() {
	if r.cfg.Hosts.CacheMB <= 0 {
		return
	}
	r.caches = make([]*refCache, r.m.pops)
	for _, p := range r.m.hosts {
		r.caches[p] = &refCache{capacityMB: r.cfg.Hosts.CacheMB, sizes: map[int32]int64{}}
	}
	for _, a := range r.apps {
		im := &a.m.cfg.Image
		if im.Catalogue > 0 || im.External || !r.cfg.Hosts.CacheWarm {
			continue
		}
		for _, p := range r.m.hosts {
			c := r.caches[p]
			put := func() { c.put(a.index<<8|a.version, im.CompressedMB) }
			if a.have == nil || a.have[p] <= 0 {
				put()
			} else if a.have[p] < r.horizon {
				r.push(a.have[p], refFree, put)
			}
		}
	}
}
