package theory

import "math"

// maxServers bounds the recursions over servers (about half a second).
const maxServers = 100_000_000

// ErlangB returns the probability that an arrival finds all servers busy in
// M/G/c/c: Poisson arrivals of offeredErlangs (arrival rate times mean service
// time, >= 0), servers (0 to 1e8) servers, no queue, refused arrivals lost. It
// holds for any service law of that mean (insensitivity).
//
// It runs the recursion B(0) = 1, B(k) = a B(k-1)/(k + a B(k-1)), which
// subtracts nothing and so is stable at any load.
//
// Source: Erlang 1917; insensitivity: Sevastyanov 1957.
func ErlangB(offeredErlangs float64, servers int) (float64, error) {
	p := problems{model: "Erlang B"}
	p.notNegative("offered load", offeredErlangs)
	p.atLeast("number of servers", servers, 0)
	if servers > maxServers {
		p.addf("number of servers must be at most %d, got %d", maxServers, servers)
	}
	if err := p.err(); err != nil {
		return 0, err
	}
	return erlangB(offeredErlangs, servers), nil
}

// erlangB is ErlangB for checked arguments.
func erlangB(a float64, servers int) float64 {
	b := 1.0
	for k := 1; k <= servers && b > 0; k++ {
		b = erlangBStep(a, b, k)
	}
	return b
}

// erlangBStep goes from k-1 to k servers.
func erlangBStep(a, b float64, k int) float64 { return a * b / (float64(k) + a*b) }

// Loss is the M/G/c/c loss system: max_instances instances of one request
// each, requests beyond them rejected.
type Loss struct {
	OfferedErlangs float64 // arrival rate times mean service time, >= 0
	Servers        int     // >= 1
}

// LossResult is the steady state of a loss system.
type LossResult struct {
	PReject        float64 // Erlang B
	CarriedErlangs float64 // mean busy servers, a(1-B)
	LostErlangs    float64 // aB
	Utilisation    float64 // carried per server
}

// Solve returns Erlang B and the carried and lost traffic.
func (l Loss) Solve() (LossResult, error) {
	p := problems{model: "Erlang B"}
	p.atLeast("number of servers", l.Servers, 1)
	if err := p.err(); err != nil {
		return LossResult{}, err
	}
	b, err := ErlangB(l.OfferedErlangs, l.Servers)
	if err != nil {
		return LossResult{}, err
	}
	carried := l.OfferedErlangs * (1 - b)
	return LossResult{
		PReject:        b,
		CarriedErlangs: carried,
		LostErlangs:    l.OfferedErlangs * b,
		Utilisation:    math.Min(1, carried/float64(l.Servers)),
	}, nil
}
