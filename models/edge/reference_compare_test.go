package edge

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/stats"
)

// TestReferenceEngine holds the engine to the reference on random scenarios:
// the same result for every request and every meter. BERTH_LONG=1 runs more.
func TestReferenceEngine(t *testing.T) {
	from, n := uint64(1), uint64(100)
	if os.Getenv("BERTH_LONG") != "" {
		n = 1350
	}
	if s := os.Getenv("BERTH_SEED"); s != "" {
		n = 1
		fmt.Sscan(s, &from, &n)
	}
	requests, failures := 0, 0
	for seed := from; seed < from+n; seed++ {
		cfg := referenceConfig(t, seed)
		count, diff := compareEngines(t, cfg)
		requests += count
		if diff == "" {
			continue
		}
		small, dropped := shrink(t, cfg)
		_, diff = compareEngines(t, small)
		t.Errorf("seed %d: %s\nwithout %v: %s", seed, diff, dropped, describe(small))
		if failures++; failures > 9 {
			t.Fatal("and perhaps more")
		}
	}
	t.Logf("%d requests compared", requests)
}

// referenceConfig is a random scenario with the ways of metering, of images, of
// clients and of kept instances that randomConfig leaves alone.
func referenceConfig(t testing.TB, seed uint64) *Config {
	cfg := randomConfig(t, seed)
	r := rand.New(rand.NewPCG(seed, 2))
	for i := range cfg.Apps {
		a := &cfg.Apps[i]
		m := &a.Meter
		m.CPUProvisioned, m.BilledFromVM, m.FailedStarts = r.IntN(2) == 0, r.IntN(3) == 0, r.IntN(3) > 0
		m.StartCPUFull, m.StartCPU, m.IdleCPU, m.OverheadCPU = r.IntN(2) == 0, 0.25, pickOne(r, 0, 0.125), pickOne(r, 0, 0.0625)
		m.DrainBilled, m.DrainHoldsSlot = r.IntN(3) > 0, r.IntN(3) > 0
		m.ClassAPI, m.NoDO = r.IntN(3) > 0, r.IntN(8) == 0
		m.EgressByClient, m.EgressShare = r.IntN(3) == 0, pickOne(r, 1, 0.7)
		im := &a.Image
		switch r.IntN(8) {
		case 0:
			im.Catalogue, im.Alpha, im.CompressedMB = 5, 0.8, 100
		case 1:
			im.External, im.CompressedMB = true, 100
		case 2:
			im.Prefetch, im.CompressedMB = pickOne(r, "by-demand", "none"), 100
		}
		switch r.IntN(8) {
		case 0:
			a.Min.ByRegion = map[string]int{"weur": 1, "enam": 1}
		case 1:
			a.Touches = []Touch{{Every: 30 * sim.Second, IDs: 2, From: "FRA", CPU: law(t, "exponential(mean=50ms)")}}
		}
		if r.IntN(4) == 0 {
			a.Threads = 2
		}
		if r.IntN(6) == 0 {
			a.Traffic = append(a.Traffic, workload.Config{Kind: workload.Requests, Clients: []workload.Client{
				{Name: "a", Lat: 52.5, Lon: 13.4, Key: "k", At: []sim.Time{sim.Second, sim.Minute, sim.Minute}}, {Name: "b", Lat: 1.3, Lon: 103.8, Key: "k", At: []sim.Time{30 * sim.Second, 2 * sim.Minute}}}})
		}
		if r.IntN(6) == 0 {
			a.Traffic = append(a.Traffic, workload.Config{Kind: workload.Sessions, PerSecond: 0.02, Length: law(t, "exponential(mean=40s)")})
		}
	}
	endWaits(cfg)
	keepAliveConfig(cfg, rand.New(rand.NewPCG(seed, 3)))
	return cfg
}

// endWaits gives the starts of a draining run their clock where ids are used
// once or a queue fills them: a backlog of thousands that look for one slot until
// the last has had it takes the plain engine hours.
func endWaits(cfg *Config) {
	queue := func(w workload.Config) bool { return w.Kind == workload.Queue }
	crowd := false
	for _, a := range cfg.Apps {
		crowd = crowd || a.Route.By == "session" || a.Route.By == "per-request" || slices.ContainsFunc(a.Traffic, queue)
	}
	for i := range cfg.Apps {
		if c := &cfg.Apps[i].Start; cfg.Drain && crowd && c.Tries < 0 {
			c.Tries = 27
		}
	}
}

// requestKeys collects the log of the fast engine with ids by name.
type requestKeys struct {
	e   *engine
	log []loggedByKey
}

// Request implements RequestLog.
func (k *requestKeys) Request(l LoggedRequest) {
	x := loggedByKey{LoggedRequest: l}
	if l.ID >= 0 {
		x.Key = k.e.apps[l.App].ids[l.ID].key
	}
	x.ID = 0
	k.log = append(k.log, x)
}

// compareEngines runs a scenario in both engines; it returns how many requests
// it compared and the first differences.
func compareEngines(t testing.TB, cfg *Config) (requests int, diff string) {
	defer func() {
		if x := recover(); x != nil {
			diff = fmt.Sprint("panic: ", x)
			if os.Getenv("BERTH_SEED") != "" {
				panic(x)
			}
		}
	}()
	m, err := Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	e, log := loggedRun(t, m)
	r := newReference(m, 0)
	r.simulate()
	if d := firstRequest(log, r.log); d != "" {
		return len(r.log), d
	}
	fast, slow := e.readings(), r.readings()
	for i, f := range fast {
		if s := slow[i]; f != s {
			return len(r.log), fmt.Sprintf("%s = %s, by the reference %s = %s", f.name, f.value, s.name, s.value)
		}
	}
	return len(r.log), ""
}

// loggedRun runs the fast engine with a log.
func loggedRun(t testing.TB, m *Model) (*engine, []loggedByKey) {
	t.Helper()
	e := newEngine(m, 0)
	keys := &requestKeys{e: e}
	e.log = keys
	if err := e.openTraces(); err != nil {
		t.Fatal(err)
	}
	defer e.closeTraces()
	e.begin()
	if err := e.loop(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	e.finish()
	return e, keys.log
}

// firstRequest compares two logs in the order of sending.
func firstRequest(fast, slow []loggedByKey) string {
	for _, log := range [][]loggedByKey{fast, slow} {
		slices.SortStableFunc(log, func(a, b loggedByKey) int {
			return cmp.Or(cmp.Compare(a.Sent, b.Sent), cmp.Compare(a.App, b.App), cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Key, b.Key),
				cmp.Compare(a.Latency, b.Latency), cmp.Compare(a.Bytes, b.Bytes), cmp.Compare(a.String(), b.String()))
		})
	}
	for i := range min(len(fast), len(slow)) {
		if fast[i] != slow[i] {
			return fmt.Sprintf("request %d of %d:\n  %v\nby the reference, of %d:\n  %v", i, len(fast), fast[i], len(slow), slow[i])
		}
	}
	if len(fast) != len(slow) {
		return fmt.Sprintf("%d requests, by the reference %d", len(fast), len(slow))
	}
	return ""
}

func (l loggedByKey) String() string {
	what := "served"
	if l.Failed {
		what = result.CauseNames[l.Cause]
	}
	return fmt.Sprintf("%s app %d entry %d place %d sent %d latency %d parts %v pops %d %d %d cold %v retry %d bytes %d key %x", what, l.App, l.Entry, l.Place,
		int64(l.Sent), int64(l.Latency), l.Parts, l.Worker, l.DO, l.Container, l.Cold, l.Retry, l.Bytes, l.Key)
}

// reading is one meter.
type reading struct{ name, value string }

type readings struct{ list []reading }

func (r *readings) add(name string, values ...any) {
	for k, v := range values {
		if len(values) > 1 {
			name = fmt.Sprint(name, "/", k)
		}
		r.list = append(r.list, reading{name, fmt.Sprint(v)})
	}
}

func (r *readings) sum(name string, h *stats.Histogram) {
	hi, lo := h.Sum()
	r.add(name, fmt.Sprint(h.Count(), " ", stats.Sum128{Hi: hi, Lo: lo}))
}

func (r *readings) refSum(name string, s refSum) { r.add(name, fmt.Sprint(s.n, " ", s.sum)) }

// readings lists every meter of the fast engine.
func (e *engine) readings() []reading {
	r := &readings{}
	acct := e.out.Account
	acct.ImageStorageMB = 0
	r.add("to", e.out.To)
	r.add("account", acct)
	for i := range e.apps {
		a, o := &e.apps[i], e.apps[i].out
		r.add("requests", o.Requests)
		r.add("retries", o.Retries)
		r.add("served", o.Served)
		r.add("failed", o.Failed)
		r.add("cold", o.Cold)
		r.add("sessions", o.Sessions)
		r.add("starts", o.Starts)
		r.add("failed starts", o.FailedStarts)
		r.add("warm claims", o.WarmClaims)
		r.add("pre-warmed", o.Prewarms)
		r.add("pulls", o.Pulls)
		r.add("cache hits", o.CacheHits)
		r.add("wakes", o.Wakes)
		r.add("touches", o.Touches)
		r.add("stops", o.Stops)
		r.sum("latency", &o.Latency)
		r.sum("cold latency", &o.ColdLatency)
		r.sum("warm latency", &o.WarmLatency)
		r.sum("start time", &o.StartTime)
		r.sum("distance", &o.Distance)
		r.sum("run length", &o.RunLength)
		for p := range o.Parts {
			r.sum(result.PartNames[p], &o.Parts[p])
		}
		for s := range o.StateTime {
			r.add(result.StateNames[s], o.StateTime[s])
		}
		r.add("instance time", o.InstanceTime)
		r.add("max instances", o.MaxInstances)
		r.add("max in flight", o.MaxInFlight)
		r.add("max rate of an object", o.MaxDORate)
		r.add("max backlog", o.MaxBacklog)
		r.add("region ready and used", o.RegionReady, o.RegionUsed)
		r.add("in-flight time", o.InFlightTime)
		r.add("queue time", o.QueueTime)
		r.add("memory time", a.memTime)
		r.sum("socket messages", &o.Messages)
		r.sum("backlog", &o.Backlog)
		r.add("messages", o.MessagesIn, o.MessagesDone, o.MessagesLost)
		r.add("work", o.BusyCPU)
		r.add("time up", a.providedNs)
		r.add("most memory", o.MaxMemoryBytes)
		for k := range a.used {
			u := &a.used[k]
			r.add("used in "+e.m.regions[k], fmt.Sprintln(u.startWork, u.idleWork, u.runMs, u.doAwakeNs, u.alarms, u.egress))
		}
		r.add("worker requests", a.workerRequests)
		r.add("object requests", a.doRequests)
		for k := range a.regions {
			g := &a.regions[k]
			hi, lo := g.Latency.Sum()
			r.add("region "+g.Region, fmt.Sprintln(g.Requests, g.Served, g.Failed, g.Cold, stats.Sum128{Hi: hi, Lo: lo}, g.NetworkNs, g.EgressBytes))
		}
	}
	return r.list
}

// readings lists every meter of the reference in the same order.
func (e *reference) readings() []reading {
	r := &readings{}
	r.add("to", e.now)
	r.add("account", e.account)
	for _, a := range e.apps {
		r.add("requests", a.requests)
		r.add("retries", a.retries)
		r.add("served", a.served)
		r.add("failed", a.failed)
		r.add("cold", a.cold)
		r.add("sessions", a.sessions)
		r.add("starts", a.starts)
		r.add("failed starts", a.failedStarts)
		r.add("warm claims", a.warmClaims)
		r.add("pre-warmed", a.prewarms)
		r.add("pulls", a.pulls)
		r.add("cache hits", a.cacheHits)
		r.add("wakes", a.wakes)
		r.add("touches", a.touches)
		r.add("stops", a.stops)
		for _, s := range []struct {
			name string
			refSum
		}{{"latency", a.latency}, {"cold latency", a.coldLatency}, {"warm latency", a.warmLatency}, {"start time", a.startTime},
			{"distance", a.distance}, {"run length", a.runLength}} {
			r.refSum(s.name, s.refSum)
		}
		for p := range a.parts {
			r.refSum(result.PartNames[p], a.parts[p])
		}
		a.state[result.Sleeping] = a.sleeping
		for s := range a.state {
			r.add(result.StateNames[s], int64(a.state[s]))
		}
		r.add("instance time", a.instanceTime())
		r.add("max instances", a.maxInstances)
		r.add("max in flight", a.maxInFlight)
		r.add("max rate of an object", a.maxDORate)
		r.add("max backlog", a.maxBacklog)
		r.add("region ready and used", a.regionReady, a.regionUsed)
		r.add("in-flight time", int64(a.inFlightTime))
		r.add("queue time", int64(a.queueTime))
		r.add("memory time", &a.memTime)
		r.refSum("socket messages", a.messages)
		r.refSum("backlog", a.backlog)
		r.add("messages", a.messagesIn, a.backlog.n, a.messagesLost)
		r.add("work", a.work)
		r.add("time up", a.provided)
		r.add("most memory", a.mostMemory)
		for k, u := range a.used {
			r.add("used in "+e.m.regions[k], fmt.Sprintln(u.startWork, u.idleWork, u.billedMs, u.awake, u.alarms, u.egress))
		}
		r.add("worker requests", a.workerRequests)
		r.add("object requests", a.doRequests)
		for k, g := range a.regions {
			r.add("region "+e.m.regions[k], fmt.Sprintln(g.requests, g.served, g.failed, g.cold, g.latency, g.network, g.egress))
		}
	}
	return r.list
}

func (a *refApp) instanceTime() []result.TimeAt {
	var out []result.TimeAt
	for n, ns := range a.upTime {
		if ns > 0 {
			out = append(out, result.TimeAt{N: int64(n), Ns: int64(ns)})
		}
	}
	slices.SortFunc(out, func(x, y result.TimeAt) int { return cmp.Compare(x.N, y.N) })
	return out
}

// Scenarios in which the engines once differed: in both, an answer that comes
// too late makes the client try again, and the session must wait for that try.
func TestReferenceEngineOnLateAnswers(t *testing.T) {
	for _, seed := range []uint64{121, 856} {
		if _, diff := compareEngines(t, referenceConfig(t, seed)); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
	}
}
