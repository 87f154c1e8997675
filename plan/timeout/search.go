package timeout

import (
	"math"

	"berth/models/billing"
	"berth/models/result"
)

// search prices every timeout of a range once.
type search struct {
	curve    *Curve
	pricing  *pricing
	from, to int // steps
	points   []result.SleepPoint
}

func newSearch(c *Curve, p *pricing, from, to int) *search {
	s := &search{curve: c, pricing: p, from: from, to: to, points: make([]result.SleepPoint, 0, to-from+1)}
	for i := from; i <= to; i++ {
		s.points = append(s.points, p.point(c.At(i)))
	}
	return s
}

// at is the timeout of a step.
func (s *search) at(step int) result.SleepPoint { return s.points[step-s.from] }

// best is the timeout that meets the targets at the least cost, the shortest of
// equals. Where none meets them it is the one that keeps the fewest calls
// waiting, and ok is false.
func (s *search) best(targets []result.Target) (best result.SleepPoint, ok bool) {
	for _, p := range s.points {
		if s.meets(targets, &p) && (!ok || p.Cost.Cmp(best.Cost) < 0) {
			best, ok = p, true
		}
	}
	if ok {
		return best, true
	}
	best = s.points[0]
	for _, p := range s.points {
		if p.Cold < best.Cold {
			best = p
		}
	}
	return best, false
}

func (s *search) meets(targets []result.Target, p *result.SleepPoint) bool {
	for _, t := range targets {
		value := p.Bill.Total.Float64()
		if t.Metric == "share(cold)" {
			value = float64(p.Cold) / float64(s.curve.Calls)
		}
		if !t.Holds(value) {
			return false
		}
	}
	return true
}

// worth is the best timeout where a call that waits is worth so many USD.
func (s *search) worth(usd billing.Exact) result.SleepPrice {
	var best result.SleepPoint
	for i, p := range s.points {
		p.Waiting = p.ColdMonth.Mul(usd)
		p.Cost = p.Bill.Total.Add(p.Waiting)
		if i == 0 || p.Cost.Cmp(best.Cost) < 0 {
			best = p
		}
	}
	return result.SleepPrice{USD: usd.Float64(), Best: best}
}

// thinned are at most so many of the points and the two ends, denser where
// timeouts are short.
func (s *search) thinned(most int) []result.SleepPoint {
	var out []result.SleepPoint
	ratio := math.Pow(float64(s.to+1)/float64(s.from+1), 1/float64(most))
	at := float64(s.from + 1)
	for i := s.from; i < s.to; i++ {
		if float64(i+1) >= at {
			out = append(out, s.at(i))
			at = math.Max(at*ratio, float64(i+2))
		}
	}
	return append(out, s.at(s.to))
}
