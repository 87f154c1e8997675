package edge

import (
	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
	"berth/sim/stats"
)

// laneTally collects the requests that pass through the lanes of an app: in
// short columns, so that each total is made in a loop of its own with its sums in
// registers. What can be had from other totals is made at the end of the run.
type laneTally struct {
	step instance.Rate // of the time series

	// Requests that have left.
	n                int
	latency, service [leftAhead]int64
	cw, wd, dc       [leftAhead]int32
	sent, arrive     [leftAhead]sim.Time
	busyTo           [leftAhead]sim.Time // end of the busy period that begins with the arrival; 0 = none
	start            [leftAhead]sim.Time // waited for a start, of the cold
	cold             [leftAhead]uint8    // 1 for those that waited for a start
	cpu, bytes       [leftAhead]int64
	region           [leftAhead]uint8
	pop              [leftAhead]int16
	place            [leftAhead]uint16
	metres           []measured
	noHops           uint64 // requests without any time in the network

	latencyIn []stats.Histogram // by region of the client
	total     stats.Histogram
}

const leftAhead = 64

// measured is a request whose distance is to be looked up.
type measured struct {
	place  int32
	pop    int16
	region uint8
}

func (e *engine) newTally(a *appState) {
	a.tally = &laneTally{step: instance.NewRate(int64(a.step)), latencyIn: make([]stats.Histogram, len(a.regions))}
	a.tally.metres = make([]measured, 0, 2*leftAhead)
}

// put takes down a guest that has left its instance, and the busy period that
// began with its arrival, if one did.
func (t *laneTally) put(l *instance.Lane, g *instance.Guest, arrive, finish, busyFrom, busyTo sim.Time) {
	k := t.n & (leftAhead - 1)
	service, start := finish-arrive, sim.Time(0)
	t.cold[k] = 0
	if g.Cold {
		start = l.StartWait(g)
		t.cold[k], t.start[k] = 1, start
	}
	t.service[k] = int64(service)
	t.latency[k] = int64(service + start + g.Network())
	t.cw[k], t.wd[k], t.dc[k] = g.CW, g.WD, g.DC
	t.sent[k], t.arrive[k], t.busyTo[k] = g.Sent, arrive, busyTo
	t.cpu[k], t.bytes[k] = g.CPU, g.Bytes
	t.region[k], t.pop[k], t.place[k] = g.Region, l.Pop, g.Place
	t.n++
	if g.Seq < distanceAll || g.Seq%distanceEvery == 0 {
		t.metres = append(t.metres, measured{int32(g.Place), l.Pop, g.Region})
	}
	l.LastFinish = max(l.LastFinish, finish)
	l.Busy += busyTo - busyFrom
	l.Served++
}

// putLone takes down the only guest of a lane, who has left, and lets it go.
func (t *laneTally) putLone(l *instance.Lane) {
	arrive := l.Arrive(&l.First)
	t.put(l, &l.First, arrive, l.Due, arrive, l.Due)
	l.MaxIn = max(l.MaxIn, 1)
	l.Guests = 0
}

// sumUp adds what the columns hold to the totals.
func (e *engine) sumUp(a *appState) {
	t, n := a.tally, a.tally.n
	if n == 0 {
		return
	}
	t.n = 0
	e.sumWork(a, n)
	if !e.m.cfg.Network.None { // else it is the latency but for starts
		stats.RecordAll(&a.out.Parts[result.PartService], t.service[:n])
	}
	e.sumLatency(a, n)
	hops := int32(0)
	for k := range n {
		hops |= t.cw[k] | t.wd[k] | t.dc[k]
	}
	if hops != 0 {
		e.sumHops(a, n)
	} else {
		t.noHops += uint64(n)
	}
	e.sumSeries(a, n)
	if len(t.metres) > leftAhead/2 {
		e.sumDistances(a)
	}
}

// sumLatency records the latency by region and by what it is made of.
func (e *engine) sumLatency(a *appState, n int) {
	t := a.tally
	mixed := uint8(0) // other regions than the first, or a cold one
	for k := range n {
		mixed |= t.region[k] ^ t.region[0] | t.cold[k]
		a.out.PartsBy[coarse(sim.Time(t.latency[k]))].Sum[result.PartService] += t.service[k]
	}
	if mixed == 0 {
		stats.RecordAll(&t.latencyIn[t.region[0]], t.latency[:n])
		return
	}
	for k := range n {
		if t.cold[k] != 0 {
			e.sumCold(a, k)
		} else {
			t.latencyIn[t.region[k]].Record(t.latency[k])
		}
	}
}

// sumHops records the time in the network.
func (e *engine) sumHops(a *appState, n int) {
	t, parts := a.tally, &a.out.Parts
	stats.RecordAll(&parts[result.PartClientWorker], t.cw[:n])
	stats.RecordAll(&parts[result.PartWorkerDO], t.wd[:n])
	stats.RecordAll(&parts[result.PartDOContainer], t.dc[:n])
	for k := range n {
		cw, wd, dc := int64(t.cw[k]), int64(t.wd[k]), int64(t.dc[k])
		s := &a.out.PartsBy[coarse(sim.Time(t.latency[k]))].Sum
		s[result.PartClientWorker] += cw
		s[result.PartWorkerDO] += wd
		s[result.PartDOContainer] += dc
		a.regions[t.region[k]].NetworkNs.Add(uint64(cw + wd + dc))
	}
}

// sumDistances looks the distances up: first all of them, since each is a random
// look into a large table, then adds them.
func (e *engine) sumDistances(a *appState) {
	t := a.tally
	var metres [2 * leftAhead]int64
	for k, m := range t.metres {
		metres[k] = e.m.metres(m.place, m.pop)
	}
	for k, m := range t.metres {
		d := metres[k]
		a.out.Distance.Record(d)
		asked := &a.asked[m.place]
		asked.n++
		asked.metres += d
		r := &a.regions[m.region]
		r.DistanceKm.Add(uint64(d))
		r.Measured++
	}
	t.metres = t.metres[:0]
}

// sumCold adds the request in row k, which waited for a start, to the totals that
// keep those apart.
func (e *engine) sumCold(a *appState, k int) {
	t, o, reg := a.tally, a.out, &a.regions[a.tally.region[k]]
	latency, start := t.latency[k], int64(t.start[k])
	o.Served++
	o.Good++
	o.Cold++
	o.Latency.Record(latency)
	o.ColdLatency.Record(latency)
	if e.m.cfg.Network.None {
		o.Parts[result.PartService].Record(t.service[k])
	}
	reg.Served++
	reg.Cold++
	reg.Latency.Record(latency)
	p := &o.PartsBy[coarse(sim.Time(latency))]
	p.Count++
	p.Sum[result.PartStart] += start
	a.noQueue++
	if start == 0 {
		a.noStart++
	} else {
		o.Parts[result.PartStart].Record(start)
	}
	a.series.Cold[a.bucket(t.sent[k])]++
}

// sumWork adds up the processor's work and the bytes.
func (e *engine) sumWork(a *appState, n int) {
	t, c := a.tally, &a.m.cfg.Meter
	if !a.m.laneBytes {
		for k, w := range t.cpu[:n] {
			a.used[e.m.popRegion[t.pop[k]]].work.Add(uint64(w))
		}
		return
	}
	for k, b := range t.bytes[:n] {
		if c.EgressShare < 1 {
			b = int64(float64(b) * c.EgressShare)
		}
		at := t.pop[k]
		pool := e.m.popEgress[at]
		if c.EgressByClient {
			pool = e.m.places[t.place[k]].egress
		}
		u := &a.used[e.m.popRegion[at]]
		u.work.Add(uint64(t.cpu[k]))
		u.egress[pool].Add(uint64(b))
		a.regions[t.region[k]].EgressBytes += b
	}
}

// sumSeries adds up the series over time.
func (e *engine) sumSeries(a *appState, n int) {
	t, s := a.tally, a.series
	end := len(s.Served) - 1
	busy, stay := uint64(0), uint64(0)
	for k := range n {
		b := min(int(t.step.Floor(int64(t.sent[k]))), end)
		s.Served[b]++
		s.LatencySum[b] += t.latency[k]
		from := t.arrive[k]
		b = min(int(t.step.Floor(int64(from))), end)
		s.InFlight[b] += t.service[k]
		stay += uint64(t.service[k])
		to := t.busyTo[k]
		if to <= from {
			continue
		}
		busy += uint64(to - from)
		if to <= sim.Time(b+1)*a.step || b == end {
			s.Busy[b] += int64(to - from)
		} else {
			e.spread(a, s.Busy, from, to)
		}
	}
	a.out.StateTime[result.Busy].Add(busy)
	a.out.InFlightTime.Add(stay)
}

// closeTally makes the totals that follow from others.
func (e *engine) closeTally(a *appState) {
	t := a.tally
	if t == nil {
		return
	}
	e.sumUp(a)
	e.sumDistances(a)
	o := a.out
	for r := range t.latencyIn {
		h, reg := &t.latencyIn[r], &a.regions[r]
		t.total.Merge(h)
		reg.Latency.Merge(h)
		reg.Served += int64(h.Count())
	}
	served := t.total.Count()
	o.Served += int64(served)
	o.Good += int64(served)
	o.Latency.Merge(&t.total)
	o.WarmLatency.Merge(&t.total)
	if e.m.cfg.Network.None {
		o.Parts[result.PartService].Merge(&t.total)
	}
	o.Parts[result.PartClientWorker].RecordN(0, t.noHops)
	o.Parts[result.PartWorkerDO].RecordN(0, t.noHops)
	o.Parts[result.PartDOContainer].RecordN(0, t.noHops)
	a.noStart += served
	a.noQueue += served
	t.total.ForEachBucket(func(lo, _ int64, count uint64) { o.PartsBy[coarse(sim.Time(lo))].Count += int64(count) })
	a.tally = nil
}
