package billing

// UnitCost is what a number of units costs on average and what further ones
// would cost, in USD.
type UnitCost struct {
	Units    Exact // units in the month
	Per      int64 // units that the costs are for, such as 1,000 requests
	Average  Exact // whole bill / units x per
	Marginal Exact // cost of per further units, usage growing in proportion
}

// Units are the costs of per units when the month holds count of them. The
// marginal cost takes every meter to grow in proportion: a line within its
// allowance costs nothing more, one at or over it its rate. Rounding to whole
// units is spread evenly (pro rata), since where in a million a bill stands is
// chance. A count of 0 gives zeros.
func (b Bill) Units(book Book, count Exact, per int64) UnitCost {
	c := UnitCost{Units: count, Per: per}
	if count.Sign() <= 0 {
		return c
	}
	scale := ExactInt(per).Quo(count)
	c.Average = b.Total.Mul(scale)
	for _, p := range book.Prices {
		l, ok := b.Line(p.SKU)
		if !ok || len(p.shares) == 0 || l.Gross.Cmp(l.Included) < 0 {
			continue
		}
		c.Marginal = c.Marginal.Add(p.net(l.Gross).Mul(scale))
	}
	return c
}

// Attribute is the part of the bill that a part of its usage causes, each line
// in proportion to gross usage: the idle tail's share, for example.
func (b Bill) Attribute(book Book, part Usage) Exact {
	var sum Exact
	for _, p := range book.Prices {
		l, ok := b.Line(p.SKU)
		if !ok || len(p.shares) == 0 {
			continue
		}
		var g Exact
		for i := range part.Apps {
			g = g.Add(p.gross(&part.Apps[i].Quantities))
		}
		sum = sum.Add(l.Amount.Mul(g).Quo(l.Gross))
	}
	return sum
}
