package platform

import (
	"fmt"

	"berth/data"
	"berth/data/strict"
	"berth/sim/dist"
)

// crossCheck reports entries that refer to something the catalogue does not
// have, or whose value does not fit its kind.
func (c *Catalogue) crossCheck() strict.Problems {
	var ps strict.Problems
	report := func(d data.Dated, format string, args ...any) {
		ps = append(ps, strict.Problem{File: d.File, Line: d.Line, Column: 1, Text: fmt.Sprintf(format, args...)})
	}
	for i, l := range c.layers {
		c.checkPrices(l.Section, i > 0, report)
		c.checkSettings(l.Section, report)
		checkPresets(l.Section, report)
		for _, w := range l.Worlds {
			c.checkSettings(w.Section, report)
		}
		for _, a := range l.Aliases {
			if !c.knowsType(a.Of) {
				report(a.Dated, "alias %q is of the unknown type %q", a.Name, a.Of)
			}
		}
	}
	return ps
}

type reporter func(d data.Dated, format string, args ...any)

// checkPrices wants known meters, and whole entries where there is no lower one.
func (c *Catalogue) checkPrices(s data.Section, overlay bool, report reporter) {
	var meters []string
	for _, m := range c.layers[0].Meters {
		meters = append(meters, m.Name)
	}
	for _, p := range s.Prices {
		for _, m := range p.Meters {
			if !contains(meters, m.Meter) {
				report(p.Dated, "price %q: %s", p.SKU, unknown("meter", m.Meter, meters))
			}
		}
		if overlay && !c.embeddedPrice(p.SKU) && (len(p.Meters) == 0 || p.Unit == "") {
			report(p.Dated, "price %q is new, so it needs unit and meters too; %s", p.SKU, unknown("price", p.SKU, c.skus()))
		}
	}
}

// checkSettings wants known names and values that fit.
func (c *Catalogue) checkSettings(s data.Section, report reporter) {
	kinds := map[string]string{}
	var names []string
	for _, e := range c.layers[0].Settings {
		if kinds[e.Name] == "" {
			names = append(names, e.Name)
		}
		kinds[e.Name] = e.Kind
	}
	for _, e := range s.Settings {
		kind, ok := kinds[e.Name]
		if !ok {
			report(e.Dated, "%s", unknown("platform default", e.Name, names))
			continue
		}
		if err := (Setting{Name: e.Name, Kind: kind, Value: e.Value}).check(); err != nil {
			report(e.Dated, "%s", err)
		}
		if e.Name == "cold_start" && !c.knowsPreset(e.Value) {
			report(e.Dated, "default cold_start names the unknown preset %q", e.Value)
		}
	}
}

// checkPresets wants distributions that can be read.
func checkPresets(s data.Section, report reporter) {
	for _, p := range s.Presets {
		texts := []string{p.Distribution}
		for _, b := range p.Buckets {
			texts = append(texts, b.Distribution)
		}
		for _, text := range texts {
			if text == "" {
				continue
			}
			if _, err := dist.Parse(text, dist.Duration); err != nil {
				report(p.Dated, "preset %q: %s", p.Name, oneLine(err))
			}
		}
	}
}

func (c *Catalogue) embeddedPrice(sku string) bool { return contains(c.skus(), sku) }

// skus lists the embedded prices, each once.
func (c *Catalogue) skus() []string {
	var names []string
	for _, p := range c.layers[0].Prices {
		if !contains(names, p.SKU) {
			names = append(names, p.SKU)
		}
	}
	return names
}

func (c *Catalogue) knowsType(name string) bool {
	for _, l := range c.layers {
		for _, e := range l.Types {
			if e.Name == name {
				return true
			}
		}
	}
	return false
}

func (c *Catalogue) knowsPreset(name string) bool {
	for _, l := range c.layers {
		for _, e := range l.Presets {
			if e.Name == name {
				return true
			}
		}
	}
	return false
}
