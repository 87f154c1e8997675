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
	busy  *sim.Earliest // by number: when the guest of its lane leaves; nil = no lanes
	dueAt sim.Time      // the first look that is queued for that
	due   []int32       // scratch of freeLanes
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
	lanes, rate, ranks, busy := e.pool.Lanes, a.m.loneRate, a.ranks, a.busy
	first, seq, ready := d.k, e.sent, int64(0)
	stepEnd, inStep, bucket := sim.Time(0), int64(0), 0
	k := first
	for ; k < d.n; k++ {
		k := k & (drawAhead - 1)
		at := d.at[k]
		if at > until || a.waitingN > 0 {
			break
		}
		if busy.At() <= at {
			e.leftPool(a, at)
		}
		n, ok := ranks.Pick()
		wpop := d.wpop[k]
		if !ok || e.down[wpop] || d.cpu[k] >= instance.LaneWork {
			break
		}
		i := a.byNum[n]
		l := &lanes[i]
		if !l.Open {
			if e.now = at; !e.openLane(a, i, false) {
				break
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
		ranks.Remove(n)
		busy.Set(int(n), l.Due)
		a.regions[reg].Requests++
		a.workerAt[wpop]++
		if a.readyIn[reg] > 0 {
			ready++
		}
	}
	n := int64(k - first)
	d.k, e.sent = k, seq
	a.series.Requests[bucket] += inStep
	a.out.Requests += n
	a.workerRequests += n
	a.doRequests += n
	a.out.RegionReady += ready
}

// leftPool makes the instances idle whose guests have left by now; nobody waits.
func (e *engine) leftPool(a *appState, now sim.Time) {
	t, lanes, busy := a.tally, e.pool.Lanes, a.busy
	for left := busy.At(); left <= now; left = busy.At() {
		n := int32(busy.First())
		busy.Set(int(n), sim.Never)
		a.serial++
		a.ranks.Add(n)
		i := a.byNum[n]
		switch l := &lanes[i]; {
		case l.Guests == 0: // it was settled before
		case e.log != nil:
			e.now = now
			e.settle(a, i)
		default:
			e.last = max(e.last, left)
			if t.n == leftAhead {
				e.sumUp(a)
			}
			t.putLone(l)
		}
	}
}

// freeLanes makes the instances idle whose guests have left by now; those who
// wait take them in the order in which their guests came.
func (e *engine) freeLanes(a *appState) {
	if a.busy == nil {
		return
	}
	if a.waitingN == 0 {
		e.leftPool(a, e.now)
		return
	}
	for at := a.busy.At(); at <= e.now; at = a.busy.At() {
		a.due = a.due[:0]
		for a.busy.At() == at {
			n := a.busy.First()
			a.busy.Set(n, sim.Never)
			a.due = append(a.due, int32(n))
		}
		lanes := e.pool.Lanes
		slices.SortFunc(a.due, func(x, y int32) int {
			return cmp.Compare(lanes[a.byNum[x]].First.Seq, lanes[a.byNum[y]].First.Seq)
		})
		for _, n := range a.due {
			i := a.byNum[n]
			e.settle(a, i)
			e.offer(a, i)
		}
	}
}

// armLanes queues a look at the lanes of a pool, where somebody waits, for the
// moment at which the first guest leaves.
func (e *engine) armLanes(a *appState) {
	if a.busy == nil || a.waitingN == 0 || a.busy.At() == sim.Never || a.dueAt > e.now && a.dueAt <= a.busy.At() {
		return
	}
	a.dueAt = a.busy.At()
	e.q.Push(a.dueAt, classFree, pack(evPoolDue, a.index, 0))
}

// poolDue frees what has become idle and looks again while anybody waits.
func (e *engine) poolDue(a *appState) {
	e.freeLanes(a)
	e.armLanes(a)
}

// poolLaneClosed goes on in the general way with an instance whose lane was
// closed: its guest has left, or is an ordinary request inside.
func (e *engine) poolLaneClosed(a *appState, i int32) {
	in := &e.pool.Insts[i]
	if a.busy.Get(int(in.Num)) == sim.Never {
		return
	}
	a.busy.Set(int(in.Num), sim.Never)
	switch {
	case in.Inboxn > 0:
		in.Assigned = 1
		e.watchPool(a, i)
	case a.waitingN > 0:
		in.Assigned = 1
		e.later(e.now, classFree, evPoolFree, i)
	default:
		e.addIdle(a, i)
	}
}
