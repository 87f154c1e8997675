package dist

import "berth/sim/rng"

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
		s.tableFill(dst, r)
	default:
		for i := range dst {
			dst[i] = s.Int64(r)
		}
	}
}

// tableFill is fromTable for many words. The loop is left for the tail, so that
// nothing is called in it.
func (s *Sampler) tableFill(dst []int64, r *rng.Stream) {
	knots, stream := &s.table.knots, *r
	for i := 0; i < len(dst); i++ {
		word := uint64(0)
		for ; i < len(dst); i++ {
			if word, stream = stream.Next(); inTail(word) {
				break
			}
			cell, within := cellOf(word)
			pair := (*[2]float64)(knots[cell : cell+2])
			dst[i] = int64(pair[0] + (pair[1]-pair[0])*within)
		}
		if i < len(dst) {
			dst[i] = s.fromTail(word)
		}
	}
	*r = stream
}

// Fill draws len(dst) indices: the same as so many calls of Draw with the words of
// r would.
func (a *Alias) Fill(dst []int32, r *rng.Stream) {
	stream := *r
	for i := range dst {
		word := uint64(0)
		word, stream = stream.Next()
		dst[i] = a.Draw(word)
	}
	*r = stream
}

// Each draws one value from the stream for a purpose of each of several families:
// what Int64 would draw from it. It uses r for streams of which one word is not
// enough.
func (s *Sampler) Each(dst []int64, from []rng.Family, purpose uint64, r *rng.Stream) {
	from = from[:len(dst)]
	switch s.kind {
	case constantKind:
		for i := range dst {
			dst[i] = s.fixed
		}
	case exponentialKind:
		var x [batch]float64
		for len(dst) > 0 {
			n := min(len(dst), batch)
			rng.EachExp(x[:n], from, purpose)
			for i, v := range x[:n] {
				dst[i] = toInt64(s.a*v + 0.5)
			}
			dst, from = dst[n:], from[n:]
		}
	case tableKind:
		s.tableEach(dst, from, purpose)
	default:
		for i, f := range from {
			*r = f.Stream(purpose)
			dst[i] = s.Int64(r)
		}
	}
}

func (s *Sampler) tableEach(dst []int64, from []rng.Family, purpose uint64) {
	knots := &s.table.knots
	for i, f := range from {
		word, _ := f.Stream(purpose).Next()
		if inTail(word) {
			dst[i] = s.fromTail(word)
			continue
		}
		cell, within := cellOf(word)
		pair := (*[2]float64)(knots[cell : cell+2])
		dst[i] = int64(pair[0] + (pair[1]-pair[0])*within)
	}
}
