package edge

import (
	"berth/models/instance"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/rng"
)

// session is a chain of requests of one user: a session, a user of a closed
// population, or a batch of background messages. Its identity in random streams
// is (key, k): variants of a scenario share the draws of its k-th request.
type session struct {
	key      uint64
	next     sim.Time // earliest time of the next request, once cur is answered
	think    sim.Time
	cur      int32 // request under way
	id       int32
	place    int32
	left     int32 // requests to come; negative: for ever
	out      int32 // open sessions: requests not answered yet
	k        uint32
	gen      uint32
	free     int32
	entry    uint8
	armed    bool
	open     bool // the next request does not wait for the answer
	batch    bool
	owns     bool // the id is this session's own
	measured bool // the distance of its requests is, if it can be simulated ahead
	msgs     []message
}

const forEver = -1

func (e *engine) allocSession() int32 {
	si := e.freeSess
	if si == instance.None {
		e.sessions = append(e.sessions, session{})
		si = int32(len(e.sessions) - 1)
	} else {
		e.freeSess = e.sessions[si].free
	}
	s := &e.sessions[si]
	gen, msgs := s.gen+1, s.msgs[:0]
	*s = session{} // cleared in place: a value made first would be copied through the stack
	s.gen, s.msgs, s.cur, s.id = gen, msgs, instance.None, instance.None
	return si
}

func (e *engine) freeSession(si int32) {
	s := &e.sessions[si]
	if s.owns {
		e.release(&e.apps[e.m.entries[s.entry].app], s.id)
	}
	s.gen++
	s.free = e.freeSess
	e.freeSess = si
}

// newSession opens a session that arrived at t and sends its first request.
func (e *engine) newSession(ei int, t sim.Time, place int32) {
	es := &e.entries[ei]
	en := es.en
	es.number++
	si := e.allocSession()
	s := &e.sessions[si]
	s.key = rng.Hash(e.seed, uint64(ei), pSession, es.number)
	s.measured = measuresSession(es.number)
	s.entry, s.place = uint8(ei), place
	s.open = en.gap != nil
	s.left = 1
	if en.perSession != nil {
		r := e.derived(rng.Derive(s.key, pCount))
		s.left = int32(max(1, en.perSession.Int64(r)))
	}
	e.ownID(s, false)
	if t >= e.warmup {
		e.apps[en.app].out.Sessions++
	}
	e.issue(si)
}

// ownID gives a session the id that its requests go to.
func (e *engine) ownID(s *session, keep bool) {
	a := &e.apps[e.m.entries[s.entry].app]
	switch a.m.route {
	case routeSession, routePerRequest:
		if a.m.route == routePerRequest && !e.m.entries[s.entry].asSession {
			return
		}
		s.id = a.newID(s.key, keep)
		if !keep {
			a.ids[s.id].refs = 1
			s.owns = true
		}
	case routeKey:
		r := e.derived(rng.Derive(s.key, pKey))
		if a.m.keys != nil {
			s.id = a.m.keys.Draw(r.Uint64())
		} else {
			s.id = int32(r.IntN(a.m.fixedIDs))
		}
	case routeSingleton:
		s.id = 0
	}
}

// newUsers starts a closed population: every user begins with a think or off
// time.
func (e *engine) newUsers(ei int) {
	en := e.entries[ei].en
	for u := 0; u < en.cfg.Count; u++ {
		si := e.allocSession()
		s := &e.sessions[si]
		s.key = rng.Hash(e.seed, uint64(ei), pSession, uint64(u)+1)
		s.measured = measuresSession(uint64(u) + 1)
		s.entry, s.left = uint8(ei), forEver
		r := e.derived(rng.Derive(s.key, pPlace))
		s.place = en.places.Draw(r.Uint64())
		e.ownID(s, true)
		e.apps[en.app].out.Sessions++
		s.next = e.thinkTime(s)
		e.arm(si, s.next)
	}
}

func (e *engine) thinkTime(s *session) sim.Time {
	en := e.entries[s.entry].en
	law := en.think
	if s.open {
		law = en.gap
	}
	if law == nil {
		return 0
	}
	r := e.derived(rng.FamilyOf(s.key, uint64(s.k)).Stream(pThink))
	return sim.Time(law.Int64(r))
}

// issue sends the next request of a session; beyond the horizon of a draining
// run the session ends instead, with the answer to its last open request.
func (e *engine) issue(si int32) {
	if e.past() {
		if s := &e.sessions[si]; s.out > 0 && s.open {
			s.left = 0
		} else {
			e.freeSession(si)
		}
		return
	}
	s := &e.sessions[si]
	en := e.entries[s.entry].en
	if en.solo && e.soloIssue(si) {
		return
	}
	s.k++
	if s.left > 0 {
		s.left--
	}
	if en.solo {
		e.send(e.soloRequest(si))
		return
	}
	d := e.drawsOf(s.key, uint64(s.k))
	r := e.newRequest(int(s.entry), s.place, e.now, d)
	q := &e.pool.Reqs[r]
	q.Session = si
	q.ID = s.id
	if en.cfg.Kind == workload.WebSockets {
		e.connect(r, rng.Hash(s.key, uint64(s.k)), d)
		q = &e.pool.Reqs[r]
	}
	if en.length != nil {
		q.CPU, q.IO = 0, sim.Time(en.length.Int64(&d.io))
	}
	if q.ID == instance.None && e.apps[en.app].m.route == routeRandomN {
		q.ID = int32(d.key.IntN(e.apps[en.app].m.fixedIDs))
	}
	s.cur = r
	s.out++
	s.think = 0
	if s.left != 0 {
		s.think = e.thinkTime(s)
	}
	if s.open && s.left != 0 {
		s.next = e.now + s.think
		e.arm(si, s.next)
	}
	e.send(r)
}

// sessionDraws are the streams of the k-th request of a session, by purpose; 0
// is a batch of messages.
func sessionDraws(key, k uint64) draws {
	f := rng.FamilyOf(key, k)
	s := func(p uint64) rng.Stream { return f.Stream(p) }
	return draws{network: s(pNetwork), key: s(pKey), cpu: s(pCPU), io: s(pIO), mem: s(pMem), bytes: s(pBytes), calls: s(pCalls)}
}

// drawsOf are the streams of a request of a session, kept in the engine until
// the next is made.
func (e *engine) drawsOf(key, k uint64) *draws {
	e.sessionDraw = sessionDraws(key, k)
	return &e.sessionDraw
}

func (e *engine) arm(si int32, at sim.Time) {
	s := &e.sessions[si]
	s.gen++
	s.armed = true
	e.q.Push(max(at, e.now), classArrival, pack(evSession, si, s.gen))
}

// goesOn says whether something follows the request under way.
func (e *engine) goesOn(s *session) bool {
	return s.left != 0 || s.batch || s.owns && e.apps[e.m.entries[s.entry].app].m.cfg.End != EndSleep
}

// expectSession queues the session of a request that was just delivered for the
// earliest moment at which it can go on.
func (e *engine) expectSession(r int32) {
	q := &e.pool.Reqs[r]
	s := &e.sessions[q.Session]
	if s.open || !e.goesOn(s) {
		return
	}
	e.arm(q.Session, e.earliestNext(r, s))
}

func (e *engine) earliestNext(r int32, s *session) sim.Time {
	q := &e.pool.Reqs[r]
	a := &e.apps[q.App]
	in := &e.pool.Insts[q.Inst]
	at := e.pool.Earliest(r, &a.m.spec, e.now)
	if e.mayRefuse(in, &a.m.spec) {
		at = min(at, max(q.At, e.now))
	}
	if s.left != 0 || s.batch {
		at += back(q) + s.think
	}
	return at
}

// back is how long an answer takes from the instance to the client.
func back(q *instance.Request) sim.Time {
	return sim.Time(q.CW-q.CW/2) + sim.Time(q.WD-q.WD/2) + sim.Time(q.DC-q.DC/2)
}

// sessionDue looks whether a session can go on: it was queued for the earliest
// moment and is pushed back while its request is still under way.
func (e *engine) sessionDue(si int32) {
	s := &e.sessions[si]
	s.armed = false
	gen := s.gen
	if r := s.cur; r != instance.None && !s.open {
		q := &e.pool.Reqs[r]
		if q.Inst != instance.None {
			s.armed = true // an answer found by this look goes on below
			e.look(q.Inst)
			s = &e.sessions[si]
			if s.gen != gen {
				return
			}
			s.armed = false
		}
		if s.cur != instance.None { // else, and for another try, the delivery will arm it
			if q := &e.pool.Reqs[r]; s.cur == r && q.Inst != instance.None && q.Delivered() {
				e.arm(si, max(e.earliestNext(r, s), e.now+1))
			}
			return
		}
	}
	switch {
	case s.next > e.now:
		e.arm(si, s.next)
	case s.batch:
		e.batchAnswered(si)
	case s.left == 0:
		e.endSession(si)
	default:
		e.issue(si)
	}
}

// answered tells the session of a request that it was answered (or failed): at
// is when the client knows.
func (e *engine) answered(r int32, at sim.Time, failed bool) {
	q := &e.pool.Reqs[r]
	si := q.Session
	s := &e.sessions[si]
	if s.open {
		s.out--
		if s.left == 0 && s.out == 0 {
			e.freeSession(si)
		}
		return
	}
	s.cur = instance.None
	if !e.goesOn(s) {
		e.freeSession(si)
		return
	}
	s.next = at + s.think
	if s.left == 0 && !s.batch {
		s.next = q.At
		if failed {
			s.next = e.now
		}
	}
	if failed || !s.armed {
		e.arm(si, max(s.next, e.now))
	}
}

// endSession ends the instance of a session whose last request was answered, by
// the app's end rule, and forgets the session.
func (e *engine) endSession(si int32) {
	s := &e.sessions[si]
	a := &e.apps[e.m.entries[s.entry].app]
	if i := a.instOf[s.id]; i != instance.None && e.pool.Insts[i].State == instance.Ready {
		e.look(i)
		switch {
		case a.instOf[s.id] != i:
		case a.m.cfg.End == EndStop:
			e.terminate(i, result.StopEnd)
		default:
			e.kill(i, result.FailRollout, result.StopEnd)
		}
	}
	e.freeSession(si)
}

// openKinds are the entries whose arrivals come from an arrival process.
func openKind(k workload.Kind) bool {
	return k != workload.Users && k != workload.Population && k != workload.Trace
}
