package platform

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"sort"
	"strings"

	"berth/data"
	"berth/data/strict"
)

// InstanceType is a size of instance.
type InstanceType struct {
	Name      string
	VCPU1024  int64 // 1/1024 vCPU; lite has 64
	MemoryMiB int64
	DiskMB    int64    // decimal megabytes
	Aliases   []string `json:",omitempty"` // other names that hold on the day
	Custom    bool     `json:",omitempty"`
	Provenance
}

// VCPU is the number of virtual CPUs.
func (t InstanceType) VCPU() float64 { return float64(t.VCPU1024) / 1024 }

// VCPUText is the exact count: "1/16", "4", "3/2".
func (t InstanceType) VCPUText() string {
	n, d := t.VCPU1024, int64(1024)
	for n%2 == 0 && d > 1 {
		n, d = n/2, d/2
	}
	if d == 1 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d/%d", n, d)
}

// Types lists the named types of the day, smallest first.
func (v View) Types() []InstanceType {
	entries := v.types()
	aliases := v.aliases()
	var ts []InstanceType
	for _, name := range sortedNames(entries) {
		f := top(entries[name])
		t := InstanceType{Name: name, VCPU1024: f.entry.VCPU1024, MemoryMiB: f.entry.MemoryMiB, DiskMB: f.entry.DiskMB, Provenance: f.Provenance}
		for _, a := range sortedNames(aliases) {
			if entries[a] == nil && top(aliases[a]).entry.Of == name {
				t.Aliases = append(t.Aliases, a)
			}
		}
		ts = append(ts, t)
	}
	sort.SliceStable(ts, func(i, j int) bool {
		a, b := ts[i], ts[j]
		if a.MemoryMiB != b.MemoryMiB {
			return a.MemoryMiB < b.MemoryMiB
		}
		return a.VCPU1024 < b.VCPU1024
	})
	return ts
}

// types holds the named types. A world that names types replaces the dated ones
// as a whole, since a guide's list is a list.
func (v View) types() map[string][]found[data.TypeEntry] {
	m := lookup(v, func(s data.Section) []data.TypeEntry { return s.Types },
		func(e data.TypeEntry) (string, data.Dated) { return e.Name, e.Dated })
	if len(v.world.Types) > 0 {
		m = maps.Clone(m)
		for name, es := range m {
			if top(es).layer == 0 {
				delete(m, name)
			}
		}
	}
	return m
}

func (v View) aliases() map[string][]found[data.AliasEntry] {
	return lookup(v, func(s data.Section) []data.AliasEntry { return s.Aliases },
		func(e data.AliasEntry) (string, data.Dated) { return e.Name, e.Dated })
}

// Type finds a type by name or by an alias of the day. The error says when a
// name held, or which name is near.
func (v View) Type(name string) (InstanceType, error) {
	ts := v.Types()
	names := make([]string, 0, len(ts))
	for _, t := range ts {
		if t.Name == name || contains(t.Aliases, name) {
			return t, nil
		}
		names = append(names, t.Name)
	}
	if when := v.heldWhen(name); when != "" {
		return InstanceType{}, fmt.Errorf("instance type %q does not exist on %s in world %s: %s; on that day: %s",
			name, v.date, v.world.Name, when, strings.Join(names, ", "))
	}
	return InstanceType{}, unknown("instance type", name, names)
}

// heldWhen says when a type name of the catalogue held.
func (v View) heldWhen(name string) string {
	for _, l := range v.cat.layers {
		for _, e := range l.Types {
			if e.Name != name {
				continue
			}
			if e.To.IsZero() {
				return fmt.Sprintf("official from %s", e.From)
			}
			return fmt.Sprintf("official from %s to %s", e.From, e.To)
		}
	}
	return ""
}

// CustomRule bounds custom types. A bound of 0 does not apply.
type CustomRule struct {
	Access              string // all | enterprise | none
	VCPUMin1024         int64
	VCPUMax1024         int64
	MemoryMaxMiB        int64
	MemoryMinMiBPerVCPU int64
	DiskMaxMB           int64
	DiskMaxMBPerGiB     int64
	Provenance
}

// CustomRule is the rule of the day.
func (v View) CustomRule() CustomRule {
	m := lookup(v, func(s data.Section) []data.CustomRuleEntry { return s.CustomRules },
		func(e data.CustomRuleEntry) (string, data.Dated) { return "", e.Dated })
	if len(m[""]) == 0 {
		return CustomRule{Access: "none"}
	}
	f := top(m[""])
	e := f.entry
	return CustomRule{Access: e.Access, VCPUMin1024: e.VCPUMin1024, VCPUMax1024: e.VCPUMax1024, MemoryMaxMiB: e.MemoryMaxMiB,
		MemoryMinMiBPerVCPU: e.MemoryMinMiBPerVCPU, DiskMaxMB: e.DiskMaxMB, DiskMaxMBPerGiB: e.DiskMaxMBPerGiB, Provenance: f.Provenance}
}

// maxCustom bounds the sizes that Custom looks at (1e9 vCPU/1024, MiB or MB), so
// that its products cannot overflow.
const maxCustom = 1_000_000_000

// Custom checks a custom type (1/1024 vCPU, MiB, decimal MB) against the rule of
// the day. The error joins every broken bound.
func (v View) Custom(vcpu1024, memoryMiB, diskMB int64) (InstanceType, error) {
	if vcpu1024 <= 0 || memoryMiB <= 0 || diskMB <= 0 || max(vcpu1024, memoryMiB, diskMB) > maxCustom {
		return InstanceType{}, errors.New("a custom instance type needs vcpu, memory and disk, each above 0 and at most 1e9 (1/1024 vCPU, MiB, MB)")
	}
	rule := v.CustomRule()
	t := InstanceType{Name: "custom", VCPU1024: vcpu1024, MemoryMiB: memoryMiB, DiskMB: diskMB, Custom: true, Provenance: rule.Provenance}
	if err := errors.Join(rule.broken(t, v)...); err != nil {
		return InstanceType{}, err
	}
	return t, nil
}

// broken lists the bounds of the rule that t breaks.
func (r CustomRule) broken(t InstanceType, v View) []error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("custom instance type: "+format, args...))
	}
	switch r.Access {
	case "none":
		fail("there are none on %s in world %s: take a named type", v.date, v.world.Name)
		return errs
	case "enterprise":
		fail("on %s only Enterprise customers had them (all from 2026-01-05): take a named type, a later date, or a contract's custom_rules in a catalogue overlay", v.date)
		return errs
	}
	if t.VCPU1024 < r.VCPUMin1024 {
		fail("vcpu %s is below the least of %s", t.VCPUText(), vcpuText(r.VCPUMin1024))
	}
	if r.VCPUMax1024 > 0 && t.VCPU1024 > r.VCPUMax1024 {
		fail("vcpu %s is above the most of %s", t.VCPUText(), vcpuText(r.VCPUMax1024))
	}
	if r.MemoryMaxMiB > 0 && t.MemoryMiB > r.MemoryMaxMiB {
		fail("memory %d MiB is above the most of %d MiB", t.MemoryMiB, r.MemoryMaxMiB)
	}
	if t.MemoryMiB*1024 < r.MemoryMinMiBPerVCPU*t.VCPU1024 {
		fail("memory %d MiB is below %d MiB per vCPU: %s vCPU need %d MiB", t.MemoryMiB, r.MemoryMinMiBPerVCPU, t.VCPUText(),
			(r.MemoryMinMiBPerVCPU*t.VCPU1024+1023)/1024)
	}
	if r.DiskMaxMB > 0 && t.DiskMB > r.DiskMaxMB {
		fail("disk %d MB is above the most of %d MB", t.DiskMB, r.DiskMaxMB)
	}
	if r.DiskMaxMBPerGiB > 0 && t.DiskMB*1024 > r.DiskMaxMBPerGiB*t.MemoryMiB {
		fail("disk %d MB is above %d MB per GiB of memory: %d MiB allow %d MB", t.DiskMB, r.DiskMaxMBPerGiB, t.MemoryMiB,
			r.DiskMaxMBPerGiB*t.MemoryMiB/1024)
	}
	return errs
}

func vcpuText(vcpu1024 int64) string { return InstanceType{VCPU1024: vcpu1024}.VCPUText() }

// VCPU1024 converts a vCPU count to 1/1024 vCPU, rounded to the nearest.
func VCPU1024(vcpu float64) int64 { return int64(math.Round(vcpu * 1024)) }

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// unknown is the error for a name that is not in the list.
func unknown(what, name string, known []string) error {
	hint := "."
	if s := strict.Suggest(name, known); s != "" {
		hint = fmt.Sprintf("; did you mean %q?", s)
	}
	return fmt.Errorf("there is no %s %q%s Known: %s", what, name, hint, strings.Join(known, ", "))
}
