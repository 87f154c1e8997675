package rng

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

var _ rand.Source = (*Stream)(nil)

func TestStreamEqualsStandardPCG(t *testing.T) {
	for _, seed := range [][2]uint64{{0, 0}, {1, 2}, {math.MaxUint64, 1}, {0xdeadbeef, 0xcafe << 32}} {
		ours, theirs := New(seed[0], seed[1]), rand.NewPCG(seed[0], seed[1])
		for i := range 10_000 {
			if got, want := ours.Uint64(), theirs.Uint64(); got != want {
				t.Fatalf("seed %v, word %d: %#x, want %#x", seed, i, got, want)
			}
		}
	}
}

func TestUnitIntervalEnds(t *testing.T) {
	// A million draws can't reach the ends, so the arithmetic on the extreme
	// words is checked in the same expression that the methods use.
	s := Derive(1)
	for range 100_000 {
		if u := s.Float64(); u < 0 || u >= 1 {
			t.Fatalf("Float64 = %v", u)
		}
		if u := s.Open01(); u <= 0 || u > 1 {
			t.Fatalf("Open01 = %v", u)
		}
	}
	top := uint64(math.MaxUint64)
	if u := float64(top>>11) * 0x1p-53; u >= 1 {
		t.Errorf("largest Float64 = %v", u)
	}
	if u := float64(top>>11+1) * 0x1p-53; u != 1 {
		t.Errorf("largest Open01 = %v", u)
	}
}

func TestIntegersAreUniform(t *testing.T) {
	s := Derive(2)
	for _, n := range []int{1, 2, 3, 10, 97} {
		const draws = 100_000
		a, b := make([]float64, n), make([]float64, n)
		for range draws {
			a[s.IntN(n)]++
			b[s.Uint32N(uint32(n))]++
		}
		for name, counts := range map[string][]float64{"IntN": a, "Uint32N": b} {
			if x2, limit := chiSquare(counts, draws/float64(n)), chiLimit(n-1); x2 > limit {
				t.Errorf("%s(%d): chi-square %.1f above %.1f", name, n, x2, limit)
			}
		}
	}
	if s.IntN(0) != 0 || s.IntN(-5) != 0 || s.Uint32N(0) != 0 {
		t.Error("an empty range does not give 0")
	}
}

// A range just above half of the words is where a plain multiplication is most
// biased: without the rejection step the share of one residue class would be
// 2/3 rather than 1/2.
func TestIntegersRejectTheBiasedPart(t *testing.T) {
	s := Derive(3)
	n := uint32(3 << 30)
	inFirst := 0
	const draws = 60_000
	for range draws {
		if s.Uint32N(n)%3 == 0 {
			inFirst++
		}
	}
	if share := float64(inFirst) / draws; math.Abs(share-1.0/3) > 4*math.Sqrt(2.0/9/draws) {
		t.Errorf("share of multiples of 3 = %v, want 1/3", share)
	}
}

// The next two tests hold the samplers against their laws in 100 cells of
// equal probability, and the ziggurat's towers against the area they must fill.
func TestExpLaw(t *testing.T) {
	s := Derive(4)
	testLaw(t, "Exp", s.Exp, func(x float64) float64 { return -math.Expm1(-x) }, 1, 1)
}

func TestNormLaw(t *testing.T) {
	s := Derive(5)
	testLaw(t, "Norm", s.Norm, func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }, 0, 1)
}

func testLaw(t *testing.T, name string, draw func() float64, cdf func(float64) float64, mean, variance float64) {
	t.Helper()
	const draws, cells = 1_000_000, 100
	counts := make([]float64, cells)
	tails := make([]float64, 2)
	var sum, squares float64
	for range draws {
		x := draw()
		p := cdf(x)
		counts[min(cells-1, int(p*cells))]++
		if p > 1-1e-4 {
			tails[0]++
		}
		if p < 1e-4 {
			tails[1]++
		}
		sum += x
		squares += (x - mean) * (x - mean)
	}
	if x2, limit := chiSquare(counts, draws/cells), chiLimit(cells-1); x2 > limit {
		t.Errorf("%s: chi-square %.1f above %.1f", name, x2, limit)
	}
	if math.Abs(sum/draws-mean) > 4/math.Sqrt(draws) {
		t.Errorf("%s: mean %v, want %v", name, sum/draws, mean)
	}
	// The variance of a squared deviation is 8 for the exponential, 2 for the normal.
	if math.Abs(squares/draws-variance) > 4*math.Sqrt(8.0/draws) {
		t.Errorf("%s: variance %v, want %v", name, squares/draws, variance)
	}
	for _, n := range tails {
		if math.Abs(n-100) > 40 {
			t.Errorf("%s: %v draws beyond the 1e-4 quantile, want about 100", name, n)
		}
	}
}

func TestZigguratTowersClose(t *testing.T) {
	for name, tower := range map[string]struct {
		layers  *[256]layer
		density *[257]float64
		steps   float64
	}{
		"exp":  {&expLayers, &expDensity, 1 << 53},
		"norm": {&normLayers, &normDensity, 1 << 52},
	} {
		area := tower.layers[0].width * tower.steps * tower.density[1]
		for i := 1; i < 256; i++ {
			right := tower.layers[i].width * tower.steps
			got := right * (tower.density[i+1] - tower.density[i])
			if math.Abs(got/area-1) > 1e-9 {
				t.Errorf("%s: layer %d has area %v, want %v", name, i, got, area)
			}
		}
	}
}

func TestDeriveAvalanche(t *testing.T) {
	// Flipping any one bit of any key has to flip each of the first 64 bits of
	// the stream with probability 1/2.
	var flips [64]int
	trials := 0
	for i := range uint64(40) {
		for key := range 3 {
			for bit := range 64 {
				keys := [3]uint64{i, i * i, 7}
				a := Derive(keys[0], keys[1], keys[2])
				keys[key] ^= 1 << bit
				b := Derive(keys[0], keys[1], keys[2])
				diff := a.Uint64() ^ b.Uint64()
				for j := range 64 {
					flips[j] += int(diff >> j & 1)
				}
				trials++
			}
		}
	}
	for j, n := range flips {
		if z := (float64(n) - float64(trials)/2) / math.Sqrt(float64(trials)/4); math.Abs(z) > 4.5 {
			t.Errorf("bit %d flips in %d of %d cases", j, n, trials)
		}
	}
}

func TestHashDistinguishesPaths(t *testing.T) {
	seen := map[uint64][]uint64{}
	paths := [][]uint64{{}, {0}, {0, 0}, {0, 0, 0}, {1}, {1, 0}, {0, 1}, {1, 2}, {2, 1}, {3}}
	for i := range uint64(50_000) {
		paths = append(paths, []uint64{i, 9}, []uint64{9, i}, []uint64{i << 32, 10})
	}
	for _, p := range paths {
		h := Hash(p...)
		if other, ok := seen[h]; ok && !equal(other, p) {
			t.Fatalf("Hash%v = Hash%v", p, other)
		}
		seen[h] = p
	}
	a, b := Derive(1), Derive(1, 0)
	if a == b {
		t.Error("Derive ignores a zero key")
	}
}

func equal(a, b []uint64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestDerivedStreamsAreUncorrelated(t *testing.T) {
	const n = 20_000
	for lag := range uint64(8) {
		a, b := Derive(7, 1, 2), Derive(7, 1, 3+lag)
		var products float64
		ones := 0
		for range n {
			x, y := a.Uint64(), b.Uint64()
			products += (float64(x>>11)*0x1p-53 - 0.5) * (float64(y>>11)*0x1p-53 - 0.5)
			ones += bits.OnesCount64(x ^ y)
		}
		if z := products * 12 / math.Sqrt(n); math.Abs(z) > 4 {
			t.Errorf("keys 2 and %d: correlation z = %.2f", 3+lag, z)
		}
		if z := (float64(ones) - 32*n) / math.Sqrt(16*n); math.Abs(z) > 4 {
			t.Errorf("keys 2 and %d: bit agreement z = %.2f", 3+lag, z)
		}
	}
}

// The first words of a family's streams are all that most purposes ever draw, so
// they must follow the laws by themselves: along the acts of an entity, along
// entities, and along purposes.
func TestFamiliesFollowTheLaws(t *testing.T) {
	n := uint64(0)
	next := map[string]func() Stream{
		"acts":     func() Stream { n++; return FamilyOf(Hash(1), n).Stream(3) },
		"entities": func() Stream { n++; return FamilyOf(Hash(2, n), 1).Stream(3) },
		"purposes": func() Stream { n++; return FamilyOf(Hash(3), 1).Stream(n) },
		"mixed":    func() Stream { n++; return FamilyOf(Hash(4, n>>7), n>>3&15).Stream(n & 7) },
	}
	for name, stream := range next {
		testLaw(t, "Exp of "+name, func() float64 { s := stream(); return s.Exp() }, func(x float64) float64 { return -math.Expm1(-x) }, 1, 1)
		testLaw(t, "Norm of "+name, func() float64 { s := stream(); return s.Norm() }, func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }, 0, 1)
		testLaw(t, "second Exp of "+name, func() float64 { s := stream(); s.Uint64(); return s.Exp() }, func(x float64) float64 { return -math.Expm1(-x) }, 1, 1)
	}
}

// Neighbours must not know of each other: pairs of first words fill the square
// evenly, and so do a stream's first two.
func TestFamiliesAreIndependent(t *testing.T) {
	const draws, side = 1_000_000, 32
	key := Hash(5)
	first := func(key, act, purpose uint64) uint64 { s := FamilyOf(key, act).Stream(purpose); return s.Uint64() }
	pairs := map[string]func(i uint64) (a, b uint64){
		"next act":         func(i uint64) (a, b uint64) { return first(key, i, 1), first(key, i+1, 1) },
		"next purpose":     func(i uint64) (a, b uint64) { return first(key, i, 1), first(key, i, 2) },
		"distant purposes": func(i uint64) (a, b uint64) { return first(key, i, 3), first(key, i, 12) },
		"next entity":      func(i uint64) (a, b uint64) { return first(Hash(6, i), 1, 1), first(Hash(6, i+1), 1, 1) },
		"next word":        func(i uint64) (a, b uint64) { s := FamilyOf(key, i).Stream(1); return s.Uint64(), s.Uint64() },
	}
	for name, pair := range pairs {
		high, low := make([]float64, side*side), make([]float64, side*side)
		for i := range uint64(draws) {
			a, b := pair(i)
			high[a>>59*side+b>>59]++
			low[a%side*side+b%side]++
		}
		for bits, counts := range map[string][]float64{"high": high, "low": low} {
			if x2, limit := chiSquare(counts, draws/(side*side)), chiLimit(side*side-1); x2 > limit {
				t.Errorf("%s, %s bits: chi-square %.1f above %.1f", name, bits, x2, limit)
			}
		}
	}
}

func TestDerivingDoesNotAllocate(t *testing.T) {
	var sink uint64
	if n := testing.AllocsPerRun(100, func() {
		s := Derive(sink, 1, 2, 3)
		sink += s.Uint64() + Hash(sink, 4)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func chiSquare(counts []float64, expected float64) float64 {
	var x2 float64
	for _, n := range counts {
		x2 += (n - expected) * (n - expected) / expected
	}
	return x2
}

// chiLimit is the chi-square quantile at 1 - 1e-4 for df degrees of freedom,
// by Wilson and Hilferty's approximation (1931).
func chiLimit(df int) float64 {
	if df == 0 {
		return 1e-9
	}
	k := float64(df)
	c := 1 - 2/(9*k) + 3.719*math.Sqrt(2/(9*k))
	return k * c * c * c
}

var sinkFloat float64
var sinkWord uint64

func BenchmarkUint64(b *testing.B) {
	s := Derive(1)
	var sum uint64
	for range b.N {
		sum += s.Uint64()
	}
	sinkWord = sum
}

func BenchmarkExp(b *testing.B) {
	s := Derive(1)
	var sum float64
	for range b.N {
		sum += s.Exp()
	}
	sinkFloat = sum
}

func BenchmarkNorm(b *testing.B) {
	s := Derive(1)
	var sum float64
	for range b.N {
		sum += s.Norm()
	}
	sinkFloat = sum
}

func BenchmarkIntN(b *testing.B) {
	s := Derive(1)
	sum := 0
	for range b.N {
		sum += s.IntN(309)
	}
	sinkWord = uint64(sum)
}

func BenchmarkDerive(b *testing.B) {
	var sum uint64
	for i := range b.N {
		s := Derive(1, 2, 3, uint64(i))
		sum += s.Uint64()
	}
	sinkWord = sum
}

func BenchmarkFamily(b *testing.B) {
	sum, key := uint64(0), Hash(1)
	for i := range b.N {
		s := FamilyOf(key, uint64(i)).Stream(5)
		sum += s.Uint64()
	}
	if sum == 1 {
		b.Log(sum)
	}
}
