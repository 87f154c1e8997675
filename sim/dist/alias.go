package dist

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Alias draws an index with given weights in constant time: A. J. Walker's
// table ("An Efficient Method for Generating Discrete Random Variables with
// General Distributions", 1977) built as M. D. Vose showed ("A Linear
// Algorithm for Generating Random Numbers with a Given Distribution", 1991).
// A column takes 8 bytes; its coin has 32 bits, so each probability is within
// 2^-32 / Len of its weight.
type Alias struct {
	columns []aliasColumn
}

// aliasColumn keeps its own index while the coin is below keep.
type aliasColumn struct {
	keep  uint32
	other int32
}

// NewAlias returns the table of weights, which are finite, not negative and
// not all 0. All problems come back at once.
func NewAlias(weights []float64) (*Alias, error) {
	n := len(weights)
	if n == 0 || n > math.MaxInt32 {
		return nil, fmt.Errorf("an alias table takes 1 to %d weights, not %d", math.MaxInt32, n)
	}
	var errs []error
	largest := 0.0
	for i, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			errs = append(errs, fmt.Errorf("weight %d is %v: it has to be finite and not negative", i, w))
			continue
		}
		largest = math.Max(largest, w)
	}
	if len(errs) == 0 && largest == 0 {
		errs = append(errs, errors.New("every weight is 0"))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &Alias{fillColumns(weights, largest)}, nil
}

// fillColumns pairs each column below the average with one above it.
func fillColumns(weights []float64, largest float64) []aliasColumn {
	n := len(weights)
	sum := 0.0
	for _, w := range weights {
		sum += w / largest
	}
	share := make([]float64, n) // in units of one column
	var small, large []int32
	for i, w := range weights {
		share[i] = w / largest / sum * float64(n)
		if share[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	columns := make([]aliasColumn, n)
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		columns[s] = aliasColumn{coin(share[s]), l}
		if share[l] = share[l] + share[s] - 1; share[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	// What is left is 1 but for rounding: these columns are whole. A weight of
	// 0 must not become whole, so it gives its column to the largest.
	for _, i := range append(small, large...) {
		columns[i] = aliasColumn{math.MaxUint32, i}
		if weights[i] == 0 {
			columns[i] = aliasColumn{0, indexOf(weights, largest)}
		}
	}
	return columns
}

func coin(share float64) uint32 {
	return uint32(math.Min(math.MaxUint32, math.Round(share*0x1p32)))
}

func indexOf(weights []float64, w float64) int32 {
	for i := range weights {
		if weights[i] == w {
			return int32(i)
		}
	}
	return 0
}

// Draw maps one random word to an index: the high bits of word x Len choose
// the column, the low bits are its coin. It has no branch.
func (a *Alias) Draw(word uint64) int32 {
	column, low := bits.Mul64(word, uint64(len(a.columns)))
	c := a.columns[column]
	// keep is all ones if the coin is below c.keep.
	keep := int32((int64(low>>32) - int64(c.keep)) >> 63)
	return c.other ^ (c.other^int32(column))&keep
}

// DrawHalf maps 32 random bits to an index as Draw does a word; each probability
// is within 2^-31 of its weight.
func (a *Alias) DrawHalf(half uint32) int32 {
	product := uint64(half) * uint64(len(a.columns))
	column := product >> 32
	c := a.columns[column]
	keep := int32((int64(uint32(product)) - int64(c.keep)) >> 63)
	return c.other ^ (c.other^int32(column))&keep
}

// Named is an Alias that draws names instead of indices.
type Named struct {
	columns []namedColumn
}

// namedColumn is an aliasColumn with the names of both of its indices.
type namedColumn struct {
	keep       uint32
	own, other int32
}

// Names gives the indices names, of which there are Len.
func (a *Alias) Names(names []int32) Named {
	n := Named{make([]namedColumn, len(a.columns))}
	for i, c := range a.columns {
		n.columns[i] = namedColumn{c.keep, names[i], names[c.other]}
	}
	return n
}

// DrawHalf maps 32 random bits to a name as Alias.DrawHalf does to its index.
func (n *Named) DrawHalf(half uint32) int32 {
	product := uint64(half) * uint64(len(n.columns))
	c := n.columns[product>>32]
	keep := int32((int64(uint32(product)) - int64(c.keep)) >> 63)
	return c.other ^ (c.other^c.own)&keep
}

// Len is the number of indices.
func (a *Alias) Len() int {
	return len(a.columns)
}
