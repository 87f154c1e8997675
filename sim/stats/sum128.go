package stats

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
)

// Sum128 is an unsigned sum of 128 bits, Hi x 2^64 + Lo: 64 bits overflow
// within one large account-month of nanoseconds x MiB. The zero value is 0.
// Sums beyond 2^128 wrap.
type Sum128 struct {
	Hi, Lo uint64
}

// Add adds v.
func (s *Sum128) Add(v uint64) {
	var carry uint64
	s.Lo, carry = bits.Add64(s.Lo, v, 0)
	s.Hi += carry
}

// AddMul adds the full product a x b.
func (s *Sum128) AddMul(a, b uint64) {
	hi, lo := bits.Mul64(a, b)
	var carry uint64
	s.Lo, carry = bits.Add64(s.Lo, lo, 0)
	s.Hi += hi + carry
}

// AddSum adds o.
func (s *Sum128) AddSum(o Sum128) {
	var carry uint64
	s.Lo, carry = bits.Add64(s.Lo, o.Lo, 0)
	s.Hi += o.Hi + carry
}

// Sub takes o away. It reports false, and changes nothing, if o is larger.
func (s *Sum128) Sub(o Sum128) bool {
	lo, borrow := bits.Sub64(s.Lo, o.Lo, 0)
	hi, borrow := bits.Sub64(s.Hi, o.Hi, borrow)
	if borrow != 0 {
		return false
	}
	s.Hi, s.Lo = hi, lo
	return true
}

// Cmp returns -1, 0 or 1 as s is below, equal to or above o.
func (s Sum128) Cmp(o Sum128) int {
	switch {
	case s == o:
		return 0
	case s.Hi < o.Hi || s.Hi == o.Hi && s.Lo < o.Lo:
		return -1
	default:
		return 1
	}
}

// BigInt returns the sum as a new big integer.
func (s Sum128) BigInt() *big.Int {
	v := new(big.Int).SetUint64(s.Hi)
	return v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(s.Lo))
}

// Float64 returns the sum as float64, within one unit of the last place.
func (s Sum128) Float64() float64 {
	return math.Ldexp(float64(s.Hi), 64) + float64(s.Lo)
}

// String writes the sum in decimal digits.
func (s Sum128) String() string {
	return s.BigInt().String()
}

// MarshalText writes the sum in decimal digits, so that JSON keeps every bit.
func (s Sum128) MarshalText() ([]byte, error) {
	return []byte(s.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (s *Sum128) UnmarshalText(text []byte) error {
	v, ok := new(big.Int).SetString(string(text), 10)
	if !ok || v.Sign() < 0 || v.BitLen() > 128 {
		return fmt.Errorf("%q is not a sum of 128 bits in decimal digits", text)
	}
	s.Lo = new(big.Int).And(v, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	s.Hi = v.Rsh(v, 64).Uint64()
	return nil
}
