package billing

import (
	"fmt"
	"math/big"

	"berth/data"
	"berth/models/platform"
)

// Options changes how a bill is made.
type Options struct {
	WithoutBase bool // leave the base fee out
	ProRata     bool // ignore rounding to whole units, to show what it costs
}

// Bill is a month's bill. It is exact until the total, which alone is rounded
// (half up to the cent); the cents of the lines add up to it.
type Bill struct {
	Date         data.Date // day of the price book
	World        string
	Lines        []Line
	Apps         []string // of the usage, in its order
	Total        Exact    // USD
	TotalCents   int64
	UserSupplied bool
}

// Line is one line item of the account.
type Line struct {
	SKU       string
	Label     string
	Unit      string
	Gross     Exact // usage before the allowance
	Included  Exact // allowance of the account and month
	Allowance Exact // the part of it that is used
	Over      Exact // usage over the allowance
	Billable  Exact // Over after the rounding rule
	Rate      string
	Per       int64 // units that Rate is for
	Discount  Exact // percent
	List      Exact // USD: Gross at the rate, with neither allowance nor rounding
	Amount    Exact // USD
	// Cents are by largest remainder, ties to the earlier line, so that they add
	// up to the total.
	Cents      int64
	Rounding   string // "exact", or such as "up to the next 1,000,000"
	Provenance platform.Provenance
	Apps       []AppShare // who used it; none for the base fee
}

// AppShare is an app's part of a line: the amount in proportion to gross usage.
type AppShare struct {
	App    string
	Gross  Exact
	Amount Exact
}

// Price makes the bill of one account-month.
func Price(u Usage, b Book, opt Options) Bill {
	bill := Bill{Date: b.Date, World: b.World, UserSupplied: b.UserSupplied}
	for _, a := range u.Apps {
		bill.Apps = append(bill.Apps, a.App)
	}
	for _, p := range b.Prices {
		if len(p.shares) == 0 && opt.WithoutBase {
			continue
		}
		l := p.line(u, opt)
		bill.Total = bill.Total.Add(l.Amount)
		bill.Lines = append(bill.Lines, l)
	}
	bill.TotalCents = bill.Total.cents()
	amounts := make([]Exact, len(bill.Lines))
	for i, l := range bill.Lines {
		amounts[i] = l.Amount
	}
	for i, c := range apportion(amounts, bill.TotalCents) {
		bill.Lines[i].Cents = c
	}
	return bill
}

// line prices one SKU.
func (p BookPrice) line(u Usage, opt Options) Line {
	l := Line{SKU: p.SKU, Label: p.Label, Unit: p.Unit, Included: Exact{p.Included}, Rate: p.RateText, Per: p.Per,
		Discount: p.Discount, Rounding: "exact", Provenance: p.Provenance}
	if p.RoundUpTo > 0 {
		l.Rounding = "up to the next " + grouped(p.RoundUpTo)
	}
	if len(p.shares) == 0 { // the base fee: once
		l.Gross = ExactInt(1)
	}
	for i := range u.Apps {
		g := p.gross(&u.Apps[i].Quantities)
		l.Gross = l.Gross.Add(g)
		if g.Sign() != 0 {
			l.Apps = append(l.Apps, AppShare{App: u.Apps[i].App, Gross: g})
		}
	}
	l.Allowance = l.Gross.Min(l.Included)
	l.Over = l.Gross.Sub(l.Allowance)
	l.Billable = l.Over
	if p.RoundUpTo > 0 && !opt.ProRata {
		l.Billable = l.Over.ceilTo(p.RoundUpTo)
	}
	l.List, l.Amount = p.net(l.Gross), p.net(l.Billable)
	for i, a := range l.Apps {
		l.Apps[i].Amount = l.Amount.Mul(a.Gross).Quo(l.Gross)
	}
	return l
}

// cents is x USD in cents, half up. Amounts beyond 64 bits of cents are cut to
// the largest.
func (x Exact) cents() int64 {
	c := x.Mul(ExactInt(100)).Add(ExactFrac(1, 2)).floor()
	if !c.IsInt64() {
		return 1<<63 - 1
	}
	return c.Int64()
}

// floor is the greatest whole number that is not above x.
func (x Exact) floor() *big.Int {
	return new(big.Int).Div(x.rat().Num(), x.rat().Denom()) // Euclidean: floors for a positive divisor
}

// apportion splits total cents over amounts (USD, 0 or more, summing to total
// after rounding) by largest remainder, ties to the earlier.
func apportion(amounts []Exact, total int64) []int64 {
	cents := make([]int64, len(amounts))
	rest := make([]Exact, len(amounts))
	given := make([]bool, len(amounts))
	left := total
	for i, a := range amounts {
		hundred := a.Mul(ExactInt(100))
		whole := hundred.floor()
		cents[i] = whole.Int64()
		rest[i] = hundred.Sub(Exact{new(big.Rat).SetInt(whole)})
		left -= cents[i]
	}
	for ; left > 0; left-- {
		best := -1
		for i := range rest {
			if !given[i] && rest[i].Sign() > 0 && (best < 0 || rest[i].Cmp(rest[best]) > 0) {
				best = i
			}
		}
		if best < 0 {
			break // only where the total was cut to 64 bits
		}
		given[best] = true
		cents[best]++
	}
	return cents
}

// Line is the line of a SKU.
func (b Bill) Line(sku string) (Line, bool) {
	for _, l := range b.Lines {
		if l.SKU == sku {
			return l, true
		}
	}
	return Line{}, false
}

// Sum adds up the lines whose SKU begins with one of the prefixes, such as
// "do." or "egress.".
func (b Bill) Sum(prefixes ...string) Exact {
	var sum Exact
	for _, l := range b.Lines {
		for _, p := range prefixes {
			if len(l.SKU) >= len(p) && l.SKU[:len(p)] == p {
				sum = sum.Add(l.Amount)
				break
			}
		}
	}
	return sum
}

// USD writes cents as dollars: "1,234.50".
func USD(cents int64) string {
	return fmt.Sprintf("%s.%02d", grouped(cents/100), cents%100)
}

// grouped writes n >= 0 with commas between thousands.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
