package edge

import (
	"berth/models/instance"
	"berth/models/placement"
	"berth/models/result"
	"berth/sim"
	"berth/sim/rng"
)

// view shows the world to a placement policy.
type view struct {
	e *engine
	a *appState
	// ignorePrepared: there are prepared places nowhere, so the question is only
	// whether a host has room.
	in *instance.Instance
}

func (v view) Nearest(pop int) []int16 { return v.e.m.hostOrder[pop] }
func (v view) Allowed(pop int) bool {
	return v.a.m.allowed[pop] && !v.e.down[pop] && (v.a.m.minRegion == nil || v.in.Region == 0 || v.e.m.popRegion[pop] == v.in.Region-1)
}
func (v view) Room(pop int) bool { return v.e.free[pop] != 0 }
func (v view) Prepared(pop int) bool {
	return v.a.prepared == nil || v.a.prepared[pop] > 0
}
func (v view) HasImage(pop int) bool { return v.e.hasImage(v.a, v.in, pop) }
func (v view) Load(pop int) float64 {
	total := v.e.inUse[pop] + max(v.e.free[pop], 0)
	if v.e.free[pop] < 0 || total == 0 {
		return float64(v.e.inUse[pop])
	}
	return float64(v.e.inUse[pop]) / float64(total)
}
func (v view) MarketRTT(pop int) float64 { return v.a.m.marketRTT[pop] }

// hasImage says whether the version that this instance must run has reached a
// PoP.
func (e *engine) hasImage(a *appState, in *instance.Instance, pop int) bool {
	have := a.have
	if in.Ver > 0 {
		have = a.haveNext
	}
	return have == nil || have[pop] <= e.now
}

// hopelessAfter is how long after the horizon a search without a clock goes on at
// least in a draining run.
const hopelessAfter = sim.Hour

// hopeless says whether nothing will end any more in a draining run, so that a
// search without a clock would go on for ever.
func (e *engine) hopeless() bool {
	if e.now-max(e.horizon, e.last) <= hopelessAfter {
		return false
	}
	for i := range e.pool.Insts {
		e.lookIfRunning(int32(i))
	}
	if e.now-max(e.horizon, e.last) <= hopelessAfter {
		return false
	}
	for i := range e.pool.Insts {
		in := &e.pool.Insts[i]
		switch in.State {
		case instance.Starting, instance.Draining:
			return false
		case instance.Ready:
			if in.Armed || in.Held() > 0 {
				return false
			}
		}
	}
	return true
}

// tryPlace looks for a place for an instance that is wanted; without one it
// looks again every RetryEvery until the first clock has run out.
func (e *engine) tryPlace(i int32) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	in.Tries++
	if !e.startRateOK() {
		e.refuse(i, result.FailStartRate)
		return
	}
	pop, cause, ok := e.findPlace(a, i)
	if ok {
		e.start(i, pop)
		return
	}
	in = &e.pool.Insts[i]
	tries := a.m.cfg.Start.Tries
	if tries >= 0 && int(in.Tries) >= tries || tries < 0 && e.hopeless() {
		e.refuse(i, cause)
		return
	}
	e.later(e.now+a.m.cfg.Start.RetryEvery, classRetry, evRetryPlace, i)
}

// findPlace checks the app's cap, the account and the PoPs, in this order.
func (e *engine) findPlace(a *appState, i int32) (pop int, cause result.Cause, ok bool) {
	in := &e.pool.Insts[i]
	pop, cause, ok = e.choosePlace(a, in, e.nearPoP(a, in))
	switch {
	case ok:
	case cause == result.FailAccount:
		e.out.Account.Denied++
	default:
		a.denied[cause]++
		if cause == result.FailNoPlace && e.imageNowhere(a, in) {
			cause = result.FailNoImage
		}
	}
	return pop, cause, ok
}

// choosePlace finds a place for an instance, measured from the PoP near, and counts
// nothing.
func (e *engine) choosePlace(a *appState, in *instance.Instance, near int) (pop int, cause result.Cause, ok bool) {
	if a.m.cfg.MaxInstances > 0 && a.slots >= a.m.cfg.MaxInstances {
		return 0, result.FailMaxInstances, false
	}
	if !e.acct.fits(&e.cfg.Account, a) {
		return 0, result.FailAccount, false
	}
	if a.m.steady == unsteady {
		return e.askPolicy(a, in, near)
	}
	from := near
	if a.m.steady == measuredDO {
		from = e.doPoP(a, in)
	}
	at := &a.steadyAt[from]
	if *at == 0 {
		*at = -1
		if pop, _, ok := e.askPolicy(a, in, near); ok {
			*at = int16(pop) + 1
		}
	}
	return int(*at) - 1, result.FailNoPlace, *at > 0
}

// askPolicy lets the app's policy choose a place.
func (e *engine) askPolicy(a *appState, in *instance.Instance, near int) (pop int, cause result.Cause, ok bool) {
	in.Ver = a.versionOf(in, e)
	q := placement.Query{Near: near, DO: e.doPoP(a, in)}
	r := &e.rare
	if a.m.policyDraws {
		r = e.derived(lifeOf(e.seed, e.instKey(a, in), uint64(a.nextStart(in))).Stream(pPolicy))
	}
	e.view = view{e, a, in}
	c := a.m.policy.Policy.Choose(&e.view, q, r)
	return c.Pop, result.FailNoPlace, c.OK
}

func (e *engine) imageNowhere(a *appState, in *instance.Instance) bool {
	if a.m.policy.OnDemand {
		return false
	}
	for _, p := range e.m.hosts {
		if e.hasImage(a, in, int(p)) {
			return false
		}
	}
	return true
}

// nearPoP is where placement measures from: the Worker of the request that has
// waited longest, or the Durable Object.
func (e *engine) nearPoP(a *appState, in *instance.Instance) int {
	if a.m.nearDO {
		return e.doPoP(a, in)
	}
	if r := in.PendHead(); r != instance.None && e.pool.Reqs[r].AtDO <= e.now {
		return int(e.pool.Reqs[r].WPop)
	}
	if r := e.poolWaiting(a, in); r != instance.None {
		return int(e.pool.Reqs[r].WPop)
	}
	return e.doPoP(a, in)
}

func (e *engine) doPoP(a *appState, in *instance.Instance) int {
	if in.ID == instance.None {
		if a.m.route == routePool && a.poolDO >= 0 {
			return int(a.poolDO)
		}
		return a.homePoP(in)
	}
	if do := a.ids[in.ID].do; do >= 0 {
		return int(do)
	}
	return a.homePoP(in)
}

// instKey names an instance in hashed streams.
func (e *engine) instKey(a *appState, in *instance.Instance) uint64 {
	if in.ID != instance.None {
		return a.ids[in.ID].key
	}
	return rng.Hash(uint64(in.App), uint64(in.Num)+1, pWarm)
}

// start takes the place and begins; an event tells when the instance is ready,
// unless that is foreseen, or when its clock has run out.
func (e *engine) start(i int32, pop int) {
	a := &e.apps[e.pool.Insts[i].App]
	if e.launch(a, i, pop) && (e.foresee(a, i) || e.soloForesee(a, i)) {
		return
	}
	e.awaitStart(a, i)
}

// awaitStart queues the end of a start.
func (e *engine) awaitStart(a *appState, i int32) {
	in := &e.pool.Insts[i]
	if c := a.m.cfg.Start.Clock; c > 0 && in.ReadyAt-in.Placed > c {
		e.later(in.Placed+c, classFree, evStartFail, i)
		return
	}
	e.later(in.ReadyAt, classFree, evReady, i)
}

// launch takes the place of an instance and finds out when it is ready: pull if the
// image is missing, platform start, init, readiness polling. It says whether that
// is before its clock has run out.
func (e *engine) launch(a *appState, i int32, pop int) bool {
	in := &e.pool.Insts[i]
	in.State, in.Pop = instance.Starting, int16(pop)
	if e.free[pop] > 0 {
		e.free[pop]--
	}
	e.inUse[pop]++
	e.takeSlot(a, in)
	if a.prepared != nil && a.prepared[pop] > 0 {
		a.prepared[pop]--
		e.scheduleRefill(a, in.App, pop)
	}
	n := uint64(a.starts(in))
	key := e.instKey(a, in)
	if e.measured() {
		a.out.Starts++
		a.startsAt[pop]++
	}
	a.series.Starts[a.bucket(e.now)]++
	e.acct.started(e)

	e.restoreSnapshot(a, in)
	if in.ID != instance.None {
		in.Redeploy, a.ids[in.ID].redeploy = a.ids[in.ID].redeploy, false
	}
	c := &a.m.cfg.Start
	in.Placed = e.now
	took := e.pull(a, in, pop, key, n)
	took += e.drawRare(a.m.platform, key, pPlatform, n)
	in.InitTime = e.drawRare(a.m.init, key, pInit, n)
	took += in.InitTime
	if b := a.m.backend; b != nil && !b.cfg.ConnectPerCall {
		took += sim.Time(b.rtt[pop])
	}
	took = e.poll(c, took, key, n)
	in.ReadyAt = e.now + took
	e.armHostRestart(a, i, key, n)
	return c.Clock == 0 || took <= c.Clock
}

// poll rounds a start up to the readiness polls: one every Poll from the start
// on; where the first probe hangs it is not before ProbeCap.
func (e *engine) poll(c *Start, took sim.Time, key, n uint64) sim.Time {
	if c.PollingIn || c.Poll <= 0 {
		return took
	}
	if c.ProbeHang > 0 && took > 0 {
		if r := lifeOf(e.seed, key, n).Stream(pProbe); r.Float64() < c.ProbeHang {
			took = max(took, c.ProbeCap)
		}
	}
	return (took + c.Poll - 1) / c.Poll * c.Poll
}

// pull is the time to get the image, 0 where the PoP's cache holds it.
func (e *engine) pull(a *appState, in *instance.Instance, pop int, key, n uint64) sim.Time {
	im := &a.m.cfg.Image
	img := a.imageID(in)
	if im.Catalogue > 0 {
		r := e.derived(lifeOf(e.seed, key, n).Stream(pCatalogue))
		img = a.m.catalogueBase + a.m.catalogue.Draw(r.Uint64())
	}
	if im.External {
		e.count(&a.out.Pulls)
		return a.m.pullTime
	}
	c := e.cache(pop)
	// Which images of a catalogue a PoP holds is its cache's matter alone.
	held := c != nil && im.Catalogue > 0 || e.hasImage(a, in, pop)
	if held && (c == nil || c.Use(img)) {
		e.count(&a.out.CacheHits)
		return 0
	}
	e.count(&a.out.Pulls)
	if c != nil {
		c.Put(img, im.CompressedMB)
	}
	if have := a.haveOf(in); have != nil && im.Catalogue == 0 {
		have[pop] = min(have[pop], e.now+a.m.pullTime)
	}
	return a.m.pullTime
}

// ready lets the waiting requests through to the instance.
func (e *engine) ready(i int32) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	in.State = instance.Ready
	in.ReadyAt, in.ConnAt = e.now, e.now
	in.LastFinish = e.now
	e.measureHop(a, in)
	if in.Wake {
		in.Wake = false
	} else {
		e.recordStart(a, e.now-in.Placed)
	}
	e.nowReady(a, in, +1)
	if a.keep != nil {
		e.readyKept(a, i)
	}
	if a.m.route == routePool {
		e.poolReady(i)
	} else if (!a.m.solo || !e.soloStart(a, i)) && (a.m.laneGuests == 0 || !e.laneForWaiting(a, i)) {
		gen := in.Gen
		e.releasePending(i)
		if in = &e.pool.Insts[i]; in.Gen != gen || in.State != instance.Ready {
			return // those let in took more memory than there is
		}
	}
	e.armExpiry(i)
	if in.Warm {
		e.warmReady(a, i)
	}
}

// measureHop notes the round trip from an instance's Durable Object to it.
func (e *engine) measureHop(a *appState, in *instance.Instance) {
	do := a.poolDO
	if in.ID != instance.None {
		do = a.ids[in.ID].do
	}
	in.Hop = -1 // not known before the object is placed
	if do >= 0 {
		in.Hop, in.SamePoP = e.m.rtt[int(do)*e.m.pops+int(in.Pop)], do == in.Pop
	}
}

// hasWaited says whether a request that was held for an instance was at the
// Durable Object before that was ready: at the same instant only the one is that
// caused a start without a delay.
func hasWaited(in *instance.Instance, q *instance.Request, ready sim.Time) bool {
	return q.AtDO < ready || q.AtDO == ready && in.Placed == ready
}

// releasePending delivers what waited for ready.
func (e *engine) releasePending(i int32) {
	in := &e.pool.Insts[i]
	for {
		r := e.pool.Unpend(i)
		if r == instance.None {
			return
		}
		q := &e.pool.Reqs[r]
		q.StartWait = max(0, e.now-q.AtDO)
		if !hasWaited(in, q, e.now) {
			q.Flags &^= instance.FlagCold // it comes to a ready instance
		}
		if q.Kind == instance.KindPrimeOnly {
			e.drop(r)
			continue
		}
		e.deliver(i, r)
		if e.pool.Insts[i].State != instance.Ready {
			return
		}
	}
}

// refuse ends a start that found no place: everybody who waits by now fails.
func (e *engine) refuse(i int32, cause result.Cause) {
	e.count(&e.apps[e.pool.Insts[i].App].out.FailedStarts)
	e.endStart(i, cause)
}

// endStart forgets an instance whose start failed, with those who wait for it;
// one that is to be kept running is tried again later.
func (e *engine) endStart(i int32, cause result.Cause) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	if a.m.route == routePool {
		e.poolStartFailed(i, cause)
		return
	}
	id := in.ID
	if id != instance.None {
		a.instOf[id] = instance.None
	}
	e.failPending(i, cause)
	in = &e.pool.Insts[i]
	warm, pin := in.Warm, in.Pin
	e.pool.FreeInstance(i)
	if id != instance.None {
		e.forget(a, id)
	}
	if warm {
		e.warmFailed(a)
	}
	if pin {
		e.q.Push(e.now+max(a.m.cfg.Start.RetryEvery, sim.Second), classPlatform, pack(evKeepMinimum, a.index, uint32(id)))
	}
}

// failPending fails the waiting requests that are at the Durable Object by now
// and sends the others on to arrive at a stopped instance.
func (e *engine) failPending(i int32, cause result.Cause) {
	for {
		r := e.pool.Unpend(i)
		if r == instance.None {
			return
		}
		if q := &e.pool.Reqs[r]; q.AtDO > e.now {
			q.Flags &^= instance.FlagCold
			e.redirect(r)
			continue
		}
		e.failAt(r, cause, e.now)
	}
}

// startFailed is the second clock: not ready in time.
func (e *engine) startFailed(i int32) {
	e.count(&e.apps[e.pool.Insts[i].App].out.FailedStarts)
	e.closeRun(i, result.StopFailedStart)
	e.endStart(i, result.FailStartClock)
}

// wake brings a suspended instance back in its place.
func (e *engine) wake(i int32) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	if a.m.cfg.MaxInstances > 0 && a.slots >= a.m.cfg.MaxInstances || !e.acct.fits(&e.cfg.Account, a) {
		// No slot to wake into: look again as for a start, in the same place.
		in.Tries++
		if t := a.m.cfg.Start.Tries; t >= 0 && int(in.Tries) >= t || t < 0 && e.hopeless() {
			e.pool.Insts[i].Tries = 0
			e.failPending(i, result.FailMaxInstances)
			return
		}
		e.later(e.now+a.m.cfg.Start.RetryEvery, classRetry, evWakeAgain, i)
		return
	}
	e.endSleep(a, in)
	in.Tries = 0
	in.State, in.Wake = instance.Starting, true
	e.takeSlot(a, in)
	in.Placed = e.now
	n := uint64(a.starts(in))
	in.InitTime = 0
	in.ReadyAt = e.now + e.drawRare(a.m.wake, e.instKey(a, in), pStart, n)
	e.count(&a.out.Wakes)
	e.later(in.ReadyAt, classFree, evReady, i)
}
