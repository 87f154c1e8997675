package edge

import (
	"slices"

	"berth/models/instance"
	"berth/models/result"
	"berth/models/routing"
	"berth/sim"
)

func (a *refApp) cap() int {
	n, m := a.m.cfg.Route.N, a.m.cfg.MaxInstances
	if n == 0 || m > 0 && m < n {
		return m
	}
	return n
}

func (a *refApp) canStart() bool { return a.cap() == 0 || a.upN < a.cap() }

// poolArrive is a request at the Durable Object of a pool.
func (r *reference) poolArrive(q *refRequest) {
	a := q.app
	r.countRegion(q)
	x, ok := r.takeIdle(a)
	if ok && a.m.pick.Asleep && a.canStart() && x.Number >= a.numbers.Lowest() {
		a.idle.Add(x) // one that sleeps has a lower number
		ok = false
	}
	if ok {
		r.assign(r.slots[x.Inst], q)
		return
	}
	limit, starting := a.m.cfg.Route.Queue, len(a.setups)
	switch {
	case len(a.queue) >= starting && a.canStart():
		q.cold = true
		r.enqueue(q)
		r.poolStart(a)
	case limit < 0 || len(a.queue)-starting < limit:
		r.enqueue(q)
	case limit == 0:
		r.fail(q, result.FailMaxInstances, r.now)
	default:
		r.fail(q, result.FailQueueFull, r.now)
	}
}

func (r *reference) enqueue(q *refRequest) {
	a := q.app
	a.queue = append(a.queue, q)
	a.queued++
	a.maxBacklog = max(a.maxBacklog, a.queued)
}

func (r *reference) dequeue(a *refApp) *refRequest {
	q := a.queue[0]
	a.queue = a.queue[1:]
	a.queued--
	return q
}

// takeIdle takes the picked instance with room; items that are out of date are
// skipped as they come out.
func (r *reference) takeIdle(a *refApp) (routing.Item, bool) {
	for {
		x, ok := a.idle.Take(&a.pickRNG)
		if !ok {
			return x, false
		}
		if in := r.slots[x.Inst]; in != nil && in.gen == x.Gen && in.freed == x.Freed && in.state == instance.Ready {
			return x, true
		}
	}
}

func (r *reference) addIdle(in *refInstance) {
	a := in.app
	in.freed++
	a.serial++
	a.idle.Add(routing.Item{Inst: int32(in.slot), Gen: in.gen, Freed: in.freed, Number: in.num, Started: a.startedN[in.num], Idle: a.serial})
}

// assign sends a request to an instance of the pool.
func (r *reference) assign(in *refInstance, q *refRequest) {
	in.freed++
	in.assigned++
	r.deliver(in, q)
	if in.hasRoom() {
		r.addIdle(in)
	}
}

func (in *refInstance) hasRoom() bool {
	n := in.app.m.cfg.Route.PerInstance
	return n == 0 || in.assigned < n
}

// poolReturn frees the slot of a request at the Durable Object when its answer
// gets there.
func (r *reference) poolReturn(in *refInstance, q *refRequest) {
	if in.app.m.route != routePool {
		return
	}
	r.push(r.now+home(q.dc), refFree, func() {
		if in.gone {
			return
		}
		in.assigned--
		if in.state == instance.Ready {
			r.offer(in)
		}
	})
}

// offer gives a ready instance with room the requests that wait.
func (r *reference) offer(in *refInstance) {
	a := in.app
	for len(a.queue) > 0 && in.hasRoom() {
		r.assign(in, r.dequeue(a))
	}
	if in.state == instance.Ready && in.hasRoom() {
		r.addIdle(in)
	}
	for a.m.cfg.Route.SetupPerWaiting && len(a.setups) > len(a.queue) && a.upN > a.m.cfg.Min.N {
		surplus := a.setups[len(a.setups)-1]
		r.endSetup(surplus)
		r.poolGone(surplus)
		if surplus.state == instance.Starting {
			r.closeRun(surplus, result.StopSurplus)
		}
		r.remove(surplus)
	}
}

func (r *reference) poolStart(a *refApp) {
	in := r.newInstance(a, nil)
	in.num = a.numbers.Take()
	for len(a.startedN) <= int(in.num) {
		a.startedN = append(a.startedN, 0)
	}
	a.serial++
	a.startedN[in.num] = a.serial
	a.upN++
	a.setups = append(a.setups, in)
	r.tryPlace(in)
}

func (r *reference) endSetup(in *refInstance) {
	if k := slices.Index(in.app.setups, in); k >= 0 {
		in.app.setups = slices.Delete(in.app.setups, k, k+1)
	}
}

// poolStartFailed fails the request that has waited longest when nothing is
// left to serve it.
func (r *reference) poolStartFailed(in *refInstance, cause result.Cause) {
	a := in.app
	r.endSetup(in)
	r.poolGone(in)
	r.remove(in)
	if a.upN < a.m.cfg.Min.N && !a.minimumDue {
		a.minimumDue = true
		r.push(r.now+max(a.m.cfg.Start.RetryEvery, sim.Second), refPlatform, func() {
			a.minimumDue = false
			r.refillPool(a)
		})
	}
	if a.upN > 0 {
		return
	}
	if len(a.queue) > 0 {
		r.fail(r.dequeue(a), cause, r.now)
	}
	if len(a.queue) > 0 {
		r.poolStart(a)
	}
}

func (r *reference) poolGone(in *refInstance) {
	in.freed++
	in.app.upN--
	in.app.numbers.Give(in.num)
}

// poolDispatch starts instances for those who wait after one has gone.
func (r *reference) poolDispatch(a *refApp) {
	for len(a.queue) > len(a.setups) && a.canStart() {
		had := len(a.setups)
		r.poolStart(a)
		if len(a.setups) <= had {
			return
		}
	}
}

// fillWarm starts unassigned instances.
func (r *reference) fillWarm(a *refApp, atMost int) {
	for n := 0; a.warmUp < a.m.warmN && n < atMost; n++ {
		in := r.newInstance(a, nil)
		in.warm, in.num = true, a.warmNumber
		a.warmNumber++
		a.warmUp++
		r.tryPlace(in)
	}
}

// claimWarm gives an id a started instance of the warm pool.
func (r *reference) claimWarm(a *refApp, id *refID) *refInstance {
	for len(a.warm) > 0 {
		in := a.warm[0]
		a.warm = a.warm[1:]
		if in.gone || in.state != instance.Ready || !in.warm {
			continue
		}
		in.warm, in.id, id.in = false, id, in
		a.warmUp--
		r.tally(&a.warmClaims)
		in.lastFinish = r.now
		r.armExpiry(in)
		w := &a.m.cfg.Warm
		if batch := max(1, w.Batch); w.Every == 0 && a.m.warmN-a.warmUp >= batch {
			r.fillWarm(a, batch)
		}
		return in
	}
	return nil
}

// warmGone is a member of the warm pool that went away or found no place.
func (r *reference) warmGone(a *refApp) {
	a.warmUp--
	if a.m.cfg.Warm.Every == 0 && !a.warmDue {
		a.warmDue = true
		r.push(r.now+max(a.m.cfg.Start.RetryEvery, sim.Second), refPlatform, func() { r.warmTick(a) })
	}
}

func (r *reference) warmTick(a *refApp) {
	a.warmDue = false
	if r.past() {
		return
	}
	r.fillWarm(a, max(1, a.m.cfg.Warm.Batch))
	if every := a.m.cfg.Warm.Every; every > 0 {
		r.push(r.now+every, refPlatform, func() { r.warmTick(a) })
	}
}

func (r *reference) keepMinimum(a *refApp, id *refID, region uint8) {
	if r.past() || id == nil {
		return
	}
	if id.in != nil {
		id.in.pin, id.in.region = true, region
		return
	}
	in := r.newInstance(a, id)
	in.pin, in.region = true, region
	r.tryPlace(in)
}

// refillPool starts what a pool lacks of its minimum.
func (r *reference) refillPool(a *refApp) {
	for lack := a.m.cfg.Min.N - a.upN; lack > 0 && a.canStart() && !r.past(); lack-- {
		r.poolStart(a)
	}
}

func (r *reference) startMinimum(a *refApp) {
	if a.m.route == routePool {
		for range a.m.cfg.Min.N {
			r.poolStart(a)
		}
		return
	}
	for k, region := range a.m.minRegions {
		r.keepMinimum(a, a.ids[k], region)
	}
}

// scaleTick starts one more instance of an app above its target load.
func (r *reference) scaleTick(a *refApp) {
	if r.past() {
		return
	}
	r.push(r.now+scaleEvery, refPlatform, func() { r.scaleTick(a) })
	ready, load, mem := 0.0, 0.0, 0.0
	starting := false
	for _, id := range a.ids[:a.active] {
		if id.in == nil {
			continue
		}
		switch id.in.state {
		case instance.Ready:
			ready++
			mem += float64(a.m.spec.MemBase+id.in.memory()) / float64(max(1, a.m.memBytes))
		case instance.Starting, instance.Placing:
			starting = true
		}
	}
	if ready > 0 {
		load = float64(a.workLeft-a.lastWork) / (ready * float64(a.m.spec.VCPU1024) * float64(scaleEvery))
		mem /= ready
	}
	a.lastWork = a.workLeft
	t := &a.m.cfg.Route
	if starting || !(t.TargetCPU > 0 && load > t.TargetCPU || t.TargetMemory > 0 && mem > t.TargetMemory) || a.active >= len(a.ids) {
		return
	}
	for k, id := range a.ids[:a.active+1] {
		if id.in != nil {
			continue
		}
		a.active = max(a.active, k+1)
		in := r.newInstance(a, id)
		in.num = int32(k)
		if id.do < 0 {
			s := lifeOf(r.seed, id.key, 0).Stream(pWarm)
			id.do = r.placeDO(a, id, int16(a.m.demandPops.Draw(s.Uint64())))
		}
		r.tryPlace(in)
		return
	}
}
