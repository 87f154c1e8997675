// Package plan makes many runs of a scenario into one result: replications with
// their intervals, the bill, verdicts, headroom and warnings.
package plan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"

	"berth/models/edge"
	"berth/models/result"
	"berth/sim"
)

// DefaultReplications is how many replications are made unless told otherwise.
const DefaultReplications = 5

// DefaultMax bounds sequential stopping.
const DefaultMax = 100

// PrecisionMetrics are watched by sequential stopping where none are named.
var PrecisionMetrics = []result.Key{{Name: "mean(latency)"}, {Name: "bill"}}

// ReplicateOptions say how many replications to make, and how.
type ReplicateOptions struct {
	N       int // replications, at least; 0 = 5
	Workers int // at a time; 0 = GOMAXPROCS. The result does not depend on it.
	// Precision above 0 goes on until half width / mean of every metric of
	// Metrics is at most Precision, or Max replications are made.
	Precision float64
	Max       int // 0 = 100
	Metrics   []result.Key
	Progress  func(Progress)
	// Log, when not nil, gives the request log of a replication, or nil.
	Log  func(replication int) edge.RequestLog
	Tool string // berth and its version
}

// Progress is how far the runs are. Calls come one at a time.
type Progress struct {
	Replication int // the one that reports
	Done        int // finished
	Total       int // to be made, so far as known
	Now         sim.Time
	Duration    sim.Time
	Requests    int64 // simulated so far, all replications
}

// runner makes one replication.
type runner func(ctx context.Context, replication int, opt edge.Options) (*result.Run, error)

// Replicate runs a compiled scenario and evaluates it. When ctx ends early,
// what is finished and what is under way is kept and Result.Partial set. The
// error is that of the lowest replication that failed.
func Replicate(ctx context.Context, model *edge.Model, cfg *edge.Config, opt ReplicateOptions) (*result.Result, error) {
	return replicate(ctx, model.Run, cfg, opt)
}

func replicate(ctx context.Context, run runner, cfg *edge.Config, opt ReplicateOptions) (*result.Result, error) {
	if opt.N <= 0 {
		opt.N = DefaultReplications
	}
	if opt.Max <= 0 {
		opt.Max = DefaultMax
	}
	if opt.Precision <= 0 {
		opt.Max = opt.N
	}
	opt.Max = max(opt.Max, opt.N)
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if len(opt.Metrics) == 0 {
		opt.Metrics = PrecisionMetrics
	}
	opt.Metrics = slices.Clone(opt.Metrics)
	for i, k := range opt.Metrics {
		if _, ok := appConfig(cfg, k.App); !ok && k.App != "" {
			return nil, fmt.Errorf("there is no app %q whose %s could be precise", k.App, k.Name)
		}
		if len(cfg.Apps) == 1 {
			opt.Metrics[i].App = "" // one app is all apps
		}
	}
	p := &pool{cfg: cfg, opt: opt, run: run, stopAt: opt.Max, runs: map[int]*result.Run{}, requests: map[int]int64{}}
	if err := p.runAll(ctx); err != nil {
		return nil, err
	}
	return Evaluate(cfg, p.kept(), opt), nil
}

// pool makes replications on several workers. Which are kept depends on the
// prefix of finished ones alone, so neither the number of workers nor their
// order shows in the result.
type pool struct {
	cfg *edge.Config
	opt ReplicateOptions
	run runner

	mu       sync.Mutex
	next     int // replication to begin
	prefix   int // replications 0 .. prefix-1 are finished
	stopAt   int // replications to keep
	runs     map[int]*result.Run
	money    []result.Money // of the prefix
	requests map[int]int64
	failed   int // lowest replication that failed
	err      error
	done     int
}

func (p *pool) runAll(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for w := 0; w < min(p.opt.Workers, p.opt.Max); w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for rep, ok := p.take(ctx); ok; rep, ok = p.take(ctx) {
				p.finish(rep, cancel, func() (*result.Run, error) { return p.one(ctx, rep) })
			}
		}()
	}
	wg.Wait()
	return p.err
}

// take is the next replication to make.
func (p *pool) take(ctx context.Context) (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil || p.err != nil || p.next >= p.stopAt {
		return 0, false
	}
	rep := p.next
	p.next++
	return rep, true
}

// one makes a replication; a panic becomes an error that names what to repeat.
func (p *pool) one(ctx context.Context, rep int) (run *result.Run, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("replication %d of seed %d broke: %v\n%s", rep, p.cfg.Seed, x, debug.Stack())
		}
	}()
	opt := edge.Options{Progress: p.progress(rep)}
	if p.opt.Log != nil {
		if log := p.opt.Log(rep); log != nil {
			opt.Log = log
		}
	}
	return p.run(ctx, rep, opt)
}

func (p *pool) progress(rep int) edge.Progress {
	if p.opt.Progress == nil {
		return nil
	}
	return func(now sim.Time, requests int64) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.requests[rep] = requests
		p.tell(rep, now)
	}
}

// tell reports; the lock is held.
func (p *pool) tell(rep int, now sim.Time) {
	if p.opt.Progress == nil {
		return
	}
	total := int64(0)
	for _, n := range p.requests {
		total += n
	}
	p.opt.Progress(Progress{Replication: rep, Done: p.done, Total: p.expected(), Now: now, Duration: p.cfg.Duration, Requests: total})
}

// expected is how many replications will be made, so far as known.
func (p *pool) expected() int {
	if p.opt.Precision <= 0 || p.stopAt < p.opt.Max {
		return p.stopAt
	}
	return max(p.opt.N, min(p.stopAt, p.next))
}

// finish makes a replication and notes it; what is under way beyond the end is
// given up.
func (p *pool) finish(rep int, cancel func(), make func() (*result.Run, error)) {
	run, err := make()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		if p.err == nil || rep < p.failed {
			p.failed, p.err = rep, err
		}
		cancel()
		return
	}
	p.runs[rep] = run
	p.done++
	for {
		r := p.runs[p.prefix]
		if r == nil || r.Partial || p.prefix >= p.stopAt {
			break
		}
		p.prefix++
		if p.opt.Precision > 0 {
			p.money = append(p.money, newMoney(p.cfg, r))
			if p.prefix >= p.opt.N && p.precise() {
				p.stopAt = p.prefix
				cancel()
			}
		}
	}
	now := p.cfg.Duration
	if run.Partial {
		now = run.To
	}
	p.tell(rep, now)
}

// precise says whether every watched metric of the prefix is known well enough.
func (p *pool) precise() bool {
	runs := make([]*result.Run, p.prefix)
	for i := range runs {
		runs[i] = p.runs[i]
	}
	metrics := result.Metrics(runs, p.money)
	for _, k := range p.opt.Metrics {
		m, ok := result.Find(metrics, k)
		if !ok || !m.Interval.Known || m.Interval.Half > p.opt.Precision*math.Abs(m.Mean) {
			return false
		}
	}
	return true
}

// kept are the runs of the result in the order of their numbers. Runs that did
// not get past the warm-up hold nothing.
func (p *pool) kept() []*result.Run {
	var runs []*result.Run
	for rep := 0; rep < p.stopAt; rep++ {
		if r := p.runs[rep]; r != nil && (r.To > r.From || !r.Partial) {
			runs = append(runs, r)
		}
	}
	return runs
}

// Check reports options that make no sense.
func (o ReplicateOptions) Check() error {
	var errs []error
	if o.N < 0 || o.N > 100_000 {
		errs = append(errs, fmt.Errorf("%d replications: make 1 to 100,000", o.N))
	}
	if o.Precision < 0 || o.Precision >= 1 || math.IsNaN(o.Precision) {
		errs = append(errs, errors.New("the precision is a share of the mean between 0% and 100%, such as 2%"))
	}
	if o.Max < 0 || o.Max > 100_000 {
		errs = append(errs, fmt.Errorf("at most %d replications: take 1 to 100,000", o.Max))
	}
	if o.Workers < 0 || o.Workers > 10_000 {
		errs = append(errs, fmt.Errorf("%d workers: take 1 to 10,000, or 0 for one a processor", o.Workers))
	}
	for _, k := range o.Metrics {
		if _, ok := result.IsMetric(k.Name); !ok {
			errs = append(errs, fmt.Errorf("there is no metric %q", k.Name))
		}
	}
	return errors.Join(errs...)
}
