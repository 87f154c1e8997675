package platform

import (
	"berth/data"
)

// Preset is a cold-start preset: the platform's part of a start.
type Preset struct {
	Name         string
	Distribution string // of the time, in the notation of scenarios; empty when Buckets decide
	// PollingIncluded: the figures contain the readiness polling already, so none
	// is to be added.
	PollingIncluded bool
	Buckets         []Bucket
	Provenance
}

// Bucket is one image class of a preset, from small to large.
type Bucket struct {
	Kind            string
	MaxCompressedMB int64 // 0 = no bound
	Distribution    string
	Text            string
}

// Presets lists the cold-start presets of the day by name.
func (v View) Presets() []Preset {
	byName := v.presets()
	ps := make([]Preset, 0, len(byName))
	for _, name := range sortedNames(byName) {
		ps = append(ps, presetOf(top(byName[name])))
	}
	return ps
}

// Preset finds a preset by name; the error suggests one.
func (v View) Preset(name string) (Preset, error) {
	byName := v.presets()
	if es := byName[name]; es != nil {
		return presetOf(top(es)), nil
	}
	return Preset{}, unknown("cold-start preset", name, sortedNames(byName))
}

func (v View) presets() map[string][]found[data.PresetEntry] {
	return lookup(v, func(s data.Section) []data.PresetEntry { return s.Presets },
		func(e data.PresetEntry) (string, data.Dated) { return e.Name, e.Dated })
}

func presetOf(f found[data.PresetEntry]) Preset {
	p := Preset{Name: f.entry.Name, Distribution: f.entry.Distribution, PollingIncluded: f.entry.PollingIncluded, Provenance: f.Provenance}
	for _, b := range f.entry.Buckets {
		p.Buckets = append(p.Buckets, Bucket(b))
	}
	return p
}

// ForImage is the distribution for an image: that of the bucket named kind if
// there is one, else of the first bucket that the compressed size fits. The
// second result names the bucket; it is empty for a preset without buckets.
func (p Preset) ForImage(kind string, compressedMB int64) (distribution, bucket string) {
	if len(p.Buckets) == 0 {
		return p.Distribution, ""
	}
	for _, b := range p.Buckets {
		if b.Kind == kind {
			return b.Distribution, b.Kind
		}
	}
	for _, b := range p.Buckets {
		if b.MaxCompressedMB == 0 || compressedMB <= b.MaxCompressedMB {
			return b.Distribution, b.Kind
		}
	}
	last := p.Buckets[len(p.Buckets)-1]
	return last.Distribution, last.Kind
}
