package theory

import "math"

// MM1 is the M/M/1 queue: Poisson arrivals, exponential service, one server,
// unlimited FIFO queue. It does not model abandonment or a start-up.
//
// Source: Kleinrock, Queueing Systems vol. 1 (1975), ch. 3.
type MM1 struct {
	LambdaPerS float64 // arrival rate, > 0
	MuPerS     float64 // service rate, > LambdaPerS
}

// MM1Result is the steady state of an M/M/1 queue.
type MM1Result struct {
	Steady
	PEmpty float64 // probability that nobody is there
}

func (m MM1) validate() error {
	p := problems{model: "M/M/1"}
	p.positive("arrival rate", m.LambdaPerS)
	p.positive("service rate", m.MuPerS)
	if err := p.err(); err != nil {
		return err
	}
	return stable(m.LambdaPerS/m.MuPerS, 1)
}

// Solve returns L = rho/(1-rho), W = 1/(mu-lambda) and what follows.
func (m MM1) Solve() (MM1Result, error) {
	if err := m.validate(); err != nil {
		return MM1Result{}, err
	}
	rho := m.LambdaPerS / m.MuPerS
	spare := m.MuPerS - m.LambdaPerS
	return MM1Result{
		Steady: Steady{
			Utilisation: rho,
			InSystem:    m.LambdaPerS / spare,
			Waiting:     rho * m.LambdaPerS / spare,
			ResponseS:   1 / spare,
			WaitS:       rho / spare,
		},
		PEmpty: spare / m.MuPerS,
	}, nil
}

// ResponseQuantile returns the q quantile, 0 < q < 1, of the time in the
// system in seconds: -ln(1-q)/(mu-lambda).
func (m MM1) ResponseQuantile(q float64) (float64, error) {
	if err := m.validateQuantile(q); err != nil {
		return 0, err
	}
	return -math.Log1p(-q) / (m.MuPerS - m.LambdaPerS), nil
}

// WaitQuantile returns the q quantile, 0 < q < 1, of the time in the queue in
// seconds: max(0, ln(rho/(1-q))/(mu-lambda)).
func (m MM1) WaitQuantile(q float64) (float64, error) {
	if err := m.validateQuantile(q); err != nil {
		return 0, err
	}
	rho := m.LambdaPerS / m.MuPerS
	return math.Max(0, math.Log(rho/(1-q))/(m.MuPerS-m.LambdaPerS)), nil
}

func (m MM1) validateQuantile(q float64) error {
	if err := m.validate(); err != nil {
		return err
	}
	p := problems{model: "M/M/1"}
	p.openProbability("q", q)
	return p.err()
}
