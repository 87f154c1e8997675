package node

import (
	"regexp"
	"strconv"
	"strings"

	"berth/sim/memo"
)

// Print writes a node as block-style YAML that Parse reads back to the same
// values. Mappings and lists of scalars alone are written on one line.
func Print(n *Node) string {
	var b strings.Builder
	printBlock(&b, n, 0, false)
	return b.String()
}

func printBlock(b *strings.Builder, n *Node, indent int, inline bool) {
	switch {
	case n.Kind == Map && len(n.Pairs) > 0:
		for i, p := range n.Pairs {
			if i > 0 || !inline {
				b.WriteString(strings.Repeat("  ", indent))
			}
			b.WriteString(Quote(p.Key.Text, true))
			b.WriteByte(':')
			printChild(b, p.Value, indent+1)
		}
	case n.Kind == List && len(n.Items) > 0:
		for i, item := range n.Items {
			if i > 0 || !inline {
				b.WriteString(strings.Repeat("  ", indent))
			}
			b.WriteString("- ")
			if flat(item) {
				printFlow(b, item)
				b.WriteByte('\n')
			} else {
				printBlock(b, item, indent+1, true)
			}
		}
	default:
		printFlow(b, n)
		b.WriteByte('\n')
	}
}

func printChild(b *strings.Builder, n *Node, indent int) {
	if flat(n) {
		b.WriteByte(' ')
		printFlow(b, n)
		b.WriteByte('\n')
		return
	}
	b.WriteByte('\n')
	printBlock(b, n, indent, false)
}

// flat says whether a node is written on one line: scalars, and short
// collections of scalars.
func flat(n *Node) bool {
	switch n.Kind {
	case Map:
		return flatWidth(n) <= 72 && !anyNested(n)
	case List:
		return (flatWidth(n) <= 72 || len(n.Items) > 8) && !anyNested(n)
	}
	return true
}

func anyNested(n *Node) bool {
	for _, p := range n.Pairs {
		if p.Value.Kind == Map && len(p.Value.Pairs) > 0 || p.Value.Kind == List && len(p.Value.Items) > 0 {
			return true
		}
	}
	for _, item := range n.Items {
		if item.Kind == Map && len(item.Pairs) > 0 || item.Kind == List && len(item.Items) > 0 {
			return true
		}
	}
	return false
}

func flatWidth(n *Node) int {
	width := len(n.Text)
	for _, p := range n.Pairs {
		width += len(p.Key.Text) + 4 + flatWidth(p.Value)
	}
	for _, item := range n.Items {
		width += 2 + flatWidth(item)
	}
	return width
}

func printFlow(b *strings.Builder, n *Node) {
	switch n.Kind {
	case Null:
		b.WriteString("null")
	case Scalar:
		b.WriteString(Quote(n.Text, n.Tag == Text))
	case Map:
		b.WriteByte('{')
		for i, p := range n.Pairs {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(Quote(p.Key.Text, true))
			b.WriteString(": ")
			printFlow(b, p.Value)
		}
		b.WriteByte('}')
	case List:
		b.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			printFlow(b, item)
		}
		b.WriteByte(']')
	}
}

// plain are the scalars that read back as the same text without quotes, in flow
// and block context alike.
var plain = regexp.MustCompile(`^[A-Za-z0-9/][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*$`)

// Quote writes a scalar as YAML; asText keeps text that looks like a number, a
// date or a Boolean from becoming one.
func Quote(s string, asText bool) string {
	if len(s) > shortText {
		return quote(s, asText)
	}
	return quoted.Get(scalar{s, asText}, func() string { return quote(s, asText) })
}

// scalar is a text to be written, quoted how the ones written lately look.
type scalar struct {
	text   string
	asText bool
}

var quoted = memo.New[scalar, string](1000)

func quote(s string, asText bool) string {
	if plain.MatchString(s) && (!asText || !looksTyped(s)) {
		return s
	}
	return strconv.Quote(escapeForYAML(s))
}

// escapeForYAML replaces what Go's quoting would write in a way YAML does not
// read: bytes that are not UTF-8.
func escapeForYAML(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

var typed = regexp.MustCompile(`^(?i:null|true|false|yes|no|on|off|y|n|[-+]?[0-9][0-9a-fox_.:e+-]*)$`)

func looksTyped(s string) bool { return typed.MatchString(s) }

// Flow writes a node on one line.
func Flow(n *Node) string {
	var b strings.Builder
	printFlow(&b, n)
	return b.String()
}
