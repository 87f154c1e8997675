package theory

import "math"

// KeepAliveFIFO is one instance that serves one request at a time in order of
// arrival, with a start-up and an idle timeout: M/G/1 with set-up and
// delayed-off. A request that finds it down starts it; requests during the
// start wait; it stops TimeoutS after it last became empty.
//
// Source: Welch 1964; Takagi 1991; Fuhrmann & Cooper 1985 (decomposition);
// Gandhi & Harchol-Balter 2010-2013 for delayed-off.
type KeepAliveFIFO struct {
	LambdaPerS float64 // request rate, > 0
	Service    Law     // mean > 0, LambdaPerS*mean < 1
	TimeoutS   float64 // idle time before it stops, >= 0
	Startup    Law     // mean >= 0
}

// KeepAliveFIFOResult adds the queue to what the timeout costs. Utilisation is
// the share of time in service.
type KeepAliveFIFOResult struct {
	Steady
	KeepAliveResult
}

// Solve returns cycle = (e^{lambda T} + lambda E[D])/(lambda(1-rho)) and
// Wq = Pollaczek-Khinchine + (2E[D] + lambda E[D^2])/(2(e^{lambda T} + lambda E[D])).
func (k KeepAliveFIFO) Solve() (KeepAliveFIFOResult, error) {
	p := problems{model: "keep-alive (FIFO)"}
	p.notNegative("idle timeout", k.TimeoutS)
	p.law("start-up", k.Startup)
	if err := p.err(); err != nil {
		return KeepAliveFIFOResult{}, err
	}
	queue, err := MG1{LambdaPerS: k.LambdaPerS, Service: k.Service}.Solve()
	if err != nil {
		return KeepAliveFIFOResult{}, err
	}
	d1, d2, _ := k.Startup.Moments()
	rho := queue.Utilisation
	startLoad := k.LambdaPerS * d1
	g := math.Exp(-k.LambdaPerS * k.TimeoutS)
	d := 1 + startLoad*g
	starts := (1 - rho) * g / d
	wait := queue.WaitS + (2*d1+k.LambdaPerS*d2)*g/(2*d)
	return KeepAliveFIFOResult{
		Steady: steadyFromWait(k.LambdaPerS, k.Service.MeanS, wait, 1),
		KeepAliveResult: keepAliveResult(k.LambdaPerS, starts, (1+startLoad)*starts,
			(math.Expm1(k.LambdaPerS*k.TimeoutS)+startLoad+rho)/(k.LambdaPerS*(1-rho)),
			((startLoad+rho)*g-math.Expm1(-k.LambdaPerS*k.TimeoutS))/d),
	}, nil
}
