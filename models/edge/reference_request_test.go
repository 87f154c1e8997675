package edge

import (
	"slices"

	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
	"berth/sim/rng"
)

// refRequest is one try of a request.
type refRequest struct {
	app     *refApp
	entry   *refEntry // nil: a cron's
	kind    uint8
	place   int32
	region  uint8
	seq     uint32
	tries   int
	id      *refID
	session *refSession
	key     uint64 // of a connection
	conn    *refRequest
	number  int // messages of a connection so far

	cpu, mem, bytes int64
	io              sim.Time // without the backend's round trips
	calls           int32

	wpop         int16
	cw, wd, dc   int32
	jwd, jdc     float32
	sent         sim.Time
	atDO         sim.Time
	startWait    sim.Time
	reach        sim.Time // at the instance
	began        sim.Time
	finish       sim.Time
	backend      sim.Time // round trips to the backend, from the container's PoP
	in           *refInstance
	inside       bool
	handed       *refInstance // was up when the request was sent to it
	got          int64        // CPU work received
	beforeWarmup int64        // of it, before the measured time
	counted      bool
	cold         bool
	timedOut     bool
	done         bool // answered, failed or given up by all
}

// refID is one Durable Object.
type refID struct {
	key    uint64
	index  int
	in     *refInstance
	starts uint64
	second sim.Time
	count  int
	do     int16
	keep   bool

	kept refKept

	snapshot      bool // of the disk of an image and its requests so far
	snapshotImage int32
	snapshotDisk  int64
}

// order breaks ties in the order of sending; tries of one request share its
// place.
func (q *refRequest) order() int64 { return int64(q.seq)<<8 | int64(q.tries) }

func (r *reference) newID(a *refApp, key uint64, keep bool) *refID {
	id := &refID{key: key, index: len(a.ids), do: -1, keep: keep, second: -1}
	a.ids = append(a.ids, id)
	return id
}

func (r *reference) newRequest(es *refEntry, place int32, d *draws) *refRequest {
	en := es.en
	if !en.solo {
		r.sent++
	}
	q := &refRequest{app: r.apps[en.app], entry: es, place: place, seq: r.sent, sent: r.now}
	if s := en.work.cpu; s != nil {
		q.cpu = s.Int64(&d.cpu)
	}
	if s := en.work.io; s != nil {
		q.io = sim.Time(s.Int64(&d.io))
	}
	if s := en.work.mem; s != nil {
		q.mem = s.Int64(&d.mem)
	}
	if s := en.work.bytes; s != nil {
		q.bytes = s.Int64(&d.bytes)
	}
	if b := q.app.m.backend; b != nil {
		q.calls = int32(min(b.calls.Int64(&d.calls), 1<<30))
		if b.bytes != nil && b.nsPerByte > 0 {
			q.io += sim.Time(float64(b.bytes.Int64(&d.calls)) * b.nsPerByte)
		}
	}
	r.clientHop(q, d)
	return q
}

// clientHop draws the Worker's PoP and the jitter of every hop.
func (r *reference) clientHop(q *refRequest, d *draws) {
	p := &r.m.places[q.place]
	q.region = p.region
	word, k := d.network.Uint64(), 0
	u := uint32(word >> 32)
	if !p.single {
		for k < len(p.below) && u >= p.below[k] {
			k++
		}
	}
	q.wpop, q.cw = p.pops[k], p.rtt[k]
	if r.down[q.wpop] {
		q.wpop, q.cw = r.reroute(p, q.wpop)
	}
	if r.m.jitter > 0 {
		cw, wd, dc := r.m.jitters(word)
		q.cw = prolonged(q.cw, cw)
		q.jwd, q.jdc = wd, dc
	}
}

func (r *reference) reroute(p *place, down int16) (int16, int32) {
	for k, pop := range p.pops {
		if !r.down[pop] {
			return pop, p.rtt[k]
		}
	}
	for _, pop := range r.m.order[down] {
		if !r.down[pop] {
			return pop, p.rtt[0] + r.m.rtt[int(down)*r.m.pops+int(pop)]
		}
	}
	return down, p.rtt[0]
}

func (r *reference) connect(q *refRequest, key uint64, d *draws) {
	q.kind, q.key, q.cpu = instance.KindConn, key, 0
	q.io = sim.Time(q.entry.en.duration.Int64(&d.io))
}

func (r *reference) hop(from, to int16, jitter float32) int32 {
	ns := r.m.rtt[int(from)*r.m.pops+int(to)]
	if from != to && jitter > 0 {
		ns = prolonged(ns, jitter)
	}
	return ns
}

func out(ns int32) sim.Time  { return sim.Time(ns / 2) }
func home(ns int32) sim.Time { return sim.Time(ns - ns/2) }

// send is the moment at which a client sends a request.
func (r *reference) send(q *refRequest) {
	a := q.app
	q.sent = r.now
	r.countSent(q)
	if t := a.m.cfg.Client.Timeout; t > 0 && q.kind != instance.KindBatch && q.kind != instance.KindTouch {
		r.push(r.now+t, refRetry, func() { r.timeout(q) })
	}
	if a.m.routeAtWorker {
		r.after(out(q.cw), func() { r.atWorker(q) })
		return
	}
	if q.id == nil {
		q.id = r.route(q)
	}
	r.toDO(q)
}

// after lets something happen a span from now: at once when there is none.
func (r *reference) after(span sim.Time, run func()) {
	if span <= 0 {
		run()
		return
	}
	r.push(r.now+span, refArrival, run)
}

// route names the Durable Object of a request, in the order of sending: a fresh
// one, unless the app has fixed ones or a scripted client names its own.
func (r *reference) route(q *refRequest) *refID {
	a, d := q.app, &q.entry.d
	switch a.m.route {
	case routeKey:
		if a.m.keys != nil {
			return a.ids[a.m.keys.Draw(d.key.Uint64())]
		}
		return a.ids[d.key.IntN(a.m.fixedIDs)]
	case routeRandomN:
		return a.ids[d.key.IntN(a.m.fixedIDs)]
	case routeSingleton:
		return a.ids[0]
	}
	for k, place := range q.entry.en.fixed {
		name := q.entry.en.cfg.Clients[k].Key
		if place != q.place || name == "" {
			continue
		}
		if a.named[name] == nil {
			h := rng.Hash(r.seed, uint64(a.index), pKey)
			for _, b := range []byte(name) {
				h = rng.Hash(h, uint64(b))
			}
			a.named[name] = r.newID(a, h, true)
		}
		return a.named[name]
	}
	a.number++
	return r.newID(a, rng.Hash(r.seed, uint64(a.index), a.number), false)
}

// atWorker is a request at a Worker that looks at the instances.
func (r *reference) atWorker(q *refRequest) {
	if q.app.m.route != routePool && q.id == nil {
		q.id = r.routeByLoad(q)
	}
	r.toDO(q)
}

// routeByLoad picks the id with the fewest requests, ties to the nearest; an
// autoscaled app the nearest that is ready, if one is.
func (r *reference) routeByLoad(q *refRequest) *refID {
	a := q.app
	var ids []*refID
	ready := map[*refID]bool{}
	for _, id := range a.ids[:a.active] {
		if id.in != nil && id.in.state == instance.Ready {
			r.settle(id.in)
		}
		ready[id] = id.in != nil && id.in.state == instance.Ready
		ids = append(ids, id)
	}
	scale := a.m.route == routeAutoscale
	room := int(a.m.room)
	if scale && slices.ContainsFunc(ids, func(id *refID) bool { return ready[id] }) {
		ids = slices.DeleteFunc(ids, func(id *refID) bool { return !ready[id] })
	}
	key := func(id *refID) (load, rtt int64) {
		if id.in == nil {
			return 0, 0
		}
		if id.in.pop >= 0 {
			rtt = int64(r.m.rtt[int(q.wpop)*r.m.pops+int(id.in.pop)])
		}
		if scale && ready[id] && id.in.held() < room {
			return 0, rtt
		}
		return int64(id.in.held()), rtt
	}
	return slices.MinFunc(ids, func(x, y *refID) int {
		lx, rx := key(x)
		ly, ry := key(y)
		if lx != ly {
			return int(lx - ly)
		}
		return int(rx - ry)
	})
}

// toDO sends a request from its Worker to its Durable Object, which is placed
// by the first request ever sent to it.
func (r *reference) toDO(q *refRequest) {
	a := q.app
	if a.m.route == routePool {
		if a.poolDO < 0 {
			s := rng.Derive(r.seed, uint64(a.index), pDO)
			a.poolDO = r.m.drawDO(a.m, q.wpop, &s)
		}
		q.wd = r.hop(q.wpop, a.poolDO, q.jwd)
		q.atDO = q.sent + out(q.cw) + out(q.wd)
		r.after(q.atDO-r.now, func() { r.poolArrive(q) })
		return
	}
	id := q.id
	if id.do < 0 {
		id.do = r.placeDO(a, id, q.wpop)
	}
	if a.m.smart && q.place >= 0 {
		if pop, rtt := r.m.smartWorker(q.place, id.do); !r.down[pop] {
			q.wpop, q.cw = pop, rtt
		}
	}
	q.wd = r.hop(q.wpop, id.do, q.jwd)
	q.atDO = q.sent + out(q.cw) + out(q.wd)
	r.countRegion(q)
	if limit := r.cfg.Account.DORequestsPerS; limit > 0 && r.overDO(a, id, limit) {
		r.fail(q, result.FailDOOverload, q.atDO)
		return
	}
	if in := id.in; in != nil && (in.state == instance.Ready || in.state == instance.Starting || in.state == instance.Placing) {
		q.handed = in
		in.handed[q] = true
	}
	r.after(q.atDO-r.now, func() { r.arriveDO(q) })
}

func (r *reference) placeDO(a *refApp, id *refID, worker int16) int16 {
	s := lifeOf(r.seed, id.key, 0).Stream(pDO)
	return r.m.drawDO(a.m, worker, &s)
}

// overDO counts the requests of an object by the second of their routing.
func (r *reference) overDO(a *refApp, id *refID, limit int) bool {
	if sec := r.now / sim.Second; sec != id.second {
		id.second, id.count = sec, 0
	}
	id.count++
	a.maxDORate = max(a.maxDORate, int64(id.count))
	return id.count > limit
}

// arriveDO is a request at its Durable Object.
func (r *reference) arriveDO(q *refRequest) {
	if q.handed != nil {
		delete(q.handed.handed, q)
		q.handed = nil
	}
	a, id := q.app, q.id
	in := id.in
	if in == nil {
		if w := r.claimWarm(a, id); w != nil {
			r.deliver(w, q)
			return
		}
		in = r.newInstance(a, id)
		q.cold = true
		in.pend = append(in.pend, q)
		r.tryPlace(in)
		return
	}
	if in.state == instance.Ready {
		r.settle(in)
		if in.gone || in.state != instance.Ready {
			r.arriveDO(q)
			return
		}
		r.deliver(in, q)
		return
	}
	q.cold = true
	first := len(in.pend) == 0
	in.pend = append(in.pend, q)
	slices.SortStableFunc(in.pend, func(x, y *refRequest) int {
		if x.atDO != y.atDO {
			return int(x.atDO - y.atDO)
		}
		return int(x.order() - y.order())
	})
	if first && in.state == instance.Draining {
		r.armDrainClock(in)
	}
	if first && in.state == instance.Suspended {
		r.wake(in)
	}
}

// deliver sends a request from its Durable Object to a ready instance.
func (r *reference) deliver(in *refInstance, q *refRequest) {
	a, from := q.app, q.app.poolDO
	if q.id != nil {
		from = q.id.do
	}
	q.in = in
	q.dc = r.hop(from, in.pop, q.jdc)
	q.startWait = 0
	if q.cold || a.m.route != routePool {
		q.startWait = r.now - q.atDO
	}
	q.reach = r.now + out(q.dc)
	q.backend = 0
	if b := q.app.m.backend; b != nil {
		q.backend = sim.Time(int64(q.calls) * int64(b.perCall) * int64(b.rtt[in.pop]))
	}
	in.transit = append(in.transit, q)
	r.inside(in, q.reach, refReach, q.order(), func() { r.reached(in, q) })
}

// touch is a cron that keeps instances warm.
func (r *reference) touch(a *refApp, k int) {
	t := &a.m.cfg.Touches[k]
	if r.past() {
		return
	}
	r.push(r.now+t.Every, refArrival, func() { r.touch(a, k) })
	a.workerRequests++
	ids := slices.Clone(a.ids)
	if t.IDs > 0 {
		ids = slices.DeleteFunc(ids, func(id *refID) bool { return !id.keep })
		ids = ids[:min(len(ids), t.IDs)]
	}
	for _, id := range ids {
		if id.in == nil && (!id.keep || t.IDs == 0 && id.do < 0 && a.m.route == routeKey) {
			continue
		}
		r.sent++
		q := &refRequest{app: a, kind: instance.KindTouch, id: id, place: -1, seq: r.sent, wpop: a.m.touchFrom[k]}
		if c := a.m.touchCPU[k]; c != nil {
			s := rng.Derive(r.seed, uint64(a.index), uint64(k), id.key, uint64(r.now))
			q.cpu = c.Int64(&s)
		}
		r.send(q)
	}
}

func (q *refRequest) fromClient() bool {
	return q.kind == instance.KindRequest || q.kind == instance.KindConn
}
