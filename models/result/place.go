package result

import (
	"cmp"
	"slices"
)

// comparePlaces orders places by country, name and coordinates, which tell them
// apart.
func comparePlaces(a, b PlaceRun) int {
	return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Lat, b.Lat), cmp.Compare(a.Lon, b.Lon))
}

// SortPlaces puts places in the order that merging wants.
func SortPlaces(p []PlaceRun) { slices.SortFunc(p, comparePlaces) }

// addPlaceRuns adds sorted places by place; the result is sorted.
func addPlaceRuns(to, from []PlaceRun) []PlaceRun {
	if len(from) == 0 {
		return to
	}
	out := make([]PlaceRun, 0, max(len(to), len(from)))
	for len(to) > 0 || len(from) > 0 {
		order := 0
		switch {
		case len(from) == 0:
			order = -1
		case len(to) == 0:
			order = 1
		default:
			order = comparePlaces(to[0], from[0])
		}
		if order <= 0 {
			p := to[0]
			to = to[1:]
			if order == 0 {
				p.Measured += from[0].Measured
				p.Metres += from[0].Metres
				from = from[1:]
			}
			out = append(out, p)
			continue
		}
		out, from = append(out, from[0]), from[1:]
	}
	return out
}
