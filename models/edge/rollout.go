package edge

import (
	"berth/models/image"
	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
	"berth/sim/rng"
)

// Deploys (grade I): a deploy is processed for deployUpload before the first
// pull; the registry serves pullLanes pulls at once.
const (
	deployUpload = 150 * sim.Second
	pullLanes    = 16
)

// rolloutStep begins or widens a rollout: instances of the old image get SIGTERM
// once their Durable Object has been connected for the grace period.
func (e *engine) rolloutStep(app int32, code uint32) {
	a := &e.apps[app]
	if e.past() {
		return
	}
	ri, step := int(code>>8), int(code&0xff)
	ro := &a.m.cfg.Rollouts[ri]
	if step == 0 {
		a.promote(e)
		pull := image.PullTime(ro.ChangedMB, ro.ChangedMB*a.m.unpackRatioPct/100, e.cfg.Hosts.PullMbps, e.cfg.Hosts.UnpackMBs)
		a.haveNext = e.m.schedule(a.m, e.now, deployUpload, pull)
		a.uploads++
	}
	a.rollPct, a.rollSalt, a.grace = ro.Steps[step], uint64(ri)+1, ro.Grace
	if step+1 < len(ro.Steps) {
		e.q.Push(e.now+ro.Interval, classPlatform, pack(evRollout, app, code+1))
	}
	for i := range e.pool.Insts {
		in := &e.pool.Insts[i]
		if in.App != app || in.State == instance.Gone || in.Ver > 0 || a.wants(in, e) == 0 {
			continue
		}
		e.rouse(int32(i))
		switch in.State {
		case instance.Ready:
			if due := in.ConnAt + a.grace; due > e.now {
				e.later(due, classPlatform, evReplace, int32(i))
				continue
			}
			e.replace(int32(i))
		case instance.Suspended:
			e.dropSuspended(int32(i))
		}
	}
}

// wants is the version that an instance should run: 1 for the image being
// rolled out.
func (a *appState) wants(in *instance.Instance, e *engine) uint8 {
	if a.rollPct == 0 {
		return 0
	}
	if a.rollPct >= 100 || int(rng.Hash(e.instKey(a, in), a.rollSalt)%100) < a.rollPct {
		return 1
	}
	return 0
}

func (a *appState) versionOf(in *instance.Instance, e *engine) uint8 { return a.wants(in, e) }

// promote makes the image of the last rollout the current one.
func (a *appState) promote(e *engine) {
	if a.rollPct == 0 {
		return
	}
	for i := range e.pool.Insts {
		if in := &e.pool.Insts[i]; in.App == a.index {
			in.Ver = 0
		}
	}
	a.have, a.haveNext, a.rollPct = a.haveNext, nil, 0
	a.imageVersion++
}

// replace sends SIGTERM to an instance that runs an old image.
func (e *engine) replace(i int32) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	if in.State != instance.Ready || in.Ver > 0 || a.wants(in, e) == 0 {
		return
	}
	e.look(i)
	if e.pool.Insts[i].State == instance.Ready {
		e.terminate(i, result.StopRollout)
	}
}

// outage takes a PoP away with every instance in it.
func (e *engine) outage(pop int) {
	if e.past() {
		return
	}
	e.down[pop] = true
	for i := range e.pool.Insts {
		in := &e.pool.Insts[i]
		if in.State == instance.Gone || in.State == instance.Placing || int(in.Pop) != pop {
			continue
		}
		gen := in.Gen
		e.lookIfRunning(int32(i))
		if e.pool.Insts[i].Gen == gen {
			e.lose(int32(i), result.StopOutage)
		}
	}
	n := e.outages[pop]
	r := e.derived(rng.Derive(e.seed, uint64(pop), pOutage, 2*uint64(n)+1))
	took := sim.Time(e.m.outageTime.Int64(r))
	e.q.Push(e.now+max(took, 1), classFree, pack(evRestore, int32(pop), 0))
}

func (e *engine) restore(pop int) {
	e.down[pop] = false
	e.outages[pop]++
	e.nextOutage(pop)
}

func (e *engine) nextOutage(pop int) {
	if e.past() {
		return
	}
	r := e.derived(rng.Derive(e.seed, uint64(pop), pOutage, 2*uint64(e.outages[pop])))
	at := e.now + sim.FromSeconds(r.Exp()*3600/e.cfg.Outages.PoPPerHour)
	if at <= e.horizon {
		e.q.Push(at, classPlatform, pack(evOutage, int32(pop), 0))
	}
}

// scheduleRefill lets the platform prepare another place.
func (e *engine) scheduleRefill(a *appState, app int32, pop int) {
	a.refills++
	r := e.derived(rng.Derive(e.seed, uint64(app), pRefill, a.refills))
	at := e.now + sim.Time(a.m.refill.Int64(r))
	e.q.Push(at, classFree, pack(evRefill, app, uint32(pop)))
}

// refilled is a place that has been prepared, at the PoP itself or, when that
// has no free place, at the nearest that has.
func (e *engine) refilled(app int32, pop int) {
	a := &e.apps[app]
	if e.free[pop] == 0 && a.m.cfg.Image.RefillElsewhere {
		for _, p := range e.m.hostOrder[pop] {
			if a.m.allowed[p] && e.free[p] != 0 && (a.have == nil || a.have[p] <= e.now) {
				a.prepared[p]++
				return
			}
		}
	}
	a.prepared[pop]++
}

// imageArrived puts an image that is being distributed into the cache of a PoP.
func (e *engine) imageArrived(app int32, pop int) {
	a := &e.apps[app]
	if c := e.cache(pop); c != nil {
		c.Put(a.baseImage(), a.m.cfg.Image.CompressedMB)
	}
}
