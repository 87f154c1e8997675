package edge

import (
	"slices"

	"berth/models/instance"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
)

// A session that has an instance to itself and waits for each answer before it
// asks again needs no events: from when its instance is ready, the moments of all
// its requests follow from their draws alone, until the instance sleeps or
// something that is known beforehand disturbs it. Such a session is simulated
// ahead, many requests at a time, and its requests are written down in the columns
// of laneTally like those that pass through lanes. Whoever looks at the instance
// meanwhile finds it idle, with its last finish still to come.

// soloAhead is how many requests of a session are drawn at once, at most.
const soloAhead = leftAhead

// soloSpan is how far a session is simulated ahead, so that a run that is
// interrupted comes to a clean end soon.
const soloSpan = sim.Hour

// soloFor says whether the sessions of an entry can be simulated ahead: nobody
// else may use their instances, and nothing that is not known beforehand may
// happen to those.
func (m *Model) soloFor(en *entry, a *app) bool {
	c := a.cfg
	return a.route == routeSession && (en.cfg.Kind == workload.Sessions || en.cfg.Kind == workload.Users) &&
		en.gap == nil && en.length == nil && soloMemory(en, a) && a.spec.DiskSlack == 0 &&
		a.backend == nil && !a.smart && a.keep == nil && c.Client.Timeout == 0 && a.warmN == 0 && len(a.minRegions) == 0 && len(c.Touches) == 0 &&
		len(m.places) <= instance.LanePlaces && m.cfg.Outages.HostRestartsPerHour == 0 && m.cfg.Outages.PoPPerHour == 0
}

// soloMemory says whether a request that is alone in its instance always finds the
// memory it takes.
func soloMemory(en *entry, a *app) bool {
	takes, same := int64(0), true
	if en.work.mem != nil {
		takes, same = en.work.mem.IsConstant()
	}
	return same && (a.spec.MemLimit == 0 || a.spec.MemBase+takes <= a.spec.MemLimit)
}

// compileSolo marks the entries whose sessions are simulated ahead, and lists what
// will disturb their instances.
func (m *Model) compileSolo() {
	for _, en := range m.entries {
		a := &m.apps[en.app]
		if en.solo = m.soloFor(en, a); !en.solo {
			continue
		}
		a.solo, a.loneRate = true, instance.LoneRate(&a.spec)
		a.laneBytes = a.laneBytes || en.work.bytes != nil
	}
	for i := range m.apps {
		a := &m.apps[i]
		a.disturbed = append(a.disturbed, m.cfg.Observe...)
		for _, r := range a.cfg.Rollouts {
			for k := range r.Steps {
				a.disturbed = append(a.disturbed, r.At+sim.Time(k)*r.Interval)
			}
		}
		slices.Sort(a.disturbed)
	}
}

// soloDraws are the draws of some requests of a session, by purpose.
type soloDraws struct {
	n              int // requests drawn
	families       [soloAhead]rng.Family
	scratch        rng.Stream
	network        [soloAhead]uint64
	cpu, io, bytes [soloAhead]int64
	think          [soloAhead]int64
}

// draw draws n requests of a session from its k-th on. They are what sessionDraws
// and thinkTime would give one by one.
func (d *soloDraws) draw(en *entry, key, k uint64, n int) {
	d.n = n
	for j := range d.families[:n] {
		d.families[j] = rng.FamilyOf(key, k+uint64(j))
	}
	for j, f := range d.families[:n] {
		s := f.Stream(pNetwork)
		d.network[j] = s.Uint64()
	}
	d.law(d.cpu[:n], en.work.cpu, pCPU)
	d.law(d.io[:n], en.work.io, pIO)
	d.law(d.bytes[:n], en.work.bytes, pBytes)
	d.law(d.think[:n], en.think, pThink)
}

// law draws a value for each request for a purpose, 0 without a law.
func (d *soloDraws) law(dst []int64, s *dist.Sampler, purpose uint64) {
	if s == nil {
		clear(dst)
		return
	}
	s.Each(dst, d.families[:len(dst)], purpose, &d.scratch)
}

// soloRequest makes the next request of a session that could not be simulated
// ahead. What it asks of its instance is drawn when that is known, since then there
// may be more to draw.
func (e *engine) soloRequest(si int32) int32 {
	s := &e.sessions[si]
	r := e.pool.NewRequest()
	q := &e.pool.Reqs[r]
	q.Flags = instance.FlagUndrawn
	q.Sent, q.App, q.Entry, q.Place, q.Session, q.ID = e.now, e.m.entries[s.entry].app, s.entry, s.place, si, s.id
	stream := rng.FamilyOf(s.key, uint64(s.k)).Stream(pNetwork)
	e.network(q, stream.Uint64())
	s.cur, s.think = r, 0
	s.out++
	return r
}

// soloDraw draws what soloRequest has left out.
func (e *engine) soloDraw(q *instance.Request) {
	s := &e.sessions[q.Session]
	e.entries[q.Entry].en.drawWork(q, e.drawsOf(s.key, uint64(s.k)))
	q.Flags &^= instance.FlagUndrawn
	if s.left != 0 {
		s.think = e.thinkTime(s)
	}
}

// soloIssue simulates a session ahead from the request that it sends now; false
// when that has to go the general way.
func (e *engine) soloIssue(si int32) bool {
	s := &e.sessions[si]
	a := &e.apps[e.m.entries[s.entry].app]
	i := a.instOf[s.id]
	if i == instance.None || e.now < e.warmup {
		return false
	}
	e.rouse(i)
	in := &e.pool.Insts[i]
	if in.State != instance.Ready || !in.Idle() || in.PendHead() != instance.None {
		return false
	}
	x := e.soloRun(a, s, in)
	x.t = e.now
	x.goAhead()
	if x.made == 0 {
		return false
	}
	x.close()
	e.soloRest(si, x.t)
	return true
}

// soloForesee simulates a session ahead whose instance has just been started; false
// when an event has to tell that it is ready.
func (e *engine) soloForesee(a *appState, i int32) bool {
	in := &e.pool.Insts[i]
	if !a.m.solo || e.m.cfg.Drain && a.m.cfg.SleepAfter == sim.Never { // a draining run must come to that moment
		return false
	}
	e.measureHop(a, in)
	if !e.soloStart(a, i) {
		return false
	}
	last := in.LastFinish
	e.foreseen(a, in)
	in.LastFinish = last
	e.armExpiry(i)
	return true
}

// soloStart simulates a session ahead whose first request waits for its instance,
// from the moment at which that is or will be ready; false when it has to go the
// general way.
func (e *engine) soloStart(a *appState, i int32) bool {
	in := &e.pool.Insts[i]
	if in.Pendn != 1 || e.now < e.warmup || in.Hop < 0 {
		return false
	}
	r := in.PendHead()
	q := &e.pool.Reqs[r]
	const fresh = instance.FlagCounted | instance.FlagUndrawn
	if q.Flags&fresh != fresh || q.Tries > 0 {
		return false
	}
	si := q.Session
	s := &e.sessions[si]
	if s.left == 0 && e.goesOn(s) {
		return false
	}
	x := e.soloRun(a, s, in)
	if !x.first(q) {
		return false
	}
	e.pool.Unpend(i)
	e.drop(r)
	s.cur = instance.None
	x.goAhead()
	x.close()
	e.soloRest(si, x.t)
	return true
}

// soloRest queues a session that was simulated ahead for its next request, or
// forgets it after the last.
func (e *engine) soloRest(si int32, at sim.Time) {
	s := &e.sessions[si]
	if s.left == 0 {
		e.freeSession(si)
		return
	}
	s.next = at
	e.arm(si, at)
}

// soloUntil is the last moment at which a request simulated ahead may leave an
// instance: that before something comes to pass that is known by now.
func (e *engine) soloUntil(a *appState, in *instance.Instance) sim.Time {
	if a.rollPct > 0 && in.Ver == 0 && a.wants(in, e) != 0 {
		return -1
	}
	for a.disturbances < len(a.m.disturbed) && a.m.disturbed[a.disturbances] < e.now {
		a.disturbances++
	}
	if a.disturbances < len(a.m.disturbed) {
		return min(e.horizon, a.m.disturbed[a.disturbances]-1)
	}
	return e.horizon
}

// soloRun is a session that is being simulated ahead.
type soloRun struct {
	e  *engine
	a  *appState
	s  *session
	in *instance.Instance
	// lane is one for the instance, which collects what belongs to it.
	lane instance.Lane
	// guest is the request at hand; what is the same for all is set once.
	guest     instance.Guest
	until     sim.Time // last moment at which a request may leave
	sleeps    sim.Time // when the instance sleeps unless a request has come to its object
	t         sim.Time // when the next request is sent
	drawn     int      // requests drawn that have been made
	made      int      // requests that are sent from now on
	elsewhere bool     // the instance is in another region than the client
}

// soloRun prepares to simulate a session ahead on an instance.
func (e *engine) soloRun(a *appState, s *session, in *instance.Instance) *soloRun {
	x, p := &e.run, &e.m.places[s.place]
	x.e, x.a, x.s, x.in = e, a, s, in
	x.lane.Clear()
	x.lane.Hop, x.lane.SamePoP, x.lane.DO, x.lane.Pop, x.lane.Ready = in.Hop, in.SamePoP, a.ids[in.ID].do, in.Pop, in.ReadyAt
	g := &x.guest
	g.Place, g.Entry, g.Region, g.Seq, g.Cold = uint16(s.place), s.entry, p.region, unmeasured, false
	x.until = e.soloUntil(a, in)
	x.sleeps = after(max(in.LastFinish, in.ReadyAt), a.m.cfg.SleepAfter, a.m.cfg.SleepLag)
	x.drawn, x.made, e.solo.n = 0, 0, 0
	x.elsewhere = e.m.popRegion[in.Pop] != p.region
	return x
}

// first serves the request that waits for the instance; false when it cannot be
// served before something else comes.
func (x *soloRun) first(q *instance.Request) bool {
	e, s, g, d := x.e, x.s, &x.guest, &x.e.solo
	es := &e.entries[s.entry]
	n := es.soloDraws
	if s.left >= 0 {
		n = min(n, int(s.left)+1)
	}
	d.draw(es.en, s.key, uint64(s.k), n)
	g.Sent, g.CPU, g.Bytes = q.Sent, d.cpu[0], d.bytes[0]
	g.WPop, g.CW, g.WD, g.DC = q.WPop, q.CW, q.WD, jittered(x.lane.Hop, x.lane.SamePoP, q.JDC)
	g.Cold = hasWaited(x.in, q, x.lane.Ready)
	arrive := x.lane.Arrive(g)
	finish := arrive + sim.Time(x.a.m.loneRate.Ceil(g.CPU)) + sim.Time(d.io[0])
	if finish > x.until || g.CPU >= instance.LaneWork {
		return false
	}
	x.serve(arrive, finish, d.think[0])
	g.Cold = false
	return true
}

// serve takes the request at hand down, which was alone inside its instance. think
// is what its session waits for after the answer.
func (x *soloRun) serve(arrive, finish sim.Time, think int64) {
	g, l, t, c := &x.guest, &x.lane, x.a.tally, x.a.m.cfg
	if t.n == leftAhead {
		t.sumUp()
	}
	t.put(l, g, arrive, finish, arrive, finish)
	if x.e.log != nil {
		x.log(finish - arrive)
	}
	x.drawn++
	x.sleeps = after(finish, c.SleepAfter, c.SleepLag)
	x.t = finish + g.Back() + sim.Time(think)
}

// goAhead simulates the session from its next request on, which is sent at t, as
// far as that can be foreseen.
func (x *soloRun) goAhead() {
	e, s, d := x.e, x.s, &x.e.solo
	es, last := &e.entries[s.entry], 0
	if s.owns && x.a.m.cfg.End != EndSleep {
		last = 1 // which ends the instance, and that is seen
	}
	for {
		left := d.n - x.drawn
		if s.left >= 0 {
			left = min(left, int(s.left)-last)
		}
		made := x.sendDrawn(left)
		x.made += made
		if s.left > 0 {
			s.left -= int32(made)
		}
		if made < left {
			es.soloDraws = max(1, x.drawn)
			return
		}
		if d.n > 0 {
			es.soloDraws = min(max(es.soloDraws, 2*d.n), soloAhead)
		}
		n := es.soloDraws
		if s.left >= 0 {
			n = min(n, int(s.left)-last)
		}
		if n <= 0 {
			return
		}
		d.draw(es.en, s.key, uint64(s.k)+1, n)
		x.drawn = 0
	}
}

// sendDrawn makes up to n requests that are drawn and returns how many it made
// before one that has to go the general way.
func (x *soloRun) sendDrawn(n int) int {
	e, g, l, d := x.e, &x.guest, &x.lane, &x.e.solo
	p, m, limit := &e.m.places[x.s.place], e.m, int32(e.cfg.Account.DORequestsPerS)
	for k := range n {
		j := x.drawn & (soloAhead - 1)
		word := d.network[j]
		g.Sent, g.CPU, g.Bytes = x.t, d.cpu[j], d.bytes[j]
		g.WPop, g.CW = p.worker(word)
		jcw, jwd, jdc := float32(0), float32(0), float32(0)
		if m.jitter > 0 {
			jcw, jwd, jdc = m.jitters(word)
		}
		g.CW = prolonged(g.CW, jcw)
		g.WD = e.hop(g.WPop, l.DO, jwd)
		g.DC = jittered(l.Hop, l.SamePoP, jdc)
		atDO := g.AtDO()
		arrive := atDO + sim.Time(g.DC/2)
		finish := arrive + sim.Time(x.a.m.loneRate.Ceil(g.CPU)) + sim.Time(d.io[j])
		if atDO > x.sleeps || finish > x.until || x.t > e.now+soloSpan || g.CPU >= instance.LaneWork {
			return k
		}
		if limit > 0 {
			asks, second := &x.a.asks[x.s.id], int32(x.t/sim.Second)
			if asks.over(second, limit) {
				return k
			}
			x.a.out.MaxDORate = max(x.a.out.MaxDORate, int64(asks.ask(second)))
		}
		x.s.k++
		x.a.workerAt[g.WPop]++
		x.a.series.Requests[x.a.bucket(g.Sent)]++
		if x.elsewhere {
			e.willSend(x.a, g.Region, g.Sent)
		}
		x.serve(arrive, finish, d.think[j])
	}
	return n
}

// close adds to the totals what goes for many requests at once.
func (x *soloRun) close() {
	e, a, in, l := x.e, x.a, x.in, &x.lane
	if x.s.measured {
		e.measure(a, x.s.place, in.Pop, x.guest.Region, int64(l.Served))
	}
	made, ready := int64(x.made), int64(0)
	a.regions[x.guest.Region].Requests += made
	if !x.elsewhere { // else willSend counts them
		ready = made
		a.out.RegionUsed += made
	}
	a.passed(made, ready)
	if mem := e.entries[x.s.entry].en.work.mem; mem != nil {
		takes, _ := mem.IsConstant()
		a.memTime.AddMul(uint64(takes), uint64(l.Busy))
		a.out.MaxMemoryBytes = max(a.out.MaxMemoryBytes, a.m.spec.MemBase+takes)
	}
	in.LastFinish = l.LastFinish
	in.BusyIn += l.Busy
	in.Requests += int64(l.Served)
	in.MaxIn = max(in.MaxIn, 1)
	a.servedAt[in.Pop] += int64(l.Served)
	e.last = max(e.last, l.LastFinish)
	e.aheadTo = max(e.aheadTo, l.LastFinish)
}

// log writes the request at hand into the request log.
func (x *soloRun) log(service sim.Time) {
	g, l := &x.guest, &x.lane
	start := l.StartWait(g)
	x.e.log.Request(LoggedRequest{App: int(x.a.index), Entry: int(g.Entry), Sent: g.Sent, Latency: service + g.Network() + start,
		Parts: [result.NumParts]sim.Time{sim.Time(g.CW), sim.Time(g.WD), sim.Time(g.DC), start, 0, service}, Place: int32(g.Place),
		Worker: g.WPop, DO: l.DO, Container: l.Pop, ID: x.in.ID, Cold: g.Cold, Bytes: g.Bytes})
}

// measure adds the distance of n requests from a place to an instance in a PoP.
func (e *engine) measure(a *appState, place int32, pop int16, region uint8, n int64) {
	m := e.m.metres(place, pop)
	a.out.Distance.RecordN(m, uint64(n))
	asked := &a.asked[place]
	asked.n += n
	asked.metres += n * m
	reg := &a.regions[region]
	reg.DistanceKm.AddMul(uint64(m), uint64(n))
	reg.Measured += n
}

// Of sessions that can be simulated ahead, the distances of the first
// distanceSessions of an entry are measured, then those of one in distanceEvery:
// who is measured must not depend on what others do.
const distanceSessions = distanceAll / 8

// unmeasured is the sequence number of a guest whose distance is measured by others
// than the tally.
const unmeasured = distanceAll + 1

// measuresSession says whether the distances of the n-th session of an entry are
// measured.
func measuresSession(n uint64) bool { return n <= distanceSessions || n%distanceEvery == 0 }
