package bench

import (
	"math"

	"berth/models/geo"
	"berth/models/instance"
	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
	"berth/sim/stats"
)

// rowsAhead is how many requests of open traffic are drawn and recorded at once,
// as the engine does.
const rowsAhead = 64

// rows is the floor of open traffic: many draws at once, one look-up of a round
// trip, one touch of the instance's lane, and the updates of five histograms: the
// latency of the region, three hops and the service. The others are made from
// those at the end of a run; without a network that is all but the latency.
type rows struct {
	g         *geography
	work      laws
	keys      *dist.Alias
	pool      bool
	oneWorker bool // each place has one Worker: none is drawn
	objects   []laneObject
	lanes     []instance.Lane

	at             [rowsAhead]sim.Time
	place, id      [rowsAhead]int32
	words          [rowsAhead]uint64
	cpu, io, bytes [rowsAhead]int64
	cw, wd, dc     [rowsAhead]int32
	service        [rowsAhead]int64

	hops    [3]stats.Histogram
	served  stats.Histogram
	latency [geo.NumRegions]stats.Histogram // by region
	egress  stats.Sum128
	sum     uint64
}

// laneObject is a Durable Object, its instance and the round trip between them.
type laneObject struct {
	inst, hop int32
	do        int16
}

// scatter puts the objects and their instances anywhere.
func (f *rows) scatter() {
	r := rng.Derive(1, 99)
	for i := range f.objects {
		do, pop := r.IntN(f.g.pops), r.IntN(f.g.pops)
		f.objects[i] = laneObject{do: int16(do), inst: int32(r.IntN(len(f.lanes))), hop: f.g.rtt[do*f.g.pops+pop]}
	}
	f.oneWorker = true
	for i := range f.g.hubs {
		f.oneWorker = f.oneWorker && f.g.hubs[i].below[0] == math.MaxUint32
	}
}

func (f *rows) run(units int64) uint64 {
	s := newStreams(1)
	cursor := f.g.arrivals.Cursor(&s.gap, &s.place)
	for units > 0 {
		n := cursor.Fill(f.at[:], f.place[:])
		if f.at[0] == sim.Never { // as many as the run made, which is not exactly as many as there are here
			s = newStreams(2)
			cursor = f.g.arrivals.Cursor(&s.gap, &s.place)
			continue
		}
		n = int(min(int64(n), units))
		units -= int64(n)
		f.draw(&s, n)
		for k := range n {
			f.request(k)
		}
		f.record(n)
	}
	return f.sum
}

// draw makes the draws of n requests whose arrivals are known.
func (f *rows) draw(s *streams, n int) {
	switch {
	case f.pool: // any instance
		for k := range n {
			f.id[k] = int32(spread(uint64(f.at[k]), len(f.objects)))
		}
	case f.keys != nil:
		f.keys.Fill(f.id[:n], &s.key)
	default:
		s.key.IntsN(f.id[:n], len(f.objects))
	}
	if !f.oneWorker || f.g.jitter[0] > 0 {
		s.network.Words(f.words[:n])
	}
	if f.work.cpu != nil {
		f.work.cpu.Fill(f.cpu[:n], &s.cpu)
	}
	if f.work.io != nil {
		f.work.io.Fill(f.io[:n], &s.io)
	}
	if f.work.bytes != nil {
		f.work.bytes.Fill(f.bytes[:n], &s.bytes)
	}
}

// request looks up the hops of request k and touches its lane.
func (f *rows) request(k int) {
	k &= rowsAhead - 1
	word := f.words[k]
	_, worker, cw := f.g.worker(f.place[k], word)
	o := &f.objects[f.id[k]]
	wd, dc := f.g.rtt[int(worker)*f.g.pops+int(o.do)], o.hop
	f.cw[k], f.wd[k], f.dc[k] = f.g.jittered(word, cw, wd, dc)
	f.service[k] = f.cpu[k] + f.io[k]
	l := &f.lanes[o.inst]
	l.LastFinish = max(l.LastFinish, f.at[k]+sim.Time(f.service[k]))
	l.Served++
}

// record makes the histogram updates of n requests.
func (f *rows) record(n int) {
	if !f.g.none {
		stats.RecordAll(&f.hops[0], f.cw[:n])
		stats.RecordAll(&f.hops[1], f.wd[:n])
		stats.RecordAll(&f.hops[2], f.dc[:n])
		stats.RecordAll(&f.served, f.service[:n])
	}
	for k := range n {
		latency := f.service[k] + int64(f.cw[k]) + int64(f.wd[k]) + int64(f.dc[k])
		f.latency[f.g.hubs[f.place[k]].region].Record(latency)
		f.egress.Add(uint64(f.bytes[k]))
		f.sum += uint64(latency)
	}
}
