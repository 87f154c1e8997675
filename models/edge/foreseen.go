package edge

import (
	"slices"

	"berth/models/instance"
	"berth/sim"
)

// A start is foreseen when nothing can go wrong with it any more and those who
// wait for it could be guests of a lane. Then its lane is opened at once, though
// its Ready lies in the future: requests that come meanwhile pass through it, and
// no event tells when the instance is ready. It is Starting with an open lane, and
// whoever looks at its state after that moment calls rouse first. Whatever disturbs
// it before closes its lane, and the start goes on the general way.

// compileForeseen says whether starts of an app may be foreseen, as all that comes to
// its instances comes through lanes; and whether a request without an instance starts
// one at the moment at which it is sent, with nothing to wait for but a place.
func (m *Model) compileForeseen() {
	for i := range m.apps {
		a := &m.apps[i]
		a.foresees = a.laneGuests > 0 && a.route != routePool &&
			!(m.cfg.Drain && a.cfg.SleepAfter == sim.Never) // a draining run must come to the moment at which it is ready
	}
	for _, en := range m.entries {
		if !en.lanes {
			m.apps[en.app].foresees = false
		}
	}
	for i := range m.apps {
		a := &m.apps[i]
		a.startsDrawn = a.foresees && m.cfg.Network.None && a.warmN == 0 && m.cfg.Account.StartsPerSec == 0
	}
}

// foresee opens the lane of an instance that has just been started for those who
// wait for it; false when its start has to go the general way.
func (e *engine) foresee(a *appState, i int32) bool {
	in := &e.pool.Insts[i]
	if !a.m.foresees || in.Pendn == 0 || in.Pin {
		return false
	}
	e.measureHop(a, in)
	if !e.laneFits(a, in) {
		return false
	}
	e.laneAhead(a, in, i)
	e.admitWaiting(a, i)
	e.armExpiry(i)
	return true
}

// startDrawn starts the instance of the id that the next arrival drawn asks for,
// which has none, and opens its lane for it. It is false when the general way has to
// be taken: then what it has done is what that would have done by then.
func (e *engine) startDrawn(a *appState, d *drawn) bool {
	k := d.k
	id, wpop := d.key[k], d.wpop[k]
	if e.now < e.warmup || d.cpu[k] >= instance.LaneWork {
		return false
	}
	do := &a.ids[id].do
	if *do < 0 {
		*do = e.firstTouch(a, &a.ids[id], wpop)
	}
	i := e.pool.NewInstance(a.index)
	in, near := &e.pool.Insts[i], int(wpop)
	in.State, in.ID, in.Tries = instance.Placing, id, 1
	if a.m.nearDO {
		near = int(*do)
	}
	pop, _, ok := e.choosePlace(a, in, near)
	if !ok {
		e.pool.FreeInstance(i)
		return false
	}
	a.instOf[id] = i
	if !e.launch(a, i, pop) || in.ReadyAt == e.now {
		e.awaitStart(a, i)
		return false
	}
	e.measureHop(a, in)
	e.laneAhead(a, in, i)
	if c := a.m.cfg; c.SleepAfter != sim.Never {
		leaves := in.ReadyAt + sim.Time(a.m.loneRate.Ceil(d.cpu[k])) + sim.Time(d.io[k])
		e.armExpiryAt(i, leaves+c.SleepAfter+c.SleepLag)
	}
	return true
}

// laneAhead opens the lane of an instance that starts.
func (e *engine) laneAhead(a *appState, in *instance.Instance, i int32) {
	e.foreseen(a, in)
	e.laneOf(a, in, i)
}

// foreseen notes that an instance that starts will be ready at ReadyAt.
func (e *engine) foreseen(a *appState, in *instance.Instance) {
	in.Foreseen, in.LastFinish = true, in.ReadyAt
	a.comes(e.m.popRegion[in.Pop], e.now, in.ReadyAt)
}

// rouse lets an instance be ready whose start was foreseen and has ended by now.
func (e *engine) rouse(i int32) {
	in := &e.pool.Insts[i]
	if !in.Foreseen || in.ReadyAt > e.now {
		return
	}
	in.State, in.Foreseen, in.ConnAt = instance.Ready, false, in.ReadyAt
	e.recordStart(&e.apps[in.App], in.ReadyAt-in.Placed)
}

// unforesee lets a start that was foreseen go on the general way: guests wait at the
// Durable Object again.
func (e *engine) unforesee(i int32) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	e.pool.PendGuests(i)
	e.pool.Lanes[i].Open, in.Foreseen = false, false
	a.coming[e.m.popRegion[in.Pop]].remove(in.ReadyAt)
	e.later(in.ReadyAt, classFree, evReady, i)
}

// coming are the moments at which foreseen starts end that are not counted in
// appState.readyIn yet: nobody needs the count as long as it is above 0.
type coming struct {
	at   []sim.Time
	next sim.Time // the first of them
}

// comes notes that a region will hold one ready instance more at a moment. Where
// nobody asks, those of the past are taken out when there is no room for more,
// which is at least as many starts after the last time as they leave behind.
func (a *appState) comes(region uint8, now, at sim.Time) {
	c := &a.coming[region]
	if len(c.at) == cap(c.at) {
		a.readyIn[region] += c.by(now)
		c.at = slices.Grow(c.at, 1+len(c.at))
	}
	if len(c.at) == 0 || at < c.next {
		c.next = at
	}
	c.at = append(c.at, at)
}

// remove takes out a start that is not foreseen any more.
func (c *coming) remove(at sim.Time) {
	for k, t := range c.at {
		if t == at {
			last := len(c.at) - 1
			c.at[k] = c.at[last]
			c.at = c.at[:last]
			return
		}
	}
	panic("edge: a start was not foreseen")
}

// by takes out those that end by now and says how many they are.
func (c *coming) by(now sim.Time) int32 {
	if len(c.at) == 0 || c.next > now {
		return 0
	}
	left := c.at[:0]
	n := len(c.at)
	c.next = sim.Never
	for _, t := range c.at {
		if t > now {
			left = append(left, t)
			c.next = min(c.next, t)
		}
	}
	c.at = left
	return int32(n - len(left))
}

// anyReady says whether a region holds a ready instance at a moment: now, or later
// while nothing happens but requests that pass.
func (a *appState) anyReady(region uint8, at sim.Time) bool {
	if a.readyIn[region] <= 0 {
		a.readyIn[region] += a.coming[region].by(at)
	}
	return a.readyIn[region] > 0
}
