package theory

import "math/bits"

// maxExactCatalogue bounds the 2^N states of King's formula.
const maxExactCatalogue = 22

// HitLRUExact returns the exact LRU hit ratio, for a catalogue of up to 22
// images. King's sum over the orders of the C last used images is taken set by
// set: the probability that the most recent images are the set A, all in front,
// is f(A) = sum over i in A of f(A without i) p_i/(1 - p(A without i)).
//
// Source: King 1971.
func (c ImageCache) HitLRUExact() (float64, error) {
	shares, err := c.shares()
	if err != nil {
		return 0, err
	}
	if c.Slots >= c.Catalogue {
		return 1, nil
	}
	p := problems{model: "exact LRU"}
	if c.Catalogue > maxExactCatalogue {
		p.addf("catalogue must be at most %d images (the work doubles with each), got %d; use the characteristic-time approximation", maxExactCatalogue, c.Catalogue)
	}
	if err := p.err(); err != nil {
		return 0, err
	}
	front := make([]float64, 1<<c.Catalogue)
	front[0] = 1
	var hit float64
	for set := range front {
		size := bits.OnesCount(uint(set))
		if size > c.Slots || front[set] == 0 {
			continue
		}
		inside, outside := 0.0, 0.0
		for i, share := range shares {
			if set>>i&1 == 1 {
				inside += share
			} else {
				outside += share
			}
		}
		if size == c.Slots {
			hit += front[set] * inside
			continue
		}
		for i, share := range shares {
			if set>>i&1 == 0 {
				front[set|1<<i] += front[set] * share / outside
			}
		}
	}
	return hit, nil
}
