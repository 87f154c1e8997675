package report

import (
	"sort"

	"berth/models/result"
)

// everyApp adds up the apps of a run. With one app it is that app, unnamed.
func everyApp(run *result.Run) *result.AppRun {
	if len(run.Apps) == 1 {
		one := run.Apps[0]
		one.Name = ""
		return &one
	}
	all := &result.AppRun{StartsByPoP: map[string]int64{}, ServedByPoP: map[string]int64{}, WorkerByPoP: map[string]int64{}}
	for i := range run.Apps {
		addCounts(all, &run.Apps[i])
		addTallies(all, &run.Apps[i])
	}
	return all
}

func addCounts(all, a *result.AppRun) {
	for _, c := range []struct {
		to   *int64
		from int64
	}{{&all.Requests, a.Requests}, {&all.Retries, a.Retries}, {&all.Served, a.Served}, {&all.Good, a.Good}, {&all.InFlight, a.InFlight},
		{&all.Sessions, a.Sessions}, {&all.Cold, a.Cold}, {&all.Starts, a.Starts}, {&all.FailedStarts, a.FailedStarts},
		{&all.WarmClaims, a.WarmClaims}, {&all.Pulls, a.Pulls}, {&all.CacheHits, a.CacheHits}, {&all.Wakes, a.Wakes},
		{&all.Touches, a.Touches}, {&all.RegionReady, a.RegionReady}, {&all.RegionUsed, a.RegionUsed},
		{&all.MessagesIn, a.MessagesIn}, {&all.MessagesDone, a.MessagesDone}, {&all.MessagesLost, a.MessagesLost}} {
		*c.to += c.from
	}
	for i, n := range a.Failed {
		all.Failed[i] += n
	}
	for i, n := range a.Stops {
		all.Stops[i] += n
	}
	for _, m := range []struct {
		to   *int64
		from int64
	}{{&all.MaxInFlight, a.MaxInFlight}, {&all.MaxDORate, a.MaxDORate}, {&all.MaxDiskMB, a.MaxDiskMB}, {&all.MaxBacklog, a.MaxBacklog}} {
		*m.to = max(*m.to, m.from)
	}
	for _, m := range []struct{ to, from map[string]int64 }{{all.StartsByPoP, a.StartsByPoP}, {all.ServedByPoP, a.ServedByPoP}, {all.WorkerByPoP, a.WorkerByPoP}} {
		for code, n := range m.from {
			m.to[code] += n
		}
	}
}

func addTallies(all, a *result.AppRun) {
	all.Latency.Merge(&a.Latency)
	all.ColdLatency.Merge(&a.ColdLatency)
	all.WarmLatency.Merge(&a.WarmLatency)
	for i := range a.Parts {
		all.Parts[i].Merge(&a.Parts[i])
	}
	all.StartTime.Merge(&a.StartTime)
	all.Distance.Merge(&a.Distance)
	all.RunLength.Merge(&a.RunLength)
	all.Backlog.Merge(&a.Backlog)
	for i := range a.StateTime {
		all.StateTime[i].AddSum(a.StateTime[i])
	}
	all.BusyCPU.AddSum(a.BusyCPU)
	all.ProvidedCPU.AddSum(a.ProvidedCPU)
	all.UsedMemory.AddSum(a.UsedMemory)
	all.GivenMemory.AddSum(a.GivenMemory)
	all.InFlightTime.AddSum(a.InFlightTime)
	all.QueueTime.AddSum(a.QueueTime)
	all.PartsBy = addParts(all.PartsBy, a.PartsBy)
	all.Regions = addRegions(all.Regions, a.Regions)
	addSeries(&all.Series, &a.Series)
}

func addParts(all, more []result.PartSums) []result.PartSums {
	all = append(append([]result.PartSums(nil), all...), more...)
	sort.SliceStable(all, func(i, j int) bool { return all[i].Lo < all[j].Lo })
	var out []result.PartSums
	for _, b := range all {
		last := len(out) - 1
		if last < 0 || out[last].Lo != b.Lo || out[last].Hi != b.Hi {
			out = append(out, b)
			continue
		}
		out[last].Count += b.Count
		for i, s := range b.Sum {
			out[last].Sum[i] += s
		}
	}
	return out
}

func addRegions(all, more []result.RegionRun) []result.RegionRun {
	for i := range more {
		m := &more[i]
		at := -1
		for j := range all {
			if all[j].Region == m.Region {
				at = j
			}
		}
		if at < 0 {
			all = append(all, result.RegionRun{Region: m.Region})
			at = len(all) - 1
		}
		r := &all[at]
		r.Requests += m.Requests
		r.Served += m.Served
		r.Failed += m.Failed
		r.Cold += m.Cold
		r.EgressBytes += m.EgressBytes
		r.Latency.Merge(&m.Latency)
		r.NetworkNs.AddSum(m.NetworkNs)
		r.DistanceKm.AddSum(m.DistanceKm)
		r.Measured += m.Measured
	}
	return all
}

// addSeries adds a series step by step. Peaks of different apps need not fall
// together, so their sum is an upper bound.
func addSeries(all, a *result.Series) {
	if all.Step == 0 {
		all.From, all.Step = a.From, a.Step
	}
	if a.Step != all.Step || a.From != all.From {
		return // not comparable: left out of the sum
	}
	for _, s := range []struct {
		to   *[]int64
		from []int64
	}{{&all.Requests, a.Requests}, {&all.Failed, a.Failed}, {&all.Cold, a.Cold}, {&all.Starts, a.Starts}, {&all.Up, a.Up}, {&all.Busy, a.Busy},
		{&all.Peak, a.Peak}, {&all.InFlight, a.InFlight}, {&all.LatencySum, a.LatencySum}, {&all.Served, a.Served}, {&all.Backlog, a.Backlog}} {
		for len(*s.to) < len(s.from) {
			*s.to = append(*s.to, 0)
		}
		for i, v := range s.from {
			(*s.to)[i] += v
		}
	}
}
