package scenarios

import (
	"strings"
)

// outsidePolicy is a kind of policies that code outside the project may bring.
type outsidePolicy uint8

const (
	noOutside outsidePolicy = iota
	outsidePlacement
	outsidePrefetch
	outsideKeepAlive
)

// kind is what a plain value of a key means.
type kind uint8

const (
	none       kind = iota // no plain form: only a mapping or a list
	text                   // text without control characters
	freeText               // anything
	nameText               // letters, digits, spaces and _-. up to 64 characters
	word                   // one of the words of the key alone
	boolean                // true or false
	integer                // a whole number
	count                  // a number that may carry k or M
	number                 // a number
	share                  // 3% or 0.03
	span                   // a time such as 300ms or 10m
	size                   // bytes, such as 350MB or 3GiB
	speed                  // a throughput such as 400Mbit/s
	rate                   // a rate such as 4/min
	law                    // a distribution; field.unit says of what
	rateOrLaw              // requests: a rate, or how many a session makes
	growth                 // a share a month: 8%/month
	usd                    // an amount of money
	decimal                // an exact price, a decimal number
	month                  // 2026-11
	date                   // 2026-11-01
	vcpu                   // an amount of CPU: 1/16, 0.5
	slo                    // a target line
	placeText              // a city, a PoP or "lat,lon"
	popularity             // zipf(n=..., alpha=...)
)

// Units of distributions.
const (
	unitSeconds = "seconds"
	unitBytes   = "bytes"
	unitCount   = "count"
)

// field is one key of the scenario language. The table of fields drives the
// reader, the defaults, the explanation, the schema and the reference page.
type field struct {
	name string
	kind kind
	unit string   // of a law
	doc  string   // one line
	any  []string // words accepted beside (or, for kind word, instead of) values
	// outside is the kind of policies from outside that are accepted too.
	outside outsidePolicy

	// short is the key of the mapping form that a plain value or a list stands
	// for: placement: random is placement: {policy: random}.
	short string
	// fields is the mapping form, elem the list form, free the form of a mapping
	// whose keys are the user's own. many: a single value is a list of one.
	fields []*field
	elem   *field
	free   *field
	many   bool
	// freeKey is what the keys of a free mapping are, for messages and docs.
	freeKey string

	// def is the default as YAML text; "" is none. setting is the name of the
	// catalogue's dated setting (or the world's) that wins over def. derived
	// computes a default from the rest of the object. defDoc describes a
	// default that depends on something.
	def     string
	setting string
	derived func(*resolver, *value) string
	defDoc  string
	source  string
	grade   string

	// ranges: a plain value may be a range such as 1m..30m/log8.
	ranges bool

	min, max *float64
	positive bool // 0 is refused
	// only lists the variants of the object (traffic kinds, routings) that the
	// key belongs to; nil is all.
	only    []string
	variant func(*value) string // of an object: which variant it is
	needed  bool                // must be written
	why     string              // refused always, with this reason
}

func bound(x float64) *float64 { return &x }

// child returns the field of a key of the mapping form.
func (f *field) child(key string) *field {
	for _, c := range f.fields {
		if c.name == key {
			return c
		}
	}
	return nil
}

func (f *field) childNames() []string {
	var names []string
	for _, c := range f.fields {
		names = append(names, c.name)
	}
	return names
}

func (f *field) hasWord(s string) bool {
	for _, w := range f.any {
		if w == s {
			return true
		}
	}
	return false
}

// forVariant says whether the key belongs to a variant of its object.
func (f *field) forVariant(variant string) bool {
	if len(f.only) == 0 {
		return true
	}
	for _, v := range f.only {
		if v == variant {
			return true
		}
	}
	return false
}

// expected describes what the key takes, for messages and the reference page.
func (f *field) expected() string {
	var forms []string
	if len(f.any) > 0 {
		forms = append(forms, strings.Join(f.any, ", "))
	}
	if d := kindText[f.kind]; d != "" && f.kind != word {
		forms = append(forms, d)
	}
	if f.ranges {
		forms = append(forms, "a range (1m..30m/log8, 1..10/lin4)")
	}
	if len(f.fields) > 0 || f.free != nil {
		forms = append(forms, "a mapping")
	}
	if f.elem != nil {
		forms = append(forms, "a list")
	}
	return strings.Join(forms, ", or ")
}

var kindText = map[kind]string{
	text: "text", freeText: "any text", nameText: "a name", boolean: "true or false", integer: "a whole number", count: "a number (k and M allowed)",
	number: "a number", share: "a share (3% or 0.03)", span: "a time (300ms, 10m, 2d)", size: "a size (350MB, 3GiB)",
	speed: "a throughput (400Mbit/s, 50MB/s)", rate: "a rate (4/min, 2M/month)", law: "a distribution or a value",
	rateOrLaw: "a rate (2M/month) or, with sessions, a distribution", growth: "a share a month (8%/month)", usd: "an amount (400 USD)",
	decimal: "a decimal number", month: "a month (2026-11)", date: "a date (2026-11-01)", vcpu: "an amount of CPU (1/16, 0.5)", slo: "a target (p99(latency) < 3s)",
	placeText: `a city, a PoP code or "latitude,longitude"`, popularity: "zipf(n=..., alpha=...)",
}
