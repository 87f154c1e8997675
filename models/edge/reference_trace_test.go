package edge

import (
	"container/heap"

	"berth/models/workload/trace"
	"berth/sim"
	"berth/sim/rng"
)

// readTrace queues every call of a trace.
func (r *reference) readTrace(es *refEntry) {
	c := es.en.cfg
	file, err := trace.Open(c.TracePath, trace.Options{Format: c.TraceFormat, Columns: c.TraceColumns, Rule: c.TraceRule, MaxBad: c.MaxBad, Data: c.TraceData})
	if err != nil {
		panic(err)
	}
	defer file.Close()
	ids := map[int32]*refID{}
	for call, err := file.Next(); err == nil; call, err = file.Next() {
		if c.Speed > 0 && c.Speed != 1 {
			call.At = sim.Time(float64(call.At) / c.Speed)
		}
		if call.At > r.horizon {
			return
		}
		r.pushed++
		heap.Push(&r.events, &refEvent{at: call.At, class: refFresh, tie: int64(es.index), seq: r.pushed, run: func() { r.replay(es, call, ids) }})
	}
}

// replay sends the request of a call; ids are those of the trace's keys so far.
func (r *reference) replay(es *refEntry, call trace.Call, ids map[int32]*refID) {
	q := r.newRequest(es, es.en.places.Draw(es.d.place.Uint64()), &es.d)
	if call.Service >= 0 {
		q.cpu, q.io = 0, call.Service
	}
	if call.CPU >= 0 {
		q.cpu = int64(call.CPU) * 1024
	}
	if call.Bytes >= 0 {
		q.bytes = call.Bytes
	}
	if a := q.app; a.m.route == routeSession || a.m.route == routeKey {
		if ids[call.Key] == nil {
			ids[call.Key] = r.newID(a, rng.Hash(r.seed, uint64(es.index), pKey, uint64(call.Key)), true)
		}
		q.id = ids[call.Key]
	}
	r.send(q)
}
