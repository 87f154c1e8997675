package theory

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// near fails unless got is within a relative tolerance of want.
func near(t interface {
	Helper()
	Errorf(string, ...any)
}, what string, got, want, relative float64) {
	t.Helper()
	if got == want {
		return
	}
	if !(math.Abs(got-want) <= relative*math.Abs(want)) {
		t.Errorf("%s: got %.15g, want %.15g", what, got, want)
	}
}

// value returns x and fails on an error.
func value[T any](x T, err error) func(t interface {
	Helper()
	Fatal(...any)
}) T {
	return func(t interface {
		Helper()
		Fatal(...any)
	}) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func errorOf[T any](_ T, err error) error { return err }

func TestErrorsSayWhatIsWrong(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		err  error
		want []string
	}{
		{errorOf(MM1{LambdaPerS: -1, MuPerS: nan}.Solve()), []string{"arrival rate must be above 0 and finite, got -1", "service rate must be above 0 and finite, got NaN"}},
		{errorOf(MM1{LambdaPerS: 6, MuPerS: 5}.Solve()), []string{"unstable: offered load 1.2 >= 1 server "}},
		{errorOf(MM1{LambdaPerS: 1, MuPerS: 5}.ResponseQuantile(1)), []string{"q must be between 0 and 1"}},
		{errorOf(MMC{LambdaPerS: 3, MuPerS: 1, Servers: 3}.Solve()), []string{"unstable: offered load 3 >= 3 servers"}},
		{errorOf(MMC{LambdaPerS: 3, MuPerS: 1}.Solve()), []string{"number of servers must be 1 or more, got 0"}},
		{errorOf(ErlangB(-1, -2)), []string{"offered load must be 0 or more", "number of servers must be 0 or more, got -2"}},
		{errorOf(MMCK{LambdaPerS: 1, MuPerS: 1, Servers: 3, Capacity: 2}.Solve()), []string{"capacity K (in service included) must be 3 or more, got 2"}},
		{errorOf(MG1{LambdaPerS: 1, Service: Lognormal(1, 1)}.Solve()), []string{"unstable: offered load 1 >= 1 server"}},
		{errorOf(MG1{LambdaPerS: 1, Service: Law{Kind: "pareto", MeanS: 1}}.Solve()), []string{`unknown law "pareto"`, "lognormal"}},
		{errorOf(MG1{LambdaPerS: 1, Service: Law{Kind: "exponential", MeanS: 1, CV: 2}}.Solve()), []string{"exponential has coefficient of variation 1, got 2"}},
		{errorOf(MG1{LambdaPerS: 1, Service: Hyperexponential(1, 0.5)}.Solve()), []string{"coefficient of variation must be 1 or more, got 0.5"}},
		{errorOf(MG1PS{LambdaPerS: 1, CPUSecondsPerRequest: 1, VCPU: 0.5}.Solve()), []string{"unstable: offered load 2 >= 1 server"}},
		{errorOf(MtGInf{LambdaMeanPerS: 1, LambdaAmplitudePerS: 2, PeriodS: 1, Service: Exponential(1)}.Solve()), []string{"the rate would become negative"}},
		{errorOf(MtGInf{LambdaMeanPerS: 1, PeriodS: 1, Service: Exponential(1)}.MeanBusyAt(math.Inf(1))), []string{"time must be finite"}},
		{errorOf(NewLaw("lognormal", 1)), []string{"needs a coefficient of variation"}},
		{errorOf(NewLaw("erlang0", 1)), []string{`unknown law "erlang0"`}},
		{errorOf(KeepAliveConcurrent{LambdaPerS: 0, ServiceS: -1, TimeoutS: -2, StartupS: -3}.Solve()), []string{"request rate", "service time", "idle timeout", "start-up time"}},
		{errorOf(KeepAliveFIFO{LambdaPerS: 2, Service: Exponential(1), Startup: Deterministic(1)}.Solve()), []string{"unstable: offered load 2 >= 1 server"}},
		{errorOf(KeepAliveConcurrent{LambdaPerS: 1}.TimeoutForStarts(0)), []string{"largest share of starts"}},
		{errorOf(SessionInstances{SessionsPerS: 1, MaxInstances: -1}.Solve()), []string{"max_instances must be 0 or more, got -1"}},
		{errorOf(Engset{}.Solve()), []string{"sessions must be 1", "off-to-on rate", "mean up time", "max_instances"}},
		{errorOf(MM1Setup{LambdaPerS: 2, MuPerS: 1, SetupPerS: 1}.Solve()), []string{"unstable: offered load 2 >= 1 server"}},
		{errorOf(MMKSetup{LambdaPerS: 5, MuPerS: 1, SetupPerS: 1, Servers: 5}.Solve()), []string{"unstable: offered load 5 >= 5 servers"}},
		{errorOf(MMKSetup{LambdaPerS: 5, MuPerS: 1, SetupPerS: 1, Servers: 1000}.Solve()), []string{"at most 300"}},
		{errorOf(PoolKeepAlive{LambdaPerS: 1e6, MuPerS: 1, TimeoutS: 1e6}.Solve()), []string{"use a simulation"}},
		{errorOf(RenewalCost{KeepAlive: KeepAliveConcurrent{LambdaPerS: 1}}.Solve()), []string{"sessions must be 1", "days must be above 0"}},
		{errorOf(TTLCache{}.Solve()), []string{"request rate must be above 0"}},
		{errorOf(ImageCache{Catalogue: 23, Slots: 2}.HitLRUExact()), []string{"at most 22 images"}},
		{errorOf(ImageCache{Catalogue: 3}.Che()), []string{"slots must be 1 or more"}},
		{errorOf(Zipf(0, -1)), []string{"catalogue must be 1", "alpha must be 0"}},
		{errorOf(PoissonQuantile(-1, 2)), []string{"mean must be 0", "q must be between"}},
		{errorOf(TQuantile(1, 0.95)), []string{"replications must be 2 or more, got 1"}},
		{errorOf(AR1BatchMeans{Phi: 1, N: 10, Batches: 3}.Solve()), []string{"phi must be between -1 and 1", "multiple of the 3 batches, got 10"}},
		{errorOf(RandomPool{LambdaPerS: 1}.Solve()), []string{"instances must be 1"}},
		{errorOf(PIdleGapAbove(0, -1)), []string{"request rate", "timeout"}},
	} {
		if c.err == nil {
			t.Errorf("no error, want %q", c.want)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(c.err.Error(), want) {
				t.Errorf("%q is not in: %v", want, c.err)
			}
		}
	}
	var unstable *UnstableError
	if err := errorOf(MM1{LambdaPerS: 3, MuPerS: 2}.Solve()); !errors.As(err, &unstable) || unstable.OfferedErlangs != 1.5 || unstable.Servers != 1 {
		t.Errorf("not an UnstableError: %v", err)
	}
}
