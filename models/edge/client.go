package edge

import (
	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
	"berth/sim/rng"
)

// failAt ends a request that failed at time at: the client hears of it, tries
// again if it may, or gives up.
func (e *engine) failAt(r int32, cause result.Cause, at sim.Time) {
	q := &e.pool.Reqs[r]
	a := &e.apps[q.App]
	e.last = max(e.last, at)
	if q.Flags&instance.FlagTimedOut == 0 {
		e.countFailed(a, q, cause, at)
	}
	heard := max(at, e.now) + sim.Time(q.CW-q.CW/2) + sim.Time(q.WD-q.WD/2)
	if q.Flags&instance.FlagTimedOut == 0 && e.mayRetry(a, q) {
		e.retryAt(r, heard)
		return
	}
	if q.Session != instance.None {
		if q.Flags&instance.FlagUndrawn != 0 {
			e.soloDraw(q)
		}
		if q.Kind == instance.KindBatch {
			e.batchFailed(a, q.Session, cause)
		}
		q.At = at
		e.answered(r, heard, true)
	}
	e.drop(r)
}

// drop forgets a request.
func (e *engine) drop(r int32) {
	q := &e.pool.Reqs[r]
	if q.ID != instance.None {
		e.release(&e.apps[q.App], q.ID)
	}
	e.pool.FreeRequest(r)
}

func (e *engine) mayRetry(a *appState, q *instance.Request) bool {
	return int(q.Tries) < a.m.retries && (q.Kind == instance.KindRequest || q.Kind == instance.KindConn)
}

// retryAt sends the same request again after the client's back-off.
func (e *engine) retryAt(r int32, heard sim.Time) {
	q := &e.pool.Reqs[r]
	a := &e.apps[q.App]
	q.Tries++
	q.Gen++
	q.Flags &^= instance.FlagCold | instance.FlagFailed
	q.StartWait, q.DC, q.Inst, q.Next = 0, 0, instance.None, instance.None
	e.q.Push(heard+e.backoff(a, q), classArrival, pack(evResend, r, 0))
}

func (e *engine) backoff(a *appState, q *instance.Request) sim.Time {
	if a.m.backoff == nil {
		return 0
	}
	name := uint64(q.Seq)
	if e.entries[q.Entry].en.solo {
		s := &e.sessions[q.Session]
		name = uint64(rng.FamilyOf(s.key, uint64(s.k)))
	}
	r := e.derived(rng.Derive(e.seed, name, uint64(q.Tries), pBackoff))
	return sim.Time(a.m.backoff.Int64(r))
}

// patience queues the end of the client's patience.
func (e *engine) patience(a *appState, r int32) {
	if t := a.m.cfg.Client.Timeout; t > 0 {
		q := &e.pool.Reqs[r]
		e.q.Push(e.now+t, classRetry, pack(evTimeout, r, q.Gen))
	}
}

// timeout is the end of a client's patience: the request goes on without it.
func (e *engine) timeout(r int32) {
	gen := e.pool.Reqs[r].Gen
	if i := e.pool.Reqs[r].Inst; i != instance.None {
		e.lookIfRunning(i)
	}
	q := &e.pool.Reqs[r]
	if q.Gen != gen || !q.Live || q.Flags&instance.FlagTimedOut != 0 {
		return
	}
	a := &e.apps[q.App]
	e.giveUp(a, r)
	q = &e.pool.Reqs[r]
	q.Flags |= instance.FlagTimedOut
	q.Session = instance.None
}

// giveUp counts a timed-out request and, if the client tries again, makes its
// next try; otherwise its session goes on from here.
func (e *engine) giveUp(a *appState, r int32) {
	q := &e.pool.Reqs[r]
	gaveUp := q.Sent + a.m.cfg.Client.Timeout
	e.countFailed(a, q, result.FailTimeout, gaveUp)
	if e.mayRetry(a, q) {
		n := e.pool.NewRequest()
		q = &e.pool.Reqs[r]
		c := &e.pool.Reqs[n]
		gen, self := c.Gen, c.Self
		*c = *q
		c.Gen, c.Self = gen, self
		c.Arrive, c.Began, c.At = 0, 0, 0
		if c.ID != instance.None {
			e.hold(a, c.ID)
		}
		if c.Session != instance.None {
			e.sessions[c.Session].cur = n
		}
		e.retryAt(n, max(gaveUp, e.now))
		return
	}
	if q.Session != instance.None {
		at := q.At
		e.answered(r, gaveUp, true)
		e.pool.Reqs[r].At = at
	}
}
