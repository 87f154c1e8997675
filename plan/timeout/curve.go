// Package timeout finds what every sleep_after would have cost over recorded
// calls, and how many of them would have waited for a start: exactly, in one
// pass over the gaps.
//
// Assumptions: one instance for each key; calls share nothing, each is served
// for its recorded time from its arrival, or from the instant its instance is
// ready; every start takes the same time; no instance is refused or lost; the
// network takes none. A call that comes at the very end of the timeout finds
// its instance awake. Every instance runs to its own end after the last call.
//
// Timeouts are whole multiples of a step, so that nothing is lost to a grid:
// between two such multiples no other can be set. For each key the pass keeps
// the spans of timeouts under which its instance is in the same state. A gap
// splits at most one span and joins all below it into one, so that a key has
// about as many spans as it has had record gaps since its longest: memory grows
// with keys, not with calls.
package timeout

import (
	"fmt"
	"math/big"
	"slices"

	"berth/sim"
)

// billingStep is what the length of a run is rounded up to for the bill.
const billingStep = 10 * sim.Millisecond

// maxSteps bounds how many timeouts a curve has.
const maxSteps = 1_000_000

// Rules say how an instance starts and is metered.
type Rules struct {
	Step    sim.Time // between timeouts, a multiple of 10 ms that divides Alarm
	Longest sim.Time // timeout; a multiple of Step
	Start   sim.Time // from the first call to ready
	Alarm   sim.Time // period of the alarms of an awake Durable Object; 0 = none
}

// Check reports rules under which the sums would not be exact.
func (r Rules) Check() error {
	switch {
	case r.Step <= 0 || r.Step%billingStep != 0:
		return fmt.Errorf("the step of %v is not a multiple of %v, by which runs are billed", r.Step, billingStep)
	case r.Alarm > 0 && r.Alarm%r.Step != 0:
		return fmt.Errorf("the step of %v does not divide %v, the period of the alarms", r.Step, r.Alarm)
	case r.Longest < 0 || r.Longest%r.Step != 0:
		return fmt.Errorf("the longest timeout of %v is not a multiple of the step of %v", r.Longest, r.Step)
	case r.Longest/r.Step > maxSteps:
		return fmt.Errorf("timeouts up to %v in steps of %v are more than %d", r.Longest, r.Step, maxSteps)
	case r.Start < 0 || r.Alarm < 0:
		return fmt.Errorf("a span is negative")
	}
	return nil
}

// span is a range of timeouts under which the instance of a key is in the same
// state: those from the step from on to that of the next span.
type span struct {
	from  int32
	begin sim.Time // of the run: its first call
	ready sim.Time
	end   sim.Time // of the last work known
}

func (s *span) same(t *span) bool { return s.begin == t.begin && s.ready == t.ready && s.end == t.end }

// Curve is the outcome of every timeout. Calls are added in order of time, then
// Finish is called once.
type Curve struct {
	Rules
	Calls, Keys int64

	spans [][]span // by key
	next  []span   // scratch
	steps []tally  // differences from the step before, until Finish
}

// tally holds the sums at one timeout. Spans of time are whole seconds and the
// nanoseconds beside them, since a sum in nanoseconds may pass 63 bits.
type tally struct {
	runs, cold      int64
	busyS, busyNs   int64 // union of the services of each instance
	workS, workNs   int64 // from the begin of each run to the end of its work
	workTicks       int64 // the same, each run rounded up to 10 ms
	alarms, alarms0 int64 // alarms0: steps up that repeat with the period of the alarm
}

// Tally is what one timeout does to the recorded calls.
type Tally struct {
	Timeout  sim.Time
	Starts   int64
	Cold     int64    // calls that waited for a start, the one that caused it included
	BusyNs   *big.Int // with a call in service, summed over instances
	UpNs     *big.Int // from the start command to sleep
	BilledMs *big.Int // the same, each run rounded up to 10 ms
	Alarms   int64    // of the Durable Objects that are awake with their instances
}

// New is an empty curve. The rules must pass Check.
func New(r Rules) *Curve {
	return &Curve{Rules: r, steps: make([]tally, r.Longest/r.Step+2)}
}

// Len is the number of timeouts, from 0 to the longest.
func (c *Curve) Len() int { return len(c.steps) - 1 }

// Add adds a call of a key, which arrives at a time not before that of the call
// added last and is served for a time of 0 or more.
func (c *Curve) Add(key int32, at, service sim.Time) {
	for int(key) >= len(c.spans) {
		c.spans = append(c.spans, nil)
	}
	old := c.spans[key]
	c.Calls++
	last := int32(c.Len())
	if len(old) == 0 {
		c.Keys++
		c.next = append(c.next[:0], c.start(0, last, at, service))
	} else {
		c.next = c.next[:0]
		for i := range old {
			until := last
			if i+1 < len(old) {
				until = old[i+1].from
			}
			c.call(old[i], until, at, service)
		}
	}
	if cap(old) < len(c.next) {
		c.spans[key] = slices.Clone(c.next)
		return
	}
	c.spans[key] = append(old[:0], c.next...)
}

// call takes a call to the timeouts of a span, from its own first one to until:
// those shorter than the gap have put the instance to sleep. A call at the very
// deadline finds it awake.
func (c *Curve) call(s span, until int32, at, service sim.Time) {
	from := s.from
	if gap := at - s.end; gap > 0 {
		asleep := int32(min((gap+c.Step-1)/c.Step, sim.Time(until)))
		if asleep > from {
			c.endRun(&s, from, asleep)
			c.push(c.start(from, asleep, at, service))
			from = asleep
		}
	}
	if from == until {
		return
	}
	s.from = from
	if at < s.ready {
		c.steps[from].cold++
		c.steps[until].cold--
		at = s.ready
	}
	if end := at + service; end > s.end {
		c.busy(from, until, end-max(at, s.end))
		s.end = end
	}
	c.push(s)
}

// start begins a run at a range of timeouts.
func (c *Curve) start(from, until int32, at, service sim.Time) span {
	c.steps[from].cold++
	c.steps[until].cold--
	c.busy(from, until, service)
	ready := at + c.Start
	return span{from, at, ready, ready + service}
}

// push appends a span, or widens the last one where both are in one state.
func (c *Curve) push(s span) {
	if n := len(c.next); n == 0 || !c.next[n-1].same(&s) {
		c.next = append(c.next, s)
	}
}

func (c *Curve) busy(from, until int32, d sim.Time) {
	s, ns := int64(d/sim.Second), int64(d%sim.Second)
	a, b := &c.steps[from], &c.steps[until]
	a.busyS, a.busyNs = a.busyS+s, a.busyNs+ns
	b.busyS, b.busyNs = b.busyS-s, b.busyNs-ns
}

// endRun tallies a run that sleeps after each timeout of a range. Timeouts are
// multiples of 10 ms, so a run and its timeout are rounded up apart.
func (c *Curve) endRun(s *span, from, until int32) {
	d := s.end - s.begin
	sec, ns, ticks := int64(d/sim.Second), int64(d%sim.Second), int64((d+billingStep-1)/billingStep)
	a, b := &c.steps[from], &c.steps[until]
	a.runs, a.workS, a.workNs, a.workTicks = a.runs+1, a.workS+sec, a.workNs+ns, a.workTicks+ticks
	b.runs, b.workS, b.workNs, b.workTicks = b.runs-1, b.workS-sec, b.workNs-ns, b.workTicks-ticks
	if c.Alarm > 0 {
		c.alarmsOf(d, from, until)
	}
}

// alarmsOf adds the alarms of a run that works for d: one for each period begun
// while it is up. They step up by one whenever the timeout passes a further
// period.
func (c *Curve) alarmsOf(d sim.Time, from, until int32) {
	period := int32(c.Alarm / c.Step)
	first := (d + sim.Time(from)*c.Step + c.Alarm - 1) / c.Alarm
	up := int32((first*c.Alarm-d)/c.Step) + 1 // the first timeout with one more
	n := int32(0)
	if up < until {
		n = (until-1-up)/period + 1
		c.steps[up].alarms0++
		if end := up + n*period; int(end) < len(c.steps) {
			c.steps[end].alarms0--
		}
	}
	c.steps[from].alarms += int64(first)
	c.steps[until].alarms -= int64(first) + int64(n)
}

// Finish lets every instance run to its own end and sums up.
func (c *Curve) Finish() {
	for _, list := range c.spans {
		for i := range list {
			until := int32(c.Len())
			if i+1 < len(list) {
				until = list[i+1].from
			}
			c.endRun(&list[i], list[i].from, until)
		}
	}
	c.spans, c.next = nil, nil
	period := int(c.Alarm / c.Step)
	for i := 1; i < len(c.steps); i++ {
		t, p := &c.steps[i], &c.steps[i-1]
		if period > 0 && i >= period {
			t.alarms0 += c.steps[i-period].alarms0
		}
		t.runs, t.cold = t.runs+p.runs, t.cold+p.cold
		t.busyS, t.busyNs = t.busyS+p.busyS, t.busyNs+p.busyNs
		t.workS, t.workNs, t.workTicks = t.workS+p.workS, t.workNs+p.workNs, t.workTicks+p.workTicks
		t.alarms += p.alarms + t.alarms0
	}
}

// At is the tally of the timeout of so many steps, 0 to Len()-1, after Finish.
func (c *Curve) At(step int) Tally {
	t := &c.steps[step]
	timeout := sim.Time(step) * c.Step
	up := nanoseconds(t.workS, t.workNs)
	up.Add(up, product(t.runs, int64(timeout)))
	billed := product(t.workTicks, int64(billingStep/sim.Millisecond))
	billed.Add(billed, product(t.runs, int64(timeout/sim.Millisecond)))
	return Tally{Timeout: timeout, Starts: t.runs, Cold: t.cold, BusyNs: nanoseconds(t.busyS, t.busyNs), UpNs: up, BilledMs: billed, Alarms: t.alarms}
}

func product(a, b int64) *big.Int { return new(big.Int).Mul(big.NewInt(a), big.NewInt(b)) }

func nanoseconds(s, ns int64) *big.Int {
	n := product(s, int64(sim.Second))
	return n.Add(n, big.NewInt(ns))
}
