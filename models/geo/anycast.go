package geo

import "fmt"

// AnycastSpec says how many requests miss the PoP nearest to their client. Anycast follows routes, not distance, and a loaded
// PoP sheds clients; neither is published per PoP, so both are a share of requests (grade I).
type AnycastSpec struct {
	// Share of the world's requests that are re-routed, 0 to 0.5.
	Share float64
	// Split divides the re-routed requests of a city over its second, third and fourth nearest PoPs, in any unit.
	Split [NearPops - 1]float64
	// Even gives every PoP the same share. Otherwise a PoP's share grows in proportion to the demand that lands on it, in such
	// a way that the world's average stays Share, up to half of a PoP's requests.
	Even bool
}

// DefaultAnycast re-routes 10 % of requests, 6 : 3 : 1 over the next three PoPs, more of them at loaded PoPs.
func DefaultAnycast() AnycastSpec {
	return AnycastSpec{Share: 0.10, Split: [NearPops - 1]float64{6, 3, 1}}
}

// maxRerouted bounds the share that one PoP re-routes.
const maxRerouted = 0.5

// Anycast draws the PoP in which a client's Worker runs.
type Anycast struct {
	near [][NearPops]int32
	cum  [][NearPops]float32 // cumulative probabilities, the last one 1
}

// NewAnycast prepares the draws for a list of origins and their demand weights (in any unit, none negative).
func (w *World) NewAnycast(origins []Origin, weights []float64, spec AnycastSpec) (*Anycast, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	if len(weights) != len(origins) {
		return nil, fmt.Errorf("%d weights for %d origins", len(weights), len(origins))
	}
	share := w.reroutedShare(origins, weights, spec)
	a := &Anycast{near: make([][NearPops]int32, len(origins)), cum: make([][NearPops]float32, len(origins))}
	for i, o := range origins {
		a.near[i] = o.Near
		a.cum[i] = spec.cumulative(share[o.Near[0]], o.NearCount)
	}
	return a, nil
}

func (s AnycastSpec) check() error {
	if !(s.Share >= 0 && s.Share <= maxRerouted) {
		return fmt.Errorf("re-routed share is %g, want 0 to %g", s.Share, maxRerouted)
	}
	sum := 0.0
	for _, v := range s.Split {
		if !(v >= 0) {
			return fmt.Errorf("split of re-routed requests has %g, want no negative part", v)
		}
		sum += v
	}
	if s.Share > 0 && !(sum > 0 && sum < 1e300) {
		return fmt.Errorf("split of re-routed requests sums to %g, want more than 0", sum)
	}
	return nil
}

// reroutedShare returns each PoP's share: Share x its demand / the demand that an average request sees at its PoP. The average
// over requests is then Share, except where the bound cuts it.
func (w *World) reroutedShare(origins []Origin, weights []float64, spec AnycastSpec) []float64 {
	share, demand := make([]float64, len(w.PoPs)), make([]float64, len(w.PoPs))
	total := 0.0
	for i, o := range origins {
		demand[o.Near[0]] += weights[i]
		total += weights[i]
	}
	squares := 0.0
	for _, d := range demand {
		squares += d * d
	}
	for p, d := range demand {
		share[p] = spec.Share
		if !spec.Even && squares > 0 {
			share[p] = min(spec.Share*d*total/squares, maxRerouted)
		}
	}
	return share
}

// cumulative spreads a re-routed share over the PoPs after the first, of which count are known.
func (s AnycastSpec) cumulative(rerouted float64, count int) [NearPops]float32 {
	sum := 0.0
	for k := 1; k < count; k++ {
		sum += s.Split[k-1]
	}
	if sum == 0 {
		rerouted = 0
	}
	var cum [NearPops]float32
	at := 1 - rerouted
	cum[0] = float32(at)
	for k := 1; k < NearPops; k++ {
		if k < count && sum > 0 {
			at += rerouted * s.Split[k-1] / sum
		}
		cum[k] = float32(at)
	}
	for k := max(count, 1) - 1; k < NearPops; k++ {
		cum[k] = 1
	}
	return cum
}

// Pick returns the rank of the Worker PoP among the origin's nearest, for u uniform in [0, 1).
func (a *Anycast) Pick(origin int, u float32) int {
	c := &a.cum[origin]
	switch {
	case u < c[0]:
		return 0
	case u < c[1]:
		return 1
	case u < c[2]:
		return 2
	}
	return 3
}

// PoP returns the PoP of a rank that Pick gave.
func (a *Anycast) PoP(origin, rank int) int { return int(a.near[origin][rank]) }

// Row returns an origin's PoPs with the cumulative probabilities of drawing them; the last one is 1.
func (a *Anycast) Row(origin int) (pops [NearPops]int32, cumulative [NearPops]float32) {
	return a.near[origin], a.cum[origin]
}
