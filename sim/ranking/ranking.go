// Package ranking finds the cheapest of several simulated systems that keep
// stochastic constraints, one replication at a time, with a bounded chance of
// error.
//
// Cheapness is compared by the procedure KN (S.-H. Kim and B. L. Nelson, "A
// Fully Sequential Procedure for Indifference-Zone Selection in Simulation",
// ACM TOMACS 11(3), 2001). Constraints are checked as in D. Batur and S.-H. Kim,
// "Finding Feasible Systems in the Presence of Constraints on Multiple
// Performance Measures", ACM TOMACS 20(3), 2010. Both run at once, as in S.
// Andradottir and S.-H. Kim, "Fully Sequential Procedures for Comparing
// Constrained Systems via Simulation", Naval Research Logistics 57(5), 2010: a
// system leaves when a constraint is missed, or when a system that keeps all of
// them is cheaper. Replication i of every system may use the same random
// numbers, which makes differences small and the procedure short (C. Healey, S.
// Andradottir and S.-H. Kim, "Selection Procedures for Simulations with Multiple
// Constraints under Independent and Correlated Sampling", ACM TOMACS 24(3),
// 2014).
//
// The triangular boundary of these procedures is long where the variance is large
// and the zone small, even if the difference is far larger than the zone. So half
// of each decision's error is spent on it and half on a plain t test of the mean
// at a few looks: after the first replications, twice as many, four times as many
// and so on.
//
// Assumptions: replications are independent of each other and nearly normal.
// With k systems and s constraints each decision has the error (1 -
// confidence)/(k - 1 + s): the selection is right unless the best system fails
// one of its s checks, or one of the other k - 1 either passes the check that it
// should fail or is not found dearer. By Bonferroni this holds for correlated
// systems too.
package ranking

import (
	"errors"
	"fmt"
	"math"

	"berth/sim/stats"
)

// Constraint demands that the mean of a measure is below Threshold, or above it.
// A system that keeps it by less than 2 x Margin may be taken for one that
// misses it; one that misses it is taken for feasible with the bounded error
// only.
type Constraint struct {
	Threshold float64
	Margin    float64 // above 0, in the unit of Threshold
	Above     bool
}

// Rules of a selection.
type Rules struct {
	Systems     int // 1 or more
	Constraints []Constraint
	Zone        float64 // indifference zone of the cost, above 0
	Confidence  float64 // above 0.5 and below 1
	First       int     // replications before the first decision, 2 or more
	Most        int     // replications after which it ends without proof
}

func (r Rules) check() error {
	var errs []error
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	bad(r.Systems < 1, "%d systems", r.Systems)
	bad(!(r.Zone > 0), "an indifference zone of %v", r.Zone)
	bad(!(r.Confidence > 0.5 && r.Confidence < 1), "a confidence of %v", r.Confidence)
	bad(r.First < 2, "%d first replications", r.First)
	bad(r.Most < r.First, "at most %d replications, %d of them before the first decision", r.Most, r.First)
	for _, c := range r.Constraints {
		bad(!(c.Margin > 0) || math.IsNaN(c.Threshold) || math.IsInf(c.Threshold, 0), "a constraint of %v with the margin %v", c.Threshold, c.Margin)
	}
	return errors.Join(errs...)
}

// state of a system.
type state uint8

const (
	open   state = iota
	missed       // a constraint
	beaten       // by a cheaper system
)

// system holds what is known of one.
type system struct {
	costs    []float64
	values   [][]float64 // by constraint: how far beyond its inner threshold
	spread   []float64   // by constraint: variance of the first values
	kept     []bool      // by constraint
	state    state
	decided  int // replications at the decision
	why, who int // constraint missed; system that beat it
}

func (s *system) feasible() bool {
	for _, k := range s.kept {
		if !k {
			return false
		}
	}
	return true
}

// Selection is a procedure under way: Observe each of Open once, then Advance,
// until Done.
type Selection struct {
	rules    Rules
	systems  []system
	h2       float64
	critical map[int]float64    // of the t test, by the number of replications of a look
	pairs    map[[2]int]float64 // variance of the first differences
	made     int                // replications of every open system
}

// New begins a selection.
func New(r Rules) (*Selection, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	beta := (1 - r.Confidence) / float64(max(r.Systems-1+len(r.Constraints), 1)) / 2
	df := float64(r.First - 1)
	eta := (math.Pow(2*beta, -2/df) - 1) / 2
	s := &Selection{rules: r, systems: make([]system, r.Systems), h2: 2 * eta * df, critical: map[int]float64{}, pairs: map[[2]int]float64{}}
	var looks []int
	for n := r.First; n <= r.Most; n *= 2 {
		looks = append(looks, n)
	}
	for _, n := range looks {
		s.critical[n] = stats.TQuantile(1-2*beta/float64(len(looks)), float64(n-1))
	}
	for i := range s.systems {
		n := len(r.Constraints)
		s.systems[i] = system{values: make([][]float64, n), kept: make([]bool, n), spread: make([]float64, n)}
	}
	return s, nil
}

// Open lists the systems still in the race, in order.
func (s *Selection) Open() []int {
	var list []int
	for i := range s.systems {
		if s.systems[i].state == open {
			list = append(list, i)
		}
	}
	return list
}

// Observe adds the next replication of a system: its cost and the measures of
// the constraints, in their order. A measure without a value (NaN) misses its
// constraint for good.
func (s *Selection) Observe(i int, cost float64, measures []float64) {
	x := &s.systems[i]
	x.costs = append(x.costs, cost)
	for c, rule := range s.rules.Constraints {
		v := measures[c] - (rule.Threshold - rule.Margin)
		if rule.Above {
			v = rule.Threshold + rule.Margin - measures[c]
		}
		x.values[c] = append(x.values[c], v)
	}
}

// Advance decides what the replications so far allow to decide.
func (s *Selection) Advance() {
	s.made++
	if s.made < s.rules.First {
		return
	}
	list := s.Open()
	for _, i := range list {
		s.checkConstraints(i)
	}
	list = s.Open()
	out := map[int]int{}
	for _, i := range list {
		for _, j := range list {
			if i != j && s.systems[j].feasible() && s.beats(j, i) {
				out[i] = j
				break
			}
		}
	}
	for i, j := range out {
		s.systems[i].state, s.systems[i].who, s.systems[i].decided = beaten, j, s.made
	}
}

// boundary is the height of the triangular continuation region after n
// replications, for differences of the given variance and a zone.
func (s *Selection) boundary(variance, zone float64, n int) float64 {
	return max(0, s.h2*variance/(2*zone)-zone*float64(n)/2)
}

// shown says whether values have a mean above 0 by the t test of this look; false
// between the looks.
func (s *Selection) shown(values []float64) bool {
	t, look := s.critical[len(values)]
	if !look {
		return false
	}
	n := float64(len(values))
	return total(values)/n > t*math.Sqrt(variance(values)/n)
}

func (s *Selection) checkConstraints(i int) {
	x := &s.systems[i]
	for c, rule := range s.rules.Constraints {
		if s.made == s.rules.First {
			x.spread[c] = variance(x.values[c])
		}
		if x.kept[c] || x.state != open {
			continue
		}
		sum := total(x.values[c])
		limit := s.boundary(x.spread[c], rule.Margin, s.made)
		switch {
		case math.IsNaN(sum) || sum > 0 && sum >= limit || s.shown(x.values[c]):
			x.state, x.why, x.decided = missed, c, s.made
		case sum <= -limit || s.shown(negative(x.values[c])):
			x.kept[c] = true
		}
	}
}

// beats says whether j is shown cheaper than i. Of two that cost the same to the
// last bit, the earlier wins.
func (s *Selection) beats(j, i int) bool {
	a, b := &s.systems[i], &s.systems[j]
	key := [2]int{min(i, j), max(i, j)}
	v, ok := s.pairs[key]
	if !ok {
		d := make([]float64, s.rules.First)
		for n := range d {
			d[n] = a.costs[n] - b.costs[n]
		}
		v = variance(d)
		s.pairs[key] = v
	}
	gaps := make([]float64, len(a.costs))
	for n := range gaps {
		gaps[n] = a.costs[n] - b.costs[n]
	}
	gap, limit := total(gaps), s.boundary(v, s.rules.Zone, s.made)
	return gap > 0 && gap >= limit || s.shown(gaps) || gap == 0 && limit == 0 && j < i && b.feasible()
}

// Done says whether nothing is left to decide, or no replication is left.
func (s *Selection) Done() bool {
	list := s.Open()
	return len(list) == 0 || s.made >= s.rules.Most || len(list) == 1 && s.systems[list[0]].feasible()
}

// Made is the number of replications of every system that is still open.
func (s *Selection) Made() int { return s.made }

// Best is the system selected, -1 for none. proven is false where the
// replications ran out: then it is the one with the lowest mean cost among those
// that keep every constraint, or, failing that, on whose mean every constraint
// is kept.
func (s *Selection) Best() (best int, proven bool) {
	list := s.Open()
	if len(list) == 1 && s.systems[list[0]].feasible() {
		return list[0], true
	}
	best = -1
	for _, sure := range []bool{true, false} {
		for _, i := range list {
			x := &s.systems[i]
			if sure != x.feasible() || !sure && !x.looksFeasible() {
				continue
			}
			if best < 0 || total(x.costs) < total(s.systems[best].costs) {
				best = i
			}
		}
		if best >= 0 {
			break
		}
	}
	return best, len(list) == 0
}

func (s *system) looksFeasible() bool {
	for c := range s.values {
		if !(total(s.values[c]) <= 0) {
			return false
		}
	}
	return len(s.costs) > 0
}

// Verdict is what was decided about a system.
type Verdict struct {
	Missed     int // constraint that it misses; -1 none
	BeatenBy   int // system that is shown cheaper; -1 none
	Feasible   bool
	Open       bool // nothing is proven
	Decided    int  // replications at the decision
	Replicates int  // made
}

// Verdict of a system.
func (s *Selection) Verdict(i int) Verdict {
	x := &s.systems[i]
	v := Verdict{Missed: -1, BeatenBy: -1, Feasible: x.state != missed && x.feasible(), Open: x.state == open, Decided: x.decided, Replicates: len(x.costs)}
	switch x.state {
	case missed:
		v.Missed = x.why
	case beaten:
		v.BeatenBy = x.who
	}
	return v
}

func total(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum
}

func negative(xs []float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = -x
	}
	return out
}

// variance is unbiased; 0 below two values.
func variance(xs []float64) float64 {
	if len(xs) < 2 {
		return 0
	}
	mean := total(xs) / float64(len(xs))
	sum := 0.0
	for _, x := range xs {
		sum += (x - mean) * (x - mean)
	}
	return sum / float64(len(xs)-1)
}
