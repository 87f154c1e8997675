package geo

import "sync"

// CityMetres returns the great-circle distance in metres, rounded down, from every city to a PoP. It is computed at the first
// call for a PoP and must not be changed.
func (w *World) CityMetres(pop int) []int32 { return w.metres[pop]() }

// lazyMetres prepares the columns behind CityMetres.
func (w *World) lazyMetres() {
	w.metres = make([]func() []int32, len(w.PoPs))
	for pop := range w.metres {
		w.metres[pop] = sync.OnceValue(func() []int32 {
			cities := w.Cities()
			column := make([]int32, len(cities))
			for i := range cities {
				column[i] = int32(DistanceKm(cities[i].Point, w.PoPs[pop].Point) * 1000)
			}
			return column
		})
	}
}
