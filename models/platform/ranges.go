package platform

import (
	"berth/data"
)

// Range is how far an inferred value may be off.
type Range struct {
	Key    string   // of the scenario: apps.*.meter.idle_cpu
	Values []string // to try in its place, in the scenario's language, the lower first
	Provenance
	File string // where the entry stands
	Line int
}

// Ranges lists the ranges of the day by key.
func (v View) Ranges() []Range {
	byKey := lookup(v, func(s data.Section) []data.RangeEntry { return s.Ranges },
		func(e data.RangeEntry) (string, data.Dated) { return e.Key, e.Dated })
	ranges := make([]Range, 0, len(byKey))
	for _, key := range sortedNames(byKey) {
		f := top(byKey[key])
		ranges = append(ranges, Range{Key: key, Values: f.entry.Values, Provenance: f.Provenance, File: f.entry.File, Line: f.entry.Line})
	}
	return ranges
}
