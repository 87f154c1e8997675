package plan

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim/dist"
)

// typeBills prices the month of each app under every other instance type, from
// what it used as simulated: memory and disk are billed by size x time, active
// CPU by work done, the rest does not know the type. That is exact where nothing
// inside would have taken another time; elsewhere it is an estimate with the
// simulated times, and where a type is too small, no bill at all.
//
// Not modelled here: that an image may start faster on a larger type; start times
// are the scenario's whatever the type.
func typeBills(cfg *edge.Config, r *result.Result, usage billing.Usage) []result.TypeBill {
	var rows []result.TypeBill
	if len(r.Runs) == 0 {
		return nil
	}
	for i := range cfg.Apps {
		c := &cfg.Apps[i]
		a := pooledApp(r.Pooled, c.Name)
		if a == nil {
			continue
		}
		o := otherTypes{cfg: cfg, c: c, a: a, account: &r.Pooled.Account}
		for _, t := range o.types() {
			row := result.TypeBill{App: c.Name, Type: t.Name, VCPU: t.VCPU(), MemoryMiB: t.MemoryMiB, DiskMB: t.DiskMB, InUse: t.Name == c.Type.Name}
			if row.InUse {
				row.Total = r.Bill.Total
			} else if row.Sure, row.Why = o.judge(t); row.Sure != result.DoesNotFit {
				row.Total = billing.Price(o.usage(usage, t, r), cfg.Book, billing.Options{}).Total
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func pooledApp(run *result.Run, name string) *result.AppRun {
	for i := range run.Apps {
		if run.Apps[i].Name == name {
			return &run.Apps[i]
		}
	}
	return nil
}

// otherTypes is one app as it ran.
type otherTypes struct {
	cfg     *edge.Config
	c       *edge.App
	a       *result.AppRun
	account *result.AccountRun
}

// types are those of the catalogue, and the one in use where that is another.
func (o otherTypes) types() []platform.InstanceType {
	for _, t := range o.cfg.Types {
		if t.Name == o.c.Type.Name {
			return o.cfg.Types
		}
	}
	return append([]platform.InstanceType{o.c.Type}, o.cfg.Types...)
}

// usage is the account's month with the app under another type.
func (o otherTypes) usage(month billing.Usage, t platform.InstanceType, r *result.Result) billing.Usage {
	out := billing.Usage{Apps: append([]billing.AppUsage(nil), month.Apps...)}
	for i := range out.Apps {
		if out.Apps[i].App != o.c.Name {
			continue
		}
		q := &out.Apps[i].Quantities
		memory := o.c.Type.MemoryMiB + o.c.Meter.OverheadMemoryMiB
		if memory == 0 {
			continue
		}
		seconds := q[billing.Memory].Quo(billing.ExactFrac(memory, 1024))
		q[billing.Memory] = seconds.Mul(billing.ExactFrac(t.MemoryMiB+o.c.Meter.OverheadMemoryMiB, 1024))
		q[billing.Disk] = seconds.Mul(billing.ExactFrac(t.DiskMB, 1000))
		if o.c.Meter.CPUProvisioned {
			q[billing.CPUProvisioned] = seconds.Mul(billing.ExactFrac(t.VCPU1024, 1024))
		} else if o.c.Meter.StartCPUFull && o.c.Type.VCPU1024 > 0 {
			more := billing.ExactFrac(t.VCPU1024-o.c.Type.VCPU1024, o.c.Type.VCPU1024)
			q[billing.CPUActive] = q[billing.CPUActive].Add(o.startSeconds(r).Mul(more))
		}
	}
	return out
}

// startSeconds is the vCPU-s of starts in the month.
func (o otherTypes) startSeconds(r *result.Result) billing.Exact {
	ns := billing.ExactRat(new(big.Rat).SetFrac(o.a.StartCPU.BigInt(), big.NewInt(1024*1e9)))
	return ns.Mul(scale(o.cfg, r.Runs[0])).Quo(billing.ExactInt(int64(len(r.Runs))))
}

// judge says how sure the bill under a type is, and why no more.
func (o otherTypes) judge(t platform.InstanceType) (result.Sure, string) {
	if why := o.tooSmall(t); why != "" {
		return result.DoesNotFit, why
	}
	if why := o.otherTimes(t); why != "" {
		return result.Estimated, why
	}
	return result.Exactly, ""
}

func (o otherTypes) tooSmall(t platform.InstanceType) string {
	peak := float64(o.a.MaxMemoryBytes) / (1 << 20)
	// Averages over all the time up: busy in part of it, an instance needs more.
	vcpu := 0.0
	if given := o.a.ProvidedCPU.Float64(); given > 0 {
		vcpu = o.a.BusyCPU.Float64() / given * o.c.Type.VCPU()
	}
	switch {
	case peak > float64(t.MemoryMiB):
		return fmt.Sprintf("needs %s MiB, has %d", digits(peak), t.MemoryMiB)
	case o.a.MaxDiskMB > t.DiskMB:
		return fmt.Sprintf("needs %s GB disk, has %s", digits(float64(o.a.MaxDiskMB)/1000), digits(float64(t.DiskMB)/1000))
	case vcpu >= t.VCPU():
		return fmt.Sprintf("needs %s vCPU, has %s", digits(vcpu), digits(t.VCPU()))
	}
	for _, total := range o.totals(t) {
		if total.limit > 0 && total.alone > total.limit {
			return fmt.Sprintf("%d need %s %s, account has %s", o.a.MaxInstances, digits(total.alone/total.unit), total.name, digits(total.limit/total.unit))
		}
	}
	return ""
}

// accountTotal is an account's limit beside what the app needs at its peak, and
// at most with the other apps.
type accountTotal struct {
	name               string
	alone, most, limit float64
	unit               float64 // of the counts in one that is shown
}

func (o otherTypes) totals(t platform.InstanceType) []accountTotal {
	n := float64(o.a.MaxInstances)
	row := func(name string, unit float64, used, limit, was, is int64) accountTotal {
		return accountTotal{name: name, unit: unit, alone: n * float64(is), most: float64(used) + n*math.Max(0, float64(is-was)), limit: float64(limit)}
	}
	lim := &o.cfg.Account
	return []accountTotal{
		row("vCPU", 1024, o.account.MaxVCPU1024, lim.VCPU1024, o.c.Type.VCPU1024, t.VCPU1024),
		row("GiB of memory", 1024, o.account.MaxMemoryMiB, lim.MemoryMiB, o.c.Type.MemoryMiB, t.MemoryMiB),
		row("GB of disk", 1000, o.account.MaxDiskMB, lim.DiskMB, o.c.Type.DiskMB, t.DiskMB),
	}
}

// otherTimes says why times would differ under a type, or nothing.
func (o otherTypes) otherTimes(t platform.InstanceType) string {
	threads := o.c.Threads
	if threads <= 0 {
		threads = 1
	}
	was, is := math.Min(threads, o.c.Type.VCPU()), math.Min(threads, t.VCPU())
	enough := threads * o.computingAtOnce()
	switch {
	case o.computes() && was != is:
		if busy := o.busy(); busy >= roughFrom {
			return fmt.Sprintf("%s x speed, %.0f %% busy", digits(is/was), 100*busy)
		}
		return fmt.Sprintf("computes at %s x speed", digits(is/was))
	case o.computes() && (o.c.Type.VCPU() < enough || t.VCPU() < enough) && o.c.Type.VCPU() != t.VCPU():
		return "another share of the CPU"
	case o.a.Failed[result.FailOOM] > 0 && t.MemoryMiB > o.c.Type.MemoryMiB:
		return "fewer out of memory"
	case o.a.Failed[result.FailDisk] > 0 && t.DiskMB > o.c.Type.DiskMB:
		return "fewer with full disks"
	case o.c.Route.By == "autoscale":
		return "autoscale would differ"
	case o.account.Denied > 0:
		return "account refused starts"
	case len(o.c.Rollouts) > 0 && o.c.Meter.StartCPUFull && t.VCPU1024 != o.c.Type.VCPU1024:
		return "rollout is scaled up"
	}
	for _, total := range o.totals(t) {
		if total.limit > 0 && total.most > total.limit {
			return "account may lack " + total.name
		}
	}
	return ""
}

// roughFrom is the share of busy time from which an estimate says that it is rough:
// that time would be another, while idle time knows no type.
const roughFrom = 0.05

// busy is the share of the time up in which instances had requests inside.
func (o otherTypes) busy() float64 {
	up := 0.0
	for _, s := range []result.State{result.Starting, result.Busy, result.Idle, result.Draining} {
		up += o.a.StateTime[s].Float64()
	}
	if up == 0 {
		return 0
	}
	return o.a.StateTime[result.Busy].Float64() / up
}

// computes says whether any request asks for CPU.
func (o otherTypes) computes() bool {
	laws := []dist.Dist{o.c.Work.CPU}
	for i := range o.c.Traffic {
		laws = append(laws, o.c.Traffic[i].CPU, o.c.Traffic[i].MessageCPU)
	}
	for i := range o.c.Touches {
		laws = append(laws, o.c.Touches[i].CPU)
	}
	for _, law := range laws {
		if mean(law) > 0 {
			return true
		}
	}
	return false
}

// computingAtOnce is the most requests that shared an instance's CPU.
func (o otherTypes) computingAtOnce() float64 {
	if o.c.Service != edge.ProcessorSharing {
		return 1
	}
	for i := range o.c.Traffic {
		if o.c.Traffic[i].Kind == workload.WebSockets { // messages are not counted
			return math.Inf(1)
		}
	}
	return float64(o.a.MaxInFlight)
}

// digits writes three significant digits.
func digits(v float64) string {
	s := strconv.FormatFloat(v, 'g', 3, 64)
	if v >= 1000 {
		s = strconv.FormatFloat(v, 'f', 0, 64)
	}
	return s
}
