package edge

import (
	"cmp"
	"slices"

	"berth/models/instance"
	"berth/models/routing"
	"berth/sim"
)

// A pool whose instances take one request each lets requests pass through their
// lanes: the request that an idle instance is given is alone there, so when it
// will leave is known at once. Without a network the Durable Object learns of it
// at the same moment. Nobody needs to be told before the next request comes,
// unless some wait in the central queue.

// lanePool is the part of a pool that passes requests through lanes.
type lanePool struct {
	dueAt sim.Time // the first look at its lanes that is queued
	hops  int      // times that it has let others of the same instant go first
	due   []leaving
}

// leaving is an instance whose request has left while others wait.
type leaving struct {
	at  sim.Time
	seq uint32
	num int32
}

// lonePool says whether the instances of a pool hold one request each and the
// Durable Object sees what happens there as it happens.
func (m *Model) lonePool(en *entry, a *app) bool {
	r := &a.cfg.Route
	return a.route == routePool && r.PerInstance == 1 && !r.SetupPerWaiting && !en.asSession && m.cfg.Network.None && routing.NewRanks(a.pick.Name) != nil
}

// passPool lets arrivals pass through the lanes of a pool. It stops at the first
// that comes after until or that finds no idle instance.
func (e *engine) passPool(a *appState, d *drawn, entry uint8, until sim.Time) {
	lanes, rate, ranks, t := e.pool.Lanes, a.m.loneRate, a.ranks, a.tally
	first, seq, ready, last := d.k, e.sent, int64(0), e.last
	stepEnd, inStep, bucket := sim.Time(0), int64(0), 0
	k := first
	for ; k < d.n && a.waitingN == 0; k++ {
		k := k & (drawAhead - 1)
		at := d.at[k]
		n, ok := ranks.Pick(at)
		wpop := d.wpop[k]
		if !ok || at > until || e.down[wpop] || d.cpu[k] >= instance.LaneWork {
			break
		}
		i := a.byNum[n]
		l := &lanes[i]
		if !l.Open {
			if e.now = at; !e.openLane(a, i, false) {
				break
			}
		}
		if l.Guests > 0 {
			if e.log != nil {
				e.now = at
				e.settle(a, i)
			} else {
				last = max(last, l.Due)
				if t.n == leftAhead {
					t.sumUp()
				}
				t.putLone(l)
				a.serial++
			}
		}
		if at >= stepEnd {
			a.series.Requests[bucket] += inStep
			bucket = a.bucket(at)
			stepEnd, inStep = sim.Time(bucket+1)*a.step, 0
		}
		inStep++
		seq++
		g, reg := &l.First, d.region[k]
		g.Sent, g.CPU, g.IO, g.Bytes = at, d.cpu[k], sim.Time(d.io[k]), d.bytes[k]
		g.CW, g.WD, g.DC, g.Seq, g.Place = 0, 0, 0, seq, uint16(d.place[k])
		g.JWD, g.JDC, g.WPop, g.Entry, g.Region, g.Cold = 0, 0, wpop, entry, reg, false
		l.Due = at + sim.Time(rate.Ceil(d.cpu[k])) + sim.Time(d.io[k])
		l.Guests = 1
		ranks.Add(n, l.Due)
		a.regions[reg].Requests++
		a.workerAt[wpop]++
		if a.readyIn[reg] > 0 {
			ready++
		}
	}
	d.k, e.sent, e.last = k, seq, max(e.last, last)
	a.series.Requests[bucket] += inStep
	a.passed(int64(k-first), ready)
}

// settlePool settles what is over in the lanes of a pool before an instance starts
// while others are idle: the order of starts and idle periods draws its life. One
// that starts because nobody is idle finds nothing to settle.
func (e *engine) settlePool(a *appState) {
	if a.m.laneGuests == 0 || a.waitingN > 0 || a.ranks.Next() > e.now {
		return
	}
	for _, i := range a.byNum {
		if i != instance.None && e.pool.Lanes[i].Open {
			e.settle(a, i)
		}
	}
}

// freeLanes gives those who wait the instances whose guests have left by now, in
// the order in which they left, at one instant in the order in which they came.
func (e *engine) freeLanes(a *appState) {
	for at := a.ranks.Next(); a.waitingN > 0 && at <= e.now; at = a.ranks.Next() {
		n, _ := a.ranks.Pick(at)
		a.ranks.Remove(n)
		a.due = append(a.due, leaving{at, e.pool.Lanes[a.byNum[n]].First.Seq, n})
	}
	slices.SortFunc(a.due, func(x, y leaving) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.seq, y.seq)) })
	for _, d := range a.due {
		i, serial := a.byNum[d.num], a.serial
		e.settle(a, i)
		a.serial = serial // offer counts it
		e.offer(a, i)
	}
	a.due = a.due[:0]
}

// freeWithLanes keeps an instance whose request left in the general way for
// freeLanes, where others may leave at the same instant: they have to be put in
// order.
func (e *engine) freeWithLanes(a *appState, i int32) bool {
	if a.m.laneGuests == 0 || a.waitingN == 0 || len(a.due) == 0 && a.ranks.Next() > e.now && e.q.HeadAt() > e.now {
		return false
	}
	a.due = append(a.due, leaving{e.now, e.pool.Lanes[i].First.Seq, e.pool.Insts[i].Num})
	if len(a.due) == 1 {
		e.q.Push(e.now, classFree, pack(evPoolDue, a.index, 0))
	}
	return true
}

// armLanes queues a look at the lanes of a pool, where somebody waits, for the
// moment at which the first guest leaves.
func (e *engine) armLanes(a *appState) {
	if a.m.laneGuests == 0 || a.waitingN == 0 || a.ranks.Next() == sim.Never || a.dueAt > e.now && a.dueAt <= a.ranks.Next() {
		return
	}
	a.dueAt = a.ranks.Next()
	e.q.Push(a.dueAt, classFree, pack(evPoolDue, a.index, 0))
}

// poolDue frees what has become idle and looks again while anybody waits.
func (e *engine) poolDue(a *appState) {
	if len(a.due) > 0 || a.waitingN > 0 && a.ranks.Next() <= e.now {
		// Those who leave at this instant in the general way take two events.
		if a.hops++; a.hops <= 2 {
			e.q.Push(e.now, classFree, pack(evPoolDue, a.index, 0))
			return
		}
		e.freeLanes(a)
	}
	a.hops = 0
	e.armLanes(a)
}
