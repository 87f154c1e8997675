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
	if pool {
		e.passPool(a, d, uint8(ei), until)
	} else {
		e.pass(a, d, uint8(ei), until)
	}
	if d.k < d.n && d.at[d.k] <= until {
		e.now = d.at[d.k]
		i := instance.None
		if !pool {
			i = a.instOf[d.key[d.k]]
		}
		if !e.opens(a, d, i) {
			r := d.request(e, es, ei)
			d.k++
			e.send(r)
		}
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

// opens says whether a lane has been opened for the next arrival drawn, whose
// instance is i if it has one. Then it passes.
func (e *engine) opens(a *appState, d *drawn, i int32) bool {
	if e.down[d.wpop[d.k]] {
		return false
	}
	if i == instance.None {
		return a.m.foresees && e.startDrawn(a, d)
	}
	return !e.pool.Lanes[i].Open && e.openLane(a, i, false)
}

// until is the last instant at which an arrival of an entry comes before the
// head of the queue and before the arrivals of the others.
func (e *engine) until(ei int, queued bool, head *sim.Entry) sim.Time {
	until := e.horizon
	if queued {
		at := head.At
		if head.Class() < classArrival {
			at--
		}
		until = min(until, at)
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

// pass lets arrivals pass through open lanes. It stops at the first that comes
// after until or that needs more. Nothing is called on the way of a request that
// finds at most one guest, who has left.
func (e *engine) pass(a *appState, d *drawn, entry uint8, until sim.Time) {
	m, lanes, rate, most, t := e.m, e.pool.Lanes, a.m.loneRate, a.m.laneGuests, a.tally
	first, seq, ready, used := d.k, e.sent, int64(0), int64(0)
	stepEnd, inStep, bucket := sim.Time(0), int64(0), 0
	last, network := e.last, !m.cfg.Network.None
	k := first
	for ; k < d.n; k++ {
		k := k & (drawAhead - 1)
		at := d.at[k]
		i := a.instOf[d.key[k]]
		wpop := d.wpop[k]
		if at > until || uint(i) >= uint(len(lanes)) || !lanes[i].Open || e.down[wpop] || d.cpu[k] >= instance.LaneWork {
			break
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
		if l.Guests >= most {
			break
		}
		if at >= stepEnd {
			a.series.Requests[bucket] += inStep
			bucket = a.bucket(at)
			stepEnd, inStep = sim.Time(bucket+1)*a.step, 0
		}
		inStep++
		seq++
		wd, dc := int32(0), int32(0)
		if network {
			wd = jittered(m.hopTo(wpop, l.DO), wpop == l.DO, d.jwd[k])
			dc = jittered(l.Hop, l.SamePoP, d.jdc[k])
		}
		g := &l.First
		if l.Guests > 0 {
			g = e.pool.Spare(l)
		}
		g.Sent, g.CPU, g.IO, g.Bytes = at, d.cpu[k], sim.Time(d.io[k]), d.bytes[k]
		g.CW, g.WD, g.DC, g.Seq, g.Place = d.cw[k], wd, dc, seq, uint16(d.place[k])
		g.JWD, g.JDC, g.WPop, g.Entry, g.Region, g.Cold = d.jwd[k], d.jdc[k], wpop, entry, d.region[k], false
		leaves := at + sim.Time(d.cw[k]/2) + sim.Time(wd/2) // its object
		if at < l.Ready && leaves < l.Ready {               // the start was foreseen
			g.Cold, leaves = true, l.Ready
		}
		if l.Guests == 0 {
			l.Due = leaves + sim.Time(dc/2) + sim.Time(rate.Ceil(d.cpu[k])) + sim.Time(d.io[k])
		}
		l.Guests++
		reg := d.region[k]
		a.regions[reg].Requests++
		a.workerAt[wpop]++
		if a.readyIn[reg] > 0 || a.anyReady(reg, at) {
			ready++
			if m.popRegion[l.Pop] == reg && l.Ready <= at {
				used++
			}
		}
	}
	d.k, e.sent, e.last = k, seq, max(e.last, last)
	a.series.Requests[bucket] += inStep
	a.out.RegionUsed += used
	a.passed(int64(k-first), ready)
}

// passed counts n requests that passed through lanes, ready of them while their
// region held a ready instance.
func (a *appState) passed(n, ready int64) {
	a.out.Requests += n
	a.workerRequests += n
	a.doRequests += n
	a.out.RegionReady += ready
}
