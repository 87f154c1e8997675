package edge

import (
	"berth/models/instance"
	"berth/models/result"
	"berth/models/routing"
	"berth/sim"
	"berth/sim/rng"
)

// poolState is an app routed to a pool (hypothetical): instances behind one
// Durable Object with one central queue.
type poolState struct {
	poolDO int16
	idle   routing.Set
	ranks  *routing.Ranks // instead of idle, where the pick goes by ranks
	byNum  []int32        // instances by number
	lanePool
	numbers  routing.Numbers
	headW    int32 // central queue, linked by Next
	tailW    int32
	waitingN int
	pending  int      // instances being started
	setups   []int32  // their indices, for cancelling surplus set-ups
	upN      int      // starting or ready
	serial   uint64   // orders starts and idle periods
	startedN []uint64 // by number: order of the last start
	pickRNG  rng.Stream
	keptState
}

func (e *engine) firstTouchPool(a *appState, q *instance.Request) {
	if a.poolDO >= 0 {
		return
	}
	r := e.derived(rng.Derive(e.seed, uint64(q.App), pDO))
	a.poolDO = e.m.drawDO(a.m, q.WPop, r)
}

// poolCap is the number of instances that the pool may hold; 0 = unlimited.
func (a *appState) poolCap() int {
	n, m := a.m.cfg.Route.N, a.m.cfg.MaxInstances
	if n == 0 || m > 0 && m < n {
		return m
	}
	return n
}

// poolArrive handles a request at the pool's Durable Object.
func (e *engine) poolArrive(r int32) {
	a := &e.apps[e.pool.Reqs[r].App]
	q := &e.pool.Reqs[r]
	e.countRegion(a, nil, q)
	canStart := a.poolCap() == 0 || a.upN < a.poolCap()
	if a.m.pick.Asleep && canStart {
		if x, ok := e.takeIdle(a); ok {
			if x.Number < a.numbers.Lowest() {
				e.assign(a, x.Inst, r)
				return
			}
			a.idle.Add(x)
		}
	} else if x, ok := e.takeIdle(a); ok {
		e.assign(a, x.Inst, r)
		return
	}
	limit := a.m.cfg.Route.Queue
	if a.waitingN >= a.pending && canStart {
		q.Flags |= instance.FlagCold
		e.enqueue(a, r)
		e.poolStart(a, q.App)
		return
	}
	if limit < 0 || a.waitingN-a.pending < limit {
		e.enqueue(a, r)
		return
	}
	cause := result.FailQueueFull
	if limit == 0 {
		cause = result.FailMaxInstances
	}
	e.failAt(r, cause, e.now)
}

func (e *engine) enqueue(a *appState, r int32) {
	e.pool.Reqs[r].Next = instance.None
	if a.tailW == instance.None {
		a.headW = r
	} else {
		e.pool.Reqs[a.tailW].Next = r
	}
	a.tailW = r
	a.waitingN++
	e.armLanes(a)
	a.queued++
	a.out.MaxBacklog = max(a.out.MaxBacklog, a.queued)
}

func (e *engine) dequeue(a *appState) int32 {
	r := a.headW
	if r == instance.None {
		return r
	}
	a.headW = e.pool.Reqs[r].Next
	if a.headW == instance.None {
		a.tailW = instance.None
	}
	e.pool.Reqs[r].Next = instance.None
	a.waitingN--
	a.queued--
	return r
}

// takeIdle takes the picked instance with room, skipping stale items.
func (e *engine) takeIdle(a *appState) (routing.Item, bool) {
	if a.ranks != nil {
		n, ok := a.ranks.Pick(e.now)
		if !ok {
			return routing.Item{}, false
		}
		a.ranks.Remove(n)
		return routing.Item{Inst: a.byNum[n], Number: n}, true
	}
	for {
		x, ok := a.idle.Take(&a.pickRNG)
		if !ok {
			return x, false
		}
		in := &e.pool.Insts[x.Inst]
		if in.Gen == x.Gen && in.Freed == x.Freed && in.State == instance.Ready {
			return x, true
		}
	}
}

// addIdle offers an instance with room to the next request.
func (e *engine) addIdle(a *appState, i int32) {
	in := &e.pool.Insts[i]
	in.Freed++
	a.serial++
	if a.ranks != nil {
		a.ranks.Add(in.Num, e.now)
		return
	}
	a.idle.Add(routing.Item{Inst: i, Gen: in.Gen, Freed: in.Freed, Number: in.Num, Started: a.startedN[in.Num], Idle: a.serial})
}

// assign sends a request to an instance of the pool.
func (e *engine) assign(a *appState, i, r int32) {
	e.closeLane(i)
	in, q := &e.pool.Insts[i], &e.pool.Reqs[r]
	in.Freed++ // whatever idle item is left is stale
	if a.ranks != nil {
		a.ranks.Remove(in.Num)
	}
	in.Assigned++
	since := e.now - q.AtDO
	q.StartWait = 0
	if q.Flags&instance.FlagCold != 0 {
		q.StartWait = since
	}
	if in.Hop < 0 {
		e.measureHop(a, in)
	}
	q.DC = jittered(in.Hop, in.SamePoP, q.JDC)
	q.At = e.now + sim.Time(q.DC/2)
	e.priceCalls(a, in, q)
	e.pool.Deliver(i, r)
	e.watch(a, i, r)
	if in = &e.pool.Insts[i]; a.hasRoom(in) {
		e.addIdle(a, i)
	}
}

func (a *appState) hasRoom(in *instance.Instance) bool {
	n := a.m.cfg.Route.PerInstance
	return n == 0 || int(in.Assigned) < n
}

// watchPool queues a look at the earliest moment at which the Durable Object can
// learn that a slot is free.
func (e *engine) watchPool(a *appState, i int32) {
	in := &e.pool.Insts[i]
	at := sim.Never
	if in.CPUn == 0 && in.IOn == 0 && in.Inboxn == 1 {
		at = e.pool.Earliest(in.InboxHead(), &a.m.spec, e.now)
	} else {
		at = e.pool.NextChange(i, &a.m.spec)
	}
	if at == sim.Never {
		return
	}
	half := e.m.rtt[int(in.Pop)*e.m.pops+int(a.poolDO)]
	at += sim.Time(half - half/2)
	if in.FreeAt > e.now && in.FreeAt <= at {
		return
	}
	in.FreeAt = at
	e.later(at, classFree, evPoolLook, i)
}

// poolLook looks whether something has left a pool instance.
func (e *engine) poolLook(i int32) {
	in := &e.pool.Insts[i]
	gen := in.Gen
	e.lookIfRunning(i)
	if in = &e.pool.Insts[i]; in.Gen != gen {
		return
	}
	if in.FreeAt <= e.now {
		in.FreeAt = 0
	}
	e.watchPool(&e.apps[in.App], i)
}

// poolReturn frees the slot of a request that left an instance at fin once the
// Durable Object knows.
func (e *engine) poolReturn(q *instance.Request, fin sim.Time) {
	e.later(fin+sim.Time(q.DC-q.DC/2), classFree, evPoolFree, q.Inst)
	if e.pool.HasLanes {
		e.pool.Lanes[q.Inst].First.Seq = q.Seq // for freeWithLanes; the lane is closed
	}
}

// poolFree is the moment at which the Durable Object learns that a slot is free.
func (e *engine) poolFree(i int32) {
	in := &e.pool.Insts[i]
	in.Assigned--
	if a := &e.apps[in.App]; in.State == instance.Ready && !e.freeWithLanes(a, i) {
		e.offer(a, i)
	}
}

// offer gives a ready instance with room the requests that wait, then offers
// what is left.
func (e *engine) offer(a *appState, i int32) {
	for a.waitingN > 0 && a.hasRoom(&e.pool.Insts[i]) {
		r := e.dequeue(a)
		e.assign(a, i, r)
	}
	if in := &e.pool.Insts[i]; in.State == instance.Ready && a.hasRoom(in) {
		e.addIdle(a, i)
	}
	e.cancelSurplus(a)
}

// cancelSurplus gives up set-ups that nobody waits for, where the rule says so.
func (e *engine) cancelSurplus(a *appState) {
	for a.m.cfg.Route.SetupPerWaiting && a.pending > a.waitingN && a.upN > a.m.cfg.Min.N {
		i := a.setups[len(a.setups)-1]
		a.setups = a.setups[:len(a.setups)-1]
		a.pending--
		a.upN--
		a.leaveRanks(e.pool.Insts[i].Num)
		if e.pool.Insts[i].State == instance.Starting {
			e.closeRun(i, result.StopSurplus)
		}
		e.pool.FreeInstance(i)
	}
}

// poolStart starts an instance of a pool.
func (e *engine) poolStart(a *appState, app int32) {
	i := e.pool.NewInstance(app)
	in := &e.pool.Insts[i]
	in.State = instance.Placing
	in.SetNum(a.numbers.Take())
	e.settlePool(a)
	for len(a.startedN) <= int(in.Num) {
		a.startedN = append(a.startedN, 0)
	}
	a.serial++
	a.startedN[in.Num] = a.serial
	a.enterRanks(in.Num, i)
	a.pending++
	a.upN++
	a.setups = append(a.setups, i)
	e.tryPlace(i)
}

// poolReady is a pool instance that has started.
func (e *engine) poolReady(i int32) {
	a := &e.apps[e.pool.Insts[i].App]
	e.endSetup(a, i)
	e.offer(a, i)
}

func (e *engine) endSetup(a *appState, i int32) {
	for k, s := range a.setups {
		if s == i {
			a.setups = append(a.setups[:k], a.setups[k+1:]...)
			a.pending--
			return
		}
	}
}

// poolStartFailed ends a start of the pool that failed; when nothing is left to
// serve them, the request that has waited longest fails with it.
func (e *engine) poolStartFailed(i int32, cause result.Cause) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	e.endSetup(a, i)
	a.upN--
	a.leaveRanks(in.Num)
	e.pool.FreeInstance(i)
	e.refillPoolLater(a)
	if a.upN > 0 {
		return
	}
	if r := e.dequeue(a); r != instance.None {
		e.failAt(r, cause, e.now)
	}
	if a.waitingN > 0 {
		e.poolStart(a, e.pool.Reqs[a.headW].App)
	}
}

// poolGone takes an instance out of the pool.
func (e *engine) poolGone(a *appState, i int32) {
	in := &e.pool.Insts[i]
	in.Freed++
	a.upN--
	a.leaveRanks(in.Num)
}

// enterRanks notes the instance of a number that was just taken.
func (a *appState) enterRanks(number, i int32) {
	for len(a.byNum) <= int(number) {
		a.byNum = append(a.byNum, instance.None)
	}
	a.byNum[number] = i
	if a.ranks != nil {
		a.ranks.Enter(number)
	}
}

// leaveRanks gives a number back.
func (a *appState) leaveRanks(number int32) {
	a.numbers.Give(number)
	a.byNum[number] = instance.None
	if a.ranks != nil {
		a.ranks.Leave(number)
	}
}

// poolDispatch starts instances for requests that wait after one has gone.
func (e *engine) poolDispatch(a *appState) {
	if a.m.route != routePool {
		return
	}
	for a.waitingN > a.pending && (a.poolCap() == 0 || a.upN < a.poolCap()) {
		had := a.pending
		e.poolStart(a, e.pool.Reqs[a.headW].App)
		if a.pending <= had {
			return // it was refused at once; what runs will serve them
		}
	}
}

// poolWaiting is the request that has waited longest in the central queue.
func (e *engine) poolWaiting(a *appState, in *instance.Instance) int32 {
	if a.m.route != routePool || in.ID != instance.None {
		return instance.None
	}
	return a.headW
}

// keepsPool says whether the pool keeps an idle instance up for its minimum.
func (e *engine) keepsPool(a *appState, i int32) bool {
	if a.upN <= a.m.cfg.Min.N && !e.past() {
		in := &e.pool.Insts[i]
		in.Armed = true
		e.later(e.now+max(a.m.cfg.SleepAfter, sim.Second), classExpiry, evExpire, i)
		return true
	}
	return false
}
