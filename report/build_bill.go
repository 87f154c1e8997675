package report

import (
	"math/big"
	"strconv"

	"berth/models/billing"
	"berth/models/result"
	"berth/sim/stats"
)

// newBill is a bill as texts.
func newBill(b billing.Bill) *Bill {
	out := &Bill{Date: b.Date.String(), World: plain(b.World), UserSupplied: b.UserSupplied, TotalUSD: usd(b.TotalCents), ExactUSD: b.Total.String(),
		Lines: []BillLine{}, Apps: []BillApp{}, Regions: []BillRegion{}, Units: []UnitCost{}, Shares: []CostShare{}}
	for _, l := range b.Lines {
		line := BillLine{SKU: plain(l.SKU), Label: plain(l.Label), Unit: plain(l.Unit), Gross: l.Gross.String(), Included: l.Included.String(),
			Allowance: l.Allowance.String(), Over: l.Over.String(), Billable: l.Billable.String(), Rounding: plain(l.Rounding), Rate: plain(l.Rate),
			Per: l.Per, Discount: l.Discount.String(), ListUSD: l.List.String(), ExactUSD: l.Amount.String(), AmountUSD: usd(l.Cents),
			Steps: newSteps(l.Steps()), Source: plain(l.Provenance.Source), Grade: plain(l.Provenance.Grade), UserSupplied: l.Provenance.UserSupplied, Apps: []LinePart{}}
		for _, a := range l.Apps {
			line.Apps = append(line.Apps, LinePart{App: plain(a.App), Gross: a.Gross.String(), ExactUSD: a.Amount.String()})
		}
		out.Lines = append(out.Lines, line)
	}
	for _, p := range b.AppParts() {
		out.Apps = append(out.Apps, BillApp{App: plain(p.Name), BillPart: newPart(p)})
	}
	return out
}

func newSteps(s billing.Steps) Steps {
	return Steps{GrossUSD: s.Gross.String(), AllowanceUSD: s.Allowance.String(), BillableUSD: s.Gross.Sub(s.Allowance).String(), RoundingUSD: s.Rounding.String(),
		AmountUSD: s.Amount.String()}
}

func newPart(p billing.Part) BillPart {
	out := BillPart{AmountUSD: usd(p.Cents), Steps: newSteps(p.Steps), LinesUSD: []Number{}}
	for _, x := range p.Lines {
		out.LinesUSD = append(out.LinesUSD, Number(x.Float64()))
	}
	return out
}

func newTypes(r *result.Result) []TypeBill {
	out := []TypeBill{}
	for _, t := range r.Types {
		row := TypeBill{App: plain(t.App), Type: plain(t.Type), VCPU: Number(t.VCPU), MemoryMiB: t.MemoryMiB, DiskMB: t.DiskMB, InUse: t.InUse,
			TotalUSD: None, ChangeUSD: None, Sure: t.Sure.String(), Why: plain(t.Why)}
		if t.Sure != result.DoesNotFit {
			row.TotalUSD, row.ChangeUSD = Number(t.Total.Float64()), Number(t.Total.Sub(r.Bill.Total).Float64())
		}
		out = append(out, row)
	}
	return out
}

func newResultBill(r *result.Result) *Bill {
	if len(r.Bill.Lines) == 0 {
		return nil
	}
	b := newBill(r.Bill)
	for _, p := range r.RegionParts {
		b.Regions = append(b.Regions, BillRegion{Region: plain(p.Name), BillPart: newPart(p)})
	}
	if len(r.Totals) > 0 {
		i := stats.MeanInterval(r.Totals, 0.95)
		e := estimate(i, i.Mean)
		b.Total = &e
	}
	for _, u := range []struct {
		unit string
		cost result.Cost
	}{{"1,000 requests", r.Units.PerThousandRequests}, {"session", r.Units.PerSession}, {"start", r.Units.PerStart}} {
		if u.cost.Known {
			b.Units = append(b.Units, UnitCost{u.unit, Number(u.cost.Average), Number(u.cost.Marginal)})
		}
	}
	for _, s := range []struct {
		of    string
		share float64
	}{{"idle time", r.Units.IdleShare}, {"Durable Objects", r.Units.DOShare}, {"egress", r.Units.EgressShare}} {
		b.Shares = append(b.Shares, CostShare{s.of, Number(s.share)})
	}
	return b
}

// usd writes cents as a plain decimal without commas, for files.
func usd(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	fraction := strconv.FormatInt(100+cents%100, 10)[1:]
	return sign + strconv.FormatInt(cents/100, 10) + "." + fraction
}

// decimal is the value of an exact text, a decimal or a fraction, for showing;
// 0 where there is none.
func decimal(s string) float64 {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0
	}
	v, _ := r.Float64()
	return v
}

// base is the amount of the lines that belong to no app.
func (b *Bill) base() float64 {
	var sum float64
	for _, a := range b.Apps {
		if a.App == "" {
			sum += decimal(a.AmountUSD)
		}
	}
	return sum
}

// share is the share of the bill before the base fee that one thing causes.
func (b *Bill) share(of string) Number {
	for _, s := range b.Shares {
		if s.Of == of {
			return s.Share
		}
	}
	return None
}
