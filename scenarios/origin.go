package scenarios

import (
	"fmt"
	"strings"

	"berth/models/edge"
)

// leaves visits every resolved value that is not a mapping with keys of the
// language, in the order of the explanation, with its path written out.
func (v *value) leaves(path string, visit func(path string, v *value)) {
	switch {
	case v.form == mapping:
		for _, k := range v.kids {
			k.leaves(join(path, k.key), visit)
		}
	case v.form == list && len(v.items) > 0 && v.items[0].form == mapping:
		for i, item := range v.items {
			item.leaves(fmt.Sprintf("%s[%d]", path, i), visit)
		}
	default:
		visit(path, v)
	}
}

func (b *builder) origins() []edge.Origin {
	var out []edge.Origin
	b.root.leaves("", func(path string, v *value) {
		o := edge.Origin{Path: path, Value: v.inline(), From: v.place(), Source: v.source, Grade: v.grade}
		if p, ok := v.preset(); ok {
			o.Source, o.Grade = p.Source, p.Grade
		}
		out = append(out, o)
	})
	return append(out, b.limitOrigins()...)
}

// limitOrigins adds the account limits that no key overrides.
func (b *builder) limitOrigins() []edge.Origin {
	limits, inForce := b.root.at("account", "limits"), b.view.Limits()
	var out []edge.Origin
	for _, x := range []struct{ key, name string }{{"vcpu", "vcpu"}, {"memory", "memory_mib"}, {"disk", "disk_mb"},
		{"image_storage", "image_storage_mb"}, {"starts", "starts_per_s"}, {"do_requests", "do_requests_per_s"}} {
		if limits.has(x.key) {
			continue
		}
		o := edge.Origin{Path: "account.limits." + x.key, Value: "none", From: "default"}
		if l, ok := inForce.Origin(x.name); ok && l.Value > 0 {
			o.Value, o.Source, o.Grade = fmt.Sprintf("%d %s", l.Value, l.Unit), l.Source, l.Grade
			if l.World != "" {
				o.From = "world " + l.World
			}
			if l.UserSupplied {
				o.From = "catalogue overlay"
			}
		}
		out = append(out, o)
	}
	return out
}

// assumptions lists the values in force whose evidence is thin: defaults of
// grade I or C, also where the scenario repeats them, and presets and worlds of
// that grade however they were chosen. Apps that share one are listed together.
func (b *builder) assumptions() []edge.Assumption {
	var out []edge.Assumption
	index := map[string]int{}
	b.root.leaves("", func(path string, v *value) {
		a := edge.Assumption{Path: path, Text: strings.TrimSuffix(v.f.doc, "."), Value: v.inline(), Grade: v.grade, Source: v.source}
		if p, ok := v.preset(); ok {
			a.Grade, a.Source = p.Grade, p.Source
		} else if v.from == "" {
			d := b.unwritten(v)
			if d == nil || d.inline() != v.inline() {
				return
			}
			a.Grade, a.Source = d.grade, d.source
		}
		if a.Grade != "I" && a.Grade != "C" || !bears(v) {
			return
		}
		key := v.pattern + "=" + a.Value
		if i, seen := index[key]; seen {
			out[i].Path = v.pattern
			return
		}
		index[key] = len(out)
		out = append(out, a)
	})
	return append(out, b.geography()...)
}

// bears says whether a value has any effect on the run as configured.
func bears(v *value) bool {
	switch v.pattern {
	case "apps.*.start.wake":
		return v.parent.parent.at("sleep_mode").word() == "suspend"
	case "apps.*.start.probe_cap", "apps.*.start.probe_hang":
		return v.parent.at("polling").word() == ""
	case "outages.pop_duration":
		return v.root().at("outages", "pops").rate().Amount > 0
	case "apps.*.refill", "apps.*.refill_elsewhere":
		return v.parent.at("prepared_places").word() == ""
	case "hosts.count":
		return v.parent.at("which").word() == "default" && !v.parent.has("share")
	}
	return v.parent == nil || v.parent.pattern != "network" || v.parent.at("hops").word() != "none"
}

// unwritten is the default that a written value stands in for, or nil.
func (b *builder) unwritten(v *value) *value {
	if v.parent == nil {
		return nil
	}
	if v.parent.f.free == v.f {
		return b.unwritten(v.parent).at(v.key)
	}
	if v.parent.f.child(v.key) != v.f {
		return nil
	}
	return b.defaultOf(v.f, v.parent)
}

// geography lists what the map assumes beyond any key.
func (b *builder) geography() []edge.Assumption {
	if b.cfg.Network.None {
		return nil
	}
	return []edge.Assumption{
		{Path: "account", Text: "Countries of each egress pool", Value: "the table of countries", Grade: "I", Source: "not published"},
	}
}
