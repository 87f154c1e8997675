package edge

import (
	"slices"

	"berth/models/image"
	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
	"berth/sim/rng"
)

// sleep ends an idle instance by the app's sleep mode.
func (r *reference) sleep(in *refInstance) {
	a := in.app
	if a.m.cfg.SleepMode == SleepSnapshot && in.id != nil {
		in.id.snapshot, in.id.snapshotImage, in.id.snapshotDisk = true, a.image(in), in.requests
	}
	if a.m.cfg.SleepMode != SleepSuspend || a.m.route == routePool {
		r.terminate(in, result.StopSleep)
		return
	}
	a.readyIn[r.m.popRegion[in.pop]]--
	in.stopWhy = result.StopSleep
	r.meterRun(in, r.now)
	r.giveSlot(in)
	if r.now >= r.warmup {
		a.stops[result.StopSleep]++
	}
	in.state, in.since, in.tries = instance.Suspended, r.now, 0
	r.unhand(in)
}

// terminate sends SIGTERM to a ready instance.
func (r *reference) terminate(in *refInstance, why result.StopCause) {
	a := in.app
	took := a.m.cfg.KillAfter
	if !a.m.cfg.IgnoreTerm {
		s := lifeOf(r.seed, in.key(), in.starts).Stream(pShutdown)
		took = min(took, sim.Time(a.m.shutdown.Int64(&s)))
	}
	if took == 0 {
		r.leave(in, why)
		return
	}
	a.readyIn[r.m.popRegion[in.pop]]--
	in.state, in.stopWhy, in.since = instance.Draining, why, r.now
	if a.m.route == routePool {
		r.poolGone(in)
	}
	if !a.m.cfg.Meter.DrainBilled {
		r.meterRun(in, r.now)
	}
	if !a.m.cfg.Meter.DrainHoldsSlot {
		r.giveSlot(in)
	}
	r.unhand(in)
	r.push(r.now+took, refFree, func() {
		if !in.gone && in.state == instance.Draining {
			r.leave(in, in.stopWhy)
		}
	})
}

// kill ends an instance at once with everything inside.
func (r *reference) kill(in *refInstance, cause result.Cause, why result.StopCause) {
	r.emptied(in, cause)
	r.leave(in, why)
}

// emptied fails what is inside and what is on its way from the object: in the
// order of computing, I/O, waiting and on the way.
func (r *reference) emptied(in *refInstance, cause result.Cause) {
	a := in.app
	byWork := func(x, y *refRequest) int {
		if dx, dy := x.cpu-x.got, y.cpu-y.got; dx != dy {
			return int(dx - dy)
		}
		return int(x.order() - y.order())
	}
	byTime := func(at func(*refRequest) sim.Time) func(x, y *refRequest) int {
		return func(x, y *refRequest) int {
			if at(x) != at(y) {
				return int(at(x) - at(y))
			}
			return int(x.order() - y.order())
		}
	}
	slices.SortStableFunc(in.computing, byWork)
	slices.SortStableFunc(in.inIO, byTime(func(q *refRequest) sim.Time { return q.finish }))
	slices.SortStableFunc(in.transit, byTime(func(q *refRequest) sim.Time { return q.reach }))
	inside := slices.Concat(in.computing, in.inIO, in.waiting)
	if r.now >= r.warmup {
		for _, q := range inside {
			a.work += r.workDone(in, q) - q.beforeWarmup
		}
	}
	if in.inFlight() > 0 {
		r.closeBusy(in)
	}
	lost := append(inside, in.transit...)
	in.computing, in.inIO, in.waiting, in.transit = nil, nil, nil, nil
	in.change++
	for _, q := range lost {
		q.inside, q.in = false, nil
	}
	for _, q := range lost {
		if q.kind != instance.KindMessage {
			r.fail(q, cause, r.now)
		}
	}
}

// leave takes an instance away and starts another for those who wait.
func (r *reference) leave(in *refInstance, why result.StopCause) {
	a := in.app
	if len(in.computing)+len(in.inIO)+len(in.waiting)+len(in.transit) > 0 {
		cause := result.FailRollout
		if why == result.StopRestart || why == result.StopOutage {
			cause = result.FailRestart
		}
		r.emptied(in, cause)
	}
	if in.state == instance.Ready {
		a.readyIn[r.m.popRegion[in.pop]]--
	}
	if a.m.route == routePool {
		switch in.state {
		case instance.Ready:
			r.poolGone(in)
		case instance.Starting:
			r.endSetup(in)
			r.poolGone(in)
		}
	}
	r.closeRun(in, why)
	r.unhand(in)
	id := in.id
	if id != nil {
		id.in = nil
	}
	r.restartFor(in)
	r.remove(in)
	if in.warm {
		r.warmGone(a)
	}
	if in.pin {
		r.keepMinimum(a, id, in.region)
	}
	if a.m.route == routePool {
		r.poolDispatch(a)
		r.refillPool(a)
	}
}

// restartFor starts a new instance for those who waited for one that has gone.
func (r *reference) restartFor(in *refInstance) {
	if len(in.pend) == 0 {
		return
	}
	next := r.newInstance(in.app, in.id)
	next.pin, next.region = in.pin, in.region
	next.pend, in.pend = in.pend, nil
	r.tryPlace(next)
}

// armDrainClock lets those who wait for a draining instance to leave give up
// when the first clock has run out.
func (r *reference) armDrainClock(in *refInstance) {
	c := &in.app.m.cfg.Start
	if c.Tries < 0 {
		return
	}
	r.push(r.now+sim.Time(max(c.Tries-1, 0))*c.RetryEvery, refRetry, func() {
		if !in.gone && in.state == instance.Draining {
			r.failPending(in, result.FailNoPlace)
		}
	})
}

// lose ends an instance whose host or PoP went away.
func (r *reference) lose(in *refInstance, why result.StopCause) {
	if in.gone || in.state == instance.Placing {
		return
	}
	r.settle(in)
	if in.gone {
		return
	}
	switch in.state {
	case instance.Suspended:
		r.dropSuspended(in)
	case instance.Starting:
		r.leave(in, why)
	default:
		r.kill(in, result.FailRestart, why)
	}
}

func (r *reference) dropSuspended(in *refInstance) {
	in.app.sleeping += r.measuredSpan(in.since, r.now)
	r.freePlace(in)
	in.id.in = nil
	r.restartFor(in)
	r.remove(in)
}

func (r *reference) freePlace(in *refInstance) {
	if r.free[in.pop] >= 0 {
		r.free[in.pop]++
	}
	r.inUse[in.pop]--
}

// outage takes a PoP away with every instance in it.
func (r *reference) outage(pop int) {
	if r.past() {
		return
	}
	r.down[pop] = true
	for i := 0; i < len(r.slots); i++ {
		if in := r.slots[i]; in != nil && int(in.pop) == pop {
			r.lose(in, result.StopOutage)
		}
	}
	s := rng.Derive(r.seed, uint64(pop), pOutage, 2*uint64(r.outages[pop])+1)
	took := sim.Time(r.m.outageTime.Int64(&s))
	r.push(r.now+max(took, 1), refFree, func() {
		r.down[pop] = false
		r.outages[pop]++
		r.nextOutage(pop)
	})
}

func (r *reference) nextOutage(pop int) {
	if r.past() {
		return
	}
	s := rng.Derive(r.seed, uint64(pop), pOutage, 2*uint64(r.outages[pop]))
	if at := r.now + sim.FromSeconds(s.Exp()*3600/r.cfg.Outages.PoPPerHour); at <= r.horizon {
		r.push(at, refPlatform, func() { r.outage(pop) })
	}
}

// rolloutStep begins or widens a rollout.
func (r *reference) rolloutStep(a *refApp, k, step int) {
	if r.past() {
		return
	}
	ro := &a.m.cfg.Rollouts[k]
	if step == 0 {
		r.promote(a)
		unpacked := ro.ChangedMB * a.m.unpackRatioPct / 100
		a.haveNext = r.m.schedule(a.m, r.now, deployUpload, image.PullTime(ro.ChangedMB, unpacked, r.cfg.Hosts.PullMbps, r.cfg.Hosts.UnpackMBs))
	}
	a.rollPct, a.rollSalt = ro.Steps[step], uint64(k)+1
	if step+1 < len(ro.Steps) {
		r.push(r.now+ro.Interval, refPlatform, func() { r.rolloutStep(a, k, step+1) })
	}
	for i := 0; i < len(r.slots); i++ {
		in := r.slots[i]
		if in == nil || in.app != a || in.newImage || !a.wantsNew(in) {
			continue
		}
		switch in.state {
		case instance.Ready:
			if due := in.since + ro.Grace; due > r.now {
				r.push(due, refPlatform, func() { r.replace(in) })
			} else {
				r.replace(in)
			}
		case instance.Suspended:
			r.dropSuspended(in)
		}
	}
}

// promote makes the image of the last rollout the current one.
func (r *reference) promote(a *refApp) {
	if a.rollPct == 0 {
		return
	}
	for _, in := range r.slots {
		if in != nil && in.app == a {
			in.newImage = false
		}
	}
	a.have, a.haveNext, a.rollPct = a.haveNext, nil, 0
	a.version++
}

func (a *refApp) wantsNew(in *refInstance) bool {
	return a.rollPct > 0 && (a.rollPct >= 100 || int(rng.Hash(in.key(), a.rollSalt)%100) < a.rollPct)
}

func (r *reference) replace(in *refInstance) {
	if in.gone || in.state != instance.Ready || in.newImage || !in.app.wantsNew(in) {
		return
	}
	r.settle(in)
	if !in.gone && in.state == instance.Ready {
		r.terminate(in, result.StopRollout)
	}
}
