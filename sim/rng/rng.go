// Package rng holds the simulator's random streams: small values that are
// derived from a seed and a path of keys and advance on their own. Their words
// are the same on every machine; numbers computed from them through exponentials
// and logarithms are the same on machines of one architecture.
package rng

import "math/bits"

// Stream is one sequence of random words: the permuted congruential generator
// PCG-DXSM with 128 bits of state, the algorithm of math/rand/v2's PCG
// (M. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically
// Good Algorithms for Random Number Generation", 2014; the DXSM output
// function is hers, 2019). It is a plain value of 16 bytes: a copy repeats the
// original's future. A Stream must not be shared by goroutines.
type Stream struct {
	hi, lo uint64
}

// New returns the stream whose words equal those of rand.NewPCG(hi, lo).
// Related seeds start related streams: use Derive unless the state is known to
// be well mixed.
func New(hi, lo uint64) Stream {
	return Stream{hi, lo}
}

const (
	pcgMulHi = 2549297995355413924
	pcgMulLo = 4865540595714422341
	pcgIncHi = 6364136223846793005
	pcgIncLo = 1442695040888963407
	pcgCheap = 0xda942042e4dd58b5
)

// Uint64 returns 64 random bits. It implements rand.Source of math/rand/v2.
func (s *Stream) Uint64() uint64 {
	hi, lo := bits.Mul64(s.lo, pcgMulLo)
	hi += s.hi*pcgMulLo + s.lo*pcgMulHi
	lo, c := bits.Add64(lo, pcgIncLo, 0)
	hi += pcgIncHi + c
	s.lo, s.hi = lo, hi
	hi = (hi ^ hi>>32) * pcgCheap
	return (hi ^ hi>>48) * (lo | 1)
}

// Float64 returns a uniform multiple of 2^-53 in [0, 1).
func (s *Stream) Float64() float64 {
	return float64(s.Uint64()>>11) * 0x1p-53
}

// Open01 returns a uniform multiple of 2^-53 in (0, 1], safe under a logarithm.
func (s *Stream) Open01() float64 {
	return float64(s.Uint64()>>11+1) * 0x1p-53
}

// Uint32N returns a uniform integer in [0, n), without bias; 0 if n is 0.
// Algorithm: D. Lemire, "Fast Random Integer Generation in an Interval", 2019.
func (s *Stream) Uint32N(n uint32) uint32 {
	product := (s.Uint64() >> 32) * uint64(n)
	if uint32(product) < n {
		return s.uint32NSlow(n, product)
	}
	return uint32(product >> 32)
}

func (s *Stream) uint32NSlow(n uint32, product uint64) uint32 {
	if n == 0 {
		return 0
	}
	for reject := -n % n; uint32(product) < reject; {
		product = (s.Uint64() >> 32) * uint64(n)
	}
	return uint32(product >> 32)
}

// IntN returns a uniform integer in [0, n), without bias; 0 if n is 0 or
// negative. Algorithm: Lemire 2019, with 64-bit words.
func (s *Stream) IntN(n int) int {
	hi, lo := bits.Mul64(s.Uint64(), uint64(n))
	if lo < uint64(n) {
		return s.intNSlow(n, hi, lo)
	}
	return int(hi)
}

func (s *Stream) intNSlow(n int, hi, lo uint64) int {
	if n <= 0 {
		return 0
	}
	for reject := -uint64(n) % uint64(n); lo < reject; {
		hi, lo = bits.Mul64(s.Uint64(), uint64(n))
	}
	return int(hi)
}
