package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"time"

	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
)

// scene is a job that simulates one scenario.
type scene struct {
	cfg   *edge.Config
	model *edge.Model
	// expected is how many requests a run will make; 0 goes by simulated time.
	expected int64
	count    func(*result.Run) int64 // units made
	beneath  func(units int64) uint64
	first    *result.Run // outcome of run 0
}

// newScene compiles a scenario in which the first app's first entry makes that
// many requests.
func newScene(cfg *edge.Config, requests int64, beneath func(*edge.Config) (func(int64) uint64, error)) (*scene, error) {
	model, err := edge.Compile(cfg)
	if err != nil {
		return nil, err
	}
	s := &scene{cfg: cfg, model: model, expected: requests, count: requestsOf}
	s.beneath, err = beneath(cfg)
	return s, err
}

func (s *scene) run(ctx context.Context, n int, l *laps) (int64, error) {
	run, err := s.model.Run(ctx, n, edge.Options{Progress: func(now sim.Time, requests int64) {
		if s.expected > 0 {
			l.at(float64(requests) / float64(s.expected))
		} else {
			l.at(float64(now) / float64(s.cfg.Duration))
		}
	}})
	if err != nil {
		return 0, err
	}
	if n == 0 {
		s.first = run
	}
	return s.count(run), nil
}

// extra gives the outcome of run 0 a fingerprint. How many events it took is no
// outcome.
func (s *scene) extra(_ context.Context, r *Result) error {
	h := fnv.New64a()
	s.first.Events = 0
	if err := json.NewEncoder(h).Encode(s.first); err != nil {
		return err
	}
	r.Fingerprint = fmt.Sprintf("%016x", h.Sum64())
	return nil
}

func (s *scene) floor(units int64) uint64 { return s.beneath(units) }
func (s *scene) close() error             { return nil }

func requestsOf(r *result.Run) int64 {
	n := int64(0)
	for i := range r.Apps {
		n += r.Apps[i].Requests
	}
	return n
}

// law is a distribution that is written in this package: a mistake in it is a
// programming error.
func law(text string) dist.Dist {
	d, err := dist.Parse(text, dist.Duration)
	if err != nil {
		panic(err)
	}
	return d
}

func size(text string) dist.Dist {
	d, err := dist.Parse(text, dist.Bytes)
	if err != nil {
		panic(err)
	}
	return d
}

func number(text string) dist.Dist {
	d, err := dist.Parse(text, dist.Dimensionless)
	if err != nil {
		panic(err)
	}
	return d
}

// span is how long it takes to make n requests at a rate in 1/s.
func span(n int64, rate float64) sim.Time {
	return max(sim.Time(float64(n)/rate*1e9), sim.Millisecond)
}

// base is a scenario without network, start times and limits, with one app whose
// requests run at full speed.
func base(duration sim.Time) *edge.Config {
	day := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	return &edge.Config{
		Name: "bench", Seed: 1, Start: day, Duration: duration, MonthHours: 720, AsOf: day, World: "official",
		Network: edge.Network{None: true},
		Apps: []edge.App{{
			Name: "app", Type: platform.InstanceType{Name: "standard-2", VCPU1024: 1024, MemoryMiB: 6144, DiskMB: 12000},
			Threads: 1, Service: edge.FullSpeed, QueueLimit: -1, SleepAfter: 10 * sim.Minute, KillAfter: 15 * sim.Minute,
			Start: edge.Start{RetryEvery: 300 * sim.Millisecond, Tries: 27, NoPlaceStatus: 503, MaxStatus: 500},
			Place: edge.Placement{Policy: "nearest-prefetched"},
			Meter: edge.Meter{FailedStarts: true, StartCPUFull: true, DrainBilled: true, DrainHoldsSlot: true, ClassAPI: true,
				EgressShare: 1, AlarmEvery: 3 * sim.Minute, LogEvents: 1, LogBytes: 500, WorkerCPU: sim.Millisecond},
		}},
	}
}

// oneClient puts all demand into one place.
func oneClient() []workload.Client {
	return []workload.Client{{Name: "client", Lat: 52.5, Lon: 13.4, Weight: 1}}
}

const worldRate = 3860 // 10^10 a month

// worldConfig has everything on: every PoP and city, keyed instances, processor
// sharing, I/O, egress, all meters, jitter, re-routing and a daily shape; places
// and capacity are unlimited.
func worldConfig(requests int64, rate float64, keys int) *edge.Config {
	cfg := base(span(requests, rate))
	cfg.Network = edge.Network{Jitter: 0.05, SamePoPms: 0.5, ReroutedShare: 0.1}
	a := &cfg.Apps[0]
	a.Service = edge.ProcessorSharing
	a.Route = edge.Route{By: "key", Keys: keys, Alpha: 0.5}
	a.Start = coldStart()
	a.Shutdown = law("1s")
	a.Work = edge.Work{CPU: law("lognormal(mean=20ms, cv=1)"), IO: law("exponential(mean=30ms)"), Response: size("lognormal(mean=50kB, cv=2)")}
	daily, _ := workload.DailyProfile("internet")
	a.Traffic = []workload.Config{{Name: "traffic", Kind: workload.Requests, Total: float64(requests),
		Shape: workload.Shape{Daily: daily.Normalised(), DailyName: daily.Name}}}
	return cfg
}

// coldStart is the project's default: a fit to a published measurement, and an
// image that takes its time.
func coldStart() edge.Start {
	return edge.Start{PresetName: "measured-2026", PollingIn: true, Init: law("lognormal(mean=300ms, cv=0.5)"),
		Platform:   law("mixture(0.88: lognormal(median=1.6s, sigma=0.35), 0.12: lognormal(median=22s, sigma=0.4))"),
		RetryEvery: 300 * sim.Millisecond, Tries: 27, NoPlaceStatus: 503, MaxStatus: 500}
}

// replications is a scene that also says what a second core is worth to
// independent replications.
type replications struct{ *scene }

func worldJob(requests int64) (job, error) {
	s, err := newScene(worldConfig(requests, worldRate, 20_000), requests, openFloor)
	return replications{s}, err
}

// extra makes four replications, short enough for a long run not to become five
// times as long.
func (j replications) extra(ctx context.Context, r *Result) error {
	if err := j.scene.extra(ctx, r); err != nil {
		return err
	}
	s, err := worldJob(min(j.expected, 1_000_000))
	if err != nil {
		return err
	}
	r.TwoCoreSpeed, err = twoCores(4, func(i int) error {
		_, err := s.run(ctx, i, nil)
		return err
	})
	return err
}

// simpleConfig is the shortest path: keyed instances with in-flight slots, fixed
// work and no network.
func simpleConfig(requests int64, rate float64, keys int) *edge.Config {
	cfg := base(span(requests, rate))
	a := &cfg.Apps[0]
	a.Route = edge.Route{By: "key", Keys: keys}
	a.Concurrency = 4
	a.Work.CPU = law("20ms")
	a.Traffic = []workload.Config{{Name: "traffic", Kind: workload.Requests, PerSecond: rate, Clients: oneClient()}}
	return cfg
}

func simpleJob(requests int64) (job, error) {
	return newScene(simpleConfig(requests, 3860, 10_000), requests, openFloor)
}

// churnConfig has ids whose instances sleep after 60 s. At 500/s over 100,000 ids
// each is asked for about every 200 s: three requests in four start one.
func churnConfig(requests int64, rate float64, keys int) *edge.Config {
	cfg := base(span(requests, rate))
	a := &cfg.Apps[0]
	a.Route = edge.Route{By: "key", Keys: keys}
	a.SleepAfter = sim.Minute
	a.Start.Platform, a.Start.Init = law("lognormal(mean=2s, cv=0.5)"), law("300ms")
	a.Shutdown = law("1s")
	a.Work.IO = law("exponential(mean=100ms)")
	a.Traffic = []workload.Config{{Name: "traffic", Kind: workload.Requests, PerSecond: rate, Clients: oneClient()}}
	return cfg
}

func churnJob(requests int64) (job, error) {
	return newScene(churnConfig(requests, 500, 100_000), requests, openFloor)
}

// faasConfig is the workload that other simulators publish: Poisson arrivals,
// exponential service of 2 s, expiry after 600 s idle, and the newest idle
// instance first.
func faasConfig(requests int64, rate float64) *edge.Config {
	cfg := base(span(requests, rate))
	a := &cfg.Apps[0]
	a.Route = edge.Route{By: "pool", PerInstance: 1, Pick: "newest", Queue: -1, Hypothetical: true}
	a.Concurrency = 1
	a.Start.Init = law("250ms")
	a.Work.IO = law("exponential(mean=2s)")
	a.Traffic = []workload.Config{{Name: "traffic", Kind: workload.Requests, PerSecond: rate, Clients: oneClient()}}
	return cfg
}

func faasJob(rate float64) func(int64) (job, error) {
	return func(requests int64) (job, error) { return newScene(faasConfig(requests, rate), requests, openFloor) }
}
