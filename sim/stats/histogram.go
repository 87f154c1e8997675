package stats

import (
	"math"
	"math/bits"
)

// Buckets: values below 2^(subBits+1) have one each; above, every octave has
// 2^subBits of equal width. The middle of a bucket is then within
// 1/2^(subBits+1) = 0.39 % of every value in it.
const (
	subBits     = 7
	bucketCount = (63-subBits)<<subBits + 1<<subBits
	growthStep  = 32 // buckets; the window of counts grows to multiples of it
)

// Histogram counts non-negative integers, usually nanoseconds, in fixed
// log-linear buckets: exact below 256, within 0.4 % above. Buckets, count,
// sum and extremes are integers, so merging is exact and the order of merging
// changes nothing. The zero value is empty and ready; memory is allocated for
// the range of buckets in use only.
type Histogram struct {
	counts []uint64 // of buckets base, base+1, ...
	base   int
	total  uint64
	sum    Sum128
	// Extremes are kept so that zero values mean "none yet".
	max    int64
	minInv int64 // math.MaxInt64 - smallest value; 0 if none below the largest
	// Refused counts negative values, which were recorded as 0.
	Refused uint64
}

// bucketOf returns the index of the bucket that holds v >= 0.
func bucketOf(v uint64) int {
	shift := max(0, bits.Len64(v)-(subBits+1))
	return shift<<subBits + int(v>>(shift&63))
}

// bucketRange returns the first value of bucket i and the first one after it
// (math.MaxInt64 for the last bucket, which includes it).
func bucketRange(i int) (lo, hi int64) {
	if i < 2<<subBits {
		return int64(i), int64(i) + 1
	}
	shift := i>>subBits - 1
	lo = int64(i-shift<<subBits) << shift
	if i == bucketCount-1 {
		return lo, math.MaxInt64
	}
	return lo, lo + 1<<shift
}

// bucketMid is the value that stands for bucket [lo, hi).
func bucketMid(lo, hi int64) int64 {
	return lo + (hi-lo)/2
}

// Record counts v. A negative v counts as 0 and in Refused.
func (h *Histogram) Record(v int64) {
	// As an unsigned number a negative v lies beyond the last bucket, so one
	// comparison serves both purposes.
	i := bucketOf(uint64(v)) - h.base
	if uint(i) >= uint(len(h.counts)) {
		h.recordSlow(v, 1)
		return
	}
	h.counts[i]++
	h.total++
	var carry uint64
	h.sum.Lo, carry = bits.Add64(h.sum.Lo, uint64(v), 0)
	h.sum.Hi += carry
	h.max = max(h.max, v)
	h.minInv = max(h.minInv, math.MaxInt64-v)
}

// RecordN counts v n times.
func (h *Histogram) RecordN(v int64, n uint64) {
	if n > 0 {
		h.recordSlow(v, n)
	}
}

func (h *Histogram) recordSlow(v int64, n uint64) {
	if v < 0 {
		h.Refused += n
		v = 0
	}
	i := bucketOf(uint64(v))
	h.reserve(i, i+1)
	h.counts[i-h.base] += n
	h.total += n
	h.sum.AddMul(uint64(v), n)
	h.max = max(h.max, v)
	h.minInv = max(h.minInv, math.MaxInt64-v)
}

// reserve makes the window of counts hold buckets [first, end). Its growth is
// at least a half, so that a long run copies little.
func (h *Histogram) reserve(first, end int) {
	old := len(h.counts)
	if old > 0 {
		if first >= h.base && end <= h.base+old {
			return
		}
		if first < h.base {
			first = min(first, max(0, h.base-old/2))
			end = h.base + old
		} else {
			end = max(end, h.base+old+old/2)
			first = h.base
		}
	}
	first = first / growthStep * growthStep
	end = min(bucketCount, (end+growthStep-1)/growthStep*growthStep)
	counts := make([]uint64, end-first)
	if old > 0 {
		copy(counts[h.base-first:], h.counts)
	}
	h.counts, h.base = counts, first
}

// Merge adds everything that other counted.
func (h *Histogram) Merge(other *Histogram) {
	h.Refused += other.Refused
	if other.total == 0 {
		return
	}
	h.reserveAll(other.base, other.base+len(other.counts))
	for i, n := range other.counts {
		h.counts[other.base-h.base+i] += n
	}
	h.total += other.total
	h.sum.AddSum(other.sum)
	h.max = max(h.max, other.max)
	h.minInv = max(h.minInv, other.minInv)
}

// reserveAll makes room on both sides.
func (h *Histogram) reserveAll(first, end int) {
	h.reserve(first, first+1)
	h.reserve(end-1, end)
}

// Count is the number of recorded values.
func (h *Histogram) Count() uint64 { return h.total }

// Sum is the exact sum of the values, 128 bits as two words.
func (h *Histogram) Sum() (hi, lo uint64) { return h.sum.Hi, h.sum.Lo }

// Mean is the exact sum over the count, NaN if there is none.
func (h *Histogram) Mean() float64 {
	if h.total == 0 {
		return math.NaN()
	}
	return h.sum.Float64() / float64(h.total)
}

// Min is the smallest value, exact; 0 if there is none.
func (h *Histogram) Min() int64 {
	if h.total == 0 {
		return 0
	}
	return math.MaxInt64 - h.minInv
}

// Max is the largest value, exact; 0 if there is none.
func (h *Histogram) Max() int64 { return h.max }

// Quantile returns a value within 0.4 % of the smallest recorded one that at
// least a share p of all do not exceed (nearest rank): the middle of its
// bucket, kept within Min and Max. p is cut to [0, 1]; 0 if there is no value.
func (h *Histogram) Quantile(p float64) int64 {
	if h.total == 0 || math.IsNaN(p) {
		return 0
	}
	rank := uint64(math.Max(1, math.Ceil(math.Min(1, p)*float64(h.total))))
	if rank >= h.total {
		return h.max
	}
	var seen uint64
	for i, n := range h.counts {
		if seen += n; seen >= rank {
			mid := bucketMid(bucketRange(h.base + i))
			return min(h.max, max(h.Min(), mid))
		}
	}
	return h.max
}

// CountAbove estimates how many values exceed v: all of the higher buckets
// and, of v's own, the share above v if they lay evenly. It is exact below 256,
// and where v is the last value of a bucket.
func (h *Histogram) CountAbove(v int64) uint64 {
	switch {
	case h.total == 0 || v >= h.max:
		return 0
	case v < 0:
		return h.total
	}
	own := bucketOf(uint64(v))
	var above uint64
	for i := max(0, own+1-h.base); i < len(h.counts); i++ {
		above += h.counts[i]
	}
	if i := own - h.base; i >= 0 && i < len(h.counts) {
		lo, hi := bucketRange(own)
		share := float64(hi-1-v) / float64(hi-lo)
		above += uint64(math.Round(share * float64(h.counts[i])))
	}
	return above
}

// ForEachBucket calls f for every bucket in use, in ascending order: count
// values lie in [lo, hi).
func (h *Histogram) ForEachBucket(f func(lo, hi int64, count uint64)) {
	for i, n := range h.counts {
		if n > 0 {
			lo, hi := bucketRange(h.base + i)
			f(lo, hi, n)
		}
	}
}
