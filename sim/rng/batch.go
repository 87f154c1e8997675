package rng

import "math/bits"

// Many draws at once keep the state of the stream in registers, which single draws
// through a pointer cannot. They give what as many single draws would.

// step is the state after one more word; see Uint64.
func step(hi, lo uint64) (uint64, uint64) {
	h, l := bits.Mul64(lo, pcgMulLo)
	h += hi*pcgMulLo + lo*pcgMulHi
	l, c := bits.Add64(l, pcgIncLo, 0)
	return h + pcgIncHi + c, l
}

// word is the random word of a state.
func word(hi, lo uint64) uint64 {
	hi = (hi ^ hi>>32) * pcgCheap
	return (hi ^ hi>>48) * (lo | 1)
}

// Words fills dst with what Uint64 would return.
func (s *Stream) Words(dst []uint64) {
	hi, lo := s.hi, s.lo
	for i := range dst {
		hi, lo = step(hi, lo)
		dst[i] = word(hi, lo)
	}
	s.hi, s.lo = hi, lo
}

// Exps fills dst with what Exp would return.
func (s *Stream) Exps(dst []float64) {
	hi, lo := s.hi, s.lo
	for i := range dst {
		hi, lo = step(hi, lo)
		u := word(hi, lo)
		l := &expLayers[u&255]
		if j := u >> 11; j < l.limit {
			dst[i] = float64(int64(j)) * l.width
			continue
		}
		s.hi, s.lo = hi, lo
		dst[i] = s.expSlow(u)
		hi, lo = s.hi, s.lo
	}
	s.hi, s.lo = hi, lo
}

// IntsN fills dst with what IntN(n) would return.
func (s *Stream) IntsN(dst []int32, n int) {
	hi, lo := s.hi, s.lo
	for i := range dst {
		hi, lo = step(hi, lo)
		high, low := bits.Mul64(word(hi, lo), uint64(n))
		if low < uint64(n) {
			s.hi, s.lo = hi, lo
			high = uint64(s.intNSlow(n, high, low))
			hi, lo = s.hi, s.lo
		}
		dst[i] = int32(high)
	}
	s.hi, s.lo = hi, lo
}
