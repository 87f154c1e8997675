// Package keepalive decides how long an instance that has become idle stays up,
// and whether it is started again before the next request. A policy is one file
// and one row of the table Policies; research code passes its own Policy.
//
// Assumptions: the memory belongs to one Durable Object, which outlives its
// instances. An idle period begins when the last response in flight ends, or
// the instance is lost with requests inside. It ends with the next request: at
// its arrival at the instance, or, where it had to wait for a start, at its
// arrival at the object. A start that fails does not end it. Not modelled: time
// and money that a policy itself takes.
package keepalive

import (
	"berth/models/choice"
	"berth/sim"
)

// Settings are what a scenario says to a policy. Each policy uses what it needs.
type Settings struct {
	Standard   sim.Time // the app's sleep_after: what a policy falls back to; sim.Never = for good
	Range      sim.Time // longest idle time that is told apart; > 0
	Head, Tail float64  // percentiles of the idle times, as shares in 0..1, Head <= Tail
	Margin     float64  // share in 0..1 by which the head is shortened and the tail lengthened
	MinCV      float64  // least coefficient of variation of a histogram that says something
}

// Plan is what is to happen in the idle period that begins, in times since its
// beginning. A request ends the period and the plan.
type Plan struct {
	// Stay is how long the instance stays up; sim.Never = until something else
	// ends it. The app's sleep_lag is added.
	Stay sim.Time
	// Prewarm is when an instance is started without a request, if there is none
	// then; sim.Never = not at all. It stays until Until, or until it is ready if
	// that is later.
	Prewarm, Until sim.Time
}

// Stay is the plan without pre-warming.
func Stay(t sim.Time) Plan { return Plan{Stay: t, Prewarm: sim.Never} }

// Memory is what a policy remembers of one Durable Object.
type Memory interface {
	// Observe is told the length of an idle period that a request has ended.
	Observe(idle sim.Time)
	// Plan is asked when an idle period begins. The same observations must give
	// the same plan: there is no chance in it.
	Plan() Plan
}

// Ask asks for the plan of the idle period that begins and puts its times in
// order: none is negative, and no pre-warming comes before the end of the stay or
// ends before it begins.
func Ask(m Memory) Plan {
	p := m.Plan()
	p.Stay = max(0, p.Stay)
	if p.Prewarm <= p.Stay || p.Prewarm == sim.Never {
		return Stay(p.Stay)
	}
	p.Until = max(p.Until, p.Prewarm)
	return p
}

// Policy makes the memory of an object. Memories of different objects share
// nothing that changes.
type Policy interface {
	New(s Settings) Memory
}

// Entry is a row of the table of policies.
type Entry struct {
	Name, Doc string
	Policy    Policy
}

// Policies is the table of the built-in policies.
var Policies = []Entry{
	{"fixed", "sleep_after for everybody, no start before a request (the platform)", Fixed{}},
	{"hybrid-histogram", "hypothetical: start before the next request is due, stay until it is overdue, by a histogram of each object's idle times", HybridHistogram{}},
	{"percentile", "hypothetical: stay for a percentile of each object's last idle times", Percentile{}},
}

// Names lists a table's names in its order.
func Names(table []Entry) []string { return choice.Names(Entry.name, table) }

func (e Entry) name() string { return e.Name }

// Find looks a policy up by name; no name is fixed.
func Find(name string, extra []Entry) (Policy, error) {
	if name == "" {
		return Fixed{}, nil
	}
	e, err := choice.Find("keep-alive policy", name, Entry.name, Policies, extra)
	return e.Policy, err
}

// Fixed keeps every instance for the standard time. The simulator has a shorter
// way to the same result, so it asks no Fixed.
type Fixed struct{}

// New implements Policy.
func (Fixed) New(s Settings) Memory { return fixed{Stay(s.Standard)} }

type fixed struct{ plan Plan }

func (fixed) Observe(sim.Time) {}
func (f fixed) Plan() Plan     { return f.plan }
