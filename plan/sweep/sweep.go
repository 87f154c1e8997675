// Package sweep runs a scenario over a grid of values, on all processors, with
// a record from which an interrupted sweep goes on.
package sweep

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/plan"
	"berth/scenarios"
)

// Options say what is swept and how.
type Options struct {
	Name     string // of the scenario, for messages
	Source   []byte
	Sets     []string // overrides of every cell, before the axes
	Overlays []platform.Overlay
	Axes     []result.SweepAxis
	N        int    // replications of each cell; 0 = 5
	Workers  int    // at a time; 0 = GOMAXPROCS. The result does not depend on it.
	Dir      string // of the record; "" keeps none
	Tool     string // berth and its version
	// Progress is told after each run. Calls come one at a time.
	Progress func(done, total, kept int)
}

// InfeasibleError says why no cell of a grid can be simulated.
type InfeasibleError struct{ Reasons []string }

func (e *InfeasibleError) Error() string {
	return "no cell of the grid can be simulated:\n" + strings.Join(e.Reasons, "\n")
}

// Run simulates every cell that can be. Cells that the loader refuses carry the
// reason. When ctx ends early, the sweep is partial and the record holds what
// is finished; the same call goes on from there.
func Run(ctx context.Context, opt Options) (*result.Sweep, error) {
	if opt.N <= 0 {
		opt.N = plan.DefaultReplications
	}
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	cells, err := grid(opt.Axes)
	if err != nil {
		return nil, err
	}
	s := &sweeper{opt: opt, cells: make([]cell, len(cells)), out: &result.Sweep{Tool: opt.Tool, Scenario: opt.Name, Replications: opt.N, Axes: opt.Axes, Cells: cells}}
	if err := s.check(); err != nil {
		return nil, err
	}
	if opt.Dir != "" {
		if err := s.open(); err != nil {
			return nil, err
		}
		defer s.record.f.Close()
	}
	if err := s.runAll(ctx); err != nil {
		return nil, err
	}
	s.summarise()
	return s.out, nil
}

// cell is the working state of one cell.
type cell struct {
	cfg     *edge.Config
	model   *edge.Model
	compile sync.Once
	err     error
	runs    map[int]line
	left    int  // replications to make
	refused bool // by the compiler
}

// refusal is why a scenario that reads well cannot be simulated.
type refusal struct{ error }

type sweeper struct {
	opt    Options
	out    *result.Sweep
	cells  []cell
	record *record

	mu          sync.Mutex
	next        int // job: cell * N + replication
	done, total int
	kept        int // of done, found in the record
	err         error
}

// check loads every cell, on all workers, and notes which are refused.
func (s *sweeper) check() error {
	plan.Each(s.opt.Workers, len(s.cells), s.load)
	return s.feasible()
}

// feasible reports why every cell is refused, if every one is.
func (s *sweeper) feasible() error {
	var reasons []string
	seen := map[string]bool{}
	for i := range s.cells {
		why := s.out.Cells[i].Refused
		if why == "" {
			return nil
		}
		if !seen[why] && len(reasons) < 20 {
			reasons = append(reasons, why)
		}
		seen[why] = true
	}
	return &InfeasibleError{reasons}
}

func (s *sweeper) load(i int) {
	c := &s.cells[i]
	sets := append([]string{}, s.opt.Sets...)
	for a, axis := range s.out.Axes {
		sets = append(sets, axis.Path+"="+s.out.Cells[i].Values[a])
	}
	cfg, problems := scenarios.Load(s.opt.Name, s.opt.Source, scenarios.Options{Sets: sets, Overlays: s.opt.Overlays})
	if cfg == nil {
		var why []string
		for _, p := range problems.Errors() {
			why = append(why, strings.TrimPrefix(p.Error(), "--set: "))
		}
		s.out.Cells[i].Refused = strings.Join(why, "; ")
		return
	}
	c.cfg, c.runs, c.left = cfg, map[int]line{}, s.opt.N
}

// open takes what the record holds.
func (s *sweeper) open() error {
	h := sha256.New()
	write := func(label, text string) { fmt.Fprintf(h, "%s %d\n%s\n", label, len(text), text) }
	write("scenario", string(s.opt.Source))
	for _, set := range s.opt.Sets {
		write("set", set)
	}
	for _, o := range s.opt.Overlays {
		write("overlay", string(o.Source))
	}
	m := manifest{Format: 1, Version: s.opt.Tool, Scenario: s.opt.Name, Hash: hex.EncodeToString(h.Sum(nil)), Axes: s.opt.Axes}
	r, lines, err := openRecord(s.opt.Dir, m)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.Cell >= len(s.cells) || s.cells[l.Cell].cfg == nil {
			r.f.Close()
			return &OtherError{s.opt.Dir, fmt.Sprintf("its record has a cell %d", l.Cell)}
		}
		c := &s.cells[l.Cell]
		if _, twice := c.runs[l.Replication]; l.Replication < s.opt.N && !twice {
			c.runs[l.Replication] = l
			c.left--
			s.done++
			s.kept++
		}
	}
	s.record = r
	return nil
}

func (s *sweeper) runAll(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for i := range s.cells {
		if s.cells[i].cfg != nil {
			s.total += s.opt.N
		}
	}
	s.tell()
	var wg sync.WaitGroup
	for range s.opt.Workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i, rep, ok := s.take(ctx); ok; i, rep, ok = s.take(ctx) {
				l, whole, err := s.one(ctx, i, rep)
				s.finish(l, whole, err, cancel)
			}
		}()
	}
	wg.Wait()
	s.out.Partial = s.done < s.total
	if s.err != nil {
		return s.err
	}
	return s.feasible()
}

// take is the next run to make, cell by cell.
func (s *sweeper) take(ctx context.Context) (i, rep int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ; ctx.Err() == nil && s.err == nil && s.next < len(s.cells)*s.opt.N; s.next++ {
		i, rep = s.next/s.opt.N, s.next%s.opt.N
		c := &s.cells[i]
		if _, made := c.runs[rep]; c.cfg == nil || c.refused || made {
			continue
		}
		s.next++
		return i, rep, true
	}
	return 0, 0, false
}

// one makes a run; a panic becomes an error that names what to repeat.
func (s *sweeper) one(ctx context.Context, i, rep int) (l line, whole bool, err error) {
	c := &s.cells[i]
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("%s, replication %d of seed %d broke: %v\n%s", s.describe(i), rep, c.cfg.Seed, x, debug.Stack())
		}
	}()
	c.compile.Do(func() { c.model, c.err = edge.Compile(c.cfg) })
	if c.err != nil {
		return line{Cell: i}, false, refusal{c.err}
	}
	run, err := c.model.Run(ctx, rep, edge.Options{})
	if err != nil || run.Partial {
		return l, false, err
	}
	l = line{Cell: i, Replication: rep}
	for _, m := range plan.Measure(c.cfg, run) {
		v := value{App: m.Key.App, Name: m.Key.Name, Label: m.Label, Unit: m.Unit, Better: m.Better, Count: m.Count}
		if x := m.Values[0]; !math.IsNaN(x) && !math.IsInf(x, 0) {
			v.X = &x
		}
		l.Metrics = append(l.Metrics, v)
	}
	return l, true, nil
}

// describe names a cell by its values.
func (s *sweeper) describe(i int) string {
	var words []string
	for a, axis := range s.out.Axes {
		words = append(words, axis.Path+"="+s.out.Cells[i].Values[a])
	}
	return strings.Join(words, " ")
}

// finish notes a whole run; the first error ends the sweep.
func (s *sweeper) finish(l line, whole bool, err error, cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && whole && s.record != nil {
		if err = s.record.add(l); err != nil {
			err = fmt.Errorf("%s/%s could not be written: %w; the record is valid, and the same command goes on", s.opt.Dir, RecordFile, err)
		}
	}
	var no refusal
	switch {
	case errors.As(err, &no):
		if c := &s.cells[l.Cell]; !c.refused {
			c.refused = true
			s.total -= c.left
			s.out.Cells[l.Cell].Refused = no.Error()
		}
	case err != nil:
		if s.err == nil {
			s.err = err
		}
		cancel()
	case whole:
		c := &s.cells[l.Cell]
		c.runs[l.Replication] = l
		if c.left--; c.left == 0 {
			c.model = nil
		}
		s.done++
		s.tell()
	}
}

func (s *sweeper) tell() {
	if s.opt.Progress != nil {
		s.opt.Progress(s.done, s.total, s.kept)
	}
}

// summarise makes the metrics of the cells from their runs in order.
func (s *sweeper) summarise() {
	for i := range s.cells {
		c, out := &s.cells[i], &s.out.Cells[i]
		out.Runs = len(c.runs)
		var metrics []result.Metric
		var counts []int64
		at := map[result.Key]int{}
		for rep := range s.opt.N {
			for _, v := range c.runs[rep].Metrics {
				k := result.Key{App: v.App, Name: v.Name}
				j, ok := at[k]
				if !ok {
					j = len(metrics)
					at[k] = j
					metrics = append(metrics, result.Metric{Key: k, Label: v.Label, Unit: v.Unit, Better: v.Better})
					counts = append(counts, 0)
				}
				if v.X != nil {
					metrics[j].Values = append(metrics[j].Values, *v.X)
				}
				counts[j] += v.Count
			}
		}
		for j := range metrics {
			metrics[j] = result.Summarise(metrics[j], metrics[j].Values, counts[j])
		}
		out.Metrics = metrics
	}
	result.MarkFront(s.out.Cells, result.Key{Name: "bill"}, result.Key{Name: "p99(latency)"})
}
