package plan

import (
	"fmt"

	"berth/models/edge"
	"berth/models/result"
	"berth/models/theory"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
)

// theoryRows sets analytic values beside the simulated ones where a closed form
// applies to an app, or to a simplification of it that the note states. An app
// with several traffic entries, a queue of messages or connections has none.
func theoryRows(cfg *edge.Config, metrics []result.Metric) []result.TheoryRow {
	var rows []result.TheoryRow
	for i := range cfg.Apps {
		t := theorist{cfg: cfg, app: &cfg.Apps[i], metrics: metrics}
		if len(t.app.Traffic) != 1 || cfg.Drain || len(t.app.Touches) > 0 || len(t.app.Rollouts) > 0 || t.app.FirstDeploy || t.app.Min.N > 0 ||
			len(t.app.Min.ByRegion) > 0 || t.app.Client.Retries > 0 || t.app.KeepAlive.Adaptive() {
			continue
		}
		t.traffic = &t.app.Traffic[0]
		switch {
		case t.traffic.Kind == workload.Sessions && t.app.Route.By == "session":
			t.sessionInstances()
		case t.traffic.Kind == workload.Requests && (t.app.Route.By == "singleton" || t.app.Route.By == "random-n"):
			t.keepAlive()
			t.sharing()
		}
		rows = append(rows, t.rows...)
	}
	return rows
}

// theorist collects the rows of one app.
type theorist struct {
	cfg     *edge.Config
	app     *edge.App
	traffic *workload.Config
	metrics []result.Metric
	rows    []result.TheoryRow
}

func (t *theorist) add(formula, quantity, unit, metric string, value float64, note string) {
	name := t.app.Name
	if len(t.cfg.Apps) == 1 {
		name = ""
	}
	m, ok := result.Find(t.metrics, result.Key{App: name, Name: metric})
	if !ok {
		return
	}
	t.rows = append(t.rows, result.TheoryRow{App: t.app.Name, Formula: formula, Quantity: quantity, Unit: unit, Theory: value, Simulated: m, Note: note})
}

func mean(d dist.Dist) float64 {
	if d == nil {
		return 0
	}
	return d.Mean()
}

// work is the mean CPU demand in vCPU-seconds and the mean I/O wait in seconds.
func (t *theorist) work() (cpu, io float64) {
	pick := func(own, app dist.Dist) float64 {
		if own != nil {
			return own.Mean()
		}
		return mean(app)
	}
	return pick(t.traffic.CPU, t.app.Work.CPU), pick(t.traffic.IO, t.app.Work.IO)
}

// alone is the mean time of a request that has the instance to itself.
func (t *theorist) alone() float64 {
	cpu, io := t.work()
	threads := t.app.Threads
	if threads <= 0 {
		threads = 1
	}
	return cpu/min(t.app.Type.VCPU(), threads) + io
}

func (t *theorist) startup() float64 { return mean(t.app.Start.Platform) + mean(t.app.Start.Init) }

// sessionInstances: one instance a session makes the number up an M/G/infinity
// queue; its mean is Little's law, for any rate over time.
func (t *theorist) sessionInstances() {
	if t.app.SleepAfter == sim.Never || t.app.End != edge.EndSleep || t.app.SleepMode != edge.SleepStop || t.traffic.Length != nil || t.app.Warm.N > 0 {
		return
	}
	n := mean(t.traffic.RequestsPerSession)
	length := n * t.alone()
	if t.traffic.Gap != nil {
		length = (n-1)*mean(t.traffic.Gap) + t.alone()
	} else {
		length += (n - 1) * mean(t.traffic.Think)
	}
	// Gaps within a session that outlast sleepAfter are left out here.
	length += t.startup() + mean(t.app.Shutdown)
	r, err := theory.SessionInstances{SessionsPerS: t.rate(), MeanSessionS: length, TimeoutS: t.app.SleepAfter.Seconds(), MaxInstances: 0}.Solve()
	if err != nil {
		return
	}
	t.add("M/G/infinity with delayed off", "instances up, mean", "", "mean(instances)", r.MeanUncapped,
		"Little's law with the configured means: leaves out the network, waiting for CPU, failed starts, sleep between two requests, the cap, and the beginning and end of the run")
}

// rate is the mean arrival rate in 1/s.
func (t *theorist) rate() float64 { return t.traffic.PerSecond }

// keepAlive: with Poisson arrivals that choose among N instances whatever they
// do, each is a keep-alive cycle of its own.
func (t *theorist) keepAlive() {
	if t.app.SleepAfter == sim.Never || t.app.Service == edge.FIFO || t.app.Concurrency > 0 || !flat(&t.traffic.Shape) || t.traffic.Interarrival != nil || len(t.traffic.Clients) > 0 && len(t.traffic.Clients[0].At) > 0 {
		return
	}
	n := 1
	if t.app.Route.By == "random-n" {
		n = max(1, t.app.Route.N)
	}
	r, err := theory.RandomPool{LambdaPerS: t.rate(), Instances: n, ServiceS: t.alone(), TimeoutS: t.app.SleepAfter.Seconds(), StartupS: t.startup()}.Solve()
	if err != nil {
		return
	}
	note := fmt.Sprintf("Poisson arrivals over %d instance(s), mean service and start as constants, all requests served at once; leaves out the network, keep-warm, failures and the start of the run", n)
	t.add("keep-alive renewal cycle", "instances up, mean", "", "mean(instances)", r.MeanAwake, note)
	if r.PerInstance.StartsPerRequest > 1e-6 { // below, the one start of the run is all there is
		t.add("keep-alive renewal cycle", "starts per request", "", "starts-per-request", r.PerInstance.StartsPerRequest, note)
	}
}

// sharing: M/G/1 processor sharing at one of N equal instances.
func (t *theorist) sharing() {
	cpu, io := t.work()
	if t.app.Service != edge.ProcessorSharing || t.app.Concurrency > 0 || cpu == 0 || !flat(&t.traffic.Shape) || t.app.Threads > 1 || t.app.Type.VCPU() > 1 {
		return
	}
	n := 1
	if t.app.Route.By == "random-n" {
		n = max(1, t.app.Route.N)
	}
	r, err := theory.MG1PS{LambdaPerS: t.rate() / float64(n), CPUSecondsPerRequest: cpu, VCPU: t.app.Type.VCPU()}.Solve()
	if err != nil {
		return
	}
	t.add("M/G/1 processor sharing", "service, mean", "s", "mean(service)", r.ResponseS+io,
		"CPU shared by all requests inside, I/O beside it; requests that come together after a cold start make the simulated mean larger")
}

// flat says that a rate does not change over time.
func flat(s *workload.Shape) bool {
	return s.Daily == nil && s.Weekly == nil && s.SineAmplitude == 0 && s.Growth == 0 && len(s.Bursts) == 0 && len(s.Flash) == 0 && len(s.Table) == 0
}
