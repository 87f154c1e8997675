package stats

import (
	"math"
	"math/bits"
)

// RecordAll counts every value: the same as so many calls of Record, with the
// sums in registers.
func RecordAll[T int32 | int64](h *Histogram, values []T) {
	counts, base := h.counts, h.base
	var lo, hi uint64
	largest, minInv := h.max, h.minInv
	n := uint64(0)
	for _, x := range values {
		v := int64(x)
		i := bucketOf(uint64(v)) - base
		if uint(i) >= uint(len(counts)) {
			h.recordSlow(v, 1)
			counts, base = h.counts, h.base
			continue
		}
		counts[i]++
		n++
		var carry uint64
		lo, carry = bits.Add64(lo, uint64(v), 0)
		hi += carry
		largest = max(largest, v)
		minInv = max(minInv, math.MaxInt64-v)
	}
	// What lay outside of the window has been added to h meanwhile.
	h.total += n
	var carry uint64
	h.sum.Lo, carry = bits.Add64(h.sum.Lo, lo, 0)
	h.sum.Hi += hi + carry
	h.max, h.minInv = max(h.max, largest), max(h.minInv, minInv)
}
