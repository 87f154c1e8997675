package edge

import (
	"math/big"

	"berth/models/billing"
	"berth/models/instance"
	"berth/models/result"
	"berth/sim/stats"
)

// warmedUp begins the measured time: what instances have done so far is taken
// back.
func (e *engine) warmedUp() {
	for i := range e.pool.Insts {
		in := &e.pool.Insts[i]
		if in.State != instance.Ready && in.State != instance.Draining {
			continue
		}
		gen := in.Gen
		e.look(int32(i))
		if in = &e.pool.Insts[i]; in.Gen != gen {
			continue
		}
		a := &e.apps[in.App]
		left, total := e.pool.WorkLeft(int32(i), &a.m.spec, e.now)
		a.minusWork.Add(uint64(total - left))
		in.BusyIn = 0
	}
	for i := range e.apps {
		e.upChange(&e.apps[i], 0)
	}
}

// finish closes the books at the end of a run: open runs are cut there.
func (e *engine) finish() {
	if e.drains {
		e.out.To = max(e.horizon, e.last)
	} else {
		e.out.To = e.horizon
	}
	e.now = e.out.To
	e.out.Events = e.events
	for i := range e.pool.Insts {
		e.cut(int32(i))
	}
	for i := range e.apps {
		e.finishApp(&e.apps[i])
	}
	e.usageByRegion()
}

// cut ends an open run at the horizon; requests inside stay in flight.
func (e *engine) cut(i int32) {
	e.rouse(i)
	in := &e.pool.Insts[i]
	a := &e.apps[in.App]
	switch in.State {
	case instance.Gone, instance.Placing:
		return
	case instance.Suspended:
		e.endSleep(a, in)
		return
	case instance.Ready, instance.Draining:
		gen := in.Gen
		e.look(i)
		if in = &e.pool.Insts[i]; in.Gen != gen {
			return
		}
		left, total := e.pool.WorkLeft(i, &a.m.spec, e.now)
		e.usedAt(a, in).work.Add(uint64(total - left))
		if in.InFlight() > 0 {
			closed := in.BusyIn
			e.busy(in, in.BusyFrom(), e.now)
			in.BusyIn = closed // what was open is counted as such by meterRun
		}
	}
	in.StopWhy = uint8(result.StopHorizon)
	e.meterRun(a, in, e.now)
	if e.now >= e.warmup {
		a.out.Stops[result.StopHorizon]++
	}
}

func (e *engine) finishApp(a *appState) {
	o := a.out
	e.closeTally(a)
	a.startTimes.moveTo(&o.StartTime)
	a.runLengths.moveTo(&o.RunLength)
	e.closeSends(a)
	e.upChange(a, 0)
	a.upIn.close(a.step)
	a.busyIn.close(a.step)
	a.fillPeaks()
	o.Parts[result.PartStart].RecordN(0, a.noStart)
	o.Parts[result.PartQueue].RecordN(0, a.noQueue)
	failed := int64(0)
	for _, n := range o.Failed {
		failed += n
	}
	o.InFlight = o.Requests + o.Retries - o.Served - failed
	o.BusyCPU = a.netWork()
	o.ProvidedCPU = a.times(a.m.cfg.Type.VCPU1024)
	o.GivenMemory = a.times(a.m.cfg.Type.MemoryMiB)
	o.UsedMemory = a.times(a.m.cfg.Work.BaseMemoryMiB)
	mib := new(big.Int).Rsh(a.memTime.BigInt(), 20)
	o.UsedMemory.AddSum(sum128(mib))
	for n, ns := range a.upTime {
		if ns > 0 {
			o.InstanceTime = append(o.InstanceTime, result.TimeAt{N: int64(n), Ns: ns})
		}
	}
	o.StartsByPoP, o.ServedByPoP, o.WorkerByPoP = e.byPoP(a.startsAt), e.byPoP(a.servedAt), e.byPoP(a.workerAt)
	for _, r := range a.regions {
		if r.Requests > 0 {
			o.Regions = append(o.Regions, r)
		}
	}
	for b := range o.PartsBy {
		o.PartsBy[b].Lo, o.PartsBy[b].Hi = coarseBounds(b)
	}
	o.MaxDiskMB = a.m.cfg.Image.UnpackedMB + a.m.cfg.Image.ScratchMB
	e.out.Account.ImageStorageMB += a.m.cfg.Image.CompressedMB + int64(max(0, a.m.cfg.Image.Versions-1+a.uploads))*a.m.cfg.Image.ChangedMB
	e.out.OneOff.Apps = append(e.out.OneOff.Apps, a.deployMeters().Usage(o.Name))
	u := a.metered()
	o.StartCPU = u.startWork
	o.Places = e.placeRuns(a)
	cpu := a.netWork()
	cpu.AddSum(u.startWork)
	cpu.AddSum(u.idleWork)
	e.out.Usage.Apps = append(e.out.Usage.Apps, a.meters(u, cpu.BigInt(), a.workerRequests, a.doRequests).Usage(o.Name))
}

// fillPeaks carries the number up over steps without a change.
func (a *appState) fillPeaks() {
	// Peak was recorded at changes; a step without one had what the step before
	// ended with, which is at most its peak and at least its mean.
	for b, up := range a.series.Up {
		mean := (up + int64(a.step) - 1) / int64(a.step)
		a.series.Peak[b] = max(a.series.Peak[b], mean)
	}
}

func (e *engine) byPoP(counts []int64) map[string]int64 {
	out := map[string]int64{}
	for p, n := range counts {
		if n > 0 {
			out[e.m.World.PoPs[p].IATA] = n
		}
	}
	return out
}

// times is the time up times a size.
func (a *appState) times(size int64) stats.Sum128 {
	return sum128(new(big.Int).Mul(a.providedNs.BigInt(), big.NewInt(size)))
}

func sum128(n *big.Int) stats.Sum128 {
	lo := new(big.Int).And(n, new(big.Int).SetUint64(1<<64-1)).Uint64()
	return stats.Sum128{Hi: new(big.Int).Rsh(n, 64).Uint64(), Lo: lo}
}

// netWork is the CPU work done after warm-up in 1/1024 vCPU-ns.
func (a *appState) netWork() stats.Sum128 {
	n := new(big.Int).Sub(a.metered().work.BigInt(), a.minusWork.BigInt())
	if n.Sign() < 0 {
		n.SetInt64(0)
	}
	return sum128(n)
}

// meters are readings for the bill from what was used, with the active CPU and
// the requests counted at Workers and objects.
func (a *appState) meters(u *metered, cpu *big.Int, workers, objects int64) billing.Meters {
	c := a.m.cfg
	ms := u.runMs.BigInt()
	mul := func(n *big.Int, k int64) *big.Int { return new(big.Int).Mul(n, big.NewInt(k)) }
	m := billing.Meters{
		MemoryMiBms: mul(ms, c.Type.MemoryMiB+c.Meter.OverheadMemoryMiB),
		DiskMBms:    mul(ms, c.Type.DiskMB),
	}
	if c.Meter.CPUProvisioned {
		m.CPUProvisioned1024ms = mul(ms, c.Type.VCPU1024)
	} else {
		m.CPUActive1024ns = cpu
	}
	for r := range m.EgressBytes {
		m.EgressBytes[r] = u.egress[r].BigInt()
	}
	if c.Meter.NoDO {
		return m
	}
	m.WorkerRequests = big.NewInt(workers)
	m.WorkerCPUns = mul(m.WorkerRequests, int64(c.Meter.WorkerCPU))
	m.DORequests = big.NewInt(objects)
	m.DOAlarms = big.NewInt(u.alarms)
	m.DORowsWritten = big.NewInt(u.alarms)
	m.DOWSMessages = big.NewInt(a.out.MessagesInWS)
	m.DODurationMBms = new(big.Int).Quo(mul(u.doAwakeNs.BigInt(), 128), big.NewInt(1_000_000))
	m.LogEvents = big.NewInt(int64(float64(workers) * c.Meter.LogEvents))
	m.LogBytes = big.NewInt(int64(float64(workers) * c.Meter.LogBytes))
	return m
}

// deployMeters are the readings that happened only because of rollouts.
func (a *appState) deployMeters() billing.Meters {
	c := a.m.cfg
	ms := func(size int64) *big.Int {
		n := new(big.Int).Mul(a.deployNs.BigInt(), big.NewInt(size))
		return n.Quo(n, big.NewInt(1_000_000))
	}
	m := billing.Meters{MemoryMiBms: ms(c.Type.MemoryMiB + c.Meter.OverheadMemoryMiB), DiskMBms: ms(c.Type.DiskMB)}
	if c.Meter.CPUProvisioned {
		m.CPUProvisioned1024ms = ms(c.Type.VCPU1024)
	} else {
		m.CPUActive1024ns = a.deployWork.BigInt()
	}
	if c.Meter.ClassAPI && !c.Meter.NoDO {
		m.DODurationMBms = ms(128)
	}
	return m
}
