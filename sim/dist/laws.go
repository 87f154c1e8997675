package dist

import "strings"

// law is one row of the table of names.
type law struct {
	name  string
	count bool // gives whole numbers from 1, so it fits no duration or size
	forms []form
	// Laws made of lists have one of these instead of forms.
	fromParts  func(weights []float64, parts []Dist) (Dist, error)
	fromPoints func(probabilities, values []float64, unit Unit) (Dist, error)
	fromInner  func(offset float64, inner Dist, unit Unit) (Dist, error)
	example    string // for laws made of lists
}

// form is one list of parameters that determines a law.
type form struct {
	params     []param
	positional bool // may be written without names, in this order
	make       func(v []float64, unit Unit) (Dist, error)
}

type param struct {
	name string
	kind paramKind
}

type paramKind uint8

const (
	numberParam paramKind = iota // a pure number
	valueParam                   // in the unit of the distribution
	rateParam                    // per second, or per unit
)

// laws is the table of names; a new law is one file and one row here.
var laws = []law{
	{name: "constant", forms: []form{
		{[]param{{"value", valueParam}}, true, func(v []float64, u Unit) (Dist, error) { return NewConstant(v[0], u) }}}},
	{name: "uniform", forms: []form{
		{[]param{{"min", valueParam}, {"max", valueParam}}, true, func(v []float64, u Unit) (Dist, error) { return NewUniform(v[0], v[1], u) }}}},
	{name: "exponential", forms: []form{
		{[]param{{"mean", valueParam}}, true, func(v []float64, u Unit) (Dist, error) { return NewExponential(v[0], u) }},
		{[]param{{"rate", rateParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewExponentialRate(v[0], u) }}}},
	{name: "lognormal", forms: []form{
		{[]param{{"mean", valueParam}, {"cv", numberParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewLognormalMeanCV(v[0], v[1], u) }},
		{[]param{{"median", valueParam}, {"sigma", numberParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewLognormal(v[0], v[1], u) }}}},
	{name: "gamma", forms: []form{
		{[]param{{"mean", valueParam}, {"cv", numberParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewGammaMeanCV(v[0], v[1], u) }},
		{[]param{{"shape", numberParam}, {"scale", valueParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewGamma(v[0], v[1], u) }}}},
	{name: "weibull", forms: []form{
		{[]param{{"mean", valueParam}, {"cv", numberParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewWeibullMeanCV(v[0], v[1], u) }},
		{[]param{{"shape", numberParam}, {"scale", valueParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewWeibull(v[0], v[1], u) }}}},
	{name: "pareto", forms: []form{
		{[]param{{"scale", valueParam}, {"shape", numberParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewPareto(v[0], v[1], u) }},
		{[]param{{"mean", valueParam}, {"shape", numberParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewParetoMean(v[0], v[1], u) }}}},
	{name: "geometric", count: true, forms: []form{
		{[]param{{"mean", numberParam}}, false, func(v []float64, _ Unit) (Dist, error) { return NewGeometricMean(v[0]) }},
		{[]param{{"p", numberParam}}, false, func(v []float64, _ Unit) (Dist, error) { return NewGeometric(v[0]) }}}},
	{name: "zipf", count: true, forms: []form{
		{[]param{{"n", numberParam}, {"alpha", numberParam}}, true, func(v []float64, _ Unit) (Dist, error) { return NewZipf(v[0], v[1]) }}}},
	{name: "hyperexponential", forms: []form{
		{[]param{{"mean", valueParam}, {"cv", numberParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewHyperexponentialMeanCV(v[0], v[1], u) }},
		{[]param{{"p", numberParam}, {"mean1", valueParam}, {"mean2", valueParam}}, false, func(v []float64, u Unit) (Dist, error) { return NewHyperexponential(v[0], v[1], v[2], u) }},
		{[]param{{"p", numberParam}, {"rate1", rateParam}, {"rate2", rateParam}}, false, func(v []float64, u Unit) (Dist, error) {
			return NewHyperexponentialRates(v[0], v[1], v[2], u)
		}}}},
	{name: "mixture", example: "0.9: constant(...), 0.1: exponential(...)",
		fromParts: func(w []float64, parts []Dist) (Dist, error) { return NewMixture(w, parts) }},
	{name: "empirical", example: "0: MIN, 0.5: MEDIAN, 1: MAX",
		fromPoints: func(p, v []float64, u Unit) (Dist, error) { return NewEmpirical(p, v, u) }},
	{name: "shifted", example: "OFFSET, exponential(...)",
		fromInner: func(offset float64, inner Dist, u Unit) (Dist, error) { return NewShifted(offset, inner, u) }},
}

// Laws lists how every distribution can be written, in the table's order.
func Laws() []string {
	out := make([]string, len(laws))
	for i, l := range laws {
		out[i] = l.usage()
	}
	return out
}

func findLaw(name string) (law, bool) {
	for _, l := range laws {
		if l.name == name {
			return l, true
		}
	}
	return law{}, false
}

// nameAliases are names under which other tools know the laws.
var nameAliases = map[string]string{
	"exp": "exponential", "expo": "exponential", "deterministic": "constant", "fixed": "constant", "const": "constant",
	"erlang": "gamma", "h2": "hyperexponential", "hyperexp": "hyperexponential", "quantiles": "empirical",
	"normal": "lognormal", "lognorm": "lognormal", "mix": "mixture", "powerlaw": "pareto",
}

func nameHint(wrong string) string {
	if alias, ok := nameAliases[strings.ToLower(wrong)]; ok {
		return "did you mean " + alias + "?"
	}
	names := make([]string, len(laws))
	for i, l := range laws {
		names[i] = l.name
	}
	return suggest(wrong, names, "there are "+strings.Join(names, ", "))
}

// usage shows every way to write the law.
func (l law) usage() string {
	if l.example != "" {
		return l.name + "(" + l.example + ")"
	}
	ways := make([]string, len(l.forms))
	for i, f := range l.forms {
		names := make([]string, len(f.params))
		for j, p := range f.params {
			names[j] = p.name + "="
		}
		ways[i] = l.name + "(" + strings.Join(names, ", ") + ")"
	}
	return strings.Join(ways, " or ")
}

func (l law) positional() []param {
	for _, f := range l.forms {
		if f.positional {
			return f.params
		}
	}
	return nil
}

func (l law) has(name string) bool {
	for _, f := range l.forms {
		if f.has(name) {
			return true
		}
	}
	return false
}

func (l law) paramNames() []string {
	var names []string
	for _, f := range l.forms {
		for _, p := range f.params {
			names = append(names, p.name)
		}
	}
	return names
}

func (f form) has(name string) bool {
	for _, p := range f.params {
		if p.name == name {
			return true
		}
	}
	return false
}
