package report

import "strings"

func (d *Document) billTable() *table {
	if d.Bill == nil {
		return nil
	}
	return d.Bill.lineTable()
}

func (b *Bill) lineTable() *table {
	t := &table{ID: "bill", Title: "Bill for the month, prices of " + b.Date, Total: true, Columns: []column{text("Line"), text("Unit"), num("Gross"), num("Allowance"),
		num("Billable"), num("Rate, USD"), num("USD")}}
	var notes []string
	if b.UserSupplied {
		notes = append(notes, "* rate or discount supplied by the user.")
	}
	for _, l := range b.Lines {
		if decimal(l.Gross) == 0 {
			continue
		}
		label := l.Label
		if l.UserSupplied || decimal(l.Discount) > 0 {
			label += " *"
		}
		if l.Rounding != "exact" && l.Billable != l.Over {
			notes = append(notes, l.Label+": "+usage(l.Over)+" over the allowance is billed as "+usage(l.Billable)+" ("+l.Rounding+").")
		}
		if d := decimal(l.Discount); d > 0 {
			notes = append(notes, l.Label+": discount "+trimmed(d, 3)+" %.")
		}
		t.add(label, l.Unit, usage(l.Gross), usage(l.Allowance), usage(l.Billable), l.rate(), grouped(decimal(l.AmountUSD), 2))
	}
	t.add("total", "", "", "", "", "", grouped(decimal(b.TotalUSD), 2))
	if b.Total != nil && b.Total.Half().Known() {
		notes = append(notes, "Over the replications: "+USD(b.Total.Mean)+" "+PlusMinus(b.Total.Half(), "USD")+" (95 %).")
	}
	t.Note = strings.Join(notes, " ")
	return t
}

// rate is the price of one unit, or of the units it is for: 12.50/M.
func (l *BillLine) rate() string {
	switch {
	case l.Per == 1_000_000:
		return fit(l.Rate, 12) + "/M"
	case l.Per > 1:
		return fit(l.Rate, 12) + "/" + grouped(float64(l.Per), 0)
	}
	return fit(l.Rate, 16)
}

// usage writes a metered quantity: whole above a thousand, four digits below.
func usage(s string) string {
	v := decimal(s)
	if v >= 1000 {
		return grouped(v, 0)
	}
	return trimmed(v, 4)
}

func (d *Document) billAppTable() *table {
	if d.Bill == nil || len(d.Apps) < 2 {
		return nil
	}
	return d.Bill.stepTable("app", d.Bill.appParts())
}

func (d *Document) billRegionTable() *table {
	if d.Bill == nil || len(d.Bill.regionParts()) < 2 {
		return nil
	}
	return d.Bill.stepTable("region", d.Bill.regionParts())
}

func (d *Document) unitTable() *table {
	if d.Bill == nil {
		return nil
	}
	t := &table{ID: "units", Title: "Unit costs", Columns: []column{text("Per"), num("Average, USD"), num("Marginal, USD")}}
	for _, u := range d.Bill.Units {
		t.add(u.Unit, amount(u.Average), amount(u.Marginal))
	}
	var shares []string
	for _, s := range d.Bill.Shares {
		if s.Share.Known() {
			shares = append(shares, s.Of+" "+Share(s.Share))
		}
	}
	if len(shares) > 0 {
		t.Note = "Of the bill before the base fee: " + strings.Join(shares, ", ") + "."
	}
	return t
}

// amount writes an amount of USD for a column headed so.
func amount(n Number) string {
	switch {
	case !n.Known():
		return dash
	case n > -1 && n < 1:
		return significant(float64(n), 3)
	}
	return grouped(float64(n), 2)
}
