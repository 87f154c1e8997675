package report

import (
	"cmp"
	"slices"

	"berth/models/geo"
	"berth/models/result"
)

// Place is where clients are: a city with the smaller ones around it.
type Place struct {
	Name     string `json:"name" jsonschema_description:"The largest of the places."`
	Country  string `json:"country" jsonschema_description:"ISO 3166-1 alpha-2; empty for a point of the scenario."`
	Region   string `json:"region"`
	Lat      Number `json:"lat"`
	Lon      Number `json:"lon"`
	Places   int    `json:"places" jsonschema_description:"Cities or points in it: those within 250 km, and more where there are too many."`
	PerMonth Number `json:"requests_per_month" jsonschema_description:"The region's requests, shared out as in the sample."`
	Share    Number `json:"share"`
	Distance Number `json:"distance_mean_km" jsonschema_description:"Client to container."`
	Measured int64  `json:"measured" jsonschema_description:"Requests of the sample: those whose distance was measured."`
}

const (
	nearKm    = 250 // cities nearer than this to a larger one are shown with it
	maxPlaces = 150
)

// newPlaces gathers client places around the largest of them. The sample is even
// within a region, so that its requests are shared out as the sample's are.
func newPlaces(a *result.AppRun, sp span) []Place {
	requests, measured := map[string]float64{}, map[string]float64{}
	total := 0.0
	for i := range a.Regions {
		requests[a.Regions[i].Region] += float64(a.Regions[i].Requests)
		total += float64(a.Regions[i].Requests)
	}
	for _, p := range a.Places {
		measured[p.Region] += float64(p.Measured)
	}
	weight := func(p *result.PlaceRun) float64 { return requests[p.Region] * float64(p.Measured) / measured[p.Region] }
	sorted := slices.Clone(a.Places)
	slices.SortStableFunc(sorted, func(x, y result.PlaceRun) int { return cmp.Compare(weight(&y), weight(&x)) })

	out := []Place{}
	metres, sums := []int64{}, []float64{}
	for i := range sorted {
		p := &sorted[i]
		at := nearest(out, p)
		if at < 0 {
			at = len(out)
			out = append(out, Place{Name: plain(p.Name), Country: plain(p.Country), Region: plain(p.Region), Lat: Number(p.Lat), Lon: Number(p.Lon)})
			metres, sums = append(metres, 0), append(sums, 0)
		}
		out[at].Places++
		out[at].Measured += p.Measured
		metres[at] += p.Metres
		sums[at] += weight(p)
	}
	for i := range out {
		out[i].Distance = ratio(float64(metres[i])/1000, float64(out[i].Measured))
		out[i].PerMonth, out[i].Share = sp.month(sums[i]), ratio(sums[i], total)
	}
	slices.SortStableFunc(out, func(x, y Place) int { return cmp.Compare(y.Share, x.Share) })
	return out
}

// nearest is the place that takes in p: one that is near, or the nearest where
// there are enough; -1 for none.
func nearest(places []Place, p *result.PlaceRun) int {
	best, at := float64(nearKm), -1
	for i := range places {
		if len(places) >= maxPlaces && at < 0 {
			best = 1e9
		}
		d := geo.DistanceKm(geo.Point{Lat: p.Lat, Lon: p.Lon}, geo.Point{Lat: float64(places[i].Lat), Lon: float64(places[i].Lon)})
		if d < best {
			best, at = d, i
		}
	}
	return at
}
