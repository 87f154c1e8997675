package placement

import "berth/sim/rng"

// NearestPrefetched is the platform's documented default: the nearest location
// with a pre-fetched image and a free prepared place.
type NearestPrefetched struct{}

// Choose implements Policy.
func (NearestPrefetched) Choose(v View, q Query, _ *rng.Stream) Choice {
	return firstFit(v, v.Nearest(q.Near))
}

// NearestAny starts at the nearest host with a free place and pulls the image
// there when it is missing; prepared places are used when the host has one.
type NearestAny struct{}

// Choose implements Policy.
func (NearestAny) Choose(v View, q Query, _ *rng.Stream) Choice {
	for _, p := range v.Nearest(q.Near) {
		if pop := int(p); v.Allowed(pop) && v.Room(pop) {
			return Choice{pop, true}
		}
	}
	return Choice{}
}

// AtDO starts in the Durable Object's own PoP, or the nearest to it that fits.
type AtDO struct{}

// Choose implements Policy.
func (AtDO) Choose(v View, q Query, _ *rng.Stream) Choice {
	return firstFit(v, v.Nearest(q.DO))
}
