package report

import (
	"math"
	"sort"

	"berth/data"
	"berth/models/result"
	"berth/sim/stats"
)

// upStates are the states in which an instance is up and billed.
var upStates = []result.State{result.Starting, result.Busy, result.Idle, result.Draining}

func newApp(a *result.AppRun, sp span) App {
	out := App{Name: plain(a.Name)}
	out.Traffic = newTraffic(a, sp)
	out.Latency = newLatency(a)
	out.Failures = newFailures(a)
	out.Starts = newStarts(a, sp)
	out.Instances, out.Utilisation = newInstances(a, sp)
	out.Regions = newRegions(a, sp)
	out.Pops, out.Places = newPops(a), newPlaces(a, sp)
	out.Series = newSeries(&a.Series, sp)
	out.Observed = []Observed{}
	for _, o := range a.Observed {
		looks := float64(o.Looks)
		out.Observed = append(out.Observed, Observed{Number(o.At.Seconds()), ratio(float64(o.Busy), looks), ratio(float64(o.InFlight), looks)})
	}
	if a.MessagesIn > 0 || a.MaxBacklog > 0 {
		out.Background = &Background{In: a.MessagesIn, Done: a.MessagesDone, Lost: a.MessagesLost, MaxBacklog: a.MaxBacklog, Age: quantiles(&a.Backlog)}
	}
	return out
}

func failed(a *result.AppRun) int64 {
	var n int64
	for _, c := range a.Failed {
		n += c
	}
	return n
}

func newTraffic(a *result.AppRun, sp span) Traffic {
	t := Traffic{Requests: a.Requests, Retries: a.Retries, Served: a.Served, Good: a.Good, Failed: failed(a), InFlight: a.InFlight,
		Sessions: a.Sessions, Cold: a.Cold}
	n := float64(a.Requests)
	t.PerMonth, t.PerSecond = sp.month(n), ratio(n, sp.total)
	t.ErrorShare = ratio(float64(t.Failed), float64(t.Failed+t.Served))
	t.ColdShare = ratio(float64(t.Cold), float64(t.Served))
	t.RegionReady, t.RegionUsed = ratio(float64(a.RegionReady), n), ratio(float64(a.RegionUsed), n)
	t.DistanceMean, t.DistanceP95 = None, None
	if a.Distance.Count() > 0 {
		t.DistanceMean, t.DistanceP95 = Number(a.Distance.Mean()/1000), Number(float64(a.Distance.Quantile(0.95))/1000)
	}
	return t
}

// quantiles summarises a histogram of nanoseconds.
func quantiles(h *stats.Histogram) Quantiles {
	q := Quantiles{Count: int64(h.Count()), P50: None, P90: None, P95: None, P99: None, P999: None, Mean: None, Max: None}
	if q.Count == 0 {
		return q
	}
	at := func(p float64) Number { return Number(float64(h.Quantile(p)) / 1e9) }
	q.P50, q.P90, q.P95, q.P99, q.P999 = at(0.5), at(0.9), at(0.95), at(0.99), at(0.999)
	q.Mean, q.Max = Number(h.Mean()/1e9), Number(float64(h.Max())/1e9)
	return q
}

func newLatency(a *result.AppRun) Latency {
	l := Latency{Total: quantiles(&a.Latency), Cold: quantiles(&a.ColdLatency), Warm: quantiles(&a.WarmLatency), Message: quantiles(&a.Messages), Parts: []Part{}, Breakdown: []Breakdown{}}
	for p := range a.Parts {
		l.Parts = append(l.Parts, Part{Name: result.PartNames[p], Time: quantiles(&a.Parts[p])})
	}
	for _, q := range []struct {
		name string
		p    float64
	}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}} {
		if b, ok := breakdown(a, q.name, q.p); ok {
			l.Breakdown = append(l.Breakdown, b)
		}
	}
	l.Histogram = bins(&a.Latency, &a.ColdLatency)
	return l
}

// breakdown is the mean of each part in the requests near the quantile.
func breakdown(a *result.AppRun, name string, p float64) (Breakdown, bool) {
	split := result.PartsAt(a, p)
	if split.Count == 0 {
		return Breakdown{}, false
	}
	out := Breakdown{Quantile: name, TotalS: Number(split.Total.Seconds())}
	for _, part := range split.Parts {
		out.PartsS = append(out.PartsS, Number(part.Seconds()))
	}
	return out, true
}

// binsPerDecade is the resolution of the histogram that is shown and written.
const binsPerDecade = 20

// bins spreads a histogram over logarithmic bars, from 1 microsecond on; a
// bucket counts in the bar of its middle.
func bins(all, cold *stats.Histogram) []Bin {
	const firstNs = 1000.0
	index := func(ns float64) int {
		if ns <= firstNs {
			return 0
		}
		return int(math.Floor(math.Log10(ns/firstNs)*binsPerDecade + 1e-9))
	}
	counts := map[int]*Bin{}
	add := func(h *stats.Histogram, isCold bool) {
		h.ForEachBucket(func(lo, hi int64, n uint64) {
			i := index(float64(lo)/2 + float64(hi)/2)
			b := counts[i]
			if b == nil {
				edge := func(i int) Number { return Number(firstNs / 1e9 * math.Pow(10, float64(i)/binsPerDecade)) }
				b = &Bin{LowS: edge(i), HighS: edge(i + 1)}
				counts[i] = b
			}
			if isCold {
				b.Cold += int64(n)
			} else {
				b.Count += int64(n)
			}
		})
	}
	add(all, false)
	add(cold, true)
	out := []Bin{}
	for _, b := range counts {
		out = append(out, *b)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].LowS < out[j].LowS })
	return out
}

func newFailures(a *result.AppRun) []Failure {
	out := []Failure{}
	for c, n := range a.Failed {
		if n > 0 {
			out = append(out, Failure{Cause: result.CauseNames[c], Status: result.CauseStatus[c], Count: n, Share: ratio(float64(n), float64(a.Requests+a.Retries))})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Count > out[j].Count })
	return out
}

func newStarts(a *result.AppRun, sp span) Starts {
	s := Starts{Count: a.Starts, Failed: a.FailedStarts, WarmClaims: a.WarmClaims, Prewarms: a.Prewarms, Wakes: a.Wakes, Pulls: a.Pulls, CacheHits: a.CacheHits,
		Touches: a.Touches, PerMonth: sp.month(float64(a.Starts)), Time: quantiles(&a.StartTime), RunLength: quantiles(&a.RunLength), Stops: []Stop{}}
	for c, n := range a.Stops {
		if n > 0 {
			s.Stops = append(s.Stops, Stop{result.StopNames[c], n})
		}
	}
	sort.SliceStable(s.Stops, func(i, j int) bool { return s.Stops[i].Count > s.Stops[j].Count })
	return s
}

func newInstances(a *result.AppRun, sp span) (Instances, Utilisation) {
	var up float64 // instance-s
	for _, s := range upStates {
		up += a.StateTime[s].Float64() / 1e9
	}
	in := Instances{Mean: ratio(up, sp.total), P95: timeQuantile(a.InstanceTime, 0.95), Max: a.MaxInstances, HoursMonth: sp.month(up / 3600),
		MaxInFlight: a.MaxInFlight, InFlight: ratio(a.InFlightTime.Float64()/1e9, up), Queued: ratio(a.QueueTime.Float64()/1e9, sp.total),
		MaxDORate: a.MaxDORate, MaxDiskMB: a.MaxDiskMB, MaxMemory: Number(float64(a.MaxMemoryBytes) / (1 << 20)), States: []StateTime{}}
	for s := range a.StateTime {
		t := a.StateTime[s].Float64() / 1e9
		st := StateTime{State: result.StateNames[s], Hours: sp.month(t / 3600), Share: ratio(t, up)}
		if result.State(s) == result.Sleeping {
			if t == 0 {
				continue
			}
			st.Share = None // not up
		}
		in.States = append(in.States, st)
	}
	u := Utilisation{VCPU: ratio(a.BusyCPU.Float64(), a.ProvidedCPU.Float64()), Memory: ratio(a.UsedMemory.Float64(), a.GivenMemory.Float64()),
		Idle: ratio(a.StateTime[result.Idle].Float64()/1e9, up)}
	return in, u
}

// timeQuantile is the number of instances not exceeded for a share p of the time.
func timeQuantile(at []result.TimeAt, p float64) Number {
	at = append([]result.TimeAt(nil), at...)
	sort.Slice(at, func(i, j int) bool { return at[i].N < at[j].N })
	var total float64
	for _, t := range at {
		total += float64(t.Ns)
	}
	var sum float64
	for _, t := range at {
		if sum += float64(t.Ns); t.Ns > 0 && sum >= p*total {
			return Number(t.N)
		}
	}
	return None
}

func newRegions(a *result.AppRun, sp span) []Region {
	out := []Region{}
	for i := range a.Regions {
		r := &a.Regions[i]
		if r.Requests == 0 {
			continue
		}
		served := float64(r.Served)
		out = append(out, Region{Region: plain(r.Region), Requests: r.Requests, Share: ratio(float64(r.Requests), float64(a.Requests)), Served: r.Served,
			Failed: r.Failed, ErrorShare: ratio(float64(r.Failed), float64(r.Served+r.Failed)), ColdShare: ratio(float64(r.Cold), served),
			Latency: quantiles(&r.Latency), NetworkS: ratio(r.NetworkNs.Float64()/1e9, served), DistanceKm: ratio(r.DistanceKm.Float64()/1000, float64(r.Measured)),
			EgressBytes: r.EgressBytes, PerMonth: sp.month(float64(r.Requests)), EgressMonth: sp.month(float64(r.EgressBytes))})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Requests > out[j].Requests })
	return out
}

func newPops(a *result.AppRun) []Pop {
	known := map[string]data.Pop{}
	for _, p := range data.Pops() {
		known[p.IATA] = p
	}
	at := map[string]*Pop{}
	get := func(code string) *Pop {
		p := at[code]
		if p == nil {
			p = &Pop{Code: plain(code), Lat: None, Lon: None}
			if k, ok := known[code]; ok {
				p.City, p.Country, p.Lat, p.Lon = k.City, k.Country, Number(k.Lat), Number(k.Lon)
			}
			at[code] = p
		}
		return p
	}
	for code, n := range a.WorkerByPoP {
		get(code).Entered += n
	}
	for code, n := range a.ServedByPoP {
		get(code).Served += n
	}
	for code, n := range a.StartsByPoP {
		get(code).Starts += n
	}
	out := []Pop{}
	for _, p := range at {
		out = append(out, *p)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Served != b.Served {
			return a.Served > b.Served
		}
		if a.Entered != b.Entered {
			return a.Entered > b.Entered
		}
		return a.Code < b.Code
	})
	return out
}
