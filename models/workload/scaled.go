package workload

import (
	"math"

	"berth/sim/dist"
)

// Scaled is the entry with so many times the traffic: rates, with the law of a
// renewal process, the numbers of users and of a population (to whole ones), and
// what bursts add. ok is false where the entry has no amount that a factor changes:
// a trace, a script, and a renewal process whose law has no multiple.
func (c Config) Scaled(factor float64) (scaled Config, ok bool) {
	if factor == 1 {
		return c, true
	}
	if c.Kind == Trace || len(c.Clients) > 0 && c.Clients[0].At != nil {
		return c, false
	}
	if c.Interarrival != nil {
		law, err := dist.Scale(c.Interarrival, 1/factor, dist.Duration)
		if err != nil {
			return c, false
		}
		c.Interarrival = law
	}
	c.PerSecond *= factor
	c.Total *= factor
	c.Count = int(math.Round(float64(c.Count) * factor))
	bursts := make([]Burst, len(c.Shape.Bursts))
	for i, b := range c.Shape.Bursts {
		b.Count = int(math.Round(float64(b.Count) * factor))
		bursts[i] = b
	}
	c.Shape.Bursts = bursts
	return c, true
}
