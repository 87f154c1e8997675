package search

import (
	"math"
	"slices"
	"strconv"

	"berth/models/result"
	"berth/sim/ranking"
	"berth/sim/stats"
)

// judge notes what the ranking decided of each finalist.
func (h *hunt) judge(list []*cell, sel *ranking.Selection) {
	best, proven := sel.Best()
	h.out.Proven, h.out.Replications = proven, 0
	for i, c := range list {
		v := sel.Verdict(i)
		h.out.Replications = max(h.out.Replications, v.Replicates)
		c.out.Stage, c.out.Proven = result.StageRank, !v.Open
		switch {
		case i == best:
			c.out.Fate, c.out.Proven = result.FateChosen, proven
			h.out.Chosen, h.out.Feasible = c.out.Index, true
		case v.Missed >= 0:
			c.out.Fate, c.out.Line = result.FateMissed, v.Missed
		case v.BeatenBy >= 0:
			c.out.Fate = result.FateEqual // unless the pairs show more
		}
	}
	if best >= 0 {
		h.compareWith(list[best])
	}
}

// compareWith sets the differences of all cells to the choice, over the runs
// that both have, and tells dearer cells from those that cost as much.
func (h *hunt) compareWith(choice *cell) {
	for _, c := range h.cells {
		if c == choice || len(c.screen) == 0 {
			continue
		}
		var a, b []float64
		for i := range min(len(c.ranked), len(choice.ranked)) {
			a, b = append(a, c.ranked[i].cost()), append(b, choice.ranked[i].cost())
		}
		if len(a) == 0 {
			a, b = []float64{c.screen[0].cost()}, []float64{choice.screen[0].cost()}
		}
		c.out.Dearer = stats.PairedDifference(a, b, result.Confidence)
		if c.out.Fate == result.FateEqual && c.out.Dearer.Known && c.out.Dearer.Lo > 0 {
			c.out.Fate = result.FateDearer
		}
	}
}

// finish chooses what comes closest where nothing keeps the targets, fills in
// the numbers of every cell, and takes the choice over.
func (h *hunt) finish() {
	if h.out.Chosen < 0 {
		h.closest()
	}
	for _, c := range h.cells {
		h.fill(c)
	}
	h.lines()
	h.front()
	h.earlier = h.planner.sets
	h.settle()
}

// settle notes what follows from the choice.
func (h *hunt) settle() {
	h.bounds()
	h.runnerUp()
	h.edges()
	h.out.Cells = nil
	for _, c := range h.cells {
		h.out.Cells = append(h.out.Cells, c.out)
	}
	h.planner.sets = slices.Concat(h.earlier, h.cells[h.out.Chosen].sets)
}

// edges notes where the choice has the lowest or highest of three or more
// amounts tried.
func (h *hunt) edges() {
	h.out.Edges = nil
	for a, value := range h.cells[h.out.Chosen].out.Values {
		own, ok := amount(value)
		if !ok || len(h.space.axes[a].Values) < 3 {
			continue
		}
		lower, higher := false, false
		for _, v := range h.space.axes[a].Values {
			x, isAmount := amount(v)
			ok = ok && isAmount
			lower, higher = lower || x < own, higher || x > own
		}
		if ok && lower != higher {
			h.out.Edges = append(h.out.Edges, result.PlanEdge{Path: h.space.axes[a].Path, Value: value, Lowest: higher})
		}
	}
}

// amount reads a number or a span of time.
func amount(text string) (float64, bool) {
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		return x, true
	}
	d, err := parseSpan(text)
	return d.Seconds(), err == nil
}

// bounds proves cells dearer by their lower bound.
func (h *hunt) bounds() {
	choice := h.cells[h.out.Chosen].out
	for _, c := range h.cells {
		if c.out.Stage != result.StageAnalysis || c.out.Fate != result.FateDearer && c.out.Fate != result.FateOpen {
			continue
		}
		c.out.Fate, c.out.Proven = result.FateDearer, c.out.Least > choice.Bill.Mean
		if !c.out.Proven {
			c.out.Fate = result.FateOpen
		}
	}
}

// demote takes back a choice that violates a target on the whole horizon, for
// the next cheapest of those ranked that keep the targets; false where there is
// none.
func (h *hunt) demote(broken []result.SLOResult) bool {
	old, next := h.cells[h.out.Chosen], -1
	for i, c := range h.cells {
		if c == old || c.out.Fate != result.FateDearer && c.out.Fate != result.FateEqual && c.out.Fate != result.FateOpen || len(c.ranked) == 0 {
			continue
		}
		if x, _ := h.worst(c.ranked); x <= 0 && (next < 0 || c.out.Bill.Mean < h.cells[next].out.Bill.Mean) {
			next = i
		}
	}
	if next < 0 {
		return false
	}
	old.out.Fate, old.out.Stage, old.out.Proven = result.FateMissed, result.StageConfirm, true
	for i, t := range h.targets {
		for _, s := range broken {
			if s.Text == t.Text && s.Verdict == result.Violated {
				old.out.Line, old.out.Targets[i] = i, s.Metric
			}
		}
	}
	h.out.Chosen, h.out.RunnerUp, h.out.CheaperMissed, h.out.Proven = next, -1, -1, false
	c := h.cells[next]
	c.out.Fate, c.out.Proven, c.out.Dearer = result.FateChosen, false, stats.Interval{}
	h.compareWith(c)
	h.settle()
	return true
}

// runs are the samples of a cell's last stage.
func (c *cell) runs() []sample {
	if len(c.ranked) > 0 {
		return c.ranked
	}
	return c.screen
}

// closest chooses the cell that exceeds its targets least; ranked ones before
// others.
func (h *hunt) closest() {
	least := math.Inf(1)
	for _, ranked := range []bool{true, false} {
		for i, c := range h.cells {
			if len(c.runs()) == 0 || ranked && len(c.ranked) == 0 {
				continue
			}
			if x, _ := h.worst(c.runs()); x < least || h.out.Chosen < 0 {
				least, h.out.Chosen = x, i
			}
		}
		if h.out.Chosen >= 0 {
			break
		}
	}
	if h.out.Chosen >= 0 {
		h.compareWith(h.cells[h.out.Chosen])
	}
}

// fill sets the numbers of a cell. One that was not ranked keeps what its one
// run suggests, unproven.
func (h *hunt) fill(c *cell) {
	list := c.runs()
	c.out.Runs = len(list)
	if len(list) == 0 {
		return
	}
	c.out.Bill, c.out.P99, c.out.Errors, c.out.Cold = summary(list, 0), summary(list, 1), summary(list, 2), summary(list, 3)
	for i := range h.targets {
		c.out.Targets = append(c.out.Targets, summary(list, len(shown)+i))
	}
	if c.out.Fate == result.FateOpen || c.out.Fate == result.FateMissed {
		if x, line := h.worst(list); x > 0 && c.out.Line < 0 {
			c.out.Line = line
		}
	}
}

// lines counts, for every target, the cells that keep it.
func (h *hunt) lines() {
	for i, t := range h.targets {
		l := result.PlanLine{Target: t, Best: math.NaN(), Cell: -1}
		for _, c := range h.cells {
			if len(c.out.Targets) == 0 {
				continue
			}
			x := c.out.Targets[i].Mean
			if excess(t, x) <= 0 {
				l.Kept++
			}
			if !math.IsNaN(x) && (l.Cell < 0 || excess(t, x) < excess(t, l.Best)) {
				l.Best, l.Cell = x, c.out.Index
			}
		}
		h.out.Lines = append(h.out.Lines, l)
	}
}

// front marks the cells that no other beats in both bill and p99.
func (h *hunt) front() {
	cells := make([]result.SweepCell, len(h.cells))
	for i, c := range h.cells {
		if c.out.Runs > 0 {
			cells[i].Metrics = []result.Metric{c.out.Bill, c.out.P99}
		}
	}
	result.MarkFront(cells, shown[0], shown[1])
	for i := range cells {
		h.cells[i].out.Front = cells[i].Front
	}
}

// runnerUp finds the cheapest other cell that keeps the targets, leaving out
// those that are the same as the choice in every run; and of those that are
// cheaper and miss a target the one that misses it least.
func (h *hunt) runnerUp() {
	if h.out.Chosen < 0 || !h.out.Feasible {
		return
	}
	cheaper := func(a int, b result.PlanCell) bool { return a < 0 || b.Bill.Mean < h.cells[a].out.Bill.Mean }
	choice := h.cells[h.out.Chosen].out
	least := math.Inf(1)
	for i, c := range h.cells {
		if i == h.out.Chosen || c.out.Runs == 0 {
			continue
		}
		x, _ := h.worst(c.runs())
		d := c.out.Dearer
		switch {
		case x > 0 || c.out.Fate == result.FateMissed:
			if c.out.Bill.Mean < choice.Bill.Mean && x < least {
				least, h.out.CheaperMissed = x, i
			}
		case d.Known && d.Mean == 0 && d.Half == 0:
		case c.out.Stage == result.StageRank && cheaper(h.out.RunnerUp, c.out):
			h.out.RunnerUp = i
		}
	}
}
