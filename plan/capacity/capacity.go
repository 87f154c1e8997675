// Package capacity finds the highest rate that an app carries within its
// targets and limits, what binds there, and how an instance of each type slows
// down on the way to its saturation.
package capacity

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"berth/data"
	"berth/data/strict"
	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/scenarios"
)

// Options say what is scaled and how sure the answer is to be.
type Options struct {
	Name     string // of the scenario, for messages
	Source   []byte
	Sets     []string
	Overlays []platform.Overlay
	App      string // "" = all apps together
	// Tolerance is the width of the bracket wanted, as a share; 0 = 2 %.
	// Confidence is that of the bracket as a whole; 0 = 95 %. Max bounds the
	// replications of one rate; 0 = 80.
	Tolerance, Confidence float64
	Max                   int
	NoCurves              bool
	Workers               int // at a time; 0 = GOMAXPROCS. The result does not depend on it.
	Tool                  string
	// Progress is told what is done now. Calls come one at a time.
	Progress func(doing string)
}

// The bounds of the search.
const (
	firstLook  = 5  // replications before a rate is judged; doubled until it is decided
	maxPoints  = 24 // rates tried at most
	maxFactor  = 1 << 14
	minFactor  = 1.0 / 64
	rareFactor = 64      // most that a rate is raised to find one that is carried at all
	wanted     = 100_000 // requests of a run that is shortened, before warm-up
	muchTooBig = 400_000 // requests above which a run is shortened
	hopeless   = 2e7     // requests of a run that is not tried any more
)

// UsageError is a question that the scenario gives no answer to.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

func mistake(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// search is a running search.
type search struct {
	opt     Options
	cfg     *edge.Config
	app     *edge.App // nil for all
	out     *result.Capacity
	points  []*point
	alpha   float64 // error of one judgement of one line, one-sided
	shorter map[string]bool
}

// MaxRate searches the highest multiple of the traffic of cfg, which is Source
// with Sets, that keeps the targets: doubling (or halving) from the scenario as
// it is until a rate is shown to be carried and a higher one not to be, then
// bisection. Every rate is simulated on the same random numbers and judged on
// the intervals of its targets, with replications doubled until it is decided.
// The errors of all these judgements add up to at most 1 - Confidence
// (Bonferroni). An app without a target on its errors is held to 1 %.
//
// The answer assumes that what is carried at the upper end of a bracket is
// carried within it; where a lower rate is shown to break a target, as cold
// starts of rare requests do, a warning says so.
func MaxRate(ctx context.Context, cfg *edge.Config, opt Options) (*result.Capacity, error) {
	s, err := newSearch(cfg, opt)
	if err != nil {
		return nil, err
	}
	if err := s.bracket(ctx); err != nil {
		return nil, err
	}
	if err := s.refine(ctx); err != nil {
		return nil, err
	}
	if err := s.finish(ctx); err != nil {
		return nil, err
	}
	if !opt.NoCurves {
		s.tell("the curve of every instance type")
		if err := s.curves(ctx); err != nil {
			return nil, err
		}
	}
	s.out.Partial = ctx.Err() != nil
	return s.out, nil
}

func newSearch(cfg *edge.Config, opt Options) (*search, error) {
	s := &search{opt: opt, cfg: cfg, shorter: map[string]bool{}}
	if s.opt.Tolerance <= 0 {
		s.opt.Tolerance = 0.02
	}
	if s.opt.Confidence <= 0 {
		s.opt.Confidence = result.Confidence
	}
	if s.opt.Max <= 0 {
		s.opt.Max = 80
	}
	if s.opt.Workers <= 0 {
		s.opt.Workers = runtime.GOMAXPROCS(0)
	}
	if len(cfg.Apps) == 1 {
		s.app = &cfg.Apps[0]
	}
	if opt.App != "" {
		if s.app = appOf(cfg, opt.App); s.app == nil {
			return nil, noApp(cfg, opt.App)
		}
	}
	s.out = &result.Capacity{Tool: opt.Tool, Scenario: cfg.Name, Seed: cfg.Seed, Confidence: s.opt.Confidence, Tolerance: s.opt.Tolerance, Carried: -1, Broken: -1}
	if s.app != nil {
		s.out.App = s.app.Name
	}
	if err := s.scalable(); err != nil {
		return nil, err
	}
	if err := s.targets(); err != nil {
		return nil, err
	}
	looks := 1
	for n := firstLook; n < s.opt.Max; n *= 2 {
		looks++
	}
	s.alpha = (1 - s.opt.Confidence) / float64(maxPoints*looks*len(s.out.Targets))
	return s, nil
}

func appOf(cfg *edge.Config, name string) *edge.App {
	for i := range cfg.Apps {
		if cfg.Apps[i].Name == name {
			return &cfg.Apps[i]
		}
	}
	return nil
}

func noApp(cfg *edge.Config, name string) error {
	var names []string
	for i := range cfg.Apps {
		names = append(names, cfg.Apps[i].Name)
	}
	if near := strict.Suggest(name, names); near != "" {
		return mistake("there is no app %q in %s; did you mean %q?", name, cfg.Name, near)
	}
	return mistake("there is no app %q in %s; it has %q", name, cfg.Name, names)
}

// scaled are the apps whose traffic grows.
func (s *search) scaled() []*edge.App {
	if s.app != nil {
		return []*edge.App{s.app}
	}
	var list []*edge.App
	for i := range s.cfg.Apps {
		list = append(list, &s.cfg.Apps[i])
	}
	return list
}

// scalable refuses traffic that has no rate.
func (s *search) scalable() error {
	for _, a := range s.scaled() {
		for i := range a.Traffic {
			if scenarios.Replayed(&a.Traffic[i]) {
				return mistake("%s.%s replays a trace or a script, whose calls have no rate to raise: describe the traffic by a rate (berth trace stats FILE shows the trace's), or replay it faster with trace: {speed: 2} and read berth run",
					a.Name, a.Traffic[i].Name)
			}
		}
	}
	if len(scenarios.ScaledTraffic(s.cfg, s.opt.App, 2)) == 0 {
		return mistake("the traffic of %s has no amount that can be raised", s.cfg.Name)
	}
	return nil
}

// impliedErrors is the target of an app that has none on its errors: requests
// that limits refuse would otherwise count as carried.
const impliedErrors = "errors < 1%"

// targets are the scenario's lines that bear on the apps that grow.
func (s *search) targets() error {
	onErrors := false
	for _, line := range s.cfg.SLO {
		if s.app != nil && line.App != "" && line.App != s.app.Name {
			continue
		}
		unit, _ := result.IsMetric(line.Metric)
		t := result.Target{Text: line.Text, Metric: line.Metric, App: line.App, Op: line.Op, Threshold: line.Threshold, Unit: unit}
		if len(s.cfg.Apps) == 1 {
			t.App = "" // one app is all apps
		}
		onErrors = onErrors || t.Metric == "errors"
		s.out.Targets = append(s.out.Targets, t)
	}
	if len(s.out.Targets) == 0 {
		return mistake(`%s has no target to carry its traffic within: add one, such as --set 'slo=["p99(latency) < 3s", "errors < 1%%"]'`, s.cfg.Name)
	}
	if !onErrors {
		t, err := result.ParseTarget(impliedErrors)
		if err != nil {
			return err
		}
		if s.app != nil && len(s.cfg.Apps) > 1 {
			t.App = s.app.Name
		}
		s.out.Targets, s.out.Implied = append(s.out.Targets, t), true
	}
	return nil
}

func (s *search) tell(format string, args ...any) {
	if s.opt.Progress != nil {
		s.opt.Progress(fmt.Sprintf(format, args...))
	}
}

// view is the catalogue of the scenario.
func (s *search) view() (platform.View, error) {
	catalogue, err := platform.LoadFiles(s.opt.Overlays...)
	if err != nil {
		return platform.View{}, err
	}
	return catalogue.AsOf(data.DateOf(s.cfg.AsOf)).In(s.cfg.World)
}

// bracket finds a rate that is carried below one that is not.
func (s *search) bracket(ctx context.Context) error {
	first, err := s.at(ctx, 1)
	if err != nil {
		return err
	}
	s.out.Base = first.out
	if first.out.Verdict != result.Met {
		if err := s.walk(ctx, 0.25, result.Met); err != nil {
			return err
		}
	}
	if lo := s.highest(result.Met); lo == nil || first.out.Verdict != result.Violated {
		// Up: from a rate that is carried until one is not; or, where nothing below
		// is carried, until one is.
		if lo == nil && first.out.Verdict == result.Violated {
			if err := s.walk(ctx, 4, result.Met); err != nil {
				return err
			}
			if s.highest(result.Met) == nil {
				return nil
			}
		}
		return s.walk(ctx, 2, result.Violated)
	}
	return nil
}

// walk multiplies the factor, from the outermost one that was tried, until a
// rate has the verdict.
func (s *search) walk(ctx context.Context, step float64, until result.Verdict) error {
	f := 1.0
	for _, p := range s.points {
		if step > 1 {
			f = max(f, p.out.Factor)
		} else {
			f = min(f, p.out.Factor)
		}
	}
	for ctx.Err() == nil && len(s.points) < maxPoints-6 {
		f *= step
		if f > maxFactor || f < minFactor || f > rareFactor && until == result.Met {
			return nil
		}
		p, err := s.at(ctx, f)
		if err != nil || p == nil || p.out.Verdict == until || p.refused != "" || p.requests*step > hopeless {
			return err
		}
		if until == result.Met && step > 1 && p.out.Why != "" {
			return nil // beyond saturation nothing is carried
		}
	}
	return nil
}

// highest is the point of the largest factor with a verdict, or nil.
func (s *search) highest(v result.Verdict) *point {
	var best *point
	for _, p := range s.points {
		if p.out.Verdict == v && (best == nil || p.out.Factor > best.out.Factor) {
			best = p
		}
	}
	return best
}

// ends are the highest rate carried below a rate that is not, and the lowest
// such; hi is nil where nothing above lo is broken.
func (s *search) ends() (lo, hi *point) {
	lo = s.highest(result.Met)
	if lo == nil {
		return nil, nil
	}
	for _, p := range s.points {
		if p.out.Verdict == result.Violated && p.out.Factor > lo.out.Factor && (hi == nil || p.out.Factor < hi.out.Factor) {
			hi = p
		}
	}
	return lo, hi
}

// refine bisects the bracket. Where a rate in the middle is not decided, the
// parts below and above it are bisected in turn.
func (s *search) refine(ctx context.Context) error {
	s.out.Ending = result.TooNoisy
	for {
		lo, hi := s.ends()
		switch {
		case lo == nil:
			s.out.Ending = result.NoFloor
			return nil
		case hi == nil:
			s.out.Ending = result.NoCeiling
			return nil
		case hi.out.Factor <= lo.out.Factor*(1+s.opt.Tolerance):
			s.out.Ending = result.Found
			return nil
		case ctx.Err() != nil || len(s.points) >= maxPoints:
			return nil
		}
		next := s.middle(lo.out.Factor, hi.out.Factor)
		if next == 0 {
			return nil
		}
		before := len(s.points)
		if _, err := s.at(ctx, next); err != nil {
			return err
		}
		if len(s.points) == before {
			if ctx.Err() == nil {
				s.out.Ending = result.Grainy
			}
			return nil
		}
	}
}

// middle is the factor to try between two ends; 0 where undecided rates are as
// close to both as was asked for.
func (s *search) middle(lo, hi float64) float64 {
	first, last := 0.0, 0.0
	for _, p := range s.points {
		if f := p.out.Factor; f > lo && f < hi {
			if first == 0 || f < first {
				first = f
			}
			last = max(last, f)
		}
	}
	if first == 0 {
		return math.Sqrt(lo * hi)
	}
	below, above := first/lo, hi/last
	if max(below, above) <= 1+s.opt.Tolerance/2 {
		return 0
	}
	if below >= above {
		return math.Sqrt(lo * first)
	}
	return math.Sqrt(last * hi)
}

// sorted puts the points in order and finds the ends among them.
func (s *search) sorted() {
	lo, hi := s.ends()
	slices.SortFunc(s.points, func(a, b *point) int {
		if a.out.Factor < b.out.Factor {
			return -1
		}
		return 1
	})
	for i, p := range s.points {
		if p == lo {
			s.out.Carried = i
		}
		if p == hi {
			s.out.Broken = i
		}
		s.out.Points = append(s.out.Points, p.out)
	}
	if lo == nil {
		s.out.Broken = -1
	}
}
