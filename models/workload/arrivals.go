package workload

import (
	"fmt"
	"math"
	"sort"
	"time"

	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
)

// Arrival processes.
//
// An entry is one of
//   - a Poisson process whose rate is constant over segments (15 minutes under a
//     daily or weekly shape), inverted exactly across their boundaries, and
//     thinned exactly for a sine;
//   - a renewal process of the interarrival law, its first arrival one draw
//     after the start;
//   - a script of exact instants;
//
// and bursts on top of any of them. The place of an arrival is drawn by the
// places' weights times their local factors at that time.
//
// Assumptions: within a quarter of an hour the rate of a daily shape is constant;
// growth and the ramp and decay of a flash crowd are steps that carry the exact
// mean of their curves. Not modelled: correlation between places beyond the
// clock, and holidays.

// Place is where arrivals come from.
type Place struct {
	Weight float64 // relative, >= 0
	TZ     string  // IANA name; "" is UTC
}

// Arrivals is a compiled arrival process. It does not change: replications and
// goroutines share it.
type Arrivals struct {
	horizon  sim.Time
	segments []segment
	wave     wave
	law      *dist.Sampler // interarrival, ns
	lawMean  float64       // s
	script   []scripted
	bursts   []Burst
	groups   []drawnGroup
	nowhere  bool // there are no places
	onePlace bool
}

// drawnGroup draws a place within a zone group.
type drawnGroup struct {
	members []int32
	places  dist.Named
}

// scripted is one exact arrival.
type scripted struct {
	at    sim.Time
	place int32
}

// NewArrivals compiles the arrivals of one traffic entry over [0, horizon),
// time 0 being the calendar instant start. Place indices of the arrivals are
// those of places; -1 when there are none. With Total set, the expected number
// of arrivals over the horizon, bursts aside, is exactly Total. Clients with
// times make the entry a script: the last len(cfg.Clients) places are theirs, in
// their order, and only those arrivals and bursts happen. All problems come back at once.
func NewArrivals(cfg Config, places []Place, start time.Time, horizon sim.Time) (*Arrivals, error) {
	if err := checkArrivals(&cfg, places, horizon); err != nil {
		return nil, err
	}
	a := &Arrivals{horizon: horizon, nowhere: len(places) == 0}
	s := &cfg.Shape
	z := onlyUTC(places, start)
	if (s.Daily != nil || s.Weekly != nil) && !cfg.scripted() {
		var err error
		if z, err = newZones(cfg.Name, cyclicPlaces(places), start, horizon); err != nil {
			return nil, err
		}
	}
	a.drawing(z, places)
	for _, b := range s.Bursts {
		if b.Count > 0 && b.At < horizon {
			a.bursts = append(a.bursts, b)
		}
	}
	switch {
	case cfg.scripted():
		a.readScript(cfg.Clients, int32(len(places)-len(cfg.Clients)))
		a.segments = buildSegments(&Shape{}, z, 0, horizon)
	case cfg.Interarrival != nil:
		a.law = dist.Compile(cfg.Interarrival, float64(sim.Second))
		a.lawMean = cfg.Interarrival.Mean()
		a.segments = buildSegments(&Shape{}, z, 0, horizon)
	default:
		a.wave = wave{s.SineAmplitude, s.SinePeriod}
		if err := a.shapeRate(&cfg, z); err != nil {
			return nil, err
		}
	}
	settle(a.segments, a.wave)
	return a, nil
}

// cyclicPlaces stands in for no place at all with one place on UTC.
func cyclicPlaces(places []Place) []Place {
	if len(places) == 0 {
		return []Place{{Weight: 1}}
	}
	return places
}

// shapeRate builds the segments and scales them to the total, where one is set.
func (a *Arrivals) shapeRate(cfg *Config, z *zones) error {
	perSecond := cfg.PerSecond
	if cfg.Total > 0 {
		perSecond = 1
	}
	a.segments = buildSegments(&cfg.Shape, z, perSecond, a.horizon)
	if cfg.Total > 0 && len(a.segments) > 0 {
		settle(a.segments, a.wave)
		sum := a.integral(a.horizon)
		if !(sum > 0) {
			return fmt.Errorf("%s: the shape is 0 from start to end, so no rate gives %v arrivals: change the shape", cfg.Name, cfg.Total)
		}
		for i := range a.segments {
			a.segments[i].rate *= cfg.Total / sum
		}
	}
	return nil
}

func (a *Arrivals) drawing(z *zones, places []Place) {
	if a.nowhere {
		return
	}
	for _, g := range z.groups {
		d := drawnGroup{members: g.members}
		weights := make([]float64, len(g.members))
		for i, m := range g.members {
			weights[i] = places[m].Weight
		}
		// The weights are checked, and all of them are above 0 here.
		if alias, err := dist.NewAlias(weights); err == nil {
			d.places = alias.Names(d.members)
		}
		a.groups = append(a.groups, d)
	}
	a.onePlace = len(a.groups) == 1 && len(a.groups[0].members) == 1
}

func (a *Arrivals) readScript(clients []Client, first int32) {
	for i, c := range clients {
		for _, at := range c.At {
			if at < a.horizon {
				a.script = append(a.script, scripted{at, first + int32(i)})
			}
		}
	}
	sort.SliceStable(a.script, func(i, j int) bool { return a.script[i].at < a.script[j].at })
}

// place draws where an arrival of segment s comes from. Of its one word the high
// half chooses the zone group and the low half the place in it.
func (a *Arrivals) place(s *segment, r *rng.Stream) int32 {
	if a.nowhere {
		return -1
	}
	if a.onePlace {
		return a.groups[0].members[0]
	}
	word, g := r.Uint64(), &a.groups[0]
	if s.groups != nil {
		g = &a.groups[s.groups.DrawHalf(uint32(word>>32))]
	}
	return g.places.DrawHalf(uint32(word))
}

// OnePlace is the place that all arrivals come from, if there is just one.
func (a *Arrivals) OnePlace() (place int32, ok bool) {
	if !a.onePlace || a.script != nil {
		return -1, false
	}
	return a.groups[0].members[0], true
}

// find is the index of the segment that holds t, 0 <= t < horizon.
func (a *Arrivals) find(t sim.Time) int {
	return sort.Search(len(a.segments), func(i int) bool { return a.segments[i].start > t }) - 1
}

// MeanRate is the expected arrivals a second at instant t without bursts; 0
// outside the run and for a script, and the long-run rate of a renewal process.
func (a *Arrivals) MeanRate(t sim.Time) float64 {
	if t < 0 || t >= a.horizon {
		return 0
	}
	if a.law != nil {
		return 1 / a.lawMean
	}
	return a.segments[a.find(t)].rate * a.wave.at(t)
}

// PeakRate is the largest MeanRate of the run, in arrivals a second.
func (a *Arrivals) PeakRate() float64 {
	peak := 0.0
	if a.law != nil {
		peak = 1 / a.lawMean
	}
	for i := range a.segments {
		s := &a.segments[i]
		if s.rate > 0 {
			peak = math.Max(peak, s.rate*a.wave.max(s.start, s.start+sim.Time(s.length)))
		}
	}
	return peak
}

// Expected is the expected number of arrivals in [from, to), bursts and scripts
// included: an exact integral, but for a renewal process, where it is the
// length over the mean interarrival time.
func (a *Arrivals) Expected(from, to sim.Time) float64 {
	from, to = max(from, 0), min(to, a.horizon)
	if from >= to {
		return 0
	}
	n := a.integral(to) - a.integral(from)
	if a.law != nil {
		n += (to - from).Seconds() / a.lawMean
	}
	for _, s := range a.script {
		if s.at >= from && s.at < to {
			n++
		}
	}
	for _, b := range a.bursts {
		n += b.expected(from, to)
	}
	return n
}

// integral is the expected number of Poisson arrivals before t, 0 <= t <= horizon.
func (a *Arrivals) integral(t sim.Time) float64 {
	if len(a.segments) == 0 {
		return 0
	}
	s := &a.segments[a.find(t)]
	return s.before + s.expected(a.wave, float64(t-s.start))
}

// expected is the expected number of a burst's arrivals in [from, to).
func (b Burst) expected(from, to sim.Time) float64 {
	n := 0.0
	for at := b.At; at < to; at += b.Every {
		switch end := at + b.Over; {
		case b.Over == 0 && at >= from:
			n += float64(b.Count)
		case end > from && b.Over > 0:
			n += float64(b.Count) * float64(min(end, to)-max(at, from)) / float64(b.Over)
		}
		if b.Every == 0 {
			break
		}
	}
	return n
}
