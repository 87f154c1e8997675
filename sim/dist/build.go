package dist

import (
	"strconv"
	"strings"
)

// build turns a parsed node into a distribution; nil after a problem.
func (p *parser) build(n node) Dist {
	if n.name == "" {
		v, ok := n.quantity.value(p.unit, p)
		if !ok {
			return nil
		}
		d, err := NewConstant(v, p.unit)
		return p.checked(n, nil, d, err)
	}
	l, ok := findLaw(n.name)
	if !ok {
		p.fail(n.offset, nameHint(n.name), "there is no distribution called %q", n.name)
		return nil
	}
	if l.count && p.unit != Dimensionless {
		p.fail(n.offset, "it gives whole numbers from 1", "%s is not a law of a %v", l.name, p.unit)
		return nil
	}
	switch {
	case l.fromParts != nil:
		return p.buildParts(n, l)
	case l.fromPoints != nil:
		return p.buildPoints(n, l)
	case l.fromInner != nil:
		return p.buildInner(n, l)
	default:
		return p.buildForm(n, l)
	}
}

// checked reports a constructor's problems at the parameters they name.
func (p *parser) checked(n node, offsets map[string]int, d Dist, err error) Dist {
	if err == nil {
		return d
	}
	errs := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		errs = joined.Unwrap()
	}
	for _, e := range errs {
		at, text, hint := n.offset, e.Error(), ""
		if pe, ok := e.(*ParamError); ok {
			if offset, ok := offsets[pe.Param]; ok {
				at = offset
			}
			text, hint = (&ParamError{Param: pe.Param, Msg: pe.Msg}).Error(), pe.Hint
		}
		p.fail(at, hint, "%s", text)
	}
	return nil
}

// given are the arguments of a call by parameter name.
type given map[string]argument

// buildForm builds a law from one of its parameter lists.
func (p *parser) buildForm(n node, l law) Dist {
	before := len(p.problems)
	args := p.collect(n, l)
	f, ok := p.choose(n, l, args)
	if len(p.problems) > before || !ok {
		return nil
	}
	values := make([]float64, len(f.params))
	offsets := map[string]int{}
	for i, prm := range f.params {
		a := args[prm.name]
		offsets[prm.name] = a.value.offset
		values[i] = p.scalar(a.value, prm, l)
	}
	if len(p.problems) > before {
		return nil
	}
	d, err := f.make(values, p.unit)
	return p.checked(n, offsets, d, err)
}

// collect sorts the arguments by name, giving positional ones the names of
// the law's positional form.
func (p *parser) collect(n node, l law) given {
	args := given{}
	positional := l.positional()
	for i, a := range n.args {
		name := a.name
		switch {
		case a.key != nil:
			p.fail(a.offset, l.usage(), "%s takes no list of numbered entries", l.name)
			continue
		case name == "" && i < len(positional):
			name = positional[i].name
		case name == "" && positional == nil:
			p.fail(a.offset, l.usage(), "name the parameters of %s", l.name)
			continue
		case name == "":
			p.fail(a.offset, l.usage(), "too many parameters for %s", l.name)
			continue
		case !l.has(name):
			p.fail(a.offset, suggest(name, l.paramNames(), l.usage()), "%s has no parameter %q", l.name, name)
			continue
		}
		if _, twice := args[name]; twice {
			p.fail(a.offset, "", "%s is given twice", name)
			continue
		}
		args[name] = a
	}
	return args
}

// choose finds the form whose parameters are exactly those given. Otherwise it
// reports what is missing from the nearest form, or which two contradict.
func (p *parser) choose(n node, l law, args given) (form, bool) {
	best, bestScore := form{}, -1
	for _, f := range l.forms {
		hits := 0
		for _, prm := range f.params {
			if _, ok := args[prm.name]; ok {
				hits++
			}
		}
		if hits == len(f.params) && hits == len(args) {
			return f, true
		}
		if score := 2*hits - len(f.params); hits > 0 && score > bestScore || bestScore < 0 {
			best, bestScore = f, max(score, 0)
		}
	}
	if len(p.problems) > 0 {
		return form{}, false
	}
	for _, a := range n.args {
		if a.name != "" && !best.has(a.name) {
			p.fail(a.offset, l.usage(), "%s contradicts the other parameters of %s", a.name, l.name)
		}
	}
	for _, prm := range best.params {
		if _, ok := args[prm.name]; !ok && len(p.problems) == 0 {
			p.fail(n.offset, l.usage(), "%s lacks %s", l.name, prm.name)
		}
	}
	return form{}, false
}

// scalar reads the value of one parameter.
func (p *parser) scalar(n node, prm param, l law) float64 {
	if n.name != "" {
		p.fail(n.offset, l.usage(), "%s of %s is a value, not a distribution", prm.name, l.name)
		return 0
	}
	var v float64
	switch prm.kind {
	case valueParam:
		v, _ = n.quantity.value(p.unit, p)
	case rateParam:
		v, _ = n.quantity.rate(p.unit, p)
	default:
		v, _ = n.quantity.number(p)
	}
	return v
}

// buildParts builds a law from weighted distributions ("0.9: a, 0.1: b").
func (p *parser) buildParts(n node, l law) Dist {
	before := len(p.problems)
	weights, parts, offsets := []float64{}, []Dist{}, map[string]int{}
	for i, a := range n.args {
		if a.key == nil {
			p.fail(a.offset, l.usage(), "entry %d of %s has no weight", i+1, l.name)
			continue
		}
		w, _ := a.key.number(p)
		offsets[weightName(i)] = a.offset
		weights = append(weights, w)
		parts = append(parts, p.build(a.value))
	}
	if len(p.problems) > before {
		return nil
	}
	d, err := l.fromParts(weights, parts)
	return p.checked(n, offsets, d, err)
}

// buildPoints builds a law from a table of numbers ("0: 1s, 1: 20s").
func (p *parser) buildPoints(n node, l law) Dist {
	before := len(p.problems)
	keys, values, offsets := []float64{}, []float64{}, map[string]int{}
	for i, a := range n.args {
		if a.key == nil {
			p.fail(a.offset, l.usage(), "entry %d of %s has no probability", i+1, l.name)
			continue
		}
		k, _ := a.key.number(p)
		keys = append(keys, k)
		offsets[pointName(i)] = a.offset
		values = append(values, p.scalar(a.value, param{"value", valueParam}, l))
	}
	if len(p.problems) > before {
		return nil
	}
	d, err := l.fromPoints(keys, values, p.unit)
	return p.checked(n, offsets, d, err)
}

// buildInner builds a law from a value and a distribution ("1s, inner").
func (p *parser) buildInner(n node, l law) Dist {
	before := len(p.problems)
	if len(n.args) != 2 || n.args[0].key != nil || n.args[1].key != nil || n.args[0].name != "" || n.args[1].name != "" {
		p.fail(n.offset, l.usage(), "%s takes a value and a distribution", l.name)
		return nil
	}
	v := p.scalar(n.args[0].value, param{"offset", valueParam}, l)
	inner := p.build(n.args[1].value)
	if len(p.problems) > before {
		return nil
	}
	d, err := l.fromInner(v, inner, p.unit)
	return p.checked(n, map[string]int{"offset": n.args[0].offset}, d, err)
}

// call writes a law with its parameters, given as alternating names and texts.
func call(name string, namesAndTexts ...string) string {
	var b strings.Builder
	b.WriteString(name)
	b.WriteByte('(')
	for i := 0; i < len(namesAndTexts); i += 2 {
		if i > 0 {
			b.WriteString(", ")
		}
		if namesAndTexts[i] != "" {
			b.WriteString(namesAndTexts[i])
			b.WriteByte('=')
		}
		b.WriteString(namesAndTexts[i+1])
	}
	b.WriteByte(')')
	return b.String()
}

// weightName and pointName name the entries of lists in errors, from 1.
func weightName(i int) string { return "weight " + strconv.Itoa(i+1) }
func pointName(i int) string  { return "point " + strconv.Itoa(i+1) }
