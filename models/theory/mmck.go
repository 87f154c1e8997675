package theory

// MMCK is the M/M/c/K queue: as M/M/c, but at most K requests in the system,
// those in service included; an arrival that finds K is rejected. Any load is
// stable. Waits are those of accepted requests.
//
// Source: Gross & Harris, Fundamentals of Queueing Theory, sec. 2.5.
type MMCK struct {
	LambdaPerS float64 // arrival rate, > 0
	MuPerS     float64 // service rate of one server, > 0
	Servers    int     // c >= 1
	Capacity   int     // K >= c, at most 1e8
}

// MMCKResult is the steady state of an M/M/c/K queue; the means of Steady are
// over accepted requests.
type MMCKResult struct {
	Steady
	PReject        float64 // probability that an arrival finds K
	PEmpty         float64
	ThroughputPerS float64 // accepted requests per second
}

// Solve sums p_n ~ a^n/n! (n <= c), a^n/(c! c^(n-c)) (c < n <= K).
func (m MMCK) Solve() (MMCKResult, error) {
	p := problems{model: "M/M/c/K"}
	p.positive("arrival rate", m.LambdaPerS)
	p.positive("service rate", m.MuPerS)
	p.atLeast("number of servers", m.Servers, 1)
	p.atLeast("capacity K (in service included)", m.Capacity, m.Servers)
	if m.Capacity > maxServers {
		p.addf("capacity K must be at most %d, got %d", maxServers, m.Capacity)
	}
	if err := p.err(); err != nil {
		return MMCKResult{}, err
	}
	w := m.weights()
	throughput := w.busy / w.total * m.MuPerS
	return MMCKResult{
		Steady: Steady{
			Utilisation: w.busy / w.total / float64(m.Servers),
			InSystem:    (w.busy + w.waiting) / w.total,
			Waiting:     w.waiting / w.total,
			ResponseS:   (w.busy + w.waiting) / w.total / throughput,
			WaitS:       w.waiting / w.total / throughput,
		},
		PReject:        w.full / w.total,
		PEmpty:         w.empty / w.total,
		ThroughputPerS: throughput,
	}, nil
}

// mmckWeights are sums over the unnormalised state probabilities.
type mmckWeights struct{ total, busy, waiting, empty, full float64 }

// weights sums the state weights, rescaled on the way so that none overflows
// (the weight of the empty state may underflow to 0).
func (m MMCK) weights() mmckWeights {
	a := m.LambdaPerS / m.MuPerS
	s := mmckWeights{total: 1, empty: 1, full: 1}
	for n := 1; n <= m.Capacity; n++ {
		serving := min(n, m.Servers)
		s.full *= a / float64(serving)
		s.total += s.full
		s.busy += float64(serving) * s.full
		s.waiting += float64(n-serving) * s.full
		if s.full > 1e250 {
			const scale = 1e-250
			s.total, s.busy, s.waiting = s.total*scale, s.busy*scale, s.waiting*scale
			s.empty, s.full = s.empty*scale, s.full*scale
		}
	}
	return s
}
