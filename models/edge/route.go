package edge

import (
	"math"

	"berth/models/instance"
	"berth/sim"
	"berth/sim/rng"
)

// routeKind is how an app turns a request into the id of a Durable Object.
type routeKind uint8

const (
	routeSession routeKind = iota
	routeKey
	routeRandomN
	routeSingleton
	routePerRequest
	routeLeastInFlight // hypothetical
	routeAutoscale     // hypothetical
	routePool
)

// routes is the table of routings by the name in a scenario.
var routes = map[string]routeKind{
	"session": routeSession, "key": routeKey, "random-n": routeRandomN, "singleton": routeSingleton,
	"per-request": routePerRequest, "least-in-flight": routeLeastInFlight, "autoscale": routeAutoscale, "pool": routePool,
}

// idState is one Durable Object. A sleeping one that can be asked for again
// takes no more than these bytes and its place in appState.instOf.
type idState struct {
	key      uint64 // names the id in hashed random streams
	refs     int32  // of ids that do not come back: session alive, requests under way
	starts   uint32
	do       int16 // PoP; -1 before the first touch
	region   uint8
	keep     bool // can be asked for again for ever
	redeploy bool // its instance was replaced by a rollout and has not started anew
}

// newID takes a fresh id.
func (a *appState) newID(key uint64, keep bool) int32 {
	st := idState{key: key, do: -1, keep: keep}
	if n := len(a.freeIDs); n > 0 && !keep { // those that stay keep their order
		i := a.freeIDs[n-1]
		a.freeIDs = a.freeIDs[:n-1]
		a.ids[i], a.instOf[i] = st, instance.None
		if a.asks != nil {
			a.asks[i] = askRate{}
		}
		a.dropSnapshot(i)
		return i
	}
	a.ids, a.instOf = append(a.ids, st), append(a.instOf, instance.None)
	if a.asks != nil {
		a.asks = append(a.asks, askRate{})
	}
	return int32(len(a.ids) - 1)
}

// hold counts a user of an id that does not come back.
func (e *engine) hold(a *appState, id int32) {
	if s := &a.ids[id]; !s.keep {
		s.refs++
	}
}

// release forgets an id that has no users left and no instance.
func (e *engine) release(a *appState, id int32) {
	s := &a.ids[id]
	if s.keep {
		return
	}
	s.refs--
	e.forget(a, id)
}

// forgotten is the number of users of an id that nobody can ask for any more.
const forgotten = math.MinInt32

func (e *engine) forget(a *appState, id int32) {
	if int(id) < a.m.fixedIDs {
		return // stays, and need not be looked at
	}
	if s := &a.ids[id]; !s.keep && s.refs <= 0 && s.refs != forgotten && a.instOf[id] == instance.None {
		a.freeIDs = append(a.freeIDs, id)
		s.refs = forgotten // not twice; a new owner resets it
	}
}

// route gives the id of an open request of an app whose routing looks at
// nothing.
func (e *engine) route(a *appState, q *instance.Request) int32 {
	d := &e.entries[q.Entry].d
	switch a.m.route {
	case routeKey, routeRandomN:
		return a.drawKey(&d.key)
	case routeSingleton:
		return 0
	default: // a fresh id, or the one a scripted client names
		if id, ok := e.clientKey(a, q); ok {
			return id
		}
		a.number++
		id := a.newID(rng.Hash(e.seed, uint64(q.App), a.number), false)
		a.ids[id].refs = 1
		return id
	}
}

// routeByLoad gives the id of a request whose app looks at instances: fewest in
// flight (ties to the nearest, then the lowest number), or for autoscale the
// nearest that is ready.
func (e *engine) routeByLoad(a *appState, worker int16) int32 {
	best, bestLoad, bestRTT := int32(0), int64(1)<<62, int32(1<<30)
	anyReady := false
	for id := range a.ids[:a.active] {
		load, rtt := int64(0), int32(0)
		ready := false
		if i := a.instOf[id]; i != instance.None {
			e.lookIfRunning(i) // memory may overflow now, and nobody wait for another
			if i = a.instOf[id]; i != instance.None {
				in := &e.pool.Insts[i]
				load = int64(in.Held())
				ready = in.State == instance.Ready
				if in.Pop >= 0 {
					rtt = e.m.rtt[int(worker)*e.m.pops+int(in.Pop)]
				}
			}
		}
		if a.m.route == routeAutoscale {
			// Nearest ready one; without any, the one with the fewest waiting.
			if anyReady && !ready {
				continue
			}
			if ready && !anyReady {
				anyReady, bestLoad, bestRTT = true, 1<<62, 1<<30
			}
			// Instances with room are equal but for the distance.
			if ready && load < int64(a.m.room) {
				load = 0
			}
		}
		if load < bestLoad || load == bestLoad && rtt < bestRTT {
			best, bestLoad, bestRTT = int32(id), load, rtt
		}
	}
	return best
}

// overDO counts a request of a Durable Object by the second in which its client
// sent it, and says whether it is over the soft limit.
func (e *engine) overDO(a *appState, id int32, limit int) bool {
	n := a.asks[id].ask(int32(e.now / sim.Second))
	a.out.MaxDORate = max(a.out.MaxDORate, int64(n))
	return int(n) > limit
}

// askRate counts the requests of a Durable Object in one second.
type askRate struct{ second, count int32 }

// over says whether one more in a second would be over the limit.
func (r *askRate) over(second, limit int32) bool { return r.second == second && r.count >= limit }

// ask counts one more and returns how many they are in its second.
func (r *askRate) ask(second int32) int32 {
	if r.second != second {
		r.second, r.count = second, 0
	}
	r.count++
	return r.count
}

// firstTouch draws the PoP of a Durable Object, for good.
func (e *engine) firstTouch(a *appState, id *idState, worker int16) int16 {
	r := e.derived(lifeOf(e.seed, id.key, 0).Stream(pDO))
	return e.m.drawDO(a.m, worker, r)
}

// smartWorker moves the Worker to the PoP with the lowest total latency to
// client and Durable Object.
func (e *engine) smartWorker(q *instance.Request, do int16) {
	if q.Place < 0 {
		return
	}
	pop, rtt := e.m.smartWorker(q.Place, do)
	if e.down[pop] {
		return
	}
	q.WPop, q.CW = pop, rtt
}

// reroute finds another Worker PoP for a client whose own is down.
func (e *engine) reroute(p *place, down int16) (int16, int32) {
	for k := range p.pops {
		if pop := p.pops[k]; pop != down && !e.down[pop] {
			return pop, p.rtt[k]
		}
	}
	for _, pop := range e.m.order[down] {
		if !e.down[pop] {
			return pop, p.rtt[0] + e.m.rtt[int(down)*e.m.pops+int(pop)]
		}
	}
	return down, p.rtt[0]
}

// clientKey is the id that a fixed client always asks for, when it names one.
// Clients that name the same key share it.
func (e *engine) clientKey(a *appState, q *instance.Request) (int32, bool) {
	en := e.entries[q.Entry].en
	for k, pl := range en.fixed {
		key := en.cfg.Clients[k].Key
		if pl != q.Place || key == "" {
			continue
		}
		id, ok := a.named[key]
		if !ok {
			h := rng.Hash(e.seed, uint64(q.App), pKey)
			for _, b := range []byte(key) {
				h = rng.Hash(h, uint64(b))
			}
			id = a.newID(h, true)
			if a.named == nil {
				a.named = map[string]int32{}
			}
			a.named[key] = id
		}
		return id, true
	}
	return 0, false
}
