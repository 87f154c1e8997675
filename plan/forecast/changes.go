package forecast

import (
	"fmt"
	"strconv"
	"strings"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
)

// changes lists what of the catalogue holds in a month and did not in the month
// before: prices, the account's limits and the sizes of the apps' types. What
// changes inside a month counts from the next one on, since a month is priced by
// its first day.
func changes(month string, before, now *edge.Config) []result.DatedChange {
	list := priceChanges(month, before.Book, now.Book)
	add := func(kind, name, what string, args ...any) {
		list = append(list, result.DatedChange{Month: month, Kind: kind, Name: name, Label: name, What: fmt.Sprintf(what, args...), Source: "catalogue"})
	}
	if before.Book.CPUMeter != now.Book.CPUMeter {
		add("price", "cpu_meter", "%s CPU is billed, before %s", now.Book.CPUMeter, before.Book.CPUMeter)
	}
	a, b := before.Account, now.Account
	for _, l := range []struct {
		name     string
		old, new float64
		unit     string
	}{{"account vCPU", float64(a.VCPU1024) / 1024, float64(b.VCPU1024) / 1024, "vCPU"}, {"account memory", float64(a.MemoryMiB), float64(b.MemoryMiB), "MiB"},
		{"account disk", float64(a.DiskMB), float64(b.DiskMB), "MB"}, {"image storage", float64(a.ImageStorageMB), float64(b.ImageStorageMB), "MB"},
		{"start rate", a.StartsPerSec, b.StartsPerSec, "starts/s"}, {"Durable Object requests", float64(a.DORequestsPerS), float64(b.DORequestsPerS), "requests/s"}} {
		if l.old != l.new {
			add("limit", l.name, "%s, before %s", amount(l.new, l.unit), amount(l.old, l.unit))
		}
	}
	for i := range now.Apps {
		x, y := &before.Apps[i].Type, &now.Apps[i].Type
		if x.VCPU1024 != y.VCPU1024 || x.MemoryMiB != y.MemoryMiB || x.DiskMB != y.DiskMB {
			add("type", now.Apps[i].Name+": "+y.Name, "%s vCPU, %d MiB, %d MB, before %s vCPU, %d MiB, %d MB", y.VCPUText(), y.MemoryMiB, y.DiskMB, x.VCPUText(), x.MemoryMiB, x.DiskMB)
		}
		if m, n := before.Apps[i].MaxInstances, now.Apps[i].MaxInstances; m != n {
			add("limit", now.Apps[i].Name+": max_instances", "%s, before %s", amount(float64(n), "instances"), amount(float64(m), "instances"))
		}
	}
	return list
}

// amount is a limit with its unit; 0 is none.
func amount(x float64, unit string) string {
	if x == 0 {
		return "none"
	}
	return strconv.FormatFloat(x, 'f', -1, 64) + " " + unit
}

// priceChanges compares two price books line by line, in the order of the later
// one; lines that end come last.
func priceChanges(month string, before, now billing.Book) []result.DatedChange {
	var list []result.DatedChange
	add := func(p billing.BookPrice, what string) {
		source := p.Source
		if p.UserSupplied {
			source += " (user-supplied)"
		}
		list = append(list, result.DatedChange{Month: month, Kind: "price", Name: p.SKU, Label: p.Label, What: what, Source: strings.TrimSpace(source)})
	}
	for _, p := range now.Prices {
		old, err := before.Find(p.SKU)
		switch {
		case err != nil:
			add(p, "begins: "+terms(p))
		case terms(old) != terms(p):
			add(p, terms(p)+", before "+terms(old))
		}
	}
	for _, p := range before.Prices {
		if _, err := now.Find(p.SKU); err != nil {
			add(p, "ends: "+terms(p))
		}
	}
	return list
}

// terms are what a line of a price book asks.
func terms(p billing.BookPrice) string {
	s := "$" + p.RateText + " a " + p.Unit
	if p.Per > 1 {
		s = "$" + p.RateText + " for " + short(float64(p.Per)) + " " + p.Unit
	}
	if p.Included != nil && p.Included.Sign() > 0 {
		x, _ := p.Included.Float64()
		s += ", " + short(x) + " included"
	}
	if p.RoundUpTo > 0 {
		s += ", rounded up to " + short(float64(p.RoundUpTo))
	}
	if p.Discount.Sign() > 0 {
		s += ", less " + p.Discount.String() + " %"
	}
	return s
}

// short writes a count with k or M where it is a whole number of them.
func short(x float64) string {
	for _, u := range []struct {
		of   float64
		name string
	}{{1e6, "M"}, {1e3, "k"}} {
		if n := x / u.of; n >= 1 && n == float64(int64(n)) {
			return strconv.FormatFloat(n, 'f', -1, 64) + u.name
		}
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
