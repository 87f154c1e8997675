package edge

import (
	"math/rand/v2"
	"testing"

	"berth/models/instance"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
)

// randomConfig draws a small scenario that uses the features of the model in
// odd combinations.
func randomConfig(t testing.TB, seed uint64) *Config {
	r := rand.New(rand.NewPCG(seed, 1))
	cfg := plain(t)
	cfg.Seed = seed
	cfg.Duration = sim.Time(1+r.IntN(40)) * sim.Minute
	if r.IntN(3) == 0 {
		cfg.Warmup = cfg.Duration / 5
	}
	cfg.Drain = r.IntN(6) == 0
	cfg.Network = Network{None: r.IntN(3) == 0, Jitter: 0.05, ReroutedShare: 0.1}
	if r.IntN(3) == 0 {
		cfg.Hosts = Hosts{Mode: "list", List: []string{"FRA", "IAD", "SIN", "GRU"}, Places: 1 + r.IntN(12), CacheMB: int64(r.IntN(3)) * 400, CacheWarm: true, PullMbps: 1000, UnpackMBs: 200}
	}
	if r.IntN(4) == 0 {
		cfg.Account = Account{VCPU1024: 1024 * int64(1+r.IntN(6)), StartsPerSec: float64(r.IntN(3)), DORequestsPerS: 5}
	}
	if r.IntN(4) == 0 {
		cfg.Outages = Outages{HostRestartsPerHour: 3, PoPPerHour: 0.05, PoPDuration: law(t, "exponential(mean=2m)")}
	}
	cfg.Apps[0] = randomApp(t, r, cfg.Apps[0])
	if r.IntN(4) == 0 {
		b := randomApp(t, r, plain(t).Apps[0])
		b.Name = "other"
		cfg.Apps = append(cfg.Apps, b)
	}
	return cfg
}

func pickOne[T any](r *rand.Rand, xs ...T) T { return xs[r.IntN(len(xs))] }

func randomApp(t testing.TB, r *rand.Rand, a App) App {
	a.Type.VCPU1024 = pickOne[int64](r, 64, 256, 1024, 2048)
	a.Service = pickOne(r, ProcessorSharing, ProcessorSharing, FullSpeed, FIFO)
	a.Concurrency = pickOne(r, 0, 0, 1, 3)
	a.QueueLimit = pickOne(r, -1, 0, 2)
	a.MaxInstances = pickOne(r, 0, 0, 1, 4)
	a.SleepAfter = pickOne(r, 0, 5*sim.Second, 30*sim.Second, 2*sim.Minute, sim.Never)
	a.SleepLag = pickOne(r, 0, 0, sim.Second)
	a.SleepMode = pickOne(r, SleepStop, SleepStop, SleepStop, SleepSnapshot, SleepSuspend)
	a.Shutdown = pickOne(r, nil, nil, law(t, "1s"), law(t, "exponential(mean=4s)"))
	a.IgnoreTerm, a.KillAfter = r.IntN(12) == 0, 15*sim.Minute
	a.Start = Start{Platform: pickOne(r, nil, law(t, "lognormal(median=1.6s, sigma=0.35)")), Init: pickOne(r, nil, law(t, "exponential(mean=2s)")),
		Wake: law(t, "200ms"), Poll: pickOne(r, 0, 300*sim.Millisecond), ProbeCap: 5 * sim.Second, ProbeHang: pickOne(r, 0, 0.2),
		RetryEvery: 300 * sim.Millisecond, Tries: pickOne(r, 0, 27, 27, -1), Clock: pickOne(r, 0, 3*sim.Second, 20*sim.Second)}
	a.Work = Work{CPU: pickOne(r, nil, law(t, "20ms"), law(t, "lognormal(mean=150ms, cv=1)")), IO: pickOne(r, nil, law(t, "exponential(mean=300ms)"))}
	if r.IntN(4) == 0 {
		a.Work.Memory, a.Work.BaseMemoryMiB = bytesLaw(t, "lognormal(mean=120MiB, cv=1)"), 300
	}
	if r.IntN(3) == 0 {
		a.Work.Response = bytesLaw(t, "lognormal(mean=200kB, cv=2)")
	}
	if r.IntN(5) == 0 {
		a.Image = Image{CompressedMB: 200, UnpackedMB: 500, GrowthKB: 60000, ChangedMB: 80}
	}
	if r.IntN(4) == 0 {
		a.Image.PreparedPlaces, a.Image.Refill, a.Image.RefillElsewhere = 1+r.IntN(6), law(t, "exponential(mean=20s)"), r.IntN(2) == 0
	}
	if r.IntN(5) == 0 {
		a.Backend = Backend{At: pickOne(r, "nearest", "Frankfurt am Main", "apac"), Calls: count(t, "geometric(mean=3)"), Bytes: bytesLaw(t, "1MB"), MBps: 40, ConnectPerCall: r.IntN(2) == 0}
	}
	if r.IntN(3) == 0 {
		a.Client = ClientRules{Timeout: pickOne(r, 0, 2*sim.Second, 800*sim.Millisecond), Retries: r.IntN(3), Backoff: pickOne(r, nil, law(t, "exponential(mean=1s)"))}
	}
	a.Route = pickOne(r, Route{By: "singleton"}, Route{By: "session"}, Route{By: "key", Keys: 12, Alpha: 0.9}, Route{By: "random-n", N: 3}, Route{By: "per-request"},
		Route{By: "least-in-flight", N: 3}, Route{By: "autoscale", MaxN: 4, TargetCPU: 0.6},
		Route{By: "pool", N: pickOne(r, 0, 3), PerInstance: pickOne(r, 1, 1, 2, 0), Pick: pickOne(r, "newest", "oldest", "random", "first-free", "lowest-idle", "most-recently-used", "least-recently-used"), Queue: pickOne(r, -1, 0, 4), SetupPerWaiting: r.IntN(2) == 0})
	a.End = pickOne(r, EndSleep, EndSleep, EndStop, EndDestroy)
	a.Place = Placement{Policy: pickOne(r, "nearest-prefetched", "nearest-any", "least-loaded", "random", "at-do", "latency-optimal"), Near: pickOne(r, "request", "do"), SmartWorker: r.IntN(4) == 0}
	if r.IntN(5) == 0 {
		a.Warm = WarmPool{N: 1 + r.IntN(3), Batch: 1 + r.IntN(2), Every: pickOne(r, 0, 20*sim.Second)}
	}
	if r.IntN(6) == 0 {
		a.Min.N = 1 + r.IntN(2)
	}
	if r.IntN(5) == 0 {
		a.Touches = []Touch{{Every: pickOne(r, 20*sim.Second, 2*sim.Minute), CPU: law(t, "5ms")}}
	}
	if r.IntN(5) == 0 {
		a.Rollouts = []Rollout{{At: 3 * sim.Minute, Steps: []int{10, 100}, Interval: 2 * sim.Minute, Grace: pickOne(r, 0, sim.Minute), ChangedMB: 50}}
	}
	a.FirstDeploy = r.IntN(12) == 0
	for n := 1 + r.IntN(2); n > 0; n-- {
		a.Traffic = append(a.Traffic, randomTraffic(t, r))
	}
	return a
}

func randomTraffic(t testing.TB, r *rand.Rand) workload.Config {
	rate := pickOne(r, 0.02, 0.2, 1)
	switch r.IntN(7) {
	case 0:
		return workload.Config{Kind: workload.Sessions, PerSecond: rate / 4, RequestsPerSession: count(t, "geometric(mean=4)"), Think: law(t, "lognormal(mean=10s, cv=1)")}
	case 1:
		return workload.Config{Kind: workload.Sessions, PerSecond: rate / 4, RequestsPerSession: count(t, "geometric(mean=4)"), Gap: law(t, "exponential(mean=3s)")}
	case 2:
		return workload.Config{Kind: workload.Users, Count: 1 + r.IntN(6), Think: law(t, "exponential(mean=20s)")}
	case 3:
		return workload.Config{Kind: workload.Population, Count: 1 + r.IntN(6), Off: law(t, "exponential(mean=60s)"), Up: law(t, "exponential(mean=30s)")}
	case 4:
		return workload.Config{Kind: workload.Queue, PerSecond: rate, Batch: 1 + r.IntN(4), MaxConcurrency: r.IntN(3), MaxRetries: 2, Retention: 5 * sim.Minute, BatchWait: 5 * sim.Second}
	case 5:
		return workload.Config{Kind: workload.WebSockets, PerSecond: rate / 10, Duration: law(t, "exponential(mean=60s)"), MessagesPerSec: 1, MessageCPU: law(t, "3ms"), MessageBytes: bytesLaw(t, "1kB"), OutgoingPerSec: 2}
	}
	return workload.Config{Kind: workload.Requests, PerSecond: rate}
}

func bytesLaw(t testing.TB, text string) dist.Dist {
	d, err := dist.Parse(text, dist.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func count(t testing.TB, text string) dist.Dist {
	d, err := dist.Parse(text, dist.Dimensionless)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// runEngine runs a replication and returns the engine with its result.
func runEngine(t testing.TB, cfg *Config) *engine {
	t.Helper()
	m, err := Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	e := newEngine(m, 0)
	e.begin()
	if err := e.loop(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	e.finish()
	return e
}

func TestRandomScenariosKeepTheLaws(t *testing.T) {
	n := uint64(300)
	for seed := uint64(1); seed <= n; seed++ {
		cfg := randomConfig(t, seed)
		t.Logf("seed %d", seed)
		func() {
			defer func() {
				if x := recover(); x != nil {
					t.Errorf("seed %d: panic: %v", seed, x)
					panic(x)
				}
			}()
			checkLaws(t, seed, runEngine(t, cfg))
		}()
	}
}

// checkLaws checks what must hold after every run.
func checkLaws(t *testing.T, seed uint64, e *engine) {
	live := make([]int64, len(e.apps))
	for i := range e.pool.Reqs {
		q := &e.pool.Reqs[i]
		if q.Live && q.Flags&instance.FlagCounted != 0 && q.Flags&instance.FlagTimedOut == 0 && (q.Kind == instance.KindRequest || q.Kind == instance.KindConn) {
			live[q.App]++
		}
	}
	for i := range e.apps {
		o := e.apps[i].out
		// A request between two tries is sent but not counted as under way.
		waiting := live[i] - o.InFlight
		if waiting < 0 || waiting > 0 && e.apps[i].m.retries == 0 {
			t.Errorf("seed %d app %d: %d in flight by the balance, %d live", seed, i, o.InFlight, live[i])
		}
		if c := e.apps[i].m.cfg.MaxInstances; c > 0 && o.MaxInstances > int64(c) {
			t.Errorf("seed %d app %d: %d instances over the cap of %d", seed, i, o.MaxInstances, c)
		}
		if used, given := o.BusyCPU, o.ProvidedCPU; used.Cmp(given) > 0 && e.apps[i].m.cfg.Service != FullSpeed {
			t.Errorf("seed %d app %d: more CPU used than provided: %v > %v", seed, i, used, given)
		}
		for s := result.State(0); s < result.NumStates; s++ {
			if o.StateTime[s].Float64() < 0 {
				t.Errorf("seed %d app %d: negative time in state %s", seed, i, result.StateNames[s])
			}
		}
	}
	if l := e.cfg.Account.VCPU1024; l > 0 && e.out.Account.MaxVCPU1024 > l {
		t.Errorf("seed %d: account over its vCPU limit", seed)
	}
}
