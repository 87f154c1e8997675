package theory

import "math"

// TTLCache is one object in a cache of unlimited size that forgets it after a
// time to live, under Poisson requests: either the TTL restarts at every hit
// (an instance with an idle timeout is such a cache), or it counts from the
// fetch. Fetches take no time. The object is in the cache for the same share
// of time as requests hit (Poisson arrivals see time averages).
//
// Source: Jung, Berger, Balakrishnan 2003; Fofack et al. 2012.
type TTLCache struct {
	LambdaPerS float64 // request rate of the object, > 0
	TTLS       float64 // time to live, >= 0
}

// TTLCacheResult holds hit ratios (equal to the shares of time present) and
// fetch rates.
type TTLCacheResult struct {
	HitReset, HitFixed                 float64 // 1 - e^{-lambda T}; lambda T/(1 + lambda T)
	FetchesPerSReset, FetchesPerSFixed float64
}

// Solve returns both variants.
func (c TTLCache) Solve() (TTLCacheResult, error) {
	p := problems{model: "TTL cache"}
	p.positive("request rate", c.LambdaPerS)
	p.notNegative("time to live", c.TTLS)
	if err := p.err(); err != nil {
		return TTLCacheResult{}, err
	}
	x := c.LambdaPerS * c.TTLS
	return TTLCacheResult{
		HitReset:         -math.Expm1(-x),
		HitFixed:         x / (1 + x),
		FetchesPerSReset: c.LambdaPerS * math.Exp(-x),
		FetchesPerSFixed: c.LambdaPerS / (1 + x),
	}, nil
}
