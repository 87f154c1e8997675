package billing

import (
	"errors"
	"fmt"
	"sort"

	"berth/data"
	"berth/data/strict"
	"berth/models/platform"
)

// BaseSKU is the fixed monthly fee, the only price without meters.
const BaseSKU = "base"

// Account is what one customer's contract changes. Numbers are decimal texts.
type Account struct {
	Prices        map[string]string // rate by SKU, for the SKU's own unit count
	Discount      string            // percent on every line but the base fee, 0 to 100; "" = none
	DiscountBySKU map[string]string // percent on one SKU, in place of Discount
}

// Book is the price book of one day.
type Book struct {
	Date         data.Date
	World        string
	CPUMeter     string // provisioned | active
	Prices       []BookPrice
	UserSupplied bool // some price or discount is
}

// BookPrice is one price of a book.
type BookPrice struct {
	platform.Price
	Discount Exact // percent
	shares   []share
}

// share is a meter whose reading divided by per counts for a price.
type share struct {
	meter Meter
	per   int64
}

// NewBook is the price book of a view under a contract. cpuMeter replaces the
// day's own meter unless it is empty. The error joins every problem.
func NewBook(v platform.View, account Account, cpuMeter string) (Book, error) {
	b := Book{Date: v.Date(), World: v.WorldName(), CPUMeter: v.Defaults().CPUMeter}
	var errs []error
	if cpuMeter != "" {
		b.CPUMeter = cpuMeter
	}
	if b.CPUMeter != "provisioned" && b.CPUMeter != "active" {
		errs = append(errs, fmt.Errorf("cpu_meter %q is neither provisioned nor active", clip(b.CPUMeter)))
	}
	for _, p := range v.Prices() {
		bp := BookPrice{Price: p}
		for _, m := range p.Meters {
			s, err := b.share(m)
			if err != nil {
				errs = append(errs, fmt.Errorf("price %s: %w", p.SKU, err))
			}
			bp.shares = append(bp.shares, s)
		}
		if contains(p.Meters, "cpu") {
			bp.Label += " (" + b.CPUMeter + ")"
		}
		b.Prices = append(b.Prices, bp)
	}
	errs = append(errs, b.contract(account)...)
	for _, p := range b.Prices {
		b.UserSupplied = b.UserSupplied || p.UserSupplied || p.Discount.Sign() > 0
	}
	if err := errors.Join(errs...); err != nil {
		return Book{}, err
	}
	return b, nil
}

// share resolves a meter name; "cpu" is the CPU meter in force.
func (b Book) share(m data.MeterShare) (share, error) {
	name := m.Meter
	if name == "cpu" {
		name = "cpu_" + b.CPUMeter
	}
	meter, ok := meterNamed(name)
	if !ok {
		return share{}, fmt.Errorf("there is no meter %q", clip(name))
	}
	return share{meter, max(m.Per, 1)}, nil
}

func contains(meters []data.MeterShare, name string) bool {
	for _, m := range meters {
		if m.Meter == name {
			return true
		}
	}
	return false
}

// contract applies an account's prices and discounts.
func (b *Book) contract(a Account) []error {
	var errs []error
	percent := func(what, text string) Exact {
		x, err := parseExact(text)
		if err == nil && x.Cmp(ExactInt(100)) > 0 {
			err = fmt.Errorf("%s is above 100 percent", clip(text))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
		return x
	}
	if a.Discount != "" {
		general := percent("account: discount", a.Discount)
		for i := range b.Prices {
			if b.Prices[i].SKU != BaseSKU {
				b.Prices[i].Discount = general
			}
		}
	}
	for _, sku := range sortedKeys(a.Prices) {
		p, err := b.find(sku)
		if err != nil {
			errs = append(errs, fmt.Errorf("account: prices: %w", err))
			continue
		}
		rate, err := parseExact(a.Prices[sku])
		if err != nil {
			errs = append(errs, fmt.Errorf("account: prices: %s: %w", sku, err))
			continue
		}
		p.Rate, p.RateText = rate.Rat(), a.Prices[sku]
		p.Provenance = platform.Provenance{Source: "account: prices", UserSupplied: true}
	}
	for _, sku := range sortedKeys(a.DiscountBySKU) {
		p, err := b.find(sku)
		if err != nil {
			errs = append(errs, fmt.Errorf("account: discount: %w", err))
			continue
		}
		p.Discount = percent("account: discount: "+sku, a.DiscountBySKU[sku])
	}
	return errs
}

// find is the price of a SKU; the error suggests one.
func (b *Book) find(sku string) (*BookPrice, error) {
	var known []string
	for i := range b.Prices {
		if b.Prices[i].SKU == sku {
			return &b.Prices[i], nil
		}
		known = append(known, b.Prices[i].SKU)
	}
	hint := ""
	if s := strict.Suggest(sku, known); s != "" {
		hint = fmt.Sprintf("; did you mean %q?", s)
	}
	return nil, fmt.Errorf("there is no price %q on %s%s", clip(sku), b.Date, hint)
}

// Find is the price of a SKU.
func (b Book) Find(sku string) (BookPrice, error) {
	p, err := b.find(sku)
	if err != nil {
		return BookPrice{}, err
	}
	return *p, nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// net is the money for a billable quantity: rate x quantity / per, less the
// discount.
func (p BookPrice) net(billable Exact) Exact {
	amount := billable.Mul(Exact{p.Rate}).Quo(ExactInt(p.Per))
	if p.Discount.Sign() > 0 {
		amount = amount.Mul(ExactInt(100).Sub(p.Discount)).Quo(ExactInt(100))
	}
	return amount
}

// gross is an app's usage in the price's unit.
func (p BookPrice) gross(q *Quantities) Exact {
	var sum Exact
	for _, s := range p.shares {
		sum = sum.Add(q[s.meter].Quo(ExactInt(s.per)))
	}
	return sum
}
