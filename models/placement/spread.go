package placement

import "berth/sim/rng"

// LeastLoaded starts at the host with the smallest share of its places in use.
type LeastLoaded struct{}

// Choose implements Policy.
func (LeastLoaded) Choose(v View, q Query, _ *rng.Stream) Choice {
	best := Choice{}
	load := 0.0
	for _, p := range v.Nearest(q.Near) {
		pop := int(p)
		if !fits(v, pop) {
			continue
		}
		if l := v.Load(pop); !best.OK || l < load {
			best, load = Choice{pop, true}, l
		}
	}
	return best
}

// Random starts at a host drawn uniformly from those that fit.
type Random struct{}

// Choose implements Policy.
func (Random) Choose(v View, q Query, r *rng.Stream) Choice {
	order := v.Nearest(q.Near)
	n := 0
	for _, p := range order {
		if fits(v, int(p)) {
			n++
		}
	}
	if n == 0 {
		return Choice{}
	}
	k := r.IntN(n)
	for _, p := range order {
		if fits(v, int(p)) {
			if k == 0 {
				return Choice{int(p), true}
			}
			k--
		}
	}
	return Choice{}
}

// LatencyOptimal starts at the host with the smallest mean round trip to the
// whole market and backend of the app, whoever asks.
type LatencyOptimal struct{}

// Choose implements Policy.
func (LatencyOptimal) Choose(v View, q Query, _ *rng.Stream) Choice {
	best := Choice{}
	rtt := 0.0
	for _, p := range v.Nearest(q.Near) {
		pop := int(p)
		if !fits(v, pop) {
			continue
		}
		if m := v.MarketRTT(pop); !best.OK || m < rtt {
			best, rtt = Choice{pop, true}, m
		}
	}
	return best
}
