package edge

import (
	"berth/models/instance"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/rng"
)

// refSession is a chain of requests of one user, or a batch of background
// messages.
type refSession struct {
	key    uint64
	number uint64 // within its entry
	entry  *refEntry
	place  int32
	id     *refID
	left   int // requests to come; negative: for ever
	k      uint64
	think  sim.Time
	open   bool
	batch  bool
	owns   bool
	msgs   []message
	plan   int // of what comes next
}

func (s *refSession) app(r *reference) *refApp { return r.apps[s.entry.en.app] }

func (r *reference) newSession(es *refEntry, place int32) {
	es.number++
	en := es.en
	s := &refSession{key: rng.Hash(r.seed, uint64(es.index), pSession, es.number), number: es.number, entry: es, place: place, open: en.gap != nil, left: 1}
	if en.perSession != nil {
		d := rng.Derive(s.key, pCount)
		s.left = int(max(1, en.perSession.Int64(&d)))
	}
	r.ownID(s, false)
	if r.now >= r.warmup {
		r.apps[en.app].sessions++
	}
	r.issue(s)
}

// ownID names the Durable Object of a session.
func (r *reference) ownID(s *refSession, keep bool) {
	a := s.app(r)
	switch a.m.route {
	case routeSession, routePerRequest:
		if a.m.route == routePerRequest && !s.entry.en.asSession {
			return
		}
		s.id = r.newID(a, s.key, keep)
		s.owns = !keep
	case routeKey:
		d := rng.Derive(s.key, pKey)
		if a.m.keys != nil {
			s.id = a.ids[a.m.keys.Draw(d.Uint64())]
		} else {
			s.id = a.ids[d.IntN(a.m.fixedIDs)]
		}
	case routeSingleton:
		s.id = a.ids[0]
	}
}

// newUsers starts a closed population with a think or off time each.
func (r *reference) newUsers(ei int) {
	es := r.entries[ei]
	for u := range es.en.cfg.Count {
		s := &refSession{key: rng.Hash(r.seed, uint64(ei), pSession, uint64(u)+1), number: uint64(u) + 1, entry: es, left: forEver}
		d := rng.Derive(s.key, pPlace)
		s.place = es.en.places.Draw(d.Uint64())
		r.ownID(s, true)
		r.apps[es.en.app].sessions++
		r.next(s, r.thinkTime(s), func() { r.issue(s) })
	}
}

// next plans what a session does next; it replaces what was planned.
func (r *reference) next(s *refSession, at sim.Time, run func()) {
	s.plan++
	plan := s.plan
	r.push(at, refArrival, func() {
		if s.plan == plan {
			run()
		}
	})
}

func (r *reference) thinkTime(s *refSession) sim.Time {
	law := s.entry.en.think
	if s.open {
		law = s.entry.en.gap
	}
	if law == nil {
		return 0
	}
	d := rng.FamilyOf(s.key, s.k).Stream(pThink)
	return sim.Time(law.Int64(&d))
}

// issue sends the next request of a session.
func (r *reference) issue(s *refSession) {
	if r.past() {
		return
	}
	en := s.entry.en
	s.k++
	if s.left > 0 {
		s.left--
	}
	d := sessionDraws(s.key, s.k)
	q := r.newRequest(s.entry, s.place, &d)
	q.session, q.id = s, s.id
	if en.cfg.Kind == workload.WebSockets {
		r.connect(q, rng.Hash(s.key, s.k), &d)
	}
	if en.length != nil {
		q.cpu, q.io = 0, sim.Time(en.length.Int64(&d.io))
	}
	if a := q.app; q.id == nil && a.m.route == routeRandomN {
		q.id = a.ids[d.key.IntN(a.m.fixedIDs)]
	}
	s.think = 0
	if s.left != 0 {
		s.think = r.thinkTime(s)
		if s.open {
			r.next(s, r.now+s.think, func() { r.issue(s) })
		}
	}
	r.send(q)
}

// answered goes on with the session of a request that was answered, or has
// failed: the client knows at heard.
func (r *reference) answered(q *refRequest, heard sim.Time) {
	s := q.session
	switch {
	case s.open:
	case s.batch:
		r.next(s, heard, func() { r.batchAnswered(s) })
	case s.left != 0:
		r.next(s, heard+s.think, func() { r.issue(s) })
	case s.owns && s.app(r).m.cfg.End != EndSleep:
		r.next(s, r.now, func() { r.endSession(s) })
	}
}

// endSession ends the instance of a session by the app's rule.
func (r *reference) endSession(s *refSession) {
	in := s.id.in
	if in == nil || in.state != instance.Ready {
		return
	}
	r.settle(in)
	if in.gone || in.state != instance.Ready {
		return
	}
	if in.app.m.cfg.End == EndStop {
		r.terminate(in, result.StopEnd)
	} else {
		r.kill(in, result.FailRollout, result.StopEnd)
	}
}

// message adds a background message to its queue.
func (r *reference) message(es *refEntry, place int32) {
	a := r.apps[es.en.app]
	es.waiting, es.from = append(es.waiting, message{at: r.now}), place
	a.queued++
	if r.now >= r.warmup {
		a.messagesIn++
	}
	a.maxBacklog = max(a.maxBacklog, a.queued)
	r.dispatch(es, place)
}

// dispatch sends full or old batches while there are free consumers.
func (r *reference) dispatch(es *refEntry, place int32) {
	a, c := r.apps[es.en.app], es.en.cfg
	wake := func(at sim.Time) {
		if es.waitSet {
			return
		}
		es.waitSet = true
		r.push(max(at, r.now+1), refRetry, func() {
			es.waitSet = false
			r.dispatch(es, es.from)
		})
	}
	for len(es.waiting) > 0 && (c.MaxConcurrency == 0 || es.inFlight < c.MaxConcurrency) {
		oldest := es.waiting[0].at
		switch {
		case r.now < es.pausedTo:
			wake(es.pausedTo)
			return
		case c.Retention > 0 && r.now-oldest > c.Retention:
			es.waiting = es.waiting[1:]
			a.queued--
			a.messagesLost++
			continue
		case len(es.waiting) < c.Batch && oldest+c.BatchWait > r.now:
			wake(oldest + c.BatchWait)
			return
		}
		r.sendBatch(es, place)
	}
}

func (r *reference) sendBatch(es *refEntry, place int32) {
	a := r.apps[es.en.app]
	es.number++
	n := min(max(1, es.en.cfg.Batch), len(es.waiting))
	s := &refSession{key: rng.Hash(r.seed, uint64(es.index), pSession, es.number), entry: es, place: place, batch: true}
	s.msgs = append(s.msgs, es.waiting[:n]...)
	es.waiting = es.waiting[n:]
	a.queued -= int64(n)
	es.inFlight++
	r.ownID(s, false)
	d := sessionDraws(s.key, 0)
	q := r.newRequest(es, place, &d)
	w := es.en.work
	for range n - 1 {
		if w.cpu != nil {
			q.cpu += w.cpu.Int64(&d.cpu)
		}
		if w.io != nil {
			q.io += sim.Time(w.io.Int64(&d.io))
		}
		if w.bytes != nil {
			q.bytes += w.bytes.Int64(&d.bytes)
		}
	}
	q.kind, q.session, q.id = instance.KindBatch, s, s.id
	r.send(q)
}

// batchAnswered frees a consumer.
func (r *reference) batchAnswered(s *refSession) {
	s.entry.inFlight--
	if s.owns && s.app(r).m.cfg.End != EndSleep {
		r.endSession(s)
	}
	r.dispatch(s.entry, s.entry.from)
}

func (r *reference) batchDone(s *refSession) {
	for _, m := range s.msgs {
		if m.at >= r.warmup {
			s.app(r).backlog.add(r.now - m.at)
		}
	}
}

// batchFailed puts the messages of a batch back; a lack of capacity is no try.
func (r *reference) batchFailed(s *refSession, cause result.Cause) {
	a, es := s.app(r), s.entry
	capacity := false
	switch cause {
	case result.FailNoPlace, result.FailMaxInstances, result.FailAccount, result.FailStartRate, result.FailQueueFull, result.FailNoImage:
		capacity = true
		es.pausedTo = r.now + batchPause
	}
	var again []message
	for _, m := range s.msgs {
		if !capacity {
			m.tries++
		}
		if int(m.tries) > es.en.cfg.MaxRetries {
			a.messagesLost++
			continue
		}
		again = append(again, m)
	}
	a.queued += int64(len(again))
	es.waiting = append(again, es.waiting...)
}
