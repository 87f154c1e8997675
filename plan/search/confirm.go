package search

import (
	"context"
	"slices"
	"strings"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
	"berth/scenarios"
)

// maxDemotions bounds how many choices are taken back by their confirmation.
const maxDemotions = 3

// confirm runs the choice, the runner-up and the scenario as it is on the
// scenario's own horizon, with the replication numbers that berth run begins
// with: those of none of the runs that the choice was made by.
func (p *planner) confirm(ctx context.Context) error {
	base, err := p.replicate(ctx, "as it is", nil)
	if err != nil || p.out.Partial {
		return err
	}
	p.out.Base = base
	last := p.last.out
	var choice result.Compared
	for range maxDemotions + 1 {
		choice, err = p.against(ctx, base, "choice", p.sets)
		if err != nil || p.out.Partial {
			return err
		}
		p.out.Feasible = p.feasible(choice)
		if p.out.Feasible || !last.Feasible || !p.last.demote(choice.Result.SLO) {
			break
		}
	}
	p.out.Choice = &choice
	if last.RunnerUp >= 0 {
		sets := slices.Concat(p.earlier, cellSets(last, last.RunnerUp))
		second, err := p.against(ctx, base, "runner-up", sets)
		if err != nil || p.out.Partial {
			return err
		}
		p.out.RunnerUp = &second
	}
	return p.advise()
}

// feasible says whether the searches found a choice each and the confirmation
// violates no target.
func (p *planner) feasible(choice result.Compared) bool {
	for i := range p.out.Searches {
		if !p.out.Searches[i].Feasible {
			return false
		}
	}
	return !slices.ContainsFunc(choice.Result.SLO, func(s result.SLOResult) bool { return s.Verdict == result.Violated })
}

func cellSets(s *result.Search, i int) []string {
	var sets []string
	for a, v := range s.Cells[i].Values {
		sets = append(sets, s.Axes[a].Path+"="+v)
	}
	return sets
}

// config reads the scenario under further overrides.
func (p *planner) config(sets []string) (*edge.Config, error) {
	cfg, problems := scenarios.Load(p.opt.Name, p.opt.Source, scenarios.Options{Sets: slices.Concat(p.opt.Sets, sets), Overlays: p.opt.Overlays})
	if cfg == nil {
		return nil, &InvalidError{problems}
	}
	return cfg, nil
}

func (p *planner) replicate(ctx context.Context, name string, sets []string) (result.Compared, error) {
	cfg, err := p.config(sets)
	if err != nil {
		return result.Compared{}, err
	}
	model, err := edge.Compile(cfg)
	if err != nil {
		return result.Compared{}, err
	}
	run := plan.ReplicateOptions{N: p.opt.Confirm, Workers: p.opt.Workers, Tool: p.opt.Tool}
	if p.opt.Progress != nil {
		run.Progress = func(x plan.Progress) {
			p.opt.Progress(Progress{Phase: "confirming " + name, Done: x.Done, Total: x.Total})
		}
	}
	res, err := plan.Replicate(ctx, model, cfg, run)
	if err != nil {
		return result.Compared{}, err
	}
	p.out.Partial = p.out.Partial || res.Partial
	return result.Compared{Name: name, Result: res}, nil
}

// against is replicate with the differences to the base.
func (p *planner) against(ctx context.Context, base result.Compared, name string, sets []string) (result.Compared, error) {
	c, err := p.replicate(ctx, name, sets)
	if err == nil {
		c.Differences = result.Differences(base.Result, c.Result)
	}
	return c, err
}

// advise lists what the choice changes and what to write into the deployment.
func (p *planner) advise() error {
	cfg, err := p.config(p.sets)
	if err != nil {
		return err
	}
	for i := range p.out.Searches {
		s := &p.out.Searches[i]
		for _, a := range s.Axes {
			from, to := valueAt(p.cfg, a.Path), valueAt(cfg, a.Path)
			if from != to && !(from == "none" && to == "0") {
				p.out.Changes = append(p.out.Changes, result.PlanChange{Path: a.Path, From: from, To: to})
			}
		}
	}
	for i := range cfg.Apps {
		a := &cfg.Apps[i]
		if slices.ContainsFunc(p.out.Searches, func(s result.Search) bool { return s.App == a.Name || s.App == "" }) {
			wrangler, class := scenarios.Deployment(a)
			p.out.Advice = append(p.out.Advice, result.Advice{App: a.Name, Wrangler: wrangler, Class: class})
		}
	}
	p.out.Warnings = slices.Clone(p.out.Choice.Result.Warnings)
	return nil
}

// valueAt is the value of a path as the explanation shows it; of a mapping its
// first key, by which it is written short. "none" where nothing is there.
func valueAt(cfg *edge.Config, path string) string {
	for _, o := range cfg.Origins {
		if o.Path == path || strings.HasPrefix(o.Path, path+".") || strings.HasPrefix(o.Path, path+"[") {
			return o.Value
		}
	}
	return "none"
}
