package workload

import "berth/sim"

// batch is how many gaps and places are drawn at once.
const batch = 64

// Fill draws the next arrivals, at most len(at) and at least one: the same as
// so many calls of Next would. The last of a process is sim.Never. Where OnePlace
// says that all come from one place, place may be nil.
func (c *Cursor) Fill(at []sim.Time, place []int32) int {
	if c.special || len(at) < batch {
		return c.fillOne(at, place)
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
			return c.fillOne(at, place)
		}
		c.gap.Exps(x[:n])
	} else {
		*c.gap = gap
	}
	c.x = pos
	if place != nil {
		c.places(place[:n])
	}
	return n
}

func (c *Cursor) fillOne(at []sim.Time, place []int32) int {
	t, pl := c.Next()
	if at[0] = t; place != nil {
		place[0] = pl
	}
	return 1
}

// places draws where arrivals of the present segment come from.
func (c *Cursor) places(dst []int32) {
	if c.a.nowhere {
		for i := range dst {
			dst[i] = -1
		}
		return
	}
	groups := c.a.groups
	if c.a.onePlace {
		for i := range dst {
			dst[i] = groups[0].members[0]
		}
		return
	}
	between, stream := c.seg.groups, *c.place
	for i := range dst {
		w, g := uint64(0), &groups[0]
		w, stream = stream.Next()
		if between != nil {
			g = &groups[between.DrawHalf(uint32(w>>32))]
		}
		dst[i] = g.places.DrawHalf(uint32(w))
	}
	*c.place = stream
}
