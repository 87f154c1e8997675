package workload

import (
	"math"

	"berth/sim"
	"berth/sim/rng"
)

// burstState is where a burst of one replication stands.
type burstState struct {
	spec   *Burst
	start  sim.Time // of the current repetition
	next   sim.Time // of its next arrival
	offset float64  // of next from start, ns
	left   int      // arrivals of this repetition from next on
}

func newBurst(spec *Burst, r *rng.Stream) burstState {
	b := burstState{spec: spec, start: spec.At, left: spec.Count}
	b.step(r)
	return b
}

// step finds the next arrival. The Count arrivals are uniform over Over; sorted,
// the first of n that remain beyond an offset is the minimum of n uniforms,
// which is drawn by itself: 1 - U^(1/n) of what remains (D. Lurie and
// H. O. Hartley, "Machine-Generation of Order Statistics", 1972). So no list is
// kept, however large the burst.
func (b *burstState) step(r *rng.Stream) {
	if b.left == 0 {
		if b.spec.Every == 0 {
			b.next = sim.Never
			return
		}
		b.start += b.spec.Every
		b.left, b.offset = b.spec.Count, 0
	}
	if over := float64(b.spec.Over); over > 0 {
		share := -math.Expm1(math.Log(r.Open01()) / float64(b.left))
		b.offset += (over - b.offset) * share
		b.next = b.start + min(sim.Time(b.offset), b.spec.Over-1)
	} else {
		b.next = b.start
	}
	b.left--
}

// takeBurst returns the earliest burst arrival, earlier entries first, and
// steps on.
func (c *Cursor) takeBurst() sim.Time {
	at := c.nextBurst
	for i := range c.bursts {
		if b := &c.bursts[i]; b.next == at {
			b.step(&c.aux)
			break
		}
	}
	c.earliestBurst()
	return at
}

// earliestBurst looks for the next burst within the run.
func (c *Cursor) earliestBurst() {
	c.nextBurst = sim.Never
	for i := range c.bursts {
		if next := c.bursts[i].next; next < c.nextBurst && next < c.a.horizon {
			c.nextBurst = next
		}
	}
}
