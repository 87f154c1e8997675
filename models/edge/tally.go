package edge

import (
	"berth/models/geo"
	"berth/models/instance"
	"berth/models/result"
	"berth/sim"
	"berth/sim/stats"
)

// laneTally collects the requests that leave the lanes of an app. Sums are kept
// here in 64 bits beside each other and added to the totals now and then; what
// goes into histograms stands in short columns, each of which is recorded in a
// loop of its own. What can be had from other totals is made at the end of the run.
type laneTally struct {
	e       *engine
	a       *appState
	step    instance.Rate // of the time series
	stepLen sim.Time

	n                 int              // requests since the last sumUp
	service           [leftAhead]int64 // with a network, as the hops
	cw, wd, dc        [leftAhead]int32
	cold              int              // requests that waited for a start since the last sumUp
	start             [leftAhead]int64 // of those
	coldService       [leftAhead]int64 // without a network
	asked             int              // of metres
	metres            [2 * leftAhead]measured
	noHops            uint64 // requests without a network
	waiting           uint64 // requests whose 64-bit sums are not in the totals yet
	large             uint64 // bits of their work and bytes
	network, ownBytes bool
	pops              []popTally                  // by PoP of the container
	clients           [geo.NumRegions]clientTally // by region of the client
	steps             []stepTally                 // of the time series
	parts             [coarseBuckets]partTally
	spread            stats.Sum128 // ns of busy periods that end in a later step
	total             stats.Histogram
	coldTotal         stats.Histogram
}

const leftAhead = 64

// popTally sums work in 1/1024 vCPU-ns and bytes.
type popTally struct{ work, bytes uint64 }

// clientTally is what the clients of a region saw.
type clientTally struct {
	network    uint64 // ns
	bytes      int64
	warm, cold column // latencies of those that did not wait for a start, and that did
}

// stepTally is a step of the time series.
type stepTally struct{ served, cold, latency, inFlight, busy int64 }

// partTally sums the parts of the latencies of a bucket, ns.
type partTally struct{ service, cw, wd, dc, start int64 }

// measured is a request whose distance is to be looked up.
type measured struct {
	place  int32
	pop    int16
	region uint8
}

func (e *engine) newTally(a *appState) {
	c := &a.m.cfg.Meter
	a.tally = &laneTally{e: e, a: a, step: instance.NewRate(int64(a.step)), stepLen: a.step,
		network: !e.m.cfg.Network.None, ownBytes: c.EgressShare < 1 || c.EgressByClient,
		pops: make([]popTally, e.m.pops), steps: make([]stepTally, len(a.series.Served))}
}

// put takes down a guest that has left its instance, and the busy period that
// began with its arrival, if one did. Whatever is rare comes last, so that nothing
// is called before.
func (t *laneTally) put(l *instance.Lane, g *instance.Guest, arrive, finish, busyFrom, busyTo sim.Time) {
	stay, hops := int64(finish-arrive), int64(0)
	if t.network {
		hops = int64(g.Network())
	}
	start := int64(0)
	if g.Cold {
		start = int64(l.StartWait(g))
	}
	latency := stay + hops + start
	p, c := &t.parts[coarse(sim.Time(latency))], &t.clients[g.Region]
	p.service += stay
	k := t.n & (leftAhead - 1)
	t.n++
	if t.network {
		t.service[k], t.cw[k], t.wd[k], t.dc[k] = stay, g.CW, g.WD, g.DC
		p.cw += int64(g.CW)
		p.wd += int64(g.WD)
		p.dc += int64(g.DC)
		c.network += uint64(hops)
	}
	at := &t.pops[l.Pop]
	at.work += uint64(g.CPU)
	t.large |= uint64(g.CPU | g.Bytes)
	if !t.ownBytes {
		at.bytes += uint64(g.Bytes)
		c.bytes += g.Bytes
	}
	l.LastFinish = max(l.LastFinish, finish)
	l.Busy += busyTo - busyFrom
	l.Served++
	s, late := t.putStep(g.Sent, arrive, busyTo, latency, stay)
	if g.Seq < distanceAll || g.Seq%distanceEvery == 0 {
		t.metres[t.asked&(2*leftAhead-1)] = measured{int32(g.Place), l.Pop, g.Region}
		t.asked++
	}
	if g.Cold {
		k := t.cold & (leftAhead - 1)
		t.cold++
		t.start[k], t.coldService[k] = start, stay
		p.start += start
		s.cold++
		c.cold.put(latency)
	} else {
		c.warm.put(latency)
	}
	if late || t.ownBytes {
		t.putRest(l, g, arrive, busyTo, stay, late)
	}
}

// putRest takes down what put leaves out of some requests.
func (t *laneTally) putRest(l *instance.Lane, g *instance.Guest, arrive, busyTo sim.Time, stay int64, late bool) {
	if late {
		t.putLate(arrive, busyTo, stay)
	}
	if t.ownBytes {
		t.putBytes(l, g)
	}
}

// putStep adds a request to the series over time; a busy period begins with its
// arrival if busyTo is later. It says whether it arrives or leaves in a later step
// than that in which it was sent: then the rest is up to putLate.
func (t *laneTally) putStep(sent, arrive, busyTo sim.Time, latency, stay int64) (s *stepTally, late bool) {
	b := min(int(t.step.Floor(int64(sent))), len(t.steps)-1)
	s = &t.steps[b]
	s.served++
	s.latency += latency
	end := sim.Time(b+1) * t.stepLen
	if arrive >= end || busyTo > end {
		return s, true
	}
	s.inFlight += stay
	s.busy += int64(max(busyTo-arrive, 0))
	return s, false
}

// putLate adds a request that arrives, or whose busy period ends, in a later step
// than that in which it was sent.
func (t *laneTally) putLate(arrive, busyTo sim.Time, stay int64) {
	b := min(int(t.step.Floor(int64(arrive))), len(t.steps)-1)
	t.steps[b].inFlight += stay
	if busyTo > arrive {
		t.spread.Add(uint64(busyTo - arrive))
		t.e.spread(t.a, &t.a.busyIn, arrive, busyTo)
	}
}

// putBytes counts the bytes of a request where not all of them count at the PoP.
func (t *laneTally) putBytes(l *instance.Lane, g *instance.Guest) {
	m, c := t.e.m, &t.a.m.cfg.Meter
	b, pool := uint64(g.Bytes), m.popEgress[l.Pop]
	if c.EgressShare < 1 {
		b = uint64(float64(b) * c.EgressShare)
	}
	if c.EgressByClient {
		pool = m.places[g.Place].egress
	}
	t.a.used[m.popRegion[l.Pop]].egress[pool].Add(b)
	t.clients[g.Region].bytes += int64(b)
}

// putLone takes down the only guest of a lane, who has left, and lets it go.
func (t *laneTally) putLone(l *instance.Lane) {
	arrive := l.Arrive(&l.First)
	t.put(l, &l.First, arrive, l.Due, arrive, l.Due)
	l.MaxIn = max(l.MaxIn, 1)
	l.Guests = 0
}

// sumUp records the columns, which have no room for more.
func (t *laneTally) sumUp() {
	parts := &t.a.out.Parts
	if t.network {
		stats.RecordAll(&parts[result.PartService], t.service[:t.n])
		stats.RecordAll(&parts[result.PartClientWorker], t.cw[:t.n])
		stats.RecordAll(&parts[result.PartWorkerDO], t.wd[:t.n])
		stats.RecordAll(&parts[result.PartDOContainer], t.dc[:t.n])
	} else { // the service is the latency but for starts
		stats.RecordAll(&parts[result.PartService], t.coldService[:t.cold])
		t.noHops += uint64(t.n)
	}
	stats.RecordAll(&parts[result.PartStart], t.start[:t.cold])
	t.cold = 0
	for r := range t.clients {
		if c := &t.clients[r]; c.warm.n >= leftAhead || c.cold.n >= leftAhead {
			c.warm.record()
			c.cold.record()
		}
	}
	t.waiting += uint64(t.n)
	t.n = 0
	if t.waiting > 1<<20 || t.large >= 1<<40 {
		t.addSums()
	}
	if t.asked >= leftAhead {
		t.sumDistances()
	}
}

// addSums adds the sums of 64 bits that might overflow to those of 128.
func (t *laneTally) addSums() {
	m, a := t.e.m, t.a
	for pop := range t.pops {
		p, u := &t.pops[pop], &a.used[m.popRegion[pop]]
		u.work.Add(p.work)
		u.egress[m.popEgress[pop]].Add(p.bytes)
		*p = popTally{}
	}
	for r := range t.clients {
		c := &t.clients[r]
		a.regions[r].NetworkNs.Add(c.network)
		a.regions[r].EgressBytes += c.bytes
		c.network, c.bytes = 0, 0
	}
	t.waiting, t.large = 0, 0
}

// sumDistances looks the distances up: first all of them, since each is a random
// look into a large table, then adds them.
func (t *laneTally) sumDistances() {
	a, asked := t.a, t.metres[:t.asked]
	var metres [2 * leftAhead]int64
	for k, m := range asked {
		metres[k] = t.e.m.metres(m.place, m.pop)
	}
	stats.RecordAll(&a.out.Distance, metres[:len(asked)])
	for k, m := range asked {
		d := metres[k]
		asked := &a.asked[m.place]
		asked.n++
		asked.metres += d
		r := &a.regions[m.region]
		r.DistanceKm.Add(uint64(d))
		r.Measured++
	}
	t.asked = 0
}

// closeTally makes the totals that follow from others.
func (e *engine) closeTally(a *appState) {
	t, o := a.tally, a.out
	if t == nil {
		return
	}
	t.sumUp()
	t.sumDistances()
	t.addSums()
	for r := range t.clients {
		c, reg := &t.clients[r], &a.regions[r]
		c.warm.record()
		c.cold.record()
		t.total.Merge(&c.warm.before)
		t.coldTotal.Merge(&c.cold.before)
		reg.Latency.Merge(&c.warm.before)
		reg.Latency.Merge(&c.cold.before)
		reg.Cold += int64(c.cold.before.Count())
		reg.Served += int64(c.warm.before.Count() + c.cold.before.Count())
	}
	warm, cold := t.total.Count(), t.coldTotal.Count()
	o.Cold += int64(cold)
	o.Served += int64(warm + cold)
	o.Good += int64(warm + cold)
	o.Latency.Merge(&t.total)
	o.Latency.Merge(&t.coldTotal)
	o.WarmLatency.Merge(&t.total)
	o.ColdLatency.Merge(&t.coldTotal)
	if !t.network {
		o.Parts[result.PartService].Merge(&t.total)
	}
	o.Parts[result.PartClientWorker].RecordN(0, t.noHops)
	o.Parts[result.PartWorkerDO].RecordN(0, t.noHops)
	o.Parts[result.PartDOContainer].RecordN(0, t.noHops)
	a.noStart += warm
	a.noQueue += warm + cold
	count := func(lo, _ int64, n uint64) { o.PartsBy[coarse(sim.Time(lo))].Count += int64(n) }
	t.total.ForEachBucket(count)
	t.coldTotal.ForEachBucket(count)
	for b := range t.parts {
		p, s := &t.parts[b], &o.PartsBy[b].Sum
		s[result.PartService] += p.service
		s[result.PartClientWorker] += p.cw
		s[result.PartWorkerDO] += p.wd
		s[result.PartDOContainer] += p.dc
		s[result.PartStart] += p.start
	}
	t.closeSteps()
	a.tally = nil
}

// closeSteps adds up the series over time.
func (t *laneTally) closeSteps() {
	s, o := &t.a.out.Series, t.a.out
	busy := &o.StateTime[result.Busy]
	busy.AddSum(t.spread)
	for b := range t.steps {
		step := &t.steps[b]
		s.Served[b] += step.served
		s.Cold[b] += step.cold
		s.LatencySum[b] += step.latency
		s.InFlight[b] += step.inFlight
		s.Busy[b] += step.busy
		busy.Add(uint64(step.busy))
		o.InFlightTime.Add(uint64(step.inFlight))
	}
}
