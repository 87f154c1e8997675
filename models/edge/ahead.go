package edge

import (
	"berth/models/instance"
	"berth/sim"
	"berth/sim/dist"
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
	alone          [drawAhead]sim.Time // how long it stays where nobody else is; -1 when no lane takes it
	wpop           [drawAhead]int16
	region         [drawAhead]uint8
	insts          [drawAhead]int32 // scratch

	laws [3]*dist.Sampler // of cpu, io and bytes; nil where they are always the same
	from []int32          // place; nil where all requests come from one, with one Worker and no jitter
}

// newDrawn is without arrivals yet. What is the same in all requests is there
// already.
func (e *engine) newDrawn(es *entryState) *drawn {
	d, w := &drawn{n: drawAhead}, &es.en.work
	for i, to := range [...]*[drawAhead]int64{&d.cpu, &d.io, &d.bytes} {
		law := [...]*dist.Sampler{w.cpu, w.io, w.bytes}[i]
		if law == nil {
			continue
		}
		if same, ok := law.IsConstant(); !ok {
			d.laws[i] = law
		} else {
			for k := range to {
				to[k] = same
			}
		}
	}
	d.workAlone(e.apps[es.en.app].m.loneRate)
	if place, ok := es.en.arrivals.OnePlace(); ok && es.en.oneWorker && e.m.jitter <= 0 {
		for k := range d.place {
			d.place[k] = place
		}
		e.drawWorkers(es, d)
	} else {
		d.from = d.place[:]
	}
	return d
}

// drawMore draws the next arrivals of an entry once those drawn before are used
// up, and begins to load what they will touch.
func (e *engine) drawMore(es *entryState) {
	d := es.drawn
	d.k, d.n = 0, es.cur.Fill(d.at[:], d.from)
	es.nextAt, es.nextPl = d.at[0], d.place[0]
	if es.nextAt == sim.Never {
		return
	}
	a := &e.apps[es.en.app]
	if a.m.route == routePool {
		// The pool picks an instance when the request comes.
	} else if keys := a.m.keys; keys != nil {
		keys.Fill(d.key[:d.n], &es.d.key)
	} else {
		es.d.key.IntsN(d.key[:d.n], a.m.fixedIDs)
	}
	if law := d.laws[0]; law != nil {
		law.Fill(d.cpu[:d.n], &es.d.cpu)
	}
	if law := d.laws[1]; law != nil {
		law.Fill(d.io[:d.n], &es.d.io)
	}
	if law := d.laws[2]; law != nil {
		law.Fill(d.bytes[:d.n], &es.d.bytes)
	}
	if d.laws[0] != nil || d.laws[1] != nil {
		d.workAlone(a.m.loneRate)
	}
	if d.from != nil {
		e.drawWorkers(es, d)
	}
	if a.m.route != routePool {
		e.fetch(a, d)
	}
}

// workAlone makes how long requests stay where nobody else is.
func (d *drawn) workAlone(rate instance.Rate) {
	for k, cpu := range d.cpu[:d.n] {
		d.alone[k] = sim.Time(rate.Ceil(cpu) + d.io[k])
		if cpu >= instance.LaneWork {
			d.alone[k] = -1
		}
	}
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
	places, stream := e.m.places, es.d.network
	if es.en.oneWorker && e.m.jitter <= 0 {
		for k, pl := range d.place[:d.n] {
			p := &places[pl]
			d.wpop[k], d.cw[k], d.region[k] = p.pops[0], p.rtt[0], p.region
		}
		return
	}
	for k, pl := range d.place[:d.n] {
		word, p := uint64(0), &places[pl]
		word, stream = stream.Next()
		pop, cw := p.worker(word)
		jcw, jwd, jdc := e.m.jitters(word)
		d.wpop[k], d.cw[k], d.region[k] = pop, prolonged(cw, jcw), p.region
		d.jcw[k], d.jwd[k], d.jdc[k] = jcw, jwd, jdc
	}
	es.d.network = stream
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
		q.CW = prolonged(q.CW, d.jcw[k])
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
	insts, lanes, sum, general := e.pool.Insts, e.pool.Lanes, uint32(0), false // general: some have requests of their own
	for k := range entries {
		kind, i, _ := unpack(entries[k].Data)
		if kind != evReady && kind != evExpire && kind != evExit || uint(i) >= uint(len(insts)) {
			continue
		}
		in := &insts[i]
		general = general || !e.apps[in.App].m.foresees
		sum += in.Gen + uint32(in.LastFinish) + uint32(in.Requests)
		if uint(i) < uint(len(lanes)) {
			sum += uint32(lanes[i].Due) + lanes[i].First.Seq
		}
	}
	e.sink += sum
	if general {
		e.fetchInside(entries)
	}
}

// fetchInside begins to load the ids of the instances that entries of the queue
// name, and the requests that wait for those or are inside.
func (e *engine) fetchInside(entries []sim.Entry) {
	insts, sum := e.pool.Insts, uint32(0)
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
