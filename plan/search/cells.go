package search

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
	"berth/scenarios"
	"berth/sim"
)

// cell is the working state of one configuration.
type cell struct {
	out     result.PlanCell
	sets    []string     // that make it of the scenario as it is
	changes int          // axes on which it differs from that
	cfg     *edge.Config // with the span of the search; nil where refused
	model   *edge.Model
	screen  []sample // the run of the screening
	ranked  []sample // the runs of the ranking
}

// hunt is one search under way.
type hunt struct {
	*planner
	space   space
	out     *result.Search
	targets []result.Target
	cells   []*cell
}

// grid makes the cells of the axes, the last one fastest.
func (h *hunt) grid() {
	for i := range h.space.cells() {
		c := &cell{out: result.PlanCell{Index: i, Line: -1}}
		rest := i
		values := make([]string, len(h.space.axes))
		for a := len(values) - 1; a >= 0; a-- {
			list := h.space.axes[a].Values
			values[a] = list[rest%len(list)]
			rest /= len(list)
		}
		for a, v := range values {
			c.sets = append(c.sets, h.space.axes[a].Path+"="+v)
		}
		c.out.Values = values
		h.cells = append(h.cells, c)
	}
}

// load reads every cell on all workers, notes which are refused, and finds the
// scenario as it is among them or adds it.
func (h *hunt) load(ctx context.Context) error {
	base := &cell{out: result.PlanCell{Base: true, Line: -1}}
	h.read(base, nil)
	if base.cfg == nil {
		return mistake("the scenario as it is cannot be searched: %s", base.out.Why)
	}
	span := h.spanSets(base.cfg)
	h.read(base, span)
	if base.cfg == nil {
		return mistake("the scenario as it is cannot be run for %v: %s", h.out.Span+h.out.Warmup, base.out.Why)
	}
	if err := h.widen(ctx, base); err != nil {
		return err
	}
	h.grid()
	points := h.cells
	base.out.Index = len(points)
	h.cells = append(h.cells, base)
	plan.Each(h.opt.Workers, len(points), func(i int) { h.read(points[i], span) })
	h.out.Base = base.out.Index
	for _, c := range points {
		for _, a := range h.space.axes {
			if c.cfg != nil && valueAt(c.cfg, a.Path) != valueAt(base.cfg, a.Path) {
				c.changes++
			}
		}
	}
	for i, c := range points {
		if c.cfg != nil && reflect.DeepEqual(c.cfg.Apps, base.cfg.Apps) && reflect.DeepEqual(c.cfg.Hosts, base.cfg.Hosts) && c.cfg.Text == base.cfg.Text {
			c.out.Base, h.out.Base = true, i
			h.cells = points
			break
		}
	}
	return h.someCell(points)
}

// widen adds to the default space twice the limit of instances, where a run of
// the scenario as it is fails requests by it.
func (h *hunt) widen(ctx context.Context, base *cell) error {
	if !h.space.own {
		return nil
	}
	model, err := edge.Compile(base.cfg)
	if err != nil {
		return mistake("the scenario as it is cannot be simulated: %v", err)
	}
	run, err := model.Run(ctx, screenReplication, edge.Options{})
	if err != nil {
		return err
	}
	for i := range run.Apps {
		a := &base.cfg.Apps[i]
		if a.Name == h.space.app && a.MaxInstances > 0 && run.Apps[i].Failed[result.FailMaxInstances] > 0 {
			h.space.axes = append(h.space.axes, result.SweepAxis{Path: "apps." + a.Name + ".max_instances",
				Values: []string{fmt.Sprint(a.MaxInstances), fmt.Sprint(2 * a.MaxInstances)}})
			h.out.Axes = h.space.axes
		}
	}
	return nil
}

// read loads a cell; a refusal is noted with its reasons.
func (h *hunt) read(c *cell, span []string) {
	sets := slices.Concat(h.opt.Sets, h.sets, c.sets, span)
	cfg, problems := scenarios.Load(h.opt.Name, h.opt.Source, scenarios.Options{Sets: sets, Overlays: h.opt.Overlays})
	c.cfg = cfg
	if cfg != nil {
		return
	}
	var why []string
	for _, p := range problems.Errors() {
		text := p.Path + ": " + p.Message
		if p.Suggestion != "" {
			text += " (" + p.Suggestion + ")"
		}
		why = append(why, text)
	}
	h.refuse(c, strings.Join(why, "; "))
}

// refuse notes that a cell cannot be simulated at all.
func (h *hunt) refuse(c *cell, why string) {
	c.cfg, c.model = nil, nil
	c.out.Fate, c.out.Stage, c.out.Proven, c.out.Why = result.FateRefused, result.StageAnalysis, true, why
}

// someCell reports why every point is refused, if every one is.
func (h *hunt) someCell(points []*cell) error {
	var reasons []string
	for _, c := range points {
		if c.cfg != nil {
			return nil
		}
		if !slices.Contains(reasons, c.out.Why) && len(reasons) < 20 {
			reasons = append(reasons, c.out.Why)
		}
	}
	return &InfeasibleError{reasons}
}

// wantedRequests is how many requests a run of the search is to hold: enough for
// a thousand beyond the 99th percentile.
const wantedRequests = 100_000

// spanSets are the overrides that give the runs of the search their span. A
// shortened run leaves out what comes before the longest sleep_after has passed,
// in whole hours, since it begins empty as the whole one does, which hardly
// counts there.
func (h *hunt) spanSets(cfg *edge.Config) []string {
	span, whole := plan.Span(cfg, wantedRequests)
	if h.rules.Horizon > 0 {
		span, whole = h.rules.Horizon, h.rules.Horizon >= cfg.Duration-cfg.Warmup
	}
	own := cfg.Duration - cfg.Warmup
	warmup := max(cfg.Warmup, h.longestSleep(cfg))
	if whole || h.rules.WholeHorizon || span+warmup >= cfg.Duration {
		h.out.Span, h.out.Warmup, h.out.Whole = own, cfg.Warmup, true
		return nil
	}
	h.out.Span, h.out.Warmup = span, warmup
	return []string{fmt.Sprintf("duration=%v", span+warmup), fmt.Sprintf("warmup=%v", warmup)}
}

// longestSleep is the longest sleep_after of the axes and the scenario, in
// whole hours, at most half a day.
func (h *hunt) longestSleep(cfg *edge.Config) sim.Time {
	longest := sim.Hour
	for i := range cfg.Apps {
		if s := cfg.Apps[i].SleepAfter; s != sim.Never {
			longest = max(longest, s)
		}
	}
	for _, a := range h.space.axes {
		if !strings.HasSuffix(a.Path, ".sleep_after") {
			continue
		}
		for _, v := range a.Values {
			if d, err := parseSpan(v); err == nil {
				longest = max(longest, d)
			}
		}
	}
	hours := (longest + sim.Hour - 1) / sim.Hour
	return min(hours*sim.Hour, 12*sim.Hour)
}
