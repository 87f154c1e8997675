package plan

import (
	"errors"
	"fmt"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/sim/stats"
)

// law is a rule that every run keeps, whatever the scenario. Laws are numbered
// in order; a broken one is a fault of the program, never of the scenario.
type law struct {
	text  string
	check func(cfg *edge.Config, run *result.Run) error
}

var laws = []law{
	{"requests sent are served, failed by cause, or still inside", conserved},
	{"time does not run back, and no tally is negative", forward},
	{"no app has more instances up than max_instances, no account more than its totals", withinLimits},
	{"parts of the latency have one entry for each served request and add up to it", partsAddUp},
	{"latency in total is cold and warm latency together", coldAndWarm},
	{"the bill is the exact sum of its lines, apps and regions, and its cents add up", billAddsUp},
	{"what is metered by region adds up to the account's", regionsAddUp},
}

// CheckLaws reports every law that a run of the result breaks.
func CheckLaws(cfg *edge.Config, r *result.Result) error {
	var errs []error
	for _, run := range r.Runs {
		for i, l := range laws {
			if err := l.check(cfg, run); err != nil {
				errs = append(errs, fmt.Errorf("replication %d of seed %d breaks law %d (%s): %w", run.Replication, cfg.Seed, i+1, l.text, err))
			}
		}
	}
	return errors.Join(errs...)
}

func conserved(_ *edge.Config, run *result.Run) error {
	for i := range run.Apps {
		a := &run.Apps[i]
		failed := int64(0)
		for _, n := range a.Failed {
			failed += n
		}
		if got := a.Served + failed + a.InFlight; got != a.Requests+a.Retries || a.InFlight < 0 {
			return fmt.Errorf("%s: %d sent, %d served, %d failed, %d inside", a.Name, a.Requests+a.Retries, a.Served, failed, a.InFlight)
		}
		if int64(a.Latency.Count()) != a.Served {
			return fmt.Errorf("%s: %d served and %d latencies", a.Name, a.Served, a.Latency.Count())
		}
	}
	return nil
}

func forward(_ *edge.Config, run *result.Run) error {
	if run.To < run.From && !run.Partial {
		return fmt.Errorf("it ends at %v, before it begins at %v", run.To, run.From)
	}
	for i := range run.Apps {
		a := &run.Apps[i]
		if n := a.Latency.Refused + a.StartTime.Refused + a.RunLength.Refused + a.Distance.Refused; n > 0 {
			return fmt.Errorf("%s: %d negative times", a.Name, n)
		}
		for p := range a.Parts {
			if n := a.Parts[p].Refused; n > 0 {
				return fmt.Errorf("%s: %d negative times of %s", a.Name, n, result.PartNames[p])
			}
		}
	}
	return nil
}

func withinLimits(cfg *edge.Config, run *result.Run) error {
	for i := range run.Apps {
		a := &run.Apps[i]
		if c, ok := appConfig(cfg, a.Name); ok && c.MaxInstances > 0 && a.MaxInstances > int64(c.MaxInstances) && c.Meter.DrainHoldsSlot {
			return fmt.Errorf("%s: %d instances up, max_instances is %d", a.Name, a.MaxInstances, c.MaxInstances)
		}
	}
	u, lim := run.Account, cfg.Account
	for _, x := range []struct {
		name      string
		used, max int64
	}{{"vCPU/1024", u.MaxVCPU1024, lim.VCPU1024}, {"MiB", u.MaxMemoryMiB, lim.MemoryMiB}, {"MB of disk", u.MaxDiskMB, lim.DiskMB}} {
		if x.max > 0 && x.used > x.max {
			return fmt.Errorf("the account uses %d %s of %d", x.used, x.name, x.max)
		}
	}
	return nil
}

func partsAddUp(_ *edge.Config, run *result.Run) error {
	for i := range run.Apps {
		a := &run.Apps[i]
		var sum stats.Sum128
		for p := range a.Parts {
			if a.Parts[p].Count() != a.Latency.Count() {
				return fmt.Errorf("%s: %d requests and %d times of %s", a.Name, a.Latency.Count(), a.Parts[p].Count(), result.PartNames[p])
			}
			hi, lo := a.Parts[p].Sum()
			sum.AddSum(stats.Sum128{Hi: hi, Lo: lo})
		}
		hi, lo := a.Latency.Sum()
		total := stats.Sum128{Hi: hi, Lo: lo}
		// Half of each network round trip is rounded to whole ns.
		slack := 4 * a.Latency.Count()
		lower, upper := total, total
		upper.Add(slack)
		if !lower.Sub(stats.Sum128{Lo: slack}) {
			lower = stats.Sum128{}
		}
		if sum.Cmp(lower) < 0 || sum.Cmp(upper) > 0 {
			return fmt.Errorf("%s: parts of %s ns in a latency of %s ns", a.Name, sum, total)
		}
	}
	return nil
}

func coldAndWarm(_ *edge.Config, run *result.Run) error {
	for i := range run.Apps {
		a := &run.Apps[i]
		both := a.ColdLatency.Count() + a.WarmLatency.Count()
		if both != a.Latency.Count() || int64(a.ColdLatency.Count()) != a.Cold {
			return fmt.Errorf("%s: %d cold, %d warm, %d in total", a.Name, a.ColdLatency.Count(), a.WarmLatency.Count(), a.Latency.Count())
		}
	}
	return nil
}

func billAddsUp(cfg *edge.Config, run *result.Run) error {
	b := billing.Price(monthly(cfg, run), cfg.Book, billing.Options{})
	sum, cents := billing.Exact{}, int64(0)
	for _, l := range b.Lines {
		sum = sum.Add(l.Amount)
		cents += l.Cents
	}
	if sum.Cmp(b.Total) != 0 || cents != b.TotalCents {
		return fmt.Errorf("lines of %s USD (%d cents) in a total of %s USD (%d cents)", sum, cents, b.Total, b.TotalCents)
	}
	for name, parts := range map[string][]billing.Part{"apps": b.AppParts(), "regions": b.RegionParts(cfg.Book, run.UsageIn)} {
		cents := int64(0)
		for _, p := range parts {
			cents += p.Cents
		}
		if cents != b.TotalCents {
			return fmt.Errorf("%s of %d cents in a total of %d cents", name, cents, b.TotalCents)
		}
	}
	return nil
}

// regionsAddUp checks what is metered where it arose against the whole.
func regionsAddUp(_ *edge.Config, run *result.Run) error {
	var sum billing.Usage
	for _, r := range run.UsageIn {
		sum = sum.Add(r.Usage)
	}
	for _, m := range []billing.Meter{billing.Memory, billing.Disk, billing.CPUProvisioned, billing.EgressNAEU, billing.EgressOceaniaKRTW, billing.EgressOther, billing.DOAlarms} {
		if got, want := sum.Total(m), run.Usage.Total(m); got.Cmp(want) != 0 {
			return fmt.Errorf("%s of all regions is %s, of the account %s", billing.MeterNames[m], got, want)
		}
	}
	return nil
}
