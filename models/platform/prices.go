package platform

import (
	"math/big"

	"berth/data"
)

// Price is one line of the price book on a day. Package billing turns prices
// into bills.
type Price struct {
	SKU      string
	Label    string
	Unit     string
	Meters   []data.MeterShare // their readings are summed
	Rate     *big.Rat          // USD for Per units; not to be changed
	RateText string            // the rate as written
	Per      int64
	Included *big.Rat // units per account and month; not to be changed
	// RoundUpTo: the overage is rounded up to whole multiples; 0 = exact.
	RoundUpTo int64
	Provenance
}

// Prices lists the price book of the day in the order of the catalogue, further
// SKUs of overlays after it.
func (v View) Prices() []Price {
	m := lookup(v, func(s data.Section) []data.PriceEntry { return s.Prices },
		func(e data.PriceEntry) (string, data.Dated) { return e.SKU, e.Dated })
	var ps []Price
	seen := map[string]bool{}
	for _, l := range v.cat.layers {
		for _, e := range l.Prices {
			if es := m[e.SKU]; len(es) > 0 && !seen[e.SKU] {
				seen[e.SKU] = true
				ps = append(ps, mergePrice(es))
			}
		}
	}
	return ps
}

// mergePrice stacks the entries of one SKU, lowest layer first: what an entry
// does not say comes from below.
func mergePrice(es []found[data.PriceEntry]) Price {
	p := Price{SKU: es[0].entry.SKU, Per: 1, Included: new(big.Rat), Rate: new(big.Rat)}
	for _, f := range es {
		e := f.entry
		if e.Label != "" {
			p.Label = e.Label
		}
		if e.Unit != "" {
			p.Unit = e.Unit
		}
		if len(e.Meters) > 0 {
			p.Meters = e.Meters
		}
		if e.Rate != nil {
			p.Rate, p.RateText = e.Rate, e.RateText
		}
		if e.Per != 0 {
			p.Per = e.Per
		}
		if e.Included != nil {
			p.Included = e.Included
		}
		if e.RoundUpTo >= 0 {
			p.RoundUpTo = e.RoundUpTo
		}
		p.Provenance = f.Provenance
	}
	if p.Label == "" {
		p.Label = p.SKU
	}
	return p
}
