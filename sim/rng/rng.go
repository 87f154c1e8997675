// Package rng holds the simulator's random streams: small values that are
// derived from a seed and a path of keys and advance on their own. Their words
// are the same on every machine; numbers computed from them through exponentials
// and logarithms are the same on machines of one architecture.
package rng

import "math/bits"

// Stream is one sequence of random words: xoroshiro128++ with 128 bits of state
// (D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators",
// 2021). It needs no multiplication, and the sum that its words come from hides
// what is linear in the state, in the lowest bits too. It is a plain value of 16
// bytes: a copy repeats the original's future. A Stream must not be shared by
// goroutines. The zero Stream is none: all of its words are 0.
type Stream struct {
	s0, s1 uint64
}

// New returns the stream with the given state; both 0, which is no state, is
// taken for another. Related states start related streams: use Derive unless the
// state is known to be well mixed.
func New(s0, s1 uint64) Stream {
	if s0|s1 == 0 {
		s0 = golden
	}
	return Stream{s0, s1}
}

// step is the state after s0, s1; its random word is word.
func step(s0, s1 uint64) (uint64, uint64) {
	s1 ^= s0
	return bits.RotateLeft64(s0, 49) ^ s1 ^ s1<<21, bits.RotateLeft64(s1, 28)
}

// word is the random word of a state.
func word(s0, s1 uint64) uint64 { return bits.RotateLeft64(s0+s1, 17) + s0 }

// Uint64 returns 64 random bits. It implements rand.Source of math/rand/v2.
func (s *Stream) Uint64() uint64 {
	s0, s1 := s.s0, s.s1
	s.s0, s.s1 = step(s0, s1)
	return word(s0, s1)
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
