package keepalive

import (
	"math"
	"slices"

	"berth/sim"
)

// Percentile keeps an instance for the percentile Tail of its object's last
// idle times, the margin added, and never starts one before a request. Until an
// object has fewest of them, and for idle times beyond the range, the standard
// time holds. It is the simplest policy that adapts, as a yardstick for others.
type Percentile struct{}

// remembered is how many idle times an object keeps; fewest how many it needs.
const (
	remembered = 64
	fewest     = 5
)

// New implements Policy.
func (Percentile) New(s Settings) Memory { return &recent{settings: s} }

// recent holds the last idle times, the oldest at position next once it is full.
type recent struct {
	settings Settings
	idle     []sim.Time
	next     int
}

// Observe implements Memory.
func (m *recent) Observe(idle sim.Time) {
	if len(m.idle) < remembered {
		m.idle = append(m.idle, idle)
		return
	}
	m.idle[m.next] = idle
	m.next = (m.next + 1) % remembered
}

// Plan implements Memory.
func (m *recent) Plan() Plan {
	if len(m.idle) < fewest {
		return Stay(m.settings.Standard)
	}
	sorted := slices.Sorted(slices.Values(m.idle))
	rank := max(1, int(math.Ceil(m.settings.Tail*float64(len(sorted)))))
	at := sorted[rank-1]
	if at > m.settings.Range {
		return Stay(m.settings.Standard)
	}
	return Stay(sim.Time(float64(at) * (1 + m.settings.Margin)))
}
