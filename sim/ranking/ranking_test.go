package ranking

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// field is a made-up set of systems with known means.
type field struct {
	costs    []float64
	measures [][]float64 // by system and constraint
	common   float64     // standard deviation that all share, replication by replication
	own      float64
	noise    float64 // of the measures
}

// play selects on one stream of random numbers.
func play(t *testing.T, r Rules, f field, seed uint64) (*Selection, int) {
	t.Helper()
	r.Systems = len(f.costs)
	s, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(seed, 1))
	runs := 0
	for !s.Done() {
		shared := f.common * chance.NormFloat64()
		open := s.Open()
		for i := range f.costs {
			cost := f.costs[i] + shared + f.own*chance.NormFloat64()
			var m []float64
			for c := range r.Constraints {
				m = append(m, f.measures[i][c]+f.noise*chance.NormFloat64())
			}
			for _, o := range open {
				if o == i {
					s.Observe(i, cost, m)
					runs++
				}
			}
		}
		s.Advance()
	}
	return s, runs
}

// right counts the selections of a system for which ok holds.
func right(t *testing.T, r Rules, f field, macro int, ok func(best int) bool) int {
	t.Helper()
	n := 0
	for seed := range macro {
		s, _ := play(t, r, f, uint64(seed))
		if best, _ := s.Best(); ok(best) {
			n++
		}
	}
	return n
}

// macro is the number of macro-replications; a procedure that is right with 95 %
// falls below least with a chance below one in a million.
const macro, least = 400, 357

func TestSelectsTheCheapest(t *testing.T) {
	// The hardest case: every other system is dearer by just the zone.
	slippage := field{costs: []float64{101, 101, 100, 101, 101, 101, 101, 101}, common: 5, own: 1}
	r := Rules{Zone: 1, Confidence: 0.95, First: 10, Most: 10_000}
	if n := right(t, r, slippage, macro, func(best int) bool { return best == 2 }); n < least {
		t.Errorf("the cheapest was found %d times of %d", n, macro)
	}
	// Without difference any choice is right, and one is made.
	same := field{costs: []float64{100, 100, 100.5}, own: 1}
	if n := right(t, r, same, macro, func(best int) bool { return best >= 0 }); n != macro {
		t.Errorf("%d of %d ended with a choice", n, macro)
	}
}

func TestSelectsAmongTheFeasible(t *testing.T) {
	r := Rules{Zone: 1, Confidence: 0.95, First: 10, Most: 10_000, Constraints: []Constraint{{Threshold: 3, Margin: 0.05}, {Threshold: 0.9, Margin: 0.01, Above: true}}}
	f := field{own: 1, common: 3, noise: 0.1, costs: []float64{90, 95, 100, 101, 101, 92},
		measures: [][]float64{{3, 0.95}, {2, 0.9}, {2.9, 0.92}, {2.5, 0.95}, {2.9, 0.92}, {9, 0.1}}}
	if n := right(t, r, f, macro, func(best int) bool { return best == 2 }); n < least {
		t.Errorf("the cheapest feasible one was found %d times of %d", n, macro)
	}
	s, _ := play(t, r, f, 1)
	if v := s.Verdict(5); v.Missed < 0 || v.Feasible || v.Open {
		t.Errorf("a system far off is %+v", v)
	}
	if v := s.Verdict(3); v.BeatenBy < 0 || v.Missed >= 0 || v.Replicates != v.Decided {
		t.Errorf("a dearer system is %+v", v)
	}
}

func TestNothingFeasible(t *testing.T) {
	r := Rules{Zone: 1, Confidence: 0.95, First: 5, Most: 1000, Constraints: []Constraint{{Threshold: 1, Margin: 0.1}}}
	f := field{costs: []float64{1, 2}, measures: [][]float64{{2}, {math.NaN()}}, noise: 0.1}
	s, runs := play(t, r, f, 1)
	if best, proven := s.Best(); best != -1 || !proven || runs > 200 {
		t.Errorf("best %d, proven %v after %d runs", best, proven, runs)
	}
	if v := s.Verdict(1); v.Missed != 0 || v.Decided != 5 {
		t.Errorf("a measure without a value: %+v", v)
	}
}

func TestRunningOutProvesNothing(t *testing.T) {
	r := Rules{Zone: 0.01, Confidence: 0.95, First: 5, Most: 20}
	s, runs := play(t, r, field{costs: []float64{100, 100.02, 99.99}, own: 10}, 7)
	best, proven := s.Best()
	if best < 0 || proven || !s.Verdict(best).Open || runs != 60 {
		t.Errorf("best %d, proven %v, %d runs", best, proven, runs)
	}
	doubtful := Rules{Zone: 1, Confidence: 0.95, First: 5, Most: 6, Constraints: []Constraint{{Threshold: 1, Margin: 0.001}}}
	s, _ = play(t, doubtful, field{costs: []float64{1, 2, 3}, measures: [][]float64{{1.3}, {0.97}, {0.96}}, noise: 0.1, own: 0.1}, 7)
	if best, proven := s.Best(); best != 1 || proven {
		t.Errorf("the cheapest that looks feasible is 1, not %d (proven %v)", best, proven)
	}
}

func TestEqualSystemsLeaveTheFirst(t *testing.T) {
	s, runs := play(t, Rules{Zone: 1, Confidence: 0.95, First: 5, Most: 100}, field{costs: []float64{3, 3, 3}, common: 10}, 3)
	if best, proven := s.Best(); best != 0 || !proven || runs != 15 || s.Verdict(2).BeatenBy != 0 {
		t.Errorf("best %d, proven %v after %d runs: %+v", best, proven, runs, s.Verdict(2))
	}
}

// TestCommonRandomNumbersSaveRuns: the same costs with a common part need far
// fewer replications than with parts of their own of that size.
func TestCommonRandomNumbersSaveRuns(t *testing.T) {
	r := Rules{Zone: 1, Confidence: 0.95, First: 10, Most: 10_000}
	costs := []float64{100, 101, 102, 103}
	_, paired := play(t, r, field{costs: costs, common: 5, own: 0.5}, 1)
	_, unpaired := play(t, r, field{costs: costs, own: 5}, 1)
	if paired > 60 || unpaired < 5*paired {
		t.Errorf("%d runs paired, %d unpaired", paired, unpaired)
	}
}

func TestRulesAreChecked(t *testing.T) {
	_, err := New(Rules{Constraints: []Constraint{{Threshold: math.Inf(1)}}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"0 systems", "zone", "confidence", "first", "constraint"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
}

// TestLargeDifferencesNeedNoZone: a difference far beyond the zone is shown at
// the first looks, also where the variance is large against the zone.
func TestLargeDifferencesNeedNoZone(t *testing.T) {
	r := Rules{Zone: 0.01, Confidence: 0.95, First: 10, Most: 1000, Constraints: []Constraint{{Threshold: 100, Margin: 0.01}}}
	f := field{costs: []float64{100, 120, 130}, measures: [][]float64{{50}, {50}, {200}}, own: 5, noise: 10}
	s, runs := play(t, r, f, 1)
	if best, proven := s.Best(); best != 0 || !proven || runs > 90 || s.Verdict(2).Missed != 0 {
		t.Errorf("best %d, proven %v after %d runs: %+v", best, proven, runs, s.Verdict(2))
	}
}
