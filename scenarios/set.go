package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"berth/scenarios/internal/node"
)

// override applies one path=value to the nodes of a scenario. The path is made
// of keys and list indices (apps.web.traffic[0].sessions); * stands for every
// app, and the index of a list of one may be left out.
func (r *resolver) override(root *node.Node, number int, set string) {
	file := fmt.Sprintf("%s%d %s", overrideFile, number+1, clip(set))
	r.sources[file] = []string{set}
	r.order[file] = len(r.order)
	at := func(col int) *node.Node { return &node.Node{Kind: node.Scalar, File: file, Line: 1, Col: col} }
	path, text, ok := strings.Cut(set, "=")
	if !ok || strings.TrimSpace(path) == "" {
		r.report(Error, at(1), "", "write path=value, such as apps.web.sleep_after=5m", "%q is not an override", clip(set))
		return
	}
	col := len([]rune(path)) + 2
	value, faults := node.Parse(file, []byte(text))
	if len(faults) > 0 {
		r.report(Error, at(col), path, "", "%s", faults[0].Message)
		return
	}
	relocate(value, file, col)
	w := setter{r: r, set: path, value: value, at: at(1)}
	w.walk(root, language(), splitPath(path), "", func(n *node.Node) { *root = *n })
}

// relocate gives the nodes of an override their place in its text.
func relocate(n *node.Node, file string, col int) {
	n.File, n.Line, n.Col = file, 1, n.Col+col-1
	for _, p := range n.Pairs {
		relocate(p.Key, file, col)
		relocate(p.Value, file, col)
	}
	for _, item := range n.Items {
		relocate(item, file, col)
	}
}

// splitPath cuts a.b[0].c into keys and [i] indices.
func splitPath(path string) []string {
	var parts []string
	for _, p := range strings.Split(strings.TrimSpace(path), ".") {
		for {
			i := strings.IndexByte(p, '[')
			if i < 0 || !strings.HasSuffix(p, "]") && !strings.Contains(p[i:], "]") {
				break
			}
			if i > 0 {
				parts = append(parts, p[:i])
			}
			j := i + strings.IndexByte(p[i:], ']')
			parts = append(parts, p[i:j+1])
			p = p[j+1:]
			if p == "" {
				break
			}
		}
		if p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

type setter struct {
	r     *resolver
	set   string
	value *node.Node
	at    *node.Node
}

func (w setter) fail(suggestion, format string, args ...any) {
	w.r.report(Error, w.at, w.set, suggestion, format, args...)
}

// walk goes down one step. n may be nil where nothing is written yet; put
// replaces it.
func (w setter) walk(n *node.Node, f *field, rest []string, done string, put func(*node.Node)) {
	if len(rest) == 0 {
		put(w.value.Clone())
		return
	}
	step := rest[0]
	if f.elem != nil && len(f.fields) == 0 {
		w.walkList(n, f, rest, done, put)
		return
	}
	switch {
	case strings.HasPrefix(step, "["):
		w.fail("", "%s is not a list", orRoot(done))
	case len(f.fields) > 0:
		w.walkField(n, f, rest, done, put)
	case f.free != nil:
		w.walkFree(n, f, rest, done, put)
	default:
		w.fail(fmt.Sprintf("%s takes %s", orRoot(done), f.expected()), "there is nothing below %s", orRoot(done))
	}
}

func orRoot(path string) string {
	if path == "" {
		return "the scenario"
	}
	return path
}

// asMap returns the node as a mapping to write into: a plain value becomes the
// mapping it stands for.
func (w setter) asMap(n *node.Node, f *field) *node.Node {
	if n != nil && n.Kind == node.Map {
		return n
	}
	m := &node.Node{Kind: node.Map, File: w.at.File, Line: w.at.Line, Col: w.at.Col}
	if n != nil && n.Kind != node.Null && f.short != "" {
		if f.name == "clocks" && n.Text == "off" {
			return bothClocksOff(n)
		}
		m.Set(f.short, n)
	}
	return m
}

func (w setter) walkField(n *node.Node, f *field, rest []string, done string, put func(*node.Node)) {
	child := f.child(rest[0])
	if child == nil {
		hint := "known: " + joinSome(f.childNames(), 12)
		if near := nearest(rest[0], f.childNames()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", join(done, near))
		}
		w.fail(hint, "there is no key %q in %s", clip(rest[0]), orRoot(done))
		return
	}
	m := w.asMap(n, f)
	put(m)
	w.walk(m.Get(child.name), child, rest[1:], join(done, child.name), func(c *node.Node) { m.Set(child.name, c) })
}

func (w setter) walkFree(n *node.Node, f *field, rest []string, done string, put func(*node.Node)) {
	m := w.asMap(n, f)
	if rest[0] == "*" {
		for _, p := range m.Pairs {
			key := p.Key.Text
			w.walk(p.Value, f.free, rest[1:], join(done, key), func(c *node.Node) { m.Set(key, c) })
		}
		return
	}
	key, used := longestKey(m, rest)
	if used == 0 {
		if f.freeKey == "app name" && len(rest) > 1 {
			var names []string
			for _, p := range m.Pairs {
				names = append(names, p.Key.Text)
			}
			w.fail("the apps are "+joinSome(names, 12), "there is no app %q", clip(rest[0]))
			return
		}
		key, used = rest[0], 1
	}
	put(m)
	w.walk(m.Get(key), f.free, rest[used:], join(done, key), func(c *node.Node) { m.Set(key, c) })
}

// longestKey finds the written key that the path goes on with: a key may hold
// dots itself.
func longestKey(m *node.Node, rest []string) (string, int) {
	for used := len(rest); used > 0; used-- {
		key := strings.Join(rest[:used], ".")
		if m.Get(key) != nil {
			return key, used
		}
	}
	return "", 0
}

func (w setter) walkList(n *node.Node, f *field, rest []string, done string, put func(*node.Node)) {
	l := n
	if n == nil || n.Kind != node.List {
		l = &node.Node{Kind: node.List, File: w.at.File, Line: w.at.Line, Col: w.at.Col}
		if n != nil && n.Kind != node.Null {
			l.Items = []*node.Node{n}
		}
		put(l)
	}
	index, used := 0, 0
	if step := strings.TrimSuffix(strings.TrimPrefix(rest[0], "["), "]"); isDigits(step) {
		index, _ = strconv.Atoi(step)
		used = 1
	} else if len(l.Items) > 1 {
		w.fail(fmt.Sprintf("write %s[0] to %s[%d]", done, done, len(l.Items)-1), "%s is a list of %d", done, len(l.Items))
		return
	}
	switch {
	case index < len(l.Items):
	case index == len(l.Items) && index < 1000:
		l.Items = append(l.Items, &node.Node{Kind: node.Map, File: w.at.File, Line: w.at.Line, Col: w.at.Col})
	default:
		w.fail("", "%s has %d entries, so there is no [%d]", done, len(l.Items), index)
		return
	}
	w.walk(l.Items[index], f.elem, rest[used:], fmt.Sprintf("%s[%d]", done, index), func(c *node.Node) { l.Items[index] = c })
}

func isDigits(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil && s != ""
}
