package edge

import (
	"berth/models/instance"
	"berth/sim"
	"berth/sim/rng"
)

// warmState is an app's own pool of started, unassigned instances.
type warmState struct {
	warm      []warmItem
	warmUp    int // ready or starting members
	warmStart uint64
	warmDue   bool // a look at the pool is queued
}

type warmItem struct {
	inst int32
	gen  uint32
}

// fillWarm starts members until the pool has its number; at most a batch when
// batched.
func (e *engine) fillWarm(a *appState, app int32, atMost int) {
	for n := 0; a.warmUp < a.m.warmN && n < atMost; n++ {
		i := e.pool.NewInstance(app)
		in := &e.pool.Insts[i]
		in.State, in.Warm = instance.Placing, true
		in.SetNum(int32(a.warmStart))
		a.warmStart++
		a.warmUp++
		e.tryPlace(i)
	}
}

// claimWarm gives an id a started instance of the warm pool.
func (e *engine) claimWarm(a *appState, id int32) int32 {
	for len(a.warm) > 0 {
		w := a.warm[0]
		a.warm = a.warm[1:]
		in := &e.pool.Insts[w.inst]
		if in.Gen != w.gen || in.State != instance.Ready || !in.Warm {
			continue
		}
		in.Warm, in.ID = false, id
		a.instOf[id] = w.inst
		a.warmUp--
		e.count(&a.out.WarmClaims)
		in.LastFinish = e.now
		e.measureHop(a, in)
		in.ReadyAt = max(in.ReadyAt, 0)
		e.armExpiry(w.inst)
		e.refillWarm(a, in.App)
		return w.inst
	}
	return instance.None
}

func (e *engine) refillWarm(a *appState, app int32) {
	w := &a.m.cfg.Warm
	batch := max(1, w.Batch)
	if w.Every == 0 && a.m.warmN-a.warmUp >= batch {
		e.fillWarm(a, app, batch)
	}
}

func (e *engine) warmReady(a *appState, i int32) {
	a.warm = append(a.warm, warmItem{i, e.pool.Insts[i].Gen})
}

// warmFailed is a member that found no place or went away: the pool looks again
// after a retry interval.
func (e *engine) warmFailed(a *appState) {
	a.warmUp--
	if a.m.cfg.Warm.Every == 0 && !a.warmDue {
		a.warmDue = true
		e.q.Push(e.now+max(a.m.cfg.Start.RetryEvery, sim.Second), classPlatform, pack(evWarmTick, a.index, 0))
	}
}

// warmTick looks after the warm pool.
func (e *engine) warmTick(app int32) {
	a := &e.apps[app]
	a.warmDue = false
	if e.past() {
		return
	}
	e.fillWarm(a, app, max(1, a.m.cfg.Warm.Batch))
	if every := a.m.cfg.Warm.Every; every > 0 {
		e.q.Push(e.now+every, classPlatform, pack(evWarmTick, app, 0))
	}
}

// homePoP is where an instance without a client is started from: the place
// named for the warm pool, or one drawn by demand.
func (a *appState) homePoP(in *instance.Instance) int {
	if a.m.warmAt >= 0 {
		return int(a.m.warmAt)
	}
	r := rng.Derive(uint64(in.App), uint64(in.Num)+1, pWarm)
	return int(a.m.demandPops.Draw(r.Uint64()))
}

// keepMinimum starts a pinned instance again after it went away.
func (e *engine) keepMinimum(a *appState, id int32, region uint8) {
	if e.past() || id == instance.None {
		return
	}
	if i := a.instOf[id]; i != instance.None {
		e.pool.Insts[i].Pin, e.pool.Insts[i].Region = true, region // a request has started it meanwhile
		return
	}
	i := e.pool.NewInstance(a.index)
	in := &e.pool.Insts[i]
	in.State, in.ID, in.Pin, in.Region = instance.Placing, id, true, region
	a.instOf[id] = i
	e.tryPlace(i)
}

// startMinimum starts the instances that min_instances keeps.
func (e *engine) startMinimum(a *appState) {
	if a.m.route == routePool {
		for n := 0; n < a.m.cfg.Min.N; n++ {
			e.poolStart(a, a.index)
		}
		return
	}
	id := int32(0)
	for _, region := range a.m.minRegions {
		e.keepMinimum(a, id, region)
		id++
	}
}

// touch sends a cron's request to the ids it keeps warm.
func (e *engine) touch(app int32, k int) {
	a := &e.apps[app]
	t := &a.m.cfg.Touches[k]
	if e.past() {
		return
	}
	e.q.Push(e.now+t.Every, classArrival, pack(evTouch, app, uint32(k)))
	n, named := len(a.ids), 0
	a.workerRequests++ // the cron itself
	for id := 0; id < n; id++ {
		st := &a.ids[id]
		if t.IDs > 0 { // the cron names ids that can be asked for again
			if !st.keep {
				continue
			}
			if named++; named > t.IDs {
				break
			}
		}
		if a.instOf[id] == instance.None && (!st.keep || t.IDs == 0 && st.do < 0 && a.m.route == routeKey) {
			continue
		}
		if !st.keep && st.refs <= 0 && a.instOf[id] == instance.None {
			continue
		}
		r := e.pool.NewRequest()
		q := &e.pool.Reqs[r]
		e.nextSeq(q)
		q.Kind, q.App, q.ID, q.Place = instance.KindTouch, app, int32(id), -1
		q.WPop = a.m.touchFrom[k]
		if c := a.m.touchCPU[k]; c != nil {
			d := rng.Derive(e.seed, uint64(app), uint64(k), st.key, uint64(e.now))
			q.CPU = c.Int64(&d)
		}
		if st.do < 0 {
			st.do = e.firstTouch(a, st, q.WPop)
		}
		e.send(r)
	}
}

// scaleTick looks at the load of an autoscaled app: above target it starts one
// more instance.
func (e *engine) scaleTick(app int32) {
	a := &e.apps[app]
	if e.past() {
		return
	}
	e.q.Push(e.now+scaleEvery, classPlatform, pack(evScaleTick, app, 0))
	ready, load, mem := 0, 0.0, 0.0
	starting := 0
	for id := range a.ids[:a.active] {
		i := a.instOf[id]
		if i == instance.None {
			continue
		}
		e.lookIfRunning(i)
		if i = a.instOf[id]; i == instance.None {
			continue
		}
		in := &e.pool.Insts[i]
		switch in.State {
		case instance.Ready:
			ready++
			mem += float64(a.m.spec.MemBase+in.MemIn) / float64(max(1, a.m.memBytes))
		case instance.Starting, instance.Placing:
			starting++
		}
	}
	if ready > 0 {
		load = float64(a.doneWork-a.lastWork) / (float64(ready) * float64(a.m.spec.VCPU1024) * float64(scaleEvery))
		mem /= float64(ready)
	}
	a.lastWork = a.doneWork
	r := &a.m.cfg.Route
	over := r.TargetCPU > 0 && load > r.TargetCPU || r.TargetMemory > 0 && mem > r.TargetMemory
	if !over || starting > 0 {
		return
	}
	if a.active < len(a.ids) {
		for id := range a.ids[:a.active+1] {
			if a.instOf[id] == instance.None {
				if id == a.active {
					a.active++
				}
				e.prime(a, int32(id))
				return
			}
		}
	}
}

// scaleEvery is how often the hypothetical autoscaler looks (grade I).
const scaleEvery = 15 * sim.Second

// prime starts the instance of an id without a request.
func (e *engine) prime(a *appState, id int32) {
	i := e.pool.NewInstance(a.index)
	in := &e.pool.Insts[i]
	in.State, in.ID = instance.Placing, id
	in.SetNum(id)
	a.instOf[id] = i
	if a.ids[id].do < 0 {
		r := e.derived(lifeOf(e.seed, a.ids[id].key, 0).Stream(pWarm))
		a.ids[id].do = e.firstTouch(a, &a.ids[id], int16(a.m.demandPops.Draw(r.Uint64())))
	}
	e.tryPlace(i)
}
