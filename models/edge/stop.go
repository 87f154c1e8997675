package edge

import (
	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
)

// armExpiry queues the sleep deadline of a ready instance; there is never more
// than one.
func (e *engine) armExpiry(i int32) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	if a.keep != nil {
		e.watchKept(a, i)
		return
	}
	if in.Armed || in.Pin || in.Warm || a.m.cfg.SleepAfter == sim.Never {
		return
	}
	e.armExpiryAt(i, e.deadline(a, i))
}

// armExpiryAt queues the sleep deadline of an instance, a lower bound.
func (e *engine) armExpiryAt(i int32, at sim.Time) {
	if at > e.horizon && !e.m.cfg.Drain {
		return // a look at the end is enough
	}
	e.pool.Insts[i].Armed = true
	e.later(at, classExpiry, evExpire, i)
}

// deadline is a lower bound of the moment the instance, advanced to now, can go
// to sleep; exact when nothing is inside or on its way.
func (e *engine) deadline(a *appState, i int32) sim.Time {
	in := &e.pool.Insts[i]
	wait := a.m.cfg.SleepAfter + a.m.cfg.SleepLag
	idle := max(in.LastFinish, in.ReadyAt)
	if e.pool.HasLanes && e.pool.Lanes[i].Guests > 0 {
		idle = max(idle, e.pool.Lanes[i].Due) // no guest of those there ends the first busy period earlier
	}
	if in.CPUn > 0 || in.Waitn > 0 || in.IOn > 0 {
		idle = max(idle, e.pool.NextChange(i, &a.m.spec))
	}
	if in.InboxHead() != instance.None {
		e.pool.EachOnItsWay(i, func(q *instance.Request) {
			if q.Kind == instance.KindMessage || q.AtDO <= e.now {
				idle = max(idle, q.At)
			}
		})
	}
	return idle + wait
}

// expireLane is the sleep deadline of an instance whose lane is open. Where nobody
// is in the lane it sleeps, or the deadline moves as somebody has been served since
// it was set; false when a closer look is needed.
func (e *engine) expireLane(i int32) bool {
	l, in := &e.pool.Lanes[i], &e.pool.Insts[i]
	a := &e.apps[in.App]
	e.settle(a, i)
	pool, last := a.m.route == routePool, max(l.LastFinish, in.LastFinish, in.ReadyAt)
	if pool && l.Guests > 0 {
		last = l.Due // its only guest goes before another can come
	}
	at := last + a.m.cfg.SleepAfter + a.m.cfg.SleepLag
	switch {
	case l.Guests > 0 && !pool || in.Pin || in.Warm || in.Pendn > 0:
		return false
	case at > e.now:
		in.Armed = true
		e.later(at, classExpiry, evExpire, i)
		return true
	case pool:
		return false
	}
	e.leaveLane(a, i)
	e.sleep(i)
	return true
}

// expire is the sleep deadline: the instance sleeps if it has been idle for
// sleepAfter and no request was forwarded to it by now.
func (e *engine) expire(i int32) {
	a := &e.apps[e.pool.Insts[i].App]
	switch {
	case a.keep != nil:
		e.expireKept(a, i)
	case a.m.route == routePool && a.m.cfg.Min.N > 0:
		e.expireInTurn(a, i)
	default:
		e.expireNow(i)
	}
}

// expireNow is the sleep deadline of an instance that counts on no other.
func (e *engine) expireNow(i int32) {
	e.pool.Insts[i].Armed = false
	if e.pool.HasLanes && e.pool.Lanes[i].Open && e.expireLane(i) {
		return
	}
	gen := e.pool.Insts[i].Gen
	e.look(i)
	in := &e.pool.Insts[i]
	if in.Gen != gen || in.State != instance.Ready || in.Pin || in.Warm {
		return
	}
	a := &e.apps[in.App]
	at := e.deadline(a, i)
	busy := in.InFlight() > 0 || e.forwarded(i)
	if at > e.now || busy {
		in.Armed = true
		e.later(max(at, e.now+1), classExpiry, evExpire, i)
		return
	}
	if a.m.route == routePool && e.keepsPool(a, i) {
		return
	}
	e.sleep(i)
}

// forwarded says whether a request on its way has passed the Durable Object.
func (e *engine) forwarded(i int32) bool {
	found := false
	e.pool.EachOnItsWay(i, func(q *instance.Request) {
		found = found || q.Kind == instance.KindMessage || q.AtDO <= e.now
	})
	return found
}

// sleep ends an idle instance by the app's sleep mode.
func (e *engine) sleep(i int32) {
	e.closeLane(i)
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	if a.m.cfg.SleepMode == SleepSnapshot && in.ID != instance.None {
		e.keepSnapshot(a, in)
	}
	if a.m.cfg.SleepMode != SleepSuspend || a.m.route == routePool {
		e.terminate(i, result.StopSleep)
		return
	}
	e.nowReady(a, in, -1)
	e.meterRun(a, in, e.now)
	e.giveSlot(a, in)
	e.count(&a.out.Stops[result.StopSleep])
	in.State, in.Tries = instance.Suspended, 0
	in.Placed = e.now // asleep since
	e.turnBack(i)
}

// snapshotLife is how long a snapshot is kept; a restore begins it anew.
// Source: the platform's guide to snapshots, 2026-09-30 (grade A, beta).
const snapshotLife = 30 * sim.Day

// snapshot is the disk kept of an id that sleeps.
type snapshot struct {
	version  uint8    // 1 + that of the image; 0 = none
	requests int32    // whose disk growth it holds
	to       sim.Time // end of its life
}

// snapshotOf is the place for the snapshot of an id.
func (a *appState) snapshotOf(id int32) *snapshot {
	for int(id) >= len(a.snapshots) {
		a.snapshots = append(a.snapshots, snapshot{})
	}
	return &a.snapshots[id]
}

// dropSnapshot forgets the snapshot of the former owner of an id's number.
func (a *appState) dropSnapshot(id int32) {
	if int(id) < len(a.snapshots) {
		a.snapshots[id] = snapshot{}
	}
}

// keepSnapshot keeps the disk of an instance that goes to sleep.
func (e *engine) keepSnapshot(a *appState, in *instance.Instance) {
	*a.snapshotOf(in.ID) = snapshot{1 + in.Ver + 2*uint8(a.imageVersion&63), int32(min(in.Requests, 1<<30)), e.now + snapshotLife}
}

// restoreSnapshot gives a starting instance the disk of its id's snapshot, if
// there is one of its own image version that still lives. It changes no times:
// no figures are published.
func (e *engine) restoreSnapshot(a *appState, in *instance.Instance) {
	if a.m.cfg.SleepMode != SleepSnapshot || in.ID == instance.None {
		return
	}
	s := a.snapshotOf(in.ID)
	if s.version == 1+in.Ver+2*uint8(a.imageVersion&63) && s.to >= e.now {
		in.Requests = int64(s.requests)
		if e.now >= e.warmup {
			a.out.Wakes++
		}
	}
	s.version = 0
}

// terminate sends SIGTERM: the instance leaves after the time its app takes, or
// at SIGKILL.
func (e *engine) terminate(i int32, why result.StopCause) {
	e.closeLane(i)
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	if in.State == instance.Draining {
		return
	}
	if in.State != instance.Ready {
		e.leave(i, why)
		return
	}
	took, constant := e.shutdown(a, in)
	if took == 0 {
		e.leave(i, why)
		return
	}
	e.nowReady(a, in, -1)
	in.State, in.StopWhy = instance.Draining, uint8(why)
	in.ConnAt = e.now // draining since
	if a.m.route == routePool {
		e.poolGone(a, i)
	}
	if !a.m.cfg.Meter.DrainBilled {
		e.meterRun(a, in, e.now)
	}
	if !a.m.cfg.Meter.DrainHoldsSlot {
		e.giveSlot(a, in)
	}
	if left := pack(evExit, i, in.Gen); constant {
		e.q.PushInLine(e.now+took, classFree, left)
	} else {
		e.q.Push(e.now+took, classFree, left)
	}
	e.turnBack(i)
}

// shutdown is how long an instance takes to leave after SIGTERM, and whether that is
// the same for all of its app: then nobody needs to look at its id, which has been
// asleep in memory for as long as the instance was up.
func (e *engine) shutdown(a *appState, in *instance.Instance) (took sim.Time, constant bool) {
	most := a.m.cfg.KillAfter
	if a.m.cfg.IgnoreTerm {
		return most, true
	}
	if c, ok := a.m.shutdown.IsConstant(); ok {
		return min(most, sim.Time(c)), true
	}
	return min(most, e.drawRare(a.m.shutdown, e.instKey(a, in), pShutdown, uint64(in.Starts))), false
}

// turnBack sends requests that will reach the Durable Object only later back
// onto their way, to find the instance as it then is.
func (e *engine) turnBack(i int32) {
	e.closeLane(i)
	if e.pool.Insts[i].InboxHead() == instance.None {
		return
	}
	var keep []int32
	for {
		r := e.pool.TakeInbox(i)
		if r == instance.None {
			break
		}
		if q := &e.pool.Reqs[r]; q.Kind == instance.KindMessage || q.AtDO <= e.now {
			keep = append(keep, r)
			continue
		}
		e.redirect(r)
	}
	for _, r := range keep {
		e.pool.Deliver(i, r)
	}
}

// exit is the end of a draining instance: what is still inside is lost.
func (e *engine) exit(i int32) {
	e.look(i)
	in := &e.pool.Insts[i]
	if in.State != instance.Draining {
		return
	}
	e.leave(i, result.StopCause(in.StopWhy))
}

// kill ends an instance at once with everything inside, as OOM and host
// restarts do.
func (e *engine) kill(i int32, cause result.Cause, why result.StopCause) {
	e.emptied(i, cause)
	e.leave(i, why)
}

// emptied fails what is inside and what was forwarded and is on its way.
func (e *engine) emptied(i int32, cause result.Cause) {
	e.closeLane(i)
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	if done := e.pool.Empty(i, &a.m.spec, e.now); done != 0 && e.measured() {
		e.usedAt(a, in).work.Add(uint64(done))
	}
	done := append([]int32(nil), e.pool.Done...)
	for _, r := range done {
		e.failAt(r, cause, e.now)
	}
	for {
		r := e.pool.TakeInbox(i)
		if r == instance.None {
			break
		}
		if e.pool.Reqs[r].AtDO > e.now {
			e.redirect(r)
			continue
		}
		e.failAt(r, cause, e.now)
	}
}

// leave takes an instance away: meters its run, frees its place, and lets those
// who waited for it start anew.
func (e *engine) leave(i int32, why result.StopCause) {
	e.closeLane(i)
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	wasReady := in.State == instance.Ready
	if in.CPUn > 0 || in.InFlight() > 0 || in.InboxHead() != instance.None {
		cause := result.FailRollout
		if why == result.StopRestart || why == result.StopOutage {
			cause = result.FailRestart
		}
		e.emptied(i, cause)
		in = &e.pool.Insts[i]
	}
	if wasReady {
		e.nowReady(a, in, -1)
	}
	if a.m.route == routePool && in.State != instance.Draining { // one that drains has been taken out
		e.endSetup(a, i)
		e.poolGone(a, i)
	}
	e.closeRun(i, why)
	id, warm, pin, region := in.ID, in.Warm, in.Pin, in.Region
	if id != instance.None {
		a.instOf[id] = instance.None
		if why == result.StopRollout { // else it is false since the start
			a.ids[id].redeploy = true
		}
	}
	e.restartFor(i)
	e.pool.FreeInstance(i)
	if id != instance.None {
		e.forget(a, id)
	}
	if warm {
		e.warmFailed(a)
	}
	if pin && why != result.StopSurplus {
		e.keepMinimum(a, id, region)
	}
	if a.m.route == routePool {
		e.poolDispatch(a)
		e.refillPool(a)
	}
}

// restartFor starts a new instance for those who waited while the old one was
// draining.
func (e *engine) restartFor(old int32) {
	in := &e.pool.Insts[old]
	if in.PendHead() == instance.None {
		return
	}
	app, id := in.App, in.ID
	var late []int32
	next := instance.None
	for {
		r := e.pool.Unpend(old)
		if r == instance.None {
			break
		}
		if e.pool.Reqs[r].AtDO > e.now {
			late = append(late, r)
			continue
		}
		if next == instance.None {
			next = e.pool.NewInstance(app)
			n := &e.pool.Insts[next]
			n.State, n.ID = instance.Placing, id
			n.Pin, n.Region = e.pool.Insts[old].Pin, e.pool.Insts[old].Region
			e.apps[app].instOf[id] = next
		}
		e.pool.Pend(next, r)
	}
	for _, r := range late {
		e.pool.Reqs[r].Flags &^= instance.FlagCold
		e.redirect(r)
	}
	if next != instance.None {
		e.tryPlace(next)
	}
}

// armDrainClock lets waiters of a draining instance give up after the first
// clock.
func (e *engine) armDrainClock(i int32) {
	c := &e.apps[e.pool.Insts[i].App].m.cfg.Start
	if c.Tries < 0 {
		return
	}
	e.later(e.now+sim.Time(max(c.Tries-1, 0))*c.RetryEvery, classRetry, evDrainClock, i)
}

func (e *engine) drainClock(i int32) {
	in := &e.pool.Insts[i]
	if in.State != instance.Draining {
		return
	}
	e.failPending(i, result.FailNoPlace)
}

// armHostRestart draws when the host of a fresh instance restarts.
func (e *engine) armHostRestart(a *appState, i int32, key, n uint64) {
	rate := e.cfg.Outages.HostRestartsPerHour
	if rate <= 0 {
		return
	}
	r := e.derived(lifeOf(e.seed, key, n).Stream(pHost))
	at := e.now + sim.FromSeconds(r.Exp()*3600/rate)
	if at <= e.horizon {
		e.later(at, classPlatform, evRestart, i)
	}
}

// hostRestart loses the instance with what is inside; the next start lands
// elsewhere or here, as placement decides.
func (e *engine) hostRestart(i int32) {
	gen := e.pool.Insts[i].Gen
	e.lookIfRunning(i)
	if in := &e.pool.Insts[i]; in.Gen == gen {
		e.lose(i, result.StopRestart)
	}
}

func (e *engine) lookIfRunning(i int32) {
	e.rouse(i)
	switch e.pool.Insts[i].State {
	case instance.Ready, instance.Draining:
		e.look(i)
	}
}

// lose ends an instance in any state because its host or PoP went away. One
// that was starting starts anew for those who wait.
func (e *engine) lose(i int32, why result.StopCause) {
	in := &e.pool.Insts[i]
	switch in.State {
	case instance.Placing:
		return
	case instance.Suspended:
		e.dropSuspended(i)
	case instance.Starting:
		e.leave(i, why)
	default:
		e.kill(i, result.FailRestart, why)
	}
}

// dropSuspended forgets the kept state of a sleeping instance.
func (e *engine) dropSuspended(i int32) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	e.endSleep(a, in)
	e.freePlace(in)
	id := in.ID
	a.instOf[id] = instance.None
	e.restartFor(i)
	e.pool.FreeInstance(i)
	e.forget(a, id)
}

func (e *engine) freePlace(in *instance.Instance) {
	if e.free[in.Pop] >= 0 {
		e.free[in.Pop]++
	}
	e.inUse[in.Pop]--
}
