package workload

import (
	"errors"
	"fmt"
	"math"

	"berth/sim"
)

// problems collects everything that is wrong with an entry, so that all of it
// is told at once.
type problems struct {
	entry string
	errs  []error
}

func (p *problems) add(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.entry != "" {
		text = p.entry + ": " + text
	}
	p.errs = append(p.errs, errors.New(text))
}

func (p *problems) number(name string, v, low, high float64) {
	if !(v >= low && v <= high) { // NaN fails too
		p.add("%s is %v, outside %v to %v", name, v, low, high)
	}
}

// maxPerSecond keeps more than one nanosecond between arrivals on average.
const maxPerSecond = 1e9

// longestRun keeps every sum of two instants within the clock.
const longestRun = 100 * 366 * sim.Day

// maxFactor keeps products of multipliers finite.
const maxFactor = 1e9

// checkArrivals reports every value that NewArrivals can't work with.
func checkArrivals(cfg *Config, places []Place, horizon sim.Time) error {
	p := &problems{entry: cfg.Name}
	if horizon < 0 || horizon > longestRun {
		p.add("the run lasts %v: it has to be 0 to %v", horizon, longestRun)
	}
	p.number("the rate per second", cfg.PerSecond, 0, maxPerSecond)
	p.number("the total", cfg.Total, 0, maxPerSecond*math.Max(1, horizon.Seconds()))
	checkPlaces(p, cfg, places)
	checkShape(p, &cfg.Shape)
	if d := cfg.Interarrival; d != nil {
		if !cfg.Shape.plain() {
			p.add("an interarrival law excludes shapes: leave out one of them")
		}
		if m := d.Mean(); !(m >= 1e-9) {
			p.add("the mean interarrival time of %v s is below one nanosecond", m)
		}
	}
	return errors.Join(p.errs...)
}

func checkPlaces(p *problems, cfg *Config, places []Place) {
	sum := 0.0
	for i, pl := range places {
		if !(pl.Weight >= 0) || math.IsInf(pl.Weight, 1) {
			p.add("place %d has weight %v: weights are finite and not negative", i, pl.Weight)
			return
		}
		sum += pl.Weight
	}
	scripted := cfg.scripted()
	if len(places) > 0 && !(sum > 0) && !scripted {
		p.add("every place has weight 0: give one of them a weight")
	}
	if math.IsInf(sum, 1) {
		p.add("the weights of the places sum to infinity: use smaller ones")
	}
	if scripted && len(places) < len(cfg.Clients) {
		p.add("%d clients with times but only %d places: every client needs its place", len(cfg.Clients), len(places))
	}
	for _, c := range cfg.Clients {
		for i, at := range c.At {
			if at < 0 || i > 0 && at < c.At[i-1] {
				p.add("client %q: time %d (%v) goes back", c.Name, i+1, at)
				break
			}
		}
	}
}

func checkShape(p *problems, s *Shape) {
	for _, cycle := range []struct {
		name   string
		values []float64
		n      int
	}{{"daily", s.Daily, 24}, {"weekly", s.Weekly, 7}} {
		if cycle.values == nil {
			continue
		}
		if len(cycle.values) != cycle.n {
			p.add("the %s shape has %d values instead of %d", cycle.name, len(cycle.values), cycle.n)
		}
		sum := 0.0
		for i, v := range cycle.values {
			p.number(fmt.Sprintf("value %d of the %s shape", i+1, cycle.name), v, 0, maxFactor)
			sum += v
		}
		if sum == 0 {
			p.add("the values of the %s shape sum to 0", cycle.name)
		}
	}
	p.number("the amplitude of the sine", s.SineAmplitude, 0, 1)
	if s.SineAmplitude > 0 && s.SinePeriod <= 0 {
		p.add("the sine has no period: give one above 0")
	}
	p.number("the growth a month", s.Growth, -0.999, 100)
	checkEvents(p, s)
}

func checkEvents(p *problems, s *Shape) {
	for i, b := range s.Bursts {
		switch {
		case b.At < 0 || b.Over < 0 || b.Every < 0 || b.Count < 0:
			p.add("burst %d has a negative value", i+1)
		case b.Every > 0 && b.Over > b.Every:
			p.add("burst %d lasts %v but repeats every %v: it has to end before its next start", i+1, b.Over, b.Every)
		}
	}
	for i, f := range s.Flash {
		if f.At < 0 || f.Ramp < 0 || f.Hold < 0 || f.Decay < 0 {
			p.add("flash crowd %d has a negative time", i+1)
		}
		p.number(fmt.Sprintf("the factor of flash crowd %d", i+1), f.Factor, 0, maxFactor)
	}
	for i, t := range s.Table {
		if t.From < 0 || i > 0 && t.From <= s.Table[i-1].From {
			p.add("step %d of the rate table (%v) does not come after the one before", i+1, t.From)
		}
		p.number(fmt.Sprintf("step %d of the rate table", i+1), t.Factor, 0, maxFactor)
	}
}

// plain reports whether the shape leaves a constant rate without bursts.
func (s *Shape) plain() bool {
	return s.Daily == nil && s.Weekly == nil && s.SineAmplitude == 0 && s.Growth == 0 &&
		len(s.Bursts) == 0 && len(s.Flash) == 0 && len(s.Table) == 0
}

// scripted reports whether the entry is a list of exact instants.
func (c *Config) scripted() bool {
	for _, client := range c.Clients {
		if client.At != nil {
			return true
		}
	}
	return false
}
