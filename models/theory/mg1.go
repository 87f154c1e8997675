package theory

import "math"

// MG1 is the M/G/1 queue: Poisson arrivals, any service law, one server,
// unlimited FIFO queue.
//
// Source: Pollaczek 1930, Khinchine 1932 (mean); Takacs 1962 (higher moments).
type MG1 struct {
	LambdaPerS float64 // arrival rate, > 0
	Service    Law     // mean > 0, LambdaPerS*mean < 1
}

// MG1Result is the steady state of an M/G/1 queue.
type MG1Result struct {
	Steady
	ServiceSecondMomentS2 float64 // E[S^2]
	SDWaitS               float64 // standard deviation of the wait
	MeanBusyPeriodS       float64 // E[S]/(1-rho)
}

// Solve returns Wq = lambda E[S^2]/(2(1-rho)) and
// E[Wq^2] = 2 Wq^2 + lambda E[S^3]/(3(1-rho)).
func (m MG1) Solve() (MG1Result, error) {
	p := problems{model: "M/G/1"}
	p.positive("arrival rate", m.LambdaPerS)
	p.law("service", m.Service)
	p.positive("mean service time", m.Service.MeanS)
	if err := p.err(); err != nil {
		return MG1Result{}, err
	}
	m1, m2, m3 := m.Service.Moments()
	rho := m.LambdaPerS * m1
	if err := stable(rho, 1); err != nil {
		return MG1Result{}, err
	}
	wait := m.LambdaPerS * m2 / (2 * (1 - rho))
	return MG1Result{
		Steady:                steadyFromWait(m.LambdaPerS, m1, wait, 1),
		ServiceSecondMomentS2: m2,
		SDWaitS:               math.Sqrt(wait*wait + m.LambdaPerS*m3/(3*(1-rho))),
		MeanBusyPeriodS:       m1 / (1 - rho),
	}, nil
}
