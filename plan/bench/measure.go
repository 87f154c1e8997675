package bench

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// DefaultRuns is how many times a workload is run; the median counts.
const DefaultRuns = 5

// Options say how to measure.
type Options struct {
	Runs     int   // 0 = DefaultRuns
	Requests int64 // 0 = as the workload has it
	// Progress, when not nil, hears of each run before it begins.
	Progress func(workload string, run, runs int)
}

// Result is the measurement of one workload. Rates and times are medians over
// the runs; "core" means CPU time of the whole process at GOMAXPROCS 1, garbage
// collection included.
type Result struct {
	Workload string `json:"workload"`
	Text     string `json:"text"`
	Unit     string `json:"unit"`
	Requests int64  `json:"requests"` // made by the median run
	Runs     int    `json:"runs"`

	PerSecondPerCore     float64 `json:"requests_per_second_per_core"`
	BestPerSecondPerCore float64 `json:"best_requests_per_second_per_core"`
	NsPerRequest         float64 `json:"ns_per_request"`      // CPU
	WallNsPerRequest     float64 `json:"wall_ns_per_request"` // of the median run
	CPUSeconds           float64 `json:"cpu_seconds"`
	WallSeconds          float64 `json:"wall_seconds"`
	BytesPerRequest      float64 `json:"bytes_per_request"` // allocated after warm-up
	AllocsPerRequest     float64 `json:"allocs_per_request"`
	PeakMemoryBytes      int64   `json:"peak_memory_bytes"`
	FloorNs              float64 `json:"floor_ns_per_request"`
	TimesFloor           float64 `json:"times_floor"`

	Target      float64 `json:"target_requests_per_second_per_core,omitempty"`
	Stretch     float64 `json:"stretch_requests_per_second_per_core,omitempty"`
	TargetMet   bool    `json:"target_met"`
	TimesTarget float64 `json:"times_target,omitempty"`
	// Fingerprint is of everything that run 0 tallied: a change that is to make
	// runs faster must not change it.
	Fingerprint  string  `json:"fingerprint,omitempty"`
	Points       []Point `json:"points,omitempty"`
	TwoCoreSpeed float64 `json:"two_core_speedup,omitempty"`
}

// Point is the cost of a workload at another size.
type Point struct {
	Entries int     `json:"entries"`
	Ns      float64 `json:"ns"`
	FloorNs float64 `json:"floor_ns"`
}

// extra is a job that has more to say than its main measurement.
type extra interface {
	extra(ctx context.Context, r *Result) error
}

// one is the outcome of one run.
type one struct {
	units          int64
	cpu, wall      time.Duration
	floor          float64 // CPU ns a unit
	bytes, mallocs float64 // a unit, after warm-up
}

func (o *one) ns() float64 { return float64(o.cpu.Nanoseconds()) / float64(o.units) }

// Measure runs a workload at GOMAXPROCS 1. Each run has the floor beside it, so
// that a disturbance meets both.
func Measure(ctx context.Context, w Workload, opt Options) (*Result, error) {
	if opt.Runs <= 0 {
		opt.Runs = DefaultRuns
	}
	if opt.Requests <= 0 {
		opt.Requests = w.Requests
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	j, err := w.prepare(opt.Requests)
	if err != nil {
		return nil, fmt.Errorf("workload %s: %w", w.Name, err)
	}
	r, err := measure(ctx, w, j, opt)
	if closed := j.close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, fmt.Errorf("workload %s: %w", w.Name, err)
	}
	return r, nil
}

func measure(ctx context.Context, w Workload, j job, opt Options) (*Result, error) {
	r := &Result{Workload: w.Name, Text: w.Text, Unit: w.Unit, Runs: opt.Runs, Target: w.Target, Stretch: w.Stretch}
	debug.FreeOSMemory()
	resetPeakMemory()
	runs := make([]one, opt.Runs)
	for n := range runs {
		if opt.Progress != nil {
			opt.Progress(w.Name, n, opt.Runs)
		}
		if err := timeRun(ctx, j, n, &runs[n]); err != nil {
			return nil, err
		}
	}
	r.PeakMemoryBytes = peakMemory()
	for n := range runs {
		units := runs[n].units
		before := cpuTime()
		keep += j.floor(units)
		runs[n].floor = float64((cpuTime() - before).Nanoseconds()) / float64(units)
	}
	r.fill(runs)
	if x, ok := j.(extra); ok {
		return r, x.extra(ctx, r)
	}
	return r, nil
}

// keep holds what floors compute, so that no compiler leaves them out.
var keep uint64

func timeRun(ctx context.Context, j job, n int, o *one) error {
	runtime.GC()
	l := &laps{}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	wall, cpu := time.Now(), cpuTime()
	units, err := j.run(ctx, n, l)
	o.cpu, o.wall = cpuTime()-cpu, time.Since(wall)
	runtime.ReadMemStats(&after)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	if units <= 0 {
		return fmt.Errorf("run %d made no requests", n)
	}
	o.units = units
	share := 1.0
	if l.second.share > l.first.share {
		before, after = l.first.stats, l.second.stats
		share = l.second.share - l.first.share
	}
	counted := share * float64(units)
	o.bytes = float64(after.TotalAlloc-before.TotalAlloc) / counted
	o.mallocs = float64(after.Mallocs-before.Mallocs) / counted
	return nil
}

// fill takes the medians.
func (r *Result) fill(runs []one) {
	median := func(f func(*one) float64) float64 {
		xs := make([]float64, len(runs))
		for i := range runs {
			xs[i] = f(&runs[i])
		}
		slices.Sort(xs)
		return (xs[(len(xs)-1)/2] + xs[len(xs)/2]) / 2
	}
	best := runs[0].ns()
	for i := range runs {
		best = min(best, runs[i].ns())
	}
	r.Requests = int64(median(func(o *one) float64 { return float64(o.units) }))
	r.NsPerRequest = median((*one).ns)
	r.PerSecondPerCore, r.BestPerSecondPerCore = 1e9/r.NsPerRequest, 1e9/best
	r.WallNsPerRequest = median(func(o *one) float64 { return float64(o.wall.Nanoseconds()) / float64(o.units) })
	r.CPUSeconds = median(func(o *one) float64 { return o.cpu.Seconds() })
	r.WallSeconds = median(func(o *one) float64 { return o.wall.Seconds() })
	r.BytesPerRequest = median(func(o *one) float64 { return o.bytes })
	r.AllocsPerRequest = median(func(o *one) float64 { return o.mallocs })
	r.FloorNs = median(func(o *one) float64 { return o.floor })
	if r.FloorNs > 0 {
		r.TimesFloor = r.NsPerRequest / r.FloorNs
	}
	if r.Target > 0 {
		r.TimesTarget = r.PerSecondPerCore / r.Target
		r.TargetMet = r.TimesTarget >= 1
	}
}

// laps takes the memory statistics after warm-up and near the end of a run, so
// that allocations a request are those of the steady state.
type laps struct {
	first, second lap
}

type lap struct {
	share float64 // of the run
	stats runtime.MemStats
}

const (
	warmShare = 0.25
	lastShare = 0.9
)

// at is told how far the run is, as a share of its units.
func (l *laps) at(share float64) {
	switch {
	case l == nil:
	case l.first.share == 0 && share >= warmShare && share < lastShare:
		l.first.share = share
		runtime.ReadMemStats(&l.first.stats)
	case l.second.share == 0 && l.first.share > 0 && share >= lastShare:
		l.second.share = share
		runtime.ReadMemStats(&l.second.stats)
	}
}
