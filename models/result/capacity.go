package result

import "berth/sim/stats"

// Capacity is the highest rate that an app, or all of an account, carries
// within its targets and limits, and how its instances slow down with load.
type Capacity struct {
	Tool, Scenario string
	App            string // "" = all apps, scaled together
	Seed           uint64
	// Confidence holds for the bracket as a whole: with it, Carried is carried and
	// Broken is not.
	Confidence, Tolerance float64
	Targets               []Target // judged, the implied one last
	Implied               bool     // the last target is not the scenario's
	Base                  RatePoint
	Points                []RatePoint // tried, by factor
	Carried, Broken       int         // indices into Points; -1 for none
	Ending                Ending
	Binds                 []Binding // at Broken
	Limits                []LimitAt // at Carried
	Curves                []Curve   // by instance type
	NoCurve               string    // why there are none
	Duration              []string  // spans of shortened runs, in words
	Warnings              []string
	Partial               bool
}

// Ending is how a search for the highest rate ended.
type Ending int

// The endings.
const (
	Found     Ending = iota // the bracket is as narrow as was asked for
	TooNoisy                // the replications allowed do not tell the rest apart
	Grainy                  // whole numbers lie no closer
	NoCeiling               // carried as far as could be tried
	NoFloor                 // no rate tried was shown to be carried
)

// RatePoint is one rate that was tried.
type RatePoint struct {
	Factor       float64        // on the scenario's traffic
	PerSecond    stats.Interval // requests a second, measured
	Sets         []string       // overrides that make it
	Replications int            // 0 where analysis alone decided
	Verdict      Verdict
	Lines        []SLOResult // each target at the last look
	Why          string      // of a verdict by analysis
}

// Binding is what a rate breaks.
type Binding struct {
	What string // the target, or a limit
	Why  string
}

// LimitAt is a limit at the highest rate carried.
type LimitAt struct {
	Headroom
	Reached float64 // factor at which it is reached if use grows in proportion; 0 = unknown
}

// Curve is one instance of a type under growing load.
type Curve struct {
	App, Type string
	VCPU      float64
	MemoryMiB int64
	Own       bool   // the scenario's type
	Refused   string // why the app does not fit the type
	InMemory  int64  // requests at once that fit its memory; 0 = no bound
	// PerSecond is the rate at which the instance is saturated, 0 for none, by
	// Saturates: vCPU, or concurrency.
	PerSecond float64
	Saturates string
	Points    []CurvePoint
}

// CurvePoint is an instance at a share of its saturation.
type CurvePoint struct {
	Load      float64 // of saturation
	PerSecond float64
	P50, P99  Metric
	Errors    Metric
	InFlight  Metric // mean requests inside
}
