package edge

import (
	"slices"

	"berth/sim"
)

// A request that was simulated ahead and goes to an instance in another region
// than its client's counts as one whose region held a ready instance if one is
// ready there at the moment when it is sent, which is still to come. As long as
// the region holds one nothing has to be looked at: what has been sent by now is
// counted before the last one goes. From then on every request is an event.

// sends are the moments at which clients of a region will send such requests,
// in no order. They are within soloSpan from now.
type sends struct {
	at   []sim.Time
	full int // length at which those of the past are taken out
}

// sendsKept is the shortest list that is looked through.
const sendsKept = 256

// willSend notes that a client of a region sends a request at a moment.
func (e *engine) willSend(a *appState, region uint8, at sim.Time) {
	if a.readyIn[region] <= 0 && !a.anyReady(region, e.now) {
		e.q.Push(at, classArrival, pack(evSent, a.index, uint32(region)))
		return
	}
	s := &a.sends[region]
	if len(s.at) >= s.full {
		e.countSends(a, region, e.now)
		s.full = max(sendsKept, 2*len(s.at))
	}
	s.at = append(s.at, at)
}

// countSends counts what clients of a region that holds a ready instance have
// sent by a moment.
func (e *engine) countSends(a *appState, region uint8, by sim.Time) {
	s := &a.sends[region]
	n := len(s.at)
	s.at = slices.DeleteFunc(s.at, func(at sim.Time) bool { return at <= by })
	a.out.RegionReady += int64(n - len(s.at))
}

// noneReady is told when the last instance of a region that was known to be ready
// goes: what is sent later is looked at when it is sent.
func (e *engine) noneReady(a *appState, region uint8) {
	e.countSends(a, region, e.now)
	s := &a.sends[region]
	for _, at := range s.at {
		e.q.Push(at, classArrival, pack(evSent, a.index, uint32(region)))
	}
	s.at = s.at[:0]
}

// regionSent is the moment at which a client sends a request to an instance in
// another region: does its own hold a ready one?
func (e *engine) regionSent(a *appState, region uint8) {
	if a.anyReady(region, e.now) {
		a.out.RegionReady++
	}
}

// closeSends counts what has been sent by the end of a run.
func (e *engine) closeSends(a *appState) {
	for region := range a.sends {
		e.countSends(a, uint8(region), e.now)
	}
}
