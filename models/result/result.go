// Package result holds what a run says: tallies that merge exactly, metrics
// with intervals, the bill and the verdicts. It runs nothing.
package result

import (
	"time"

	"berth/models/billing"
	"berth/sim"
	"berth/sim/stats"
)

// SchemaVersion is the version of the JSON form of Result.
const SchemaVersion = 1

// Part is one part of a request's latency.
type Part int

// The parts, in the order in which a request meets them. Network parts are
// whole round trips.
const (
	PartClientWorker Part = iota
	PartWorkerDO
	PartDOContainer
	PartStart   // waiting for an instance to start
	PartQueue   // waiting for an in-flight slot or in a central queue
	PartService // CPU under sharing, I/O, backend
	NumParts
)

// PartNames are the names of the parts in reports and files.
var PartNames = [NumParts]string{"client-worker", "worker-do", "do-container", "start", "queue", "service"}

// Cause is why a request failed.
type Cause int

// The causes of failure.
const (
	FailNoPlace      Cause = iota // 503: no free place anywhere allowed
	FailMaxInstances              // 500: max_instances reached
	FailAccount                   // 503: an account total reached
	FailStartRate                 // 429: start-rate limit
	FailStartClock                // 500: not ready within the second clock
	FailQueueFull                 // 503: in-flight limit and queue full
	FailOOM                       // instance killed over its memory
	FailDisk                      // instance killed over its disk
	FailRestart                   // host restart, PoP outage
	FailRollout                   // replaced or stopped with the request inside
	FailDOOverload                // Durable Object over its soft limit
	FailTimeout                   // the client gave up
	FailNoImage                   // no PoP has the image yet
	FailRetention                 // a background message grew too old or ran out of tries
	NumCauses
)

// CauseNames are the names of the causes in reports and files; CauseStatus what
// a client sees (0: no answer).
var (
	CauseNames = [NumCauses]string{"no-place", "max-instances", "account-limit", "start-rate", "start-clock", "queue-full",
		"oom", "disk-full", "host-restart", "rollout", "do-overload", "client-timeout", "no-image", "retention"}
	CauseStatus = [NumCauses]int{503, 500, 503, 429, 500, 503, 500, 500, 500, 500, 503, 0, 503, 0}
)

// State is an instance state tallied over time.
type State int

// The states of an instance.
const (
	Starting State = iota // placing, pulling and starting
	Busy
	Idle
	Draining
	Sleeping // suspended or with a snapshot kept
	NumStates
)

// StateNames are the names of the states.
var StateNames = [NumStates]string{"starting", "busy", "idle", "draining", "sleeping"}

// Run is the raw outcome of one replication. Merging Runs is exact and does not
// depend on their order.
type Run struct {
	Replication int
	Seed        uint64
	// Simulated span after warm-up.
	From, To sim.Time
	Partial  bool // interrupted: tallies end at To
	Events   int64
	Apps     []AppRun
	Account  AccountRun
	Usage    billing.Usage // measured after warm-up, before scaling to the month
	OneOff   billing.Usage // one-off deploy effects inside Usage
	// UsageIn is Usage by region, for shares of it: container usage where it ran,
	// requests where they entered.
	UsageIn  []billing.RegionUsage
	Warnings []string
}

// AppRun is one app's part of a Run.
type AppRun struct {
	Name string

	Requests     int64 // sent after warm-up, retries apart
	Retries      int64
	Served       int64
	Good         int64 // served before the client's time-out
	Failed       [NumCauses]int64
	InFlight     int64 // at the end of the run
	Sessions     int64
	Cold         int64 // served requests that waited for a start
	Starts       int64
	FailedStarts int64
	WarmClaims   int64 // starts served by the warm pool
	Prewarms     int64 // starts that a keep-alive policy asked for without a request
	Pulls        int64
	CacheHits    int64 // starts that found their image in the PoP
	Wakes        int64
	Stops        [NumStops]int64
	Touches      int64

	Latency     stats.Histogram // ns, served requests
	ColdLatency stats.Histogram
	WarmLatency stats.Histogram
	Parts       [NumParts]stats.Histogram
	// PartsBy holds, per coarse bucket of total latency, the count and the sums
	// of the parts, so that a quantile can be split into its parts.
	PartsBy   []PartSums
	StartTime stats.Histogram // ns from start command to ready
	Distance  stats.Histogram // km x 1000 between client and container
	RunLength stats.Histogram // ns

	Regions     []RegionRun
	StartsByPoP map[string]int64
	ServedByPoP map[string]int64 // by container PoP
	WorkerByPoP map[string]int64
	// Places are where clients are, sorted by SortPlaces: a sample of the requests
	// served, whose distance was measured.
	Places []PlaceRun

	// Time integrals in instance-ns by state; MaxInstances is the largest number
	// up at once; InstanceTime the time-weighted distribution of instances up.
	StateTime    [NumStates]stats.Sum128
	MaxInstances int64
	InstanceTime []TimeAt     // index = instances up, capped at the last
	BusyCPU      stats.Sum128 // 1/1024 vCPU-ns of work done
	ProvidedCPU  stats.Sum128 // 1/1024 vCPU-ns while up
	UsedMemory   stats.Sum128 // MiB-ns base + in flight
	GivenMemory  stats.Sum128 // MiB-ns
	InFlightTime stats.Sum128 // request-ns inside instances
	QueueTime    stats.Sum128 // request-ns waiting in queues
	MaxInFlight  int64        // per instance
	MaxDORate    int64        // requests/s at one Durable Object
	MaxDiskMB    int64
	// MaxMemoryBytes is the most memory of one instance, without what killed it.
	MaxMemoryBytes int64
	StartCPU       stats.Sum128 // 1/1024 vCPU-ns billed while images began

	RegionReady int64 // requests whose region held a ready instance
	RegionUsed  int64 // of these, could use it

	// Messages is the time of a message inside a WebSocket connection, ns.
	Messages     stats.Histogram
	MessagesInWS int64

	Backlog                                stats.Histogram // ns age of background messages when served
	MaxBacklog                             int64
	MessagesIn, MessagesDone, MessagesLost int64

	Series Series

	// Observed are the counts at the instants that the scenario names.
	Observed []Observation
}

// Observation is what was busy at one instant; over merged runs the counts add
// up, and Looks says how many runs they come from.
type Observation struct {
	At       sim.Time
	Looks    int64
	Busy     int64 // instances with a request inside
	InFlight int64 // requests inside instances
}

// StopCause is why a run of an instance ended.
type StopCause int

// The causes of a stop.
const (
	StopSleep StopCause = iota
	StopEnd
	StopOOM
	StopDisk
	StopRestart
	StopOutage
	StopRollout
	StopFailedStart
	StopSurplus
	StopHorizon
	NumStops
)

// StopNames are the names of the causes.
var StopNames = [NumStops]string{"sleep", "end", "oom", "disk-full", "host-restart", "pop-outage", "rollout", "failed-start", "surplus", "horizon"}

// PartSums sums latency parts over the served requests of one latency bucket.
type PartSums struct {
	Lo, Hi sim.Time
	Count  int64
	Sum    [NumParts]int64 // ns
}

// TimeAt is the time spent with N instances up.
type TimeAt struct {
	N  int64
	Ns int64
}

// RegionRun is one client region's part of an AppRun.
type RegionRun struct {
	Region      string
	Requests    int64
	Served      int64
	Failed      int64
	Cold        int64
	Latency     stats.Histogram
	NetworkNs   stats.Sum128
	DistanceKm  stats.Sum128 // metres, over the Measured requests
	Measured    int64
	EgressBytes int64
}

// PlaceRun is one client place: a city, or a point with coordinates of its own.
type PlaceRun struct {
	Name, Country, Region string
	Lat, Lon              float64
	Measured              int64 // requests in the sample
	Metres                int64 // sum of their distances to the container
}

// Series is a time series in equal steps from From.
type Series struct {
	From, Step sim.Time
	Requests   []int64 // sent
	Failed     []int64
	Cold       []int64
	Starts     []int64
	// Up and Busy are instance-ns integrals, Peak the largest number up.
	Up, Busy   []int64
	Peak       []int64
	InFlight   []int64 // request-ns
	LatencySum []int64 // ns over served requests, by time sent
	Served     []int64
	Backlog    []int64 // largest
}

// AccountRun is the account's part of a Run: the largest concurrent use.
type AccountRun struct {
	MaxVCPU1024     int64
	MaxMemoryMiB    int64
	MaxDiskMB       int64
	MaxStartsPerSec int64
	ImageStorageMB  int64
	Instances       int64 // largest number up
	Denied          int64 // starts an account total refused
}

// Key names a metric of Result: "p99(latency)", "share(cold)", "errors",
// "bill" ... App is "" for all apps.
type Key struct {
	App, Name string
}

// Metric is one reported number over the replications.
type Metric struct {
	Key      Key
	Label    string
	Unit     string    // s, 1, %, USD, requests, km, GB ...
	Values   []float64 // one a replication
	Mean     float64   // of Values
	Interval stats.Interval
	Count    int64 // observations behind it, all replications
	Better   int8  // -1 lower is better, +1 higher, 0 neither
}

// Verdict is the judgement of an SLO line.
type Verdict int

// The verdicts: on the bounds of the interval, never on the mean alone.
const (
	NotProven Verdict = iota
	Met
	Violated
)

func (v Verdict) String() string {
	return [...]string{"not proven", "met", "violated"}[v]
}

// SLOResult is one judged target line.
type SLOResult struct {
	Text      string
	Metric    Metric
	Op        string
	Threshold float64
	Verdict   Verdict
	Why       string
}

// Headroom is how far one limit is.
type Headroom struct {
	App, Limit string
	Unit       string
	Used, Max  float64 // largest use seen; Max 0 = no limit
	Denied     int64
	Grows      bool   // use grows with traffic, so more of it reaches the limit
	Effect     string // what a request gets when it binds
	Source     string
}

// Result is the outcome of a scenario over its replications.
type Result struct {
	SchemaVersion int
	Tool          string // berth and its version
	Scenario      ScenarioInfo
	Runs          []*Run
	Pooled        *Run // all runs merged
	Metrics       []Metric
	SLO           []SLOResult
	// Bill prices the mean usage a replication, scaled to the month; Totals are
	// the totals of each replication's own bill.
	Bill       billing.Bill
	Totals     []float64
	BillScale  float64 // month / measured span
	OverBudget float64 // share of replications over budget
	HasBudget  bool
	Units      UnitCosts
	// RegionParts split the bill over regions and add up to it, cents too.
	RegionParts []billing.Part
	Types       []TypeBill
	Headroom    []Headroom
	Theory      []TheoryRow
	// Sensitivity is nil unless a study was made.
	Sensitivity *Sensitivity
	Warnings    []string
	Partial     bool
}

// Sure is how sure a bill under another instance type is.
type Sure int

// The degrees: exactly what the same run would cost, an estimate with the times
// of the simulated type, or none, since the type is too small.
const (
	Exactly Sure = iota
	Estimated
	DoesNotFit
)

func (s Sure) String() string { return [...]string{"exact", "estimate", "does not fit"}[s] }

// TypeBill is what the account's month costs with one app under a type.
type TypeBill struct {
	App, Type         string
	VCPU              float64
	MemoryMiB, DiskMB int64
	InUse             bool
	Sure              Sure
	Why               string        // why no more than an estimate, or what does not fit
	Total             billing.Exact // USD; 0 where it does not fit
}

// ScenarioInfo is what a report says of the scenario itself.
type ScenarioInfo struct {
	Name, World      string
	Seed             uint64
	Start            time.Time
	Month            time.Time
	AsOf             time.Time
	Duration, Warmup sim.Time
	MonthHours       float64
	Replications     int
	Text             string // resolved YAML
	Apps             []AppInfo
	Origins          []OriginInfo
	Assumptions      []AssumptionInfo
	UserData         bool
	BudgetUSD        float64
}

// AppInfo is the head of an app in reports.
type AppInfo struct {
	Name, Type        string
	VCPU              float64
	MemoryMiB, DiskMB int64
	MaxInstances      int
	SleepAfter        sim.Time
	KeepAlive         string // a policy that decides instead; "" = none
	Route, Placement  string
	Hypothetical      []string
}

// OriginInfo is one resolved value with its origin.
type OriginInfo struct{ Path, Value, From, Source, Grade string }

// AssumptionInfo is one named assumption.
type AssumptionInfo struct{ Path, Text, Value, Grade, Source string }

// UnitCosts are costs per unit of work in USD.
type UnitCosts struct {
	PerThousandRequests, PerSession, PerStart Cost
	IdleShare, DOShare, EgressShare           float64 // shares of the bill before the base
}

// Cost is an average and a marginal cost in USD; Known is false where there was
// no unit to divide by.
type Cost struct {
	Average, Marginal float64
	Known             bool
}

// TheoryRow sets an analytic value beside a simulated one.
type TheoryRow struct {
	App, Formula, Quantity, Unit string
	Theory                       float64
	Simulated                    Metric
	Note                         string // why they may differ
}
