// Package sensitivity varies the inputs and the inferred assumptions of a
// scenario one at a time and sets the bill and the latency against those of the
// scenario as it is.
package sensitivity

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"berth/data"
	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/plan"
	"berth/scenarios"
)

// Options say what is varied and how.
type Options struct {
	Name     string // of the scenario, for messages
	Source   []byte
	Sets     []string // overrides of the scenario and of every variant
	Overlays []platform.Overlay
	Metrics  []result.Key // nil = Metrics
	Workers  int          // variants at a time; 0 = GOMAXPROCS. The result does not depend on it.
	Tool     string
	// Progress is told after each finished variant. Calls come one at a time.
	Progress func(done, total int)
}

// Metrics are what is looked at where nothing else is asked for.
var Metrics = []result.Key{{Name: "bill"}, {Name: "p99(latency)"}}

// look is how many replications of a variant are made before it is looked at:
// one that equals the base in every metric of both is taken to have no effect.
const look = 2

// Run varies cfg, which is Source with Sets, against base, its result on at
// least one replication. Replication i of every variant meets the same random
// numbers as that of the base. When ctx ends early the study is partial.
func Run(ctx context.Context, cfg *edge.Config, base *result.Result, opt Options) (*result.Sensitivity, error) {
	if opt.Metrics == nil {
		opt.Metrics = Metrics
	}
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	catalogue, err := platform.LoadFiles(opt.Overlays...)
	if err != nil {
		return nil, err
	}
	view, err := catalogue.AsOf(data.DateOf(cfg.AsOf)).In(cfg.World)
	if err != nil {
		return nil, err
	}
	list, unvaried := variations(cfg, view)
	s := &study{opt: opt, base: base, list: list, out: &result.Sensitivity{Tool: opt.Tool, Scenario: cfg.Name, Seed: cfg.Seed, Replications: len(base.Runs), Unvaried: unvaried}}
	for _, k := range opt.Metrics {
		if m, ok := result.Find(base.Metrics, k); ok {
			s.out.Base = append(s.out.Base, m)
		}
	}
	for i, v := range list {
		s.out.Factors = append(s.out.Factors, v.factor)
		for k := range v.changes {
			s.jobs = append(s.jobs, [2]int{i, k})
		}
	}
	if err := s.runAll(ctx); err != nil {
		return nil, err
	}
	if s.out.Partial = s.done < len(s.jobs) || base.Partial; s.out.Partial {
		s.dropUnmade()
	}
	if len(base.Runs) < 2 {
		s.out.Warnings = append(s.out.Warnings, "one replication: no interval, so no difference is shown; take 5 or more")
	}
	return s.out, nil
}

// dropUnmade leaves out the factors of which no value was made in time.
func (s *study) dropUnmade() {
	all := len(s.out.Factors)
	s.out.Factors = slices.DeleteFunc(s.out.Factors, func(f result.Factor) bool {
		return !slices.ContainsFunc(f.Ends, func(e result.End) bool { return e.Runs > 0 || e.Refused != "" })
	})
	if left := all - len(s.out.Factors); left > 0 {
		s.out.Warnings = append(s.out.Warnings, fmt.Sprintf("the study was interrupted: %d of %d factors are not in it", left, all))
	}
}

// study is a running sensitivity study.
type study struct {
	opt  Options
	base *result.Result
	list []variation
	out  *result.Sensitivity
	jobs [][2]int // factor and end

	mu   sync.Mutex
	next int
	done int
	err  error
}

func (s *study) runAll(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range s.opt.Workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for job, ok := s.take(ctx); ok; job, ok = s.take(ctx) {
				end, whole, err := s.one(ctx, job[0], job[1])
				s.finish(job, end, whole, err, cancel)
			}
		}()
	}
	wg.Wait()
	return s.err
}

func (s *study) take(ctx context.Context) ([2]int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil || s.err != nil || s.next == len(s.jobs) {
		return [2]int{}, false
	}
	s.next++
	return s.jobs[s.next-1], true
}

func (s *study) finish(job [2]int, end result.End, whole bool, err error, cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil:
		if s.err == nil {
			s.err = fmt.Errorf("%s = %s: %w", s.out.Factors[job[0]].Name, end.Value, err)
		}
		cancel()
	case whole:
		s.out.Factors[job[0]].Ends[job[1]] = end
		s.done++
		if s.opt.Progress != nil {
			s.opt.Progress(s.done, len(s.jobs))
		}
	}
}

// one makes a variant; whole is false when it was interrupted.
func (s *study) one(ctx context.Context, factor, k int) (end result.End, whole bool, err error) {
	end = s.out.Factors[factor].Ends[k]
	c := s.list[factor].changes[k]
	opts := scenarios.Options{Sets: slices.Concat(s.opt.Sets, c.sets), Overlays: slices.Concat(s.opt.Overlays, c.overlays)}
	cfg, problems := scenarios.Load(s.opt.Name, s.opt.Source, opts)
	if cfg == nil {
		end.Refused = reasons(problems)
		return end, true, nil
	}
	model, err := edge.Compile(cfg)
	if err != nil {
		end.Refused = err.Error()
		return end, true, nil
	}
	var runs []*result.Run
	for i, b := range s.base.Runs {
		run, err := plan.Once(ctx, model, b.Replication)
		if err != nil || run.Partial {
			return end, false, err
		}
		runs = append(runs, run)
		if last := i == len(s.base.Runs)-1; i+1 != look && !last {
			continue
		}
		end.Runs, end.Differences = len(runs), s.differences(cfg, runs)
		if !slices.ContainsFunc(end.Differences, func(d result.Difference) bool { return d.Change != result.Equal }) {
			break
		}
	}
	return end, true, nil
}

// differences are those in the metrics that are looked at.
func (s *study) differences(cfg *edge.Config, runs []*result.Run) []result.Difference {
	r := plan.Evaluate(cfg, runs, plan.ReplicateOptions{N: len(runs)})
	var out []result.Difference
	for _, d := range result.Differences(s.base, r) {
		if slices.Contains(s.opt.Metrics, d.Base.Key) {
			out = append(out, d)
		}
	}
	return out
}

// reasons are the problems of a variant on one line.
func reasons(problems scenarios.Problems) string {
	var why []string
	for _, p := range problems.Errors() {
		why = append(why, p.Message)
	}
	return strings.Join(why, "; ")
}
