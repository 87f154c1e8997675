package theory

// MM1Setup is M/M/1 whose server is switched off as soon as it is empty and
// needs an exponential set-up when the next request arrives.
//
// Source: Welch 1964.
type MM1Setup struct {
	LambdaPerS float64 // arrival rate, > 0
	MuPerS     float64 // service rate, > LambdaPerS
	SetupPerS  float64 // alpha, rate of the set-up, > 0
}

// MM1SetupResult is the steady state of M/M/1 with set-up.
type MM1SetupResult struct {
	ResponseS float64 // 1/(mu-lambda) + 1/alpha
	InSystem  float64 // lambda times that
	POff      float64 // (1-rho) alpha/(lambda+alpha)
	PSetup    float64 // (1-rho) lambda/(lambda+alpha)
}

// Solve returns the exact means.
func (m MM1Setup) Solve() (MM1SetupResult, error) {
	p := problems{model: "M/M/1 with set-up"}
	p.positive("arrival rate", m.LambdaPerS)
	p.positive("service rate", m.MuPerS)
	p.positive("set-up rate", m.SetupPerS)
	if err := p.err(); err != nil {
		return MM1SetupResult{}, err
	}
	rho := m.LambdaPerS / m.MuPerS
	if err := stable(rho, 1); err != nil {
		return MM1SetupResult{}, err
	}
	response := 1/(m.MuPerS-m.LambdaPerS) + 1/m.SetupPerS
	return MM1SetupResult{
		ResponseS: response,
		InSystem:  m.LambdaPerS * response,
		POff:      (1 - rho) * m.SetupPerS / (m.LambdaPerS + m.SetupPerS),
		PSetup:    (1 - rho) * m.LambdaPerS / (m.LambdaPerS + m.SetupPerS),
	}, nil
}
