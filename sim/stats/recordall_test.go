package stats

import (
	"math"
	"testing"

	"berth/sim/rng"
)

// Recording many values at once equals recording each.
func TestRecordAllEqualsRecord(t *testing.T) {
	r := rng.Derive(3)
	var wide, narrow, each, eachNarrow Histogram
	for n := range 200 {
		values, small := make([]int64, n), make([]int32, n)
		for i := range values {
			values[i] = int64(r.Uint64()>>1) >> r.IntN(63)
			if r.IntN(50) == 0 {
				values[i] = []int64{-1, math.MinInt64, math.MaxInt64, 0}[r.IntN(4)]
			}
			small[i] = int32(r.Uint64()>>33) >> r.IntN(31)
		}
		RecordAll(&wide, values)
		RecordAll(&narrow, small)
		for i := range values {
			each.Record(values[i])
			eachNarrow.Record(int64(small[i]))
		}
		if a, b := text(t, &wide), text(t, &each); a != b {
			t.Fatalf("after %d values: %s, want %s", n, a, b)
		}
		if a, b := text(t, &narrow), text(t, &eachNarrow); a != b {
			t.Fatalf("after %d narrow values: %s, want %s", n, a, b)
		}
	}
	if wide.Refused == 0 || wide.Count() != each.Count() {
		t.Errorf("%d refused, %d counted of %d", wide.Refused, wide.Count(), each.Count())
	}
}

func text(t *testing.T, h *Histogram) string {
	t.Helper()
	b, err := h.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
