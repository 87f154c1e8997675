package result

import (
	"math"

	"berth/models/billing"
	"berth/sim/stats"
)

// The table of metrics. A metric of a distribution is named stat(what), such as
// p99(latency); the others have plain names. A metric is added by one line here.

// stat is a statistic of a distribution.
type stat struct {
	name string
	p    float64 // of a quantile; 0 for mean, 2 for max
}

var distStats = []stat{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}, {"mean", 0}, {"max", 2}}

// of is the statistic in the histogram's own unit, NaN without observations.
func (s stat) of(h *stats.Histogram) float64 {
	switch {
	case h.Count() == 0:
		return math.NaN()
	case s.p == 0:
		return h.Mean()
	case s.p > 1:
		return float64(h.Max())
	}
	return quantile(h, s.p)
}

// quantile is the p-quantile (nearest rank) with the values of a bucket taken
// to lie evenly in it: within the bucket, so within 0.8 %, of the true one, and
// much closer where the distribution is smooth. Unlike the bucket's middle it
// moves with the data, so that intervals over replications mean something.
func quantile(h *stats.Histogram, p float64) float64 {
	total := float64(h.Count())
	rank := math.Min(math.Max(math.Ceil(p*total), 1), total)
	seen, q := 0.0, float64(h.Max())
	found := false
	h.ForEachBucket(func(lo, hi int64, count uint64) {
		n := float64(count)
		if !found && seen+n >= rank {
			found = true
			q = float64(lo)
			if hi > lo+1 {
				q += float64(hi-lo) * (rank - seen - 0.5) / n
			}
		}
		seen += n
	})
	return math.Min(math.Max(q, float64(h.Min())), float64(h.Max()))
}

// distribution is something that has every statistic.
type distribution struct {
	name, label, unit string
	scale             float64 // one unit in the histogram's unit
	better            int8
	hist              func(*AppRun) *stats.Histogram
}

const nsPerSecond = 1e9

var distributions = []distribution{
	{"latency", "latency", "s", nsPerSecond, -1, func(a *AppRun) *stats.Histogram { return &a.Latency }},
	{PartNames[PartClientWorker], "client to Worker", "s", nsPerSecond, -1, partHist(PartClientWorker)},
	{PartNames[PartWorkerDO], "Worker to Durable Object", "s", nsPerSecond, -1, partHist(PartWorkerDO)},
	{PartNames[PartDOContainer], "Durable Object to container", "s", nsPerSecond, -1, partHist(PartDOContainer)},
	{PartNames[PartStart], "wait for a start", "s", nsPerSecond, -1, partHist(PartStart)},
	{PartNames[PartQueue], "wait in a queue", "s", nsPerSecond, -1, partHist(PartQueue)},
	{PartNames[PartService], "service", "s", nsPerSecond, -1, partHist(PartService)},
	{"cold-latency", "latency of cold requests", "s", nsPerSecond, -1, func(a *AppRun) *stats.Histogram { return &a.ColdLatency }},
	{"warm-latency", "latency of warm requests", "s", nsPerSecond, -1, func(a *AppRun) *stats.Histogram { return &a.WarmLatency }},
	{"start-time", "time of a start", "s", nsPerSecond, -1, func(a *AppRun) *stats.Histogram { return &a.StartTime }},
	{"run-length", "length of a run", "s", nsPerSecond, 0, func(a *AppRun) *stats.Histogram { return &a.RunLength }},
	{"distance", "distance from client to container", "km", 1000, -1, func(a *AppRun) *stats.Histogram { return &a.Distance }},
	{"message", "time of a WebSocket message", "s", nsPerSecond, -1, func(a *AppRun) *stats.Histogram { return &a.Messages }},
	{"backlog", "age of background messages", "s", nsPerSecond, -1, func(a *AppRun) *stats.Histogram { return &a.Backlog }},
}

func partHist(p Part) func(*AppRun) *stats.Histogram {
	return func(a *AppRun) *stats.Histogram { return &a.Parts[p] }
}

// sample is one replication as the single metrics see it: an app of it, or all.
type sample struct {
	app   *AppRun
	usage []billing.AppUsage // of the app, or of all
	spanS float64            // measured span, s
}

// single is a metric that is one number by itself.
type single struct {
	name, label, unit string
	better            int8
	value             func(s *sample) float64
	count             func(a *AppRun) int64 // observations behind it
}

var singles = append([]single{
	{"errors", "failed requests", "1", -1, func(s *sample) float64 { return ratio(failures(s.app), finished(s.app)) }, finished},
	{"share(cold)", "served requests that waited for a start", "1", -1, func(s *sample) float64 { return ratio(s.app.Cold, s.app.Served) }, served},
	{"requests", "requests", "", 0, func(s *sample) float64 { return float64(s.app.Requests) }, requests},
	{"served", "requests served", "", 0, func(s *sample) float64 { return float64(s.app.Served) }, served},
	{"failures", "requests failed", "", -1, func(s *sample) float64 { return float64(failures(s.app)) }, failures},
	{"retries", "retries", "", -1, func(s *sample) float64 { return float64(s.app.Retries) }, func(a *AppRun) int64 { return a.Retries }},
	{"unfinished", "requests unfinished at the end", "", -1, func(s *sample) float64 { return float64(s.app.InFlight) }, requests},
	{"sessions", "sessions", "", 0, func(s *sample) float64 { return float64(s.app.Sessions) }, func(a *AppRun) int64 { return a.Sessions }},
	{"starts", "starts of instances", "", -1, func(s *sample) float64 { return float64(s.app.Starts) }, starts},
	{"failed-starts", "failed starts", "", -1, func(s *sample) float64 { return float64(s.app.FailedStarts) }, starts},
	{"starts-per-request", "starts per request", "", -1, func(s *sample) float64 { return ratio(s.app.Starts, s.app.Requests) }, requests},
	{"throughput", "requests served a second", "/s", 1, func(s *sample) float64 { return float64(s.app.Served) / s.spanS }, served},
	{"goodput", "requests served in time a second", "/s", 1, func(s *sample) float64 { return float64(s.app.Good) / s.spanS }, served},
	{"mean(network)", "mean network time of a request", "s", -1, networkMean, served},
	{"mean(instances)", "mean instances up", "", -1, func(s *sample) float64 { return upNs(s.app) / nsPerSecond / s.spanS }, starts},
	{"p95(instances)", "p95 of instances up", "", -1, func(s *sample) float64 { return s.timeQuantile(0.95) }, starts},
	{"max(instances)", "most instances up", "", -1, func(s *sample) float64 { return float64(s.app.MaxInstances) }, starts},
	{"utilisation(cpu)", "vCPU utilisation while up", "1", 1, func(s *sample) float64 { return quotient(s.app.BusyCPU, s.app.ProvidedCPU) }, starts},
	{"utilisation(memory)", "memory utilisation while up", "1", 1, func(s *sample) float64 { return quotient(s.app.UsedMemory, s.app.GivenMemory) }, starts},
	{"share(idle)", "billed time that is idle", "1", -1, func(s *sample) float64 { return s.app.StateTime[Idle].Float64() / upNs(s.app) }, starts},
	{"mean(in-flight)", "mean requests inside instances", "", 0, func(s *sample) float64 { return s.app.InFlightTime.Float64() / nsPerSecond / s.spanS }, served},
	{"mean(queued)", "mean requests in queues", "", -1, func(s *sample) float64 { return s.app.QueueTime.Float64() / nsPerSecond / s.spanS }, served},
	{"max(queued-messages)", "largest backlog of messages", "", -1, backlogged(func(a *AppRun) float64 { return float64(a.MaxBacklog) }), messages},
	{"messages-lost", "background messages lost", "1", -1, backlogged(func(a *AppRun) float64 { return ratio(a.MessagesLost, a.MessagesIn) }), messages},
	{"share(region-ready)", "requests whose region held a ready instance", "1", 1, func(s *sample) float64 { return ratio(s.app.RegionReady, sent(s.app)) }, sent},
	{"share(region-used)", "requests that could use one in their region", "1", 1, func(s *sample) float64 { return ratio(s.app.RegionUsed, sent(s.app)) }, sent},
	{"share(cache-hits)", "starts that found their image in the PoP", "1", 1, func(s *sample) float64 { return ratio(s.app.CacheHits, s.app.CacheHits+s.app.Pulls) }, starts},
	{"egress", "egress in the measured time", "GB", -1, (*sample).egress, served},
}, causeMetrics()...)

// causeMetrics are the shares of failures by cause.
func causeMetrics() []single {
	var ms []single
	for c := Cause(0); c < NumCauses; c++ {
		ms = append(ms, single{"errors(" + CauseNames[c] + ")", "failed requests: " + CauseNames[c], "1", -1,
			func(s *sample) float64 { return ratio(s.app.Failed[c], finished(s.app)) }, finished})
	}
	return ms
}

// ratio is a/b, NaN over nothing.
func ratio(a, b int64) float64 { return float64(a) / nan(float64(b)) }

func quotient(a, b stats.Sum128) float64 { return a.Float64() / nan(b.Float64()) }

// nan is x, or NaN for 0.
func nan(x float64) float64 {
	if x == 0 {
		return math.NaN()
	}
	return x
}

func requests(a *AppRun) int64 { return a.Requests }
func served(a *AppRun) int64   { return a.Served }
func starts(a *AppRun) int64   { return a.Starts }
func messages(a *AppRun) int64 { return a.MessagesIn }
func sent(a *AppRun) int64     { return a.Requests + a.Retries }

func failures(a *AppRun) int64 {
	n := int64(0)
	for _, f := range a.Failed {
		n += f
	}
	return n
}

func finished(a *AppRun) int64 { return a.Served + failures(a) }

// upNs is instance-ns up and billed; 0 is NaN where it divides, as no instance
// was up.
func upNs(a *AppRun) float64 {
	up := 0.0
	for _, s := range []State{Starting, Busy, Idle, Draining} {
		up += a.StateTime[s].Float64()
	}
	return up
}

// networkMean is the mean of the three network parts together.
func networkMean(s *sample) float64 {
	sum := 0.0
	for _, p := range []Part{PartClientWorker, PartWorkerDO, PartDOContainer} {
		sum += s.app.Parts[p].Mean()
	}
	return sum / nsPerSecond
}

// backlogged has no value for apps without background messages.
func backlogged(of func(*AppRun) float64) func(*sample) float64 {
	return func(s *sample) float64 {
		if s.app.MessagesIn == 0 {
			return math.NaN()
		}
		return of(s.app)
	}
}

// timeQuantile is the number of instances not exceeded for a share p of the
// time; NaN for several apps, whose peaks may not coincide.
func (s *sample) timeQuantile(p float64) float64 {
	total := 0.0
	for _, t := range s.app.InstanceTime {
		total += float64(t.Ns)
	}
	sum := 0.0
	for _, t := range s.app.InstanceTime { // ascending
		if sum += float64(t.Ns); t.Ns > 0 && sum >= p*total {
			return float64(t.N)
		}
	}
	return math.NaN()
}

func (s *sample) egress() float64 {
	gb := 0.0
	for _, u := range s.usage {
		for r := billing.NAEU; r < billing.NumEgress; r++ {
			gb += u.Quantities[billing.EgressNAEU+billing.Meter(r)].Float64()
		}
	}
	return gb
}
