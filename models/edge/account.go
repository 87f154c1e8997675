package edge

import (
	"math/bits"

	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
	"berth/sim/rng"
)

// countSent tallies a request at the moment its client sends it.
func (e *engine) countSent(a *appState, q *instance.Request) {
	if e.now >= e.warmup {
		q.Flags |= instance.FlagCounted
		if q.Kind != instance.KindBatch {
			if q.Tries == 0 {
				a.out.Requests++
				a.regions[q.Region].Requests++
				a.series.Requests[a.bucket(e.now)]++
			} else {
				a.out.Retries++
			}
		}
		a.workerRequests++
		if q.Place >= 0 {
			a.workerAt[q.WPop]++
		}
	} else {
		q.Flags &^= instance.FlagCounted
	}
	if a.m.cfg.Client.Timeout > 0 && q.Kind != instance.KindBatch {
		e.patience(a, q.Self)
	}
}

// countRegion tallies a request as it leaves its Worker: did its region hold a
// ready instance, and could it use it?
func (e *engine) countRegion(a *appState, id *idState, q *instance.Request) {
	if q.Flags&instance.FlagCounted == 0 {
		return
	}
	a.doRequests++
	if !a.anyReady(q.Region, e.now) || q.Kind != instance.KindRequest {
		return
	}
	a.out.RegionReady++
	if id != nil && a.instOf[q.ID] != instance.None {
		in := &e.pool.Insts[a.instOf[q.ID]]
		if in.State == instance.Ready && e.m.popRegion[in.Pop] == q.Region {
			a.out.RegionUsed++
		}
	}
}

func (e *engine) countFailed(a *appState, q *instance.Request, cause result.Cause, at sim.Time) {
	if q.Flags&instance.FlagCounted == 0 || q.Kind == instance.KindTouch || q.Kind == instance.KindBatch {
		return
	}
	a.out.Failed[cause]++
	a.regions[q.Region].Failed++
	a.series.Failed[a.bucket(q.Sent)]++
	if e.log != nil {
		e.log.Request(LoggedRequest{App: int(q.App), Entry: int(q.Entry), Sent: q.Sent, Place: q.Place, Worker: q.WPop,
			DO: e.doOf(a, q), Container: -1, ID: q.ID, Failed: true, Cause: cause, Retry: int(q.Tries)})
	}
}

func (e *engine) doOf(a *appState, q *instance.Request) int16 {
	if q.ID != instance.None {
		return a.ids[q.ID].do
	}
	return a.poolDO
}

// account tallies what left an instance in the last Advance.
func (e *engine) account(a *appState) {
	for _, r := range e.pool.Done {
		q := &e.pool.Reqs[r]
		switch {
		case q.Kind == instance.KindMessage:
			e.messageServed(a, q)
			e.pool.FreeRequest(r)
		case q.Flags&instance.FlagFailed != 0:
			if a.m.route == routePool {
				e.poolReturn(q, q.At)
			}
			e.failAt(r, result.FailQueueFull, q.At)
		default:
			e.served(a, r)
		}
	}
}

// served tallies a request that left its instance in good order.
func (e *engine) served(a *appState, r int32) {
	q := &e.pool.Reqs[r]
	fin := q.At
	e.last = max(e.last, fin)
	in := &e.pool.Insts[q.Inst]
	switch a.m.route {
	case routePool:
		e.poolReturn(q, fin)
	case routeAutoscale:
		a.doneWork += q.CPU
	}
	if fin >= e.warmup {
		e.usedAt(a, in).work.Add(uint64(q.CPU))
		a.egress(e, q, in)
	}
	answered := fin + back(q)
	latency := answered - q.Sent
	if q.Flags&instance.FlagTimedOut != 0 {
		e.drop(r)
		return
	}
	if t := a.m.cfg.Client.Timeout; t > 0 && latency > t && q.Kind != instance.KindBatch && q.Kind != instance.KindTouch {
		e.giveUp(a, r)
		e.drop(r)
		return
	}
	if q.Flags&instance.FlagCounted != 0 {
		e.tally(a, q, in, latency)
	}
	if q.Session != instance.None {
		if q.Kind == instance.KindBatch {
			e.batchDone(a, q.Session, fin)
		}
		e.answered(r, answered, false)
	}
	e.drop(r)
}

// tally records the latency of a served request and its parts.
func (e *engine) tally(a *appState, q *instance.Request, in *instance.Instance, latency sim.Time) {
	if q.Kind == instance.KindTouch || q.Kind == instance.KindBatch {
		return
	}
	o := a.out
	o.Served++
	o.Good++
	wait := q.Began - q.Arrive
	if a.m.route == routePool {
		wait = q.Began - (q.AtDO + q.StartWait + sim.Time(q.DC/2))
	}
	parts := [result.NumParts]sim.Time{sim.Time(q.CW), sim.Time(q.WD), sim.Time(q.DC), q.StartWait, wait, q.At - q.Began}
	o.Latency.Record(int64(latency))
	ps := &o.PartsBy[coarse(latency)]
	ps.Count++
	for p, v := range parts {
		ps.Sum[p] += int64(v)
	}
	o.Parts[result.PartClientWorker].Record(int64(q.CW))
	o.Parts[result.PartWorkerDO].Record(int64(q.WD))
	o.Parts[result.PartDOContainer].Record(int64(q.DC))
	o.Parts[result.PartService].Record(int64(q.At - q.Began))
	if q.StartWait == 0 { // zeros are put in at the end, all at once
		a.noStart++
	} else {
		o.Parts[result.PartStart].Record(int64(q.StartWait))
	}
	if wait == 0 {
		a.noQueue++
	} else {
		o.Parts[result.PartQueue].Record(int64(wait))
	}
	reg := &a.regions[q.Region]
	reg.Served++
	reg.Latency.Record(int64(latency))
	reg.NetworkNs.Add(uint64(q.CW) + uint64(q.WD) + uint64(q.DC))
	if q.Flags&instance.FlagCold != 0 {
		o.Cold++
		reg.Cold++
		o.ColdLatency.Record(int64(latency))
		a.series.Cold[a.bucket(q.Sent)]++
	} else {
		o.WarmLatency.Record(int64(latency))
	}
	b := a.bucket(q.Sent)
	a.series.Served[b]++
	a.series.LatencySum[b] += int64(latency)
	stay := q.At - q.Arrive
	o.InFlightTime.Add(uint64(stay))
	a.series.InFlight[a.bucket(q.Arrive)] += int64(stay)
	if wait > 0 {
		o.QueueTime.Add(uint64(wait))
	}
	if q.Mem > 0 {
		a.memTime.AddMul(uint64(q.Mem), uint64(stay))
	}
	a.servedAt[in.Pop]++
	if q.Place >= 0 && e.measures(q) {
		e.measure(a, q.Place, in.Pop, q.Region, 1)
	}
	if e.log != nil {
		e.log.Request(LoggedRequest{App: int(q.App), Entry: int(q.Entry), Sent: q.Sent, Latency: latency, Parts: parts, Place: q.Place,
			Worker: q.WPop, DO: e.doOf(a, q), Container: in.Pop, ID: q.ID, Cold: q.Flags&instance.FlagCold != 0, Retry: int(q.Tries), Bytes: q.Bytes})
	}
}

// measures says whether the distance of a request is measured.
func (e *engine) measures(q *instance.Request) bool {
	if e.entries[q.Entry].en.solo {
		return e.sessions[q.Session].measured
	}
	return q.Seq < distanceAll || q.Seq%distanceEvery == 0
}

// The distance of the first distanceAll requests sent is measured, then that of
// one in distanceEvery: it costs a random look into a large table.
const (
	distanceAll   = 1 << 14
	distanceEvery = 16
)

// coarseBits sub-divides each power of two of latency into 8 buckets.
const coarseBits = 3

// coarse is the bucket of PartsBy of a latency.
func coarse(v sim.Time) int {
	u := uint64(v)
	if v < 1<<coarseBits {
		return int(max(v, 1))
	}
	e := bits.Len64(u|1<<coarseBits) - 1 // not 0, as the compiler sees
	return (e-coarseBits+1)<<coarseBits + int(u>>((e-coarseBits)&63))&(1<<coarseBits-1)
}

// coarseBounds are the bounds of a bucket of PartsBy: [lo, hi).
func coarseBounds(b int) (lo, hi sim.Time) {
	if b < 1<<coarseBits {
		return sim.Time(b), sim.Time(b + 1)
	}
	e := b>>coarseBits + coarseBits
	step := sim.Time(1) << (e - 1 - coarseBits)
	lo = sim.Time(1)<<(e-1) + sim.Time(b&(1<<coarseBits-1))*step
	return lo, lo + step
}

const coarseBuckets = (64-coarseBits)<<coarseBits + 1<<coarseBits

// messageServed tallies a message inside a WebSocket connection.
func (e *engine) messageServed(a *appState, q *instance.Request) {
	if q.At < e.warmup {
		return
	}
	in := &e.pool.Insts[q.Inst]
	e.usedAt(a, in).work.Add(uint64(q.CPU))
	a.egress(e, q, in)
	a.out.MessagesInWS++
	a.out.Messages.Record(int64(q.At - q.Arrive))
}

// NextMessage implements instance.MessageSource: messages of a connection are a
// Poisson stream from its beginning to its end.
func (e *engine) NextMessage(c, m *instance.Request, after sim.Time) sim.Time {
	en := e.entries[c.Entry].en
	rate := en.cfg.MessagesPerSec
	if rate <= 0 {
		return sim.Never
	}
	m.ID++ // counts the messages of the connection
	r := e.derived(rng.FamilyOf(c.Key, uint64(uint32(m.ID))).Stream(pMessage))
	at := after + sim.FromSeconds(r.Exp()/rate)
	if at > c.Began+c.IO {
		return sim.Never
	}
	m.CPU, m.Bytes = 0, 0
	if en.msgCPU != nil {
		m.CPU = en.msgCPU.Int64(r)
	}
	if en.msgBytes != nil {
		// Outgoing messages go with the incoming ones in proportion.
		m.Bytes = en.msgBytes.Int64(r)
		if out := en.cfg.OutgoingPerSec; out > 0 {
			m.Bytes = int64(float64(m.Bytes) * out / rate)
		}
	}
	m.Place, m.Region = c.Place, c.Region
	return at
}
