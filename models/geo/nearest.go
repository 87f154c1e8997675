package geo

import (
	"cmp"
	"slices"
)

// Order returns all PoPs from the nearest to the farthest from pop, itself first; equal distances go by index.
// It must not be changed.
func (w *World) Order(pop int) []int16 {
	n := len(w.PoPs)
	return w.order()[pop*n : (pop+1)*n : (pop+1)*n]
}

// sortByDistance fills the dense table behind Order.
func (w *World) sortByDistance() []int16 {
	n := len(w.PoPs)
	out := make([]int16, n*n)
	dist := make([]float64, n)
	for a := range n {
		row := out[a*n : (a+1)*n]
		for b := range n {
			row[b] = int16(b)
			dist[b] = chord2(w.vectors[a], w.vectors[b])
		}
		dist[a] = -1 // itself first, even where two PoPs share a place
		slices.SortFunc(row, func(x, y int16) int {
			return cmp.Or(cmp.Compare(dist[x], dist[y]), cmp.Compare(x, y))
		})
	}
	return out
}

// NearestPops returns up to n PoPs that take client traffic, the nearest to p first; equal distances go by index.
func (w *World) NearestPops(p Point, n int) []int {
	var found []int
	for _, i := range w.nearestOf(p.vector(), w.operating, n) {
		found = append(found, int(i))
	}
	return found
}

// Nearest returns up to n of the given PoPs, the nearest to p first.
func (w *World) Nearest(p Point, among []int, n int) []int {
	set := make([]int32, len(among))
	for i, pop := range among {
		set[i] = int32(pop)
	}
	var found []int
	for _, i := range w.nearestOf(p.vector(), set, n) {
		found = append(found, int(i))
	}
	return found
}

// NearestTo returns the nearest to pop among the PoPs for which ok holds, and false when there is none.
func (w *World) NearestTo(pop int, ok func(pop int) bool) (int, bool) {
	for _, i := range w.Order(pop) {
		if ok(int(i)) {
			return int(i), true
		}
	}
	return 0, false
}

// nearestOf selects the n nearest of a set by insertion; n is small.
func (w *World) nearestOf(v vector, set []int32, n int) []int32 {
	n = min(n, len(set))
	if n <= 0 {
		return nil
	}
	found := make([]int32, 0, n)
	dist := make([]float64, 0, n)
	for _, i := range set {
		d := chord2(v, w.vectors[i])
		if len(found) == n && d >= dist[n-1] {
			continue
		}
		at := len(found)
		for at > 0 && d < dist[at-1] {
			at--
		}
		if len(found) == n {
			found, dist = found[:n-1], dist[:n-1]
		}
		found, dist = slices.Insert(found, at, i), slices.Insert(dist, at, d)
	}
	return found
}
