package timeout

import (
	"math/big"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/sim"
)

// pricing turns tallies into bills of a month.
type pricing struct {
	app             *edge.App
	book            billing.Book
	init            sim.Time // of a start: the part that burns CPU
	start           sim.Time
	calls           int64
	cpuNs           *big.Int // of all calls
	monthNs, spanNs *big.Int
	price           billing.Exact // USD a call that waits
}

// meters are the readings of the record at one timeout, as a run meters them.
func (p *pricing) meters(t Tally) billing.Meters {
	m := &p.app.Meter
	times := func(n *big.Int, k int64) *big.Int { return new(big.Int).Mul(n, big.NewInt(k)) }
	out := billing.Meters{MemoryMiBms: times(t.BilledMs, p.app.Type.MemoryMiB+m.OverheadMemoryMiB), DiskMBms: times(t.BilledMs, p.app.Type.DiskMB)}
	if m.CPUProvisioned {
		out.CPUProvisioned1024ms = times(t.BilledMs, p.app.Type.VCPU1024)
	} else {
		startCPU := int64(m.StartCPU * 1024)
		if m.StartCPUFull {
			startCPU = p.app.Type.VCPU1024
		}
		cpu := times(p.cpuNs, 1024)
		cpu.Add(cpu, times(product(t.Starts, startCPU), int64(p.init)))
		out.CPUActive1024ns = cpu.Add(cpu, times(t.UpNs, int64((m.IdleCPU+m.OverheadCPU)*1024)))
	}
	if m.NoDO {
		return out
	}
	out.WorkerRequests, out.DORequests = big.NewInt(p.calls), big.NewInt(p.calls)
	out.WorkerCPUns = product(p.calls, int64(m.WorkerCPU))
	out.LogEvents, out.LogBytes = big.NewInt(int64(float64(p.calls)*m.LogEvents)), big.NewInt(int64(float64(p.calls)*m.LogBytes))
	awake := t.UpNs
	if m.ClassAPI {
		out.DOAlarms, out.DORowsWritten = big.NewInt(t.Alarms), big.NewInt(t.Alarms)
	} else {
		awake = new(big.Int).Add(t.BusyNs, product(t.Starts, int64(p.start)))
	}
	mbns := times(awake, 128)
	out.DODurationMBms = mbns.Quo(mbns, big.NewInt(int64(sim.Millisecond)))
	return out
}

// point prices one timeout.
func (p *pricing) point(t Tally) result.SleepPoint {
	usage := billing.Usage{Apps: []billing.AppUsage{p.meters(t).Usage(p.app.Name)}}
	x := result.SleepPoint{SleepAfter: t.Timeout, Starts: t.Starts, Cold: t.Cold, BusyNs: t.BusyNs, UpNs: t.UpNs, BilledMs: t.BilledMs,
		Bill: billing.Price(usage.Scale(p.monthNs, p.spanNs), p.book, billing.Options{})}
	x.ColdMonth = billing.ExactInt(t.Cold).Mul(billing.ExactRat(new(big.Rat).SetFrac(p.monthNs, p.spanNs)))
	x.Waiting = x.ColdMonth.Mul(p.price)
	x.Cost = x.Bill.Total.Add(x.Waiting)
	return x
}
