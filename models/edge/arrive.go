package edge

import (
	"fmt"

	"berth/models/geo"
	"berth/models/instance"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/rng"
)

// arrival handles the next arrival of a traffic entry.
func (e *engine) arrival(ei int) error {
	es := &e.entries[ei]
	t, place := es.nextAt, es.nextPl
	if es.en.cfg.Kind == workload.Trace {
		return e.traceArrival(ei)
	}
	next := e.advanceArrivals(es)
	switch es.en.cfg.Kind {
	case workload.Sessions:
		e.newSession(ei, t, place)
	case workload.Queue:
		e.message(ei, t, place)
	case workload.WebSockets:
		if es.en.asSession {
			e.newSession(ei, t, place)
			return nil
		}
		es.number++
		r := e.newRequest(ei, place, t, &es.d)
		e.connect(r, rng.Hash(e.seed, uint64(ei), pSession, es.number), &es.d)
		e.send(r)
	default:
		if es.en.asSession {
			e.newSession(ei, t, place)
			return nil
		}
		r := e.newRequest(ei, place, t, &es.d)
		e.pool.Reqs[r].ID = next.key
		e.send(r)
	}
	return nil
}

// advanceArrivals takes the next arrival of an entry, draws one more ahead, and
// begins to load what the coming ones will touch: the id of the last drawn, then
// its instance, then the request inside that it will meet.
func (e *engine) advanceArrivals(es *entryState) arrival {
	now := es.ahead[0]
	es.ahead[0], es.ahead[1] = es.ahead[1], es.ahead[2]
	es.nextAt, es.nextPl = es.ahead[0].at, es.ahead[0].place
	last := &es.ahead[2]
	last.at, last.place = es.cur.Next()
	last.key, last.inst = instance.None, instance.None
	if !es.en.keyed {
		return now
	}
	a := &e.apps[es.en.app]
	if last.at != sim.Never {
		last.key = a.drawKey(&es.d.key)
		last.inst = a.instOf[last.key]
	}
	if i := es.ahead[1].inst; i != instance.None && int(i) < len(e.pool.Insts) {
		e.sink += uint32(e.pool.Insts[i].InboxHead())
	}
	if i := es.ahead[0].inst; i != instance.None && int(i) < len(e.pool.Insts) {
		if r := e.pool.Insts[i].InboxHead(); r != instance.None && int(r) < len(e.pool.Reqs) { // a free slot's link may be anything
			q := &e.pool.Reqs[r]
			e.sink += q.Seq + uint32(q.Sent) + uint32(q.Flags)
		}
	}
	return now
}

// fillArrivals draws the first arrivals of an entry.
func (e *engine) fillArrivals(es *entryState) {
	es.ahead = [lookAhead]arrival{}
	for range lookAhead {
		e.advanceArrivals(es)
	}
}

// drawKey draws the id of an open request from the app's fixed ids.
func (a *appState) drawKey(r *rng.Stream) int32 {
	if a.m.keys != nil {
		return a.m.keys.Draw(r.Uint64())
	}
	return int32(r.IntN(a.m.fixedIDs))
}

// connect makes a request a WebSocket connection.
func (e *engine) connect(r int32, key uint64, d *draws) {
	q := &e.pool.Reqs[r]
	q.Kind, q.Key = instance.KindConn, key
	q.CPU = 0
	q.IO = sim.Time(e.entries[q.Entry].en.duration.Int64(&d.io))
}

// newRequest makes a request of an entry with its own work, drawn from d.
func (e *engine) newRequest(ei int, place int32, t sim.Time, d *draws) int32 {
	en := e.entries[ei].en
	r := e.pool.NewRequest()
	q := &e.pool.Reqs[r]
	if !en.solo { // one of those meets no other
		e.nextSeq(q)
	}
	q.Sent = t
	q.App, q.Entry, q.Place = en.app, uint8(ei), place
	en.drawWork(q, d)
	a := &e.m.apps[en.app]
	if b := a.backend; b != nil {
		q.Calls = int32(min(b.calls.Int64(&d.calls), 1<<30))
		if b.bytes != nil && b.nsPerByte > 0 {
			q.IO += sim.Time(float64(b.bytes.Int64(&d.calls)) * b.nsPerByte)
		}
	}
	if q.Place >= 0 {
		e.network(q, d.network.Uint64())
	}
	return r
}

// drawWork draws what a request asks of its instance.
func (en *entry) drawWork(q *instance.Request, d *draws) {
	if en.work.cpu != nil {
		q.CPU = en.work.cpu.Int64(&d.cpu)
	}
	if en.work.io != nil {
		q.IO = sim.Time(en.work.io.Int64(&d.io))
	}
	if en.work.mem != nil {
		q.Mem = en.work.mem.Int64(&d.mem)
	}
	if en.work.bytes != nil {
		q.Bytes = en.work.bytes.Int64(&d.bytes)
	}
}

// network finds the Worker PoP and the client's hop that a word draws.
func (e *engine) network(q *instance.Request, word uint64) {
	p := &e.m.places[q.Place]
	q.Region = p.region
	q.WPop, q.CW = p.worker(word)
	if e.down[q.WPop] {
		q.WPop, q.CW = e.reroute(p, q.WPop)
	}
	if e.m.jitter > 0 {
		cw := float32(0)
		cw, q.JWD, q.JDC = e.m.jitters(word)
		q.CW = prolonged(q.CW, cw)
	}
}

// worker is the Worker's PoP that a word draws, and the round trip to it in ns. One
// in several requests is sent elsewhere, so there is no branch on it.
func (p *place) worker(word uint64) (pop int16, rtt int32) {
	u, k := uint32(word>>32), 0
	for _, below := range p.below {
		more := 0
		if u >= below {
			more = 1
		}
		k += more
	}
	if p.single {
		k = 0
	}
	k &= geo.NearPops - 1
	return p.pops[k], p.rtt[k]
}

// send lets a client send a request now: it is counted, routed and sent on its
// way to its Durable Object.
func (e *engine) send(r int32) {
	q := &e.pool.Reqs[r]
	a := &e.apps[q.App]
	q.Sent = e.now
	if q.Kind != instance.KindTouch {
		e.countSent(a, q)
	} else {
		a.out.Touches++
	}
	if a.m.routeAtWorker {
		at := e.now + sim.Time(q.CW/2)
		if at > e.now {
			e.q.Push(at, classArrival, pack(evWorker, r, 0))
			return
		}
		e.atWorker(r)
		return
	}
	if q.ID == instance.None {
		q.ID = e.route(a, q)
	} else if q.Tries == 0 {
		e.hold(a, q.ID)
	}
	e.toDO(r)
}

// atWorker routes a request whose app looks at the state of instances.
func (e *engine) atWorker(r int32) {
	q := &e.pool.Reqs[r]
	a := &e.apps[q.App]
	if a.m.route == routePool {
		e.toDO(r)
		return
	}
	if q.ID == instance.None {
		id := e.routeByLoad(a, q.WPop)
		e.pool.Reqs[r].ID = id // the slab may have moved
	} else if q.Tries == 0 {
		e.hold(a, q.ID)
	}
	e.toDO(r)
}

// toDO sends a routed request on to its Durable Object. Where a running or
// starting instance waits behind the object, the request is handed to it at
// once with its own arrival time: nothing else can see it before.
func (e *engine) toDO(r int32) {
	q := &e.pool.Reqs[r]
	a := &e.apps[q.App]
	if a.m.route == routePool {
		e.firstTouchPool(a, q)
		q.WD = e.hop(q.WPop, a.poolDO, q.JWD)
		q.AtDO = q.Sent + sim.Time(q.CW/2) + sim.Time(q.WD/2)
		if q.AtDO > e.now {
			e.q.Push(q.AtDO, classArrival, pack(evArriveDO, r, 0))
			return
		}
		e.poolArrive(r)
		return
	}
	id := &a.ids[q.ID]
	if id.do < 0 {
		id.do = e.firstTouch(a, id, q.WPop)
	}
	if a.m.smart {
		e.smartWorker(q, id.do)
	}
	q.WD = e.hop(q.WPop, id.do, q.JWD)
	q.AtDO = q.Sent + sim.Time(q.CW/2) + sim.Time(q.WD/2)
	i := a.instOf[q.ID]
	if i != instance.None {
		e.rouse(i)
	}
	e.countRegion(a, id, q)
	if limit := e.cfg.Account.DORequestsPerS; limit > 0 && e.overDO(a, q.ID, limit) {
		e.failAt(r, result.FailDOOverload, q.AtDO)
		return
	}
	if i != instance.None {
		switch e.pool.Insts[i].State {
		case instance.Ready:
			e.deliver(i, r)
			return
		case instance.Starting, instance.Placing:
			e.waitFor(i, r)
			return
		}
	}
	if q.AtDO > e.now {
		e.q.Push(q.AtDO, classArrival, pack(evArriveDO, r, 0))
		return
	}
	e.arriveDO(r)
}

// arriveDO handles a request at its Durable Object at AtDO = now.
func (e *engine) arriveDO(r int32) {
	q := &e.pool.Reqs[r]
	a := &e.apps[q.App]
	if a.m.route == routePool {
		e.poolArrive(r)
		return
	}
	i := a.instOf[q.ID]
	if i == instance.None {
		if w := e.claimWarm(a, q.ID); w != instance.None {
			e.deliver(w, r)
			return
		}
		i = e.pool.NewInstance(q.App)
		in := &e.pool.Insts[i]
		in.State, in.ID = instance.Placing, q.ID
		a.instOf[q.ID] = i
		q.Flags |= instance.FlagCold
		e.pool.Pend(i, r)
		e.tryPlace(i)
		return
	}
	e.rouse(i)
	in := &e.pool.Insts[i]
	switch in.State {
	case instance.Ready:
		q.StartWait = e.now - q.AtDO // of one that was turned back
		e.deliver(i, r)
	case instance.Draining:
		q.Flags |= instance.FlagCold
		first := in.PendHead() == instance.None
		e.pool.Pend(i, r)
		if first {
			e.armDrainClock(i)
		}
	case instance.Suspended:
		q.Flags |= instance.FlagCold
		first := in.PendHead() == instance.None
		e.pool.Pend(i, r)
		if first {
			e.wake(i)
		}
	default: // placing or starting
		e.waitFor(i, r)
	}
}

// waitFor lets a request wait at its Durable Object for an instance that starts.
func (e *engine) waitFor(i, r int32) {
	e.closeLane(i)
	e.pool.Reqs[r].Flags |= instance.FlagCold // the slab may have moved
	e.pool.Pend(i, r)
}

// deliver sends a request from its Durable Object to a ready instance.
func (e *engine) deliver(i, r int32) {
	e.closeLane(i)
	in, q := &e.pool.Insts[i], &e.pool.Reqs[r]
	if q.Flags&instance.FlagUndrawn != 0 {
		e.soloDraw(q)
	}
	a := &e.apps[q.App]
	if head := in.InboxHead(); head != instance.None && e.pool.Reqs[head].At <= e.now || in.InFlight() > 0 {
		e.look(i)
		in = &e.pool.Insts[i]
		if in.State != instance.Ready {
			e.redirect(r)
			return
		}
		q = &e.pool.Reqs[r]
	}
	if in.Hop < 0 {
		e.measureHop(a, in)
	}
	q.DC = jittered(in.Hop, in.SamePoP, q.JDC)
	q.At = q.AtDO + q.StartWait + sim.Time(q.DC/2)
	e.priceCalls(a, in, q)
	e.pool.Deliver(i, r)
	e.watch(a, i, r)
}

// priceCalls adds the round trips to the backend, from the PoP of the instance
// that the request goes to: another one than at a former try, perhaps.
func (e *engine) priceCalls(a *appState, in *instance.Instance, q *instance.Request) {
	if q.Calls == 0 {
		return
	}
	b := a.m.backend
	took := sim.Time(int64(q.Calls) * int64(b.perCall) * int64(b.rtt[in.Pop]))
	q.IO += took - q.Backend
	q.Backend = took
}

// redirect sends a request back to the Durable Object, where it arrives at AtDO
// or now.
func (e *engine) redirect(r int32) {
	q := &e.pool.Reqs[r]
	q.Inst = instance.None
	e.q.Push(max(q.AtDO, e.now), classArrival, pack(evArriveDO, r, 0))
}

// watch queues a look at the instance where the request just delivered may make
// something visible: memory or disk may overflow, a full queue may refuse a
// request whose client tries again, its session may go on.
func (e *engine) watch(a *appState, i, r int32) {
	in, q := &e.pool.Insts[i], &e.pool.Reqs[r]
	s := &a.m.spec
	look := s.MemLimit > 0 && s.MemBase+in.Mem > s.MemLimit ||
		s.DiskSlack > 0 && in.Requests+int64(in.Inboxn) > s.DiskSlack ||
		a.m.seesRefusal && e.mayRefuse(in, s)
	if look {
		e.later(q.At, classFree, evLook, i)
	}
	if q.Session != instance.None {
		e.expectSession(r)
	}
	if a.m.route == routePool && in.Assigned > 0 {
		e.watchPool(a, i)
	}
	if a.keep != nil {
		e.watchKept(a, i)
	}
}

func (e *engine) mayRefuse(in *instance.Instance, s *instance.Spec) bool {
	return s.Slots > 0 && s.Queue >= 0 && in.InFlight()+in.Inboxn > s.Slots+s.Queue
}

// hop is the round trip in ns from a PoP to a Durable Object with its jitter.
func (e *engine) hop(from, to int16, jitter float32) int32 {
	return jittered(e.m.hopTo(from, to), from == to, jitter)
}

// hopTo is the round trip in ns from a PoP to a Durable Object.
func (m *Model) hopTo(from, to int16) int32 {
	if k := m.doIdx[to]; k >= 0 {
		return m.toDO[int(from)*m.doN+int(k)]
	}
	return m.rtt[int(from)*m.pops+int(to)]
}

func jittered(ns int32, samePoP bool, jitter float32) int32 {
	longer := prolonged(ns, jitter)
	if samePoP { // a conditional move: which it is cannot be guessed
		longer = ns
	}
	return longer
}

// look advances an instance to now, tallies what left it and acts on what
// became visible.
func (e *engine) look(i int32) {
	e.closeLane(i)
	in := &e.pool.Insts[i]
	if in.Idle() {
		return
	}
	a := &e.apps[in.App]
	out, at := e.pool.Advance(i, &a.m.spec, e.now)
	e.account(a)
	in = &e.pool.Insts[i]
	if out != instance.OK {
		if at < e.now {
			// A look was queued for that moment, so it cannot lie in the past.
			panic(fmt.Sprintf("edge: an overflow at %v was seen only at %v", at, e.now))
		}
		cause, stop := result.FailOOM, result.StopOOM
		if out == instance.DiskFull {
			cause, stop = result.FailDisk, result.StopDisk
		}
		e.kill(i, cause, stop)
		return
	}
	if in.Inboxn > 0 && (in.State == instance.Ready || in.State == instance.Draining) {
		// A request handed over later may have come in before one that was on its
		// way already, and that one now meets the limit.
		s := &a.m.spec
		if s.MemLimit > 0 && s.MemBase+in.Mem > s.MemLimit || s.DiskSlack > 0 && in.Requests+int64(in.Inboxn) > s.DiskSlack ||
			a.m.seesRefusal && e.mayRefuse(in, s) {
			e.later(e.pool.Reqs[in.InboxHead()].At, classFree, evLook, i)
		}
	}
}

// wakeAgain looks again for a slot into which a suspended instance can wake.
func (e *engine) wakeAgain(i int32) {
	if in := &e.pool.Insts[i]; in.State == instance.Suspended && in.PendHead() != instance.None {
		e.wake(i)
	}
}
