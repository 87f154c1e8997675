package data

import (
	"errors"
	"math/big"
	"strings"

	"berth/data/strict"

	"gopkg.in/yaml.v3"
)

// catalogueReader reads one file into a layer.
type catalogueReader struct {
	*strict.Reader
	overlay bool // user-supplied: source and grade are optional
	world   bool // inside a world: no dates of its own needed
}

// readCatalogue adds a file's entries to layer and returns its problems.
func readCatalogue(layer *CatalogueLayer, file string, src []byte, overlay bool) strict.Problems {
	r, root := strict.Parse(file, src)
	c := catalogueReader{Reader: r, overlay: overlay}
	if root != nil {
		fields := c.sectionFields(&layer.Section)
		if !overlay {
			fields["launch"] = func(n *yaml.Node) { layer.Launch = c.date(n, "launch") }
			fields["checked"] = func(n *yaml.Node) { layer.Checked = c.date(n, "checked") }
			fields["meters"] = func(n *yaml.Node) { c.meters(n, &layer.Meters) }
			fields["worlds"] = func(n *yaml.Node) { c.worlds(n, &layer.Worlds) }
		}
		c.Map(root, "the catalogue", fields)
	}
	ps, _ := r.Err().(strict.Problems)
	return ps
}

func (c catalogueReader) sectionFields(s *Section) strict.Fields {
	return strict.Fields{
		"types":            func(n *yaml.Node) { list(c, n, "types", &s.Types, c.typeEntry) },
		"aliases":          func(n *yaml.Node) { list(c, n, "aliases", &s.Aliases, c.alias) },
		"custom_rules":     func(n *yaml.Node) { list(c, n, "custom_rules", &s.CustomRules, c.customRule) },
		"limits":           func(n *yaml.Node) { list(c, n, "limits", &s.Limits, c.limit) },
		"prices":           func(n *yaml.Node) { list(c, n, "prices", &s.Prices, c.price) },
		"presets":          func(n *yaml.Node) { list(c, n, "presets", &s.Presets, c.preset) },
		"defaults":         func(n *yaml.Node) { list(c, n, "defaults", &s.Settings, c.setting) },
		"regions":          func(n *yaml.Node) { list(c, n, "regions", &s.Regions, c.region) },
		"jurisdictions":    func(n *yaml.Node) { list(c, n, "jurisdictions", &s.Jurisdictions, c.jurisdiction) },
		"egress_regions":   func(n *yaml.Node) { list(c, n, "egress_regions", &s.EgressRegions, c.egressRegion) },
		"egress_countries": func(n *yaml.Node) { list(c, n, "egress_countries", &s.EgressCountries, c.egressCountry) },
		"ranges":           func(n *yaml.Node) { list(c, n, "ranges", &s.Ranges, c.rangeEntry) },
	}
}

func list[E any](c catalogueReader, n *yaml.Node, what string, to *[]E, read func(*yaml.Node) E) {
	c.List(n, what, func(n *yaml.Node) { *to = append(*to, read(n)) })
}

// dated reads an entry whose own fields are given together with the common ones.
func (c catalogueReader) dated(n *yaml.Node, what string, d *Dated, own strict.Fields, required ...string) {
	d.File, d.Line, d.UserSupplied = c.File, n.Line, c.overlay
	own["from"] = func(n *yaml.Node) { d.From = c.date(n, "from") }
	own["to"] = func(n *yaml.Node) { d.To = c.date(n, "to") }
	own["source"] = func(n *yaml.Node) { d.Source, _ = c.Text(n, "source") }
	own["grade"] = func(n *yaml.Node) { d.Grade, _ = c.OneOf(n, "grade", "A", "B", "C", "I") }
	own["note"] = func(n *yaml.Node) { d.Note, _ = c.Text(n, "note") }
	switch {
	case c.world: // the world itself carries source and grade
	case c.overlay:
		if d.Source == "" {
			d.Source = "user-supplied"
		}
	default:
		required = append(required, "from", "source", "grade")
	}
	c.Map(n, what, own, required...)
	if !d.From.IsZero() && !d.To.IsZero() && d.To.Before(d.From) {
		c.Problem(n, "", "%s ends (%s) before it begins (%s)", what, d.To, d.From)
	}
}

func (c catalogueReader) date(n *yaml.Node, what string) Date {
	s, ok := c.Text(n, what)
	if !ok {
		return Date{}
	}
	d, err := ParseDate(s)
	if err != nil {
		c.Problem(n, "", "%s: %s", what, err)
	}
	return d
}

func (c catalogueReader) text(to *string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) { *to, _ = c.Text(n, what) }
}

func (c catalogueReader) int(to *int64, what string) func(*yaml.Node) {
	return func(n *yaml.Node) { *to, _ = c.Int(n, what) }
}

func (c catalogueReader) bool(to *bool, what string) func(*yaml.Node) {
	return func(n *yaml.Node) { *to, _ = c.Bool(n, what) }
}

func (c catalogueReader) texts(to *[]string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		c.List(n, what, func(n *yaml.Node) {
			if s, ok := c.Text(n, what); ok {
				*to = append(*to, s)
			}
		})
	}
}

// vcpu reads "1/16", "0.5" or "4" in 1/1024 vCPU.
func (c catalogueReader) vcpu(to *int64, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := c.Text(n, what)
		if !ok {
			return
		}
		v, err := ParseVCPU1024(s)
		if err != nil {
			c.Problem(n, "", "%s: %s", what, err)
			return
		}
		*to = v
	}
}

func (c catalogueReader) typeEntry(n *yaml.Node) (e TypeEntry) {
	c.dated(n, "type", &e.Dated, strict.Fields{
		"name": c.text(&e.Name, "name"), "vcpu": c.vcpu(&e.VCPU1024, "vcpu"),
		"memory_mib": c.int(&e.MemoryMiB, "memory_mib"), "disk_mb": c.int(&e.DiskMB, "disk_mb"),
	}, "name", "vcpu", "memory_mib", "disk_mb")
	if e.MemoryMiB > maxQuantity || e.DiskMB > maxQuantity {
		c.Problem(n, "", "type %q is larger than 1e9 MiB or MB", e.Name)
	}
	return e
}

func (c catalogueReader) alias(n *yaml.Node) (e AliasEntry) {
	c.dated(n, "alias", &e.Dated, strict.Fields{"name": c.text(&e.Name, "name"), "of": c.text(&e.Of, "of")}, "name", "of")
	return e
}

func (c catalogueReader) customRule(n *yaml.Node) (e CustomRuleEntry) {
	c.dated(n, "custom rule", &e.Dated, strict.Fields{
		"access":                  func(n *yaml.Node) { e.Access, _ = c.OneOf(n, "access", "all", "enterprise", "none") },
		"vcpu_min":                c.vcpu(&e.VCPUMin1024, "vcpu_min"),
		"vcpu_max":                c.vcpu(&e.VCPUMax1024, "vcpu_max"),
		"memory_max_mib":          c.int(&e.MemoryMaxMiB, "memory_max_mib"),
		"memory_min_mib_per_vcpu": c.int(&e.MemoryMinMiBPerVCPU, "memory_min_mib_per_vcpu"),
		"disk_max_mb":             c.int(&e.DiskMaxMB, "disk_max_mb"),
		"disk_max_mb_per_gib":     c.int(&e.DiskMaxMBPerGiB, "disk_max_mb_per_gib"),
	}, "access")
	return e
}

// maxQuantity bounds limits and sizes (1e15) so that products with them and a
// month of nanoseconds stay far inside 128 bits.
const maxQuantity = 1_000_000_000_000_000

func (c catalogueReader) limit(n *yaml.Node) (e LimitEntry) {
	c.dated(n, "limit", &e.Dated, strict.Fields{
		"name":  func(n *yaml.Node) { e.Name, _ = c.OneOf(n, "limit", LimitNames...) },
		"value": c.int(&e.Value, "value"),
	}, "name", "value")
	if e.Value > maxQuantity {
		c.Problem(n, "", "limit %q is over 1e15", e.Name)
	}
	return e
}

func (c catalogueReader) price(n *yaml.Node) (e PriceEntry) {
	e.RoundUpTo = -1
	required := []string{"sku", "rate"}
	if !c.overlay {
		required = append(required, "label", "unit", "per", "included", "rounding")
	}
	c.dated(n, "price", &e.Dated, strict.Fields{
		"sku": c.text(&e.SKU, "sku"), "label": c.text(&e.Label, "label"), "unit": c.text(&e.Unit, "unit"),
		"rate": func(n *yaml.Node) {
			if v, ok := c.Decimal(n, "rate"); ok {
				e.Rate, e.RateText = v, strings.ReplaceAll(n.Value, "_", "")
			}
		},
		"per": func(n *yaml.Node) {
			if c.int(&e.Per, "per")(n); e.Per == 0 {
				c.Problem(n, "", "per must be 1 or more")
			}
		},
		"included": func(n *yaml.Node) { e.Included, _ = c.Decimal(n, "included") },
		"rounding": func(n *yaml.Node) { e.RoundUpTo = c.rounding(n) },
		"meters":   func(n *yaml.Node) { c.List(n, "meters", func(n *yaml.Node) { c.meterShare(n, &e) }) },
	}, required...)
	return e
}

// rounding reads exact, or {up_to: 1000000}.
func (c catalogueReader) rounding(n *yaml.Node) int64 {
	if n.Kind == yaml.ScalarNode {
		c.OneOf(n, "rounding", "exact")
		return 0
	}
	var unit int64
	c.Map(n, "rounding", strict.Fields{"up_to": c.int(&unit, "up_to")}, "up_to")
	if unit == 0 {
		c.Problem(n, "write rounding: exact for none", "up_to must be 1 or more")
	}
	return unit
}

// meterShare reads a meter's name, or {meter: NAME, per: 20}.
func (c catalogueReader) meterShare(n *yaml.Node, e *PriceEntry) {
	m := MeterShare{Per: 1}
	if n.Kind == yaml.ScalarNode {
		m.Meter = n.Value
	} else {
		c.Map(n, "meter", strict.Fields{"meter": c.text(&m.Meter, "meter"), "per": c.int(&m.Per, "per")}, "meter")
	}
	if m.Per < 1 {
		c.Problem(n, "", "per must be 1 or more")
		m.Per = 1
	}
	e.Meters = append(e.Meters, m)
}

func (c catalogueReader) preset(n *yaml.Node) (e PresetEntry) {
	c.dated(n, "preset", &e.Dated, strict.Fields{
		"name": c.text(&e.Name, "name"), "distribution": c.text(&e.Distribution, "distribution"),
		"polling_included": c.bool(&e.PollingIncluded, "polling_included"),
		"buckets": func(n *yaml.Node) {
			list(c, n, "buckets", &e.Buckets, func(n *yaml.Node) (b PresetBucket) {
				c.Map(n, "bucket", strict.Fields{"kind": c.text(&b.Kind, "kind"), "text": c.text(&b.Text, "text"),
					"max_compressed_mb": c.int(&b.MaxCompressedMB, "max_compressed_mb"),
					"distribution":      c.text(&b.Distribution, "distribution")}, "kind", "distribution")
				return b
			})
		},
	}, "name", "polling_included")
	if (e.Distribution == "") == (len(e.Buckets) == 0) {
		c.Problem(n, "", "preset %q needs either a distribution or buckets", e.Name)
	}
	return e
}

func (c catalogueReader) setting(n *yaml.Node) (e SettingEntry) {
	required := []string{"name", "value"}
	if !c.overlay && !c.world {
		required = append(required, "kind")
	}
	c.dated(n, "default", &e.Dated, strict.Fields{
		"name": c.text(&e.Name, "name"), "value": c.text(&e.Value, "value"),
		"kind": func(n *yaml.Node) {
			e.Kind, _ = c.OneOf(n, "kind", "duration", "count", "number", "text", "bool", "distribution")
		},
	}, required...)
	return e
}

func (c catalogueReader) region(n *yaml.Node) (e RegionEntry) {
	c.dated(n, "region", &e.Dated, strict.Fields{"name": c.text(&e.Name, "name"),
		"hint": c.text(&e.Hint, "hint"), "alone": c.bool(&e.Alone, "alone")}, "name", "alone")
	return e
}

func (c catalogueReader) jurisdiction(n *yaml.Node) (e JurisdictionEntry) {
	c.dated(n, "jurisdiction", &e.Dated, strict.Fields{"name": c.text(&e.Name, "name"),
		"regions": c.texts(&e.Regions, "regions")}, "name", "regions")
	return e
}

func (c catalogueReader) egressRegion(n *yaml.Node) (e EgressRegionEntry) {
	c.dated(n, "egress region", &e.Dated, strict.Fields{"name": c.egressName(&e.Name), "label": c.text(&e.Label, "label"),
		"only": c.texts(&e.Only, "only")}, "name", "label")
	return e
}

// EgressRegionNames are the pools of egress traffic.
var EgressRegionNames = []string{"na_eu", "oceania_kr_tw", "other"}

func (c catalogueReader) egressName(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) { *to, _ = c.OneOf(n, "egress region", EgressRegionNames...) }
}

func (c catalogueReader) egressCountry(n *yaml.Node) (e EgressCountryEntry) {
	c.dated(n, "country", &e.Dated, strict.Fields{
		"country": func(n *yaml.Node) {
			s, ok := c.Text(n, "country")
			if e.Country = strings.ToUpper(s); ok && len(s) != 2 {
				c.Problem(n, "such as MX", "country must be a two-letter ISO 3166 code")
			}
		},
		"region": c.egressName(&e.Region)}, "country", "region")
	return e
}

func (c catalogueReader) rangeEntry(n *yaml.Node) (e RangeEntry) {
	c.dated(n, "range", &e.Dated, strict.Fields{"key": c.text(&e.Key, "key"), "values": c.texts(&e.Values, "values")}, "key", "values")
	if len(e.Values) == 0 {
		c.Problem(n, "such as values: [0.5, 2]", "range %q has no values", e.Key)
	}
	return e
}

func (c catalogueReader) meters(n *yaml.Node, to *[]MeterEntry) {
	list(c, n, "meters", to, func(n *yaml.Node) (e MeterEntry) {
		c.Map(n, "meter", strict.Fields{"name": c.text(&e.Name, "name"), "unit": c.text(&e.Unit, "unit"),
			"text": c.text(&e.Text, "text")}, "name", "unit", "text")
		return e
	})
}

func (c catalogueReader) worlds(n *yaml.Node, to *[]WorldEntry) {
	c.List(n, "worlds", func(n *yaml.Node) {
		var w WorldEntry
		in := c
		in.world = true
		fields := in.sectionFields(&w.Section)
		fields["name"] = c.text(&w.Name, "name")
		fields["label"] = c.text(&w.Label, "label")
		in.dated(n, "world", &w.Dated, fields, "name", "label", "source", "grade")
		*to = append(*to, w)
	})
}

var (
	errZeroDenominator = errors.New("a vCPU fraction over 0")
	errTooManyVCPU     = errors.New("over 1,000,000 vCPU")
)

// ParseVCPU1024 reads a vCPU count such as "1/16", "0.25" or "2" in units of
// 1/1024 vCPU. Other fractions than whole units are rounded to the nearest; at
// most 1,000,000 vCPU.
func ParseVCPU1024(s string) (int64, error) {
	numerator, denominator, fraction := strings.Cut(s, "/")
	v, err := strict.ParseDecimal(strings.TrimSpace(numerator))
	if err != nil {
		return 0, err
	}
	if fraction {
		d, err := strict.ParseDecimal(strings.TrimSpace(denominator))
		if err != nil {
			return 0, err
		}
		if d.Sign() == 0 {
			return 0, errZeroDenominator
		}
		v.Quo(v, d)
	}
	v.Mul(v, big.NewRat(1024, 1))
	if v.Cmp(big.NewRat(1024*1_000_000, 1)) > 0 {
		return 0, errTooManyVCPU
	}
	v.Add(v, big.NewRat(1, 2))
	return new(big.Int).Quo(v.Num(), v.Denom()).Int64(), nil
}
