package plan

import (
	"math"
	"math/big"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/sim"
)

// measuredSpan is the span whose usage a run holds: after warm-up to the end.
// A draining run keeps its instances past the last arrival, yet all it uses
// belongs to the traffic of its duration.
func measuredSpan(cfg *edge.Config, run *result.Run) sim.Time {
	if cfg.Drain && !run.Partial {
		return cfg.Duration - cfg.Warmup
	}
	return run.To - run.From
}

// monthNs is the length of the billed month, 730 h where none is set.
func monthNs(cfg *edge.Config) *big.Int {
	hours := cfg.MonthHours
	if hours <= 0 {
		hours = float64(billing.NominalMonth().Hours)
	}
	return big.NewInt(int64(math.Round(hours * 3600e9)))
}

// scale is month / measured span; 0 where nothing was measured.
func scale(cfg *edge.Config, run *result.Run) billing.Exact {
	span := measuredSpan(cfg, run)
	if span <= 0 {
		return billing.Exact{}
	}
	return billing.ExactRat(new(big.Rat).SetFrac(monthNs(cfg), big.NewInt(int64(span))))
}

// monthly is the usage of a run stretched to the month: one-off effects are
// taken out first and added back once.
func monthly(cfg *edge.Config, run *result.Run) billing.Usage {
	span := measuredSpan(cfg, run)
	if span <= 0 {
		return run.Usage
	}
	return run.Usage.Sub(run.OneOff).Scale(monthNs(cfg), big.NewInt(int64(span))).Add(run.OneOff)
}

// meanUsage is the month's usage of the mean replication.
func meanUsage(cfg *edge.Config, runs []*result.Run) billing.Usage {
	var sum billing.Usage
	for _, run := range runs {
		sum = sum.Add(monthly(cfg, run))
	}
	return sum.Scale(big.NewInt(1), big.NewInt(int64(max(1, len(runs)))))
}

// volumes are the units of work in the month.
type volumes struct{ requests, sessions, starts billing.Exact }

func (v volumes) add(a *result.AppRun, scale billing.Exact) volumes {
	return volumes{v.requests.Add(billing.ExactInt(a.Requests).Mul(scale)), v.sessions.Add(billing.ExactInt(a.Sessions).Mul(scale)),
		v.starts.Add(billing.ExactInt(a.Starts).Mul(scale))}
}

// newMoney prices one replication.
func newMoney(cfg *edge.Config, run *result.Run) result.Money {
	bill := billing.Price(monthly(cfg, run), cfg.Book, billing.Options{})
	m := result.Money{Bill: billMoney(bill), Apps: map[string]result.BillMoney{}, Units: map[string]result.UnitCosts{}}
	k := scale(cfg, run)
	var all volumes
	for i := range run.Apps {
		a := &run.Apps[i]
		all = all.add(a, k)
		m.Apps[a.Name] = appMoney(bill, a.Name)
		m.Units[a.Name] = appUnits(m.Apps[a.Name].Total, volumes{}.add(a, k))
	}
	m.Units[""] = unitCosts(bill, cfg.Book, all)
	return m
}

func billMoney(b billing.Bill) result.BillMoney {
	m := result.BillMoney{Total: b.Total.Float64()}
	for _, l := range b.Lines {
		m.Lines = append(m.Lines, result.LineMoney{SKU: l.SKU, Label: l.Label, USD: l.Amount.Float64()})
	}
	return m
}

// appMoney is an app's part of the bill.
func appMoney(b billing.Bill, app string) result.BillMoney {
	var m result.BillMoney
	var total billing.Exact
	for _, l := range b.Lines {
		for _, s := range l.Apps {
			if s.App == app {
				m.Lines = append(m.Lines, result.LineMoney{SKU: l.SKU, Label: l.Label, USD: s.Amount.Float64()})
				total = total.Add(s.Amount)
			}
		}
	}
	m.Total = total.Float64()
	return m
}

// unitCosts are the costs of a unit on the whole bill.
func unitCosts(b billing.Bill, book billing.Book, v volumes) result.UnitCosts {
	cost := func(count billing.Exact, per int64) result.Cost {
		u := b.Units(book, count, per)
		return result.Cost{Average: u.Average.Float64(), Marginal: u.Marginal.Float64(), Known: count.Sign() > 0}
	}
	return result.UnitCosts{PerThousandRequests: cost(v.requests, 1000), PerSession: cost(v.sessions, 1), PerStart: cost(v.starts, 1)}
}

// appUnits are the average costs of an app's units; what further ones would
// cost depends on the account's allowances, so it is not split.
func appUnits(total float64, v volumes) result.UnitCosts {
	cost := func(count billing.Exact, per float64) result.Cost {
		return result.Cost{Average: total * per / count.Float64(), Marginal: math.NaN(), Known: count.Sign() > 0}
	}
	return result.UnitCosts{PerThousandRequests: cost(v.requests, 1000), PerSession: cost(v.sessions, 1), PerStart: cost(v.starts, 1)}
}

// fillBill prices the mean usage of a replication and what follows from it.
func fillBill(r *result.Result, cfg *edge.Config, money []result.Money) {
	var idle billing.Usage
	var all volumes
	n := int64(len(r.Runs))
	usage := meanUsage(cfg, r.Runs)
	for _, run := range r.Runs {
		k := scale(cfg, run)
		idle = idle.Add(idleUsage(cfg, run, k))
		for i := range run.Apps {
			all = all.add(&run.Apps[i], k)
		}
	}
	if n == 0 {
		r.Bill = billing.Price(usage, cfg.Book, billing.Options{})
		return
	}
	one, count := big.NewInt(1), big.NewInt(n)
	idle = idle.Scale(one, count)
	share := billing.ExactFrac(1, n)
	all = volumes{all.requests.Mul(share), all.sessions.Mul(share), all.starts.Mul(share)}

	r.Bill = billing.Price(usage, cfg.Book, billing.Options{})
	r.RegionParts = r.Bill.RegionParts(cfg.Book, r.Pooled.UsageIn)
	r.Types = typeBills(cfg, r, usage)
	r.BillScale = scale(cfg, r.Runs[0]).Float64()
	r.Units = unitCosts(r.Bill, cfg.Book, all)
	variable := r.Bill.Total.Sub(r.Bill.Sum(billing.BaseSKU))
	r.Units.IdleShare = r.Bill.Attribute(cfg.Book, idle).Quo(variable).Float64()
	r.Units.DOShare = r.Bill.Sum("do.").Quo(variable).Float64()
	r.Units.EgressShare = r.Bill.Sum("egress.").Quo(variable).Float64()
	over := 0
	for _, m := range money {
		r.Totals = append(r.Totals, m.Bill.Total)
		if m.Bill.Total > cfg.BudgetUSD {
			over++
		}
	}
	if cfg.BudgetUSD > 0 {
		r.HasBudget, r.OverBudget = true, float64(over)/float64(n)
	}
}

// idleUsage is what instances used while idle, in the month: memory, disk and
// Durable Object duration, and CPU where it is billed as provisioned.
func idleUsage(cfg *edge.Config, run *result.Run, k billing.Exact) billing.Usage {
	var u billing.Usage
	for i := range run.Apps {
		c, ok := appConfig(cfg, run.Apps[i].Name)
		if !ok {
			continue
		}
		seconds := billing.ExactRat(new(big.Rat).SetFrac(run.Apps[i].StateTime[result.Idle].BigInt(), big.NewInt(1e9))).Mul(k)
		u.Apps = append(u.Apps, UpUsage(c, seconds))
	}
	return u
}

// UpUsage is what instances of an app use in so many seconds of being up without
// a request inside: memory, disk, Durable Object duration, and CPU where it is
// billed as provisioned.
func UpUsage(c *edge.App, seconds billing.Exact) billing.AppUsage {
	var q billing.Quantities
	q[billing.Memory] = seconds.Mul(billing.ExactFrac(c.Type.MemoryMiB+c.Meter.OverheadMemoryMiB, 1024))
	q[billing.Disk] = seconds.Mul(billing.ExactFrac(c.Type.DiskMB, 1000))
	if c.Meter.CPUProvisioned {
		q[billing.CPUProvisioned] = seconds.Mul(billing.ExactFrac(c.Type.VCPU1024, 1024))
	}
	if c.Meter.ClassAPI && !c.Meter.NoDO {
		q[billing.DODuration] = seconds.Mul(billing.ExactFrac(128, 1000))
	}
	return billing.AppUsage{App: c.Name, Quantities: q}
}

func appConfig(cfg *edge.Config, name string) (*edge.App, bool) {
	for i := range cfg.Apps {
		if cfg.Apps[i].Name == name {
			return &cfg.Apps[i], true
		}
	}
	return nil, false
}
