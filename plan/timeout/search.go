package timeout

import (
	"math"

	"berth/models/billing"
	"berth/models/result"
)

// search prices every timeout of a range and keeps what choosing needs; the
// whole bill of a timeout is made when it is asked for.
type search struct {
	curve    *Curve
	pricing  *pricing
	from, to int // steps
	tried    []tried
}

// tried is a timeout as the search knows it.
type tried struct {
	cold int64
	bill billing.Exact // USD a month
}

func newSearch(c *Curve, p *pricing, from, to int) *search {
	s := &search{curve: c, pricing: p, from: from, to: to, tried: make([]tried, 0, to-from+1)}
	for i := from; i <= to; i++ {
		t := c.At(i)
		s.tried = append(s.tried, tried{t.Cold, p.bill(t).Total})
	}
	return s
}

// at is the timeout of a step where a call that waits is worth so many USD.
func (s *search) at(step int, usd billing.Exact) result.SleepPoint {
	return s.pricing.point(s.curve.At(step), usd)
}

// cost is the bill and what the calls that wait are worth, a month.
func (s *search) cost(t *tried, usd billing.Exact) billing.Exact {
	return t.bill.Add(s.pricing.monthly(t.cold).Mul(usd))
}

// best is the step that meets the targets at the least cost, the shortest of
// equals. Where none meets them it is the one that keeps the fewest calls
// waiting, and ok is false.
func (s *search) best(targets []result.Target, usd billing.Exact) (step int, ok bool) {
	best, fewest := -1, 0
	var least billing.Exact
	for i := range s.tried {
		t := &s.tried[i]
		if t.cold < s.tried[fewest].cold {
			fewest = i
		}
		if !s.meets(targets, t) {
			continue
		}
		if cost := s.cost(t, usd); best < 0 || cost.Cmp(least) < 0 {
			best, least = i, cost
		}
	}
	if best < 0 {
		return s.from + fewest, false
	}
	return s.from + best, true
}

func (s *search) meets(targets []result.Target, t *tried) bool {
	for _, want := range targets {
		value := t.bill.Float64()
		if want.Metric == "share(cold)" {
			value = float64(t.cold) / float64(s.curve.Calls)
		}
		if !want.Holds(value) {
			return false
		}
	}
	return true
}

// thinned are at most so many steps and the two ends, denser where timeouts are
// short.
func (s *search) thinned(most int) []int {
	var out []int
	ratio := math.Pow(float64(s.to+1)/float64(s.from+1), 1/float64(most))
	at := float64(s.from + 1)
	for i := s.from; i < s.to; i++ {
		if float64(i+1) >= at {
			out = append(out, i)
			at = math.Max(at*ratio, float64(i+2))
		}
	}
	return append(out, s.to)
}
