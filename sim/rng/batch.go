package rng

import "math/bits"

// Many draws at once keep the state of the stream in registers. They give what
// as many single draws would.

// Words fills dst with what Uint64 would return.
func (s *Stream) Words(dst []uint64) {
	t := *s
	for i := range dst {
		dst[i] = t.Uint64()
	}
	*s = t
}

// Exps fills dst with what Exp would return.
func (s *Stream) Exps(dst []float64) {
	t := *s
	for i := range dst {
		u := t.Uint64()
		l := &expLayers[u&255]
		if j := u >> 11; j < l.limit {
			dst[i] = float64(int64(j)) * l.width
			continue
		}
		*s = t // expSlow needs an address; t stays in registers without
		dst[i] = s.expSlow(u)
		t = *s
	}
	*s = t
}

// IntsN fills dst with what IntN(n) would return.
func (s *Stream) IntsN(dst []int32, n int) {
	t := *s
	for i := range dst {
		hi, lo := bits.Mul64(t.Uint64(), uint64(n))
		if lo < uint64(n) {
			*s = t
			hi = uint64(s.intNSlow(n, hi, lo))
			t = *s
		}
		dst[i] = int32(hi)
	}
	*s = t
}
