// Package strict reads small YAML documents strictly: every unknown key, wrong
// type, duplicate and malformed value is reported with its position, all at once.
//
// Only plain trees are read: aliases, merge keys and further documents in the
// same file are problems, so the work stays proportional to the file's size.
package strict

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Problem is one thing wrong with a file.
type Problem struct {
	File         string
	Line, Column int    // 1-based; 0 when the place is not known
	Text         string // what is wrong
	Hint         string // what to do; may be empty
}

// String is file:line:column: text (hint).
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, max(p.Column, 1))
	}
	b.WriteString(": " + p.Text)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems is an error that lists every problem, one a line.
type Problems []Problem

// Error joins the problems with newlines.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Reader collects the problems of one file while its tree is walked.
type Reader struct {
	File     string
	problems Problems
}

// Err is nil, or all problems in the order of the file as a Problems.
func (r *Reader) Err() error {
	if len(r.problems) == 0 {
		return nil
	}
	ps := append(Problems(nil), r.problems...)
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].Line != ps[j].Line {
			return ps[i].Line < ps[j].Line
		}
		return ps[i].Column < ps[j].Column
	})
	return ps
}

// Count is the number of problems so far.
func (r *Reader) Count() int { return len(r.problems) }

// Problem reports a problem at n (nil: the file as a whole).
func (r *Reader) Problem(n *yaml.Node, hint, format string, args ...any) {
	p := Problem{File: r.File, Text: fmt.Sprintf(format, args...), Hint: hint}
	if n != nil {
		p.Line, p.Column = n.Line, n.Column
	}
	r.problems = append(r.problems, p)
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// Parse reads the only document of src. A syntax error or an empty file is a
// problem of the reader and gives a nil node.
func Parse(file string, src []byte) (*Reader, *yaml.Node) {
	r := &Reader{File: file}
	dec := yaml.NewDecoder(strings.NewReader(string(src)))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil || len(doc.Content) == 0 {
		r.syntax(err)
		return r, nil
	}
	var more yaml.Node
	if err := dec.Decode(&more); err == nil {
		r.Problem(&more, "keep one document in a file", "a second document begins here")
	}
	return r, doc.Content[0]
}

// syntax reports a parser's error; io.EOF and nil mean an empty file.
func (r *Reader) syntax(err error) {
	if err == nil || err.Error() == "EOF" {
		r.Problem(nil, "", "the file is empty")
		return
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	p := Problem{File: r.File, Text: text}
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Text = strings.Replace(text, m[0], "", 1)
	}
	p.Text = "not valid YAML: " + p.Text
	r.problems = append(r.problems, p)
}

// Fields names what may stand in a mapping and reads each value.
type Fields map[string]func(value *yaml.Node)

// Map reads a mapping in the order of the file. what names the mapping in
// messages ("price", "instance type").
func (r *Reader) Map(n *yaml.Node, what string, fields Fields, required ...string) {
	if n.Kind != yaml.MappingNode {
		r.Problem(n, "write key: value lines", "%s must be a mapping, not %s", what, kindName(n))
		return
	}
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if r.duplicate(key, seen) {
			continue
		}
		read, ok := fields[key.Value]
		if !ok {
			r.Problem(key, hintFor(key.Value, keysOf(fields)), "unknown key %q in %s", clip(key.Value), what)
			continue
		}
		read(value)
	}
	for _, name := range required {
		if seen[name] == nil {
			r.Problem(n, "", "%s has no %q", what, name)
		}
	}
}

func (r *Reader) duplicate(key *yaml.Node, seen map[string]*yaml.Node) bool {
	if first := seen[key.Value]; first != nil {
		r.Problem(key, fmt.Sprintf("first on line %d", first.Line), "key %q appears twice", clip(key.Value))
		return true
	}
	seen[key.Value] = key
	return false
}

// List reads a sequence.
func (r *Reader) List(n *yaml.Node, what string, item func(n *yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.Problem(n, "begin each item with a dash", "%s must be a list, not %s", what, kindName(n))
		return
	}
	for _, c := range n.Content {
		item(c)
	}
}

// Text reads a scalar that is not empty.
func (r *Reader) Text(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Value == "" {
		r.Problem(n, "", "%s must be a value, not %s", what, kindName(n))
		return "", false
	}
	return n.Value, true
}

// OneOf reads a scalar out of a closed list.
func (r *Reader) OneOf(n *yaml.Node, what string, allowed ...string) (string, bool) {
	s, ok := r.Text(n, what)
	if !ok {
		return "", false
	}
	for _, a := range allowed {
		if s == a {
			return s, true
		}
	}
	hint := hintFor(s, allowed)
	r.Problem(n, hint, "%s %q is none of %s", what, clip(s), strings.Join(allowed, ", "))
	return "", false
}

// Bool reads true or false.
func (r *Reader) Bool(n *yaml.Node, what string) (bool, bool) {
	switch s, ok := r.Text(n, what); {
	case !ok:
		return false, false
	case s == "true":
		return true, true
	case s == "false":
		return false, true
	default:
		r.Problem(n, "", "%s must be true or false, not %q", what, clip(s))
		return false, false
	}
}

// Int reads a whole number >= 0.
func (r *Reader) Int(n *yaml.Node, what string) (int64, bool) {
	s, ok := r.Text(n, what)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64)
	if err != nil || v < 0 {
		r.Problem(n, "", "%s must be a whole number of 0 or more, not %q", what, clip(s))
		return 0, false
	}
	return v, true
}

// Decimal reads a plain decimal number >= 0 exactly.
func (r *Reader) Decimal(n *yaml.Node, what string) (*big.Rat, bool) {
	s, ok := r.Text(n, what)
	if !ok {
		return nil, false
	}
	v, err := ParseDecimal(s)
	if err != nil {
		r.Problem(n, "", "%s: %s", what, err)
		return nil, false
	}
	return v, true
}

var decimalForm = regexp.MustCompile(`^[0-9][0-9_]*(\.[0-9]+)?$`)

// ParseDecimal reads digits with an optional fraction ("0.0000025", "22_500"),
// at most 40 characters, exactly. Signs, exponents and fractions are errors.
func ParseDecimal(s string) (*big.Rat, error) {
	if len(s) > 40 || !decimalForm.MatchString(s) {
		return nil, fmt.Errorf("%q is not a plain decimal number of 0 or more, such as 12 or 0.025", clip(s))
	}
	v, ok := new(big.Rat).SetString(strings.ReplaceAll(s, "_", ""))
	if !ok {
		return nil, errors.New("not a number")
	}
	return v, nil
}

func kindName(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.AliasNode:
		return "an alias (write the value out)"
	case n.Tag == "!!null" || n.Value == "":
		return "nothing"
	default:
		return fmt.Sprintf("%q", clip(n.Value))
	}
}

// clip keeps a message short whatever the file holds.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func keysOf(fields Fields) []string {
	keys := make([]string, 0, len(fields))
	for k := range fields {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
