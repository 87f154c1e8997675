package edge

import (
	"berth/models/instance"
	"berth/models/result"
)

// Observation at chosen instants: what an average over time cannot tell, such
// as the number of busy instances at a time of day.

// watchInstants queues a look at everything at each instant of Config.Observe.
func (e *engine) watchInstants() {
	for k, at := range e.cfg.Observe {
		if at <= e.horizon {
			e.q.Push(at, classPlatform, pack(evObserve, int32(k), 0))
		}
	}
}

// observe counts, after everything else that happens at this instant, what is
// busy.
func (e *engine) observe(k int) {
	for i := range e.apps {
		o := e.apps[i].out
		o.Observed = append(o.Observed, result.Observation{At: e.cfg.Observe[k], Looks: 1})
	}
	for i := range e.pool.Insts {
		e.rouse(int32(i))
		state := e.pool.Insts[i].State
		if state != instance.Ready && state != instance.Draining {
			continue
		}
		gen := e.pool.Insts[i].Gen
		e.look(int32(i))
		in := &e.pool.Insts[i]
		if in.Gen != gen || in.InFlight() == 0 {
			continue
		}
		seen := e.apps[in.App].out.Observed
		seen[len(seen)-1].Busy++
		seen[len(seen)-1].InFlight += int64(in.InFlight())
	}
}
