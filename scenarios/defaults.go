package scenarios

import (
	"fmt"
	"math"
	"strings"

	"berth/scenarios/internal/node"
	"berth/sim/dist"
)

// fill adds the defaults of every key that was not written, in the order of the
// table, and then those of the mappings below.
func (r *resolver) fill(v *value) {
	switch v.form {
	case list:
		for _, item := range v.items {
			r.fill(item)
		}
	case mapping:
		if len(v.f.fields) > 0 {
			r.fillFields(v)
		}
		for _, k := range v.kids {
			r.fill(k)
		}
	}
}

func (r *resolver) fillFields(v *value) {
	written := map[string]*value{}
	for _, k := range v.kids {
		written[k.key] = k
	}
	for _, f := range v.f.fields {
		if k := written[f.name]; k != nil {
			if f.def == "{}" && k.form != mapping {
				k.form, k.items = mapping, nil // unreadable: the checks go on with its defaults
			}
			continue
		}
		if v.f.variant != nil && !f.forVariant(v.f.variant(v)) {
			continue
		}
		if k := r.defaultOf(f, v); k != nil {
			v.kids = append(v.kids, k)
		}
	}
	r.sortKeys(v)
}

// sortKeys puts the keys of a mapping into the order of the table.
func (r *resolver) sortKeys(v *value) {
	var sorted []*value
	for _, f := range v.f.fields {
		if k := v.at(f.name); k != nil {
			sorted = append(sorted, k)
		}
	}
	v.kids = sorted
}

// defaultOf makes the value of a key that was not written, or nil.
func (r *resolver) defaultOf(f *field, parent *value) *value {
	text, from, source, grade := f.def, "default", f.source, f.grade
	if f.derived != nil {
		text = f.derived(r, parent)
	}
	if f.setting != "" && r.viewOK && (f.derived == nil || text != "") {
		if s, ok := r.setting(f.setting); ok {
			text, from, source, grade = s.text, s.from, s.source, s.grade
		}
	}
	if text == "" {
		return nil
	}
	n, faults := node.Parse("default", []byte(text))
	if len(faults) > 0 || n == nil {
		n = &node.Node{Kind: node.Scalar, Text: text, File: "default", Line: 1, Col: 1}
	}
	n.File, n.Line, n.Col = parent.n.File, parent.n.Line, parent.n.Col
	r.defaults++
	v := r.read(f, n, parent, f.name, join(parent.path, f.name), join(parent.pattern, f.name))
	r.defaults--
	v.stamp(from, source, grade)
	return v
}

// stamp marks a value that was not written, and what was read with it.
func (v *value) stamp(from, source, grade string) {
	v.from, v.source, v.grade = from, source, grade
	for _, k := range v.kids {
		k.stamp(from, source, grade)
	}
	for _, item := range v.items {
		item.stamp(from, source, grade)
	}
}

// Derived defaults.

func typeNameDefault(_ *resolver, v *value) string {
	if v.has("vcpu") || v.has("memory") || v.has("disk") {
		return ""
	}
	return "lite"
}

// appOf climbs to the app that a value belongs to.
func appOf(v *value) *value {
	for v != nil && !(v.parent != nil && v.parent.key == "apps" && v.parent.parent != nil && v.parent.parent.parent == nil) {
		v = v.parent
	}
	return v
}

func pollingDefault(r *resolver, v *value) string {
	if p, ok := v.at("platform").preset(); ok && p.PollingIncluded {
		return "included"
	}
	return "300ms"
}

func stepsDefault(_ *resolver, v *value) string {
	if m := appOf(v).at("max_instances"); m != nil && m.word() == "" && m.int() < 2 {
		return "[100]"
	}
	return "[10, 100]"
}

func unpackedDefault(_ *resolver, v *value) string {
	return dist.FormatBytes(int64(math.Round(2.5 * float64(v.at("compressed").bytes()))))
}

func changedDefault(_ *resolver, v *value) string {
	return v.at("compressed").n.Text
}

// routeDefault: sessions, users and named ids have an instance of their own, the
// keys of traces and of scripts too; anything else goes to the one singleton that
// the class uses when no id is given.
func routeDefault(r *resolver, v *value) string {
	if s, ok := r.setting("autoscale"); ok && s.text == "true" {
		return "autoscale"
	}
	for _, t := range itemsOf(appOf(v).at("traffic")) {
		switch trafficKind(t) {
		case "sessions", "users", "population", "script", "trace":
			return "session"
		}
	}
	return "singleton"
}

func routeNDefault(_ *resolver, v *value) string {
	if v.at("by").word() == "pool" {
		return "unlimited"
	}
	return "3"
}

func sessionRequestsDefault(_ *resolver, v *value) string {
	if v.has("sessions") && !v.has("length") {
		return "geometric(mean=5)"
	}
	return ""
}

func thinkDefault(_ *resolver, v *value) string {
	if v.has("users") || v.has("sessions") && !v.has("gap") && !v.has("length") {
		return "exponential(mean=10s)"
	}
	return ""
}

func (r *resolver) defaultName() string {
	name := r.name
	if i := strings.LastIndexAny(name, "/\\"); i >= 0 {
		name = name[i+1:]
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml")
	var b strings.Builder
	for _, c := range name {
		if badName(string(c)) == "" {
			b.WriteRune(c)
		}
	}
	if s := b.String(); badName(s) == "" {
		return s
	}
	return "scenario"
}

// place is how the explanation names where a value comes from.
func (v *value) place() string {
	if v.from != "" {
		return v.from
	}
	if strings.HasPrefix(v.n.File, overrideFile) {
		return "--set"
	}
	return fmt.Sprintf("%s:%d:%d", v.n.File, v.n.Line, v.n.Col)
}
