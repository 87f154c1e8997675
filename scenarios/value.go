package scenarios

import (
	"time"

	"berth/scenarios/internal/node"
	"berth/scenarios/internal/quantity"
	"berth/sim"
	"berth/sim/dist"
)

// value is one resolved key: what was written or the default, read, with where
// it comes from.
type value struct {
	f       *field
	n       *node.Node // the text and its place
	key     string
	path    string // apps.web.sleep_after
	pattern string // apps.*.sleep_after
	parent  *value

	form   form
	kids   []*value // mapping, in the order of the table, or of the file for the user's own keys
	items  []*value // list
	parsed any      // plain value; nil when it could not be read

	bad           bool   // reported as unreadable or wrong
	unknown       bool   // holds a key that is unknown, perhaps a misspelt one
	from          string // "" as written; default, world X, catalogue
	source, grade string
}

type form uint8

const (
	plain form = iota
	mapping
	list
)

// chosen is a plain value that is one of the words of its key.
type chosen string

// at returns the value below, or nil.
func (v *value) at(keys ...string) *value {
	for _, key := range keys {
		if v == nil {
			return nil
		}
		var next *value
		for _, k := range v.kids {
			if k.key == key {
				next = k
				break
			}
		}
		v = next
	}
	return v
}

// has says whether a key is there, written or by default.
func (v *value) has(keys ...string) bool { return v.at(keys...) != nil }

// written says whether a key was written by the user.
func (v *value) written(keys ...string) bool {
	k := v.at(keys...)
	return k != nil && k.isWritten()
}

func (v *value) isWritten() bool {
	if v.form == mapping {
		for _, k := range v.kids {
			if k.isWritten() {
				return true
			}
		}
	}
	return v.from == ""
}

// isBad says whether the value, or one inside it, was reported. A mapping with
// a misspelt key counts, since what it lacks may be under that key.
func (v *value) isBad() bool {
	if v.bad || v.unknown {
		return true
	}
	for _, k := range v.kids {
		if k.isBad() {
			return true
		}
	}
	for _, item := range v.items {
		if item.isBad() {
			return true
		}
	}
	return false
}

// The getters return the zero value for an absent or unreadable value; what
// could not be read has been reported already.

func (v *value) word() string {
	if v == nil {
		return ""
	}
	if w, ok := v.parsed.(chosen); ok {
		return string(w)
	}
	return ""
}

func (v *value) text() string {
	if v == nil {
		return ""
	}
	switch p := v.parsed.(type) {
	case string:
		return p
	case chosen:
		return string(p)
	}
	return ""
}

func (v *value) num() float64 { return get[float64](v) }

func (v *value) int() int64 { return get[int64](v) }

func (v *value) bytes() int64 { return get[int64](v) }

func (v *value) bool() bool { return get[bool](v) }

func (v *value) span() sim.Time { return get[sim.Time](v) }

func (v *value) dist() dist.Dist { return get[dist.Dist](v) }

func (v *value) rate() quantity.Rate { return get[quantity.Rate](v) }

func (v *value) when() time.Time { return get[time.Time](v) }

func get[T any](v *value) T {
	var zero T
	if v == nil {
		return zero
	}
	if x, ok := v.parsed.(T); ok {
		return x
	}
	return zero
}

// intOr returns the number, or other for one of the key's words.
func (v *value) intOr(other int) int {
	if v == nil || v.word() != "" {
		return other
	}
	return int(v.int())
}

// texts returns the plain values of a list.
func (v *value) texts() []string {
	if v == nil {
		return nil
	}
	var out []string
	for _, item := range v.items {
		out = append(out, item.text())
	}
	return out
}

// root climbs to the whole scenario.
func (v *value) root() *value {
	for v.parent != nil {
		v = v.parent
	}
	return v
}

// tree turns the value back into nodes, in the order of the table.
func (v *value) tree() *node.Node {
	switch v.form {
	case mapping:
		n := &node.Node{Kind: node.Map}
		for _, k := range v.kids {
			n.Pairs = append(n.Pairs, node.Pair{Key: &node.Node{Kind: node.Scalar, Text: k.key}, Value: k.tree()})
		}
		return n
	case list:
		n := &node.Node{Kind: node.List}
		for _, item := range v.items {
			n.Items = append(n.Items, item.tree())
		}
		return n
	}
	n := *v.n
	if v.f.kind != text && v.f.kind != freeText && v.f.kind != nameText {
		n.Tag = node.Int // every reader but those of text takes it without quotes
	}
	return &n
}

// inline is the value on one line, as explanations show it.
func (v *value) inline() string {
	if v.form == plain && v.n != nil && v.n.Kind == node.Scalar {
		return v.n.Text
	}
	return node.Flow(v.tree())
}
