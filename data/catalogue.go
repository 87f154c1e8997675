package data

import (
	"embed"
	"fmt"
	"math/big"
	"sort"

	"berth/data/strict"
)

//go:embed catalogue/*.yaml
var catalogueFiles embed.FS

// Dated is what every catalogue entry carries: when it holds, and how that is
// known.
type Dated struct {
	From, To     Date   // first and last day; zero = open
	Source       string // where it is written
	Grade        string // A official, B maintainer or measured, C single report, I inference
	Note         string
	File         string // where the entry stands
	Line         int
	UserSupplied bool // from an overlay, not from the project
}

// In reports whether the entry holds on d.
func (e Dated) In(d Date) bool {
	return !d.Before(e.From) && (e.To.IsZero() || !e.To.Before(d))
}

// overlaps reports whether some day is in both.
func (e Dated) overlaps(f Dated) bool {
	return (e.To.IsZero() || !e.To.Before(f.From)) && (f.To.IsZero() || !f.To.Before(e.From))
}

// TypeEntry is a named instance type.
type TypeEntry struct {
	Dated
	Name      string
	VCPU1024  int64 // 1/1024 vCPU
	MemoryMiB int64
	DiskMB    int64 // decimal megabytes
}

// AliasEntry is another name of a type.
type AliasEntry struct {
	Dated
	Name, Of string
}

// CustomRuleEntry bounds custom instance types. A bound of 0 does not apply.
type CustomRuleEntry struct {
	Dated
	Access              string // all | enterprise | none
	VCPUMin1024         int64
	VCPUMax1024         int64
	MemoryMaxMiB        int64
	MemoryMinMiBPerVCPU int64
	DiskMaxMB           int64
	DiskMaxMBPerGiB     int64
}

// LimitEntry is one limit; 0 means none (image_mb: the type's disk instead).
type LimitEntry struct {
	Dated
	Name  string
	Value int64
}

// LimitNames are the limits that a catalogue may set, with their units.
var LimitNames = []string{"vcpu", "memory_mib", "disk_mb", "image_storage_mb", "image_mb", "image_compressed_mb",
	"memory_per_instance_mib", "do_requests_per_s", "starts_per_s"}

// PriceEntry is one line of the price book. In an overlay the pointers may be
// nil and the texts empty: the entry below then gives the value.
type PriceEntry struct {
	Dated
	SKU      string
	Label    string
	Unit     string
	Meters   []MeterShare
	Rate     *big.Rat // USD for Per units
	RateText string   // as written
	Per      int64    // 0 = not given
	Included *big.Rat // units per account and month
	// RoundUpTo: the overage is rounded up to whole multiples of it; 0 = exact;
	// -1 = not given.
	RoundUpTo int64
}

// MeterShare is a meter whose reading, divided by Per, counts for a price.
type MeterShare struct {
	Meter string
	Per   int64
}

// MeterEntry names something metered.
type MeterEntry struct {
	Name, Unit, Text string
}

// PresetEntry is a cold-start preset.
type PresetEntry struct {
	Dated
	Name            string
	Distribution    string // empty when Buckets decide
	PollingIncluded bool
	Buckets         []PresetBucket
}

// PresetBucket is one image class of a preset.
type PresetBucket struct {
	Kind            string
	MaxCompressedMB int64 // 0 = no bound
	Distribution    string
	Text            string
}

// SettingEntry is a platform default, as text with its kind.
type SettingEntry struct {
	Dated
	Name, Kind, Value string
}

// RegionEntry is a value of the region constraint.
type RegionEntry struct {
	Dated
	Name  string
	Hint  string // Durable Object location hint that names the same area
	Alone bool   // may stand without another region
}

// JurisdictionEntry is a jurisdiction and the regions inside it.
type JurisdictionEntry struct {
	Dated
	Name    string
	Regions []string
}

// EgressRegionEntry is a pool of egress traffic.
type EgressRegionEntry struct {
	Dated
	Name, Label string
	// Only, when not empty, restricts the pool to these countries (ISO 3166
	// alpha-2); its others go to the pool "other".
	Only []string
}

// EgressCountryEntry moves a country to another egress pool.
type EgressCountryEntry struct {
	Dated
	Country, Region string
}

// Section is a set of entries: a catalogue file, or what a world sets.
type Section struct {
	Types           []TypeEntry
	Aliases         []AliasEntry
	CustomRules     []CustomRuleEntry
	Limits          []LimitEntry
	Prices          []PriceEntry
	Presets         []PresetEntry
	Settings        []SettingEntry
	Regions         []RegionEntry
	Jurisdictions   []JurisdictionEntry
	EgressRegions   []EgressRegionEntry
	EgressCountries []EgressCountryEntry
	Ranges          []RangeEntry
}

// RangeEntry is how far an inferred value may be off.
type RangeEntry struct {
	Dated
	Key    string   // of the scenario: apps.*.meter.idle_cpu
	Values []string // to try in its place, in the scenario's language, the lower first
}

// WorldEntry is what another guide says; it stands over the dated catalogue.
type WorldEntry struct {
	Dated
	Name, Label string
	Section
}

// CatalogueLayer is one source of entries: the embedded files or an overlay.
type CatalogueLayer struct {
	Section
	Launch  Date // first day of the public beta
	Checked Date // the newest source text read
	Meters  []MeterEntry
	Worlds  []WorldEntry
}

// EmbeddedCatalogue reads the catalogue that the program carries.
func EmbeddedCatalogue() (CatalogueLayer, error) {
	entries, err := catalogueFiles.ReadDir("catalogue")
	if err != nil {
		return CatalogueLayer{}, err
	}
	var layer CatalogueLayer
	var problems strict.Problems
	for _, e := range entries {
		name := "catalogue/" + e.Name()
		src, err := catalogueFiles.ReadFile(name)
		if err != nil {
			return CatalogueLayer{}, err
		}
		problems = append(problems, readCatalogue(&layer, name, src, false)...)
	}
	problems = append(problems, overlapsIn(layer.Section)...)
	if len(problems) > 0 {
		return CatalogueLayer{}, problems
	}
	return layer, nil
}

// ParseCatalogue reads an overlay. Its entries need no source, and a price may
// leave out what the entry below it says. The error is a strict.Problems with
// every problem and its place.
func ParseCatalogue(file string, src []byte) (CatalogueLayer, error) {
	var layer CatalogueLayer
	problems := readCatalogue(&layer, file, src, true)
	problems = append(problems, overlapsIn(layer.Section)...)
	if len(problems) > 0 {
		return CatalogueLayer{}, problems
	}
	return layer, nil
}

// overlapsIn reports entries of the same name that hold on the same day, which
// would leave it to chance which of them counts.
func overlapsIn(s Section) strict.Problems {
	var ps strict.Problems
	ps = append(ps, overlapping("type", s.Types, func(e TypeEntry) (string, Dated) { return e.Name, e.Dated })...)
	ps = append(ps, overlapping("alias", s.Aliases, func(e AliasEntry) (string, Dated) { return e.Name, e.Dated })...)
	ps = append(ps, overlapping("custom rule", s.CustomRules, func(e CustomRuleEntry) (string, Dated) { return "", e.Dated })...)
	ps = append(ps, overlapping("limit", s.Limits, func(e LimitEntry) (string, Dated) { return e.Name, e.Dated })...)
	ps = append(ps, overlapping("price", s.Prices, func(e PriceEntry) (string, Dated) { return e.SKU, e.Dated })...)
	ps = append(ps, overlapping("preset", s.Presets, func(e PresetEntry) (string, Dated) { return e.Name, e.Dated })...)
	ps = append(ps, overlapping("default", s.Settings, func(e SettingEntry) (string, Dated) { return e.Name, e.Dated })...)
	ps = append(ps, overlapping("region", s.Regions, func(e RegionEntry) (string, Dated) { return e.Name, e.Dated })...)
	ps = append(ps, overlapping("jurisdiction", s.Jurisdictions, func(e JurisdictionEntry) (string, Dated) { return e.Name, e.Dated })...)
	ps = append(ps, overlapping("egress region", s.EgressRegions, func(e EgressRegionEntry) (string, Dated) { return e.Name, e.Dated })...)
	ps = append(ps, overlapping("country", s.EgressCountries, func(e EgressCountryEntry) (string, Dated) { return e.Country, e.Dated })...)
	ps = append(ps, overlapping("range", s.Ranges, func(e RangeEntry) (string, Dated) { return e.Key, e.Dated })...)
	return ps
}

func overlapping[E any](what string, entries []E, key func(E) (string, Dated)) strict.Problems {
	type named struct {
		name string
		Dated
	}
	all := make([]named, len(entries))
	for i, e := range entries {
		all[i].name, all[i].Dated = key(e)
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].name != all[j].name {
			return all[i].name < all[j].name
		}
		return all[i].From.Before(all[j].From)
	})
	var ps strict.Problems
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if a.name == b.name && a.overlaps(b.Dated) {
			ps = append(ps, strict.Problem{File: b.File, Line: b.Line, Column: 1,
				Text: fmt.Sprintf("%s %q holds on days of the entry on line %d too", what, b.name, a.Line),
				Hint: "end the earlier one with to: the day before"})
		}
	}
	return ps
}
