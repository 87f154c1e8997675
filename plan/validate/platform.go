package validate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"berth/models/edge"
	"berth/models/result"
	"berth/scenarios"
	"berth/sim/stats"
)

// The platform against what was measured on it: two scenarios of the library.
// The start times of the first are tested against the exact quantiles of the
// law they are drawn from; the measured figures stand beside them.

// benchmark is the published measurement the cold-start law was fitted to.
var benchmark = map[float64]string{
	0.5:  "a benchmark of 2026-07 (10 rounds of 10 at once) saw 1.7 s",
	0.95: "a benchmark of 2026-07 (10 rounds of 10 at once) saw 23.9 s",
}

const burstSaid = "one report of 2026-06 on a cold burst of 100 saw about a third fail"

func (s *suite) platformTasks() []task {
	var list []task
	for _, p := range []float64{0.5, 0.95} {
		name := fmt.Sprintf("p%.0f(start) of 10 x 10 cold starts", 100*p)
		list = append(list, task{row: Row{Model: "platform", Case: name, Parameters: "scenario burst-10x10, measured-2026, clocks off", Metric: "start_s"},
			run: func(ctx context.Context, r *Row) error { return s.burstQuantile(ctx, p, r) }})
	}
	return append(list, task{row: Row{Model: "platform", Case: "failures of a burst of 100", Parameters: "scenario burst-100, measured-2026, both clocks on", Metric: "share failed"},
		run: func(ctx context.Context, r *Row) error { return s.burstFailures(ctx, r) }})
}

// waits collects the waits for a start of every request, in s.
type waits struct{ seconds []float64 }

// Request implements edge.RequestLog.
func (w *waits) Request(r edge.LoggedRequest) {
	w.seconds = append(w.seconds, r.Parts[result.PartStart].Seconds())
}

func (s *suite) library(name, seedOf string) (*edge.Config, *edge.Model, error) {
	file, src, err := scenarios.Find(name)
	if err != nil {
		return nil, nil, err
	}
	cfg, problems := scenarios.Load(file, src, scenarios.Options{Sets: []string{fmt.Sprintf("seed=%d", rowSeed(s.opt.Seed, name, seedOf))}})
	if problems.Failed() {
		return nil, nil, problems
	}
	model, err := edge.Compile(cfg)
	return cfg, model, err
}

// burstQuantile tests a quantile of the start times: the share of starts within
// the law's own quantile, one a replication, has to be p. The interval is shown
// in seconds, by the quantiles of all starts at the ends of the share's.
func (s *suite) burstQuantile(ctx context.Context, p float64, r *Row) error {
	cfg, model, err := s.library("burst-10x10", r.Case)
	if err != nil {
		return err
	}
	exact := cfg.Apps[0].Start.Platform.Quantile(p)
	var all, shares []float64
	for rep := range s.sizes.replications {
		var w waits
		if _, err := model.Run(ctx, rep, edge.Options{Log: &w}); err != nil {
			return err
		}
		if len(w.seconds) == 0 {
			return fmt.Errorf("replication %d started nothing", rep)
		}
		within := 0
		for _, x := range w.seconds {
			if x <= exact {
				within++
			}
		}
		shares = append(shares, float64(within)/float64(len(w.seconds)))
		all = append(all, w.seconds...)
	}
	slices.Sort(all)
	iv := stats.MeanInterval(shares, confidence)
	at := func(q float64) float64 { return stats.QuantileType7(all, min(max(q, 0), 1)) }
	half := (at(p+iv.Half) - at(p-iv.Half)) / 2
	r.Reference = fmt.Sprintf("%.6g", exact)
	e := Estimate{Column: r.Metric, Reference: r.Reference, Mean: iv.Mean, Half: iv.Half, Replications: len(shares), Events: int64(len(all))}
	judge(r, e, len(shares), p, 0)
	r.counts = false // no row of the suite
	r.Simulated.Mean, r.Simulated.Half = at(p), half
	r.Why = strings.TrimSpace(r.Why + " " + benchmark[p])
	return nil
}

// burstFailures shows the failures of a burst by cause.
func (s *suite) burstFailures(ctx context.Context, r *Row) error {
	_, model, err := s.library("burst-100", r.Case)
	if err != nil {
		return err
	}
	var shares []float64
	var causes [result.NumCauses]int64
	requests, lost := int64(0), int64(0)
	for rep := range s.sizes.replications {
		run, err := model.Run(ctx, rep, edge.Options{})
		if err != nil {
			return err
		}
		a := app(run)
		for k, n := range a.Failed {
			causes[k] += n
		}
		requests += a.Requests
		lost += failed(a)
		shares = append(shares, share(failed(a), a.Requests))
	}
	iv := stats.MeanInterval(shares, confidence)
	r.Simulated = &Estimate{Column: r.Metric, Mean: iv.Mean, Half: iv.Half, Replications: len(shares), Events: lost}
	r.Verdict = Information
	var words []string
	for k, n := range causes {
		if n > 0 {
			words = append(words, fmt.Sprintf("%s %.1f %%", result.CauseNames[k], 100*share(n, requests)))
		}
	}
	r.Why = "failed: " + strings.Join(words, ", ") + "; " + burstSaid
	return nil
}
