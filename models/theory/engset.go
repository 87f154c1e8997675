package theory

// Engset is a closed population of named sessions: each is off for an
// exponential time of rate OffToOnPerS, then wants to be up for a time of mean
// MeanUpS (any law); when MaxInstances are up it is refused and goes back to a
// fresh off time.
//
// Source: Engset 1918; insensitivity as for Erlang B.
type Engset struct {
	Sessions     int     // N >= 1, at most 1e7
	OffToOnPerS  float64 // > 0
	MeanUpS      float64 // > 0
	MaxInstances int     // cap >= 1; N or more never refuses
}

// EngsetResult is the steady state of a closed population.
type EngsetResult struct {
	OfferedPerSession float64 // b = rate * mean up, erlangs of an idle session
	PUpUncapped       float64 // b/(1+b), probability that a session is up without a cap
	TimeCongestion    float64 // P(cap instances up)
	CallCongestion    float64 // share of attempts refused: time congestion seen by N-1 others
	MeanUp            float64 // mean sessions up
	Utilisation       float64 // MeanUp / MaxInstances
}

// Solve returns the truncated binomial's congestion and mean.
func (e Engset) Solve() (EngsetResult, error) {
	p := problems{model: "Engset"}
	p.atLeast("sessions", e.Sessions, 1)
	if e.Sessions > 10_000_000 {
		p.addf("sessions must be at most 10000000, got %d", e.Sessions)
	}
	p.positive("off-to-on rate", e.OffToOnPerS)
	p.positive("mean up time", e.MeanUpS)
	p.atLeast("max_instances", e.MaxInstances, 1)
	if err := p.err(); err != nil {
		return EngsetResult{}, err
	}
	b := e.OffToOnPerS * e.MeanUpS
	callCongestion, _ := truncatedBinomial(e.Sessions-1, b, e.MaxInstances)
	timeCongestion, meanUp := truncatedBinomial(e.Sessions, b, e.MaxInstances)
	return EngsetResult{
		OfferedPerSession: b,
		PUpUncapped:       b / (1 + b),
		TimeCongestion:    timeCongestion,
		CallCongestion:    callCongestion,
		MeanUp:            meanUp,
		Utilisation:       meanUp / float64(e.MaxInstances),
	}, nil
}

// truncatedBinomial returns P(limit) and the mean of the law with weights
// C(n,k) b^k, k = 0..min(n, limit), rescaled on the way so that none overflows.
func truncatedBinomial(n int, b float64, limit int) (pLimit, mean float64) {
	weight, total, moment := 1.0, 1.0, 0.0
	for k := 1; k <= min(n, limit); k++ {
		weight *= float64(n-k+1) / float64(k) * b
		total += weight
		moment += float64(k) * weight
		if weight > 1e250 {
			const scale = 1e-250
			weight, total, moment = weight*scale, total*scale, moment*scale
		}
	}
	if limit <= n {
		pLimit = weight / total
	}
	return pLimit, moment / total
}
