package sim

import "math/bits"

const (
	comingSlots = 16 // of the wheel that Coming lists at once
	comingSoon  = 2  // slots before the end of what it listed at which it lists more
)

// Coming appends entries that are due a little later than the first, each about
// once, slot by slot of the wheel, so that a caller can fetch what they will touch
// into the cache, many at a time. Most calls append none. What is pushed after its
// time has been listed is left out, and so is a crowd. The queue stays as it is.
func (q *Queue) Coming(into []Entry) []Entry {
	if q.wheelFrom < q.showAt {
		return into
	}
	w := &q.wheel
	l, span := w.levels[w.top], uint(63)
	if w.top > 0 {
		span = w.levels[w.top-1].shift // of the slot that the finest level divides
	}
	at, end := max(q.shown, q.wheelFrom)>>l.shift, (w.base>>span+1)<<span>>l.shift
	if at >= end {
		return into // all of this level, or the queue is empty
	}
	for n := 0; n < comingSlots && at < end; n++ {
		i := at & (digits - 1)
		rest := l.words[i>>6] >> (i & 63)
		if rest == 0 {
			at = min((at>>6+1)<<6, end)
			continue
		}
		at = at + uint64(bits.TrailingZeros64(rest))
		before, h := len(into), l.slots[at&(digits-1)]
		for c, room := h>>3, h&7; c != 0; c, room = w.chunks[c].next, 0 {
			if len(into)-before > takeEntries {
				q.shown = at << l.shift
				return into[:before]
			}
			into = append(into, w.chunks[c].e[room:]...)
		}
		at++
	}
	q.shown = at << l.shift
	q.showAt = max(q.shown, comingSoon<<l.shift) - comingSoon<<l.shift
	return into
}
