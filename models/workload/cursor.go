package workload

import (
	"math"

	"berth/sim"
	"berth/sim/rng"
)

// Cursor walks through the arrivals of one replication. It is a value, but a
// copy shares its streams and bursts with the original: use one of them.
type Cursor struct {
	gap, place *rng.Stream
	a          *Arrivals

	// The plain path: the position within the segment and where to look up.
	x       float64 // ns from base
	stop    float64 // below this offset an arrival needs no second look
	meanGap float64
	base    sim.Time
	seg     *segment
	special bool // script, renewal, sine, or an arrival held back by a burst

	index     int      // of seg
	held      bool     // an arrival is drawn but bursts go first
	heldAt    sim.Time // its instant
	nextBurst sim.Time
	next      int // of the script
	bursts    []burstState
	aux       rng.Stream // thinning and bursts, so that gaps are the same with and without
}

// auxPurpose keeps the derived stream apart from others of the same state.
const auxPurpose = 0x6275727374

// Cursor starts at time 0. Gaps between arrivals are drawn from gap, places from
// place. It allocates only when there are bursts.
func (a *Arrivals) Cursor(gap, place *rng.Stream) Cursor {
	ahead := *gap // a copy: looking at it takes nothing from the gaps
	c := Cursor{gap: gap, place: place, a: a, index: -1, aux: rng.Derive(ahead.Uint64(), auxPurpose)}
	c.nextBurst = sim.Never
	for i := range a.bursts {
		c.bursts = append(c.bursts, newBurst(&a.bursts[i], &c.aux))
	}
	c.earliestBurst()
	c.special = a.law != nil || a.script != nil || a.wave.amplitude > 0
	if !c.advance() {
		c.over()
	}
	return c
}

// Next returns the next arrival: its instant, never before the one returned
// last, and the index of its place. After the last it returns sim.Never for
// ever.
func (c *Cursor) Next() (at sim.Time, place int32) {
	if !c.special {
		x := c.x + c.gap.Exp()*c.meanGap
		if x < c.stop {
			c.x = x
			return c.base + sim.Time(x), c.a.place(c.seg, c.place)
		}
		if at := c.cross(x); at < c.nextBurst {
			return at, c.a.place(c.seg, c.place)
		} else {
			c.hold(at)
		}
	}
	return c.nextSpecial()
}

// cross takes offset x, which lies beyond stop, to the segment that it belongs
// to: what is left of the unit exponential at a boundary goes on at the next
// rate. The result is Never when the process is over.
func (c *Cursor) cross(x float64) sim.Time {
	for x >= c.seg.length {
		left := (x - c.seg.length) / c.meanGap
		if !c.advance() {
			return sim.Never
		}
		x = left * c.meanGap
	}
	c.x = x
	return c.base + sim.Time(x)
}

// advance enters the next segment with a rate above 0, if there is one.
func (c *Cursor) advance() bool {
	for c.index+1 < len(c.a.segments) {
		c.index++
		c.seg = &c.a.segments[c.index]
		if !math.IsInf(c.seg.meanGap, 1) {
			c.base, c.meanGap, c.x = c.seg.start, c.seg.meanGap, 0
			c.setStop()
			return true
		}
	}
	return false
}

func (c *Cursor) setStop() {
	c.stop = c.seg.length
	if c.nextBurst < sim.Never {
		c.stop = math.Min(c.stop, float64(c.nextBurst-c.base))
	}
}

// hold keeps a drawn arrival until the bursts before it are out.
func (c *Cursor) hold(at sim.Time) {
	c.held, c.heldAt, c.special = true, at, true
}

// over ends the Poisson process; bursts may remain.
func (c *Cursor) over() {
	if c.a.law == nil && c.a.script == nil {
		c.hold(sim.Never)
	}
}

// nextSpecial serves scripts, renewals, the sine, and bursts. A burst goes before
// an arrival of the same instant.
func (c *Cursor) nextSpecial() (sim.Time, int32) {
	if !c.held {
		c.heldAt, c.held = c.draw(), true
	}
	if c.nextBurst <= c.heldAt && c.nextBurst < sim.Never {
		at := c.takeBurst()
		return at, c.a.place(&c.a.segments[c.a.find(at)], c.place)
	}
	if c.heldAt == sim.Never {
		return sim.Never, -1
	}
	c.held = false
	switch {
	case c.a.script != nil:
		c.next++
		return c.heldAt, c.a.script[c.next-1].place
	case c.a.law != nil:
		return c.heldAt, c.a.place(&c.a.segments[c.a.find(c.heldAt)], c.place)
	case c.a.wave.amplitude == 0:
		c.special = false
		c.setStop()
	}
	return c.heldAt, c.a.place(c.seg, c.place)
}

// draw is the next arrival of the process without bursts.
func (c *Cursor) draw() sim.Time {
	a := c.a
	switch {
	case a.script != nil:
		if c.next < len(a.script) {
			return a.script[c.next].at
		}
		return sim.Never
	case a.law != nil:
		// base is the last arrival; the sum can't overflow, as draws end at 2^62.
		if c.base += sim.Time(a.law.Int64(c.gap)); c.base >= a.horizon {
			c.base = a.horizon
			return sim.Never
		}
		return c.base
	}
	for {
		at := c.cross(c.x + c.gap.Exp()*c.meanGap)
		if at == sim.Never || c.aux.Float64()*(1+a.wave.amplitude) < a.wave.at(at) {
			return at
		}
	}
}
