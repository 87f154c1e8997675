package billing

import (
	"cmp"
	"slices"
)

// RegionUsage is what arose in one region.
type RegionUsage struct {
	Region string
	Usage  Usage
}

// AddRegions is a + b, region by region, in the order of their names. Neither is
// changed.
func AddRegions(a, b []RegionUsage) []RegionUsage {
	out := slices.Clone(a)
	for _, r := range b {
		i, found := slices.BinarySearchFunc(out, r, func(x, y RegionUsage) int { return cmp.Compare(x.Region, y.Region) })
		if found {
			out[i].Usage = out[i].Usage.Add(r.Usage)
			continue
		}
		out = slices.Insert(out, i, RegionUsage{r.Region, Usage{}.Add(r.Usage)})
	}
	return out
}

// Steps lead from gross usage at list rates to the amount due, in USD:
// Gross - Allowance + Rounding = Amount.
type Steps struct {
	Gross, Allowance, Rounding, Amount Exact
}

// Steps of a line. Its list amount is after discounts. What rounding up to whole
// units adds is the rest.
func (l Line) Steps() Steps {
	s := Steps{Gross: l.List, Amount: l.Amount}
	if l.Gross.Sign() != 0 {
		s.Allowance = l.List.Mul(l.Allowance).Quo(l.Gross)
	}
	s.Rounding = s.Amount.Sub(s.Gross).Add(s.Allowance)
	return s
}

func (s Steps) times(part Exact) Steps {
	return Steps{s.Gross.Mul(part), s.Allowance.Mul(part), s.Rounding.Mul(part), s.Amount.Mul(part)}
}

func (s Steps) plus(o Steps) Steps {
	return Steps{s.Gross.Add(o.Gross), s.Allowance.Add(o.Allowance), s.Rounding.Add(o.Rounding), s.Amount.Add(o.Amount)}
}

// Part is what one app or region costs: its steps, and cents that add up with
// those of the other parts to the bill's total.
type Part struct {
	Name string // "" for what belongs to none: the base fee
	Steps
	Cents int64
	Lines []Exact // USD, one a line of the bill
}

// parts splits a bill by the shares that of gives each name of each line; what
// they leave, such as the base fee, is the last part, without a name.
func (b Bill) parts(names []string, of func(l Line, name string) Exact) []Part {
	out := make([]Part, len(names)+1)
	for i, n := range names {
		out[i].Name = n
	}
	for i := range out {
		out[i].Lines = make([]Exact, len(b.Lines))
	}
	for k, l := range b.Lines {
		steps, left := l.Steps(), ExactInt(1)
		give := func(p *Part, part Exact) {
			s := steps.times(part)
			p.Steps, p.Lines[k] = p.Steps.plus(s), s.Amount
		}
		for i, n := range names {
			part := of(l, n)
			left = left.Sub(part)
			give(&out[i], part)
		}
		give(&out[len(names)], left)
	}
	amounts := make([]Exact, len(out))
	for i := range out {
		amounts[i] = out[i].Amount
	}
	for i, c := range apportion(amounts, b.TotalCents) {
		out[i].Cents = c
	}
	return out
}

// AppParts splits the bill over the apps in the order of the usage.
func (b Bill) AppParts() []Part {
	return b.parts(b.Apps, func(l Line, name string) Exact {
		for _, a := range l.Apps {
			if a.App == name {
				return a.Gross.Quo(l.Gross)
			}
		}
		return Exact{}
	})
}

// RegionParts splits the bill over regions. Each app's part of a line goes to
// the regions in proportion to what the app used there of what the line prices;
// the usage may be of any span. A line that no region used is nobody's.
func (b Bill) RegionParts(book Book, usage []RegionUsage) []Part {
	names := make([]string, len(usage))
	for i, r := range usage {
		names[i] = r.Region
	}
	shares := map[string]map[string]Exact{} // by SKU and region
	for _, l := range b.Lines {
		shares[l.SKU] = regionShares(l, book, usage)
	}
	return b.parts(names, func(l Line, name string) Exact { return shares[l.SKU][name] })
}

// regionShares are the regions' shares of a line.
func regionShares(l Line, book Book, usage []RegionUsage) map[string]Exact {
	out := map[string]Exact{}
	price, err := book.Find(l.SKU)
	if err != nil {
		return out // a line of another book
	}
	for _, app := range l.Apps {
		var sum Exact
		used := make([]Exact, len(usage))
		for i, r := range usage {
			for k := range r.Usage.Apps {
				if r.Usage.Apps[k].App == app.App {
					used[i] = used[i].Add(price.gross(&r.Usage.Apps[k].Quantities))
				}
			}
			sum = sum.Add(used[i])
		}
		if sum.Sign() == 0 {
			continue
		}
		part := app.Gross.Quo(l.Gross)
		for i, r := range usage {
			out[r.Region] = out[r.Region].Add(part.Mul(used[i]).Quo(sum))
		}
	}
	return out
}
