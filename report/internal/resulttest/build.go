// Package resulttest makes synthetic results for the tests of reports: a month
// of three apps with failures in five replications, and variants of it.
package resulttest

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"time"

	"berth/data"
	"berth/models/billing"
	"berth/models/platform"
	"berth/models/result"
	"berth/sim"
	"berth/sim/stats"
)

const (
	span   = 30 * sim.Day
	step   = 10 * sim.Minute
	sample = 1500 // recorded requests of an app and replication, each standing for weight
)

// shape is what tells the apps apart.
type shape struct {
	name, kind      string
	vcpu            float64
	memory, disk    int64
	perDay          float64
	service, cold   float64
	weight          uint64
	idle, busy      float64 // instances
	route, where    string
	maxInstances    int
	message, errors int64
}

var shapes = []shape{
	{"parser", "basic", 0.25, 1024, 4000, 24_000, 0.42, 0.031, 480, 14, 3.5, "session", "nearest-prefetched", 100, 0, 3100},
	{"preview", "standard-1", 0.5, 4096, 8000, 6_500, 0.19, 0.012, 131, 4.1, 0.8, "key", "nearest-prefetched", 40, 0, 160},
	{"nightly", "standard-2", 1, 6144, 12000, 1_100, 9.5, 0.22, 21, 0.7, 1.9, "per-request", "fixed WEUR", 60, 33_000, 41},
}

var regions = []struct {
	name, pop, host string
	share           float64
	rtt             float64 // s
	km              float64
}{
	{"Western Europe", "FRA", "FRA", 0.34, 0.018, 410}, {"North America East", "IAD", "IAD", 0.27, 0.021, 620},
	{"North America West", "LAX", "SJC", 0.12, 0.026, 800}, {"South Asia", "BOM", "SIN", 0.11, 0.085, 3900},
	{"East Asia", "NRT", "NRT", 0.08, 0.019, 500}, {"South America", "GRU", "GRU", 0.05, 0.037, 1400},
	{"Oceania", "SYD", "SYD", 0.02, 0.024, 700}, {"Africa", "JNB", "FRA", 0.01, 0.17, 8700},
}

// clientPlaces are two cities far apart and one near the first in each region.
func clientPlaces() [][]result.PlaceRun {
	at := [][3][2]float64{{{48.86, 2.35}, {52.52, 13.4}, {49.0, 2.5}}, {{40.7, -74}, {41.88, -87.6}, {40.9, -74.2}}, {{34.05, -118.2}, {47.6, -122.3}, {33.8, -117.9}},
		{{19.1, 72.9}, {28.6, 77.2}, {18.5, 73.9}}, {{35.7, 139.7}, {37.6, 127}, {35.5, 139.6}}, {{-23.5, -46.6}, {-34.6, -58.4}, {-22.9, -47}},
		{{-33.9, 151.2}, {-36.8, 174.8}, {-33.4, 151.3}}, {{-26.2, 28}, {6.5, 3.4}, {-25.7, 28.2}}}
	out := make([][]result.PlaceRun, len(regions))
	for i, g := range regions {
		for k, c := range at[i] {
			out[i] = append(out[i], result.PlaceRun{Name: fmt.Sprint(g.name, " city ", k+1), Country: "DE", Region: g.name, Lat: c[0], Lon: c[1]})
		}
	}
	return out
}

// New is a month of three apps in five replications.
func New() *result.Result {
	r := &result.Result{SchemaVersion: result.SchemaVersion, Tool: "berth 0.1.0", BillScale: 720.0 / 720}
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	r.Scenario = result.ScenarioInfo{Name: "doc-parser", World: "official", Seed: 1, Start: start, Month: start, AsOf: start, Duration: span + sim.Day,
		Warmup: sim.Day, MonthHours: 720, Replications: 5, BudgetUSD: 400, Text: scenarioText}
	for _, s := range shapes {
		r.Scenario.Apps = append(r.Scenario.Apps, result.AppInfo{Name: s.name, Type: s.kind, VCPU: s.vcpu, MemoryMiB: s.memory, DiskMB: s.disk,
			MaxInstances: s.maxInstances, SleepAfter: 10 * sim.Minute, Route: s.route, Placement: s.where})
	}
	r.Scenario.Apps[2].Hypothetical = []string{"placement latency-optimal"}
	for i := range 5 {
		r.Runs = append(r.Runs, newRun(i))
	}
	r.Pooled = result.Merge(r.Runs)
	addMoney(r)
	addMetrics(r)
	addJudgements(r)
	return r
}

const scenarioText = `name: doc-parser
month: 2026-11
seed: 1
apps:
  parser:
    instance_type: basic
    max_instances: 100
    sleep_after: 10m
`

func newRun(i int) *result.Run {
	run := &result.Run{Replication: i, Seed: 1, From: sim.Day, To: sim.Day + span, Events: 3_412_000 + int64(i)*911,
		Account: result.AccountRun{MaxVCPU1024: 38 * 1024, MaxMemoryMiB: 84_000, MaxDiskMB: 240_000, MaxStartsPerSec: 3, ImageStorageMB: 5400, Instances: 61 + int64(i)}}
	for _, s := range shapes {
		run.Apps = append(run.Apps, newApp(s, i))
		run.Usage.Apps = append(run.Usage.Apps, usageOf(s, i))
	}
	for _, g := range regions {
		run.UsageIn = append(run.UsageIn, billing.RegionUsage{Region: g.name, Usage: run.Usage.Scale(big.NewInt(int64(g.share*1000+0.5)), big.NewInt(1000))})
	}
	return run
}

func newApp(s shape, i int) result.AppRun {
	rng := rand.New(rand.NewPCG(uint64(i)+1, uint64(len(s.name))*7919+uint64(s.memory)))
	a := result.AppRun{Name: s.name, StartsByPoP: map[string]int64{}, ServedByPoP: map[string]int64{}, WorkerByPoP: map[string]int64{}}
	recordRequests(&a, s, rng)
	a.Failed[result.FailMaxInstances] = s.errors
	a.Failed[result.FailStartClock] = s.errors / 4
	a.Failed[result.FailOOM] = s.errors / 40
	a.Failed[result.FailTimeout] = s.errors / 9
	a.Served = int64(a.Latency.Count())
	a.Requests = a.Served + a.Failed[result.FailMaxInstances] + a.Failed[result.FailStartClock] + a.Failed[result.FailOOM] + a.Failed[result.FailTimeout] + 2
	a.InFlight, a.Retries, a.Good, a.Sessions = 2, s.errors/3, a.Served-s.errors/9, a.Served/6
	a.Cold = int64(a.ColdLatency.Count())
	a.Starts, a.FailedStarts, a.Pulls, a.CacheHits = a.Cold*8/10, s.errors/30, 60, a.Cold*8/10-60
	a.Stops[result.StopSleep], a.Stops[result.StopOOM], a.Stops[result.StopHorizon] = a.Starts-12-s.errors/40, s.errors/40, 12
	for n := 0; n < int(a.Starts); n += 20 {
		a.StartTime.RecordN(int64(startSeconds(rng)*1e9), 20)
		a.RunLength.RecordN(int64((600+300*rng.ExpFloat64())*1e9), 20)
	}
	addSeries(&a, s, rng)
	addTime(&a, s)
	a.RegionReady, a.RegionUsed = a.Requests*8/10, a.Requests*7/10
	if s.message > 0 {
		a.MessagesIn, a.MessagesDone, a.MessagesLost, a.MaxBacklog = s.message, s.message-9, 9, 830
		a.Backlog.RecordN(int64(40*sim.Second), uint64(s.message))
		a.Backlog.RecordN(int64(50*sim.Minute), 31)
	}
	return a
}

func startSeconds(rng *rand.Rand) float64 {
	if rng.Float64() < 0.88 {
		return 1.6 * math.Exp(0.35*rng.NormFloat64())
	}
	return 22 * math.Exp(0.4*rng.NormFloat64())
}

// recordRequests fills the latency tallies, the regions and the PoPs.
func recordRequests(a *result.AppRun, s shape, rng *rand.Rand) {
	buckets := map[int]*result.PartSums{}
	for _, g := range regions {
		a.Regions = append(a.Regions, result.RegionRun{Region: g.name})
	}
	places := clientPlaces()
	for k := range sample {
		u, at := rng.Float64(), 0
		for u > regions[at].share && at < len(regions)-1 {
			u -= regions[at].share
			at++
		}
		g := regions[at]
		part := [result.NumParts]float64{g.rtt * (0.8 + 0.4*rng.Float64()), 0.004 + 0.1*g.rtt, 0.0005 + g.rtt*0.6*rng.Float64(), 0, 0, s.service * math.Exp(0.8*rng.NormFloat64())}
		cold := rng.Float64() < s.cold
		if cold {
			part[result.PartStart] = startSeconds(rng)
		}
		if rng.Float64() < 0.15 {
			part[result.PartQueue] = 0.3 * rng.ExpFloat64()
		}
		recordOne(a, &a.Regions[at], part, cold, s.weight, buckets)
		a.WorkerByPoP[g.pop] += int64(s.weight)
		a.ServedByPoP[g.host] += int64(s.weight)
		if cold {
			a.StartsByPoP[g.host] += int64(s.weight) * 8 / 10
		}
		km := g.km * (0.5 + rng.Float64())
		a.Distance.RecordN(int64(km*1000), s.weight)
		a.Regions[at].DistanceKm.AddMul(uint64(km*1000), s.weight)
		a.Regions[at].Measured += int64(s.weight)
		city := &places[at][k%len(places[at])]
		city.Measured += int64(s.weight)
		city.Metres += int64(km*1000) * int64(s.weight)
	}
	for _, cities := range places {
		for _, c := range cities {
			if c.Measured > 0 {
				a.Places = append(a.Places, c)
			}
		}
	}
	result.SortPlaces(a.Places)
	for i := range 400 {
		if b := buckets[i]; b != nil {
			a.PartsBy = append(a.PartsBy, *b)
		}
	}
}

func recordOne(a *result.AppRun, region *result.RegionRun, part [result.NumParts]float64, cold bool, weight uint64, buckets map[int]*result.PartSums) {
	total := 0.0
	for p, v := range part {
		total += v
		a.Parts[p].RecordN(int64(v*1e9), weight)
	}
	ns := int64(total * 1e9)
	a.Latency.RecordN(ns, weight)
	if cold {
		a.ColdLatency.RecordN(ns, weight)
		region.Cold += int64(weight)
	} else {
		a.WarmLatency.RecordN(ns, weight)
	}
	region.Requests += int64(weight)
	region.Served += int64(weight)
	region.Latency.RecordN(ns, weight)
	region.NetworkNs.AddMul(uint64((part[0]+part[1]+part[2])*1e9), weight)
	region.EgressBytes += 200_000 * int64(weight)
	i := max(0, int(math.Log10(total*1e6)*20))
	b := buckets[i]
	if b == nil {
		edge := func(i int) sim.Time { return sim.FromSeconds(1e-6 * math.Pow(10, float64(i)/20)) }
		b = &result.PartSums{Lo: edge(i), Hi: edge(i + 1)}
		buckets[i] = b
	}
	b.Count += int64(weight)
	for p, v := range part {
		b.Sum[p] += int64(v*1e9) * int64(weight)
	}
}

// addSeries shapes the month: a daily wave, quieter weekends, one flash crowd.
func addSeries(a *result.AppRun, s shape, rng *rand.Rand) {
	n := int(span / step)
	a.Series = result.Series{From: sim.Day, Step: step}
	for i := range n {
		hours := float64(i) * step.Seconds() / 3600
		wave := 1 + 0.7*math.Sin((hours-9)/24*2*math.Pi)
		if day := int(hours/24+1) % 7; day == 0 || day == 6 {
			wave *= 0.45
		}
		failing := int64(0)
		if hours > 411 && hours < 412.5 {
			wave *= 7
			failing = s.errors / 9
		}
		req := int64(s.perDay / 144 * wave * (0.85 + 0.3*rng.Float64()))
		up := (s.idle + s.busy) * (0.4 + 0.6*wave)
		f := &a.Series
		f.Requests, f.Failed, f.Cold = append(f.Requests, req), append(f.Failed, failing), append(f.Cold, int64(float64(req)*s.cold*(0.5+rng.Float64())))
		f.Starts = append(f.Starts, int64(float64(req)*s.cold*0.8))
		f.Up, f.Busy = append(f.Up, int64(up*float64(step))), append(f.Busy, int64(up*s.busy/(s.idle+s.busy)*float64(step)))
		f.Peak, f.InFlight = append(f.Peak, int64(up*1.4)+1), append(f.InFlight, int64(up*0.3*float64(step)))
		f.Served, f.LatencySum = append(f.Served, req-failing), append(f.LatencySum, (req-failing)*int64(s.service*1.4*(0.9+0.2*rng.Float64())*1e9))
		f.Backlog = append(f.Backlog, failing*3)
	}
}

func addTime(a *result.AppRun, s shape) {
	add := func(st result.State, instances float64) {
		a.StateTime[st].AddMul(uint64(instances*1e6), uint64(span)/1e6)
	}
	add(result.Starting, 0.05*s.busy)
	add(result.Busy, s.busy)
	add(result.Idle, s.idle)
	add(result.Draining, 0.01)
	up := s.busy + s.idle
	a.MaxInstances = int64(up*3) + 2
	for n := int64(0); n <= a.MaxInstances; n++ {
		x := float64(n) / up
		a.InstanceTime = append(a.InstanceTime, result.TimeAt{N: n, Ns: int64(1e12 * x * math.Exp(-x*1.6))})
	}
	provided := uint64(up * 1e3)
	a.ProvidedCPU.AddMul(provided*uint64(s.vcpu*1024), uint64(span)/1e3)
	a.BusyCPU.AddMul(uint64(float64(provided)*0.11)*uint64(s.vcpu*1024), uint64(span)/1e3)
	a.GivenMemory.AddMul(provided*uint64(s.memory), uint64(span)/1e3)
	a.UsedMemory.AddMul(uint64(float64(provided)*0.34)*uint64(s.memory), uint64(span)/1e3)
	a.InFlightTime.AddMul(uint64(s.busy*1.3*1e3), uint64(span)/1e3)
	a.QueueTime.AddMul(uint64(0.2*1e3), uint64(span)/1e3)
	a.MaxInFlight, a.MaxDORate, a.MaxDiskMB, a.MaxMemoryBytes = 4, 38, s.disk*7/10, s.memory<<20/2
}

func usageOf(s shape, i int) billing.AppUsage {
	up := (s.idle + s.busy) * (1 + 0.01*float64(i))
	ms := int64(up * span.Seconds() * 1000)
	requests := int64(s.perDay * 30)
	m := billing.Meters{MemoryMiBms: new(big.Int).Mul(big.NewInt(ms), big.NewInt(s.memory)), DiskMBms: new(big.Int).Mul(big.NewInt(ms), big.NewInt(s.disk)),
		CPUActive1024ns: new(big.Int).Mul(big.NewInt(int64(float64(ms)*0.11*s.vcpu)), big.NewInt(1024*1_000_000)), DORequests: big.NewInt(requests),
		DODurationMBms: new(big.Int).Mul(big.NewInt(ms), big.NewInt(128)), WorkerRequests: big.NewInt(requests)}
	for e := range m.EgressBytes {
		m.EgressBytes[e] = big.NewInt(requests * 2_000_000 / int64(1+e*e))
	}
	return m.Usage(s.name)
}

// Book is the price book that the synthetic bills use.
func Book() billing.Book {
	c, err := platform.Load()
	if err != nil {
		panic(fmt.Sprintf("embedded catalogue: %v", err))
	}
	b, err := billing.NewBook(c.AsOf(data.Date{Year: 2026, Month: 11, Day: 1}), billing.Account{}, "")
	if err != nil {
		panic(fmt.Sprintf("price book: %v", err))
	}
	return b
}

func addMoney(r *result.Result) {
	book := Book()
	for _, run := range r.Runs {
		r.Totals = append(r.Totals, float64(billing.Price(run.Usage, book, billing.Options{}).TotalCents)/100)
	}
	mean := r.Pooled.Usage.Scale(big.NewInt(1), big.NewInt(int64(len(r.Runs))))
	r.Bill = billing.Price(mean, book, billing.Options{})
	r.HasBudget, r.OverBudget = true, 1
	r.RegionParts = r.Bill.RegionParts(book, r.Pooled.UsageIn)
	addTypes(r)
	perK := r.Bill.Units(book, billing.ExactInt(948_000), 1000)
	r.Units = result.UnitCosts{PerThousandRequests: result.Cost{Average: perK.Average.Float64(), Marginal: perK.Marginal.Float64(), Known: true},
		PerSession: result.Cost{Average: 0.0026, Marginal: 0.0024, Known: true}, IdleShare: 0.713, DOShare: 0.08, EgressShare: 0.04}
}

// addTypes sets three types beside each other, one of each sort.
func addTypes(r *result.Result) {
	for _, s := range shapes {
		r.Types = append(r.Types, result.TypeBill{App: s.name, Type: s.kind, VCPU: s.vcpu, MemoryMiB: s.memory, DiskMB: s.disk, InUse: true, Total: r.Bill.Total},
			result.TypeBill{App: s.name, Type: "standard-3", VCPU: 2, MemoryMiB: 8192, DiskMB: 16000, Sure: result.Estimated, Total: r.Bill.Total.Mul(billing.ExactInt(3)),
				Why: "computes at 4 x speed"},
			result.TypeBill{App: s.name, Type: "lite", VCPU: 0.0625, MemoryMiB: 256, DiskMB: 2000, Sure: result.DoesNotFit, Why: "needs 512 MiB, has 256"})
	}
}

func interval(values []float64) stats.Interval { return stats.MeanInterval(values, 0.95) }
