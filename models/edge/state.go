package edge

import (
	"berth/models/geo"
	"berth/models/instance"
	"berth/models/platform"
	"berth/models/result"
	"berth/sim"
	"berth/sim/stats"
)

// appState is one app of one replication.
type appState struct {
	m     *app
	index int32
	out   *result.AppRun

	ids       []idState
	asks      []askRate // by id; nil without a limit on them
	instOf    []int32   // by id: its instance, or None; apart, for requests to ready instances need nothing else
	freeIDs   []int32
	snapshots []snapshot       // by id, as far as there are any
	number    uint64           // of fresh ids
	active    int              // autoscale: ids in rotation
	named     map[string]int32 // ids that fixed clients name

	poolState
	warmState
	keep *keepState // nil: sleep_after alone

	steadyAt []int16 // by the PoP that placement measures from: 1 + the place chosen, -1 for none, 0 when nobody has asked; see steadiness
	slots    int     // instances that count against max_instances
	prepared []int32 // prepared places by PoP; nil = unlimited
	refills  uint64
	denied   [result.NumCauses]int64
	readyIn  []int32 // ready instances by region; some may be in coming yet
	coming   []coming
	sends    []sends // by region
	queued   int64   // background messages and central queue

	have, haveNext []sim.Time // when each PoP has the image; nil = always
	rollPct        int
	rollSalt       uint64
	grace          sim.Time
	imageVersion   int32
	uploads        int

	tally        *laneTally // of requests that pass through lanes or are simulated ahead; nil without
	disturbances int        // of app.disturbed that have passed

	// Tallies that are not in out.
	startTimes     column
	runLengths     column
	series         *result.Series
	upIn, busyIn   integral // of series
	step           sim.Time
	stepRate       instance.Rate // of the series
	noStart        uint64        // served requests without a wait for a start, or for a slot
	noQueue        uint64
	regions        []result.RegionRun
	startsAt       []int64 // by PoP
	servedAt       []int64
	workerAt       []int64
	upTime         []int64 // ns by instances up
	upSince        sim.Time
	used           [geo.NumRegions]metered // by region of the container
	asked          []placeTally            // by client place, of measured requests
	minusWork      stats.Sum128            // 1/1024 vCPU-ns
	doneWork       int64                   // autoscale: work of the requests that left their instances
	lastWork       int64                   // of it, at the last look
	memTime        stats.Sum128            // byte-ns
	runs           int64
	doRequests     int64
	workerRequests int64
	providedNs     stats.Sum128 // ns up
	deployNs       stats.Sum128 // ns up only because of a rollout
	deployWork     stats.Sum128 // 1/1024 vCPU-ns of it
}

// nextStart is the number of the next start of an instance: of its id's, in a pool
// of the pool's, else of its own.
func (a *appState) nextStart(in *instance.Instance) uint32 {
	switch {
	case in.ID != instance.None:
		return a.ids[in.ID].starts + 1
	case a.m.route == routePool:
		return uint32(a.startedN[in.Num])
	}
	return in.Starts + 1
}

// starts counts a start of an instance.
func (a *appState) starts(in *instance.Instance) uint32 {
	in.Starts = a.nextStart(in)
	if in.ID != instance.None {
		a.ids[in.ID].starts = in.Starts
	}
	return in.Starts
}

// bucket is the step of the time series that holds t.
func (a *appState) bucket(t sim.Time) int {
	return min(int(a.stepRate.Floor(int64(t))), len(a.series.Requests)-1)
}

// integral is a series of integrals of a number of spans over time, ns. A span
// costs the same however many steps it holds: whole tells, for each step, how many
// more spans hold all of it than of the step before.
type integral struct{ sums, whole []int64 }

func newIntegral(sums []int64) integral { return integral{sums, make([]int64, len(sums)+1)} }

// spread adds a span to a series of integrals, clipped to the measured time.
func (e *engine) spread(a *appState, into *integral, from, to sim.Time) {
	from = max(from, e.warmup)
	if from >= to {
		return
	}
	b, c := a.bucket(from), a.bucket(to-1)
	if b == c {
		into.sums[b] += int64(to - from)
		return
	}
	into.sums[b] += int64(sim.Time(b+1)*a.step - from)
	into.sums[c] += int64(to - sim.Time(c)*a.step)
	into.whole[b+1]++
	into.whole[c]--
}

// close adds the whole steps.
func (s *integral) close(step sim.Time) {
	spans := int64(0)
	for b := range s.sums {
		spans += s.whole[b]
		s.sums[b] += spans * int64(step)
	}
}

// clip is the part of a span after warm-up, in ns.
func (e *engine) clip(from, to sim.Time) uint64 {
	from = max(from, e.warmup)
	if to <= from {
		return 0
	}
	return uint64(to - from)
}

// measured says whether the warm-up is over, so that events count.
func (e *engine) measured() bool { return e.now >= e.warmup }

// count tallies an event unless it belongs to the warm-up.
func (e *engine) count(n *int64) {
	if e.measured() {
		*n++
	}
}

func (e *engine) recordStart(a *appState, took sim.Time) {
	if e.now >= e.warmup {
		a.startTimes.add(int64(took))
	}
}

// nowReady keeps the count of ready instances by region.
func (e *engine) nowReady(a *appState, in *instance.Instance, delta int32) {
	region := e.m.popRegion[in.Pop]
	if a.readyIn[region] += delta; a.readyIn[region] == 0 && delta < 0 && a.m.solo {
		e.noneReady(a, region)
	}
}

// busy is told every closed span in which an instance had something inside.
func (e *engine) busy(in *instance.Instance, from, to sim.Time) {
	a := &e.apps[in.App]
	if in.State == instance.Draining {
		to = min(to, in.ConnAt)
	}
	ns := e.clip(from, to)
	if ns == 0 {
		return
	}
	in.BusyIn += sim.Time(ns)
	a.out.StateTime[result.Busy].Add(ns)
	e.spread(a, &a.busyIn, from, to)
}

// takeSlot counts an instance against max_instances and the account.
func (e *engine) takeSlot(a *appState, in *instance.Instance) {
	in.Slot, in.Metered = true, false
	in.BeginRun()
	e.upChange(a, +1)
	e.acct.take(&a.m.cfg.Type, +1)
	e.acct.peak(e.out)
}

func (e *engine) giveSlot(a *appState, in *instance.Instance) {
	if !in.Slot {
		return
	}
	in.Slot = false
	e.upChange(a, -1)
	e.acct.take(&a.m.cfg.Type, -1)
}

func (e *engine) upChange(a *appState, delta int) {
	for len(a.upTime) <= a.slots {
		a.upTime = append(a.upTime, 0)
	}
	a.upTime[a.slots] += int64(e.clip(a.upSince, e.now))
	a.upSince = e.now
	a.slots += delta
	if e.now >= e.warmup {
		a.out.MaxInstances = max(a.out.MaxInstances, int64(a.slots))
	}
	b := a.bucket(e.now)
	a.series.Peak[b] = max(a.series.Peak[b], int64(max(a.slots, a.slots-delta)))
}

// meterRun bills the run of an instance that ends at end: from its start command
// (or from when its VM was up), rounded up once to 10 ms.
func (e *engine) meterRun(a *appState, in *instance.Instance, end sim.Time) {
	if in.Metered {
		return
	}
	in.Metered = true
	m := &a.m.cfg.Meter
	wasReady := in.State == instance.Ready || in.State == instance.Draining
	if !wasReady && !m.FailedStarts && in.StopWhy == uint8(result.StopFailedStart) {
		return
	}
	readyAt := end
	if wasReady {
		readyAt = min(in.ReadyAt, end)
	}
	if !in.Wake {
		a.out.StateTime[result.Starting].Add(e.clip(in.Placed, readyAt))
	}
	open := sim.Time(0)
	if wasReady {
		idleEnd := end
		if in.State == instance.Draining {
			idleEnd = in.ConnAt
			a.out.StateTime[result.Draining].Add(e.clip(in.ConnAt, end))
		}
		if in.InFlight() > 0 {
			open = sim.Time(e.clip(in.BusyFrom(), idleEnd))
		}
		if idle := int64(e.clip(readyAt, idleEnd)) - int64(in.BusyIn) - int64(open); idle > 0 {
			a.out.StateTime[result.Idle].Add(uint64(idle))
		}
	}
	from := in.Placed
	initFrom := in.ReadyAt - in.InitTime
	if m.BilledFromVM {
		from = max(from, min(initFrom, end))
	}
	ns := e.clip(from, end)
	e.spread(a, &a.upIn, from, end)
	if ns == 0 {
		return
	}
	a.meterDeploy(e, in, max(from, e.warmup), readyAt, end)
	a.providedNs.Add(ns)
	ms := (ns + 9_999_999) / 10_000_000 * 10
	u := e.usedAt(a, in)
	a.runs++
	u.runMs.Add(ms)
	a.runLengths.add(int64(end - from))
	a.out.MaxInFlight = max(a.out.MaxInFlight, int64(in.MaxIn))
	a.out.MaxMemoryBytes = max(a.out.MaxMemoryBytes, a.m.spec.MemBase+in.MaxMem())
	cpu := uint64(a.m.cfg.Type.VCPU1024)
	if !m.StartCPUFull {
		cpu = uint64(m.StartCPU * 1024)
	}
	u.startWork.AddMul(cpu, e.clip(max(from, initFrom), min(in.ReadyAt, end)))
	if extra := m.IdleCPU + m.OverheadCPU; extra > 0 {
		u.idleWork.AddMul(uint64(extra*1024), ns)
	}
	switch {
	case m.NoDO:
	case m.ClassAPI:
		u.doAwakeNs.Add(ns)
		if m.AlarmEvery > 0 {
			u.alarms += a.m.alarmRate.Ceil(int64(ns))
		}
	default:
		u.doAwakeNs.Add(uint64(in.BusyIn+open) + e.clip(in.Placed, readyAt))
	}
}

// meterDeploy keeps apart what a run costs only because of a rollout: the drain
// of a replaced instance and the start of the one that takes its place. It
// happens once, however long the month.
func (a *appState) meterDeploy(e *engine, in *instance.Instance, from, readyAt, end sim.Time) {
	if in.StopWhy == uint8(result.StopRollout) && in.State == instance.Draining {
		a.deployNs.Add(e.clip(max(from, in.ConnAt), end))
	}
	if in.Redeploy {
		a.deployNs.Add(e.clip(from, readyAt))
		cpu := uint64(a.m.cfg.Type.VCPU1024)
		if !a.m.cfg.Meter.StartCPUFull {
			cpu = uint64(a.m.cfg.Meter.StartCPU * 1024)
		}
		a.deployWork.AddMul(cpu, e.clip(max(from, in.ReadyAt-in.InitTime), readyAt))
	}
}

// closeRun meters an instance that goes away and frees its place and slot.
func (e *engine) closeRun(i int32, why result.StopCause) {
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	in.StopWhy = uint8(why)
	e.last = max(e.last, e.now)
	e.meterRun(a, in, e.now)
	e.giveSlot(a, in)
	e.freePlace(in)
	if e.now >= e.warmup {
		a.out.Stops[why]++
	}
}

// endSleep closes the span of a suspended instance.
func (e *engine) endSleep(a *appState, in *instance.Instance) {
	a.out.StateTime[result.Sleeping].Add(e.clip(in.Placed, e.now))
}

// egress tallies the bytes of an answer in the pool of its region.
func (a *appState) egress(e *engine, q *instance.Request, in *instance.Instance) {
	if q.Bytes <= 0 {
		return
	}
	b := uint64(q.Bytes)
	if s := a.m.cfg.Meter.EgressShare; s < 1 {
		b = uint64(float64(b) * s)
	}
	r := e.m.popEgress[in.Pop]
	if a.m.cfg.Meter.EgressByClient && q.Place >= 0 {
		r = e.m.places[q.Place].egress
	}
	e.usedAt(a, in).egress[r].Add(b)
	a.regions[q.Region].EgressBytes += int64(b)
}

// accountState is the account's concurrent use.
type accountState struct {
	vcpu1024, memoryMiB, diskMB int64
	instances                   int64
	second                      sim.Time
	startsIn                    int64
	tokens                      float64
	tokensAt                    sim.Time
}

func (s *accountState) take(t *platform.InstanceType, n int64) {
	s.vcpu1024 += n * t.VCPU1024
	s.memoryMiB += n * t.MemoryMiB
	s.diskMB += n * t.DiskMB
	s.instances += n
}

func (s *accountState) peak(out *result.Run) {
	o := &out.Account
	o.MaxVCPU1024 = max(o.MaxVCPU1024, s.vcpu1024)
	o.MaxMemoryMiB = max(o.MaxMemoryMiB, s.memoryMiB)
	o.MaxDiskMB = max(o.MaxDiskMB, s.diskMB)
	o.Instances = max(o.Instances, s.instances)
}

func (s *accountState) fits(l *Account, a *appState) bool {
	t := &a.m.cfg.Type
	return (l.VCPU1024 == 0 || s.vcpu1024+t.VCPU1024 <= l.VCPU1024) &&
		(l.MemoryMiB == 0 || s.memoryMiB+t.MemoryMiB <= l.MemoryMiB) &&
		(l.DiskMB == 0 || s.diskMB+t.DiskMB <= l.DiskMB)
}

// started counts a start in its second.
func (s *accountState) started(e *engine) {
	if sec := e.now / sim.Second; sec != s.second {
		s.second, s.startsIn = sec, 0
	}
	s.startsIn++
	e.out.Account.MaxStartsPerSec = max(e.out.Account.MaxStartsPerSec, s.startsIn)
}

// startRateOK takes a token of the start-rate limit: a bucket of one second's
// worth that fills at the limit.
func (e *engine) startRateOK() bool {
	rate := e.cfg.Account.StartsPerSec
	if rate <= 0 {
		return true
	}
	s := &e.acct
	s.tokens = min(max(1, rate), s.tokens+rate*(e.now-s.tokensAt).Seconds())
	s.tokensAt = e.now
	if s.tokens < 1 {
		return false
	}
	s.tokens--
	return true
}

// nextSeq gives a request its place in the order of sending.
func (e *engine) nextSeq(q *instance.Request) {
	e.sent++
	q.Seq = e.sent
}
