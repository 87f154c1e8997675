package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
)

// histogramJSON is a histogram on file: enough to merge it exactly later.
type histogramJSON struct {
	Buckets [][2]uint64 `json:"buckets"` // bucket index and count, ascending, counts above 0
	Sum     Sum128      `json:"sum"`
	Min     int64       `json:"min"`
	Max     int64       `json:"max"`
	Refused uint64      `json:"refused,omitempty"`
}

// MarshalJSON writes the histogram so that reading it back loses nothing.
// Equal histograms give equal bytes, whatever order they were filled in.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	out := histogramJSON{Buckets: [][2]uint64{}, Sum: h.sum, Min: h.Min(), Max: h.max, Refused: h.Refused}
	for i, n := range h.counts {
		if n > 0 {
			out.Buckets = append(out.Buckets, [2]uint64{uint64(h.base + i), n})
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote. It refuses contents that no
// recording can have produced: buckets out of order or range, extremes outside
// the outer buckets, a sum that the buckets can't add up to.
func (h *Histogram) UnmarshalJSON(text []byte) error {
	var in histogramJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	var out Histogram
	var least, most Sum128
	for i, b := range in.Buckets {
		if b[0] >= bucketCount || b[1] == 0 || i > 0 && b[0] <= in.Buckets[i-1][0] {
			return fmt.Errorf("histogram bucket entry %d (%d with count %d) is out of range or order", i, b[0], b[1])
		}
		index := int(b[0])
		out.reserve(index, index+1)
		out.counts[index-out.base] = b[1]
		var carry uint64
		if out.total, carry = bits.Add64(out.total, b[1], 0); carry != 0 {
			return fmt.Errorf("histogram counts exceed 64 bits")
		}
		lo, hi := bucketRange(index)
		least.AddMul(uint64(lo), b[1])
		most.AddMul(uint64(hi), b[1])
	}
	if in.Sum.Cmp(least) < 0 || in.Sum.Cmp(most) > 0 {
		return fmt.Errorf("histogram sum %v does not fit its buckets", in.Sum)
	}
	if n := len(in.Buckets); n > 0 {
		if in.Min < 0 || in.Max < in.Min || uint64(bucketOf(uint64(in.Min))) != in.Buckets[0][0] || uint64(bucketOf(uint64(in.Max))) != in.Buckets[n-1][0] {
			return fmt.Errorf("histogram extremes %d and %d do not fit its buckets", in.Min, in.Max)
		}
		out.max, out.minInv = in.Max, math.MaxInt64-in.Min
	}
	out.sum, out.Refused = in.Sum, in.Refused
	*h = out
	return nil
}
