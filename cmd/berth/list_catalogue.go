package main

import (
	"fmt"
	"strconv"
	"strings"

	"berth/models/platform"
)

func asOf(what string, v platform.View) string {
	return fmt.Sprintf("%s as of %s, world %s", what, v.Date(), v.WorldName())
}

// origin are the cells of where an entry comes from.
func origin(p platform.Provenance) []string {
	from, to := p.From.String(), p.To.String()
	if p.From.IsZero() {
		from = ""
	}
	if p.To.IsZero() {
		to = ""
	}
	grade := p.Grade
	if p.UserSupplied {
		grade = "user-supplied"
	}
	return []string{from, grade, to, p.Source, p.Note}
}

// originHeads are their heads; the text form leaves the last three out.
var originHeads = []string{"From", "Grade", "To", "Source", "Note"}

const originDetail = 3

// listTypes shows the types of every world in one table.
func listTypes(v platform.View) (listing, error) {
	l := listing{title: fmt.Sprintf("Instance types as of %s; * marks the default world", v.Date()),
		heads: append([]string{"World", "Type", "vCPU", "Memory, MiB", "Disk, MB", "Also called"}, originHeads...), detail: originDetail}
	worlds, err := v.Worlds()
	if err != nil {
		return l, err
	}
	for _, w := range worlds {
		name := w.Name
		if w.Default {
			name += " *"
		}
		for _, t := range w.Types {
			l.add(append([]string{name, t.Name, t.VCPUText(), strconv.FormatInt(t.MemoryMiB, 10), strconv.FormatInt(t.DiskMB, 10),
				strings.Join(t.Aliases, ", ")}, origin(t.Provenance)...)...)
		}
		if r := w.CustomRule; r.Access != "none" {
			l.add(append([]string{name, "custom (" + r.Access + ")", span(platform.InstanceType{VCPU1024: r.VCPUMin1024}.VCPUText(), platform.InstanceType{VCPU1024: r.VCPUMax1024}.VCPUText()),
				span("0", bound(r.MemoryMaxMiB)), span("0", bound(r.DiskMaxMB)), perVCPU(r)}, origin(r.Provenance)...)...)
		}
	}
	return l, nil
}

// bound is a bound as text; one of 0 does not apply.
func bound(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func span(from, to string) string {
	if to == "" || to == "0" {
		return "not known"
	}
	if from == "0" {
		return "up to " + to
	}
	return from + " to " + to
}

// perVCPU says what a custom type has to keep beside its bounds.
func perVCPU(r platform.CustomRule) string {
	var rules []string
	if r.MemoryMinMiBPerVCPU > 0 {
		rules = append(rules, fmt.Sprintf("%d MiB a vCPU", r.MemoryMinMiBPerVCPU))
	}
	if r.DiskMaxMBPerGiB > 0 {
		rules = append(rules, fmt.Sprintf("%d MB a GiB", r.DiskMaxMBPerGiB))
	}
	return strings.Join(rules, ", ")
}

func listPrices(v platform.View) (listing, error) {
	l := listing{title: asOf("Prices", v), heads: append([]string{"SKU", "Unit", "Included", "USD", "Per", "Rounds to"}, append(originHeads, "Label")...), detail: originDetail + 1}
	for _, p := range v.Prices() {
		round := ""
		if p.RoundUpTo > 0 {
			round = whole(p.RoundUpTo)
		}
		l.add(append(append([]string{p.SKU, p.Unit, p.Included.RatString(), p.RateText, whole(p.Per), round}, origin(p.Provenance)...), p.Label)...)
	}
	return l, nil
}

// whole writes a count, millions as 1M.
func whole(n int64) string {
	if n >= 1_000_000 && n%1_000_000 == 0 {
		return strconv.FormatInt(n/1_000_000, 10) + "M"
	}
	return strconv.FormatInt(n, 10)
}

func listLimits(v platform.View) (listing, error) {
	l := listing{title: asOf("Limits of an account", v), heads: append([]string{"Limit", "Value", "Unit"}, originHeads...), detail: originDetail}
	for _, x := range v.Limits().List() {
		value := strconv.FormatInt(x.Value, 10)
		if x.Value == 0 {
			value = "none"
		}
		l.add(append([]string{x.Name, value, x.Unit}, origin(x.Provenance)...)...)
	}
	if s, err := v.Setting("max_instances"); err == nil {
		l.add(append([]string{"max_instances (default)", s.Value, "instances"}, origin(s.Provenance)...)...)
	}
	return l, nil
}

func listPresets(v platform.View) (listing, error) {
	l := listing{title: asOf("Cold-start presets", v), heads: append([]string{"Preset", "Image", "Time of the platform", "Polling"}, originHeads...), detail: originDetail}
	standard := v.Defaults().ColdStart
	for _, p := range v.Presets() {
		name, polling := p.Name, "added"
		if name == standard {
			name += " *"
		}
		if p.PollingIncluded {
			polling = "included"
		}
		if len(p.Buckets) == 0 {
			l.add(append([]string{name, "any", p.Distribution, polling}, origin(p.Provenance)...)...)
		}
		for _, b := range p.Buckets {
			l.add(append([]string{name, b.Kind, b.Distribution, polling}, origin(p.Provenance)...)...)
		}
	}
	return l, nil
}

// listRanges shows how far the inferred values may be off.
func listRanges(v platform.View) (listing, error) {
	l := listing{title: asOf("Values tried in place of inferred ones", v), heads: append([]string{"Key", "Values"}, originHeads...), detail: originDetail}
	for _, r := range v.Ranges() {
		l.add(append([]string{r.Key, strings.Join(r.Values, ", ")}, origin(r.Provenance)...)...)
	}
	return l, nil
}
