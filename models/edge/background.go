package edge

import (
	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
	"berth/sim/rng"
)

// message is a background message.
type message struct {
	at    sim.Time
	tries uint8
}

// backlog is the queue of background messages of an entry.
type backlog struct {
	waiting  []message // ring: from head on
	head     int
	inFlight int
	waitSet  bool
	pausedTo sim.Time
	from     int32 // place of the message that came last
}

func (b *backlog) len() int { return len(b.waiting) - b.head }

func (b *backlog) pop() message {
	m := b.waiting[b.head]
	b.head++
	if b.head > 1024 && b.head*2 > len(b.waiting) {
		n := copy(b.waiting, b.waiting[b.head:])
		b.waiting, b.head = b.waiting[:n], 0
	}
	return m
}

// message adds a background message to its queue.
func (e *engine) message(ei int, t sim.Time, place int32) {
	es := &e.entries[ei]
	a := &e.apps[es.en.app]
	es.waiting, es.from = append(es.waiting, message{at: t}), place
	a.queued++
	if t >= e.warmup {
		a.out.MessagesIn++
	}
	a.out.MaxBacklog = max(a.out.MaxBacklog, a.queued)
	if s := a.series; s.Backlog != nil {
		b := a.bucket(t)
		s.Backlog[b] = max(s.Backlog[b], a.queued)
	}
	e.dispatchBatches(ei, place)
}

// dispatchBatches sends batches while there are full ones (or old ones) and
// free consumers.
func (e *engine) dispatchBatches(ei int, place int32) {
	es := &e.entries[ei]
	c := es.en.cfg
	for es.len() > 0 && (c.MaxConcurrency == 0 || es.inFlight < c.MaxConcurrency) {
		if e.now < es.pausedTo {
			e.wakeBatches(ei, es.pausedTo)
			return
		}
		if old := es.waiting[es.head].at; c.Retention > 0 && e.now-old > c.Retention {
			e.loseOldest(ei)
			continue
		}
		if es.len() < c.Batch {
			due := es.waiting[es.head].at + c.BatchWait
			if due > e.now {
				e.wakeBatches(ei, due)
				return
			}
		}
		e.sendBatch(ei, place)
		es = &e.entries[ei]
	}
}

// loseOldest gives up the message that has waited longest.
func (e *engine) loseOldest(ei int) {
	es := &e.entries[ei]
	a := &e.apps[es.en.app]
	es.pop()
	a.queued--
	a.out.MessagesLost++
}

func (e *engine) wakeBatches(ei int, at sim.Time) {
	es := &e.entries[ei]
	if es.waitSet {
		return
	}
	es.waitSet = true
	e.q.Push(max(at, e.now+1), classRetry, pack(evBatch, int32(ei), 0))
}

func (e *engine) batchDue(ei int32) {
	e.entries[ei].waitSet = false
	e.dispatchBatches(int(ei), e.entries[ei].from)
}

func (e *engine) sendBatch(ei int, place int32) {
	es := &e.entries[ei]
	a := &e.apps[es.en.app]
	si := e.allocSession()
	s := &e.sessions[si]
	es.number++
	s.key = rng.Hash(e.seed, uint64(ei), pSession, es.number)
	s.entry, s.place, s.batch, s.left = uint8(ei), place, true, 0
	for n := 0; n < max(1, es.en.cfg.Batch) && es.len() > 0; n++ {
		s.msgs = append(s.msgs, es.pop())
	}
	a.queued -= int64(len(s.msgs))
	es.inFlight++
	e.ownID(s, false)
	r := int32(0)
	d := e.drawsOf(s.key, 0)
	r = e.newRequest(ei, place, e.now, d)
	q := &e.pool.Reqs[r]
	for n := 1; n < len(s.msgs); n++ { // the messages of a batch one after the other
		w := es.en.work
		if w.cpu != nil {
			q.CPU += w.cpu.Int64(&d.cpu)
		}
		if w.io != nil {
			q.IO += sim.Time(w.io.Int64(&d.io))
		}
		if w.bytes != nil {
			q.Bytes += w.bytes.Int64(&d.bytes)
		}
	}
	q.Kind, q.Session, q.ID = instance.KindBatch, si, s.id
	s.cur = r
	e.send(r)
}

// batchPause is how long the consumer waits after a batch found no capacity
// (grade I).
const batchPause = 5 * sim.Second

// batchAnswered frees a consumer.
func (e *engine) batchAnswered(si int32) {
	ei := int(e.sessions[si].entry)
	e.entries[ei].inFlight--
	if a := &e.apps[e.entries[ei].en.app]; a.m.cfg.End != EndSleep && e.sessions[si].owns {
		e.endSession(si)
	} else {
		e.freeSession(si)
	}
	e.dispatchBatches(ei, e.entries[ei].from)
}

// batchDone tallies the messages of a batch that was served at t.
func (e *engine) batchDone(a *appState, si int32, t sim.Time) {
	for _, m := range e.sessions[si].msgs {
		if m.at >= e.warmup {
			a.out.MessagesDone++
			a.out.Backlog.Record(int64(t - m.at))
		}
	}
}

// batchFailed puts the messages of a failed batch back at the head of the
// queue. A lack of capacity is no try: they wait.
func (e *engine) batchFailed(a *appState, si int32, cause result.Cause) {
	s := &e.sessions[si]
	es := &e.entries[s.entry]
	capacity := false
	switch cause {
	case result.FailNoPlace, result.FailMaxInstances, result.FailAccount, result.FailStartRate, result.FailQueueFull, result.FailNoImage:
		capacity = true
		es.pausedTo = e.now + batchPause
	}
	var back []message
	for _, m := range s.msgs {
		if !capacity {
			m.tries++
		}
		if int(m.tries) > es.en.cfg.MaxRetries {
			a.out.MessagesLost++
			continue
		}
		back = append(back, m)
	}
	a.queued += int64(len(back))
	es.waiting = append(back, es.waiting[es.head:]...)
	es.head = 0
}
