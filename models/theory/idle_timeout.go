package theory

import "math"

// PIdleGapAbove returns P(gap > T) = e^{-lambda T} between Poisson requests of
// that rate (> 0 per second) for T >= 0 seconds: the share of requests that find
// an instance asleep if services and starts take no time.
func PIdleGapAbove(lambdaPerS, timeoutS float64) (float64, error) {
	p := problems{model: "idle gap"}
	p.positive("request rate", lambdaPerS)
	p.notNegative("timeout", timeoutS)
	if err := p.err(); err != nil {
		return 0, err
	}
	return math.Exp(-lambdaPerS * timeoutS), nil
}

// TimeoutForStarts returns the shortest idle timeout in seconds (0 if none is
// needed) at which at most maxStartsPerRequest (0 < x < 1) of the requests start
// the instance; k.TimeoutS is ignored. It inverts KeepAliveConcurrent:
// T = ln(1/x - lambda D)/lambda - S.
func (k KeepAliveConcurrent) TimeoutForStarts(maxStartsPerRequest float64) (float64, error) {
	k.TimeoutS = 0
	p := problems{model: "timeout for a share of starts"}
	p.openProbability("largest share of starts", maxStartsPerRequest)
	if err := p.err(); err != nil {
		return 0, err
	}
	if err := k.validate(); err != nil {
		return 0, err
	}
	rest := 1/maxStartsPerRequest - k.LambdaPerS*k.StartupS
	if rest <= 1 { // starts alone keep it up long enough
		return 0, nil
	}
	return math.Max(0, math.Log(rest)/k.LambdaPerS-k.ServiceS), nil
}

// TimeoutPoint is one idle timeout and what it does.
type TimeoutPoint struct {
	TimeoutS float64
	KeepAliveResult
	IdleShare float64 // share of the billed time in which nothing runs and nothing starts
}

// TimeoutCurve returns the cost against cold starts of the given idle timeouts
// (seconds, each >= 0), in their order; k.TimeoutS is ignored. Longer timeouts
// never start more often and never cost less instance time.
func (k KeepAliveConcurrent) TimeoutCurve(timeoutsS []float64) ([]TimeoutPoint, error) {
	points := make([]TimeoutPoint, 0, len(timeoutsS))
	for _, t := range timeoutsS {
		k.TimeoutS = t
		r, err := k.Solve()
		if err != nil {
			return nil, err
		}
		busy, err := k.BusyShare()
		if err != nil {
			return nil, err
		}
		useful := busy + k.LambdaPerS*r.StartsPerRequest*k.StartupS
		idle := 0.0
		if r.UpShare > 0 {
			idle = math.Max(0, 1-useful/r.UpShare)
		}
		points = append(points, TimeoutPoint{TimeoutS: t, KeepAliveResult: r, IdleShare: idle})
	}
	return points, nil
}
