// Package edge is the assembled world: apps on the PoP map, the event loop that
// runs them, and the tallies of one run.
package edge

import (
	"time"

	"berth/models/billing"
	"berth/models/platform"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
)

// Config is one fully resolved scenario: every default is filled in, every
// name is resolved against the catalogue, every distribution is parsed.
// Distributions of time are in seconds, of size in bytes.
type Config struct {
	Name string
	Seed uint64

	// Start is the calendar instant of simulated time 0 (UTC); Duration the
	// horizon; tallies start after Warmup.
	Start    time.Time
	Duration sim.Time
	Warmup   sim.Time
	// Drain: after the horizon no request arrives and every instance runs to its
	// own end (trace replay). Otherwise open runs are cut at the horizon.
	Drain bool

	// Observe lists instants, in order, at which the busy instances and the
	// requests in flight of every app are counted.
	Observe []sim.Time

	// Month, when not zero, is the month billed: its first day. MonthHours is
	// the length of the billed month in hours (24 x its days, or 730).
	Month      time.Time
	MonthHours float64
	AsOf       time.Time // date of prices, types and limits
	World      string    // official | launch-2025 | guide-2026 | agency
	UserData   bool      // an overlay or contract rate is in force

	Network   Network
	Account   Account
	Hosts     Hosts
	Outages   Outages
	Apps      []App
	SLO       []SLO
	Book      billing.Book
	EgressMap platform.EgressMap // pool of egress by country, as the world and overlays have it
	// Types are the named instance types of the day, smallest first: what an app
	// could run on instead.
	Types     []platform.InstanceType
	BudgetUSD float64 // 0 = none

	// Policies are policies from outside the project that apps may name.
	Policies Extra

	// Origins lists the resolved values with where each came from, in the order
	// of the explained scenario; Assumptions those of grade I or C that bear on
	// the run.
	Origins     []Origin
	Assumptions []Assumption
	Warnings    []string
	// Text is the resolved scenario as YAML, ready to copy.
	Text string
}

// Origin is one resolved value.
type Origin struct {
	Path, Value, From string // From: "scenario:12:5", "default", "world guide-2026", "--set", ...
	Source, Grade     string
}

// Assumption is a parameter whose evidence is thin, shown in every report.
type Assumption struct {
	Path, Text, Value, Grade, Source string
}

// SLO is one target line: Metric Op Threshold, such as p99(latency) < 3 s.
type SLO struct {
	Text      string  // as written
	Metric    string  // canonical metric key, see result.Key
	App       string  // "" = all apps
	Op        string  // < <= > >=
	Threshold float64 // in the metric's base unit: seconds, share, USD, count
}

// Network holds the parameters of the hops.
type Network struct {
	None          bool    // every hop takes 0
	Jitter        float64 // mean of the exponential jitter as a share of the hop's round trip
	SamePoPms     float64 // round trip inside a PoP, ms
	ReroutedShare float64 // share of requests that reach not the nearest PoP
	China         bool    // the partner PoPs in mainland China are on
}

// Account holds the limits shared by its apps. A limit of 0 is none.
type Account struct {
	VCPU1024       int64 // concurrent vCPU in 1/1024
	MemoryMiB      int64
	DiskMB         int64
	ImageStorageMB int64
	StartsPerSec   float64 // start-rate limit (429); 0 = none
	DORequestsPerS int     // soft limit per Durable Object; 0 = none
}

// Hosts says which PoPs run containers and how many places they have.
type Hosts struct {
	Mode  string   // default | all | list | share
	List  []string // IATA codes
	Share float64
	Count int // of the default rule: 120
	// Places is the total number of instances that all hosts can hold, spread by
	// demand with at least MinPlaces each; 0 = unlimited.
	Places    int
	MinPlaces int
	// CacheMB is the image cache of one PoP; 0 = unlimited. Warm fills the caches
	// before the start.
	CacheMB   int64
	CacheWarm bool
	PullMbps  float64 // pull bandwidth of one PoP, Mbit/s
	UnpackMBs float64 // unpack speed, MB/s of unpacked size
}

// Outages holds failure rates.
type Outages struct {
	HostRestartsPerHour float64   // per instance-hour
	PoPPerHour          float64   // per PoP-hour
	PoPDuration         dist.Dist // seconds
}

// Service is how requests share the CPU of an instance.
type Service uint8

// The service disciplines.
const (
	ProcessorSharing Service = iota
	FullSpeed
	FIFO
)

// SleepMode is what sleeping keeps.
type SleepMode uint8

// The sleep modes.
const (
	SleepStop SleepMode = iota
	SleepSnapshot
	SleepSuspend
)

// End is what happens after the last request of a session or job.
type End uint8

// The ends.
const (
	EndSleep End = iota
	EndStop
	EndDestroy
)

// App is one resolved app.
type App struct {
	Name         string
	Type         platform.InstanceType
	MaxInstances int     // 0 = unlimited
	Threads      float64 // vCPUs one request can use at most
	Service      Service
	Concurrency  int // in-flight limit per instance; 0 = unlimited
	QueueLimit   int // waiting at an instance beyond Concurrency; -1 = unlimited

	SleepAfter sim.Time // sim.Never = until something else ends it
	SleepLag   sim.Time
	SleepMode  SleepMode
	KeepAlive  KeepAlive
	End        End
	Shutdown   dist.Dist // SIGTERM to exit, seconds
	IgnoreTerm bool      // exits only by SIGKILL
	KillAfter  sim.Time  // 15 min

	Image       Image
	Start       Start
	Work        Work
	Backend     Backend
	Client      ClientRules
	Route       Route
	Place       Placement
	Warm        WarmPool
	Min         MinInstances
	Touches     []Touch
	Rollouts    []Rollout
	FirstDeploy bool // the image is nowhere at the start and is distributed from t = 0

	Meter Meter

	Traffic []workload.Config
}

// KeepAlive names the keep-alive policy and what it is told beside SleepAfter.
type KeepAlive struct {
	Policy     string // "" is fixed
	Range      sim.Time
	Head, Tail float64 // shares
	Margin     float64 // a share
	MinCV      float64
}

// Adaptive says whether something else than SleepAfter alone decides.
func (k *KeepAlive) Adaptive() bool { return k.Policy != "" && k.Policy != "fixed" }

// Image is the app's image and disk use.
type Image struct {
	CompressedMB int64
	UnpackedMB   int64
	ChangedMB    int64 // uploaded and pulled by a deploy
	External     bool  // external registry: not cached, pulled at every start
	Versions     int   // retained versions counted in storage
	ScratchMB    int64
	GrowthKB     int64 // disk growth per request, kB
	// Catalogue > 0: every start draws one of so many equal images with Zipf
	// popularity (researchers' cache studies).
	Catalogue       int
	Alpha           float64
	Prefetch        string // a name in image.Policies, or of a policy from outside
	PrefetchRegions []string
	// PreparedPlaces is the number of prepared places over all PoPs; 0 =
	// unlimited. Refill is how long the platform takes to prepare another.
	PreparedPlaces  int
	Refill          dist.Dist // seconds
	RefillElsewhere bool      // refill at the next-best PoP when the own one is full
}

// Start is the cold start.
type Start struct {
	PresetName    string
	Platform      dist.Dist // seconds; contains polling where PollingIn
	PollingIn     bool
	Init          dist.Dist // the image's own init, seconds
	Wake          dist.Dist // of a suspended instance, seconds
	Poll          sim.Time  // readiness polling interval; 0 = none
	ProbeCap      sim.Time
	ProbeHang     float64  // share of starts whose first probe hangs to the cap
	RetryEvery    sim.Time // first clock: interval; 0 with Tries 0 = refuse at once
	Tries         int      // 27; 0 = refuse at once; -1 = for ever (clock off)
	Clock         sim.Time // second clock, 20 s; 0 = off
	NoPlaceStatus int      // 503
	MaxStatus     int      // 500
}

// Work is what one request asks for.
type Work struct {
	CPU           dist.Dist // vCPU-seconds
	IO            dist.Dist // seconds
	Memory        dist.Dist // bytes while in flight
	Response      dist.Dist // bytes
	BaseMemoryMiB int64
}

// Backend adds round trips to a data store.
type Backend struct {
	At             string // "", nearest, r2, a region, a city or "lat,lon"
	Calls          dist.Dist
	Bytes          dist.Dist
	MBps           float64 // throughput, MB/s; 0 = infinite
	ConnectPerCall bool    // else one connect round trip per start
}

// ClientRules are the client's time-out and retries.
type ClientRules struct {
	Timeout sim.Time // 0 = none
	Retries int
	Backoff dist.Dist // seconds before each retry
}

// Route names the routing and its parameters.
type Route struct {
	By    string  // session | key | random-n | singleton | per-request | least-in-flight | autoscale | pool
	N     int     // random-n, least-in-flight, pool (0 = unlimited)
	Keys  int     // key: number of keys
	Alpha float64 // key: Zipf exponent; 0 = uniform
	// autoscale
	TargetCPU, TargetMemory float64 // shares
	MinN, MaxN              int
	// pool
	PerInstance        int    // requests an instance takes at once; 0 = unlimited
	Pick               string // newest | oldest | most-recently-used | least-recently-used | random | lowest-idle | first-free
	Queue              int    // central queue; -1 = unlimited, 0 = none
	SetupPerWaiting    bool   // one set-up per waiting request, surplus cancelled
	Hint, Jurisdiction string // of the Durable Objects
	At                 string // pool: PoP of its one DO ("" = drawn at first touch)
	Hypothetical       bool
}

// Placement names the placement policy and its constraints.
type Placement struct {
	Policy       string // a name in placement.Policies, or of a policy from outside
	Near         string // request | do
	Regions      []string
	Jurisdiction string
	Pops         []string // fixed
	Tiers        []int    // tiers of PoPs allowed; nil = all
	SmartWorker  bool
}

// WarmPool is an application's own pool of started, unassigned instances.
type WarmPool struct {
	N, Batch int
	Every    sim.Time // refill look; 0 = at each claim
	At       string   // PoP from which it is started; "" = by demand
}

// MinInstances keeps instances running and billed (hypothetical).
type MinInstances struct {
	N        int
	ByRegion map[string]int
}

// Touch is a cron that sends a request to every instance or the named ids.
type Touch struct {
	Every sim.Time
	From  string // PoP; "" = the app's busiest worker PoP
	IDs   int    // the first so many ids; 0 = every id that ever ran
	CPU   dist.Dist
}

// Rollout replaces the image by steps.
type Rollout struct {
	At        sim.Time
	Steps     []int    // cumulative percent
	Interval  sim.Time // between steps
	Grace     sim.Time
	ChangedMB int64
}

// Meter says what is billed how.
type Meter struct {
	CPUProvisioned    bool // else active
	BilledFromVM      bool // else from the start command
	FailedStarts      bool // bill failed starts for the time they held an instance
	StartCPUFull      bool // init burns the full type; else StartCPU vCPU
	StartCPU          float64
	IdleCPU           float64 // vCPU while running
	OverheadCPU       float64 // vCPU while running, of the VM
	OverheadMemoryMiB int64
	DrainBilled       bool
	DrainHoldsSlot    bool
	ClassAPI          bool     // the DO stays awake while the container runs
	NoDO              bool     // leave out the Durable Object and Worker lines
	WorkerCPU         sim.Time // per request
	LogEvents         float64  // per request
	LogBytes          float64
	EgressByClient    bool     // egress region of the client, else of the container
	EgressShare       float64  // share of response bytes that counts as egress
	AlarmEvery        sim.Time // 3 min
}
