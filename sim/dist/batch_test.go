package dist

import (
	"math"
	"testing"

	"berth/sim/rng"
)

var manyDraws = []string{"20ms", "exponential(mean=3s)", "lognormal(mean=2s, cv=1)", "gamma(mean=1s, cv=0.7)", "uniform(1s, 2s)",
	"mixture(0.5: 1s, 0.5: exponential(mean=2s))", "lognormal(median=1s, sigma=0.2)"}

// One draw from each of many streams, some of them beyond the table, is what each of
// them gives.
func TestEachEqualsInt64(t *testing.T) {
	for _, text := range manyDraws {
		d, err := Parse(text, Duration)
		if err != nil {
			t.Fatal(err)
		}
		s := Compile(d, 1e9)
		families, dst := make([]rng.Family, 100_000), make([]int64, 100_000)
		for i := range families {
			families[i] = rng.FamilyOf(7, uint64(i))
		}
		var scratch rng.Stream
		s.Each(dst, families, 3, &scratch)
		for i, v := range dst {
			one := families[i].Stream(3)
			if want := s.Int64(&one); v != want {
				t.Fatalf("%s: draw %d is %d, want %d", text, i, v, want)
			}
		}
	}
}

// Many draws at once are the same as so many single ones.
func TestFillEqualsInt64(t *testing.T) {
	for _, text := range manyDraws {
		d, err := Parse(text, Duration)
		if err != nil {
			t.Fatal(err)
		}
		s := Compile(d, 1e9)
		a, b := rng.Derive(1), rng.Derive(1)
		dst := make([]int64, 100_000) // some of them beyond the table
		for from := 0; from < len(dst); from += 997 {
			s.Fill(dst[from:min(from+997, len(dst))], &a)
		}
		for i, v := range dst {
			if want := s.Int64(&b); v != want {
				t.Fatalf("%s: draw %d is %d, want %d", text, i, v, want)
			}
		}
		if a != b {
			t.Errorf("%s: the streams have come apart", text)
		}
	}
}

func TestAliasFillEqualsDraw(t *testing.T) {
	a, err := NewAlias(ZipfWeights(1000, 0.7))
	if err != nil {
		t.Fatal(err)
	}
	r := rng.Derive(5)
	one, dst := r, make([]int32, 5000)
	a.Fill(dst, &r)
	for i, got := range dst {
		if want := a.Draw(one.Uint64()); got != want {
			t.Fatalf("draw %d is %d, want %d", i, got, want)
		}
	}
	if r != one {
		t.Error("the streams have come apart")
	}
}

// Names are drawn as their indices are, from half a word as well.
func TestHalvesFollowTheWeights(t *testing.T) {
	weights := []float64{5, 1, 0, 3, 1}
	a, err := NewAlias(weights)
	if err != nil {
		t.Fatal(err)
	}
	names := a.Names([]int32{10, 11, 12, 13, 14})
	const draws = 200_000
	counts, r := make([]float64, len(weights)), rng.Derive(8)
	for range draws {
		half := uint32(r.Uint64() >> 20)
		k := a.DrawHalf(half)
		if got := names.DrawHalf(half); got != k+10 {
			t.Fatalf("%x draws name %d, want that of index %d", half, got, k)
		}
		counts[k]++
	}
	for k, w := range weights {
		if p := w / 10; math.Abs(counts[k]-draws*p) > 4.5*math.Sqrt(draws*p*(1-p)) {
			t.Errorf("index %d: %v of %d draws, want a share of %v", k, counts[k], draws, p)
		}
	}
}
