package dist

import (
	"errors"
	"math"
	"math/big"
	"strconv"

	"berth/sim"
	"berth/sim/memo"
)

// quantity is a value as written: one number, or several with units that add
// up ("1h30m").
type quantity struct {
	offset int
	terms  []term
}

// term is a number and its suffix, which may be empty.
type term struct {
	number       string
	suffix       string
	numberOffset int
	suffixOffset int
}

// bare reports a single number without a unit.
func (q quantity) bare() bool {
	return len(q.terms) == 1 && q.terms[0].suffix == ""
}

// value converts the quantity to base units (seconds, bytes, or the number
// itself) and reports every problem to p.
func (q quantity) value(unit Unit, p *parser) (float64, bool) {
	if unit == Dimensionless {
		return q.number(p)
	}
	v, _ := q.sum(unit.suffixes(), unit, p)
	return v, !math.IsNaN(v)
}

// number reads a quantity that must not carry a unit.
func (q quantity) number(p *parser) (float64, bool) {
	if !q.bare() {
		p.fail(q.terms[0].suffixOffset, Dimensionless.hint(""), "a number is wanted here, without a unit")
		return math.NaN(), false
	}
	v, ok := q.terms[0].float(p)
	return v, ok
}

// rate reads events per second: a bare number, or one with /s, /min, /h, /day.
func (q quantity) rate(unit Unit, p *parser) (float64, bool) {
	if q.bare() {
		return q.number(p)
	}
	if unit != Duration {
		p.fail(q.terms[0].suffixOffset, "", "a rate is a bare number here")
		return math.NaN(), false
	}
	t := q.terms[0]
	if _, ok := findSuffix(rateSuffixes, t.suffix); !ok || len(q.terms) > 1 {
		p.fail(t.suffixOffset, "units of a rate: /s /min /h /day", "%q is not a unit of a rate", t.suffix)
		return math.NaN(), false
	}
	v, _ := q.sum(rateSuffixes, unit, p)
	return v, !math.IsNaN(v)
}

// sum adds the terms exactly where it can: the value as float64 and, unless
// nil, as a fraction. NaN marks a problem that was reported.
func (q quantity) sum(suffixes []suffix, unit Unit, p *parser) (float64, *big.Rat) {
	total, exact, bad := 0.0, new(big.Rat), false
	for _, t := range q.terms {
		v, ok := t.float(p)
		if !ok {
			bad = true
			continue
		}
		s, found := findSuffix(suffixes, t.suffix)
		switch {
		case found:
		case t.suffix != "":
			p.fail(t.suffixOffset, unit.hint(t.suffix), "%q is not a unit of a %v", t.suffix, unit)
			bad = true
			continue
		case v == 0 && len(q.terms) == 1:
			s = suffix{"", 1, 1}
		default:
			p.fail(t.suffixOffset, unit.hint(""), "%s needs a unit", t.number)
			bad = true
			continue
		}
		total += v * float64(s.num) / float64(s.den)
		if r := scaled(t.number, v, s); r == nil || exact == nil {
			exact = nil
		} else {
			exact.Add(exact, r)
		}
	}
	if bad {
		return math.NaN(), nil
	}
	if exact != nil {
		total, _ = exact.Float64()
	}
	if math.IsInf(total, 0) {
		p.fail(q.offset, "", "the value is too large")
		return math.NaN(), nil
	}
	return total, exact
}

// float reads the term's number.
func (t term) float(p *parser) (float64, bool) {
	v, err := strconv.ParseFloat(t.number, 64)
	switch {
	case err != nil && math.IsInf(v, 0):
		p.fail(t.numberOffset, "", "%s is too large", t.number)
		return 0, false
	case err != nil:
		p.fail(t.numberOffset, "", "%q is not a number", t.number)
		return 0, false
	case v < 0 || t.number[0] == '-':
		p.fail(t.numberOffset, "", "%s is negative", t.number)
		return 0, false
	}
	return v, true
}

// ParseDuration reads a span such as "10m", "1h30m", "2d", "350ms" or "0",
// exactly, rounded to the nearest nanosecond (halves up). Errors are
// *ParseError, joined.
func ParseDuration(text string) (sim.Time, error) {
	ns, err := parseWhole(text, Duration, 1e9)
	return sim.Time(ns), err
}

// ParseBytes reads a size such as "350MB", "3GiB" or "0" in bytes, rounded to
// the nearest byte (halves up). Errors are *ParseError, joined.
func ParseBytes(text string) (int64, error) {
	return parseWhole(text, Bytes, 1)
}

// FormatBytes writes n (not negative) in the shortest way that ParseBytes
// reads back exactly.
func FormatBytes(n int64) string {
	if v := float64(n); int64(v) == n && n < 1<<53 {
		return formatSize(v)
	}
	return strconv.FormatInt(n, 10) + "B"
}

// whole is a quantity that was read; perBase goes with its unit.
type whole struct {
	n   int64
	err error
}

var wholes = memo.New[written, whole](500)

// parseWhole reads one quantity as a whole number of 1/perBase of the base unit.
// What was read lately is not read again.
func parseWhole(text string, unit Unit, perBase int64) (int64, error) {
	read := func() whole {
		n, err := readWhole(text, unit, perBase)
		return whole{n, err}
	}
	if len(text) > longText {
		w := read()
		return w.n, w.err
	}
	w := wholes.Get(written{text, unit}, read)
	return w.n, w.err
}

func readWhole(text string, unit Unit, perBase int64) (int64, error) {
	p := parser{text: text}
	p.space()
	q, ok := p.quantity()
	if !ok {
		p.fail(p.pos, unit.hint(""), "a %v is wanted here", unit)
		return 0, errors.Join(p.problems...)
	}
	if p.space(); p.pos != len(text) {
		p.fail(p.pos, unit.hint(""), "unexpected %q after the %v", text[p.pos:], unit)
		return 0, errors.Join(p.problems...)
	}
	v, exact := q.sum(unit.suffixes(), unit, &p)
	if len(p.problems) > 0 {
		return 0, errors.Join(p.problems...)
	}
	if exact == nil {
		if exact = new(big.Rat).SetFloat64(v); exact == nil {
			exact = new(big.Rat)
		}
	}
	n := roundHalfUp(exact.Mul(exact, big.NewRat(perBase, 1)))
	if !n.IsInt64() {
		p.fail(q.offset, "", "the %v is too large", unit)
		return 0, errors.Join(p.problems...)
	}
	return n.Int64(), nil
}

// roundHalfUp returns floor(r + 1/2).
func roundHalfUp(r *big.Rat) *big.Int {
	r = new(big.Rat).Add(r, big.NewRat(1, 2))
	return new(big.Int).Div(r.Num(), r.Denom())
}
