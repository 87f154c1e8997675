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

// bill is that of the month.
func (p *pricing) bill(t Tally) billing.Bill {
	usage := billing.Usage{Apps: []billing.AppUsage{p.meters(t).Usage(p.app.Name)}}
	return billing.Price(usage.Scale(p.monthNs, p.spanNs), p.book, billing.Options{})
}

// monthly is a count of the record scaled to the month.
func (p *pricing) monthly(n int64) billing.Exact {
	return billing.ExactInt(n).Mul(billing.ExactRat(new(big.Rat).SetFrac(p.monthNs, p.spanNs)))
}

// point prices one timeout where a call that waits is worth so many USD.
func (p *pricing) point(t Tally, usd billing.Exact) result.SleepPoint {
	x := result.SleepPoint{SleepAfter: t.Timeout, Starts: t.Starts, Cold: t.Cold, BusyNs: t.BusyNs, UpNs: t.UpNs, BilledMs: t.BilledMs, Bill: p.bill(t), ColdMonth: p.monthly(t.Cold)}
	x.Waiting = x.ColdMonth.Mul(usd)
	x.Cost = x.Bill.Total.Add(x.Waiting)
	return x
}
