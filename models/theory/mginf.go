package theory

import "math"

// MGInf is M/G/infinity: Poisson arrivals, any service law, everyone served at
// once. The number in service is Poisson of mean lambda E[S], whatever the law.
//
// Source: Takacs 1962.
type MGInf struct {
	LambdaPerS float64 // arrival rate, > 0
	Service    Law     // mean > 0
}

// MGInfResult is the steady state of M/G/infinity.
type MGInfResult struct {
	MeanBusy        float64 // lambda E[S]
	PNoneBusy       float64 // e^-MeanBusy
	MeanBusyPeriodS float64 // (e^MeanBusy - 1)/lambda; +Inf beyond float64
}

func (m MGInf) validate() error {
	p := problems{model: "M/G/infinity"}
	p.positive("arrival rate", m.LambdaPerS)
	p.law("service", m.Service)
	p.positive("mean service time", m.Service.MeanS)
	return p.err()
}

// Solve returns the stationary numbers.
func (m MGInf) Solve() (MGInfResult, error) {
	if err := m.validate(); err != nil {
		return MGInfResult{}, err
	}
	mean := m.LambdaPerS * m.Service.MeanS
	return MGInfResult{
		MeanBusy:        mean,
		PNoneBusy:       math.Exp(-mean),
		MeanBusyPeriodS: math.Expm1(mean) / m.LambdaPerS,
	}, nil
}

// BusyQuantile returns the q quantile, 0 < q < 1, of the number in service.
func (m MGInf) BusyQuantile(q float64) (int, error) {
	r, err := m.Solve()
	if err != nil {
		return 0, err
	}
	return PoissonQuantile(r.MeanBusy, q)
}

// MeanBusyFromEmpty returns the mean number in service tS >= 0 seconds after
// the system was empty: lambda times the integral of P(S > u) over 0..t. The
// number itself is Poisson of that mean.
func (m MGInf) MeanBusyFromEmpty(tS float64) (float64, error) {
	if err := m.validate(); err != nil {
		return 0, err
	}
	p := problems{model: "M/G/infinity"}
	p.notNegative("time", tS)
	if err := p.err(); err != nil {
		return 0, err
	}
	return m.LambdaPerS * m.Service.MeanMin(tS), nil
}
