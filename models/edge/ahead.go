package edge

import (
	"berth/sim"
)

// drawAhead is how many arrivals of an entry are drawn at once: long enough for
// loops without calls and for the cache lines that the requests will touch to be
// fetched all at a time, short enough for them to be there still. Every purpose
// has its own stream, so drawing early changes nothing.
const drawAhead = 64

// drawn are the arrivals of an entry whose requests pass through lanes, drawn
// before their time.
type drawn struct {
	k, n           int // the next and the end of what is drawn
	at             [drawAhead]sim.Time
	cpu, io, bytes [drawAhead]int64
	place, key, cw [drawAhead]int32
	jcw, jwd, jdc  [drawAhead]float32
	wpop           [drawAhead]int16
	region         [drawAhead]uint8
	words          [drawAhead]uint64 // scratch
	insts          [drawAhead]int32  // scratch
}

// drawMore draws the next arrivals of an entry once those drawn before are used
// up, and begins to load what they will touch.
func (e *engine) drawMore(es *entryState) {
	d := es.drawn
	d.k, d.n = 0, es.cur.Fill(d.at[:], d.place[:])
	es.nextAt, es.nextPl = d.at[0], d.place[0]
	if es.nextAt == sim.Never {
		return
	}
	a := &e.apps[es.en.app]
	if a.m.route == routePool {
		// The pool picks an instance when the request comes.
	} else if keys := a.m.keys; keys != nil {
		es.d.key.Words(d.words[:d.n])
		keys.Fill(d.key[:d.n], d.words[:d.n])
	} else {
		es.d.key.IntsN(d.key[:d.n], a.m.fixedIDs)
	}
	if a.m.route != routePool {
		e.fetch(a, d)
	}
	w := &es.en.work
	if w.cpu != nil {
		w.cpu.Fill(d.cpu[:d.n], &es.d.cpu)
	}
	if w.io != nil {
		w.io.Fill(d.io[:d.n], &es.d.io)
	}
	if w.bytes != nil {
		w.bytes.Fill(d.bytes[:d.n], &es.d.bytes)
	}
	e.drawWorkers(es, d)
}

// fetch touches the lanes that the requests will use. The loads do not wait for
// each other, so the misses overlap.
func (e *engine) fetch(a *appState, d *drawn) {
	for k, key := range d.key[:d.n] {
		d.insts[k] = a.instOf[key]
	}
	lanes, sum := e.pool.Lanes, uint32(0)
	for k, i := range d.insts[:d.n] {
		if uint(i) < uint(len(lanes)) {
			sum += uint32(lanes[i].Due) + lanes[i].First.Seq
		} else {
			sum += uint32(a.ids[d.key[k]].do)
		}
	}
	e.sink += sum
}

// drawWorkers draws the Worker of each request, its client's round trip and the
// jitter of its hops. A PoP that is down is left out when the request is sent.
func (e *engine) drawWorkers(es *entryState, d *drawn) {
	n := d.n
	if !es.en.oneWorker || e.m.jitter > 0 {
		es.d.network.Words(d.words[:n])
	}
	if es.en.oneWorker {
		for k := range n {
			p := &e.m.places[d.place[k]]
			d.wpop[k], d.cw[k], d.region[k] = p.pops[0], p.rtt[0], p.region
		}
	} else {
		e.chooseWorkers(d)
	}
	if e.m.jitter <= 0 {
		return
	}
	for k, w := range d.words[:n] {
		d.jcw[k], d.jwd[k], d.jdc[k] = e.m.jitters(w)
	}
	for k := range n {
		d.cw[k] += int32(d.jcw[k] * float32(d.cw[k]))
	}
}

// chooseWorkers chooses the Worker of each request by its word.
func (e *engine) chooseWorkers(d *drawn) {
	n := d.n
	for k := range n {
		p := &e.m.places[d.place[k]]
		u, j := uint32(d.words[k]>>32), 0
		if !p.single {
			for j < 3 && u >= p.below[j] {
				j++
			}
		}
		d.wpop[k], d.cw[k], d.region[k] = p.pops[j&7], p.rtt[j&7], p.region
	}
}

// request makes an ordinary request of the next arrival drawn.
func (d *drawn) request(e *engine, es *entryState, ei int) int32 {
	k := d.k
	r := e.pool.NewRequest()
	q := &e.pool.Reqs[r]
	e.nextSeq(q)
	q.Sent = d.at[k]
	q.App, q.Entry, q.Place = es.en.app, uint8(ei), d.place[k]
	if es.en.keyed {
		q.ID = d.key[k]
	}
	q.CPU, q.IO, q.Bytes = d.cpu[k], sim.Time(d.io[k]), d.bytes[k]
	q.Region, q.WPop, q.CW, q.JWD, q.JDC = d.region[k], d.wpop[k], d.cw[k], d.jwd[k], d.jdc[k]
	if e.down[q.WPop] {
		q.WPop, q.CW = e.reroute(&e.m.places[q.Place], q.WPop)
		q.CW += int32(d.jcw[k] * float32(q.CW))
	}
	return r
}

// fetchEvents begins to load what the next entries of the queue will touch,
// whenever the queue has put new ones to its front: instances and lanes first,
// then the ids and requests that they name.
func (e *engine) fetchEvents() {
	entries := e.q.Coming(e.coming[:0])
	if len(entries) == 0 {
		return
	}
	e.coming = entries
	e.fetchSessions(entries)
	insts, lanes, sum := e.pool.Insts, e.pool.Lanes, uint32(0)
	for k := range entries {
		kind, i, _ := unpack(entries[k].Data)
		if kind != evReady && kind != evExpire && kind != evExit || uint(i) >= uint(len(insts)) {
			continue
		}
		in := &insts[i]
		sum += in.Gen + uint32(in.LastFinish) + uint32(in.Requests)
		if uint(i) < uint(len(lanes)) {
			sum += uint32(lanes[i].Due) + lanes[i].First.Seq
		}
	}
	for k := range entries {
		kind, i, _ := unpack(entries[k].Data)
		if kind != evReady && kind != evExpire && kind != evExit || uint(i) >= uint(len(insts)) {
			continue
		}
		in := &insts[i]
		if a := &e.apps[in.App]; int(in.ID) >= a.m.fixedIDs && int(in.ID) < len(a.ids) {
			sum += uint32(a.ids[in.ID].do)
		}
		for _, r := range [...]int32{in.PendHead(), in.InboxHead()} {
			if uint(r) < uint(len(e.pool.Reqs)) {
				q := &e.pool.Reqs[r]
				sum += uint32(q.Key) + uint32(q.CPU) + q.Seq
			}
		}
	}
	e.sink += sum
}
