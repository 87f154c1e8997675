package resulttest

import (
	"berth/models/result"
	"berth/sim"
	"berth/sim/stats"
)

// pool merges runs.
func pool(runs []*result.Run) *result.Run {
	out := &result.Run{From: runs[0].From, To: runs[0].To}
	for _, run := range runs {
		out.Events += run.Events
		out.Usage = out.Usage.Add(run.Usage)
		out.Account.Instances = max(out.Account.Instances, run.Account.Instances)
		if out.Apps == nil {
			for _, a := range run.Apps {
				out.Apps = append(out.Apps, result.AppRun{Name: a.Name, StartsByPoP: map[string]int64{}, ServedByPoP: map[string]int64{}, WorkerByPoP: map[string]int64{},
					Series: result.Series{From: a.Series.From, Step: a.Series.Step}})
			}
		}
		for i := range run.Apps {
			merge(&out.Apps[i], &run.Apps[i])
		}
	}
	return out
}

func merge(to, from *result.AppRun) {
	for _, c := range [][2]*int64{{&to.Requests, &from.Requests}, {&to.Retries, &from.Retries}, {&to.Served, &from.Served}, {&to.Good, &from.Good}, {&to.InFlight, &from.InFlight},
		{&to.Sessions, &from.Sessions}, {&to.Cold, &from.Cold}, {&to.Starts, &from.Starts}, {&to.FailedStarts, &from.FailedStarts}, {&to.Pulls, &from.Pulls},
		{&to.CacheHits, &from.CacheHits}, {&to.RegionReady, &from.RegionReady}, {&to.RegionUsed, &from.RegionUsed}, {&to.MessagesIn, &from.MessagesIn},
		{&to.MessagesDone, &from.MessagesDone}, {&to.MessagesLost, &from.MessagesLost}} {
		*c[0] += *c[1]
	}
	for i, n := range from.Failed {
		to.Failed[i] += n
	}
	for i, n := range from.Stops {
		to.Stops[i] += n
	}
	for _, h := range [][2]*stats.Histogram{{&to.Latency, &from.Latency}, {&to.ColdLatency, &from.ColdLatency}, {&to.WarmLatency, &from.WarmLatency},
		{&to.StartTime, &from.StartTime}, {&to.Distance, &from.Distance}, {&to.RunLength, &from.RunLength}, {&to.Backlog, &from.Backlog}} {
		h[0].Merge(h[1])
	}
	for i := range from.Parts {
		to.Parts[i].Merge(&from.Parts[i])
	}
	for i := range from.StateTime {
		to.StateTime[i].AddSum(from.StateTime[i])
	}
	for _, s := range [][2]*stats.Sum128{{&to.BusyCPU, &from.BusyCPU}, {&to.ProvidedCPU, &from.ProvidedCPU}, {&to.UsedMemory, &from.UsedMemory}, {&to.GivenMemory, &from.GivenMemory},
		{&to.InFlightTime, &from.InFlightTime}, {&to.QueueTime, &from.QueueTime}} {
		s[0].AddSum(*s[1])
	}
	for _, m := range [][2]map[string]int64{{to.StartsByPoP, from.StartsByPoP}, {to.ServedByPoP, from.ServedByPoP}, {to.WorkerByPoP, from.WorkerByPoP}} {
		for k, v := range m[1] {
			m[0][k] += v
		}
	}
	for _, m := range [][2]*int64{{&to.MaxInstances, &from.MaxInstances}, {&to.MaxInFlight, &from.MaxInFlight}, {&to.MaxDORate, &from.MaxDORate}, {&to.MaxDiskMB, &from.MaxDiskMB}, {&to.MaxBacklog, &from.MaxBacklog}} {
		*m[0] = max(*m[0], *m[1])
	}
	mergeLists(to, from)
}

func mergeLists(to, from *result.AppRun) {
	to.InstanceTime = append(to.InstanceTime, from.InstanceTime...)
	at := map[sim.Time]int{}
	for i, b := range to.PartsBy {
		at[b.Lo] = i
	}
	for _, b := range from.PartsBy {
		i, ok := at[b.Lo]
		if !ok {
			to.PartsBy = append(to.PartsBy, b)
			continue
		}
		to.PartsBy[i].Count += b.Count
		for p, s := range b.Sum {
			to.PartsBy[i].Sum[p] += s
		}
	}
	for i := 1; i < len(to.PartsBy); i++ {
		for j := i; j > 0 && to.PartsBy[j].Lo < to.PartsBy[j-1].Lo; j-- {
			to.PartsBy[j], to.PartsBy[j-1] = to.PartsBy[j-1], to.PartsBy[j]
		}
	}
	if to.Regions == nil {
		to.Regions = make([]result.RegionRun, len(from.Regions))
	}
	for i := range from.Regions {
		a, b := &to.Regions[i], &from.Regions[i]
		a.Region = b.Region
		a.Requests, a.Served, a.Failed, a.Cold, a.EgressBytes = a.Requests+b.Requests, a.Served+b.Served, a.Failed+b.Failed, a.Cold+b.Cold, a.EgressBytes+b.EgressBytes
		a.Latency.Merge(&b.Latency)
		a.NetworkNs.AddSum(b.NetworkNs)
		a.DistanceKm.AddSum(b.DistanceKm)
		a.Measured += b.Measured
	}
	mergeSeries(&to.Series, &from.Series)
}

func mergeSeries(s, f *result.Series) {
	for _, l := range [][2]*[]int64{{&s.Requests, &f.Requests}, {&s.Failed, &f.Failed}, {&s.Cold, &f.Cold}, {&s.Starts, &f.Starts}, {&s.Up, &f.Up}, {&s.Busy, &f.Busy},
		{&s.InFlight, &f.InFlight}, {&s.LatencySum, &f.LatencySum}, {&s.Served, &f.Served}} {
		if *l[0] == nil {
			*l[0] = make([]int64, len(*l[1]))
		}
		for i, v := range *l[1] {
			(*l[0])[i] += v
		}
	}
	for _, l := range [][2]*[]int64{{&s.Peak, &f.Peak}, {&s.Backlog, &f.Backlog}} {
		if *l[0] == nil {
			*l[0] = make([]int64, len(*l[1]))
		}
		for i, v := range *l[1] {
			(*l[0])[i] = max((*l[0])[i], v)
		}
	}
}

func addMetrics(r *result.Result) {
	over := func(f func(*result.Run) float64) []float64 {
		var out []float64
		for _, run := range r.Runs {
			out = append(out, f(run))
		}
		return out
	}
	latency := func(run *result.Run) *stats.Histogram {
		var h stats.Histogram
		for i := range run.Apps {
			h.Merge(&run.Apps[i].Latency)
		}
		return &h
	}
	sum := func(f func(*result.AppRun) int64) func(*result.Run) float64 {
		return func(run *result.Run) float64 {
			var n int64
			for i := range run.Apps {
				n += f(&run.Apps[i])
			}
			return float64(n)
		}
	}
	requests := sum(func(a *result.AppRun) int64 { return a.Requests })
	add := func(name, label, unit string, better int8, values []float64) {
		i := interval(values)
		r.Metrics = append(r.Metrics, result.Metric{Key: result.Key{Name: name}, Label: label, Unit: unit, Values: values, Mean: i.Mean, Interval: i, Count: 4_700_000, Better: better})
	}
	add("requests", "Requests a month", "requests", 0, over(requests))
	for _, q := range []struct {
		name string
		p    float64
	}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}} {
		add(q.name+"(latency)", q.name+" latency", "s", -1, over(func(run *result.Run) float64 { return float64(latency(run).Quantile(q.p)) / 1e9 }))
	}
	add("mean(latency)", "Mean latency", "s", -1, over(func(run *result.Run) float64 { return latency(run).Mean() / 1e9 }))
	add("errors", "Failed requests", "1", -1, over(func(run *result.Run) float64 {
		return sum(func(a *result.AppRun) int64 {
			return a.Failed[result.FailMaxInstances] + a.Failed[result.FailStartClock]
		})(run) / requests(run)
	}))
	add("share(cold)", "Cold requests", "1", -1, over(func(run *result.Run) float64 {
		return sum(func(a *result.AppRun) int64 { return a.Cold })(run) / requests(run)
	}))
	add("mean(instances)", "Instances up, mean", "", 0, over(func(run *result.Run) float64 { return 25 + float64(run.Replication)/4 }))
	add("utilisation(cpu)", "vCPU used", "1", 1, over(func(*result.Run) float64 { return 0.11 }))
	add("share(idle)", "Idle instance time", "1", -1, over(func(run *result.Run) float64 { return 0.74 + float64(run.Replication)/1000 }))
	add("bill", "Bill for the month", "USD", -1, r.Totals)
}

func addJudgements(r *result.Result) {
	find := func(name string) result.Metric {
		for _, m := range r.Metrics {
			if m.Key.Name == name {
				return m
			}
		}
		return result.Metric{}
	}
	r.SLO = []result.SLOResult{
		{Text: "p99(latency) < 3 s", Metric: find("p99(latency)"), Op: "<", Threshold: 3, Verdict: result.Violated, Why: "the whole interval is above 3 s"},
		{Text: "errors < 3 %", Metric: find("errors"), Op: "<", Threshold: 0.03, Verdict: result.Met, Why: "the whole interval is below 3 %"},
		{Text: "bill < 600 USD", Metric: find("bill"), Op: "<", Threshold: 600, Verdict: result.NotProven, Why: "600 USD is inside the interval"},
	}
	r.Headroom = []result.Headroom{
		{App: "parser", Limit: "max_instances", Used: 100, Max: 100, Denied: 3100, Effect: "500: no instance may start", Source: "scenario"},
		{App: "nightly", Limit: "max_instances", Used: 9, Max: 60, Effect: "500: no instance may start", Source: "scenario"},
		{Limit: "account vCPU", Unit: "vCPU", Used: 38, Max: 1500, Effect: "503: no place", Source: "limits of 2026-11-01"},
		{Limit: "account memory", Unit: "MiB", Used: 84_000, Max: 6 * 1024 * 1024, Effect: "503: no place", Source: "limits of 2026-11-01"},
		{Limit: "image storage", Unit: "GB", Used: 5.4, Max: 50, Effect: "the deploy fails", Source: "limits of 2026-11-01"},
		{App: "parser", Limit: "requests to one Durable Object", Unit: "/s", Used: 38, Max: 1000, Effect: "503: overloaded", Source: "soft limit"},
		{Limit: "start rate", Unit: "/s", Used: 3, Effect: "429"},
	}
	r.Theory = []result.TheoryRow{{App: "preview", Formula: "M/G/inf", Quantity: "instances up, mean", Theory: 4.87, Simulated: find("mean(instances)"), Note: "sessions overlap on one instance"}}
	r.Scenario.Assumptions = []result.AssumptionInfo{
		{Path: "hosts", Text: "which PoPs run containers is not published", Value: "120 PoPs", Grade: "I", Source: "every Durable Object host, filled up by demand"},
		{Path: "apps.*.start.platform", Text: "time from start command to a running VM", Value: "measured-2026", Grade: "B", Source: "measurements of 2026"},
		{Path: "apps.*.shutdown", Text: "time from SIGTERM to exit", Value: "1 s", Grade: "I", Source: "assumed"},
	}
	r.Scenario.Origins = []result.OriginInfo{{Path: "apps.parser.sleep_after", Value: "10m", From: "scenario:8:18", Grade: "A", Source: "documentation"}}
	r.Warnings = []string{"preview: expected concurrency 44 is above max_instances 40; requests will be refused at peak.", "The month holds a price change on 2026-11-15; prices of 2026-11-01 are used throughout."}
}
