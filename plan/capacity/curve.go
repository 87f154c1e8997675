package capacity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/models/workload"
	"berth/plan"
	"berth/sim"
	"berth/sim/dist"
)

// The curve of an instance: one instance that is awake, under Poisson arrivals
// of the app's own requests, without a network unless the app has a backend.
const (
	curveRequests = 20_000 // of one run, after a tenth of warm-up
	curveRuns     = 5
)

// curveLoads are the shares of saturation that are simulated. At all of it the
// queue grows for as long as the run lasts.
var curveLoads = []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}

// curves fills in the curve of every type for the app, or for the first one of
// all.
func (s *search) curves(ctx context.Context) error {
	a := s.scaled()[0]
	mix, why := mixture(a)
	if why != "" {
		s.out.NoCurve = why
		return nil
	}
	view, err := s.view()
	if err != nil {
		return err
	}
	types := view.Types()
	if !slices.ContainsFunc(types, func(t platform.InstanceType) bool { return t.Name == a.Type.Name }) {
		types = append(types, a.Type)
	}
	for _, t := range types {
		s.out.Curves = append(s.out.Curves, closed(a, mix, t))
	}
	return s.simulate(ctx, a, mix)
}

// mixture is what an app's requests are: its entries with their shares of the
// requests. why is not empty where they are no requests of a rate.
func mixture(a *edge.App) (mix []workload.Config, why string) {
	for i := range a.Traffic {
		t := &a.Traffic[i]
		if t.Kind == workload.WebSockets || t.Kind == workload.Population || t.Length != nil {
			return nil, "the traffic holds instances for its own time and has no rate at which one saturates"
		}
		one := *a
		one.Traffic = a.Traffic[i : i+1]
		rate := plan.RequestRate(&one)
		if rate <= 0 {
			continue
		}
		mix = append(mix, workload.Config{Name: t.Name, Kind: workload.Requests, PerSecond: rate, CPU: t.CPU, IO: t.IO, Memory: t.Memory, Response: t.Response,
			Markets: t.Markets, Clients: t.Clients})
	}
	if len(mix) == 0 {
		return nil, "the traffic has no rate"
	}
	return mix, ""
}

// weighted is the mean over the requests of a mixture.
func weighted(mix []workload.Config, of func(t *workload.Config) float64) float64 {
	sum, rates := 0.0, 0.0
	for i := range mix {
		sum += mix[i].PerSecond * of(&mix[i])
		rates += mix[i].PerSecond
	}
	return sum / rates
}

func meanOf(own, app dist.Dist) float64 {
	switch {
	case own != nil:
		return own.Mean()
	case app != nil:
		return app.Mean()
	}
	return 0
}

// closed is what arithmetic says of an instance of a type: requests at once in
// its memory, (memory - base) / mean memory of a request, and the rate at which
// its CPU is busy all the time, vCPU / mean CPU demand (M. Harchol-Balter,
// "Performance Modeling and Design of Computer Systems", 2013, ch. 6), or its
// concurrency, c / mean time of a request alone (Little's law).
func closed(a *edge.App, mix []workload.Config, t platform.InstanceType) result.Curve {
	c := result.Curve{App: a.Name, Type: t.Name, VCPU: t.VCPU(), MemoryMiB: t.MemoryMiB, Own: t.Name == a.Type.Name}
	if disk := a.Image.UnpackedMB + a.Image.ScratchMB; disk > t.DiskMB {
		c.Refused = fmt.Sprintf("image and scratch take %d MB, and its disk has %d MB", disk, t.DiskMB)
		return c
	}
	free := t.MemoryMiB - a.Work.BaseMemoryMiB
	each := weighted(mix, func(e *workload.Config) float64 { return meanOf(e.Memory, a.Work.Memory) }) / (1 << 20)
	switch {
	case free < 0 || each > 0 && float64(free) < each:
		c.Refused = fmt.Sprintf("the app takes %d MiB before its first request, and its memory has %d MiB", a.Work.BaseMemoryMiB, t.MemoryMiB)
		return c
	case each > 0:
		c.InMemory = int64(float64(free) / each)
	}
	cpu := weighted(mix, func(e *workload.Config) float64 { return cpuOf(a, e) })
	alone := cpu/min(t.VCPU(), threads(a)) + weighted(mix, func(e *workload.Config) float64 { return meanOf(e.IO, a.Work.IO) })
	slots := float64(a.Concurrency)
	if a.Service == edge.FIFO {
		slots = 1
	}
	if cpu > 0 && a.Service != edge.FullSpeed {
		c.PerSecond, c.Saturates = t.VCPU()/cpu, "vCPU"
	}
	if slots > 0 && alone > 0 && (c.PerSecond == 0 || slots/alone < c.PerSecond) {
		c.PerSecond, c.Saturates = slots/alone, "concurrency"
	}
	return c
}

// simulate runs every type that saturates at every load.
func (s *search) simulate(ctx context.Context, a *edge.App, mix []workload.Config) error {
	type job struct{ curve, load int }
	var jobs []job
	for i := range s.out.Curves {
		c := &s.out.Curves[i]
		if c.Refused != "" || c.PerSecond == 0 {
			continue
		}
		c.Points = make([]result.CurvePoint, len(curveLoads))
		for k := range curveLoads {
			jobs = append(jobs, job{i, k})
		}
	}
	var mu sync.Mutex
	var failed error
	plan.Each(s.opt.Workers, len(jobs), func(i int) {
		j := jobs[i]
		c := &s.out.Curves[j.curve]
		point, err := s.loaded(ctx, a, mix, *c, curveLoads[j.load])
		mu.Lock()
		defer mu.Unlock()
		if c.Points[j.load] = point; err != nil && failed == nil {
			failed = err
		}
	})
	return failed
}

// loaded is one instance at a share of its saturation.
func (s *search) loaded(ctx context.Context, a *edge.App, mix []workload.Config, c result.Curve, load float64) (result.CurvePoint, error) {
	out := result.CurvePoint{Load: load, PerSecond: load * c.PerSecond}
	cfg, err := s.alone(a, mix, c, out.PerSecond)
	if err != nil {
		return out, err
	}
	model, err := edge.Compile(cfg)
	if err != nil {
		return out, err
	}
	r, err := plan.Replicate(ctx, model, cfg, plan.ReplicateOptions{N: curveRuns, Workers: 1})
	if err != nil {
		return out, err
	}
	for name, to := range map[string]*result.Metric{"p50(latency)": &out.P50, "p99(latency)": &out.P99, "errors": &out.Errors, "mean(in-flight)": &out.InFlight} {
		*to, _ = result.Find(r.Metrics, result.Key{Name: name})
	}
	return out, nil
}

// alone is the scenario of one awake instance of a type under a rate.
func (s *search) alone(a *edge.App, mix []workload.Config, c result.Curve, perSecond float64) (*edge.Config, error) {
	none, err := dist.NewConstant(0, dist.Duration)
	if err != nil {
		return nil, err
	}
	cfg, one := *s.cfg, *a
	one.Type = a.Type
	if !c.Own {
		view, err := s.view()
		if err != nil {
			return nil, err
		}
		if one.Type, err = view.Type(c.Type); err != nil {
			return nil, err
		}
	}
	one.Route, one.MaxInstances, one.SleepAfter, one.End = edge.Route{By: "singleton"}, 1, sim.Never, edge.EndSleep
	one.Start = edge.Start{Platform: none, Init: none, PollingIn: true, Tries: -1}
	one.Warm, one.Min, one.Touches, one.Rollouts, one.FirstDeploy = edge.WarmPool{}, edge.MinInstances{}, nil, nil, false
	one.Client, one.Image.PreparedPlaces, one.Image.External, one.Image.Catalogue = edge.ClientRules{}, 0, false, 0
	rates := 0.0
	for _, t := range mix {
		rates += t.PerSecond
	}
	one.Traffic = nil
	for _, t := range mix {
		t.PerSecond *= perSecond / rates
		one.Traffic = append(one.Traffic, t)
	}
	cfg.Apps = []edge.App{one}
	cfg.Network.None = a.Backend.At == ""
	cfg.Outages, cfg.SLO, cfg.Observe, cfg.Drain, cfg.BudgetUSD = edge.Outages{}, nil, nil, false, 0
	cfg.Account = edge.Account{}
	span := sim.Time(math.Ceil(curveRequests / perSecond * 1e9))
	cfg.Warmup = span / 10
	cfg.Duration = span + cfg.Warmup
	return &cfg, nil
}
