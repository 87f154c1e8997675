package edge

import (
	"berth/models/instance"
	"berth/sim"
)

// passLanes lets the next arrivals of an entry pass, at most those drawn, as long
// as nothing comes before them, and returns how many did. queued and head are the
// head of the queue.
func (e *engine) passLanes(ei int, queued bool, head *sim.Entry) int {
	es := &e.entries[ei]
	until := e.until(ei, queued, head)
	d, a := es.drawn, &e.apps[es.en.app]
	from, pool := d.k, a.m.route == routePool
	blocked := false
	if pool {
		e.passPool(a, d, uint8(ei), until)
		blocked = d.k < d.n && d.at[d.k] <= until
	} else {
		blocked = e.pass(a, d, uint8(ei), until)
	}
	if blocked {
		e.now = d.at[d.k]
		r := d.request(e, es, ei)
		d.k++
		e.send(r)
	} else if d.k > from {
		e.now = d.at[d.k-1]
	}
	passed := d.k - from
	e.events += int64(passed)
	if d.k < d.n {
		es.nextAt, es.nextPl = d.at[d.k], d.place[d.k]
	} else {
		e.drawMore(es)
	}
	return passed
}

// opens says whether a lane has been opened for the next arrival drawn, which comes
// now and whose instance is i if it has one. Then it passes.
func (e *engine) opens(a *appState, d *drawn, i int32) bool {
	if i == instance.None {
		return a.m.startsDrawn && e.startDrawn(a, d)
	}
	return !e.pool.Lanes[i].Open && e.openLane(a, i, false)
}

// until is the last instant at which an arrival of an entry comes before the
// head of the queue and before the arrivals of the others.
func (e *engine) until(ei int, queued bool, head *sim.Entry) sim.Time {
	until := e.horizon
	if queued {
		until = min(until, lastBefore(head))
	}
	for j := range e.entries {
		if at := e.entries[j].nextAt; j < ei {
			until = min(until, at-1)
		} else if j > ei {
			until = min(until, at)
		}
	}
	return until
}

// lastBefore is the last instant at which an arrival comes before an entry of the
// queue.
func lastBefore(head *sim.Entry) sim.Time {
	if head.Class() < classArrival {
		return head.At - 1
	}
	return head.At
}

// lastBeforeQueued is that of the first in the queue.
func (e *engine) lastBeforeQueued() sim.Time {
	if head, queued := e.q.Peek(); queued {
		return lastBefore(&head)
	}
	return sim.Never
}

// pass lets arrivals pass through lanes, which it opens where it can. It stops at
// the first that comes after until or, and then it is true, that has to go the
// general way. Nothing is called on the way of a request that finds an open lane and
// at most one guest, who has left.
func (e *engine) pass(a *appState, d *drawn, entry uint8, until sim.Time) (blocked bool) {
	m, lanes, most, t := e.m, e.pool.Lanes, a.m.laneGuests, a.tally
	first, seq, ready, used := d.k, e.sent, int64(0), int64(0)
	last, network := e.last, !m.cfg.Network.None
	second, nextSecond, limit := int32(0), sim.Time(0), int32(m.cfg.Account.DORequestsPerS)
	k, n := first, d.until(until)
	for ; k < n; k++ {
		k := k & (drawAhead - 1)
		at, alone := d.at[k], d.alone[k]
		i, wpop := d.insts[k], d.wpop[k]
		if now := a.instOf[d.key[k]]; now != i { // rarely: until it is known the lane is waited for
			i = now
		}
		if blocked = e.down[wpop] || alone < 0; blocked {
			break
		}
		if limit > 0 { // before an instance is started for it
			if at >= nextSecond {
				second = int32(at / sim.Second)
				nextSecond = sim.Time(second+1) * sim.Second
			}
			if blocked = a.asks[d.key[k]].over(second, limit); blocked {
				break
			}
		}
		if uint(i) >= uint(len(lanes)) || !lanes[i].Open {
			e.now, d.k, e.sent = at, k, seq
			if blocked = !e.opens(a, d, i); blocked {
				break
			}
			until = min(until, e.lastBeforeQueued())
			i, lanes, seq, n = a.instOf[d.key[k]], e.pool.Lanes, e.sent, d.until(until)
			if k >= n {
				break
			}
		}
		l := &lanes[i]
		if l.Guests > 0 && l.Due <= at {
			if l.Guests > 1 || e.log != nil {
				e.now = at
				e.settle(a, i)
			} else {
				last = max(last, l.Due)
				if t.n == leftAhead {
					t.sumUp()
				}
				t.putLone(l)
			}
		}
		if blocked = l.Guests >= most; blocked {
			break
		}
		if limit > 0 {
			a.out.MaxDORate = max(a.out.MaxDORate, int64(a.asks[d.key[k]].ask(second)))
		}
		seq++
		g := &l.First
		if l.Guests > 0 {
			g = e.pool.Spare(l)
		}
		g.Sent, g.CPU, g.IO, g.Bytes, g.Seq, g.Place = at, d.cpu[k], sim.Time(d.io[k]), d.bytes[k], seq, uint16(d.place[k])
		g.WPop, g.Entry, g.Region, g.Cold = wpop, entry, d.region[k], false
		leaves, back := at, sim.Time(0) // its object; half a round trip to the instance
		if network {                    // else all of this is 0 in every guest
			wd, dc := jittered(m.hopTo(wpop, l.DO), wpop == l.DO, d.jwd[k]), jittered(l.Hop, l.SamePoP, d.jdc[k])
			g.CW, g.WD, g.DC, g.JWD, g.JDC = d.cw[k], wd, dc, d.jwd[k], d.jdc[k]
			leaves += sim.Time(d.cw[k]/2) + sim.Time(wd/2)
			back = sim.Time(dc / 2)
		}
		if at < l.Ready && leaves < l.Ready { // the start was foreseen
			g.Cold, leaves = true, l.Ready
		}
		if l.Guests == 0 {
			l.Due = leaves + back + alone
		}
		l.Guests++
		if reg := d.region[k]; a.readyIn[reg] > 0 || len(a.coming[reg].at) > 0 && a.anyReady(reg, at) {
			ready++
			here := int64(0)
			if m.popRegion[l.Pop] == reg { // a coin toss: no branches
				here = 1
			}
			if l.Ready > at {
				here = 0
			}
			used += here
		}
	}
	a.sentFrom(d, first, k)
	d.k, e.sent, e.last = k, seq, max(e.last, last)
	a.out.RegionUsed += used
	a.passed(int64(k-first), ready)
	return blocked
}

// until is the end of the arrivals that come by a time.
func (d *drawn) until(t sim.Time) int {
	if d.at[(d.n-1)&(drawAhead-1)] <= t {
		return d.n
	}
	k := d.k
	for k < d.n && d.at[k&(drawAhead-1)] <= t {
		k++
	}
	return k
}

// sentFrom counts the arrivals from first to k, which pass, by the regions of their
// clients, by Worker and over time.
func (a *appState) sentFrom(d *drawn, first, k int) {
	each := first
	if d.from == nil { // all from one place
		a.regions[d.region[0]].Requests += int64(k - first)
		a.workerAt[d.wpop[0]] += int64(k - first)
		each = k
	}
	for j := each; j < k; j++ {
		a.regions[d.region[j&(drawAhead-1)]].Requests++
		a.workerAt[d.wpop[j&(drawAhead-1)]]++
	}
	for first < k {
		b := a.bucket(d.at[first])
		end, from := sim.Time(b+1)*a.step, first
		if first = k; d.at[k-1] >= end && b < len(a.series.Requests)-1 {
			for first = from; d.at[first] < end; {
				first++
			}
		}
		a.series.Requests[b] += int64(first - from)
	}
}

// passed counts n requests that passed through lanes, ready of them while their
// region held a ready instance.
func (a *appState) passed(n, ready int64) {
	a.out.Requests += n
	a.workerRequests += n
	a.doRequests += n
	a.out.RegionReady += ready
}
