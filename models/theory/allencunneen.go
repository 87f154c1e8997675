package theory

// AllenCunneen is the approximation of the mean wait in G/G/c: independent
// gaps and services of any law, c servers, one FIFO queue. Exact for M/M/c and
// M/G/1 only; elsewhere off by several per cent, and far more (a third and
// beyond) for bursty arrivals at many servers.
//
// Source: Allen 1990, Probability, Statistics and Queueing Theory; Kingman
// 1962 for the single server in heavy traffic.
type AllenCunneen struct {
	Gap     Law // time between arrivals, mean > 0
	Service Law // mean > 0
	Servers int // >= 1
}

// AllenCunneenResult is the approximate steady state of a G/G/c queue.
type AllenCunneenResult struct {
	Steady
}

// Solve returns Wq = (Ca^2 + Cs^2)/2 * Wq(M/M/c).
func (g AllenCunneen) Solve() (AllenCunneenResult, error) {
	p := problems{model: "G/G/c (Allen-Cunneen)"}
	p.law("gap", g.Gap)
	p.law("service", g.Service)
	p.positive("mean gap", g.Gap.MeanS)
	p.positive("mean service time", g.Service.MeanS)
	p.atLeast("number of servers", g.Servers, 1)
	if err := p.err(); err != nil {
		return AllenCunneenResult{}, err
	}
	lambda := 1 / g.Gap.MeanS
	base, err := MMC{LambdaPerS: lambda, MuPerS: 1 / g.Service.MeanS, Servers: g.Servers}.Solve()
	if err != nil {
		return AllenCunneenResult{}, err
	}
	ca, cs := g.Gap.exactCV(), g.Service.exactCV()
	wait := (ca*ca + cs*cs) / 2 * base.WaitS
	return AllenCunneenResult{steadyFromWait(lambda, g.Service.MeanS, wait, g.Servers)}, nil
}
