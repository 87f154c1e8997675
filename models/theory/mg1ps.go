package theory

// MG1PS is M/G/1 processor sharing: CPU-bound requests of one thread share the
// CPU of one instance equally, as many at once as there are. The means hold for
// any law of the CPU demand (insensitivity). It treats the instance as one
// server of full speed: a single request is given all of VCPU, which for more
// than one vCPU means a request that uses several threads.
//
// Source: Kleinrock 1967; Sakata, Noguchi, Oizumi 1971 (insensitivity).
type MG1PS struct {
	LambdaPerS           float64 // arrival rate, > 0
	CPUSecondsPerRequest float64 // mean CPU demand, vCPU-seconds, > 0
	VCPU                 float64 // vCPUs of the instance, > 0
}

// MG1PSResult is the steady state under processor sharing.
type MG1PSResult struct {
	ServiceAloneS float64 // S, mean time of a request that has the instance to itself
	Utilisation   float64 // rho = lambda S
	InSystem      float64 // L = rho/(1-rho)
	ResponseS     float64 // W = S/(1-rho)
	Slowdown      float64 // 1/(1-rho)
}

// Solve returns W = S/(1-rho) with S = CPU seconds / vCPU.
func (m MG1PS) Solve() (MG1PSResult, error) {
	p := problems{model: "M/G/1-PS"}
	p.positive("arrival rate", m.LambdaPerS)
	p.positive("CPU seconds per request", m.CPUSecondsPerRequest)
	p.positive("vCPU", m.VCPU)
	if err := p.err(); err != nil {
		return MG1PSResult{}, err
	}
	alone := m.CPUSecondsPerRequest / m.VCPU
	rho := m.LambdaPerS * alone
	if err := stable(rho, 1); err != nil {
		return MG1PSResult{}, err
	}
	return MG1PSResult{
		ServiceAloneS: alone,
		Utilisation:   rho,
		InSystem:      rho / (1 - rho),
		ResponseS:     alone / (1 - rho),
		Slowdown:      1 / (1 - rho),
	}, nil
}
