package edge

import (
	"fmt"

	"berth/models/instance"
	"berth/models/keepalive"
	"berth/sim"
)

// Keep-alive policies other than fixed. Their windows may shrink from one idle
// period to the next, so the one deadline that is pushed back when it fires too
// early is not enough: an instance of such an app is looked at whenever it can
// become idle, and is queued for the deadline that holds from then on.

// keepState is the keep-alive policy of one app of one replication.
type keepState struct {
	objects []keptObject // by id
}

// keptObject is one Durable Object with the memory of its policy.
type keptObject struct {
	key    uint64 // of the id: numbers of ids are used again
	memory keepalive.Memory
	plan   keepalive.Plan
	since  sim.Time // begin of the idle period under way; Never: none
	due    sim.Time // of the pre-warming; Never: none

	inst   int32 // the instance that look and served are of
	gen    uint32
	look   sim.Time // the next look at it that counts
	served bool     // it has been idle after a request

	warmedInst int32 // the last instance that was pre-warmed
	warmedGen  uint32
}

// compileKeepAlive finds the app's policy. Fixed needs none of this.
func (a *app) compileKeepAlive(c *App, ex Extra) error {
	k := &c.KeepAlive
	p, err := keepalive.Find(k.Policy, ex.KeepAlive)
	if err != nil {
		return err
	}
	if _, ok := p.(keepalive.Fixed); ok {
		return nil
	}
	if a.route == routePool {
		return fmt.Errorf("keep_alive: the policy %q is kept by an object for its own instance, and a pool has one object for all", k.Policy)
	}
	a.keep = p
	a.keepSettings = keepalive.Settings{Standard: c.SleepAfter, Range: max(k.Range, 1), Head: k.Head, Tail: k.Tail, Margin: k.Margin, MinCV: k.MinCV}
	return nil
}

// prewarms says whether the app's objects may start instances without a request:
// those of apps that end their instances themselves do not.
func (a *app) prewarms() bool { return a.cfg.End == EndSleep }

// keepAlive makes the state of an app with a policy of its own.
func (e *engine) keepAlive(a *appState) {
	if a.m.keep != nil {
		a.keep = &keepState{}
		e.pool.Busy = e.busyKept
	}
}

// kept is the object of an instance, or of an id.
func (a *appState) kept(id int32) *keptObject {
	k := a.keep
	for len(k.objects) <= int(id) {
		k.objects = append(k.objects, keptObject{})
	}
	o := &k.objects[id]
	if key := a.ids[id].key; o.key != key || o.memory == nil {
		*o = keptObject{key: key, memory: a.m.keep.New(a.m.keepSettings), since: sim.Never, due: sim.Never, look: sim.Never, inst: instance.None, warmedInst: instance.None}
	}
	return o
}

// keptOf is the object of an instance that is up.
func (a *appState) keptOf(i int32, in *instance.Instance) *keptObject {
	o := a.kept(in.ID)
	if o.inst != i || o.gen != in.Gen {
		o.inst, o.gen, o.look, o.served = i, in.Gen, sim.Never, false
	}
	return o
}

// busyKept is told every closed span in which an instance had something inside:
// an idle period ended with it, and another begins. A look is queued for every
// moment at which that can happen, so it is seen at once.
func (e *engine) busyKept(in *instance.Instance, from, to sim.Time) {
	e.busy(in, from, to)
	a := &e.apps[in.App]
	if a.keep == nil {
		return
	}
	o := a.kept(in.ID)
	o.endIdle(from)
	o.since, o.served = to, true
	o.plan = keepalive.Ask(o.memory)
	o.due = sim.Never
	// What happens in an instance that is leaving is seen only when it has left:
	// an alarm that rang before met it.
	if due := after(to, o.plan.Prewarm, 0); due >= e.now && due <= e.horizon && a.m.prewarms() {
		o.due = due
		e.hold(a, in.ID) // an alarm rings whether its user comes back or not
		e.q.Push(due, classPlatform, pack(evPrewarm, in.ID, uint32(a.index)))
	}
}

// endIdle ends the idle period under way, if there is one.
func (o *keptObject) endIdle(at sim.Time) {
	if o.since != sim.Never {
		o.memory.Observe(max(0, at-o.since))
		o.since = sim.Never
	}
}

// readyKept ends the idle period of an object whose instance was started for a
// request: it ended when that reached the object.
func (e *engine) readyKept(a *appState, i int32) {
	in := &e.pool.Insts[i]
	if r := in.PendHead(); r != instance.None && e.pool.Reqs[r].AtDO <= e.now {
		a.keptOf(i, in).endIdle(e.pool.Reqs[r].AtDO)
	}
}

// watchKept queues a look for the earliest moment at which a ready instance may
// become idle or has to sleep, unless one comes before.
func (e *engine) watchKept(a *appState, i int32) {
	in := &e.pool.Insts[i]
	if in.State != instance.Ready || in.Warm {
		return
	}
	o := a.keptOf(i, in)
	at := e.sleepKept(a, o, i)
	if in.CPUn == 0 && in.IOn == 0 && in.Waitn == 0 && in.Inboxn == 1 {
		at = min(at, e.pool.Earliest(in.InboxHead(), &a.m.spec, e.now))
	} else {
		at = min(at, e.pool.NextChange(i, &a.m.spec))
	}
	if at > e.horizon && !e.m.cfg.Drain {
		at = sim.Never // a look at the end is enough
	}
	if o.look <= at && at != sim.Never {
		return
	}
	o.look, in.Armed = at, at != sim.Never
	if in.Armed {
		e.later(at, classExpiry, evExpire, i)
	}
}

// sleepKept is when an instance that is idle and expects nothing has to sleep;
// Never when it is not idle, or stays for good.
func (e *engine) sleepKept(a *appState, o *keptObject, i int32) sim.Time {
	in := &e.pool.Insts[i]
	if in.Pin || in.CPUn > 0 || in.Waitn > 0 || in.IOn > 0 || e.forwarded(i) {
		return sim.Never
	}
	from, stay := max(in.LastFinish, in.ReadyAt), a.m.cfg.SleepAfter
	switch {
	case o.served:
		stay = o.plan.Stay
	case o.warmedInst == i && o.warmedGen == in.Gen && o.since != sim.Never:
		stay = o.plan.Until - min(o.plan.Until, from-o.since)
	}
	return after(from, stay, a.m.cfg.SleepLag)
}

// after is from + stay + lag, or Never where that is too far off.
func after(from, stay, lag sim.Time) sim.Time {
	if stay >= sim.Never-from-lag {
		return sim.Never
	}
	return from + stay + lag
}

// expireKept is a look at an instance of an app with a policy: it sleeps if it
// has to by now.
func (e *engine) expireKept(a *appState, i int32) {
	in := &e.pool.Insts[i]
	o := a.keptOf(i, in)
	if o.look != e.now {
		return // another look counts by now
	}
	o.look, in.Armed = sim.Never, false
	if in.State != instance.Ready {
		return
	}
	gen := in.Gen
	e.look(i)
	if in = &e.pool.Insts[i]; in.Gen != gen || in.State != instance.Ready {
		return
	}
	if e.sleepKept(a, a.keptOf(i, in), i) <= e.now {
		e.sleep(i)
		return
	}
	e.watchKept(a, i)
}

// prewarm starts the instance of an id before its next request, unless it has
// one or a request has ended the idle period.
func (e *engine) prewarm(a *appState, id int32) {
	o := a.kept(id)
	if o.due == e.now && o.since != sim.Never && a.instOf[id] == instance.None && !e.past() {
		o.due = sim.Never
		e.startWarm(a, o, id)
	}
	e.release(a, id)
}

// startWarm is the alarm of an object that starts its instance.
func (e *engine) startWarm(a *appState, o *keptObject, id int32) {
	i := e.pool.NewInstance(a.index)
	in := &e.pool.Insts[i]
	in.State, in.ID = instance.Placing, id
	a.instOf[id] = i
	o.warmedInst, o.warmedGen = i, in.Gen
	if !a.m.cfg.Meter.NoDO {
		e.count(&a.used[e.m.popRegion[a.ids[id].do]].alarms)
	}
	e.count(&a.out.Prewarms)
	e.tryPlace(i)
}
