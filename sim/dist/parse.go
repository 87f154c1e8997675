package dist

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"berth/sim/memo"
)

// ParseError is one problem in a text.
type ParseError struct {
	Offset int    // byte offset inside the text, from 0
	Msg    string // what is wrong
	Hint   string // what to do; may be empty
}

// Error implements error.
func (e *ParseError) Error() string {
	text := fmt.Sprintf("offset %d: %s", e.Offset, e.Msg)
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Parse reads a distribution: a bare value ("3s"), or a law with its
// parameters ("lognormal(mean=1.2s, cv=0.5)"; see Laws). Values carry a suffix
// of the unit; 0 may stand alone. All problems come back at once, joined, each
// a *ParseError. What was read lately is not read again.
func Parse(text string, unit Unit) (Dist, error) {
	if len(text) > longText {
		return parse(text, unit)
	}
	r := readings.Get(written{text, unit}, func() reading {
		d, err := parse(text, unit)
		return reading{d, err}
	})
	return r.dist, r.err
}

// written is a text to be read, reading what it says.
type written struct {
	text string
	unit Unit
}

type reading struct {
	dist Dist
	err  error
}

// longText is how long a text is too long to be kept; with the number of
// readings it bounds their memory.
const longText = 1000

var readings = memo.New[written, reading](500)

func parse(text string, unit Unit) (Dist, error) {
	p := parser{text: text, unit: unit}
	p.space()
	n, ok := p.node(0)
	if ok {
		if p.space(); p.pos != len(text) {
			p.fail(p.pos, "", "unexpected %s after the end of the distribution", p.here())
		}
	}
	if len(p.problems) > 0 {
		return nil, errors.Join(p.problems...)
	}
	d := p.build(n)
	if len(p.problems) > 0 {
		return nil, errors.Join(p.problems...)
	}
	return d, nil
}

// maxDepth bounds the nesting of mixtures, and with it the stack.
const maxDepth = 16

// parser reads the language:
//
//	node     = quantity | name "(" [argument {"," argument}] ")"
//	argument = [name "=" | quantity ":"] node
//	quantity = number [suffix] {number suffix}
type parser struct {
	text     string
	unit     Unit
	pos      int
	problems []error
}

// node is a parsed value: a quantity (name empty) or a call.
type node struct {
	offset   int
	quantity quantity
	name     string
	args     []argument
}

// argument is one entry of a call: positional, named, or keyed by a number.
type argument struct {
	offset int
	name   string
	key    *quantity
	value  node
}

func (p *parser) fail(offset int, hint, format string, args ...any) {
	p.problems = append(p.problems, &ParseError{offset, fmt.Sprintf(format, args...), hint})
}

// here describes what stands at the position, for a message.
func (p *parser) here() string {
	if p.pos >= len(p.text) {
		return "end of text"
	}
	_, n := utf8.DecodeRuneInString(p.text[p.pos:])
	return fmt.Sprintf("%q", p.text[p.pos:p.pos+n])
}

func (p *parser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// take skips one byte if it is c.
func (p *parser) take(c byte) bool {
	if p.pos < len(p.text) && p.text[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

// node reads a value. A false result means that a problem was reported.
func (p *parser) node(depth int) (node, bool) {
	start := p.pos
	if q, ok := p.quantity(); ok {
		return node{offset: start, quantity: q}, true
	}
	name := p.name()
	if name == "" {
		p.fail(start, "write a value such as 3s or a law such as exponential(mean=3s)", "a distribution is wanted here, not %s", p.here())
		return node{}, false
	}
	if lower := strings.ToLower(name); lower == "nan" || lower == "inf" || lower == "infinity" {
		p.fail(start, "", "%s is not a finite number", name)
		return node{}, false
	}
	p.space()
	if !p.take('(') {
		p.fail(start, "", "%q needs its parameters in brackets", name)
		return node{}, false
	}
	if depth >= maxDepth {
		p.fail(start, "", "more than %d distributions inside each other", maxDepth)
		return node{}, false
	}
	args, ok := p.arguments(depth)
	return node{offset: start, name: name, args: args}, ok
}

// arguments reads up to and including the closing bracket.
func (p *parser) arguments(depth int) ([]argument, bool) {
	var args []argument
	p.space()
	if p.take(')') {
		return nil, true
	}
	for {
		p.space()
		a, ok := p.argument(depth)
		if !ok {
			return nil, false
		}
		args = append(args, a)
		p.space()
		if p.take(')') {
			return args, true
		}
		if !p.take(',') {
			p.fail(p.pos, "", "a comma or ) is wanted here, not %s", p.here())
			return nil, false
		}
	}
}

func (p *parser) argument(depth int) (argument, bool) {
	a := argument{offset: p.pos}
	if q, ok := p.quantity(); ok {
		p.space()
		if !p.take(':') {
			a.value = node{offset: a.offset, quantity: q}
			return a, true
		}
		a.key = &q
	} else if name := p.name(); name != "" {
		p.space()
		if p.take('=') {
			a.name = name
		} else if p.take(':') {
			p.fail(a.offset, "write "+name+"=...", "a parameter takes =, not :")
			return a, false
		} else {
			p.pos = a.offset
		}
	}
	p.space()
	var ok bool
	a.value, ok = p.node(depth + 1)
	return a, ok
}

// name reads an identifier: letters, digits, - and _, starting with a letter.
func (p *parser) name() string {
	start := p.pos
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (p.pos == start || !('0' <= c && c <= '9' || c == '_' || c == '-')) {
			break
		}
		p.pos++
	}
	return p.text[start:p.pos]
}

// quantity reads numbers with suffixes; false leaves the position unchanged.
func (p *parser) quantity() (quantity, bool) {
	q := quantity{offset: p.pos}
	for {
		before := p.pos
		if len(q.terms) > 0 {
			p.space()
		}
		start := p.pos
		if !p.number() {
			p.pos = before
			break
		}
		t := term{number: p.text[start:p.pos], numberOffset: start}
		t.suffix, t.suffixOffset = p.suffix()
		q.terms = append(q.terms, t)
		if t.suffix == "" {
			break
		}
	}
	return q, len(q.terms) > 0
}

// number skips [sign] digits [. digits] [e [sign] digits].
func (p *parser) number() bool {
	start := p.pos
	if !p.take('-') {
		p.take('+')
	}
	whole := p.digits()
	fraction := 0
	if dot := p.pos; p.take('.') {
		if fraction = p.digits(); fraction == 0 {
			p.pos = dot
		}
	}
	if whole+fraction == 0 {
		p.pos = start
		return false
	}
	mark := p.pos
	if p.take('e') || p.take('E') {
		if !p.take('-') {
			p.take('+')
		}
		if p.digits() == 0 {
			p.pos = mark
		}
	}
	return true
}

func (p *parser) digits() int {
	start := p.pos
	for p.pos < len(p.text) && '0' <= p.text[p.pos] && p.text[p.pos] <= '9' {
		p.pos++
	}
	return p.pos - start
}

// suffix reads a unit, after at most one blank, and says where it stands.
func (p *parser) suffix() (string, int) {
	start := p.pos
	p.take(' ')
	at := p.pos
	p.take('/')
	for p.pos < len(p.text) {
		c, n := utf8.DecodeRuneInString(p.text[p.pos:])
		if !('a' <= c|0x20 && c|0x20 <= 'z' || c == '\u00b5' || c == '\u03bc') {
			break
		}
		p.pos += n
	}
	if p.pos == at {
		p.pos = start
		return "", start
	}
	return p.text[at:p.pos], at
}
