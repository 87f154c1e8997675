package rng

import "math/bits"

// Many draws at once keep the state of the stream in registers, which single draws
// through a pointer cannot. They give what as many single draws would.

// Next is the word that Uint64 would return, and the stream after it. In a loop
// over its own result the state stays in registers.
func (s Stream) Next() (uint64, Stream) {
	s0, s1 := step(s.s0, s.s1)
	return word(s.s0, s.s1), Stream{s0, s1}
}

// Words fills dst with what Uint64 would return.
func (s *Stream) Words(dst []uint64) {
	s0, s1 := s.s0, s.s1
	for i := range dst {
		dst[i] = word(s0, s1)
		s0, s1 = step(s0, s1)
	}
	s.s0, s.s1 = s0, s1
}

// Exps fills dst with what Exp would return.
func (s *Stream) Exps(dst []float64) {
	s0, s1 := s.s0, s.s1
	for i := range dst {
		u := word(s0, s1)
		s0, s1 = step(s0, s1)
		l := &expLayers[u&255]
		if j := u >> 11; j < l.limit {
			dst[i] = float64(int64(j)) * l.width
			continue
		}
		s.s0, s.s1 = s0, s1
		dst[i] = s.expSlow(u)
		s0, s1 = s.s0, s.s1
	}
	s.s0, s.s1 = s0, s1
}

// EachExp fills dst with what Exp of the stream for a purpose of each of several
// families would return.
func EachExp(dst []float64, from []Family, purpose uint64) {
	from = from[:len(dst)]
	for i, f := range from {
		s := f.Stream(purpose)
		u := word(s.s0, s.s1)
		l := &expLayers[u&255]
		if j := u >> 11; j < l.limit {
			dst[i] = float64(int64(j)) * l.width
		} else {
			dst[i] = s.Exp()
		}
	}
}

// IntsN fills dst with what IntN(n) would return.
func (s *Stream) IntsN(dst []int32, n int) {
	s0, s1 := s.s0, s.s1
	for i := range dst {
		high, low := bits.Mul64(word(s0, s1), uint64(n))
		s0, s1 = step(s0, s1)
		if low < uint64(n) {
			s.s0, s.s1 = s0, s1
			high = uint64(s.intNSlow(n, high, low))
			s0, s1 = s.s0, s.s1
		}
		dst[i] = int32(high)
	}
	s.s0, s.s1 = s0, s1
}
