package report

// SchemaVersion is the version of the JSON form of a Document. Additions keep
// it; a change of meaning or a removal raises it.
const SchemaVersion = 1

// Document is what a report says, as plain numbers in base units: seconds, USD,
// bytes, MiB, km, shares of one. Counts are sums over the replications unless
// their name says otherwise.
type Document struct {
	SchemaVersion int           `json:"schema_version" jsonschema_description:"Version of this form; additions keep it."`
	Tool          string        `json:"tool" jsonschema_description:"Program and version that made the result."`
	Partial       bool          `json:"partial" jsonschema_description:"The run was interrupted: tallies end early."`
	Verdict       string        `json:"verdict" jsonschema_description:"The result in one sentence."`
	Scenario      Scenario      `json:"scenario"`
	Metrics       []Metric      `json:"metrics"`
	Targets       []Target      `json:"slo"`
	All           App           `json:"all_apps" jsonschema_description:"All apps together."`
	Apps          []App         `json:"apps"`
	Bill          *Bill         `json:"bill" jsonschema_description:"The month's bill; null where none was made."`
	Types         []TypeBill    `json:"instance_types" jsonschema_description:"The same month with one app under each type."`
	Headroom      []Headroom    `json:"headroom"`
	Theory        []Theory      `json:"theory"`
	Replications  []Replication `json:"replications"`
	Warnings      []string      `json:"warnings"`
	Sensitivity   *Sensitivity  `json:"sensitivity" jsonschema_description:"What the result depends on; null where no study was made."`
}

// Scenario is what was asked for.
type Scenario struct {
	Name         string       `json:"name"`
	World        string       `json:"world" jsonschema_description:"Whose facts are used; official is the default."`
	Seed         uint64       `json:"seed"`
	Start        string       `json:"start" jsonschema_description:"Calendar instant of simulated time 0, RFC 3339, UTC."`
	Month        string       `json:"month" jsonschema_description:"Month billed, YYYY-MM; empty for 730 hours."`
	AsOf         string       `json:"as_of" jsonschema_description:"Day of prices, types and limits, YYYY-MM-DD."`
	DurationS    Number       `json:"duration_s"`
	WarmupS      Number       `json:"warmup_s"`
	MeasuredS    Number       `json:"measured_s" jsonschema_description:"Measured span of one replication."`
	MonthHours   Number       `json:"month_hours"`
	MonthScale   Number       `json:"month_scale" jsonschema_description:"Billed month over measured span."`
	Replications int          `json:"replications"`
	UserSupplied bool         `json:"user_supplied" jsonschema_description:"An overlay or contract rate is in force."`
	BudgetUSD    Number       `json:"budget_usd"`
	OverBudget   Number       `json:"over_budget" jsonschema_description:"Share of replications over the budget."`
	Events       int64        `json:"events"`
	Apps         []AppHead    `json:"apps"`
	Assumptions  []Assumption `json:"assumptions"`
	Origins      []Origin     `json:"origins"`
	Text         string       `json:"text" jsonschema_description:"The resolved scenario, YAML."`
}

// AppHead is how an app is configured.
type AppHead struct {
	Name         string   `json:"name"`
	Type         string   `json:"instance_type"`
	VCPU         Number   `json:"vcpu"`
	MemoryMiB    int64    `json:"memory_mib"`
	DiskMB       int64    `json:"disk_mb"`
	MaxInstances int      `json:"max_instances" jsonschema_description:"0 means no limit."`
	SleepAfterS  Number   `json:"sleep_after_s" jsonschema_description:"null: never."`
	KeepAlive    string   `json:"keep_alive,omitempty" jsonschema_description:"A policy that decides how long an idle instance stays; sleep_after is what it falls back to."`
	Route        string   `json:"route"`
	Placement    string   `json:"placement"`
	Hypothetical []string `json:"hypothetical" jsonschema_description:"Parts of the configuration that the platform does not offer."`
}

// Assumption is a parameter whose evidence is thin.
type Assumption struct {
	Path   string `json:"path"`
	Text   string `json:"text"`
	Value  string `json:"value"`
	Grade  string `json:"grade"`
	Source string `json:"source"`
}

// Origin is one resolved value and where it came from.
type Origin struct {
	Path   string `json:"path"`
	Value  string `json:"value"`
	From   string `json:"from"`
	Source string `json:"source"`
	Grade  string `json:"grade"`
}

// Estimate is a mean over replications with its confidence interval; the bounds
// are null where one replication alone gives none.
type Estimate struct {
	Mean       Number `json:"mean"`
	Low        Number `json:"low"`
	High       Number `json:"high"`
	Confidence Number `json:"confidence"`
	N          int    `json:"n" jsonschema_description:"Replications behind the interval."`
}

// Half is half the width of the interval, or None.
func (e Estimate) Half() Number {
	if !e.Low.Known() || !e.High.Known() {
		return None
	}
	return (e.High - e.Low) / 2
}

// Metric is one reported number.
type Metric struct {
	App    string   `json:"app" jsonschema_description:"Empty for all apps."`
	Name   string   `json:"name"`
	Label  string   `json:"label"`
	Unit   string   `json:"unit"`
	Value  Estimate `json:"value"`
	Values []Number `json:"values" jsonschema_description:"One a replication."`
	Count  int64    `json:"count" jsonschema_description:"Observations behind it, all replications."`
	Better int8     `json:"better" jsonschema_description:"-1 lower is better, 1 higher, 0 neither."`
}

// Target is one judged SLO line.
type Target struct {
	Text      string `json:"text"`
	Metric    Metric `json:"metric"`
	Op        string `json:"op"`
	Threshold Number `json:"threshold"`
	Verdict   string `json:"verdict" jsonschema:"enum=met,enum=violated,enum=not proven"`
	Why       string `json:"why"`
}

// App holds the tallies of one app, or of all.
type App struct {
	Name        string      `json:"name" jsonschema_description:"Empty for all apps."`
	Traffic     Traffic     `json:"traffic"`
	Latency     Latency     `json:"latency"`
	Failures    []Failure   `json:"failures"`
	Starts      Starts      `json:"starts"`
	Instances   Instances   `json:"instances"`
	Utilisation Utilisation `json:"utilisation"`
	Regions     []Region    `json:"regions"`
	Pops        []Pop       `json:"pops"`
	Places      []Place     `json:"places" jsonschema_description:"Where clients are, largest first."`
	Series      Series      `json:"series"`
	Observed    []Observed  `json:"observed" jsonschema_description:"Counts at the instants that the scenario names."`
	Background  *Background `json:"background" jsonschema_description:"null without background queues."`
}

// Traffic counts requests.
type Traffic struct {
	Requests     int64  `json:"requests" jsonschema_description:"Sent after warm-up, retries apart."`
	Retries      int64  `json:"retries"`
	Served       int64  `json:"served"`
	Good         int64  `json:"good" jsonschema_description:"Served before the client's time-out."`
	Failed       int64  `json:"failed"`
	InFlight     int64  `json:"in_flight" jsonschema_description:"Still inside when the runs ended."`
	Sessions     int64  `json:"sessions"`
	Cold         int64  `json:"cold" jsonschema_description:"Served requests that waited for a start."`
	PerMonth     Number `json:"requests_per_month" jsonschema_description:"Mean of a replication, scaled to the month."`
	PerSecond    Number `json:"requests_per_s"`
	ErrorShare   Number `json:"error_share"`
	ColdShare    Number `json:"cold_share" jsonschema_description:"Of served requests."`
	RegionReady  Number `json:"region_ready_share" jsonschema_description:"Requests whose region held a ready instance."`
	RegionUsed   Number `json:"region_used_share" jsonschema_description:"Requests that could use one in their region."`
	DistanceMean Number `json:"distance_mean_km" jsonschema_description:"Client to container."`
	DistanceP95  Number `json:"distance_p95_km"`
}

// Quantiles summarises a distribution, in seconds. Quantiles are within 0.4 %.
type Quantiles struct {
	Count int64  `json:"count"`
	P50   Number `json:"p50_s"`
	P90   Number `json:"p90_s"`
	P95   Number `json:"p95_s"`
	P99   Number `json:"p99_s"`
	P999  Number `json:"p99_9_s"`
	Mean  Number `json:"mean_s"`
	Max   Number `json:"max_s"`
}

// Latency is the distribution of served requests' latency.
type Latency struct {
	Total     Quantiles   `json:"total"`
	Cold      Quantiles   `json:"cold" jsonschema_description:"Requests that waited for a start."`
	Warm      Quantiles   `json:"warm"`
	Message   Quantiles   `json:"websocket_message" jsonschema_description:"Messages inside WebSocket connections."`
	Parts     []Part      `json:"parts"`
	Breakdown []Breakdown `json:"breakdown" jsonschema_description:"Mean parts of the requests near a quantile of the total."`
	Histogram []Bin       `json:"histogram"`
}

// Part is one part of the latency.
type Part struct {
	Name string    `json:"name"`
	Time Quantiles `json:"time"`
}

// Breakdown says what the requests near one quantile spent their time on.
type Breakdown struct {
	Quantile string   `json:"quantile"`
	TotalS   Number   `json:"total_s"`
	PartsS   []Number `json:"parts_s" jsonschema_description:"In the order of parts."`
}

// Bin is one bar of the histogram on a logarithmic axis.
type Bin struct {
	LowS  Number `json:"low_s"`
	HighS Number `json:"high_s"`
	Count int64  `json:"count"`
	Cold  int64  `json:"cold"`
}

// Failure counts the failures of one cause.
type Failure struct {
	Cause  string `json:"cause"`
	Status int    `json:"status" jsonschema_description:"HTTP status a client sees; 0: none."`
	Count  int64  `json:"count"`
	Share  Number `json:"share" jsonschema_description:"Of requests."`
}

// Starts counts starts and stops of instances.
type Starts struct {
	Count      int64     `json:"count"`
	Failed     int64     `json:"failed"`
	WarmClaims int64     `json:"warm_pool_claims"`
	Prewarms   int64     `json:"prewarms,omitempty" jsonschema_description:"Starts that a keep-alive policy asked for without a request."`
	Wakes      int64     `json:"wakes"`
	Pulls      int64     `json:"pulls"`
	CacheHits  int64     `json:"cache_hits" jsonschema_description:"Starts that found their image in the PoP."`
	Touches    int64     `json:"touches" jsonschema_description:"Keep-warm touches."`
	PerMonth   Number    `json:"starts_per_month"`
	Time       Quantiles `json:"time" jsonschema_description:"From start command to ready."`
	RunLength  Quantiles `json:"run_length"`
	Stops      []Stop    `json:"stops"`
}

// Stop counts the ends of runs by cause.
type Stop struct {
	Cause string `json:"cause"`
	Count int64  `json:"count"`
}

// Instances says how many instances were up.
type Instances struct {
	Mean        Number      `json:"mean"`
	P95         Number      `json:"p95" jsonschema_description:"Time-weighted."`
	Max         int64       `json:"max"`
	HoursMonth  Number      `json:"hours_per_month"`
	States      []StateTime `json:"states"`
	MaxInFlight int64       `json:"max_in_flight" jsonschema_description:"In one instance."`
	InFlight    Number      `json:"in_flight_mean" jsonschema_description:"Requests inside, per instance up."`
	Queued      Number      `json:"queued_mean" jsonschema_description:"Requests waiting in queues."`
	MaxDORate   int64       `json:"max_do_requests_per_s"`
	MaxDiskMB   int64       `json:"max_disk_mb"`
	MaxMemory   Number      `json:"max_memory_mib" jsonschema_description:"Of one instance, without what killed it."`
}

// StateTime is the time spent in one state.
type StateTime struct {
	State string `json:"state"`
	Hours Number `json:"hours_per_month"`
	Share Number `json:"share"`
}

// Utilisation is work done over what was provided while instances were up.
type Utilisation struct {
	VCPU   Number `json:"vcpu"`
	Memory Number `json:"memory"`
	Idle   Number `json:"idle_time_share" jsonschema_description:"Share of instance time with no request inside."`
}

// Region is one client region.
type Region struct {
	Region      string    `json:"region"`
	Requests    int64     `json:"requests"`
	Share       Number    `json:"share"`
	Served      int64     `json:"served"`
	Failed      int64     `json:"failed"`
	ErrorShare  Number    `json:"error_share"`
	ColdShare   Number    `json:"cold_share"`
	Latency     Quantiles `json:"latency"`
	NetworkS    Number    `json:"network_mean_s"`
	DistanceKm  Number    `json:"distance_mean_km"`
	EgressBytes int64     `json:"egress_bytes"`
	PerMonth    Number    `json:"requests_per_month"`
	EgressMonth Number    `json:"egress_bytes_per_month"`
}

// Pop is one point of presence that took part.
type Pop struct {
	Code    string `json:"code"`
	City    string `json:"city"`
	Country string `json:"country"`
	Lat     Number `json:"lat"`
	Lon     Number `json:"lon"`
	Entered int64  `json:"entered" jsonschema_description:"Requests that entered here."`
	Served  int64  `json:"served" jsonschema_description:"Requests served by containers here."`
	Starts  int64  `json:"starts" jsonschema_description:"Instances started here."`
}

// Series is the run over time: means over the replications, in equal steps. The
// arrays have the same length.
type Series struct {
	Start    string   `json:"start" jsonschema_description:"RFC 3339, UTC."`
	StepS    Number   `json:"step_s"`
	Requests []Number `json:"requests"`
	Failed   []Number `json:"failed"`
	Cold     []Number `json:"cold"`
	Starts   []Number `json:"starts"`
	Up       []Number `json:"instances_up" jsonschema_description:"Time average of the step."`
	Busy     []Number `json:"instances_busy"`
	Peak     []Number `json:"instances_peak" jsonschema_description:"Largest of all replications."`
	InFlight []Number `json:"in_flight"`
	Latency  []Number `json:"latency_mean_s"`
	Backlog  []Number `json:"backlog" jsonschema_description:"Largest of all replications."`
}

// Observed is what was busy at one instant, the mean over the replications.
type Observed struct {
	AtS      Number `json:"at_s"`
	Busy     Number `json:"busy_instances"`
	InFlight Number `json:"in_flight"`
}

// Background is what happened to background messages.
type Background struct {
	In         int64     `json:"in"`
	Done       int64     `json:"done"`
	Lost       int64     `json:"lost"`
	MaxBacklog int64     `json:"max_backlog"`
	Age        Quantiles `json:"age"`
}

// Headroom is how far one limit is.
type Headroom struct {
	App    string `json:"app"`
	Limit  string `json:"limit"`
	Unit   string `json:"unit"`
	Used   Number `json:"used" jsonschema_description:"Largest use seen."`
	Max    Number `json:"max" jsonschema_description:"null: no limit."`
	Share  Number `json:"share"`
	Denied int64  `json:"denied"`
	Grows  bool   `json:"grows" jsonschema_description:"Use grows with traffic."`
	Factor Number `json:"traffic_factor" jsonschema_description:"Times this traffic at which it binds, use growing in proportion; null where use does not grow."`
	Effect string `json:"effect"`
	Source string `json:"source"`
}

// Theory sets an analytic value beside a simulated one.
type Theory struct {
	App       string   `json:"app"`
	Formula   string   `json:"formula"`
	Quantity  string   `json:"quantity"`
	Unit      string   `json:"unit"`
	Theory    Number   `json:"theory"`
	Simulated Estimate `json:"simulated"`
	Note      string   `json:"note"`
}

// Replication is one run.
type Replication struct {
	Number   int    `json:"replication"`
	Seed     uint64 `json:"seed"`
	Partial  bool   `json:"partial"`
	Events   int64  `json:"events"`
	Requests int64  `json:"requests"`
	Served   int64  `json:"served"`
	Failed   int64  `json:"failed"`
	Cold     int64  `json:"cold"`
	Starts   int64  `json:"starts"`
	P50      Number `json:"p50_s"`
	P99      Number `json:"p99_s"`
	Mean     Number `json:"mean_s"`
	BillUSD  Number `json:"bill_usd"`
}
