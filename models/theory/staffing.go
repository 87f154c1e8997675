package theory

import (
	"fmt"
	"math"
)

// MinServersLoss returns the smallest number of servers whose Erlang B at that
// offered load (> 0 erlangs) is at most maxPReject (0 < x < 1), and that Erlang B.
func MinServersLoss(offeredErlangs, maxPReject float64) (servers int, pReject float64, err error) {
	p := problems{model: "staffing (loss)"}
	p.positive("offered load", offeredErlangs)
	p.openProbability("largest rejection probability", maxPReject)
	if err := p.err(); err != nil {
		return 0, 0, err
	}
	return minServers(offeredErlangs, maxPReject, func(b float64, _ int) float64 { return b })
}

// MinServersWait returns the smallest number of servers in M/M/c for which the
// probability of waiting is at most maxPWait (0 < x < 1), and that probability.
func MinServersWait(offeredErlangs, maxPWait float64) (servers int, pWait float64, err error) {
	p := problems{model: "staffing (probability of waiting)"}
	p.positive("offered load", offeredErlangs)
	p.openProbability("largest probability of waiting", maxPWait)
	if err := p.err(); err != nil {
		return 0, 0, err
	}
	return minServers(offeredErlangs, maxPWait, waitProbability(offeredErlangs))
}

// MinServersMeanWait returns the smallest number of servers in M/M/c for which
// the mean wait is at most maxWaitS seconds (> 0), the mean service taking
// meanServiceS (> 0), and that mean wait.
func MinServersMeanWait(offeredErlangs, meanServiceS, maxWaitS float64) (servers int, waitS float64, err error) {
	p := problems{model: "staffing (mean wait)"}
	p.positive("offered load", offeredErlangs)
	p.positive("mean service time", meanServiceS)
	p.positive("largest mean wait", maxWaitS)
	if err := p.err(); err != nil {
		return 0, 0, err
	}
	pWait := waitProbability(offeredErlangs)
	return minServers(offeredErlangs, maxWaitS, func(b float64, c int) float64 {
		return pWait(b, c) * meanServiceS / (float64(c) - offeredErlangs)
	})
}

// MinServersWaitQuantile returns the smallest number of servers in M/M/c for
// which the q quantile (0 < q < 1) of the wait is at most maxWaitS seconds
// (>= 0), and that quantile.
func MinServersWaitQuantile(offeredErlangs, meanServiceS, q, maxWaitS float64) (servers int, waitS float64, err error) {
	p := problems{model: "staffing (wait quantile)"}
	p.positive("offered load", offeredErlangs)
	p.positive("mean service time", meanServiceS)
	p.openProbability("q", q)
	p.notNegative("largest wait", maxWaitS)
	if err := p.err(); err != nil {
		return 0, 0, err
	}
	pWait := waitProbability(offeredErlangs)
	return minServers(offeredErlangs, maxWaitS, func(b float64, c int) float64 {
		return math.Max(0, math.Log(pWait(b, c)/(1-q))*meanServiceS/(float64(c)-offeredErlangs))
	})
}

// waitProbability turns Erlang B into Erlang C; callers see it only for c > a.
func waitProbability(a float64) func(b float64, servers int) float64 {
	return func(b float64, servers int) float64 {
		if float64(servers) <= a {
			return math.Inf(1)
		}
		return erlangCFromB(a, b, servers)
	}
}

// minServers raises the number of servers until measure(B, servers), which
// falls with the number, is at most the target. Infinite means unstable.
func minServers(a, target float64, measure func(b float64, servers int) float64) (int, float64, error) {
	b := 1.0
	for c := 1; c <= maxServers; c++ {
		b = erlangBStep(a, b, c)
		if x := measure(b, c); x >= 0 && x <= target {
			return c, x, nil
		}
	}
	return 0, 0, fmt.Errorf("staffing: offered load %v needs more than %d servers", a, maxServers)
}
