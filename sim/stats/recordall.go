package stats

import (
	"math"
	"math/bits"
)

// RecordAll counts every value: the same as so many calls of Record, with the
// sums in registers. A value that needs more than that is rare: one outside of
// the window or of the extremes so far, or the sum's carry.
func RecordAll[T int32 | int64](h *Histogram, values []T) {
	n, rare, sum := uint64(len(values)), uint64(0), uint64(0)
	for k := 0; ; k++ {
		counts, base := h.counts, h.base
		smallest := uint64(h.minInv ^ math.MaxInt64)
		span := uint64(h.max) - smallest
		if h.total == 0 {
			span = 0 // nothing but MaxInt64
		}
		for ; k < len(values); k++ {
			v := uint64(int64(values[k]))
			shift := bits.Len64(v|(2<<subBits-1)) - (subBits + 1) // as bucketOf
			i := shift<<subBits + int(v>>(shift&63)) - base
			total := sum + v
			if uint(i) >= uint(len(counts)) || v-smallest > span || total < v {
				break
			}
			counts[i]++
			sum = total
		}
		if k >= len(values) {
			break
		}
		h.Record(int64(values[k]))
		rare++
	}
	h.total += n - rare
	h.sum.AddSum(Sum128{0, sum})
}
