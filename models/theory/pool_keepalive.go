package theory

import "fmt"

// PoolKeepAlive is a shared pool of instances of one request each with no
// start-up time: Poisson requests, exponential service; a request takes the
// lowest-numbered instance that is not busy, awake or asleep; an instance goes
// to sleep TimeoutS after its last completion; a request that finds all
// MaxInstances busy is rejected.
//
// Since the pick ignores who is awake, instance n sees the overflow of 1..n-1,
// an Erlang loss system. Its idle period is the time until that system is full
// and gets one more request: phase-type over the number busy below it,
// started from what a completion on n sees; P(idle period > T) gives the starts.
//
// Source: overflow chains, Kosten 1937, Brockmeyer 1954.
type PoolKeepAlive struct {
	LambdaPerS   float64 // request rate, > 0
	MuPerS       float64 // service rate of one instance, > 0
	TimeoutS     float64 // idle time before an instance sleeps, >= 0
	MaxInstances int     // 0 = no cap
}

// PoolKeepAliveResult is the steady state of a pool.
type PoolKeepAliveResult struct {
	PReject                  float64 // Erlang B, 0 without a cap
	MeanBusy                 float64
	MeanUp                   float64 // instances busy or awake, billed
	MeanIdleAwake            float64
	StartsPerS               float64
	StartsPerAcceptedRequest float64
}

// maxPoolSteps bounds the work (about five seconds).
const maxPoolSteps = 5e9

// Solve adds up the instances, lowest number first; without a cap it stops
// when those further up no longer matter in double precision.
func (k PoolKeepAlive) Solve() (PoolKeepAliveResult, error) {
	p := problems{model: "keep-alive pool"}
	p.positive("request rate", k.LambdaPerS)
	p.positive("service rate", k.MuPerS)
	p.notNegative("idle timeout", k.TimeoutS)
	p.atLeast("max_instances", k.MaxInstances, 0)
	if err := p.err(); err != nil {
		return PoolKeepAliveResult{}, err
	}
	const negligible = 1e-15
	a := k.LambdaPerS / k.MuPerS
	var r PoolKeepAliveResult
	blocked := 1.0 // Erlang B of the instances below n
	steps := 0.0
	for n := 1; k.MaxInstances == 0 || n <= k.MaxInstances; n++ {
		offered := k.LambdaPerS * blocked
		if offered <= negligible*r.StartsPerS && offered*(1/k.MuPerS+k.TimeoutS) <= negligible*r.MeanUp {
			break
		}
		steps += float64(n) * (1 + (k.LambdaPerS+float64(n)*k.MuPerS)*k.TimeoutS)
		if steps > maxPoolSteps {
			return PoolKeepAliveResult{}, fmt.Errorf("keep-alive pool: rate %v/s, mean service %v s and timeout %v s need more than %.0g steps; use a simulation",
				k.LambdaPerS, 1/k.MuPerS, k.TimeoutS, float64(maxPoolSteps))
		}
		busy := carriedByNth(a, blocked, n)
		asleep, awakeS := k.idlePeriod(n)
		r.MeanBusy += busy
		r.MeanUp += busy + busy*k.MuPerS*awakeS
		r.MeanIdleAwake += busy * k.MuPerS * awakeS
		r.StartsPerS += busy * k.MuPerS * asleep
		blocked = erlangBStep(a, blocked, n)
	}
	if k.MaxInstances > 0 {
		r.PReject = erlangB(a, k.MaxInstances)
	}
	r.StartsPerAcceptedRequest = r.StartsPerS / (r.MeanBusy * k.MuPerS)
	return r, nil
}

// carriedByNth returns what instance n carries, a(B(n-1) - B(n)), with
// blocked = B(n-1), without taking the difference of two close numbers.
func carriedByNth(a, blocked float64, n int) float64 {
	free := float64(n) - a*(1-blocked) // at least 1: n-1 instances carry at most n-1
	return a * blocked * free / (float64(n) + a*blocked)
}

// idlePeriod returns, for instance n, the probability that an idle period is
// longer than the timeout (the next request then starts the instance), and the
// mean of min(idle period, timeout) in seconds. It uniformises the chain of the
// number busy below n: v holds, after so many jumps, the probability of still
// being idle from each state.
func (k PoolKeepAlive) idlePeriod(n int) (pLonger, meanCutS float64) {
	start := k.seenByCompletion(n)
	rate := k.LambdaPerS + float64(n-1)*k.MuPerS // jump rate of the uniformised chain
	weights := newPoissonWeights(rate * k.TimeoutS)
	up := k.LambdaPerS / rate
	v := make([]float64, n)
	next := make([]float64, n)
	for m := range v {
		v[m] = 1
	}
	for jump := 0; jump <= weights.last; jump++ {
		still := 0.0
		for m, x := range start {
			still += x * v[m]
		}
		pLonger += weights.at(jump) * still
		meanCutS += weights.above(jump) * still / rate
		if still < 1e-100 { // nothing left to add
			break
		}
		for m := range v {
			down := float64(m) * k.MuPerS / rate
			stay := float64(n-1-m) * k.MuPerS / rate
			next[m] = stay * v[m]
			if m > 0 {
				next[m] += down * v[m-1]
			}
			if m < n-1 {
				next[m] += up * v[m+1]
			}
		}
		v, next = next, v
	}
	return pLonger, meanCutS
}

// seenByCompletion returns the law of the number busy among instances 1..n-1
// when instance n completes a request. With x(m) = P(m busy below, n busy) the
// balance equations give x(m) = r(m) x(m+1) from m = 0 upwards.
func (k PoolKeepAlive) seenByCompletion(n int) []float64 {
	x := make([]float64, n)
	ratio := make([]float64, n)
	for m := range n - 1 {
		from := 0.0
		if m > 0 {
			from = ratio[m-1]
		}
		ratio[m] = float64(m+1) * k.MuPerS / (k.LambdaPerS*(1-from) + float64(m+1)*k.MuPerS)
	}
	x[n-1] = 1
	total := 1.0
	for m := n - 2; m >= 0; m-- {
		x[m] = ratio[m] * x[m+1]
		total += x[m]
	}
	for m := range x {
		x[m] /= total
	}
	return x
}
