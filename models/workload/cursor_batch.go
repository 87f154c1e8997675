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
	r, groups := *c.place, c.seg.groups
	for i := range dst {
		g := &c.a.groups[0]
		if groups != nil {
			g = &c.a.groups[groups.Draw(r.Uint64())]
		}
		k := int32(0)
		if g.alias != nil {
			k = g.alias.Draw(r.Uint64())
		}
		dst[i] = g.members[k]
	}
	*c.place = r
}
