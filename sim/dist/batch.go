package dist

import (
	"math/bits"

	"berth/sim/rng"
)

// batch is how many words are drawn at once.
const batch = 64

// Fill draws len(dst) values: the same as so many calls of Int64 would, in less
// time.
func (s *Sampler) Fill(dst []int64, r *rng.Stream) {
	switch s.kind {
	case constantKind:
		for i := range dst {
			dst[i] = s.fixed
		}
	case exponentialKind:
		var x [batch]float64
		for len(dst) > 0 {
			n := min(len(dst), batch)
			r.Exps(x[:n])
			for i, v := range x[:n] {
				dst[i] = toInt64(s.a*v + 0.5)
			}
			dst = dst[n:]
		}
	case tableKind:
		var w [batch]uint64
		for len(dst) > 0 {
			n := min(len(dst), batch)
			r.Words(w[:n])
			s.tableFill(dst[:n], w[:n])
			dst = dst[n:]
		}
	default:
		for i := range dst {
			dst[i] = s.Int64(r)
		}
	}
}

// tableFill is fromTable for many words.
func (s *Sampler) tableFill(dst []int64, words []uint64) {
	knots := &s.table.knots
	for i, word := range words {
		q := word &^ (1 << 63)
		zeros := uint(bits.LeadingZeros64(q | 1))
		if zeros > tableOctaves {
			dst[i] = s.fromTail(word, q)
			continue
		}
		m := q << (zeros & 63)
		cell := (tableOctaves-int(zeros))<<tableBits + int(m>>(63-tableBits))&(1<<tableBits-1)
		cell += tableSide & -int(word>>63)
		pair := (*[2]float64)(knots[cell : cell+2])
		within := float64(int64(m<<(tableBits+1)>>11)) * 0x1p-53
		dst[i] = int64(pair[0] + (pair[1]-pair[0])*within)
	}
}

// Fill draws an index for every word into dst, as Draw does.
func (a *Alias) Fill(dst []int32, words []uint64) {
	for i, w := range words {
		dst[i] = a.Draw(w)
	}
}

// Each draws one value from each of several streams: what Int64 would draw from
// it. A constant takes no streams.
func (s *Sampler) Each(dst []int64, from []rng.Stream) {
	switch s.kind {
	case constantKind:
		for i := range dst {
			dst[i] = s.fixed
		}
	case exponentialKind:
		for i := range dst {
			dst[i] = toInt64(s.a*from[i].Exp() + 0.5)
		}
	case tableKind:
		for i := range dst {
			dst[i] = s.fromTable(from[i].Uint64())
		}
	default:
		for i := range dst {
			dst[i] = s.Int64(&from[i])
		}
	}
}
