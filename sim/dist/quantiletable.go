package dist

import (
	"math"
	"math/bits"
	"sort"

	"berth/sim/memo"
)

// Shape of a quantile table: tableOctaves halvings of the tail probability on
// each side of the median, from 2^-17 to 1/2, each in 2^tableBits cells.
const (
	tableOctaves = 16
	tableBits    = 6
	tableSide    = tableOctaves<<tableBits + 1
)

// quantileTable holds scale x quantile + 1/2 at the points of the lower side
// (tail probability rising), then of the upper side. Half of the draws touch
// the first 64 cells next to the median, 0.5 KiB on each side.
type quantileTable struct {
	knots [2 * tableSide]float64
}

// inTail says whether the quantile of a word lies beyond the table.
func inTail(word uint64) bool { return word<<1 < 1<<(64-tableOctaves) }

// cellOf is the cell of a word that is not in a tail, and where it lies between its
// two points, from 0 to 1. The top bit of the word is the side of the median; the
// rest is the probability q in units of 2^-64 that lies between the value and that
// end: the 6 bits below its leading one count the cell, the others run within it.
func cellOf(word uint64) (cell int, within float64) {
	q := word &^ (1 << 63)
	length := bits.Len64(q)
	m := q << (-length & 63)
	// The leading one of m counts as one octave. The side is a coin toss: a branch
	// on it would be mispredicted half the time.
	cell = (length-65+tableOctaves)<<tableBits + int(m>>(63-tableBits)) + tableSide&-int(word>>63)
	return cell, float64(int64(m<<(tableBits+1)>>11)) * 0x1p-53
}

// tabulated names a table: a law and the scale of its values.
type tabulated struct {
	d     Dist
	scale float64
}

// quantileTables keeps the tables of the laws that scenarios of one grid share,
// 16 KiB each.
var quantileTables = memo.New[tabulated, *quantileTable](100)

// newQuantileTable tabulates d, a law of plain numbers; nil if straight lines
// would be too coarse.
func newQuantileTable(d Dist, scale float64) *quantileTable {
	return quantileTables.Get(tabulated{d, scale}, func() *quantileTable { return tabulate(d, scale) })
}

func tabulate(d Dist, scale float64) *quantileTable {
	t := &quantileTable{}
	for i := range tableSide {
		q := knotProbability(i)
		t.knots[i] = scale * d.Quantile(q)
		t.knots[tableSide+i] = scale * upperQuantile(d, q)
	}
	if !t.fine(scale * d.Mean()) {
		return nil
	}
	for i, v := range t.knots {
		t.knots[i] = math.Min(v, maxDraw) + 0.5
	}
	return t
}

// knotProbability is the tail probability of point i of a side.
func knotProbability(i int) float64 {
	octave, part := i>>tableBits, i&(1<<tableBits-1)
	return math.Ldexp(1+float64(part)/(1<<tableBits), octave-tableOctaves-1)
}

// fine judges the lines by leaving out every second point: halving the step
// quarters the error of a line, so the error in use is a quarter of what the
// left-out points show.
func (t *quantileTable) fine(mean float64) bool {
	floor := 0.25
	if !math.IsInf(mean, 1) {
		floor = math.Max(floor, 1e-5*mean)
	}
	for side := range 2 {
		k := t.knots[side*tableSide : (side+1)*tableSide]
		for i := 1; i+1 < len(k); i += 2 {
			err := math.Abs((k[i-1]+k[i+1])/2-k[i]) / 4
			if !(err <= math.Max(floor, 3e-4*k[i])) {
				return false
			}
		}
	}
	return true
}

// pointTable draws from an empirical law: a guide (Chen and Asau, 1974) names
// the point at which the search begins.
type pointTable struct {
	p, v  []float64
	guide [257]uint16
}

func newPointTable(d *Empirical, scale float64) *pointTable {
	t := &pointTable{p: d.p, v: make([]float64, len(d.v))}
	for i, v := range d.v {
		t.v[i] = scale * v
	}
	for i := range t.guide {
		t.guide[i] = uint16(max(1, sort.SearchFloat64s(t.p, float64(i)/256)))
	}
	return t
}

// at is the quantile at u in [0, 1).
func (t *pointTable) at(u float64) float64 {
	i := int(t.guide[int(u*256)])
	for t.p[i] < u {
		i++
	}
	return t.v[i-1] + (t.v[i]-t.v[i-1])*(u-t.p[i-1])/(t.p[i]-t.p[i-1])
}
