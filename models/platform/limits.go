package platform

import (
	"errors"
	"fmt"
	"sort"

	"berth/data"
)

// Limit is one limit with its origin; 0 means there is none.
type Limit struct {
	Name  string
	Value int64
	Unit  string
	Provenance
}

// limitUnits are the units of the limits by name.
var limitUnits = map[string]string{"vcpu": "vCPU", "memory_mib": "MiB", "disk_mb": "MB", "image_storage_mb": "MB", "image_mb": "MB",
	"image_compressed_mb": "MB", "memory_per_instance_mib": "MiB", "do_requests_per_s": "requests/s", "starts_per_s": "starts/s"}

// AccountLimits are the limits of one account on the day; 0 means none.
type AccountLimits struct {
	VCPU           int64 // concurrent vCPU
	MemoryMiB      int64 // concurrent memory
	DiskMB         int64 // concurrent disk
	ImageStorageMB int64 // all retained images
	// ImageMB bounds one unpacked image; 0 = the disk of its instance type.
	ImageMB              int64
	ImageCompressedMB    int64 // bounds one compressed image
	MemoryPerInstanceMiB int64
	DORequestsPerS       int64 // soft limit of one Durable Object
	StartsPerS           int64
	MaxInstancesDefault  int64 // of an app that says nothing

	limits map[string]Limit
}

// Limits are the account's limits on the day.
func (v View) Limits() AccountLimits {
	byName := v.limits()
	get := func(name string) int64 { return byName[name].Value }
	return AccountLimits{
		VCPU: get("vcpu"), MemoryMiB: get("memory_mib"), DiskMB: get("disk_mb"), ImageStorageMB: get("image_storage_mb"),
		ImageMB: get("image_mb"), ImageCompressedMB: get("image_compressed_mb"), MemoryPerInstanceMiB: get("memory_per_instance_mib"),
		DORequestsPerS: get("do_requests_per_s"), StartsPerS: get("starts_per_s"),
		MaxInstancesDefault: v.Defaults().MaxInstances, limits: byName,
	}
}

// Origin is the named limit (a name of data.LimitNames) with its provenance.
func (l AccountLimits) Origin(name string) (Limit, bool) {
	found, ok := l.limits[name]
	return found, ok
}

// List is every limit in the order of data.LimitNames.
func (l AccountLimits) List() []Limit {
	var ls []Limit
	for _, name := range data.LimitNames {
		if x, ok := l.limits[name]; ok {
			ls = append(ls, x)
		}
	}
	return ls
}

func (v View) limits() map[string]Limit {
	m := lookup(v, func(s data.Section) []data.LimitEntry { return s.Limits },
		func(e data.LimitEntry) (string, data.Dated) { return e.Name, e.Dated })
	byName := map[string]Limit{}
	for _, name := range sortedNames(m) {
		f := top(m[name])
		byName[name] = Limit{Name: name, Value: f.entry.Value, Unit: limitUnits[name], Provenance: f.Provenance}
	}
	for _, e := range v.user {
		byName[e.Name] = Limit{Name: e.Name, Value: e.Value, Unit: limitUnits[e.Name],
			Provenance: Provenance{Source: e.Source, UserSupplied: true}}
	}
	return byName
}

// OverrideLimits is the view of an account with limits by contract: values by
// name (data.LimitNames) in the limit's unit, 0 for none. They win over the
// catalogue and every overlay. The error joins every unknown name and bad value.
func (v View) OverrideLimits(values map[string]int64) (View, error) {
	names := make([]string, 0, len(values))
	for n := range values {
		names = append(names, n)
	}
	sort.Strings(names)
	out := v
	out.user = append([]data.LimitEntry(nil), v.user...)
	var errs []error
	for _, n := range names {
		switch {
		case !contains(data.LimitNames, n):
			errs = append(errs, unknown("limit", n, data.LimitNames))
		case values[n] < 0 || values[n] > 1e15:
			errs = append(errs, fmt.Errorf("limit %q must be from 0 (none) to 1e15 %s, not %d", n, limitUnits[n], values[n]))
		default:
			out.user = append(out.user, data.LimitEntry{Name: n, Value: values[n],
				Dated: data.Dated{Source: "account: limits", UserSupplied: true}})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return View{}, err
	}
	return out, nil
}

// Bound is how many instances of a type one account total lets run at once.
type Bound struct {
	Limit     string // vcpu | memory_mib | disk_mb
	Instances int64
}

// Unbounded is the count where no limit applies.
const Unbounded = int64(1) << 62

// Bounds are the counts that each account total allows, in the order vCPU,
// memory, disk.
func (l AccountLimits) Bounds(t InstanceType) []Bound {
	count := func(total, each int64) int64 {
		if total == 0 || each <= 0 {
			return Unbounded
		}
		return total / each
	}
	vcpu := Unbounded
	if l.VCPU > 0 && t.VCPU1024 > 0 {
		// Whole and remainder apart, so that limits up to 1e15 cannot overflow.
		vcpu = l.VCPU/t.VCPU1024*1024 + l.VCPU%t.VCPU1024*1024/t.VCPU1024
	}
	return []Bound{{"vcpu", vcpu}, {"memory_mib", count(l.MemoryMiB, t.MemoryMiB)}, {"disk_mb", count(l.DiskMB, t.DiskMB)}}
}

// MaxConcurrent is how many instances of t the account totals let run at once,
// and which total binds (the first of vCPU, memory, disk at a tie).
func (l AccountLimits) MaxConcurrent(t InstanceType) Bound {
	bs := l.Bounds(t)
	least := bs[0]
	for _, b := range bs[1:] {
		if b.Instances < least.Instances {
			least = b
		}
	}
	return least
}

// MaxConcurrent is Limits().MaxConcurrent for a named type.
func (v View) MaxConcurrent(typeName string) (Bound, error) {
	t, err := v.Type(typeName)
	if err != nil {
		return Bound{}, err
	}
	return v.Limits().MaxConcurrent(t), nil
}
