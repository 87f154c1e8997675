package edge

import "berth/sim"

// keptState says whether a pool that has too few instances looks again.
type keptState struct{ minimumDue bool }

// refillPool starts what a pool lacks of the instances that min_instances keeps,
// when one has gone.
func (e *engine) refillPool(a *appState) {
	if e.past() {
		return
	}
	for n := a.m.cfg.Min.N - a.upN; n > 0 && (a.poolCap() == 0 || a.upN < a.poolCap()); n-- {
		e.poolStart(a, a.index)
	}
}

// refillPoolLater does it after a retry interval, when a start has failed.
func (e *engine) refillPoolLater(a *appState) {
	if a.upN < a.m.cfg.Min.N && !a.minimumDue {
		a.minimumDue = true
		e.q.Push(e.now+max(a.m.cfg.Start.RetryEvery, sim.Second), classPlatform, pack(evKeepMinimum, a.index, 0))
	}
}

// minimumDue looks again after a start of an instance that is kept has failed.
func (e *engine) minimumDue(a *appState, id int32) {
	if a.m.route != routePool {
		e.keepMinimum(a, id, a.m.minRegions[id])
		return
	}
	a.keptState.minimumDue = false
	e.refillPool(a)
}
