// Package validate holds the program against reference values that were
// computed independently of it: closed forms against the analytic module and
// against the simulator on the path of every scenario, and exact results of
// trace replays, bills, distances, output analysis and round trips.
//
// The reference files have one row a case, inputs first. Intervals of the
// simulator are judged one by one and, all together, by how many of them cover.
package validate

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"berth/sim/stats"
)

// Options of Run. The zero value runs the embedded suite quickly.
type Options struct {
	// Cases is a directory of reference files; "" takes the embedded ones.
	Cases string
	// Traces is the directory of the recorded traces that the rows name; "" looks
	// in ../data/traces beside Cases, then in the embedded ones.
	Traces string
	// Full makes longer and more replications.
	Full bool
	// Seed is the seed of the simulated rows; every row derives its own.
	Seed uint64
	// Workers is how many rows are computed at a time; 0 = one a processor. It
	// changes no result.
	Workers int
	// RTT and Sites are a measured matrix of round trips and its places, Source
	// the sites to take where the file has several; empty = the embedded matrix.
	RTT, Sites, Source string
	// Progress is told after every row, from several goroutines but one at a time.
	Progress func(done, total int, row Row)
}

// Verdict is what became of a row.
type Verdict string

// The verdicts.
const (
	Covered     Verdict = "covered"      // the interval holds the reference
	NotCovered  Verdict = "not covered"  // it does not, but within four half-widths
	Failed      Verdict = "FAILED"       // further off, or an exact value differs
	NotTestable Verdict = "not testable" // too few events, or no variance
	Agrees      Verdict = "agrees"       // every exact value is as printed
	Skipped     Verdict = "skipped"
	Information Verdict = "information"
)

// Row is one case of one reference file.
type Row struct {
	Model      string `json:"model"` // name of the file without .csv
	Case       string `json:"case"`
	Parameters string `json:"parameters"`
	Metric     string `json:"metric,omitempty"`    // the judged column
	Reference  string `json:"reference,omitempty"` // as printed in the file
	// Checked and Wrong count the columns that were computed without simulation.
	Checked int      `json:"columns_checked"`
	Wrong   []Column `json:"columns_wrong,omitempty"`
	// Simulated is the judged estimate, Others what the simulator says of further
	// columns, as information.
	Simulated *Estimate  `json:"simulated,omitempty"`
	Others    []Estimate `json:"others,omitempty"`
	Verdict   Verdict    `json:"verdict"`
	Why       string     `json:"why,omitempty"`

	counts bool // in the coverage
}

// Column is a value that differs from its reference.
type Column struct {
	Name      string `json:"column"`
	Reference string `json:"reference"`
	Value     string `json:"value"`
}

// Estimate is a simulated value with its 95 % interval.
type Estimate struct {
	Column       string  `json:"column"`
	Reference    string  `json:"reference,omitempty"`
	Mean         float64 `json:"mean"`
	Half         float64 `json:"half_width"` // 0 where the value is exact
	Replications int     `json:"replications"`
	Events       int64   `json:"events"` // observed, that the estimate rests on
}

// Coverage is how many intervals hold their reference, against the two-sided
// binomial band for that many intervals of 95 %.
type Coverage struct {
	Rows    int     `json:"rows"`
	Covered int     `json:"covered"`
	Lo      int     `json:"least"`
	Hi      int     `json:"most"`
	Alpha   float64 `json:"alpha"`
	OK      bool    `json:"ok"`
}

// Report is the outcome of a validation.
type Report struct {
	SchemaVersion int      `json:"schema_version"`
	Cases         string   `json:"cases"` // directory, or "embedded"
	Mode          string   `json:"mode"`  // quick | full
	Seed          uint64   `json:"seed"`
	Rows          []Row    `json:"rows"`
	Coverage      Coverage `json:"coverage"`
	Notes         []string `json:"notes,omitempty"`
	Partial       bool     `json:"partial,omitempty"` // interrupted
}

// confidence of every interval; alpha of the band that judges them together.
const (
	confidence = 0.95
	alpha      = 0.001
)

// Failures counts the rows that failed.
func (r *Report) Failures() int {
	n := 0
	for _, row := range r.Rows {
		if row.Verdict == Failed {
			n++
		}
	}
	return n
}

// OK says whether every row and the coverage passed.
func (r *Report) OK() bool { return r.Failures() == 0 && r.Coverage.OK }

// task computes one row.
type task struct {
	row Row // what is known before
	run func(ctx context.Context, row *Row) error
}

// suite is one run of Run.
type suite struct {
	opt   Options
	files caseFiles
	sizes sizes
	notes []string
	// traces finds the trace files; close removes what it unpacked.
	traces *traceFinder
}

// Run validates. The error says what is wrong with the files of the user, all
// of it at once; what is wrong with the program is in the report. When ctx ends
// early the report is marked Partial.
func Run(ctx context.Context, opt Options) (*Report, error) {
	return run(ctx, opt, sizesOf(opt.Full))
}

func run(ctx context.Context, opt Options, size sizes) (*Report, error) {
	s := &suite{opt: opt, sizes: size}
	if s.opt.Seed == 0 {
		s.opt.Seed = 1
	}
	var err error
	if s.files, err = openCases(opt.Cases); err != nil {
		return nil, err
	}
	s.traces = newTraceFinder(opt)
	defer s.traces.close()
	tasks, err := s.tasks()
	if err != nil {
		return nil, err
	}
	r := &Report{SchemaVersion: 1, Cases: s.files.name, Mode: "quick", Seed: s.opt.Seed}
	if opt.Full {
		r.Mode = "full"
	}
	r.Rows = s.compute(ctx, tasks)
	r.Notes = s.notes
	r.Partial = ctx.Err() != nil
	r.Coverage = coverage(r.Rows)
	return r, nil
}

// compute runs the tasks on several workers; the rows keep the tasks' order.
func (s *suite) compute(ctx context.Context, tasks []task) []Row {
	rows := make([]Row, len(tasks))
	workers := s.opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var (
		mu   sync.Mutex
		next int
		done int
		wg   sync.WaitGroup
	)
	take := func() int {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1
	}
	for range min(workers, len(tasks)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := take(); k < len(tasks); k = take() {
				rows[k] = runTask(ctx, tasks[k])
				mu.Lock()
				done++
				if s.opt.Progress != nil {
					s.opt.Progress(done, len(tasks), rows[k])
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	return rows
}

// runTask computes a row; an error or a panic of the program fails it.
func runTask(ctx context.Context, t task) (row Row) {
	row = t.row
	if t.run == nil {
		return row
	}
	if ctx.Err() != nil {
		row.Verdict, row.Why = Skipped, "interrupted"
		return row
	}
	defer func() {
		if x := recover(); x != nil {
			row.Verdict, row.Why = Failed, fmt.Sprintf("broke: %v", x)
		}
	}()
	if err := t.run(ctx, &row); err != nil {
		row.Verdict, row.Why = Failed, err.Error()
		if ctx.Err() != nil {
			row.Verdict, row.Why = Skipped, "interrupted"
		}
	}
	return row
}

// coverage counts the intervals and judges their number.
func coverage(rows []Row) Coverage {
	c := Coverage{Alpha: alpha}
	for _, row := range rows {
		if !row.counts {
			continue
		}
		switch row.Verdict {
		case Covered:
			c.Rows++
			c.Covered++
		case NotCovered, Failed:
			c.Rows++
		}
	}
	if c.Rows == 0 {
		c.OK = true
		return c
	}
	c.Lo, c.Hi = stats.BinomialBand(c.Rows, confidence, alpha)
	c.OK = c.Covered >= c.Lo && c.Covered <= c.Hi
	return c
}

// fewEvents is the number of observed events below which nothing is tested.
const fewEvents = 30

// farOff is how many half-widths from the reference a row fails.
const farOff = 4

// judge gives an estimate its verdict. A reference that was itself simulated
// has the standard error refSE; n is the number of replications.
func judge(row *Row, e Estimate, n int, reference, refSE float64) {
	row.Simulated = &e
	row.counts = true
	if math.IsNaN(e.Mean) || math.IsNaN(e.Half) {
		// A number of some kind for JSON; what is wrong is said below.
		row.Simulated = &Estimate{Column: e.Column, Reference: e.Reference, Replications: e.Replications, Events: e.Events}
	}
	switch {
	case e.Events < fewEvents:
		row.Verdict = NotTestable
		row.Why = fmt.Sprintf("%d events were observed, fewer than %d", e.Events, fewEvents)
		return
	case e.Half == 0:
		row.Verdict, row.Why = NotTestable, "the values of all replications are equal"
		return
	}
	half := e.Half
	if refSE > 0 {
		half = math.Hypot(half, stats.TQuantile(confidence, float64(n-1))*refSE)
	}
	switch off := math.Abs(e.Mean-reference) / half; {
	case math.IsNaN(off):
		row.Verdict, row.Why = Failed, "the simulated value is not a number"
	case off <= 1:
		row.Verdict = Covered
	case off <= farOff:
		row.Verdict, row.Why = NotCovered, fmt.Sprintf("%.2f half-widths away", off)
	default:
		row.Verdict, row.Why = Failed, fmt.Sprintf("%.2f half-widths away", off)
	}
}
