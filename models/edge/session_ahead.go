package edge

import (
	"berth/models/instance"
	"berth/sim"
)

// fetchSessions begins to load what the sessions among the next entries of the
// queue will touch: all sessions first, then what they name, so that the misses
// of one round overlap. It changes nothing.
func (e *engine) fetchSessions(entries []sim.Entry) {
	if len(e.sessions) < sessionsInCache {
		return
	}
	sum := uint32(0)
	var cur, inst [fetchMost]int32
	n := 0
	for k := range entries {
		kind, si, _ := unpack(entries[k].Data)
		if kind != evSession || n == fetchMost {
			continue
		}
		s := &e.sessions[si]
		cur[n], inst[n] = s.cur, s.id
		sum += uint32(s.key) + s.gen
		n++
	}
	reqs, insts, lanes := e.pool.Reqs, e.pool.Insts, e.pool.Lanes
	for k, r := range cur[:n] {
		if inst[k] = instance.None; uint(r) < uint(len(reqs)) {
			q := &reqs[r]
			inst[k] = q.Inst
			sum += uint32(q.Key) + uint32(q.CPU) + uint32(q.CW) + q.Seq
		}
	}
	for _, i := range inst[:n] {
		if uint(i) >= uint(len(insts)) {
			continue
		}
		in := &insts[i]
		sum += in.Gen + uint32(in.LastFinish) + uint32(in.Requests) + uint32(in.Mem)
		if a := &e.apps[in.App]; uint(in.ID) < uint(len(a.ids)) {
			sum += uint32(a.ids[in.ID].do) + uint32(a.instOf[in.ID])
		}
		if uint(i) < uint(len(lanes)) {
			sum += uint32(lanes[i].Due)
		}
	}
	e.sink += sum
}

const (
	// fetchMost is how many sessions are looked at together.
	fetchMost = 64
	// sessionsInCache is how many sessions stay in the cache by themselves.
	sessionsInCache = 1000
)
