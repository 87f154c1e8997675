package result

import (
	"berth/sim"
	"berth/sim/stats"
)

// Plan is the outcome of a search for the cheapest configuration that meets the
// targets of a scenario.
type Plan struct {
	Tool, Scenario string
	Seed           uint64
	Rules          PlanRules
	Targets        []Target
	Searches       []Search // one for each app planned, in that order, or one over all axes
	Base           Compared // the scenario as it is
	// Choice is what the searches found together, RunnerUp the next best of the
	// last search: on the scenario's own horizon, with paired differences to
	// Base. Nil where there is none.
	Choice, RunnerUp *Compared
	Changes          []PlanChange // of the choice against the scenario as it is
	Feasible         bool         // some configuration meets the targets; else Choice is what comes closest
	Advice           []Advice     // what to write into the deployment
	Warnings         []string
	Partial          bool
}

// PlanRules are the rules of a search.
type PlanRules struct {
	Confidence, Indifference, Tolerance float64
	Finalists, First, Most              int
}

// PlanChange is a value of the scenario that the choice changes.
type PlanChange struct{ Path, From, To string }

// Advice is what to paste back for one app.
type Advice struct{ App, Wrangler, Class string }

// Fate is what became of a cell of a search.
type Fate int

// The fates. Proven ones hold with the search's confidence, or for certain.
const (
	FateOpen    Fate = iota // not proven
	FateChosen              // the search's choice
	FateRefused             // the scenario language or the platform refuses it
	FateLimit               // a limit makes it impossible, without any run
	FateMissed              // misses a target
	FateDearer              // meets the targets, or may, and costs more
	FateEqual               // costs no less than the choice: within the indifference zone
)

func (f Fate) String() string {
	return [...]string{"not proven", "chosen", "refused", "infeasible", "misses a target", "dearer", "no cheaper"}[f]
}

// Stage is how far a cell came.
type Stage int

// The stages.
const (
	StageAnalysis Stage = iota // left by analysis, without a run
	StageScreen                // one run
	StageRank                  // ranked
	StageConfirm               // run on the scenario's own horizon
)

func (s Stage) String() string {
	return [...]string{"analysis", "one run", "ranking", "confirmation"}[s]
}

// Search is one search over a grid.
type Search struct {
	App           string // "" = several at once
	Axes          []SweepAxis
	Default       bool     // the axes are the planner's own choice
	Span, Warmup  sim.Time // measured and left out by each run of the search
	Whole         bool     // the span is the scenario's own
	ZoneUSD       float64  // indifference zone; 0 where nothing was ranked
	Cells         []PlanCell
	Chosen        int // cells; -1 = none
	RunnerUp      int
	Base          int
	Feasible      bool // the choice keeps the targets; else it is the closest
	Proven        bool // the choice is shown best of those ranked
	Replications  int  // of the cell ranked longest
	Runs          int  // made
	Lines         []PlanLine
	Edges         []PlanEdge
	CheaperMissed int // of the cells cheaper than the choice the one that misses a target least; -1 = none
}

// PlanLine is a target as the cells of a search keep it.
type PlanLine struct {
	Target Target
	Kept   int     // cells on whose mean it is kept
	Best   float64 // best mean of any cell
	Cell   int     // that has it; -1 = none
}

// PlanEdge says that the choice lies at an end of what was tried.
type PlanEdge struct {
	Path, Value string
	Lowest      bool // else the highest
}

// PlanCell is one configuration of a search.
type PlanCell struct {
	Index  int
	Values []string // one an axis; nil of the scenario as it is, where that is no point of the grid
	Base   bool     // the scenario as it is
	Fate   Fate
	Stage  Stage
	Why    string
	Line   int  // target that it misses; -1 = none
	Proven bool // the fate is
	Front  bool // no other cell has both a lower bill and a lower p99
	Runs   int
	// Over the cell's runs of its last stage; of one run without an interval.
	// Targets are in the order of the search's lines.
	Bill, P99, Errors, Cold Metric
	Targets                 []Metric
	// Dearer is the bill minus the choice's, paired, USD.
	Dearer stats.Interval
	// Least is a lower bound of the bill by formula, USD; 0 where none applies.
	Least float64
}
