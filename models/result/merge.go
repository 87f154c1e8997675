package result

import (
	"cmp"
	"slices"

	"berth/models/billing"
	"berth/sim"
	"berth/sim/stats"
)

// Merge pools runs: counts, sums, histograms and series add up exactly, maxima
// are the largest. The order of runs changes nothing, and merging merged runs
// gives the same as merging all at once. The pooled run carries the number and
// seed of the lowest replication and spans from the first From to the last To;
// no input is changed or shared. No runs give an empty Run.
func Merge(runs []*Run) *Run {
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(a, b *Run) int {
		return cmp.Or(cmp.Compare(a.Replication, b.Replication), cmp.Compare(a.Seed, b.Seed))
	})
	out := &Run{}
	for i, r := range sorted {
		if i == 0 {
			out.Replication, out.Seed, out.From, out.To = r.Replication, r.Seed, r.From, r.To
		}
		out.add(r)
	}
	slices.Sort(out.Warnings)
	out.Warnings = slices.Compact(out.Warnings)
	return out
}

// AllApps pools the apps of a run into one. Its InstanceTime is empty where
// there is more than one app, since the apps' counts over time do not tell how
// they coincided; its MaxInstances is the account's.
func AllApps(r *Run) *AppRun {
	all := &AppRun{}
	for i := range r.Apps {
		all.add(&r.Apps[i])
	}
	if len(r.Apps) > 1 {
		all.InstanceTime = nil
		all.MaxInstances = r.Account.Instances
		all.MaxBacklog = sumOf(r.Apps, func(a *AppRun) int64 { return a.MaxBacklog })
	}
	return all
}

func sumOf(apps []AppRun, of func(*AppRun) int64) int64 {
	total := int64(0)
	for i := range apps {
		total += of(&apps[i])
	}
	return total
}

func (r *Run) add(o *Run) {
	r.From, r.To = min(r.From, o.From), max(r.To, o.To)
	r.Partial = r.Partial || o.Partial
	r.Events += o.Events
	for i := range o.Apps {
		r.app(o.Apps[i].Name).add(&o.Apps[i])
	}
	r.Account.add(&o.Account)
	r.Usage, r.OneOff = addUsage(r.Usage, o.Usage), addUsage(r.OneOff, o.OneOff)
	r.UsageIn = billing.AddRegions(r.UsageIn, o.UsageIn)
	r.Warnings = append(r.Warnings, o.Warnings...)
}

func addUsage(u, v billing.Usage) billing.Usage {
	if len(v.Apps) == 0 {
		return u
	}
	return u.Add(v)
}

// app is the app of a name, made if missing.
func (r *Run) app(name string) *AppRun {
	for i := range r.Apps {
		if r.Apps[i].Name == name {
			return &r.Apps[i]
		}
	}
	r.Apps = append(r.Apps, AppRun{Name: name})
	return &r.Apps[len(r.Apps)-1]
}

func (a *AccountRun) add(o *AccountRun) {
	a.MaxVCPU1024 = max(a.MaxVCPU1024, o.MaxVCPU1024)
	a.MaxMemoryMiB = max(a.MaxMemoryMiB, o.MaxMemoryMiB)
	a.MaxDiskMB = max(a.MaxDiskMB, o.MaxDiskMB)
	a.MaxStartsPerSec = max(a.MaxStartsPerSec, o.MaxStartsPerSec)
	a.ImageStorageMB = max(a.ImageStorageMB, o.ImageStorageMB)
	a.Instances = max(a.Instances, o.Instances)
	a.Denied += o.Denied
}

func (a *AppRun) add(o *AppRun) {
	a.addCounts(o)
	a.addHistograms(o)
	a.addPlaces(o)
	for s := range o.StateTime {
		a.StateTime[s].AddSum(o.StateTime[s])
	}
	for _, p := range []struct{ to, from *stats.Sum128 }{
		{&a.BusyCPU, &o.BusyCPU}, {&a.ProvidedCPU, &o.ProvidedCPU}, {&a.UsedMemory, &o.UsedMemory}, {&a.GivenMemory, &o.GivenMemory},
		{&a.InFlightTime, &o.InFlightTime}, {&a.QueueTime, &o.QueueTime}, {&a.StartCPU, &o.StartCPU},
	} {
		p.to.AddSum(*p.from)
	}
	for _, p := range []struct{ to, from *int64 }{
		{&a.MaxInstances, &o.MaxInstances}, {&a.MaxInFlight, &o.MaxInFlight}, {&a.MaxDORate, &o.MaxDORate},
		{&a.MaxDiskMB, &o.MaxDiskMB}, {&a.MaxMemoryBytes, &o.MaxMemoryBytes}, {&a.MaxBacklog, &o.MaxBacklog},
	} {
		*p.to = max(*p.to, *p.from)
	}
	a.Series.add(&o.Series)
	a.Observed = addObserved(a.Observed, o.Observed)
}

func (a *AppRun) addCounts(o *AppRun) {
	for _, p := range []struct{ to, from *int64 }{
		{&a.Requests, &o.Requests}, {&a.Retries, &o.Retries}, {&a.Served, &o.Served}, {&a.Good, &o.Good}, {&a.InFlight, &o.InFlight},
		{&a.Sessions, &o.Sessions}, {&a.Cold, &o.Cold}, {&a.Starts, &o.Starts}, {&a.FailedStarts, &o.FailedStarts},
		{&a.WarmClaims, &o.WarmClaims}, {&a.Prewarms, &o.Prewarms}, {&a.Pulls, &o.Pulls}, {&a.CacheHits, &o.CacheHits}, {&a.Wakes, &o.Wakes}, {&a.Touches, &o.Touches},
		{&a.RegionReady, &o.RegionReady}, {&a.RegionUsed, &o.RegionUsed}, {&a.MessagesInWS, &o.MessagesInWS},
		{&a.MessagesIn, &o.MessagesIn}, {&a.MessagesDone, &o.MessagesDone}, {&a.MessagesLost, &o.MessagesLost},
	} {
		*p.to += *p.from
	}
	for c := range o.Failed {
		a.Failed[c] += o.Failed[c]
	}
	for s := range o.Stops {
		a.Stops[s] += o.Stops[s]
	}
}

func (a *AppRun) addHistograms(o *AppRun) {
	for _, p := range []struct{ to, from *stats.Histogram }{
		{&a.Latency, &o.Latency}, {&a.ColdLatency, &o.ColdLatency}, {&a.WarmLatency, &o.WarmLatency}, {&a.StartTime, &o.StartTime},
		{&a.Distance, &o.Distance}, {&a.RunLength, &o.RunLength}, {&a.Messages, &o.Messages}, {&a.Backlog, &o.Backlog},
	} {
		p.to.Merge(p.from)
	}
	for p := range o.Parts {
		a.Parts[p].Merge(&o.Parts[p])
	}
	a.PartsBy = addParts(a.PartsBy, o.PartsBy)
}

func (a *AppRun) addPlaces(o *AppRun) {
	for i := range o.Regions {
		a.region(o.Regions[i].Region).add(&o.Regions[i])
	}
	for _, p := range []struct{ to, from *map[string]int64 }{
		{&a.StartsByPoP, &o.StartsByPoP}, {&a.ServedByPoP, &o.ServedByPoP}, {&a.WorkerByPoP, &o.WorkerByPoP},
	} {
		if *p.to == nil {
			*p.to = map[string]int64{}
		}
		for pop, n := range *p.from {
			(*p.to)[pop] += n
		}
	}
	a.Places = addPlaceRuns(a.Places, o.Places)
	a.InstanceTime = addTimes(a.InstanceTime, o.InstanceTime)
}

func (a *AppRun) region(name string) *RegionRun {
	for i := range a.Regions {
		if a.Regions[i].Region == name {
			return &a.Regions[i]
		}
	}
	a.Regions = append(a.Regions, RegionRun{Region: name})
	return &a.Regions[len(a.Regions)-1]
}

func (r *RegionRun) add(o *RegionRun) {
	r.Requests += o.Requests
	r.Served += o.Served
	r.Failed += o.Failed
	r.Cold += o.Cold
	r.EgressBytes += o.EgressBytes
	r.Latency.Merge(&o.Latency)
	r.NetworkNs.AddSum(o.NetworkNs)
	r.DistanceKm.AddSum(o.DistanceKm)
	r.Measured += o.Measured
}

// addParts adds by bucket; the result is in ascending order.
func addParts(to, from []PartSums) []PartSums {
	out := make([]PartSums, 0, max(len(to), len(from)))
	for len(to) > 0 || len(from) > 0 {
		switch {
		case len(from) == 0 || len(to) > 0 && to[0].Lo < from[0].Lo:
			out, to = append(out, to[0]), to[1:]
		case len(to) == 0 || from[0].Lo < to[0].Lo:
			out, from = append(out, from[0]), from[1:]
		default:
			s := to[0]
			s.Count += from[0].Count
			for p := range s.Sum {
				s.Sum[p] += from[0].Sum[p]
			}
			out, to, from = append(out, s), to[1:], from[1:]
		}
	}
	return out
}

// addTimes adds by number of instances; the result is in ascending order.
func addTimes(to, from []TimeAt) []TimeAt {
	out := make([]TimeAt, 0, max(len(to), len(from)))
	for len(to) > 0 || len(from) > 0 {
		switch {
		case len(from) == 0 || len(to) > 0 && to[0].N < from[0].N:
			out, to = append(out, to[0]), to[1:]
		case len(to) == 0 || from[0].N < to[0].N:
			out, from = append(out, from[0]), from[1:]
		default:
			out = append(out, TimeAt{N: to[0].N, Ns: to[0].Ns + from[0].Ns})
			to, from = to[1:], from[1:]
		}
	}
	return out
}

// addObserved adds by instant; the result is in ascending order.
func addObserved(to, from []Observation) []Observation {
	if len(from) == 0 {
		return to
	}
	out := make([]Observation, 0, max(len(to), len(from)))
	for len(to) > 0 || len(from) > 0 {
		switch {
		case len(from) == 0 || len(to) > 0 && to[0].At < from[0].At:
			out, to = append(out, to[0]), to[1:]
		case len(to) == 0 || from[0].At < to[0].At:
			out, from = append(out, from[0]), from[1:]
		default:
			a, b := to[0], from[0]
			out = append(out, Observation{At: a.At, Looks: a.Looks + b.Looks, Busy: a.Busy + b.Busy, InFlight: a.InFlight + b.InFlight})
			to, from = to[1:], from[1:]
		}
	}
	return out
}

// add adds step by step; peaks are the largest. Runs of one scenario have equal
// steps; where they differ, both are brought to the coarser step first, which
// must be a multiple of the finer.
func (s *Series) add(o *Series) {
	if len(o.Requests) == 0 {
		return
	}
	from := *o
	if len(s.Requests) == 0 {
		s.From, s.Step = o.From, o.Step
	}
	if s.Step < from.Step {
		*s = s.coarser(from.Step)
	} else if from.Step < s.Step {
		from = from.coarser(s.Step)
	}
	dst, src := s.sums(), from.sums()
	for i := range dst {
		*dst[i] = addTo(*dst[i], *src[i])
	}
	s.Peak, s.Backlog = maxTo(s.Peak, from.Peak), maxTo(s.Backlog, from.Backlog)
}

func (s *Series) sums() []*[]int64 {
	return []*[]int64{&s.Requests, &s.Failed, &s.Cold, &s.Starts, &s.Up, &s.Busy, &s.InFlight, &s.LatencySum, &s.Served}
}

// coarser is the series in steps of step.
func (s *Series) coarser(step sim.Time) Series {
	out := Series{From: s.From, Step: step}
	if s.Step <= 0 {
		return out
	}
	n := int(max(1, step/s.Step))
	dst, src := out.sums(), s.sums()
	for i := range dst {
		for k, v := range *src[i] {
			*dst[i] = addTo(*dst[i], at(k/n, v))
		}
	}
	for k, v := range s.Peak {
		out.Peak = maxTo(out.Peak, at(k/n, v))
	}
	for k, v := range s.Backlog {
		out.Backlog = maxTo(out.Backlog, at(k/n, v))
	}
	return out
}

// at is a series of zeros that ends with v at index i.
func at(i int, v int64) []int64 {
	out := make([]int64, i+1)
	out[i] = v
	return out
}

func grown(to []int64, n int) []int64 {
	if len(to) >= n {
		return to
	}
	out := make([]int64, n)
	copy(out, to)
	return out
}

func addTo(to, from []int64) []int64 {
	to = grown(to, len(from))
	for i, v := range from {
		to[i] += v
	}
	return to
}

func maxTo(to, from []int64) []int64 {
	to = grown(to, len(from))
	for i, v := range from {
		to[i] = max(to[i], v)
	}
	return to
}
