package search

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"sync"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
	"berth/sim"
	"berth/sim/dist"
)

// The runs of a search have replication numbers of their own, apart from those
// that berth run begins with: a choice is not confirmed by the very numbers that
// it was chosen by.
const (
	screenReplication = 1_000_000
	rankReplication   = 1_000_001
)

// shown are the measures of every cell, before those of the targets.
var shown = [...]result.Key{{Name: "bill"}, {Name: "p99(latency)"}, {Name: "errors"}, {Name: "share(cold)"}}

// sample is one run of a cell: the shown measures, then the targets'.
type sample struct {
	metrics []result.Metric
}

func (s sample) cost() float64 { return s.metrics[0].Values[0] }

// target is the measure of a target, NaN where it has no value.
func (s sample) target(i int) float64 { return s.metrics[len(shown)+i].Values[0] }

// job is one run to make.
type job struct {
	cell        *cell
	replication int
}

// play makes runs on all workers and returns them in the order of the jobs. A
// cell without a model has one run at most: its model is made for the run, and
// where the compiler refuses it, the cell is marked so and its sample is empty.
func (h *hunt) play(ctx context.Context, jobs []job, tell func(done int)) ([]sample, error) {
	out := make([]sample, len(jobs))
	var mu sync.Mutex
	next, done := 0, 0
	var failed error
	var wg sync.WaitGroup
	for range min(h.opt.Workers, len(jobs)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				mu.Lock()
				i := next
				next++
				stop := i >= len(jobs) || failed != nil || ctx.Err() != nil
				mu.Unlock()
				if stop {
					return
				}
				s, err := h.one(ctx, jobs[i])
				mu.Lock()
				out[i] = s
				done++
				if err != nil && failed == nil {
					failed = err
				}
				if tell != nil {
					tell(done)
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	h.out.Runs += len(jobs)
	return out, failed
}

// one makes a run; a panic becomes an error that names what to repeat.
func (h *hunt) one(ctx context.Context, j job) (s sample, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("%s, replication %d of seed %d broke: %v\n%s", strings.Join(j.cell.sets, " "), j.replication, j.cell.cfg.Seed, x, debug.Stack())
		}
	}()
	model := j.cell.model
	if model == nil {
		if model, err = edge.Compile(j.cell.cfg); err != nil {
			h.refuse(j.cell, err.Error())
			return s, nil
		}
	}
	run, err := model.Run(ctx, j.replication, edge.Options{})
	if err != nil || run.Partial {
		return s, err
	}
	metrics := plan.Measure(j.cell.cfg, run)
	add := func(k result.Key) {
		m, ok := result.Find(metrics, k)
		if !ok {
			m = result.Metric{Key: k, Values: []float64{math.NaN()}}
		}
		s.metrics = append(s.metrics, m)
	}
	for _, k := range shown {
		add(k)
	}
	for _, t := range h.targets {
		add(t.Key())
	}
	if math.IsNaN(s.cost()) {
		return s, fmt.Errorf("%s has no bill", strings.Join(j.cell.sets, " "))
	}
	return s, nil
}

// compile makes the models of cells that have run before, on all workers.
func (h *hunt) compile(list []*cell) {
	plan.Each(h.opt.Workers, len(list), func(i int) {
		if m, err := edge.Compile(list[i].cfg); err == nil {
			list[i].model = m
		}
	})
}

// summary is a metric over samples.
func summary(list []sample, i int) result.Metric {
	if len(list) == 0 {
		return result.Metric{Mean: math.NaN()}
	}
	values, count := make([]float64, len(list)), int64(0)
	for n, s := range list {
		values[n] = s.metrics[i].Values[0]
		count += s.metrics[i].Count
	}
	return result.Summarise(list[0].metrics[i], values, count)
}

// parseSpan reads a time of the scenario language.
func parseSpan(text string) (sim.Time, error) {
	d, err := dist.ParseDuration(text)
	return sim.Time(d), err
}
