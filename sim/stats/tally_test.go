package stats

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"berth/sim"
	"berth/sim/rng"
)

func TestBucketsTileTheLine(t *testing.T) {
	next := int64(0)
	for i := range bucketCount {
		lo, hi := bucketRange(i)
		if lo != next || hi <= lo {
			t.Fatalf("bucket %d is [%d, %d), want it to begin at %d", i, lo, hi, next)
		}
		last := hi - 1
		if i == bucketCount-1 {
			last = hi
		}
		if bucketOf(uint64(lo)) != i || bucketOf(uint64(last)) != i {
			t.Fatalf("the ends of bucket %d fall into %d and %d", i, bucketOf(uint64(lo)), bucketOf(uint64(last)))
		}
		mid := bucketMid(lo, hi)
		for _, v := range []int64{lo, last} {
			if math.Abs(float64(mid)-float64(v)) > 0.004*float64(v) {
				t.Fatalf("bucket %d: the middle %d is more than 0.4 %% from %d", i, mid, v)
			}
		}
		next = hi
	}
	if next != math.MaxInt64 {
		t.Errorf("the last bucket ends at %d", next)
	}
}

func TestHistogramAgainstSortedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) int64 {
			return rapid.Int64Range(0, math.MaxInt64).Draw(t, "v") >> rapid.IntRange(0, 62).Draw(t, "shift")
		}), 1, 300).Draw(t, "values")
		var h Histogram
		sum := new(big.Int)
		for _, v := range values {
			h.Record(v)
			sum.Add(sum, big.NewInt(v))
		}
		slices.Sort(values)
		n := len(values)
		if h.Count() != uint64(n) || h.Min() != values[0] || h.Max() != values[n-1] {
			t.Fatalf("count %d min %d max %d", h.Count(), h.Min(), h.Max())
		}
		if hi, lo := h.Sum(); (Sum128{hi, lo}).BigInt().Cmp(sum) != 0 {
			t.Fatalf("sum %d %d, want %v", hi, lo, sum)
		}
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		rank := max(1, int(math.Ceil(p*float64(n))))
		want := values[rank-1]
		if got := h.Quantile(p); math.Abs(float64(got)-float64(want)) > 0.004*float64(want) {
			t.Fatalf("quantile %v = %d, want %d within 0.4 %%", p, got, want)
		}
		v := rapid.SampledFrom(values).Draw(t, "threshold")
		least, most := uint64(0), uint64(0)
		for _, x := range values {
			if bucketOf(uint64(x)) > bucketOf(uint64(v)) {
				least++
			}
			if bucketOf(uint64(x)) >= bucketOf(uint64(v)) {
				most++
			}
		}
		if got := h.CountAbove(v); got < least || got > most {
			t.Fatalf("CountAbove(%d) = %d, want %d to %d", v, got, least, most)
		}
	})
}

func TestHistogramIsExactWhenSmall(t *testing.T) {
	var h Histogram
	for v := range int64(256) {
		h.Record(v)
	}
	for v := range int64(256) {
		if got := h.CountAbove(v); got != uint64(255-v) {
			t.Errorf("CountAbove(%d) = %d", v, got)
		}
		if got := h.Quantile((float64(v) + 0.5) / 256); got != v {
			t.Errorf("quantile of %d = %d", v, got)
		}
	}
	if h.Mean() != 127.5 || h.Quantile(0) != 0 || h.Quantile(1) != 255 || h.CountAbove(-1) != 256 {
		t.Errorf("mean %v, ends %d %d", h.Mean(), h.Quantile(0), h.Quantile(1))
	}
}

func TestHistogramMergeIsExactInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-5, 1<<40), 0, 60).Draw(t, "values")
		parts := rapid.IntRange(1, 5).Draw(t, "parts")
		var whole Histogram
		split := make([]Histogram, parts)
		for i, v := range values {
			whole.Record(v)
			split[i%parts].Record(v)
		}
		order := rapid.Permutation(seq(parts)).Draw(t, "order")
		var merged Histogram
		for _, i := range order {
			merged.Merge(&split[i])
		}
		if !same(&whole, &merged) {
			t.Fatalf("merged in order %v: %+v, want %+v", order, merged, whole)
		}
	})
}

func TestHistogramRecordNEqualsRepetition(t *testing.T) {
	var a, b Histogram
	for i, v := range []int64{0, 5, 1 << 33, -7, 300} {
		a.RecordN(v, uint64(i))
		for range i {
			b.Record(v)
		}
	}
	if !same(&a, &b) || a.Refused != 3 || a.Count() != 10 {
		t.Errorf("RecordN gives %+v, repetition %+v", a, b)
	}
}

func TestEmptyHistogram(t *testing.T) {
	var h, other Histogram
	h.Merge(&other)
	if h.Count() != 0 || !math.IsNaN(h.Mean()) || h.Min() != 0 || h.Max() != 0 || h.Quantile(0.5) != 0 || h.CountAbove(0) != 0 || h.counts != nil {
		t.Errorf("empty: %+v", h)
	}
	h.Record(1_500_000_000)
	if got := len(h.counts) * 8; got > 512 {
		t.Errorf("one value takes %d bytes of counts", got)
	}
}

func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// same compares what two histograms say, not where their windows lie.
func same(a, b *Histogram) bool {
	type bucket struct {
		lo, hi int64
		n      uint64
	}
	list := func(h *Histogram) (out []bucket) {
		h.ForEachBucket(func(lo, hi int64, n uint64) { out = append(out, bucket{lo, hi, n}) })
		return out
	}
	return slices.Equal(list(a), list(b)) && a.Count() == b.Count() && a.sum == b.sum &&
		a.Min() == b.Min() && a.Max() == b.Max() && a.Refused == b.Refused
}

func TestSum128AgainstBigInt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Sum128
		want := new(big.Int)
		modulus := new(big.Int).Lsh(big.NewInt(1), 128)
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
			before := s
			x, y := new(big.Int).SetUint64(a), new(big.Int).SetUint64(b)
			switch rapid.IntRange(0, 3).Draw(t, "operation") {
			case 0:
				s.Add(a)
				want.Add(want, x)
			case 1:
				s.AddMul(a, b)
				want.Add(want, x.Mul(x, y))
			case 2:
				s.AddSum(Sum128{a, b})
				want.Add(want, x.Add(x.Lsh(x, 64), y))
			case 3:
				other := Sum128{a >> 40, b}
				ok := s.Sub(other)
				if ok != (before.Cmp(other) >= 0) {
					t.Fatalf("%v - %v: %v", before, other, ok)
				}
				if ok {
					want.Sub(want, other.BigInt())
				}
			}
			want.Mod(want, modulus)
			if s.BigInt().Cmp(want) != 0 {
				t.Fatalf("sum %v, want %v", s, want)
			}
		}
		if f, _ := new(big.Float).SetInt(want).Float64(); math.Abs(s.Float64()-f) > 1e-15*f {
			t.Fatalf("Float64 %v, want %v", s.Float64(), f)
		}
		text, err := json.Marshal(s)
		var back Sum128
		if err != nil || json.Unmarshal(text, &back) != nil || back != s {
			t.Fatalf("JSON %s gives %v", text, back)
		}
	})
	var s Sum128
	for _, bad := range []string{"", "-1", "1e3", "340282366920938463463374607431768211456"} {
		if s.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was read as a sum", bad)
		}
	}
}

// An account of ten times 6 TiB for 31 days, in ns x MiB, and its 1,500 vCPU in
// ns x 1/1000 vCPU: the sum has to be exact, and 64 bits would not hold it.
func TestSum128HoldsTenAccounts(t *testing.T) {
	const mib = 10 * 6 * 1024 * 1024
	month := uint64(31 * sim.Day)
	var s Sum128
	for range 31 * 24 {
		s.AddMul(uint64(sim.Hour), mib)
	}
	want := new(big.Int).Mul(new(big.Int).SetUint64(month), big.NewInt(mib))
	if s.BigInt().Cmp(want) != 0 || want.BitLen() <= 64 {
		t.Errorf("%v ns x MiB, want %v", s, want)
	}
	var w TimeWeighted
	w.Start(0, mib)
	if got := w.Integral(31 * sim.Day); got != s {
		t.Errorf("integral %v, want %v", got, s)
	}
}

func TestTimeWeighted(t *testing.T) {
	var w TimeWeighted
	w.Start(100, 2)
	w.Add(200, 3) // 2 for 100
	w.Set(300, 1) // 5 for 100
	if got := w.Integral(400); got != (Sum128{0, 800}) {
		t.Errorf("integral %v, want 800", got)
	}
	if w.Mean(400) != 800.0/300 || w.Max() != 5 || w.Level() != 1 || w.Refused != 0 {
		t.Errorf("mean %v max %d level %d", w.Mean(400), w.Max(), w.Level())
	}
	w.Set(250, 4) // back in time: taken at 300
	w.Add(300, -9)
	if w.Refused != 2 || w.Level() != 0 || w.Integral(400) != (Sum128{0, 700}) {
		t.Errorf("refused %d level %d integral %v", w.Refused, w.Level(), w.Integral(400))
	}
	if !math.IsNaN(w.Mean(100)) {
		t.Error("a mean over no time")
	}
}

func TestWelfordMerge(t *testing.T) {
	s := rng.Derive(13)
	var whole, a, b Welford
	for i := range 1000 {
		x := 1e6 + s.Norm()
		whole.Add(x)
		if i%3 == 0 {
			a.Add(x)
		} else {
			b.Add(x)
		}
	}
	a.Merge(b)
	a.Merge(Welford{})
	if a.Count() != 1000 || math.Abs(a.Mean()-whole.Mean()) > 1e-8 || math.Abs(a.Variance()/whole.Variance()-1) > 1e-9 {
		t.Errorf("merged %v %v, want %v %v", a.Mean(), a.Variance(), whole.Mean(), whole.Variance())
	}
	if math.Abs(whole.Variance()-1) > 4*math.Sqrt(2.0/1000) {
		t.Errorf("variance %v, want 1", whole.Variance())
	}
	var empty Welford
	if !math.IsNaN(empty.Mean()) || !math.IsNaN(empty.Variance()) {
		t.Error("moments of nothing")
	}
}

var sink uint64

func BenchmarkHistogramRecord(b *testing.B) {
	var h Histogram
	s := rng.Derive(1)
	values := make([]int64, 4096)
	for i := range values {
		values[i] = int64(1e9 * math.Exp(s.Norm()))
	}
	b.ReportAllocs()
	for i := range b.N {
		h.Record(values[i&4095])
	}
	sink = h.Count()
}

func BenchmarkTimeWeighted(b *testing.B) {
	var w TimeWeighted
	for i := range b.N {
		w.Set(sim.Time(i)*1000, int64(i&7))
	}
	sink = uint64(w.Level())
}
