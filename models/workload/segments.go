package workload

import (
	"math"
	"sort"

	"berth/sim"
	"berth/sim/dist"
)

const (
	quarterHour = 15 * sim.Minute
	// Offsets within a segment are float64 nanoseconds: a day keeps them exact
	// to 2 x 10^-2 ns.
	longestSegment = sim.Day
	// month is the unit of Shape.Growth: a twelfth of 365.25 days.
	month = 30.4375 * 86400e9
)

// segment is a span of constant rate and constant shares of the places.
type segment struct {
	start   sim.Time
	length  float64 // ns
	meanGap float64 // ns between arrivals before thinning; +Inf where the rate is 0
	rate    float64 // arrivals a second, without the sine
	before  float64 // expected arrivals from 0 to start
	groups  *dist.Alias
}

// cycles is the cyclic part of a shape for places in several zones: for each
// pair of an era and a quarter of the week, the mean factor over the places and
// the table that draws a zone group. Quarters that repeat share both.
type cycles struct {
	z      *zones
	factor [7 * 96]float64
	seen   map[[2]int]pattern
	total  float64
}

type pattern struct {
	factor float64
	groups *dist.Alias // nil when there is one group, or nobody asks
}

func newCycles(z *zones, s *Shape) *cycles {
	c := &cycles{z: z, seen: map[[2]int]pattern{}}
	for q := range c.factor {
		c.factor[q] = s.quarterFactor(q)
	}
	for _, g := range z.groups {
		c.total += g.weight
	}
	return c
}

// quarterFactor is the factor in quarter-hour q of the local week. The hourly
// values stand at the middle of their hours with straight lines between them;
// each quarter takes the value of the line at its own middle. The four weights
// that an hour's value has (7/8, 5/8, 3/8, 1/8, on both sides) sum to 4, so the
// mean over the day stays that of the 24 values.
func (s *Shape) quarterFactor(q int) float64 {
	day, q := q/96, q%96
	f := 1.0
	if s.Daily != nil {
		hour := (float64(q)+0.5)/4 - 0.5 // in hours from the middle of hour 0
		low := math.Floor(hour)
		w := hour - low
		i := int(low)
		f = ((1-w)*s.Daily[(i+24)%24] + w*s.Daily[(i+1)%24]) / mean(s.Daily)
	}
	if s.Weekly != nil {
		f *= s.Weekly[day] / mean(s.Weekly)
	}
	return f
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// at returns the pattern that holds around instant t of era e.
func (c *cycles) at(e int, t sim.Time) pattern {
	key := [2]int{e, c.z.quarter(0, e, t)}
	if p, ok := c.seen[key]; ok {
		return p
	}
	weights := make([]float64, len(c.z.groups))
	p := pattern{}
	for g := range weights {
		weights[g] = c.z.groups[g].weight * c.factor[c.z.quarter(g, e, t)]
		p.factor += weights[g] / c.total
	}
	if p.factor == 0 {
		// Only a burst asks for a place while nobody is awake.
		for g := range weights {
			weights[g] = c.z.groups[g].weight
		}
	}
	if len(weights) > 1 {
		// The weights are finite and not negative. All of them are 0 only for a
		// script, which names its places.
		p.groups, _ = dist.NewAlias(weights)
	}
	c.seen[key] = p
	return p
}

// boundaries lists where the rate may change, from 0 to the horizon.
func boundaries(s *Shape, z *zones, horizon sim.Time) []sim.Time {
	ts := append([]sim.Time{0, horizon}, z.eras...)
	step, phase := longestSegment, sim.Time(0)
	switch {
	case s.Daily != nil || s.Weekly != nil:
		// Local quarters change on the quarters of UTC: every offset in use is a
		// multiple of 15 minutes.
		step = quarterHour
		phase = sim.Time(-floorDiv(-z.startNs, int64(step))*int64(step) - z.startNs)
	case s.Growth != 0:
		step = sim.Hour
	}
	for t := phase; t < horizon; t += step {
		ts = append(ts, t)
	}
	for i := range s.Flash {
		ts = s.Flash[i].knots(ts)
	}
	for _, p := range s.Table {
		ts = append(ts, p.From)
	}
	ts = sortedUnique(ts)
	from := sort.Search(len(ts), func(i int) bool { return ts[i] >= 0 })
	to := sort.Search(len(ts), func(i int) bool { return ts[i] > horizon })
	return ts[from:to]
}

// acyclic is the product of the factors that look at no clock, each its exact
// mean over [from, to).
func (s *Shape) acyclic(from, to sim.Time) float64 {
	f := 1.0
	if s.Growth != 0 {
		k := math.Log1p(s.Growth) / month
		f *= math.Exp(k*float64(from)) * expMean(k*float64(to-from))
	}
	for i := range s.Flash {
		f *= s.Flash[i].mean(from, to)
	}
	i := sort.Search(len(s.Table), func(i int) bool { return s.Table[i].From > from })
	if i > 0 {
		f *= s.Table[i-1].Factor
	}
	return f
}

// expMean is the mean of exp over [0, x].
func expMean(x float64) float64 {
	if math.Abs(x) < 1e-9 {
		return 1 + x/2
	}
	return math.Expm1(x) / x
}

// buildSegments cuts the run into spans whose rate is the given one times the
// factors of the shape, without the sine.
func buildSegments(s *Shape, z *zones, perSecond float64, horizon sim.Time) []segment {
	if horizon <= 0 {
		return nil
	}
	c := newCycles(z, s)
	ts := boundaries(s, z, horizon)
	segs := make([]segment, 0, len(ts))
	era := 0
	for i := 0; i+1 < len(ts); i++ {
		from, to := ts[i], ts[i+1]
		for era+1 < len(z.eras) && z.eras[era+1] <= from {
			era++
		}
		p := c.at(era, from+(to-from)/2)
		segs = append(segs, segment{
			start: from, length: float64(to - from), groups: p.groups,
			rate: perSecond * p.factor * s.acyclic(from, to),
		})
	}
	return segs
}

// settle fills in what follows from the rates. Candidates of a sine are drawn at
// its largest factor.
func settle(segs []segment, w wave) {
	sum := 0.0
	for i := range segs {
		s := &segs[i]
		s.before = sum
		s.meanGap = 1e9 / (s.rate * (1 + w.amplitude))
		sum += s.expected(w, s.length)
	}
}

// expected is the number of arrivals expected in the first length ns of a
// segment.
func (s *segment) expected(w wave, length float64) float64 {
	return s.rate * (length + w.integral(s.start, s.start+sim.Time(length))) / 1e9
}
