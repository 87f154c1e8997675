package plan

import (
	"context"
	"fmt"

	"berth/models/edge"
	"berth/models/result"
)

// Candidate is one configuration of a comparison.
type Candidate struct {
	Name   string
	Config *edge.Config
	Model  *edge.Model // of Config
}

// CompareOptions say how a comparison runs.
type CompareOptions struct {
	N       int // replications of each candidate; 0 = 5
	Workers int // at a time; 0 = GOMAXPROCS. The result does not depend on it.
	Gates   []result.Gate
	// Progress is called as Replicate does, with the candidate that runs.
	Progress func(candidate int, p Progress)
	Tool     string
}

// Compare runs candidates, of which the first is the base, on common random
// numbers: all must have the base's seed. Replication i of each meets the same
// arrivals and the same draws by purpose, so that the interval of the paired
// differences is narrow (A. M. Law and W. D. Kelton, "Simulation Modeling and
// Analysis", ch. 11). When ctx ends early the comparison is partial.
func Compare(ctx context.Context, candidates []Candidate, opt CompareOptions) (*result.Comparison, error) {
	if len(candidates) < 2 {
		return nil, fmt.Errorf("%d candidates: compare a base with at least one variant", len(candidates))
	}
	c := &result.Comparison{Tool: opt.Tool, Warnings: comparability(candidates)}
	for i, k := range candidates {
		if k.Config.Seed != candidates[0].Config.Seed {
			return nil, fmt.Errorf("%s has seed %d, the base %d: paired runs need the same", k.Name, k.Config.Seed, candidates[0].Config.Seed)
		}
		run := ReplicateOptions{N: opt.N, Workers: opt.Workers, Tool: opt.Tool}
		if opt.Progress != nil {
			run.Progress = func(p Progress) { opt.Progress(i, p) }
		}
		res, err := Replicate(ctx, k.Model, k.Config, run)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.Name, err)
		}
		done := result.Compared{Name: k.Name, Result: res}
		c.Partial = c.Partial || res.Partial
		if i == 0 {
			c.Base = done
			continue
		}
		done.Differences = result.Differences(c.Base.Result, res)
		c.Variants = append(c.Variants, done)
	}
	for _, g := range opt.Gates {
		if len(c.Base.Result.Scenario.Apps) == 1 {
			g.Key.App = "" // one app is all apps
		}
		for i := range c.Variants {
			c.Gates = append(c.Gates, result.JudgeGate(g, &c.Base, &c.Variants[i]))
		}
	}
	c.Warnings = append(c.Warnings, sharedWarnings(c)...)
	return c, nil
}

// comparability warns where the numbers of two scenarios mean different things.
func comparability(candidates []Candidate) []string {
	var list []string
	base := candidates[0]
	for _, v := range candidates[1:] {
		if v.Config.Duration != base.Config.Duration || v.Config.Warmup != base.Config.Warmup {
			list = append(list, fmt.Sprintf("%s measures another span than %s: counts do not compare, rates, shares and bills do", v.Name, base.Name))
		}
		if v.Config.MonthHours != base.Config.MonthHours {
			list = append(list, fmt.Sprintf("%s bills a month of another length than %s", v.Name, base.Name))
		}
		if v.Config.World != base.Config.World {
			list = append(list, fmt.Sprintf("%s is in world %s, %s in world %s", v.Name, v.Config.World, base.Name, base.Config.World))
		}
	}
	return list
}

// sharedWarnings are those of the runs: once where all candidates have them,
// else with the candidate's name.
func sharedWarnings(c *result.Comparison) []string {
	count := map[string]int{}
	for _, k := range append([]result.Compared{c.Base}, c.Variants...) {
		for _, w := range compact(k.Result.Warnings) {
			count[w]++
		}
	}
	var list []string
	for _, k := range append([]result.Compared{c.Base}, c.Variants...) {
		for _, w := range k.Result.Warnings {
			if count[w] < 1+len(c.Variants) {
				w = k.Name + ": " + w
			}
			list = append(list, w)
		}
	}
	return compact(list)
}
