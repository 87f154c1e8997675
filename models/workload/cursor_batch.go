package workload

import "berth/sim"

// batch is how many gaps and places are drawn at once.
const batch = 64

// Fill draws the next arrivals, at most len(at) and at least one: the same as
// so many calls of Next would. The last of a process is sim.Never.
func (c *Cursor) Fill(at []sim.Time, place []int32) int {
	if c.special || len(at) < batch {
		at[0], place[0] = c.Next()
		return 1
	}
	gap := *c.gap
	var x [batch]float64
	gap.Exps(x[:])
	n, pos := 0, c.x
	for ; n < batch; n++ {
		next := pos + x[n]*c.meanGap
		if next >= c.stop {
			break
		}
		pos = next
		at[n] = c.base + sim.Time(pos)
	}
	if n < batch { // take no more gaps than were used
		if n == 0 {
			at[0], place[0] = c.Next()
			return 1
		}
		c.gap.Exps(x[:n])
	} else {
		*c.gap = gap
	}
	c.x = pos
	c.places(place[:n])
	return n
}

// places draws where arrivals of the present segment come from.
func (c *Cursor) places(dst []int32) {
	if c.a.nowhere {
		for i := range dst {
			dst[i] = -1
		}
		return
	}
	if g := &c.a.groups[0]; c.seg.groups == nil && g.alias == nil {
		for i := range dst {
			dst[i] = g.members[0]
		}
		return
	}
	// At most two words an arrival; the stream goes on after those that were used.
	var w [2 * batch]uint64
	before, used, groups := *c.place, 0, c.seg.groups
	c.place.Words(w[:2*len(dst)])
	for i := range dst {
		g := &c.a.groups[0]
		if groups != nil {
			g = &c.a.groups[groups.Draw(w[used&(2*batch-1)])]
			used++
		}
		k := int32(0)
		if g.alias != nil {
			k = g.alias.Draw(w[used&(2*batch-1)])
			used++
		}
		dst[i] = g.members[k]
	}
	if used < 2*len(dst) {
		*c.place = before
		c.place.Words(w[:used])
	}
}
