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
		en.gap == nil && en.length == nil && en.work.mem == nil && a.spec.MemLimit == 0 && a.spec.DiskSlack == 0 &&
		a.backend == nil && !a.smart && a.keep == nil && c.Client.Timeout == 0 && a.warmN == 0 && len(a.minRegions) == 0 && len(c.Touches) == 0 &&
		len(m.places) <= instance.LanePlaces && m.cfg.Account.DORequestsPerS == 0 && m.cfg.Outages.HostRestartsPerHour == 0 && m.cfg.Outages.PoPPerHour == 0
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

// soloDraws are the draws of the next requests of a session, by purpose.
type soloDraws struct {
	families       [soloAhead]rng.Family
	streams        [soloAhead]rng.Stream // scratch
	network        [soloAhead]uint64
	cpu, io, bytes [soloAhead]int64
	think          [soloAhead]int64
}

// drawSolo draws the next n requests of a session. They are what sessionDraws and
// thinkTime would give one by one.
func (e *engine) drawSolo(d *soloDraws, en *entry, p *place, s *session, n int) {
	for j := range d.families[:n] {
		d.families[j] = rng.FamilyOf(s.key, uint64(s.k)+1+uint64(j))
	}
	if !p.single || e.m.jitter > 0 {
		d.words(d.network[:n], pNetwork)
	}
	d.law(d.cpu[:n], en.work.cpu, pCPU)
	d.law(d.io[:n], en.work.io, pIO)
	d.law(d.bytes[:n], en.work.bytes, pBytes)
	d.law(d.think[:n], en.think, pThink)
}

// law draws a value for each request from its stream of a purpose, 0 without a law.
func (d *soloDraws) law(dst []int64, s *dist.Sampler, purpose uint64) {
	if s == nil {
		clear(dst)
		return
	}
	if _, constant := s.IsConstant(); !constant {
		for j, f := range d.families[:len(dst)] {
			d.streams[j] = f.Stream(purpose)
		}
	}
	s.Each(dst, d.streams[:len(dst)])
}

// words draws a word for each request.
func (d *soloDraws) words(dst []uint64, purpose uint64) {
	for j, f := range d.families[:len(dst)] {
		s := f.Stream(purpose)
		dst[j] = s.Uint64()
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
	if in.State != instance.Ready || in.InboxHead() != instance.None || in.InFlight() > 0 || in.PendHead() != instance.None {
		return false
	}
	l := a.soloLane(in)
	n, at := e.goAhead(a, s, in, &l, e.now, e.soloUntil(a, in))
	if n == 0 {
		return false
	}
	e.soloDone(a, in, &l)
	e.soloRest(si, at)
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
	if q.Session == instance.None || !e.entries[q.Entry].en.solo || q.Kind != instance.KindRequest || q.Flags&instance.FlagCounted == 0 || q.Tries > 0 {
		return false
	}
	si := q.Session
	s := &e.sessions[si]
	g := instance.Guest{Sent: q.Sent, CPU: q.CPU, Bytes: q.Bytes, CW: q.CW, WD: q.WD, DC: jittered(in.Hop, in.SamePoP, q.JDC), Seq: unmeasured,
		Place: uint16(q.Place), WPop: q.WPop, Entry: q.Entry, Region: q.Region, Cold: hasWaited(in, q, in.ReadyAt)}
	l := a.soloLane(in)
	arrive := l.Arrive(&g)
	finish := arrive + sim.Time(a.m.loneRate.Ceil(q.CPU)) + q.IO
	until := e.soloUntil(a, in)
	if finish > until || s.left == 0 && e.goesOn(s) {
		return false
	}
	e.pool.Unpend(i)
	next := finish + g.Back() + s.think
	e.drop(r)
	s.cur = instance.None
	e.soloServed(a, in, &l, &g, arrive, finish)
	if s.measures(s.k) {
		e.measure(a, s.place, in.Pop, g.Region, 1)
	}
	if s.left != 0 {
		_, next = e.goAhead(a, s, in, &l, next, until)
	}
	e.soloDone(a, in, &l)
	e.soloRest(si, next)
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

// goAhead simulates a session on its idle instance from its next request on, which
// is sent at t, and returns how many requests it made and when the one after them
// is to be sent.
func (e *engine) goAhead(a *appState, s *session, in *instance.Instance, l *instance.Lane, t, until sim.Time) (made int, next sim.Time) {
	es := &e.entries[s.entry]
	en, d := es.en, &e.solo
	p := &e.m.places[s.place]
	last := 0 // requests to be left over
	if s.owns && a.m.cfg.End != EndSleep {
		last = 1
	}
	wait, lag := a.m.cfg.SleepAfter, a.m.cfg.SleepLag
	sleeps := after(max(l.LastFinish, in.LastFinish, in.ReadyAt), wait, lag)
	g := instance.Guest{Place: uint16(s.place), Entry: s.entry, Region: p.region, Seq: unmeasured}
	measured := 0
	for {
		n := es.soloDraws
		if s.left >= 0 {
			n = min(n, int(s.left)-last)
		}
		if n <= 0 {
			break
		}
		e.drawSolo(d, en, p, s, n)
		j := 0
		for ; j < n; j++ {
			g.Sent, g.CPU, g.Bytes = t, d.cpu[j], d.bytes[j]
			g.WPop, g.CW = p.worker(d.network[j])
			jcw, jwd, jdc := float32(0), float32(0), float32(0)
			if e.m.jitter > 0 {
				jcw, jwd, jdc = e.m.jitters(d.network[j])
			}
			g.CW += int32(jcw * float32(g.CW))
			g.WD = e.hop(g.WPop, l.DO, jwd)
			g.DC = jittered(l.Hop, l.SamePoP, jdc)
			atDO := g.AtDO()
			arrive := atDO + sim.Time(g.DC/2)
			finish := arrive + sim.Time(a.m.loneRate.Ceil(g.CPU)) + sim.Time(d.io[j])
			if atDO > sleeps || finish > until || t > e.now+soloSpan {
				break
			}
			e.soloServed(a, in, l, &g, arrive, finish)
			e.soloSent(a, in, &g)
			s.k++
			if s.measures(s.k) {
				measured++
			}
			sleeps = after(finish, wait, lag)
			t = finish + g.Back() + sim.Time(d.think[j])
		}
		made += j
		if s.left > 0 {
			s.left -= int32(j)
		}
		if j < n {
			es.soloDraws = max(1, j)
			break
		}
		es.soloDraws = min(max(es.soloDraws, 2*n), soloAhead)
	}
	if measured > 0 {
		e.measure(a, s.place, in.Pop, p.region, int64(measured))
	}
	a.regions[p.region].Requests += int64(made)
	ready := int64(0)
	if e.m.popRegion[in.Pop] == p.region { // else willSend counts them
		ready = int64(made)
		a.out.RegionUsed += ready
	}
	a.passed(int64(made), ready)
	return made, t
}

// soloSent tallies a request at the moment when its client sends it, which is
// still to come, but for what goAhead counts for many at once.
func (e *engine) soloSent(a *appState, in *instance.Instance, g *instance.Guest) {
	a.workerAt[g.WPop]++
	s := a.series.Requests
	s[min(int(a.tally.step.Floor(int64(g.Sent))), len(s)-1)]++
	if e.m.popRegion[in.Pop] != g.Region {
		e.willSend(a, g.Region, g.Sent)
	}
}

// soloServed takes down a request that was alone inside its instance, whose lane
// only collects what belongs to it.
func (e *engine) soloServed(a *appState, in *instance.Instance, l *instance.Lane, g *instance.Guest, arrive, finish sim.Time) {
	t := a.tally
	if t.n == leftAhead {
		t.sumUp()
	}
	t.put(l, g, arrive, finish, arrive, finish)
	if e.log != nil {
		start := l.StartWait(g)
		e.log.Request(LoggedRequest{App: int(a.index), Entry: int(g.Entry), Sent: g.Sent, Latency: finish - arrive + g.Network() + start,
			Parts: [result.NumParts]sim.Time{sim.Time(g.CW), sim.Time(g.WD), sim.Time(g.DC), start, 0, finish - arrive}, Place: int32(g.Place),
			Worker: g.WPop, DO: l.DO, Container: l.Pop, ID: in.ID, Cold: g.Cold, Bytes: g.Bytes})
	}
}

// soloLane is a lane for an instance on which a session is simulated ahead.
func (a *appState) soloLane(in *instance.Instance) instance.Lane {
	return instance.Lane{Hop: in.Hop, SamePoP: in.SamePoP, DO: a.ids[in.ID].do, Pop: in.Pop, Ready: in.ReadyAt}
}

// soloDone tells an instance what has passed its lane.
func (e *engine) soloDone(a *appState, in *instance.Instance, l *instance.Lane) {
	if l.Served == 0 {
		return
	}
	in.LastFinish = l.LastFinish
	in.BusyIn += l.Busy
	in.Requests += int64(l.Served)
	in.MaxIn = max(in.MaxIn, 1)
	a.servedAt[in.Pop] += int64(l.Served)
	e.last = max(e.last, l.LastFinish)
	e.aheadTo = max(e.aheadTo, l.LastFinish)
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

// Of sessions that can be simulated ahead, the distance of all requests of the
// first distanceSessions of an entry is measured, then that of one request in
// distanceEvery: who is measured must not depend on what others do.
const distanceSessions = distanceAll / 8

// unmeasured is the sequence number of a guest whose distance is measured by others
// than the tally.
const unmeasured = distanceAll + 1

// number notes which requests of a session are measured: it is the n-th of its
// entry.
func (s *session) number(n uint64) {
	s.early, s.offset = n <= distanceSessions, uint32(n)
}

// measures says whether the distance of the k-th request is measured.
func (s *session) measures(k uint32) bool { return s.early || (s.offset+k)%distanceEvery == 0 }
