package edge

import (
	"cmp"
	"slices"

	"berth/models/instance"
	"berth/sim"
)

// keptState is what a pool with min_instances knows.
type keptState struct {
	minimumDue bool    // it has too few instances and looks again
	expiring   []int32 // instances whose sleep deadline is this instant
}

// expireInTurn puts a sleep deadline off until all of the same instant are known,
// since the last instances stay for the minimum: the highest numbers.
func (e *engine) expireInTurn(a *appState, i int32) {
	if len(a.expiring) == 0 {
		e.q.Push(e.now, classExpiry, pack(evPoolExpire, a.index, 0))
	}
	a.expiring = append(a.expiring, i)
}

// poolExpire handles the sleep deadlines of an instant by the instances' numbers.
func (e *engine) poolExpire(a *appState) {
	due := a.expiring
	a.expiring = nil // those that are still to come at this instant go into a list of their own
	slices.SortFunc(due, func(i, j int32) int { return cmp.Compare(e.pool.Insts[i].Num, e.pool.Insts[j].Num) })
	for _, i := range due {
		if in := &e.pool.Insts[i]; in.App == a.index && in.State == instance.Ready {
			e.expireNow(i)
		}
	}
	if len(a.expiring) == 0 {
		a.expiring = due[:0]
	}
}

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
