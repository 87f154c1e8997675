package trace

import (
	"math/big"
	"math/bits"
)

// wide is an unsigned sum of 192 bits: squares of 64-bit numbers add up without
// overflow or rounding.
type wide [3]uint64

func (w *wide) addSquare(v uint64) {
	hi, lo := bits.Mul64(v, v)
	var carry uint64
	w[0], carry = bits.Add64(w[0], lo, 0)
	w[1], carry = bits.Add64(w[1], hi, carry)
	w[2] += carry
}

func (w *wide) big() *big.Int {
	sum := new(big.Int)
	for i := len(w) - 1; i >= 0; i-- {
		sum.Lsh(sum, 64)
		sum.Or(sum, new(big.Int).SetUint64(w[i]))
	}
	return sum
}
