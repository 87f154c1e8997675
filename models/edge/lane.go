package edge

import (
	"berth/models/instance"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
)

// lanesFor says whether open requests of an entry may pass through the lanes of
// its app's instances: what they do there must not depend on anything but the
// arrivals, and nothing outside may see it happen.
func (m *Model) lanesFor(en *entry, a *app) bool {
	return (en.keyed && (a.spec.Slots == 0 || a.spec.Queue < 0) || m.lonePool(en, a)) &&
		en.cfg.Kind == workload.Requests && en.ownPlaces > 0 && en.work.mem == nil &&
		a.spec.MemLimit == 0 && a.spec.DiskSlack == 0 && a.backend == nil && !a.smart && a.keep == nil &&
		a.cfg.Client.Timeout == 0 && len(m.places) <= instance.LanePlaces
}

// compileLanes marks the entries whose requests pass through lanes.
func (m *Model) compileLanes() {
	for _, en := range m.entries {
		a := &m.apps[en.app]
		en.lanes = m.lanesFor(en, a)
		if en.lanes {
			a.laneBytes = a.laneBytes || en.work.bytes != nil
			en.oneWorker = true
			for i, w := range en.weights {
				en.oneWorker = en.oneWorker && (w == 0 || m.places[i].single)
			}
			for _, i := range en.fixed { // of those with a script the weight is 0
				en.oneWorker = en.oneWorker && m.places[i].single
			}
			a.laneGuests = instance.MaxGuests
			if s := a.spec.Slots; s > 0 {
				a.laneGuests = min(a.laneGuests, uint8(min(s, instance.MaxGuests))) // so nobody waits for a slot
			}
			a.loneRate = instance.LoneRate(&a.spec)
			m.lanes = true
		}
	}
	m.compileForeseen()
	for i := range m.apps {
		m.awakeAll += m.awake(&m.apps[i])
	}
}

// openLane opens the lane of a ready instance if nothing is inside or on its way
// when it is brought up to now.
func (e *engine) openLane(a *appState, i int32, waited bool) bool {
	in := &e.pool.Insts[i]
	if in.State != instance.Ready || in.Warm || in.Hop < 0 || e.now < e.warmup {
		return false
	}
	if in.InboxHead() != instance.None || in.InFlight() > 0 || in.CPUn > 0 {
		gen := in.Gen
		e.look(i)
		in = &e.pool.Insts[i]
		if in.Gen != gen || in.State != instance.Ready || in.InboxHead() != instance.None || in.InFlight() > 0 || in.CPUn > 0 {
			return false
		}
	}
	if !waited && in.PendHead() != instance.None {
		return false
	}
	e.laneOf(a, in, i)
	return true
}

// laneOf opens the lane of an instance.
func (e *engine) laneOf(a *appState, in *instance.Instance, i int32) {
	l := &e.pool.Lanes[i]
	l.Clear()
	l.Open, l.Hop, l.SamePoP, l.DO, l.Pop, l.Ready = true, in.Hop, in.SamePoP, int16(e.doPoP(a, in)), in.Pop, in.ReadyAt
}

// laneForWaiting opens the lane of an instance that has just become ready and lets
// those who waited for it in; false when they have to go the general way.
func (e *engine) laneForWaiting(a *appState, i int32) bool {
	in := &e.pool.Insts[i]
	if !e.laneFits(a, in) || !e.openLane(a, i, true) {
		return false
	}
	e.admitWaiting(a, i)
	return true
}

// laneFits says whether those who wait for an instance could be the guests of its
// lane and nobody else is there.
func (e *engine) laneFits(a *appState, in *instance.Instance) bool {
	if in.Pendn > int32(a.m.laneGuests) || e.now < e.warmup || in.Warm || in.Hop < 0 || in.InboxHead() != instance.None || in.CPUn > 0 || in.InFlight() > 0 {
		return false
	}
	for r := in.PendHead(); r != instance.None; r = e.pool.Reqs[r].Next {
		q := &e.pool.Reqs[r]
		if !e.entries[q.Entry].en.lanes || q.Kind != instance.KindRequest || q.Flags&instance.FlagCounted == 0 || q.Tries > 0 || q.CPU >= instance.LaneWork {
			return false
		}
	}
	return true
}

// admitWaiting lets those who wait for an instance into its lane.
func (e *engine) admitWaiting(a *appState, i int32) {
	in, l := &e.pool.Insts[i], &e.pool.Lanes[i]
	for r := e.pool.Unpend(i); r != instance.None; r = e.pool.Unpend(i) {
		q := &e.pool.Reqs[r]
		if !hasWaited(in, q, l.Ready) {
			q.Flags &^= instance.FlagCold // it comes to a ready instance
		}
		q.DC = jittered(in.Hop, in.SamePoP, q.JDC)
		e.pool.Admit(l, &a.m.spec, r)
	}
}

// settle tallies what is over in the lane of an instance.
func (e *engine) settle(a *appState, i int32) {
	l, t := &e.pool.Lanes[i], a.tally
	if l.Guests == 0 || l.Due > e.now {
		return
	}
	if a.m.route == routePool && a.waitingN == 0 {
		a.serial++ // as if it had been told at once that it is idle
	}
	if l.Guests == 1 && e.log == nil {
		if t.n == leftAhead {
			t.sumUp()
		}
		e.last = max(e.last, l.Due)
		t.putLone(l)
		return
	}
	e.pool.Settle(l, &a.m.spec, e.now)
	for k := range e.pool.Left {
		s := &e.pool.Left[k]
		if t.n == leftAhead {
			t.sumUp()
		}
		t.put(l, s.Guest, s.Arrive, s.Finish, s.BusyFrom, s.BusyTo)
		e.last = max(e.last, s.Finish)
		if e.log != nil {
			e.logGuest(a, i, s)
		}
	}
	e.pool.Clear(l)
}

// closeLane ends the passage through the lane of an instance: what has left is
// tallied, the other guests become ordinary requests.
func (e *engine) closeLane(i int32) {
	in := &e.pool.Insts[i]
	if !in.CanPass() || !e.pool.HasLanes || !e.pool.Lanes[i].Open {
		return
	}
	if e.rouse(i); in.State == instance.Starting {
		e.unforesee(i)
		return
	}
	a := &e.apps[in.App]
	e.settle(a, i)
	e.leaveLane(a, i)
	e.pool.Dissolve(i)
	if a.m.route == routePool && in.Inboxn > 0 {
		in.Assigned = 1
		a.ranks.Remove(in.Num)
		e.watchPool(a, i)
	}
}

// leaveLane closes a lane that is settled: what its instance did in it is added up.
func (e *engine) leaveLane(a *appState, i int32) {
	l, in := &e.pool.Lanes[i], &e.pool.Insts[i]
	in.LastFinish = max(in.LastFinish, l.LastFinish)
	in.BusyIn += l.Busy
	in.Requests += int64(l.Served)
	in.MaxIn = max(in.MaxIn, int32(l.MaxIn))
	a.servedAt[in.Pop] += int64(l.Served)
	l.Open = false
}

// logGuest writes a served guest into the request log.
func (e *engine) logGuest(a *appState, i int32, s *instance.Settled) {
	g, in := s.Guest, &e.pool.Insts[i]
	start := e.pool.Lanes[i].StartWait(g)
	e.log.Request(LoggedRequest{App: int(a.index), Entry: int(g.Entry), Sent: g.Sent, Latency: s.Finish - s.Arrive + g.Network() + start,
		Parts: [result.NumParts]sim.Time{sim.Time(g.CW), sim.Time(g.WD), sim.Time(g.DC), start, 0, s.Finish - s.Arrive}, Place: int32(g.Place),
		Worker: g.WPop, DO: e.pool.Lanes[i].DO, Container: in.Pop, ID: in.ID, Cold: g.Cold, Bytes: g.Bytes})
}
