package theory

// RandomPool is N fixed instances among which each request picks one at
// random, whatever their load and state (the helper getRandom): every instance
// is an independent KeepAliveConcurrent with 1/N of the requests.
type RandomPool struct {
	LambdaPerS float64 // request rate of the whole pool, > 0
	Instances  int     // N >= 1
	ServiceS   float64 // deterministic, >= 0
	TimeoutS   float64 // idle timeout, >= 0
	StartupS   float64 // >= 0
}

// RandomPoolResult is the steady state of a random pool.
type RandomPoolResult struct {
	PerInstance    KeepAliveResult
	MeanAwake      float64 // expected instances up, start-up included
	StartsPerHour  float64 // of the whole pool
	GapsPerTimeout float64 // lambda T/N: mean requests per instance and timeout
	KeptAwake      bool    // lambda/N > 1/T: on average an instance is asked again before it sleeps
}

// Solve returns N times one instance. KeptAwake marks the threshold above which
// instances mostly stay up for good: the bill is then that of N instances all
// month, while at the threshold itself e^{-1} of the gaps still outlast T.
func (r RandomPool) Solve() (RandomPoolResult, error) {
	p := problems{model: "random pool"}
	p.atLeast("instances", r.Instances, 1)
	if err := p.err(); err != nil {
		return RandomPoolResult{}, err
	}
	n := float64(r.Instances)
	one, err := KeepAliveConcurrent{
		LambdaPerS: r.LambdaPerS / n, ServiceS: r.ServiceS, TimeoutS: r.TimeoutS, StartupS: r.StartupS,
	}.Solve()
	if err != nil {
		return RandomPoolResult{}, err
	}
	gaps := r.LambdaPerS / n * r.TimeoutS
	return RandomPoolResult{
		PerInstance:    one,
		MeanAwake:      n * one.UpShare,
		StartsPerHour:  n * one.StartsPerHour,
		GapsPerTimeout: gaps,
		KeptAwake:      gaps > 1,
	}, nil
}
