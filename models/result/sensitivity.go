package result

import (
	"cmp"
	"math"
	"slices"
)

// Sensitivity is how metrics of a scenario move when one thing at a time is
// varied, all on the same random numbers.
type Sensitivity struct {
	Tool, Scenario string
	Seed           uint64
	Replications   int
	Base           []Metric // those that are looked at
	Factors        []Factor
	Unvaried       []Unvaried
	Warnings       []string
	Partial        bool
}

// Factor is one thing that is varied: an input, or an assumption of the
// catalogue.
type Factor struct {
	Name          string // "traffic", or the path of the assumption
	Text          string // what it is
	Value         string // in force; "" for several
	Grade, Source string // of an assumption
	Range         string // how its ends were chosen
	Ends          []End  // the lower first
}

// End is one value in place of the one in force.
type End struct {
	Value       string
	Sets        []string // overrides that make it
	Refused     string   // why it could not be simulated
	Runs        int      // replications made
	Differences []Difference
}

// Unvaried is an assumption that could not be varied, and why.
type Unvaried struct{ Name, Why string }

// Find is the difference of an end in one metric.
func (e *End) Find(k Key) (Difference, bool) {
	for _, d := range e.Differences {
		if d.Base.Key == k {
			return d, true
		}
	}
	return Difference{}, false
}

// Shown says whether the interval of some end excludes 0.
func (f *Factor) Shown(k Key) bool {
	return slices.ContainsFunc(f.Ends, func(e End) bool {
		d, ok := e.Find(k)
		return ok && d.Change >= Better
	})
}

// Swing is how far a metric moves between the ends, the value in force among
// them; NaN where no end has a value.
func (f *Factor) Swing(k Key) float64 {
	low, high, known := 0.0, 0.0, false
	for i := range f.Ends {
		if d, ok := f.Ends[i].Find(k); ok && finite(d.Delta.Mean) {
			low, high, known = math.Min(low, d.Delta.Mean), math.Max(high, d.Delta.Mean), true
		}
	}
	if !known {
		return math.NaN()
	}
	return high - low
}

// Order is the factors by their swing in a metric, the largest first: those with
// a difference shown, then the others. Ties keep their order.
func (s *Sensitivity) Order(k Key) []int {
	order := make([]int, len(s.Factors))
	for i := range order {
		order[i] = i
	}
	rank := func(i int) (shown int, swing float64) {
		f := &s.Factors[i]
		if f.Shown(k) {
			shown = 1
		}
		if swing = f.Swing(k); math.IsNaN(swing) {
			swing = -1
		}
		return shown, swing
	}
	slices.SortStableFunc(order, func(a, b int) int {
		shownA, swingA := rank(a)
		shownB, swingB := rank(b)
		return cmp.Or(cmp.Compare(shownB, shownA), cmp.Compare(swingB, swingA))
	})
	return order
}
