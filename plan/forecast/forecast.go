// Package forecast simulates the months to come of a scenario that grows, and
// finds the month in which its budget, a limit or a target gives way.
//
// Each month is simulated as a calendar month of its own: 28 to 31 days from its
// first day, so that weekdays, prices, types and limits are those of the month,
// with its allowances once. Traffic is scaled and simulated, not the bill, since
// idle time, concurrency and limits do not grow in proportion. All months meet
// the same random numbers. Every month begins as the scenario does, without what
// the month before left running; a first deploy happens in the first month only.
package forecast

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"berth/data"
	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/plan"
	"berth/scenarios"
	"berth/sim"
)

// MaxMonths bounds the horizon.
const MaxMonths = 120

// Options say what is forecast, and how.
type Options struct {
	Name     string // of the scenario, for messages
	Source   []byte
	Sets     []string // overrides of every month
	Overlays []platform.Overlay
	First    data.Date // the first month; zero: that of the scenario
	Months   int       // 1 to MaxMonths
	Growth   Growth
	Ends     []Growth // low and high end of the growth's stated uncertainty; none where it is certain
	N        int      // replications of each month and growth; 0 = 5
	Workers  int      // at a time; 0 = GOMAXPROCS. The result does not depend on it.
	Tool     string
	// Progress is told after each simulated month. Calls come one at a time.
	Progress func(done, total int)
}

// RefusedError is a scenario that cannot be read.
type RefusedError struct{ Problems scenarios.Problems }

func (e *RefusedError) Error() string { return e.Problems.Error() }

// UnfitError is a month that reads well and cannot be simulated.
type UnfitError struct {
	Month string
	Err   error
}

func (e *UnfitError) Error() string { return e.Month + " cannot be simulated:\n" + e.Err.Error() }

func (e *UnfitError) Unwrap() error { return e.Err }

// Run simulates all months. When ctx ends early the forecast holds the months
// that are complete and is partial. The error is a *RefusedError where the
// scenario cannot be read, in some month or at all, and joins *UnfitError.
func Run(ctx context.Context, opt Options) (*result.Forecast, error) {
	if opt.N <= 0 {
		opt.N = plan.DefaultReplications
	}
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if err := opt.Check(); err != nil {
		return nil, err
	}
	f := &forecaster{opt: opt}
	if err := f.load(); err != nil {
		return nil, err
	}
	if err := f.simulate(ctx); err != nil {
		return nil, err
	}
	return f.result(), nil
}

// Check reports a horizon and growths that do not go together.
func (o *Options) Check() error {
	if o.Months < 1 || o.Months > MaxMonths {
		return fmt.Errorf("%d months: take 1 to %d", o.Months, MaxMonths)
	}
	if n := len(o.Ends); n != 0 && n != 2 {
		return fmt.Errorf("%d ends of the growth: take a low and a high one", n)
	}
	for _, g := range append([]Growth{o.Growth}, o.Ends...) {
		if err := g.Check(o.Months); err != nil {
			return err
		}
	}
	for m := range o.Months {
		if len(o.Ends) > 0 && !(o.Ends[0].Factor(m) <= o.Growth.Factor(m) && o.Growth.Factor(m) <= o.Ends[1].Factor(m)) {
			return fmt.Errorf("in month %d the growth of %s is not between %s and %s", m+1, o.Growth.Text, o.Ends[0].Text, o.Ends[1].Text)
		}
	}
	return nil
}

// forecaster is the working state.
type forecaster struct {
	opt    Options
	cfg    *edge.Config // of the first month
	before *edge.Config // the month before it, for its prices
	months []month
}

// month is one month with its configurations by growth.
type month struct {
	first  data.Date
	levels []level // the low end, the middle and the high end, or the middle alone
}

// level is a month at one growth.
type level struct {
	factor float64
	cfg    *edge.Config
	done   *outcome
}

// middle is the month as grown.
func (m *month) middle() *level { return &m.levels[len(m.levels)/2] }

// complete says whether every growth is simulated.
func (m *month) complete() bool {
	return !slices.ContainsFunc(m.levels, func(l level) bool { return l.done == nil })
}

// load reads the scenario for every month.
func (f *forecaster) load() error {
	base, problems := scenarios.Load(f.opt.Name, f.opt.Source, scenarios.Options{Sets: f.opt.Sets, Overlays: f.opt.Overlays})
	if base == nil {
		return &RefusedError{problems}
	}
	first := f.opt.First
	if first.IsZero() {
		first = data.DateOf(base.AsOf)
		if !base.Month.IsZero() {
			first = data.DateOf(base.Month)
		}
	}
	first = first.FirstOfMonth()
	// A month in which the scenario was not possible yet tells no change.
	f.before, _ = f.config(first.AddDays(-1).FirstOfMonth(), base.Duration)
	for m := range f.opt.Months {
		cfg, err := f.config(first, base.Duration)
		if err != nil {
			return err
		}
		if m > 0 {
			for i := range cfg.Apps {
				cfg.Apps[i].FirstDeploy = false
			}
		}
		if m == 0 {
			f.cfg = cfg
		}
		if f.before == nil {
			f.before = cfg
		}
		one := month{first: first}
		for _, g := range f.growths() {
			one.levels = append(one.levels, level{factor: g.Factor(m), cfg: scaled(cfg, g.Factor(m))})
		}
		f.months = append(f.months, one)
		first = first.AddDays(first.MonthDays())
	}
	return nil
}

// growths are the growths that are simulated, from low to high.
func (f *forecaster) growths() []Growth {
	if len(f.opt.Ends) == 0 {
		return []Growth{f.opt.Growth}
	}
	return []Growth{f.opt.Ends[0], f.opt.Growth, f.opt.Ends[1]}
}

// config is the scenario in a calendar month. A horizon of four weeks or more is
// the whole month, a shorter one stays, and its usage is scaled to the month as
// that of any run.
func (f *forecaster) config(first data.Date, horizon sim.Time) (*edge.Config, error) {
	if horizon >= 28*sim.Day {
		horizon = sim.Time(first.MonthDays()) * sim.Day
	}
	name := fmt.Sprintf("%04d-%02d", first.Year, first.Month)
	sets := append(slices.Clone(f.opt.Sets), "month="+name, "month_hours=calendar", "as_of="+first.String(), "start="+first.String(), fmt.Sprintf("duration=%dns", horizon))
	cfg, problems := scenarios.Load(f.opt.Name, f.opt.Source, scenarios.Options{Sets: sets, Overlays: f.opt.Overlays})
	if cfg == nil {
		return nil, &RefusedError{problems}
	}
	return cfg, nil
}

// scaled is a configuration with so many times its traffic.
func scaled(cfg *edge.Config, factor float64) *edge.Config {
	out := *cfg
	out.Apps = slices.Clone(cfg.Apps)
	for i := range out.Apps {
		out.Apps[i].Traffic = slices.Clone(out.Apps[i].Traffic)
		for k, t := range out.Apps[i].Traffic {
			out.Apps[i].Traffic[k], _ = t.Scaled(factor)
		}
	}
	return &out
}

// simulate makes the runs of all months and growths on all workers, in the order
// of the months, so that an interruption leaves those that came first.
func (f *forecaster) simulate(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type job struct{ month, level int }
	var jobs []job
	for m := range f.months {
		for l := range f.months[m].levels {
			jobs = append(jobs, job{m, l})
		}
	}
	within := max(1, f.opt.Workers/len(jobs)) // replications of a job at a time
	var mu sync.Mutex
	var errs []error
	done := 0
	queue := make(chan job, len(jobs))
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	var wg sync.WaitGroup
	for range min(f.opt.Workers, len(jobs)) {
		wg.Go(func() {
			for j := range queue {
				if ctx.Err() != nil {
					return
				}
				x, err := f.one(ctx, j.month, j.level, within)
				mu.Lock()
				if err != nil {
					errs = append(errs, err)
					cancel()
				}
				f.months[j.month].levels[j.level].done = x
				if done++; f.opt.Progress != nil {
					f.opt.Progress(done, len(jobs))
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// one simulates a month at one growth; nil where it was interrupted.
func (f *forecaster) one(ctx context.Context, m, l, workers int) (*outcome, error) {
	x := &f.months[m].levels[l]
	model, err := edge.Compile(x.cfg)
	if err != nil {
		return nil, &UnfitError{f.months[m].name(), err}
	}
	r, err := plan.Replicate(ctx, model, x.cfg, plan.ReplicateOptions{N: f.opt.N, Workers: workers, Tool: f.opt.Tool})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.months[m].first, err)
	}
	if r.Partial {
		return nil, nil
	}
	before := f.before
	if m > 0 {
		before = f.months[m-1].middle().cfg
	}
	return newOutcome(x.cfg, r, before.Book), nil
}
