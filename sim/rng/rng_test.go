package rng

import (
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"
)

var _ rand.Source = (*Stream)(nil)

// The words are those of the published algorithm: here with its additions and
// rotations in numbers of unlimited size, and from state (1, 2) as printed.
func TestStreamEqualsReference(t *testing.T) {
	printed := [...]uint64{393217, 669327710093319, 1732421326133921491, 11394790081659126983, 9555452776773192676}
	s := New(1, 2)
	for i, want := range printed {
		if got := s.Uint64(); got != want {
			t.Fatalf("word %d of state (1, 2): %d, want %d", i, got, want)
		}
	}
	for _, state := range [][2]uint64{{1, 2}, {0, 1}, {1, 0}, {math.MaxUint64, math.MaxUint64}, {0xdeadbeef, 0xcafe << 32}} {
		ours, next := New(state[0], state[1]), reference(state[0], state[1])
		for i := range 2_000 {
			if got, want := ours.Uint64(), next(); got != want {
				t.Fatalf("state %v, word %d: %#x, want %#x", state, i, got, want)
			}
		}
	}
}

// reference is xoroshiro128++ word by word.
func reference(state0, state1 uint64) func() uint64 {
	modulus := new(big.Int).Lsh(big.NewInt(1), 64)
	rotate := func(x *big.Int, by uint) *big.Int { // the high part comes in from below
		y := new(big.Int).Lsh(x, by)
		high := new(big.Int).Rsh(y, 64)
		return y.Add(y.Mod(y, modulus), high)
	}
	a, b := new(big.Int).SetUint64(state0), new(big.Int).SetUint64(state1)
	return func() uint64 {
		sum := new(big.Int).Add(a, b)
		out := rotate(sum.Mod(sum, modulus), 17)
		out.Mod(out.Add(out, a), modulus)
		both := new(big.Int).Xor(a, b)
		shifted := new(big.Int).Lsh(both, 21)
		a = rotate(a, 49)
		a.Xor(a, both).Xor(a, shifted.Mod(shifted, modulus))
		b = rotate(both, 28)
		return out.Uint64()
	}
}

// No way to make a stream gives the state that would never leave 0.
func TestNoStreamIsStuck(t *testing.T) {
	stuck := func(s Stream) bool { return s == Stream{} }
	if stuck(New(0, 0)) {
		t.Error("New(0, 0) is stuck")
	}
	// The only family whose shared half is 0, with purposes at which the other
	// half would be 0 if it were less well guarded.
	for _, purpose := range []uint64{0, 1, 1 << 62, 1<<63 - 1} {
		if stuck(Family(0).Stream(purpose)) {
			t.Errorf("purpose %d of family 0 is stuck", purpose)
		}
	}
}

// A linear generator without a scrambler gives itself away in single bits: each
// would follow a recurrence of order 128. The linear complexity of a random
// sequence is half its length; Berlekamp and Massey's algorithm measures it.
func TestSingleBitsAreNotLinear(t *testing.T) {
	const length = 4_000
	for _, bit := range []uint{0, 1, 7, 31, 63} {
		s := Derive(6, uint64(bit))
		seq, plain := make([]byte, length), make([]byte, length)
		for i := range seq {
			plain[i] = byte(s.s0 >> bit & 1)
			seq[i] = byte(s.Uint64() >> bit & 1)
		}
		if got := linearComplexity(plain); got != 128 {
			t.Errorf("bit %d of the state: linear complexity %d, want 128", bit, got)
		}
		if got := linearComplexity(seq); got < length/2-20 || got > length/2+20 {
			t.Errorf("bit %d: linear complexity %d of %d words, want about half", bit, got, length)
		}
	}
}

// linearComplexity is the order of the shortest linear recurrence modulo 2 that
// makes the sequence (J. Massey, "Shift-Register Synthesis and BCH Decoding", 1969).
func linearComplexity(seq []byte) int {
	c, b := make([]byte, len(seq)+1), make([]byte, len(seq)+1)
	c[0], b[0] = 1, 1
	order, since := 0, 1
	for i := range seq {
		d := seq[i]
		for j := 1; j <= order; j++ {
			d ^= c[j] & seq[i-j]
		}
		if d == 0 {
			since++
			continue
		}
		before := append([]byte(nil), c...)
		for j := since; j < len(c); j++ {
			c[j] ^= b[j-since]
		}
		if 2*order <= i {
			order, b, since = i+1-order, before, 0
		}
		since++
	}
	return order
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
	second := func(key, act, purpose uint64) uint64 {
		s := FamilyOf(key, act).Stream(purpose)
		s.Uint64()
		return s.Uint64()
	}
	pairs := map[string]func(i uint64) (a, b uint64){
		"next act":         func(i uint64) (a, b uint64) { return first(key, i, 1), first(key, i+1, 1) },
		"next purpose":     func(i uint64) (a, b uint64) { return first(key, i, 1), first(key, i, 2) },
		"distant purposes": func(i uint64) (a, b uint64) { return first(key, i, 3), first(key, i, 12) },
		"next entity":      func(i uint64) (a, b uint64) { return first(Hash(6, i), 1, 1), first(Hash(6, i+1), 1, 1) },
		"second words":     func(i uint64) (a, b uint64) { return second(key, i, 3), second(key, i, 4) },
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
