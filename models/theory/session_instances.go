package theory

// SessionInstances counts instances where every session has one of its own,
// from its start to TimeoutS after its end: Poisson session starts, any law of
// the length. Without a cap the count is M/G/infinity with services length + T,
// hence Poisson; with a cap and refused new sessions it is the loss system of
// that load, again for any law. A session that comes back is a new one here.
//
// Source: Takacs 1962; Sevastyanov 1957 (insensitivity of Erlang B).
type SessionInstances struct {
	SessionsPerS float64 // > 0
	MeanSessionS float64 // mean length, >= 0
	TimeoutS     float64 // idle time before the instance stops, >= 0
	MaxInstances int     // 0 = no cap
}

// SessionInstancesResult is the steady state of the instance count.
type SessionInstancesResult struct {
	MeanUncapped       float64 // sessions/s * (length + timeout)
	MeanActiveSessions float64 // sessions/s * length, uncapped
	PAtOrAboveCap      float64 // P(uncapped count >= cap), 0 without a cap
	PReject            float64 // Erlang B, 0 without a cap
	MeanInstances      float64 // with the cap, if there is one
}

// Solve returns the means and the cap's effect.
func (s SessionInstances) Solve() (SessionInstancesResult, error) {
	p := problems{model: "session instances"}
	p.positive("session rate", s.SessionsPerS)
	p.notNegative("mean session length", s.MeanSessionS)
	p.notNegative("idle timeout", s.TimeoutS)
	p.atLeast("max_instances", s.MaxInstances, 0)
	if err := p.err(); err != nil {
		return SessionInstancesResult{}, err
	}
	load := s.SessionsPerS * (s.MeanSessionS + s.TimeoutS)
	r := SessionInstancesResult{
		MeanUncapped:       load,
		MeanActiveSessions: s.SessionsPerS * s.MeanSessionS,
		MeanInstances:      load,
	}
	if s.MaxInstances == 0 {
		return r, nil
	}
	b, err := ErlangB(load, s.MaxInstances)
	if err != nil {
		return SessionInstancesResult{}, err
	}
	r.PAtOrAboveCap = PoissonTail(load, s.MaxInstances)
	r.PReject = b
	r.MeanInstances = load * (1 - b)
	return r, nil
}

// InstancesQuantile returns the q quantile, 0 < q < 1, of the uncapped count.
func (s SessionInstances) InstancesQuantile(q float64) (int, error) {
	r, err := s.Solve()
	if err != nil {
		return 0, err
	}
	return PoissonQuantile(r.MeanUncapped, q)
}
