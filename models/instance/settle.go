package instance

import (
	"slices"

	"berth/sim"
)

// Spare gives a record to one more guest of a lane that has some and room; the
// caller counts it.
func (p *Pool) Spare(l *Lane) *Guest {
	k := p.freeGuest
	if k == None {
		p.guests = append(roomy(p.guests), spareGuest{})
		k = int32(len(p.guests) - 1)
	} else {
		p.freeGuest = p.guests[k].next
	}
	l.more[l.Guests-1] = k
	return &p.guests[k].Guest
}

// crowd is the guests of a lane in order of arrival.
type crowd struct {
	n      int
	guest  [MaxGuests]*Guest
	slot   [MaxGuests]int32 // in Pool.guests, None for the lane's first
	arrive [MaxGuests]sim.Time
	finish [MaxGuests]sim.Time
	work   [MaxGuests]int64 // virtual work at which its CPU is done
	phase  [MaxGuests]place
	most   uint8 // most requests inside at once

	// The processor, as in Instance.
	computing int64
	v         int64
	last      sim.Time
}

// Settle simulates the busy periods of a lane that are over by now and lists
// their requests in p.Left. They stay valid until Clear takes them out.
func (p *Pool) Settle(l *Lane, s *Spec, now sim.Time) {
	p.Left = p.Left[:0]
	if l.Guests == 0 || l.Due > now {
		return
	}
	c := &p.crowd
	p.gather(l, c)
	for k := 0; k < c.n; {
		to, end := c.period(s, k)
		if end > now {
			l.Due = end
			return
		}
		first := len(p.Left)
		for j := k; j < to; j++ {
			p.Left = append(p.Left, Settled{Guest: c.guest[j], Arrive: c.arrive[j], Finish: c.finish[j]})
		}
		p.Left[first].BusyFrom, p.Left[first].BusyTo = c.arrive[k], end
		l.MaxIn = max(l.MaxIn, c.most)
		k = to
	}
}

// Clear takes the guests that Settle listed out of the lane.
func (p *Pool) Clear(l *Lane) {
	c, left := &p.crowd, len(p.Left)
	if left == 0 {
		return
	}
	l.Guests = uint8(c.n - left)
	for _, j := range c.slot[:left] {
		p.freeSpare(j)
	}
	stay := c.slot[left:c.n]
	if k := slices.Index(stay, None); k > 0 {
		stay[0], stay[k] = stay[k], stay[0]
	} else if k < 0 && len(stay) > 0 {
		l.First = p.guests[stay[0]].Guest
		p.freeSpare(stay[0])
	}
	if len(stay) > 0 {
		copy(l.more[:], stay[1:])
	}
}

func (p *Pool) freeSpare(k int32) {
	if k != None {
		p.guests[k].next, p.freeGuest = p.freeGuest, k
	}
}

// period simulates the busy period that begins with the arrival of guest k: it
// ends at end, and guest to is the first that comes later.
func (c *crowd) period(s *Spec, k int) (to int, end sim.Time) {
	if alone := c.arrive[k] + c.guest[k].alone(s); k+1 == c.n || c.arrive[k+1] >= alone {
		c.finish[k], c.most = alone, 1
		return k + 1, alone
	}
	c.computing, c.most = 0, 0
	next, inside := k, uint8(0)
	for {
		tc, tf, ta := sim.Never, sim.Never, sim.Never
		first, done := -1, -1
		for j := k; j < next; j++ {
			switch {
			case c.phase[j] == inCPU && (first < 0 || c.work[j] < c.work[first]):
				first = j
			case c.phase[j] == inIO && c.finish[j] < tf:
				done, tf = j, c.finish[j]
			}
		}
		if first >= 0 {
			tc = c.last + sim.Time(timeFor(c.work[first]-c.v, c.computing, s))
		}
		if next < c.n {
			ta = c.arrive[next]
		}
		switch {
		case tc <= tf && tc <= ta:
			c.step(s, tc)
			c.computing--
			c.phase[first], c.finish[first] = inIO, tc+c.guest[first].IO
		case tf <= ta:
			c.phase[done] = onItsWay // and gone
			if inside--; inside == 0 {
				return next, tf
			}
		default:
			c.begin(s, next, ta)
			next++
			inside++
			c.most = max(c.most, inside)
		}
	}
}

// begin lets guest j reach the instance at t.
func (c *crowd) begin(s *Spec, j int, t sim.Time) {
	g := c.guest[j]
	if g.CPU == 0 || s.FullSpeed {
		c.phase[j], c.finish[j] = inIO, t+g.alone(s)
		return
	}
	if c.computing == 0 {
		c.v, c.last = 0, t
	} else {
		c.step(s, t)
	}
	c.phase[j], c.work[j] = inCPU, c.v+g.CPU
	c.computing++
}

// step moves the virtual clock of the processor to t.
func (c *crowd) step(s *Spec, t sim.Time) {
	c.v += gained(int64(t-c.last), c.computing, s)
	c.last = t
}

// alone is how long a guest stays when nobody else is inside.
func (g *Guest) alone(s *Spec) sim.Time {
	return sim.Time(ceilDiv(g.CPU, min(s.VCPU1024, s.Thread1024))) + g.IO
}

// Dissolve makes the guests of a lane ordinary requests of instance i, ids and all.
func (p *Pool) Dissolve(i int32) {
	l := &p.Lanes[i]
	for j := range int(l.Guests) {
		g := &l.First
		if j > 0 {
			g = &p.guests[l.more[j-1]].Guest
		}
		p.readmit(i, l, g)
		if j > 0 {
			p.freeSpare(l.more[j-1])
		}
	}
	l.Guests = 0
}

// PendGuests lets the guests of a lane wait for instance i at its Durable Object, as
// ordinary requests.
func (p *Pool) PendGuests(i int32) {
	l := &p.Lanes[i]
	for j := range int(l.Guests) {
		g := &l.First
		if j > 0 {
			g = &p.guests[l.more[j-1]].Guest
		}
		r := p.request(i, g)
		p.Reqs[r].Flags |= FlagCold
		p.Pend(i, r)
		if j > 0 {
			p.freeSpare(l.more[j-1])
		}
	}
	l.Guests = 0
}

// readmit makes a guest a request on its way to its instance.
func (p *Pool) readmit(i int32, l *Lane, g *Guest) {
	r := p.request(i, g)
	q := &p.Reqs[r]
	q.At = l.Arrive(g)
	if g.Cold {
		q.Flags |= FlagCold
		q.StartWait = l.Ready - q.AtDO
	}
	p.Deliver(i, r)
}

// request makes a guest an ordinary request of instance i.
func (p *Pool) request(i int32, g *Guest) int32 {
	r := p.NewRequest()
	q, in := &p.Reqs[r], &p.Insts[i]
	q.Sent, q.AtDO = g.Sent, g.AtDO()
	q.CPU, q.IO, q.Bytes = g.CPU, g.IO, g.Bytes
	q.CW, q.WD, q.DC, q.JWD, q.JDC = g.CW, g.WD, g.DC, g.JWD, g.JDC
	q.Seq, q.Place, q.WPop, q.Entry, q.Region = g.Seq, int32(g.Place), g.WPop, g.Entry, g.Region
	q.App, q.ID, q.Flags = in.App, in.ID, FlagCounted
	return r
}

// gather sorts the guests by arrival, ties by the order of sending.
func (p *Pool) gather(l *Lane, c *crowd) {
	c.n = 0
	for j := range int(l.Guests) {
		g, slot := &l.First, None
		if j > 0 {
			slot = l.more[j-1]
			g = &p.guests[slot].Guest
		}
		at := l.Arrive(g)
		k := c.n
		for ; k > 0 && before(at, g.Seq, c.arrive[k-1], c.guest[k-1].Seq); k-- {
			c.guest[k], c.slot[k], c.arrive[k] = c.guest[k-1], c.slot[k-1], c.arrive[k-1]
		}
		c.guest[k], c.slot[k], c.arrive[k] = g, slot, at
		c.n++
	}
}
