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
	return minServers(offeredErlangs, 0, maxPReject, func(b float64, _ int) float64 { return b })
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
	return minServers(offeredErlangs, offeredErlangs, maxPWait, func(b float64, c int) float64 {
		return erlangCFromB(offeredErlangs, b, c)
	})
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
	return minServers(offeredErlangs, offeredErlangs, maxWaitS, func(b float64, c int) float64 {
		return erlangCFromB(offeredErlangs, b, c) * meanServiceS / (float64(c) - offeredErlangs)
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
	return minServers(offeredErlangs, offeredErlangs, maxWaitS, func(b float64, c int) float64 {
		return math.Max(0, math.Log(erlangCFromB(offeredErlangs, b, c)/(1-q))*meanServiceS/(float64(c)-offeredErlangs))
	})
}

// minServers raises the number of servers until measure(Erlang B, servers),
// which falls with the number, is at most the target; numbers up to above are
// passed over (a queue without rejection is unstable there).
func minServers(a, above, target float64, measure func(b float64, servers int) float64) (int, float64, error) {
	b := 1.0
	for c := 1; c <= maxServers; c++ {
		b = erlangBStep(a, b, c)
		if float64(c) <= above {
			continue
		}
		if x := measure(b, c); x <= target {
			return c, x, nil
		}
	}
	return 0, 0, fmt.Errorf("staffing: offered load %v needs more than %d servers", a, maxServers)
}
