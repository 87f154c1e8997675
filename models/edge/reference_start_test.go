package edge

import (
	"math"

	"berth/models/instance"
	"berth/models/placement"
	"berth/models/result"
	"berth/sim"
	"berth/sim/rng"
)

// refView shows the world to a placement policy.
type refView struct {
	r  *reference
	a  *refApp
	in *refInstance
}

func (v refView) Nearest(pop int) []int16 { return v.r.m.hostOrder[pop] }
func (v refView) Allowed(pop int) bool {
	region := v.a.m.minRegion == nil || v.in.region == 0 || v.r.m.popRegion[pop]+1 == v.in.region
	return v.a.m.allowed[pop] && !v.r.down[pop] && region
}
func (v refView) Room(pop int) bool     { return v.r.free[pop] != 0 }
func (v refView) Prepared(pop int) bool { return v.a.prepared == nil || v.a.prepared[pop] > 0 }
func (v refView) HasImage(pop int) bool {
	have := v.a.images(v.in)
	return have == nil || have[pop] <= v.r.now
}
func (v refView) Load(pop int) float64 {
	used, free := float64(v.r.inUse[pop]), float64(v.r.free[pop])
	if free < 0 || used+free == 0 {
		return used
	}
	return used / (used + free)
}
func (v refView) MarketRTT(pop int) float64 { return v.a.m.marketRTT[pop] }

// images is when each PoP has the image that an instance is to run.
func (a *refApp) images(in *refInstance) []sim.Time {
	if in.newImage {
		return a.haveNext
	}
	return a.have
}

// instKey names an instance in hashed streams.
func (in *refInstance) key() uint64 {
	if in.id != nil {
		return in.id.key
	}
	return rng.Hash(uint64(in.app.index), uint64(in.num)+1, pWarm)
}

// tryPlace looks for a place, again and again until the first clock has run out.
func (r *reference) tryPlace(in *refInstance) {
	if in.gone || in.state != instance.Placing {
		return
	}
	in.tries++
	if !r.startAllowed() {
		r.refuse(in, result.FailStartRate)
		return
	}
	pop, cause, ok := r.findPlace(in)
	c := &in.app.m.cfg.Start
	switch {
	case ok:
		r.start(in, pop)
	case c.Tries >= 0 && in.tries >= c.Tries, c.Tries < 0 && r.hopeless():
		r.refuse(in, cause)
	default:
		r.push(r.now+c.RetryEvery, refRetry, func() { r.tryPlace(in) })
	}
}

// hopeless says whether nothing will end any more in a draining run.
func (r *reference) hopeless() bool {
	for _, in := range r.slots {
		switch {
		case in == nil:
		case in.state == instance.Starting, in.state == instance.Draining:
			return false
		case in.state == instance.Ready && (in.held() > 0 || !in.pin && !in.warm && in.sleepsAt() != sim.Never):
			return false
		}
	}
	return r.now-max(r.horizon, r.last) > hopelessAfter
}

// startAllowed takes a token of the start-rate limit.
func (r *reference) startAllowed() bool {
	rate := r.cfg.Account.StartsPerSec
	if rate <= 0 {
		return true
	}
	r.tokens = min(max(1, rate), r.tokens+rate*(r.now-r.tokensAt).Seconds())
	r.tokensAt = r.now
	if r.tokens < 1 {
		return false
	}
	r.tokens--
	return true
}

// fits says whether the account holds one more instance of an app.
func (r *reference) fits(a *refApp) bool {
	l, t := &r.cfg.Account, &a.m.cfg.Type
	return (l.VCPU1024 == 0 || r.vcpu+t.VCPU1024 <= l.VCPU1024) && (l.MemoryMiB == 0 || r.memory+t.MemoryMiB <= l.MemoryMiB) &&
		(l.DiskMB == 0 || r.disk+t.DiskMB <= l.DiskMB)
}

func (a *refApp) full() bool {
	return a.m.cfg.MaxInstances > 0 && a.slots >= a.m.cfg.MaxInstances
}

func (r *reference) findPlace(in *refInstance) (int, result.Cause, bool) {
	a := in.app
	if a.full() {
		return 0, result.FailMaxInstances, false
	}
	if !r.fits(a) {
		r.account.Denied++
		return 0, result.FailAccount, false
	}
	in.newImage = a.wantsNew(in)
	s := lifeOf(r.seed, in.key(), a.nextStart(in)).Stream(pPolicy)
	q := placement.Query{Near: r.nearPoP(in), DO: r.doPoP(in)}
	if c := a.m.policy.Policy.Choose(refView{r, a, in}, q, &s); c.OK {
		return c.Pop, 0, true
	}
	if !a.m.policy.OnDemand {
		nowhere := true
		for _, p := range r.m.hosts {
			nowhere = nowhere && !refView{r, a, in}.HasImage(int(p))
		}
		if nowhere {
			return 0, result.FailNoImage, false
		}
	}
	return 0, result.FailNoPlace, false
}

// nearPoP is the Worker of the request that has waited longest, or the object.
func (r *reference) nearPoP(in *refInstance) int {
	a := in.app
	switch {
	case a.m.nearDO:
	case len(in.pend) > 0:
		return int(in.pend[0].wpop)
	case a.m.route == routePool && in.id == nil && len(a.queue) > 0:
		return int(a.queue[0].wpop)
	}
	return r.doPoP(in)
}

func (r *reference) doPoP(in *refInstance) int {
	a := in.app
	switch {
	case in.id != nil && in.id.do >= 0:
		return int(in.id.do)
	case in.id == nil && a.m.route == routePool && a.poolDO >= 0:
		return int(a.poolDO)
	case a.m.warmAt >= 0:
		return int(a.m.warmAt)
	}
	s := rng.Derive(uint64(a.index), uint64(in.num)+1, pWarm)
	return int(a.m.demandPops.Draw(s.Uint64()))
}

// start takes the place and draws how long the start takes.
func (r *reference) start(in *refInstance, pop int) {
	a := in.app
	in.state, in.pop, in.placed = instance.Starting, int16(pop), r.now
	if r.free[pop] > 0 {
		r.free[pop]--
	}
	r.inUse[pop]++
	r.takeSlot(in)
	if a.prepared != nil && a.prepared[pop] > 0 {
		a.prepared[pop]--
		r.refillLater(a, pop)
	}
	n := a.countStart(in)
	if r.now >= r.warmup {
		a.starts++
	}
	if sec := r.now / sim.Second; sec != r.second {
		r.second, r.startsIn = sec, 0
	}
	r.startsIn++
	r.account.MaxStartsPerSec = max(r.account.MaxStartsPerSec, r.startsIn)

	r.restore(in)
	key, c := in.key(), &a.m.cfg.Start
	took := r.pull(in, pop, n)
	s := lifeOf(r.seed, key, n).Stream(pPlatform)
	took += sim.Time(a.m.platform.Int64(&s))
	s = lifeOf(r.seed, key, n).Stream(pInit)
	in.initTime = sim.Time(a.m.init.Int64(&s))
	took += in.initTime
	if b := a.m.backend; b != nil && !b.cfg.ConnectPerCall {
		took += sim.Time(b.rtt[pop])
	}
	if c.Poll > 0 && !c.PollingIn {
		if c.ProbeHang > 0 && took > 0 {
			if s := lifeOf(r.seed, key, n).Stream(pProbe); s.Float64() < c.ProbeHang {
				took = max(took, c.ProbeCap)
			}
		}
		took = sim.Time(divideUp(int64(took), int64(c.Poll))) * c.Poll
	}
	in.readyAt = r.now + took
	r.hostRestartLater(in, key, n)
	placed := in.placed
	if c.Clock > 0 && took > c.Clock {
		r.push(r.now+c.Clock, refFree, func() { r.startFailed(in, placed) })
		return
	}
	r.push(in.readyAt, refFree, func() { r.ready(in, placed) })
}

// restore gives a starting instance the disk that its id kept in its sleep, if
// it is of the same image.
func (r *reference) restore(in *refInstance) {
	if in.id == nil || !in.id.snapshot {
		return
	}
	if in.id.snapshotImage == in.app.image(in) {
		in.requests = in.id.snapshotDisk
		r.tally(&in.app.wakes)
	}
	in.id.snapshot = false
}

// image is the version that an instance runs.
func (a *refApp) image(in *refInstance) int32 {
	if in.newImage {
		return a.version + 1
	}
	return a.version
}

// nextStart numbers the starts of an id, of a pool instance in order of starting,
// or of the instance.
func (a *refApp) nextStart(in *refInstance) uint64 {
	switch {
	case in.id != nil:
		return in.id.starts + 1
	case a.m.route == routePool:
		return a.startedN[in.num]
	}
	return in.starts + 1
}

func (a *refApp) countStart(in *refInstance) uint64 {
	in.starts = a.nextStart(in)
	if in.id != nil {
		in.id.starts = in.starts
	}
	return in.starts
}

// pull is the time to get the image.
func (r *reference) pull(in *refInstance, pop int, n uint64) sim.Time {
	a := in.app
	im := &a.m.cfg.Image
	img := a.index<<8 + a.image(in)
	if im.Catalogue > 0 {
		s := lifeOf(r.seed, in.key(), n).Stream(pCatalogue)
		img = a.m.catalogueBase + a.m.catalogue.Draw(s.Uint64())
	}
	held := !im.External
	if held && r.caches != nil {
		held = (im.Catalogue > 0 || refView{r, a, in}.HasImage(pop)) && r.caches[pop].use(img)
	} else if held {
		held = refView{r, a, in}.HasImage(pop)
	}
	if held {
		r.tally(&a.cacheHits)
		return 0
	}
	r.tally(&a.pulls)
	if im.External {
		return a.m.pullTime
	}
	if r.caches != nil {
		r.caches[pop].put(img, im.CompressedMB)
	}
	if have := a.images(in); have != nil && im.Catalogue == 0 {
		have[pop] = min(have[pop], r.now+a.m.pullTime)
	}
	return a.m.pullTime
}

// ready lets through to the instance what waits for it.
func (r *reference) ready(in *refInstance, placed sim.Time) {
	if in.gone || in.state != instance.Starting || in.placed != placed {
		return
	}
	a := in.app
	in.state = instance.Ready
	in.readyAt, in.since, in.lastFinish = r.now, r.now, r.now
	r.askedFor(in)
	if !in.wakes && r.now >= r.warmup {
		a.startTime.add(r.now - in.placed)
	}
	in.wakes = false
	a.readyIn[r.m.popRegion[in.pop]]++
	r.armExpiry(in)
	if a.m.route == routePool {
		r.endSetup(in)
		r.offer(in)
	}
	for !in.gone && in.state == instance.Ready && len(in.pend) > 0 {
		q := in.pend[0]
		in.pend = in.pend[1:]
		r.settle(in)
		if in.gone || in.state != instance.Ready {
			r.arriveDO(q)
			break
		}
		r.deliver(in, q)
	}
	if in.warm && !in.gone {
		a.warm = append(a.warm, in)
	}
}

// refuse ends a start that found no place.
func (r *reference) refuse(in *refInstance, cause result.Cause) {
	r.tally(&in.app.failedStarts)
	r.endStart(in, cause)
}

// startFailed is the second clock.
func (r *reference) startFailed(in *refInstance, placed sim.Time) {
	if in.gone || in.state != instance.Starting || in.placed != placed {
		return
	}
	r.tally(&in.app.failedStarts)
	r.closeRun(in, result.StopFailedStart)
	r.endStart(in, result.FailStartClock)
}

// endStart forgets an instance whose start failed: who waits fails.
func (r *reference) endStart(in *refInstance, cause result.Cause) {
	if in.app.m.route == routePool {
		r.poolStartFailed(in, cause)
		return
	}
	if in.id != nil {
		in.id.in = nil
	}
	r.failPending(in, cause)
	r.unhand(in)
	r.remove(in)
	if in.warm {
		r.warmGone(in.app)
	}
	if a, id, region := in.app, in.id, in.region; in.pin {
		r.push(r.now+max(a.m.cfg.Start.RetryEvery, sim.Second), refPlatform, func() { r.keepMinimum(a, id, region) })
	}
}

func (r *reference) failPending(in *refInstance, cause result.Cause) {
	for len(in.pend) > 0 {
		q := in.pend[0]
		in.pend = in.pend[1:]
		r.fail(q, cause, r.now)
	}
}

// wake brings a suspended instance back, or looks again for a slot.
func (r *reference) wake(in *refInstance) {
	if in.gone || in.state != instance.Suspended || len(in.pend) == 0 {
		return
	}
	a := in.app
	c := &a.m.cfg.Start
	if a.full() || !r.fits(a) {
		in.tries++
		if c.Tries >= 0 && in.tries >= c.Tries || c.Tries < 0 && r.hopeless() {
			in.tries = 0
			r.failPending(in, result.FailMaxInstances)
			return
		}
		r.push(r.now+c.RetryEvery, refRetry, func() { r.wake(in) })
		return
	}
	a.sleeping += r.measuredSpan(in.since, r.now)
	in.tries = 0
	in.state, in.wakes, in.placed = instance.Starting, true, r.now
	r.takeSlot(in)
	n := a.countStart(in)
	s := lifeOf(r.seed, in.key(), n).Stream(pStart)
	in.initTime = 0
	in.readyAt = r.now + sim.Time(a.m.wake.Int64(&s))
	r.tally(&a.wakes)
	placed := in.placed
	r.push(in.readyAt, refFree, func() { r.ready(in, placed) })
}

func (r *reference) refillLater(a *refApp, pop int) {
	a.refills++
	s := rng.Derive(r.seed, uint64(a.index), pRefill, a.refills)
	r.push(r.now+sim.Time(a.m.refill.Int64(&s)), refFree, func() {
		at := pop
		if r.free[pop] == 0 && a.m.cfg.Image.RefillElsewhere {
			for _, p := range r.m.hostOrder[pop] {
				if a.m.allowed[p] && r.free[p] != 0 && (a.have == nil || a.have[p] <= r.now) {
					at = int(p)
					break
				}
			}
		}
		a.prepared[at]++
	})
}

func (r *reference) hostRestartLater(in *refInstance, key, n uint64) {
	rate := r.cfg.Outages.HostRestartsPerHour
	if rate <= 0 {
		return
	}
	s := lifeOf(r.seed, key, n).Stream(pHost)
	at := r.now + sim.FromSeconds(s.Exp()*3600/rate)
	if at <= r.horizon && at < math.MaxInt64 {
		r.push(at, refPlatform, func() { r.lose(in, result.StopRestart) })
	}
}
