package theory

import (
	"errors"
	"fmt"
	"math"
)

// UnstableError says that a queue has no steady state: its servers are offered
// at least as much work as they can do, so the queue grows without bound.
type UnstableError struct {
	OfferedErlangs float64 // arrival rate times mean service time
	Servers        int
}

// Error names the offered load, the servers, and what to change.
func (e *UnstableError) Error() string {
	unit := "servers"
	if e.Servers == 1 {
		unit = "server"
	}
	return fmt.Sprintf("unstable: offered load %.6g >= %d %s (lower the arrival rate or the service time, or add servers)",
		e.OfferedErlangs, e.Servers, unit)
}

// stable returns an *UnstableError unless the offered load is below the number
// of servers.
func stable(offeredErlangs float64, servers int) error {
	if offeredErlangs >= float64(servers) {
		return &UnstableError{OfferedErlangs: offeredErlangs, Servers: servers}
	}
	return nil
}

// problems collects everything wrong with a set of parameters.
type problems struct {
	model string
	found []error
}

func (p *problems) addf(format string, args ...any) {
	p.found = append(p.found, fmt.Errorf(p.model+": "+format, args...))
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// positive wants 0 < x < +Inf.
func (p *problems) positive(name string, x float64) {
	if !finite(x) || x <= 0 {
		p.addf("%s must be above 0 and finite, got %v", name, x)
	}
}

// notNegative wants 0 <= x < +Inf.
func (p *problems) notNegative(name string, x float64) {
	if !finite(x) || x < 0 {
		p.addf("%s must be 0 or more and finite, got %v", name, x)
	}
}

// openProbability wants 0 < x < 1.
func (p *problems) openProbability(name string, x float64) {
	if !(x > 0 && x < 1) {
		p.addf("%s must be between 0 and 1, both excluded, got %v", name, x)
	}
}

// atLeast wants n >= least.
func (p *problems) atLeast(name string, n, least int) {
	if n < least {
		p.addf("%s must be %d or more, got %d", name, least, n)
	}
}

// law adds the problems of a service or start-up law.
func (p *problems) law(name string, l Law) {
	if err := l.Validate(); err != nil {
		p.addf("%s: %w", name, err)
	}
}

// err joins what was found, nil if nothing.
func (p *problems) err() error { return errors.Join(p.found...) }
