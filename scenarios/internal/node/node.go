// Package node reads one YAML document into plain nodes with positions. It is
// the only place that imports a YAML library, and it refuses what a scenario
// must not contain: a second document, duplicate keys, custom tags, keys that
// are not plain text, and files or alias expansions beyond a size.
package node

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"berth/sim/memo"
)

// MaxBytes is the largest file read; MaxNodes the largest number of nodes after
// aliases are expanded; maxDepth the deepest nesting.
const (
	MaxBytes = 1 << 20
	MaxNodes = 100_000
	maxDepth = 64
)

// Kind is the kind of a node.
type Kind uint8

// The kinds of nodes.
const (
	Null Kind = iota
	Scalar
	Map
	List
)

// Tag is the type YAML gives a scalar.
type Tag uint8

// The scalar types; a quoted scalar is always Text.
const (
	Text Tag = iota
	Int
	Float
	Bool
)

// Node is one value of the document with the place it was written at.
type Node struct {
	Kind Kind
	Tag  Tag
	Text string // of a scalar
	// File, Line and Col (both from 1, in characters) say where it is written.
	File      string
	Line, Col int
	Pairs     []Pair
	Items     []*Node
}

// Pair is one entry of a mapping, in the order of the file.
type Pair struct {
	Key, Value *Node
}

// Fault is something wrong with the document itself.
type Fault struct {
	Line, Col int
	Message   string
}

// Get returns the value of a key of a mapping, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	for _, p := range n.Pairs {
		if p.Key.Text == key {
			return p.Value
		}
	}
	return nil
}

// Set replaces or appends a key of a mapping.
func (n *Node) Set(key string, value *Node) {
	for i, p := range n.Pairs {
		if p.Key.Text == key {
			n.Pairs[i].Value = value
			return
		}
	}
	k := &Node{Kind: Scalar, Text: key, File: value.File, Line: value.Line, Col: value.Col}
	n.Pairs = append(n.Pairs, Pair{k, value})
}

// Clone copies a node and everything below it.
func (n *Node) Clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Pairs, c.Items = slices.Clone(n.Pairs), slices.Clone(n.Items)
	for i, p := range c.Pairs {
		c.Pairs[i] = Pair{p.Key.Clone(), p.Value.Clone()}
	}
	for i, item := range c.Items {
		c.Items[i] = item.Clone()
	}
	return &c
}

// Parse reads the single document of src. The node is nil when the document
// cannot be read at all; faults hold everything that was refused. The node is
// the caller's own, also where the same document was read lately.
func Parse(file string, src []byte) (root *Node, faults []Fault) {
	d := documents
	if len(src) > shortText {
		d = files
	}
	doc := d.Get(written{file, string(src)}, func() parsed {
		root, faults := parse(file, src)
		return parsed{root, faults}
	})
	return doc.root.Clone(), slices.Clone(doc.faults)
}

// written is a document to be read, parsed what it says.
type written struct{ file, text string }

type parsed struct {
	root   *Node
	faults []Fault
}

// Documents read lately: few files, of up to MaxBytes, and many short texts, the
// defaults and overrides that the cells of a grid share.
const shortText = 200

var (
	files     = memo.New[written, parsed](4)
	documents = memo.New[written, parsed](1000)
)

func parse(file string, src []byte) (root *Node, faults []Fault) {
	if len(src) > MaxBytes {
		return nil, []Fault{{1, 1, fmt.Sprintf("the file has %d bytes; a scenario has at most %d (keep data sets in CSV files)", len(src), MaxBytes)}}
	}
	// The YAML library reports errors of its own as values; anything it fails to
	// foresee must still not take the program down on a user's file.
	defer func() {
		if r := recover(); r != nil {
			root, faults = nil, []Fault{{1, 1, fmt.Sprintf("the YAML reader failed: %v", r)}}
		}
	}()
	dec := yaml.NewDecoder(strings.NewReader(string(src)))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if err.Error() == "EOF" {
			return nil, []Fault{{1, 1, "the file is empty"}}
		}
		return nil, []Fault{syntaxFault(err)}
	}
	c := converter{file: file}
	root = c.convert(&doc, 0)
	var second yaml.Node
	switch err := dec.Decode(&second); {
	case err == nil:
		c.fault(&second, "a second document starts here; a scenario is one document")
	case err.Error() != "EOF":
		c.faults = append(c.faults, syntaxFault(err))
	}
	return root, c.faults
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxFault turns the library's "yaml: line 3: ..." into a fault with a place.
func syntaxFault(err error) Fault {
	text := err.Error()
	line := 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		if n, e := strconv.Atoi(m[1]); e == nil && n > 0 {
			line = n
		}
		text = text[len(m[0]):]
	}
	return Fault{line, 1, "not valid YAML: " + text}
}

type converter struct {
	file   string
	nodes  int
	full   bool
	faults []Fault
}

func (c *converter) fault(at *yaml.Node, format string, args ...any) {
	c.faults = append(c.faults, Fault{max(at.Line, 1), max(at.Column, 1), fmt.Sprintf(format, args...)})
}

func (c *converter) convert(y *yaml.Node, depth int) *Node {
	c.nodes++
	if c.nodes > MaxNodes || depth > maxDepth {
		if !c.full {
			c.full = true
			if depth > maxDepth {
				c.fault(y, "nested more than %d levels deep", maxDepth)
			} else {
				c.fault(y, "more than %d values after expanding aliases", MaxNodes)
			}
		}
		return &Node{Kind: Null, File: c.file, Line: max(y.Line, 1), Col: max(y.Column, 1)}
	}
	n := &Node{File: c.file, Line: max(y.Line, 1), Col: max(y.Column, 1)}
	switch y.Kind {
	case yaml.DocumentNode:
		if len(y.Content) == 0 {
			return n
		}
		return c.convert(y.Content[0], depth+1)
	case yaml.AliasNode:
		if y.Alias == nil {
			c.fault(y, "alias %q has no anchor", y.Value)
			return n
		}
		return c.convert(y.Alias, depth+1)
	case yaml.ScalarNode:
		c.scalar(n, y)
	case yaml.SequenceNode:
		n.Kind = List
		c.checkTag(y, "!!seq")
		for _, item := range y.Content {
			n.Items = append(n.Items, c.convert(item, depth+1))
		}
	case yaml.MappingNode:
		n.Kind = Map
		c.checkTag(y, "!!map")
		c.mapping(n, y, depth)
	}
	return n
}

func (c *converter) checkTag(y *yaml.Node, want string) {
	if tag := y.ShortTag(); tag != want {
		c.fault(y, "tag %q is not allowed", y.Tag)
	}
}

func (c *converter) scalar(n *Node, y *yaml.Node) {
	n.Kind, n.Text = Scalar, y.Value
	switch y.ShortTag() {
	case "!!null":
		n.Kind = Null
	case "!!int":
		n.Tag = Int
	case "!!float":
		n.Tag = Float
	case "!!bool":
		n.Tag = Bool
	case "!!str", "!!timestamp", "!!merge":
		n.Tag = Text
	default:
		c.fault(y, "tag %q is not allowed", y.Tag)
	}
}

// mapping converts the pairs and resolves "<<" merges: keys written out win
// over merged ones, earlier merges over later ones.
func (c *converter) mapping(n *Node, y *yaml.Node, depth int) {
	seen := map[string]*yaml.Node{}
	var merges []*Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		ky, vy := y.Content[i], y.Content[i+1]
		if ky.Kind == yaml.AliasNode && ky.Alias != nil {
			ky = ky.Alias
		}
		if ky.Kind != yaml.ScalarNode {
			c.fault(ky, "a key must be plain text")
			continue
		}
		if ky.ShortTag() == "!!merge" {
			merges = append(merges, c.convert(vy, depth+1))
			continue
		}
		if first, dup := seen[ky.Value]; dup {
			c.fault(ky, "key %q is already set in line %d", clip(ky.Value), first.Line)
			continue
		}
		seen[ky.Value] = ky
		key := &Node{Kind: Scalar, Text: ky.Value, File: c.file, Line: max(ky.Line, 1), Col: max(ky.Column, 1)}
		n.Pairs = append(n.Pairs, Pair{key, c.convert(vy, depth+1)})
	}
	for _, m := range merges {
		c.merge(n, m, y)
	}
}

func (c *converter) merge(n, from *Node, at *yaml.Node) {
	switch from.Kind {
	case Map:
		for _, p := range from.Pairs {
			if n.Get(p.Key.Text) == nil {
				n.Pairs = append(n.Pairs, p)
			}
		}
	case List:
		for _, item := range from.Items {
			c.merge(n, item, at)
		}
	default:
		c.fault(at, "a merge (<<) needs a mapping")
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}
