package edge

import (
	"fmt"
	"math/big"

	"berth/models/billing"
	"berth/models/instance"
	"berth/models/result"
	"berth/models/routing"
	"berth/sim"
	"berth/sim/rng"
)

// refSum is a count with a sum.
type refSum struct {
	n   int64
	sum int64
}

func (s *refSum) add(t sim.Time) {
	s.n++
	s.sum += int64(t)
}

// refApp is one app with everything that is tallied of it.
type refApp struct {
	m      *app
	index  int32
	ids    []*refID
	number uint64
	named  map[string]*refID
	active int
	slots  int

	prepared       []int32
	refills        uint64
	have, haveNext []sim.Time
	rollPct        int
	rollSalt       uint64
	version        int32
	readyIn        []int32
	queued         int64

	poolDO   int16
	idle     routing.Set
	numbers  routing.Numbers
	pickRNG  rng.Stream
	queue    []*refRequest
	setups   []*refInstance
	upN      int
	serial   uint64
	startedN []uint64

	warm       []*refInstance
	warmUp     int
	warmNumber int32
	warmDue    bool
	minimumDue bool
	lastWork   int64

	requests, retries, served, cold, sessions, starts, failedStarts, warmClaims, prewarms, pulls, cacheHits, wakes, touches int64
	failed                                                                                                                  [result.NumCauses]int64
	stops                                                                                                                   [result.NumStops]int64
	latency, coldLatency, warmLatency, startTime, distance, runLength, messages, backlog                                    refSum
	parts                                                                                                                   [result.NumParts]refSum
	state                                                                                                                   [result.NumStates]sim.Time
	sleeping                                                                                                                sim.Time
	work, workLeft                                                                                                          int64
	memTime                                                                                                                 big.Int
	inFlightTime, queueTime                                                                                                 sim.Time
	regionReady, regionUsed                                                                                                 int64
	messagesIn, messagesLost, maxBacklog, maxDORate, maxInFlight, maxInstances                                              int64
	workerRequests, doRequests, mostMemory, provided                                                                        int64
	used                                                                                                                    []refMetered // by region of the container
	upTime                                                                                                                  map[int]sim.Time
	upSince                                                                                                                 sim.Time
	regions                                                                                                                 []refRegion
}

// refMetered is what the bill reads of one region.
type refMetered struct {
	startWork, idleWork, billedMs, awake, alarms int64
	egress                                       [billing.NumEgress]int64
}

type refRegion struct{ requests, served, failed, cold, latency, network, egress int64 }

func (r *reference) newApp(i int) *refApp {
	m := &r.m.apps[i]
	a := &refApp{m: m, index: int32(i), poolDO: -1, readyIn: make([]int32, len(r.m.regions)), upTime: map[int]sim.Time{}, named: map[string]*refID{},
		regions: make([]refRegion, len(r.m.regions)), used: make([]refMetered, len(r.m.regions))}
	if m.prepared != nil {
		a.prepared = append([]int32{}, m.prepared...)
	}
	if m.have != nil {
		a.have = append([]sim.Time{}, m.have...)
	}
	if m.route == routePool {
		a.idle = m.pick.New()
		a.pickRNG = rng.Derive(r.seed, uint64(i), pPick)
		if p, ok := r.m.World.Index(m.cfg.Route.At); ok && m.cfg.Route.At != "" {
			a.poolDO = int16(p)
		}
	}
	for id := range m.fixedIDs {
		r.newID(a, rng.Hash(uint64(i), uint64(id)+1, pKey), true)
	}
	a.active = m.fixedIDs
	if m.route == routeAutoscale {
		a.active = max(1, m.cfg.Route.MinN, len(m.minRegions))
	}
	return a
}

func (r *reference) tally(n *int64) {
	if r.now >= r.warmup {
		*n++
	}
}

func (r *reference) countSent(q *refRequest) {
	a := q.app
	if q.kind == instance.KindTouch {
		a.touches++
		return
	}
	q.counted = r.now >= r.warmup
	if !q.counted {
		return
	}
	a.workerRequests++
	switch {
	case q.kind == instance.KindBatch:
	case q.tries > 0:
		a.retries++
	default:
		a.requests++
		a.regions[q.region].requests++
	}
}

// countRegion looks whether the client's region holds a ready instance that the
// request can use.
func (r *reference) countRegion(q *refRequest) {
	if !q.counted {
		return
	}
	a := q.app
	a.doRequests++
	if a.readyIn[q.region] == 0 || q.kind != instance.KindRequest {
		return
	}
	a.regionReady++
	if q.id != nil && q.id.in != nil && q.id.in.state == instance.Ready && r.m.popRegion[q.id.in.pop] == q.region {
		a.regionUsed++
	}
}

func (q *refRequest) logged() loggedByKey {
	l := loggedByKey{LoggedRequest: LoggedRequest{App: int(q.app.index), Entry: q.entry.index, Sent: q.sent, Place: q.place, Worker: q.wpop,
		DO: q.app.poolDO, Container: -1, Cold: q.cold, Retry: q.tries}}
	if q.id != nil {
		l.DO, l.Key = q.id.do, q.id.key
	}
	return l
}

// fail ends a request that failed at a time: its client tries again if it may.
func (r *reference) fail(q *refRequest, cause result.Cause, at sim.Time) {
	r.last = max(r.last, at)
	q.done, q.inside, q.in = true, false, nil
	if !q.timedOut {
		r.countFailed(q, cause)
	}
	heard := max(at, r.now) + home(q.cw) + home(q.wd)
	if !q.timedOut && r.mayRetry(q) {
		r.retry(q, heard)
		return
	}
	if q.session == nil {
		return
	}
	if q.kind == instance.KindBatch {
		r.batchFailed(q.session, cause)
	}
	r.answered(q, heard)
}

func (r *reference) countFailed(q *refRequest, cause result.Cause) {
	if !q.counted || !q.fromClient() {
		return
	}
	a := q.app
	a.failed[cause]++
	a.regions[q.region].failed++
	l := q.logged()
	l.Failed, l.Cause, l.Cold = true, cause, false
	r.log = append(r.log, l)
}

func (r *reference) mayRetry(q *refRequest) bool { return q.tries < q.app.m.retries && q.fromClient() }

// retry sends a request again after the client's back-off.
func (r *reference) retry(q *refRequest, heard sim.Time) {
	again := *q
	again.tries++
	again.in, again.inside, again.handed = nil, false, nil
	again.cold, again.done, again.timedOut = false, false, false
	again.got, again.beforeWarmup, again.number = 0, 0, 0
	if b := q.app.m.backoff; b != nil {
		name := uint64(q.seq)
		if q.entry.en.solo {
			name = uint64(rng.FamilyOf(q.session.key, q.session.k))
		}
		s := rng.Derive(r.seed, name, uint64(again.tries), pBackoff)
		heard += sim.Time(b.Int64(&s))
	}
	r.push(heard, refArrival, func() { r.send(&again) })
}

// timeout is the end of a client's patience: the request goes on without it.
func (r *reference) timeout(q *refRequest) {
	if q.in != nil {
		r.settle(q.in)
	}
	if q.done || q.timedOut {
		return
	}
	r.giveUp(q)
	q.timedOut, q.session = true, nil
}

func (r *reference) giveUp(q *refRequest) {
	gaveUp := q.sent + q.app.m.cfg.Client.Timeout
	r.countFailed(q, result.FailTimeout)
	if r.mayRetry(q) {
		r.retry(q, max(gaveUp, r.now))
	} else if q.session != nil {
		r.answered(q, gaveUp)
	}
}

// served is a request that left its instance in good order.
func (r *reference) served(in *refInstance, q *refRequest) {
	a := q.app
	r.last = max(r.last, r.now)
	q.done = true
	a.workLeft += q.cpu
	if r.now >= r.warmup {
		a.work += q.cpu - q.beforeWarmup
		r.egress(in, q)
	}
	answered := r.now + home(q.cw) + home(q.wd) + home(q.dc)
	latency := answered - q.sent
	if q.timedOut {
		return
	}
	if t := a.m.cfg.Client.Timeout; t > 0 && latency > t && q.fromClient() {
		r.giveUp(q)
		return
	}
	if q.counted && q.fromClient() {
		r.tallyServed(in, q, latency)
	}
	if q.session == nil {
		return
	}
	if q.kind == instance.KindBatch {
		r.batchDone(q.session)
	}
	r.answered(q, answered)
}

func (r *reference) tallyServed(in *refInstance, q *refRequest, latency sim.Time) {
	a := q.app
	reg := &a.regions[q.region]
	wait := q.began - q.reach
	if a.m.route == routePool {
		wait = q.began - (q.atDO + q.startWait + out(q.dc))
	}
	parts := [result.NumParts]sim.Time{sim.Time(q.cw), sim.Time(q.wd), sim.Time(q.dc), q.startWait, wait, r.now - q.began}
	a.served++
	a.latency.add(latency)
	for p, v := range parts {
		a.parts[p].add(v)
	}
	reg.served++
	reg.latency += int64(latency)
	reg.network += int64(q.cw) + int64(q.wd) + int64(q.dc)
	if q.cold {
		a.cold++
		reg.cold++
		a.coldLatency.add(latency)
	} else {
		a.warmLatency.add(latency)
	}
	stay := r.now - q.reach
	a.inFlightTime += stay
	a.queueTime += max(0, wait)
	a.memTime.Add(&a.memTime, new(big.Int).Mul(big.NewInt(q.mem), big.NewInt(int64(stay))))
	measured := q.seq < distanceAll || q.seq%distanceEvery == 0
	if q.entry.en.solo {
		measured = q.session.number <= distanceSessions || q.session.number%distanceEvery == 0
	}
	if measured {
		a.distance.add(sim.Time(r.m.metres(q.place, in.pop)))
	}
	l := q.logged()
	l.Latency, l.Parts, l.Container, l.Bytes = latency, parts, in.pop, q.bytes
	r.log = append(r.log, l)
	if sum := parts[0] + parts[1] + parts[2] + parts[3] + parts[4] + parts[5]; sum != latency {
		panic(fmt.Sprintf("parts %v of a latency of %v", parts, latency))
	}
}

func (r *reference) egress(in *refInstance, q *refRequest) {
	a := q.app
	if q.bytes <= 0 {
		return
	}
	n := q.bytes
	if s := a.m.cfg.Meter.EgressShare; s < 1 {
		n = int64(float64(n) * s)
	}
	to := r.m.popEgress[in.pop]
	if a.m.cfg.Meter.EgressByClient && q.place >= 0 {
		to = r.m.places[q.place].egress
	}
	a.used[r.m.popRegion[in.pop]].egress[to] += n
	a.regions[q.region].egress += n
}

func (r *reference) takeSlot(in *refInstance) {
	in.holdsSlot, in.metered, in.busy, in.most, in.mostMemory = true, false, 0, 0, 0
	t := &in.app.m.cfg.Type
	r.upChange(in.app, 1)
	r.up++
	r.vcpu, r.memory, r.disk = r.vcpu+t.VCPU1024, r.memory+t.MemoryMiB, r.disk+t.DiskMB
	o := &r.account
	o.MaxVCPU1024, o.MaxMemoryMiB, o.MaxDiskMB = max(o.MaxVCPU1024, r.vcpu), max(o.MaxMemoryMiB, r.memory), max(o.MaxDiskMB, r.disk)
	o.Instances = max(o.Instances, r.up)
}

func (r *reference) giveSlot(in *refInstance) {
	if !in.holdsSlot {
		return
	}
	in.holdsSlot = false
	t := &in.app.m.cfg.Type
	r.upChange(in.app, -1)
	r.up--
	r.vcpu, r.memory, r.disk = r.vcpu-t.VCPU1024, r.memory-t.MemoryMiB, r.disk-t.DiskMB
}

func (r *reference) upChange(a *refApp, delta int) {
	a.upTime[a.slots] += r.measuredSpan(a.upSince, r.now)
	a.upSince = r.now
	a.slots += delta
	if r.now >= r.warmup {
		a.maxInstances = max(a.maxInstances, int64(a.slots))
	}
}

func (r *reference) closeRun(in *refInstance, why result.StopCause) {
	r.last = max(r.last, r.now)
	in.stopWhy = why
	r.meterRun(in, r.now)
	r.giveSlot(in)
	r.freePlace(in)
	r.tally(&in.app.stops[why])
}

// meterRun bills the run of an instance that ends at end.
func (r *reference) meterRun(in *refInstance, end sim.Time) {
	if in.metered {
		return
	}
	in.metered = true
	a := in.app
	m := &a.m.cfg.Meter
	wasReady := in.state == instance.Ready || in.state == instance.Draining
	if in.stopWhy == result.StopFailedStart && !m.FailedStarts {
		return
	}
	readyAt, idleEnd := end, end
	busy := in.busy
	if wasReady {
		readyAt = min(in.readyAt, end) // a draining run ends with its last request
		if in.state == instance.Draining {
			idleEnd = in.since
			a.state[result.Draining] += r.measuredSpan(in.since, end)
		}
		if in.inFlight() > 0 {
			busy += r.measuredSpan(in.busySince, idleEnd)
		}
		a.state[result.Idle] += r.measuredSpan(readyAt, idleEnd) - busy
	}
	starting := r.measuredSpan(in.placed, readyAt)
	if !in.wakened() {
		a.state[result.Starting] += starting
	}
	from, initFrom := in.placed, in.readyAt-in.initTime
	if m.BilledFromVM {
		from = max(from, min(initFrom, end))
	}
	ns := r.measuredSpan(from, end)
	if ns == 0 {
		return
	}
	a.provided += int64(ns)
	u := &a.used[r.m.popRegion[in.pop]]
	a.mostMemory = max(a.mostMemory, a.m.spec.MemBase+in.mostMemory)
	u.billedMs += divideUp(int64(ns), 10_000_000) * 10
	a.runLength.add(end - from)
	a.maxInFlight = max(a.maxInFlight, in.most)
	cpu := a.m.cfg.Type.VCPU1024
	if !m.StartCPUFull {
		cpu = int64(m.StartCPU * 1024)
	}
	u.startWork += cpu * int64(r.measuredSpan(max(from, initFrom), min(in.readyAt, end)))
	u.idleWork += int64((m.IdleCPU+m.OverheadCPU)*1024) * int64(ns)
	switch {
	case m.NoDO:
	case m.ClassAPI:
		u.awake += int64(ns)
		if m.AlarmEvery > 0 {
			u.alarms += divideUp(int64(ns), int64(m.AlarmEvery))
		}
	default:
		u.awake += int64(busy + starting)
	}
}

// wakened says whether a start that was not finished was a wake.
func (in *refInstance) wakened() bool { return in.state == instance.Starting && in.wakes }

// warmedUp begins the measured time: work done so far does not count.
func (r *reference) warmedUp() {
	for _, in := range r.slots {
		if in == nil {
			continue
		}
		for _, list := range [][]*refRequest{in.computing, in.inIO, in.waiting} {
			for _, q := range list {
				q.beforeWarmup = r.workDone(in, q)
			}
		}
	}
	for _, a := range r.apps {
		r.upChange(a, 0)
	}
}

// finish closes the books: open runs are cut.
func (r *reference) finish() {
	for _, in := range r.slots {
		if in == nil || in.state == instance.Placing {
			continue
		}
		a := in.app
		if in.state == instance.Suspended {
			a.sleeping += r.measuredSpan(in.since, r.now)
			continue
		}
		for _, list := range [][]*refRequest{in.computing, in.inIO, in.waiting} {
			for _, q := range list {
				a.work += r.workDone(in, q) - q.beforeWarmup
			}
		}
		if in.inFlight() > 0 {
			r.closeBusy(in)
			in.busySince = r.now
		}
		in.stopWhy = result.StopHorizon
		r.meterRun(in, r.now)
		r.tally(&a.stops[result.StopHorizon])
	}
	for _, a := range r.apps {
		r.upChange(a, 0)
	}
}
