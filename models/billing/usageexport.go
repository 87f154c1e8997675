package billing

import (
	"strings"
	"sync"

	"berth/data"

	"gopkg.in/yaml.v3"
)

// exportCells reads the provider's usage dataset.
func (p *usageParser) exportCells(n *yaml.Node, cells map[string]*yaml.Node, q *Quantities) bool {
	used := false
	read := func(name string, m Meter, unit int64) {
		if cells[name] != nil {
			x, _ := p.quantity(cells, name, Exact{})
			q[m] = q[m].Add(x.Quo(ExactInt(unit)))
			used = true
		}
	}
	read("cpuTimeSec", CPUActive, 1)
	read("allocatedMemory", Memory, 1<<30)
	read("allocatedDisk", Disk, 1_000_000_000)
	if cells["cpuTimeSec"] != nil && p.view.Defaults().CPUMeter == "provisioned" {
		p.warn("the export holds used CPU time only; on %s provisioned CPU is billed, which it does not give", p.out.AsOf)
	}
	if cells["txBytes"] == nil {
		return used
	}
	pool, ok := p.pool(n, cells)
	x, _ := p.quantity(cells, "txBytes", Exact{})
	if ok {
		q[pool] = q[pool].Add(x.Quo(ExactInt(1_000_000_000)))
	}
	return true
}

// regionPools are the pools of the provider's placement regions.
var regionPools = map[string]string{"ENAM": "na_eu", "WNAM": "na_eu", "EEUR": "na_eu", "WEUR": "na_eu",
	"OC": "oceania_kr_tw", "SAM": "other", "ME": "other", "AFR": "other", "APAC": "other"}

// pool finds the egress pool of a row: by egress_region, country, location (a
// PoP code, digits after it are ignored), then region.
func (p *usageParser) pool(n *yaml.Node, cells map[string]*yaml.Node) (Meter, bool) {
	name, at := "", n
	switch {
	case cells["egress_region"] != nil:
		at = cells["egress_region"]
		name = at.Value
	case cells["country"] != nil:
		at = cells["country"]
		name = p.countryPool(strings.ToUpper(at.Value))
	case cells["location"] != nil:
		at = cells["location"]
		name = p.locationPool(at.Value)
	case cells["region"] != nil:
		at = cells["region"]
		if name = regionPools[strings.ToUpper(at.Value)]; name == "" {
			name = at.Value
		}
		if strings.EqualFold(at.Value, "APAC") {
			p.warn("region APAC without a location: its egress is taken as \"other\", which is wrong for Korea and Taiwan")
		}
	}
	for i, known := range data.EgressRegionNames {
		if name == known {
			return EgressNAEU + Meter(i), true
		}
	}
	p.Problem(at, "give egress_region: na_eu, oceania_kr_tw or other", "txBytes without a known place, so its egress price is not known")
	return 0, false
}

// poolTables are the pools by country and by PoP in the embedded tables.
var poolTables = sync.OnceValue(func() (t struct{ country, popCountry map[string]string }) {
	t.country, t.popCountry = map[string]string{}, map[string]string{}
	for _, c := range data.Countries() {
		t.country[c.ISO2] = string(c.Egress)
	}
	for _, pop := range data.Pops() {
		t.popCountry[pop.IATA] = pop.Country
	}
	return t
})

func (p *usageParser) countryPool(country string) string {
	return p.egress.Region(country, poolTables().country[country])
}

func (p *usageParser) locationPool(location string) string {
	code := strings.ToUpper(strings.TrimRight(location, "0123456789"))
	if country, ok := poolTables().popCountry[code]; ok {
		return p.countryPool(country)
	}
	return ""
}
