// Package search finds the cheapest configuration of a scenario that meets its
// targets: analysis first, one short run of what is left, then ranking and
// selection of the best of those, then a confirmation on the scenario's own
// horizon.
package search

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/plan"
	"berth/scenarios"
)

// Options say what is searched and how.
type Options struct {
	Name     string // of the scenario, for messages
	Source   []byte
	Sets     []string // overrides, those of plan: among them
	Overlays []platform.Overlay
	Vary     []result.SweepAxis // axes beside or in place of those of the plan: block
	Apps     []string           // to be planned; nil = all
	Workers  int                // runs at a time; 0 = GOMAXPROCS. The result does not depend on it.
	Confirm  int                // replications of the choice on the scenario's own horizon; 0 = 5
	Tool     string             // berth and its version
	// Progress is told after each run. Calls come one at a time.
	Progress func(Progress)
}

// Progress is how far a search is.
type Progress struct {
	Phase       string // what is being done
	Done, Total int    // runs of the phase; Total grows while cells are ranked
}

// firstStage is the number of replications before the first decision of the
// ranking.
const firstStage = 10

// InvalidError says that the scenario itself cannot be read.
type InvalidError struct{ Problems scenarios.Problems }

func (e *InvalidError) Error() string { return e.Problems.Error() }

// InfeasibleError says why no cell of a grid can be simulated.
type InfeasibleError struct{ Reasons []string }

func (e *InfeasibleError) Error() string {
	return "no configuration of the grid can be simulated:\n" + strings.Join(e.Reasons, "\n")
}

// UsageError is a mistake in what is to be searched.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

func mistake(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// Run searches. When ctx ends early the plan is partial and proves nothing.
func Run(ctx context.Context, opt Options) (*result.Plan, error) {
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if opt.Confirm <= 0 {
		opt.Confirm = plan.DefaultReplications
	}
	cfg, rules, problems := scenarios.LoadPlan(opt.Name, opt.Source, scenarios.Options{Sets: opt.Sets, Overlays: opt.Overlays})
	if cfg == nil {
		return nil, &InvalidError{problems}
	}
	spaces, err := spaces(cfg, rules, opt)
	if err != nil {
		return nil, err
	}
	p := &planner{opt: opt, cfg: cfg, rules: rules, out: &result.Plan{Tool: opt.Tool, Scenario: cfg.Name, Seed: cfg.Seed,
		Rules: result.PlanRules{Confidence: rules.Confidence, Indifference: rules.Indifference, Tolerance: rules.Tolerance,
			Finalists: rules.Finalists, First: min(firstStage, rules.Replications), Most: rules.Replications}}}
	p.out.Targets = targets(cfg, "")
	for _, space := range spaces {
		if err := p.search(ctx, space); err != nil {
			return nil, err
		}
		if p.out.Partial {
			return p.out, nil
		}
	}
	if err := p.confirm(ctx); err != nil {
		return nil, err
	}
	return p.out, nil
}

// planner is a plan under way.
type planner struct {
	opt     Options
	cfg     *edge.Config // the scenario as it is
	rules   scenarios.Plan
	last    *hunt
	sets    []string // what the searches so far chose
	earlier []string // the same without the last search
	out     *result.Plan
}

// targets are the lines that bear on an app: its own and those of all apps; of
// all where app is empty.
func targets(cfg *edge.Config, app string) []result.Target {
	var out []result.Target
	for _, s := range cfg.SLO {
		if app != "" && s.App != "" && s.App != app {
			continue
		}
		unit, _ := result.IsMetric(s.Metric)
		t := result.Target{Text: s.Text, Metric: s.Metric, App: s.App, Op: s.Op, Threshold: s.Threshold, Unit: unit}
		if len(cfg.Apps) == 1 {
			t.App = "" // one app is all apps
		}
		out = append(out, t)
	}
	return out
}

// partial marks the plan as interrupted where err is the context's.
func (p *planner) partial(ctx context.Context, err error) error {
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
		p.out.Partial = true
		return nil
	}
	return err
}
