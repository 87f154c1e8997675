package scenarios

import (
	"fmt"
	"strings"

	"berth/data"
	"berth/models/edge"
	"berth/models/image"
	"berth/models/keepalive"
	"berth/models/placement"
	"berth/models/platform"
	"berth/scenarios/internal/node"
)

// resolver turns nodes into values and collects every problem.
type resolver struct {
	file     string // of the scenario
	name     string
	sources  map[string][]string // lines by file, for excerpts
	problems Problems
	view     platform.View // the catalogue on the scenario's date in its world
	viewOK   bool
	asOf     data.Date
	order    map[string]int // of files, as they came up
	policies edge.Extra     // from outside
	// defaults is above 0 while a default is read.
	defaults int
}

// outside lists the names of a kind of policies from outside.
func (r *resolver) outside(kind outsidePolicy) []string {
	switch kind {
	case outsidePlacement:
		return placement.Names(r.policies.Placement)
	case outsidePrefetch:
		return image.Names(r.policies.Prefetch)
	case outsideKeepAlive:
		return keepalive.Names(r.policies.KeepAlive)
	}
	return nil
}

func (r *resolver) report(sev Severity, n *node.Node, path, suggestion, format string, args ...any) {
	if _, seen := r.order[n.File]; !seen {
		r.order[n.File] = len(r.order)
	}
	p := Problem{File: n.File, Line: max(n.Line, 1), Col: max(n.Col, 1), Path: path, Message: fmt.Sprintf(format, args...), Suggestion: suggestion, Severity: sev}
	if lines := r.sources[p.File]; p.Line <= len(lines) {
		p.Source = lines[p.Line-1]
	}
	r.problems = append(r.problems, p)
}

// fail reports an error about a value, unless the value, or one inside it, has
// been reported already: what could not be read means nothing further.
func (r *resolver) fail(v *value, suggestion, format string, args ...any) {
	if v == nil || v.isBad() {
		return // a missing value has been reported where it is missing
	}
	v.bad = true
	if v.from != "" && v.from != "catalogue overlay" && r.defaults > 0 {
		return // a default that follows from a value reported already
	}
	r.report(Error, v.n, v.path, suggestion, format, args...)
}

// failMore is fail for an object of which several things can be wrong.
func (r *resolver) failMore(v *value, suggestion, format string, args ...any) {
	r.report(Error, v.n, v.path, suggestion, format, args...)
	v.bad = true
}

// warn reports a warning; one about a value that a world set points at the
// world.
func (r *resolver) warn(v *value, suggestion, format string, args ...any) {
	at := v.n
	if w := v.root().at("world"); w != nil && strings.HasPrefix(v.from, "world ") {
		at = w.n
	}
	r.report(Warning, at, v.path, suggestion, format, args...)
}

// read reads a node by its field. It always returns a value, perhaps with
// nothing in it, and reports what is wrong.
func (r *resolver) read(f *field, n *node.Node, parent *value, key, path, pattern string) *value {
	v := &value{f: f, n: n, key: key, path: path, pattern: pattern, parent: parent, form: plain}
	if r.defaults > 0 {
		v.from = "default"
	}
	if f.why != "" {
		r.fail(v, "leave it out", "%s", f.why)
		return v
	}
	if f.name == "clocks" && n.Kind == node.Scalar && n.Text == "off" {
		n = bothClocksOff(n)
		v.n = n
	}
	switch n.Kind {
	case node.Null:
		r.fail(v, "", "has no value; it takes %s", f.expected())
	case node.Scalar:
		r.readScalar(v)
	case node.List:
		r.readList(v)
	case node.Map:
		r.readMap(v)
	}
	return v
}

func bothClocksOff(n *node.Node) *node.Node {
	m := &node.Node{Kind: node.Map, File: n.File, Line: n.Line, Col: n.Col}
	m.Set("first", n)
	m.Set("second", n)
	return m
}

// readShort reads a plain value or list as the mapping with its short key.
func (r *resolver) readShort(v *value) {
	child := v.f.child(v.f.short)
	v.form = mapping
	v.kids = []*value{r.read(child, v.n, v, child.name, v.path, v.pattern+"."+child.name)}
}

func (r *resolver) readScalar(v *value) {
	f := v.f
	switch {
	case f.short != "" && len(f.fields) > 0 && f.child(f.short) != nil:
		r.readShort(v)
	case f.many:
		v.form = list
		item := r.read(f.elem, v.n, v, "", v.path, v.pattern+"[*]")
		v.items = []*value{item}
	case f.kind == none && len(f.any) == 0:
		r.fail(v, "", "%q is not %s", clip(v.n.Text), f.expected())
	default:
		parsed, message, hint := parseScalar(f, v.n, r)
		if message != "" {
			r.fail(v, hint, "%s", message)
			return
		}
		v.parsed = parsed
	}
}

func (r *resolver) readList(v *value) {
	f := v.f
	if f.elem == nil && f.short != "" && f.child(f.short) != nil && f.child(f.short).elem != nil {
		r.readShort(v)
		return
	}
	if f.elem != nil && f.short != "" && len(f.fields) > 0 {
		r.readShort(v)
		return
	}
	if f.elem == nil {
		r.fail(v, "", "a list is not %s", f.expected())
		return
	}
	v.form = list
	for i, n := range v.n.Items {
		v.items = append(v.items, r.read(f.elem, n, v, "", fmt.Sprintf("%s[%d]", v.path, i), v.pattern+"[*]"))
	}
}

func (r *resolver) readMap(v *value) {
	f := v.f
	switch {
	case f.many && f.elem != nil && len(f.elem.fields) > 0:
		// One mapping stands for a list of one.
		v.form = list
		v.items = []*value{r.read(f.elem, v.n, v, "", v.path+"[0]", v.pattern+"[*]")}
	case len(f.fields) > 0:
		v.form = mapping
		r.readFields(v)
	case f.free != nil:
		v.form = mapping
		for _, p := range v.n.Pairs {
			r.readFree(v, p)
		}
	default:
		r.fail(v, "", "a mapping is not %s", f.expected())
	}
}

func (r *resolver) readFree(v *value, p node.Pair) {
	key := p.Key.Text
	if strings.HasPrefix(key, "x-") {
		return
	}
	if v.f.freeKey == "app name" {
		if why := badName(key); why != "" {
			r.report(Error, p.Key, join(v.path, key), "", "%s", why)
			return
		}
	} else if why := badText(key, 200); why != "" {
		r.report(Error, p.Key, join(v.path, key), "", "%s", why)
		return
	}
	v.kids = append(v.kids, r.read(v.f.free, p.Value, v, key, join(v.path, key), v.pattern+".*"))
}

// readFields reads the keys of the mapping form in the order of the table and
// reports unknown ones.
func (r *resolver) readFields(v *value) {
	byKey := map[string]*value{}
	for _, p := range v.n.Pairs {
		key := p.Key.Text
		child := v.f.child(key)
		if child == nil {
			if !strings.HasPrefix(key, "x-") {
				r.unknownKey(v, p.Key)
			}
			continue
		}
		byKey[key] = r.read(child, p.Value, v, key, join(v.path, key), join(v.pattern, key))
		if byKey[key].n == p.Value && byKey[key].form == plain && p.Value.Kind == node.Null {
			byKey[key].n = p.Key
		}
	}
	for _, child := range v.f.fields {
		if k := byKey[child.name]; k != nil {
			v.kids = append(v.kids, k)
		} else if child.needed {
			r.failMore(v, fmt.Sprintf("it takes %s", child.expected()), "%s is missing", child.name)
		}
	}
	r.checkVariant(v)
}

func (r *resolver) unknownKey(v *value, key *node.Node) {
	names := v.f.childNames()
	suggestion := ""
	if near := nearest(key.Text, names); near != "" {
		suggestion = fmt.Sprintf("did you mean %q?", near)
	} else {
		suggestion = "known: " + joinSome(names, 12)
	}
	r.report(Error, key, join(v.path, clip(key.Text)), suggestion, "unknown key")
	v.unknown = true
}

// checkVariant refuses keys that belong to another variant of the object.
func (r *resolver) checkVariant(v *value) {
	if v.f.variant == nil {
		return
	}
	variant := v.f.variant(v)
	if variant == "" {
		return // the object itself is refused, or has its default
	}
	for _, k := range v.kids {
		if !k.f.forVariant(variant) {
			r.fail(k, "it belongs to "+strings.Join(k.f.only, ", "), "has no meaning here: this is %s", variant)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func joinSome(words []string, n int) string {
	if len(words) > n {
		return strings.Join(words[:n], ", ") + ", ..."
	}
	return strings.Join(words, ", ")
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}
