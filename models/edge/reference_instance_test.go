package edge

import (
	"cmp"
	"container/heap"
	"slices"

	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
	"berth/sim/rng"
)

// refInstance is one instance with every request in it in plain lists.
type refInstance struct {
	slot  int
	gen   uint32
	gone  bool
	app   *refApp
	state instance.State
	id    *refID
	num   int32
	pop   int16

	region               uint8
	served, prewarmed    bool // with a keep-alive policy
	wakes, warm, pin     bool
	newImage             bool
	holdsSlot, metered   bool
	tries                int
	starts               uint64
	placed, readyAt      sim.Time
	initTime, since      sim.Time // since: ready or draining since
	stopWhy              result.StopCause
	lastFinish, heldUpTo sim.Time

	pend      []*refRequest        // waits at the Durable Object for ready
	handed    map[*refRequest]bool // sent to it while it was up, not yet at the object
	transit   []*refRequest        // from the object to the instance
	waiting   []*refRequest        // for a slot
	computing []*refRequest        // messages too
	inIO      []*refRequest

	changed          sim.Time // of computing
	change           int
	requests         int64
	most, mostMemory int64
	busySince        sim.Time
	busy             sim.Time // in this run after warm-up

	assigned int // pool
	freed    uint32
}

func (in *refInstance) inFlight() int {
	n := len(in.inIO) + len(in.waiting)
	for _, q := range in.computing {
		if q.kind != instance.KindMessage {
			n++
		}
	}
	return n
}

// held is what a Worker knows to be with an instance.
func (in *refInstance) held() int {
	return in.inFlight() + len(in.transit) + len(in.pend) + len(in.handed)
}

func (in *refInstance) memory() int64 {
	n := int64(0)
	for _, list := range [][]*refRequest{in.computing, in.inIO, in.waiting} {
		for _, q := range list {
			n += q.mem
		}
	}
	return n
}

func without(list []*refRequest, q *refRequest) []*refRequest {
	k := slices.Index(list, q)
	return slices.Delete(list, k, k+1)
}

// reached is a request that reaches its instance.
func (r *reference) reached(in *refInstance, q *refRequest) {
	if in.gone || q.in != in || !slices.Contains(in.transit, q) {
		return
	}
	s := &in.app.m.spec
	if s.MemLimit > 0 && s.MemBase+in.memory()+q.mem > s.MemLimit {
		r.kill(in, result.FailOOM, result.StopOOM)
		return
	}
	if s.DiskSlack > 0 && in.requests >= s.DiskSlack {
		r.kill(in, result.FailDisk, result.StopDisk)
		return
	}
	in.transit = without(in.transit, q)
	in.requests++
	in.most = max(in.most, int64(in.inFlight())+1)
	in.mostMemory = max(in.mostMemory, in.memory()+q.mem)
	if s.Slots > 0 && int32(in.inFlight()-len(in.waiting)) >= s.Slots {
		if s.Queue >= 0 && int32(len(in.waiting)) >= s.Queue {
			r.poolReturn(in, q)
			r.fail(q, result.FailQueueFull, r.now)
			return
		}
		q.inside = true
		in.waiting = append(in.waiting, q)
		return
	}
	if in.inFlight() == 0 {
		in.busySince = r.now
	}
	q.inside = true
	r.serve(in, q)
}

// serve begins the service of a request: computing, then I/O.
func (r *reference) serve(in *refInstance, q *refRequest) {
	s := &in.app.m.spec
	q.began = r.now
	switch {
	case q.cpu == 0:
		r.toIO(in, q, r.now)
	case s.FullSpeed:
		r.toIO(in, q, r.now+sim.Time(divideUp(q.cpu, min(s.VCPU1024, s.Thread1024))))
	default:
		r.compute(in, q)
	}
	if q.kind == instance.KindConn {
		r.nextMessage(in, q, r.now)
	}
}

func divideUp(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

// share gives every computing request the work of the time since the last
// change: its equal share of the type's vCPU, at most what its threads can use,
// in whole units.
func (r *reference) share(in *refInstance) {
	dt, k, s := int64(r.now-in.changed), int64(len(in.computing)), &in.app.m.spec
	in.changed = r.now
	if k == 0 {
		return
	}
	work := dt * s.VCPU1024 / k
	if k*s.Thread1024 <= s.VCPU1024 {
		work = dt * s.Thread1024
	}
	for _, q := range in.computing {
		q.got += work
	}
}

func (r *reference) compute(in *refInstance, q *refRequest) {
	r.share(in)
	in.computing = append(in.computing, q)
	r.planCPU(in)
}

// planCPU queues the next completion of CPU work; it holds until the set of
// computing requests changes.
func (r *reference) planCPU(in *refInstance) {
	in.change++
	change := in.change
	if len(in.computing) == 0 {
		return
	}
	next := slices.MinFunc(in.computing, func(x, y *refRequest) int {
		return cmp.Or(cmp.Compare(x.cpu-x.got, y.cpu-y.got), cmp.Compare(x.order(), y.order()))
	})
	k, s := int64(len(in.computing)), &in.app.m.spec
	left := max(0, next.cpu-next.got)
	dt := divideUp(left*k, s.VCPU1024)
	if k*s.Thread1024 <= s.VCPU1024 {
		dt = divideUp(left, s.Thread1024)
	}
	r.inside(in, r.now+sim.Time(dt), refCPU, next.order(), func() {
		if !in.gone && in.change == change {
			r.computed(in, next)
		}
	})
}

// computed is a request that has its CPU work.
func (r *reference) computed(in *refInstance, q *refRequest) {
	r.share(in)
	in.computing = without(in.computing, q)
	r.planCPU(in)
	if q.kind == instance.KindMessage {
		r.messageServed(in, q)
		return
	}
	r.toIO(in, q, r.now)
}

// toIO lets a request whose CPU work is done at cpuDone wait for its I/O.
func (r *reference) toIO(in *refInstance, q *refRequest, cpuDone sim.Time) {
	q.finish = cpuDone + q.io + q.backend
	in.inIO = append(in.inIO, q)
	r.inside(in, q.finish, refFinish, q.order(), func() {
		if !in.gone && q.inside && q.in == in {
			r.left(in, q)
		}
	})
}

// left is a request that leaves its instance in good order.
func (r *reference) left(in *refInstance, q *refRequest) {
	in.inIO = without(in.inIO, q)
	q.inside = false
	if len(in.waiting) > 0 {
		next := in.waiting[0]
		in.waiting = in.waiting[1:]
		r.serve(in, next)
	}
	if in.inFlight() == 0 {
		r.closeBusy(in)
	}
	in.lastFinish = r.now
	r.armExpiry(in)
	r.poolReturn(in, q)
	r.served(in, q)
}

// closeBusy ends a span with requests inside; of a draining instance it ended
// with the order to stop.
func (r *reference) closeBusy(in *refInstance) {
	to := r.now
	if in.state == instance.Draining {
		to = min(to, in.since)
	}
	span := r.measuredSpan(in.busySince, to)
	in.busy += span
	in.app.state[result.Busy] += span
	r.becameIdle(in)
}

func (r *reference) measuredSpan(from, to sim.Time) sim.Time {
	return max(0, to-max(from, r.warmup))
}

// workDone is the CPU work that a request inside has received by now.
func (r *reference) workDone(in *refInstance, q *refRequest) int64 {
	s := &in.app.m.spec
	switch {
	case slices.Contains(in.waiting, q):
		return 0
	case slices.Contains(in.computing, q):
		dt, k := int64(r.now-in.changed), int64(len(in.computing))
		work := dt * s.VCPU1024 / k
		if k*s.Thread1024 <= s.VCPU1024 {
			work = dt * s.Thread1024
		}
		return min(q.cpu, q.got+work)
	case s.FullSpeed:
		rate := min(s.VCPU1024, s.Thread1024)
		return max(0, q.cpu-max(0, int64(q.finish-q.io-q.backend-r.now)*rate))
	}
	return q.cpu
}

// nextMessage queues the message of a connection after the one that arrived at
// after; messages end with their connection.
func (r *reference) nextMessage(in *refInstance, c *refRequest, after sim.Time) {
	en := c.entry.en
	if en.cfg.MessagesPerSec <= 0 {
		return
	}
	s := rng.FamilyOf(c.key, uint64(c.number)).Stream(pMessage)
	c.number++
	at := after + sim.FromSeconds(s.Exp()/en.cfg.MessagesPerSec)
	end := c.began + c.io + c.backend
	if at > end {
		return
	}
	m := &refRequest{app: c.app, entry: c.entry, kind: instance.KindMessage, place: c.place, region: c.region, seq: c.seq, conn: c, in: in}
	if en.msgCPU != nil {
		m.cpu = en.msgCPU.Int64(&s)
	}
	if en.msgBytes != nil {
		m.bytes = en.msgBytes.Int64(&s)
		if out := en.cfg.OutgoingPerSec; out > 0 {
			m.bytes = int64(float64(m.bytes) * out / en.cfg.MessagesPerSec)
		}
	}
	at = max(at, r.now)
	r.inside(in, at, refReach, m.order(), func() {
		if in.gone || c.in != in || !c.inside {
			return
		}
		m.reach = r.now
		r.compute(in, m)
	})
}

// messageServed is a message that has its CPU work. The next one is drawn from
// this one's arrival; one that is due arrives now, unless the connection ended.
func (r *reference) messageServed(in *refInstance, m *refRequest) {
	in.lastFinish = r.now
	r.armExpiry(in)
	a := m.app
	if r.now >= r.warmup {
		a.work += m.cpu - m.beforeWarmup
		r.egress(in, m)
		a.messages.add(r.now - m.reach)
	}
	if m.conn.inside && m.conn.in == in {
		r.nextMessage(in, m.conn, m.reach)
	}
}

// armExpiry queues the sleep deadline that follows from what happened last.
func (r *reference) armExpiry(in *refInstance) {
	if in.pin || in.warm || in.sleepsAt() == sim.Never || in.state != instance.Ready {
		return
	}
	at, tie := max(in.sleepsAt(), in.heldUpTo), int64(0)
	if in.app.m.route == routePool && in.app.m.cfg.Min.N > 0 { // the last ones stay
		tie = int64(in.num)
	}
	r.pushed++
	heap.Push(&r.events, &refEvent{at: max(at, r.now), class: refExpiry, tie: tie, seq: r.pushed, run: func() { r.expire(in) }})
}

// expire puts an instance to sleep that has been idle for long enough.
func (r *reference) expire(in *refInstance) {
	if in.gone {
		return
	}
	r.settle(in)
	c := in.app.m.cfg
	if in.gone || in.state != instance.Ready || in.pin || in.warm {
		return
	}
	if in.inFlight() > 0 || len(in.computing) > 0 || len(in.transit) > 0 || r.now < max(in.sleepsAt(), in.heldUpTo) {
		return
	}
	if a := in.app; a.m.route == routePool && a.upN <= a.m.cfg.Min.N && !r.past() {
		in.heldUpTo = r.now + max(c.SleepAfter, sim.Second)
		r.armExpiry(in)
		return
	}
	r.sleep(in)
}

// newInstance makes an instance that looks for a place.
func (r *reference) newInstance(a *refApp, id *refID) *refInstance {
	r.made++
	in := &refInstance{gen: r.made, app: a, state: instance.Placing, id: id, num: -1, pop: -1, handed: map[*refRequest]bool{}}
	if id != nil {
		id.in = in
	}
	if n := len(r.freeSlots); n > 0 {
		in.slot = r.freeSlots[n-1]
		r.freeSlots = r.freeSlots[:n-1]
		r.slots[in.slot] = in
		return in
	}
	in.slot = len(r.slots)
	r.slots = append(r.slots, in)
	return in
}

func (r *reference) remove(in *refInstance) {
	in.gone, in.state = true, instance.Gone
	r.slots[in.slot] = nil
	r.freeSlots = append(r.freeSlots, in.slot)
}

// unhand forgets which requests on their way to the object were sent while the
// instance was up.
func (r *reference) unhand(in *refInstance) { clear(in.handed) }
