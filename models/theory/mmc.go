package theory

import "math"

// MMC is the M/M/c queue: Poisson arrivals, exponential service, c equal
// servers, one unlimited FIFO queue before them.
//
// Source: Erlang 1917; Kleinrock, Queueing Systems vol. 1 (1975), sec. 3.5.
type MMC struct {
	LambdaPerS float64 // arrival rate, > 0
	MuPerS     float64 // service rate of one server, > 0
	Servers    int     // >= 1, with LambdaPerS < Servers*MuPerS
}

// MMCResult is the steady state of an M/M/c queue.
type MMCResult struct {
	Steady
	OfferedErlangs float64 // lambda/mu
	PWait          float64 // Erlang C, the probability of having to wait
}

// ErlangC returns the probability that an arrival must wait in M/M/c with that
// offered load (0 <= a < servers) and number of servers (1 to 1e8), from
// Erlang B: C = B/(1 - rho(1-B)), rho = a/servers.
func ErlangC(offeredErlangs float64, servers int) (float64, error) {
	p := problems{model: "Erlang C"}
	p.atLeast("number of servers", servers, 1)
	if err := p.err(); err != nil {
		return 0, err
	}
	b, err := ErlangB(offeredErlangs, servers)
	if err != nil {
		return 0, err
	}
	if err := stable(offeredErlangs, servers); err != nil {
		return 0, err
	}
	return erlangCFromB(offeredErlangs, b, servers), nil
}

func erlangCFromB(a, b float64, servers int) float64 {
	c := float64(servers)
	return c * b / (c - a*(1-b))
}

// Solve returns Erlang C and the means.
func (m MMC) Solve() (MMCResult, error) {
	p := problems{model: "M/M/c"}
	p.positive("arrival rate", m.LambdaPerS)
	p.positive("service rate", m.MuPerS)
	p.atLeast("number of servers", m.Servers, 1)
	if err := p.err(); err != nil {
		return MMCResult{}, err
	}
	a := m.LambdaPerS / m.MuPerS
	pWait, err := ErlangC(a, m.Servers)
	if err != nil {
		return MMCResult{}, err
	}
	wait := pWait / m.spareRate()
	return MMCResult{
		Steady:         steadyFromWait(m.LambdaPerS, 1/m.MuPerS, wait, m.Servers),
		OfferedErlangs: a,
		PWait:          pWait,
	}, nil
}

// spareRate is the rate at which a full system clears its queue.
func (m MMC) spareRate() float64 { return float64(m.Servers)*m.MuPerS - m.LambdaPerS }

// PWaitAbove returns P(wait > t) = C exp(-(c mu - lambda) t) for t >= 0 seconds.
func (m MMC) PWaitAbove(tS float64) (float64, error) {
	r, err := m.Solve()
	if err != nil {
		return 0, err
	}
	p := problems{model: "M/M/c"}
	p.notNegative("time", tS)
	if err := p.err(); err != nil {
		return 0, err
	}
	return r.PWait * math.Exp(-m.spareRate()*tS), nil
}

// WaitQuantile returns the q quantile, 0 < q < 1, of the wait in seconds:
// max(0, ln(C/(1-q))/(c mu - lambda)).
func (m MMC) WaitQuantile(q float64) (float64, error) {
	r, err := m.Solve()
	if err != nil {
		return 0, err
	}
	p := problems{model: "M/M/c"}
	p.openProbability("q", q)
	if err := p.err(); err != nil {
		return 0, err
	}
	return math.Max(0, math.Log(r.PWait/(1-q))/m.spareRate()), nil
}
