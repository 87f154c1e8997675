package theory

import "math"

// KeepAliveConcurrent is one instance that serves all its requests at once at
// full speed: Poisson requests of deterministic service time; a request that
// finds it down starts it, which takes StartupS, and requests that come during
// the start wait for its end; it stops TimeoutS after the last request in
// flight has finished. Billed time is the whole run, start-up included.
//
// A cycle (start to next start) has mean D + e^{lambda(S+T)}/lambda: the busy
// period of M/D/infinity with services S+T, after a start-up whose arrivals all
// begin service together. With StartupS 0 the share of starts,
// e^{-lambda(E[S]+T)}, holds for ANY service law of that mean; a start-up with
// random service times is outside the formula.
//
// Source: renewal-reward (Ross); busy period of M/G/infinity (Takacs 1962).
type KeepAliveConcurrent struct {
	LambdaPerS float64 // request rate of this instance, > 0
	ServiceS   float64 // >= 0
	TimeoutS   float64 // idle time before it stops (sleepAfter), >= 0
	StartupS   float64 // >= 0
}

// KeepAliveResult is what an instance with an idle timeout costs and delays.
// MeanRunS, MeanCycleS and RequestsPerRun are +Inf beyond float64; the shares
// stay exact there.
type KeepAliveResult struct {
	StartsPerRequest     float64 // share of requests that start the instance
	DelayedShare         float64 // share of requests that wait for a start: the starters and those that come during it
	MeanRunS             float64 // mean run, start-up included
	MeanCycleS           float64 // mean time from a start to the next
	UpShare              float64 // share of time the instance is up (billed), start-up included
	RequestsPerRun       float64
	StartsPerHour        float64
	BilledSecondsPerHour float64
}

func (k KeepAliveConcurrent) validate() error {
	p := problems{model: "keep-alive (concurrent)"}
	p.positive("request rate", k.LambdaPerS)
	p.notNegative("service time", k.ServiceS)
	p.notNegative("idle timeout", k.TimeoutS)
	p.notNegative("start-up time", k.StartupS)
	return p.err()
}

// Solve returns the renewal-reward ratios, in the form that cannot overflow:
// with g = e^{-lambda(S+T)}, starts per request = g/(1 + lambda D g).
func (k KeepAliveConcurrent) Solve() (KeepAliveResult, error) {
	if err := k.validate(); err != nil {
		return KeepAliveResult{}, err
	}
	x := k.LambdaPerS * (k.ServiceS + k.TimeoutS)
	startLoad := k.LambdaPerS * k.StartupS
	g := math.Exp(-x)
	d := 1 + startLoad*g
	return keepAliveResult(k.LambdaPerS, g/d, (1+startLoad)*g/d,
		k.StartupS+math.Expm1(x)/k.LambdaPerS,
		(startLoad*g-math.Expm1(-x))/d), nil
}

// keepAliveResult fills in what follows from the ratios by renewal-reward.
func keepAliveResult(lambdaPerS, startsPerRequest, delayedShare, meanRunS, upShare float64) KeepAliveResult {
	return KeepAliveResult{
		StartsPerRequest:     startsPerRequest,
		DelayedShare:         delayedShare,
		MeanRunS:             meanRunS,
		MeanCycleS:           meanRunS + 1/lambdaPerS,
		UpShare:              upShare,
		RequestsPerRun:       1 / startsPerRequest,
		StartsPerHour:        3600 * lambdaPerS * startsPerRequest,
		BilledSecondsPerHour: 3600 * upShare,
	}
}

// BusyShare returns the share of time at least one request is being served
// (start-up excluded): per cycle e^{lambda T} busy periods of mean
// (e^{lambda S}-1)/lambda each.
func (k KeepAliveConcurrent) BusyShare() (float64, error) {
	if err := k.validate(); err != nil {
		return 0, err
	}
	g := math.Exp(-k.LambdaPerS * (k.ServiceS + k.TimeoutS))
	return -math.Expm1(-k.LambdaPerS*k.ServiceS) / (1 + k.LambdaPerS*k.StartupS*g), nil
}
