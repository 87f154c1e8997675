package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"berth/models/result"
	"berth/sim/ranking"
)

// search makes one search and takes its choice over into the scenario.
func (p *planner) search(ctx context.Context, s space) error {
	p.out.Searches = append(p.out.Searches, result.Search{App: s.app, Axes: s.axes, Default: s.own, Chosen: -1, RunnerUp: -1, CheaperMissed: -1})
	h := &hunt{planner: p, space: s, out: &p.out.Searches[len(p.out.Searches)-1], targets: targets(p.cfg, s.app)}
	p.last = h
	err := h.load(ctx)
	if err == nil {
		h.analyse()
		err = h.screen(ctx)
	}
	for again := err == nil; again && err == nil; {
		if err = h.rank(ctx); err == nil {
			again, err = h.readmit(ctx)
		}
	}
	if err = p.partial(ctx, err); err != nil || p.out.Partial {
		return err
	}
	h.finish()
	return nil
}

// clearlyDearer is the factor by which a lower bound must exceed the cheapest
// bill of one run for a cell to be left out: far beyond the error of one run.
const clearlyDearer = 1.2

// screen makes one run of every cell that analysis leaves: first of the half
// that costs least by formula, then of those whose bound is not far above the
// cheapest bill found that keeps the targets.
func (h *hunt) screen(ctx context.Context) error {
	var list []*cell
	for _, c := range h.cells {
		if c.cfg != nil && c.out.Fate == result.FateOpen {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *cell) int { return cmp.Compare(a.out.Least, b.out.Least) })
	first := len(list)
	for first > (len(list)+1)/2 && list[first-1].out.Least > 0 {
		first--
	}
	if err := h.screenAll(ctx, list[:first], 0, len(list)); err != nil {
		return err
	}
	cheapest := math.Inf(1)
	for _, c := range list[:first] {
		if x, _ := h.worst(c.screen); len(c.screen) > 0 && x <= 0 {
			cheapest = min(cheapest, c.screen[0].cost())
		}
	}
	var rest []*cell
	for _, c := range list[first:] {
		if c.out.Least > clearlyDearer*cheapest && !c.out.Base {
			c.out.Fate, c.out.Stage = result.FateDearer, result.StageAnalysis
			continue
		}
		rest = append(rest, c)
	}
	if err := h.screenAll(ctx, rest, first, first+len(rest)); err != nil {
		return err
	}
	return h.someCell(h.cells)
}

// readmit runs the cells that were left out by their bound although they may be
// cheaper than what the ranking chose, or all of them where it chose nothing: a
// cell may have kept the targets in its one run and miss them after all. again
// says that there are such, so that the ranking has to be made anew.
func (h *hunt) readmit(ctx context.Context) (again bool, err error) {
	cost := math.Inf(1)
	if h.out.Chosen >= 0 {
		cost = summary(h.cells[h.out.Chosen].ranked, 0).Mean
	}
	var back []*cell
	for _, c := range h.cells {
		if c.out.Fate == result.FateDearer && c.out.Stage == result.StageAnalysis && c.out.Least < cost {
			c.out.Fate = result.FateOpen
			back = append(back, c)
		}
	}
	if len(back) == 0 {
		return false, nil
	}
	for _, c := range h.cells {
		if c.out.Stage == result.StageRank {
			c.out.Fate, c.out.Stage, c.out.Line, c.out.Proven = result.FateOpen, result.StageScreen, -1, false
		}
	}
	h.out.Chosen, h.out.Feasible, h.out.Proven = -1, false, false
	return true, h.screenAll(ctx, back, 0, len(back))
}

func (h *hunt) screenAll(ctx context.Context, list []*cell, before, total int) error {
	var jobs []job
	for _, c := range list {
		jobs = append(jobs, job{c, screenReplication})
	}
	samples, err := h.play(ctx, jobs, func(done int) { h.tell("screening", before+done, total) })
	if err != nil {
		return err
	}
	for i, s := range samples {
		if s.metrics != nil {
			jobs[i].cell.screen = []sample{s}
			jobs[i].cell.out.Stage = result.StageScreen
		}
	}
	return nil
}

func (h *hunt) tell(phase string, done, total int) {
	if h.opt.Progress != nil {
		if len(h.planner.out.Searches) > 1 || h.space.app != "" && len(h.cfg.Apps) > 1 {
			phase = h.space.app + ": " + phase
		}
		h.opt.Progress(Progress{Phase: phase, Done: done, Total: total})
	}
}

// excess is how far a value is beyond a target, as a share of its threshold (of
// the value's own size where the threshold is 0); at most 0 where it is kept.
func excess(t result.Target, x float64) float64 {
	if math.IsNaN(x) {
		return math.Inf(1)
	}
	d := x - t.Threshold
	if above(t) {
		d = -d
	}
	return d / max(math.Abs(t.Threshold), 1e-3)
}

func above(t result.Target) bool { return t.Op == ">" || t.Op == ">=" }

// worst is the largest excess of a cell over the targets, and of which.
func (h *hunt) worst(list []sample) (x float64, line int) {
	x, line = math.Inf(-1), -1
	for i, t := range h.targets {
		sum := 0.0
		for _, s := range list {
			sum += s.target(i) / float64(len(list))
		}
		if e := excess(t, sum); e > x {
			x, line = e, i
		}
	}
	return x, line
}

// doubtful is the excess in one run up to which a cell may keep its targets
// after all.
const doubtful = 0.3

// finalists are the cells to be ranked, best first: those that keep the targets
// in their one run, by bill, and of those that hardly miss them the cheaper
// ones, which take at most a quarter of the places while there are others. Places
// that are left go to the rest, so that all of a small grid is ranked.
func (h *hunt) finalists() []*cell {
	type entry struct {
		c      *cell
		cost   float64
		excess float64
	}
	var keep, doubt, miss []entry
	for _, c := range h.cells {
		if len(c.screen) == 0 {
			continue
		}
		e := entry{c: c, cost: c.screen[0].cost()}
		e.excess, _ = h.worst(c.screen)
		switch {
		case e.excess <= 0:
			keep = append(keep, e)
		case e.excess <= doubtful:
			doubt = append(doubt, e)
		default:
			miss = append(miss, e)
		}
	}
	byCost := func(a, b entry) int { return cmp.Compare(a.cost, b.cost) }
	byExcess := func(a, b entry) int { return cmp.Compare(a.excess, b.excess) }
	slices.SortStableFunc(keep, byCost)
	slices.SortStableFunc(doubt, byExcess)
	if len(keep) > 0 {
		var cheaper []entry
		for _, e := range doubt {
			if e.cost < keep[0].cost {
				cheaper = append(cheaper, e)
			} else {
				miss = append(miss, e)
			}
		}
		doubt = cheaper
	}
	slices.SortStableFunc(miss, byExcess)
	most := h.rules.Finalists
	places := min(len(doubt), max(most/4, most-len(keep)))
	list := slices.Concat(keep[:min(len(keep), most-places)], doubt[:places])
	list = append(list, miss[:min(len(miss), most-len(list))]...)
	var out []*cell
	for _, e := range list {
		out = append(out, e.c)
	}
	// Of cells that cost the same the first is taken: the one that changes least.
	slices.SortStableFunc(out, func(a, b *cell) int {
		return cmp.Or(cmp.Compare(a.changes, b.changes), cmp.Compare(a.out.Index, b.out.Index))
	})
	return out
}

// zone is the indifference zone in USD: a share of the lowest bill of the
// screening among those that keep the targets, or of all.
func (h *hunt) zone(list []*cell) float64 {
	least := math.Inf(1)
	for _, feasible := range []bool{true, false} {
		for _, c := range list {
			if x, _ := h.worst(c.screen); x <= 0 || !feasible {
				least = min(least, c.screen[0].cost())
			}
		}
		if !math.IsInf(least, 1) {
			break
		}
	}
	return max(h.rules.Indifference*least, 1e-6)
}

// margin is the margin of a target's threshold in its unit. Shares without a
// threshold have one of 0.01 percentage points.
func (h *hunt) margin(t result.Target) float64 {
	return h.rules.Tolerance * max(math.Abs(t.Threshold), 0.005)
}

// rank compares the finalists replication by replication.
func (h *hunt) rank(ctx context.Context) error {
	list := h.finalists()
	if len(list) == 0 {
		return nil
	}
	h.out.ZoneUSD = h.zone(list)
	rules := ranking.Rules{Systems: len(list), Zone: h.out.ZoneUSD, Confidence: h.rules.Confidence, First: h.planner.out.Rules.First, Most: h.planner.out.Rules.Most}
	for _, t := range h.targets {
		rules.Constraints = append(rules.Constraints, ranking.Constraint{Threshold: t.Threshold, Margin: h.margin(t), Above: above(t)})
	}
	sel, err := ranking.New(rules)
	if err != nil {
		return err
	}
	h.compile(list)
	done := 0
	for !sel.Done() {
		rounds := 1
		if sel.Made() == 0 {
			rounds = rules.First
		}
		open, made := sel.Open(), sel.Made()
		var jobs []job // those of an earlier ranking are there
		for n := range rounds {
			for _, i := range open {
				if made+n >= len(list[i].ranked) {
					jobs = append(jobs, job{list[i], rankReplication + made + n})
				}
			}
		}
		samples, err := h.play(ctx, jobs, func(n int) { h.tell("ranking", done+n, done+len(jobs)) })
		if err != nil {
			return err
		}
		done += len(jobs)
		for k, s := range samples {
			jobs[k].cell.ranked = append(jobs[k].cell.ranked, s)
		}
		for n := range rounds {
			for _, i := range open {
				s := list[i].ranked[made+n]
				sel.Observe(i, s.cost(), measures(s, len(h.targets)))
			}
			sel.Advance()
		}
	}
	h.judge(list, sel)
	return nil
}

func measures(s sample, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = s.target(i)
	}
	return out
}
