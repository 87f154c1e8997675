package scenarios

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"berth/models/result"
	"berth/scenarios/axis"
	"berth/scenarios/internal/node"
	"berth/scenarios/internal/quantity"
	"berth/sim"
	"berth/sim/dist"
)

// parseScalar reads a plain value by the kind of its field. message is empty
// when it was read.
func parseScalar(f *field, n *node.Node, r *resolver) (parsed any, message, hint string) {
	t := strings.TrimSpace(n.Text)
	words := append(f.any[:len(f.any):len(f.any)], r.outside(f.outside)...)
	if slices.Contains(words, t) {
		return chosen(t), "", ""
	}
	if f.ranges && axis.IsRange(t) {
		return parseRange(f, n, t, r)
	}
	if f.kind == word {
		err := fmt.Errorf("%q is not one of %s", clip(t), strings.Join(words, ", "))
		return nil, err.Error(), wordHint(f, words, t, err)
	}
	parsed, err := parseKind(f, n, t, r)
	if err != nil {
		return nil, firstLine(err), wordHint(f, words, t, err)
	}
	if why := outOfBounds(f, parsed); why != "" {
		return nil, fmt.Sprintf("%s %s", clip(t), why), ""
	}
	return parsed, "", ""
}

// ranged are the values that a range stands for.
type ranged []string

// parseRange reads a range, each value of which must be one of the field.
func parseRange(f *field, n *node.Node, t string, r *resolver) (parsed any, message, hint string) {
	values, err := axis.Values(t)
	if err != nil {
		return nil, err.Error(), ""
	}
	for _, v := range values {
		one := *n
		one.Text = v
		if _, message, hint := parseScalar(f, &one, r); message != "" {
			return nil, message, hint
		}
	}
	return ranged(values), "", ""
}

// wordHint suggests a word of the key for text that is none, or what the
// distribution parser suggests.
func wordHint(f *field, words []string, t string, err error) string {
	var pe *dist.ParseError
	if errors.As(err, &pe) && pe.Hint != "" {
		return pe.Hint
	}
	var te *result.TargetError
	if errors.As(err, &te) {
		return te.Hint
	}
	if len(words) > 0 {
		if near := nearest(t, words); near != "" {
			return fmt.Sprintf("did you mean %q?", near)
		}
		if f.kind != word {
			return "or one of " + strings.Join(words, ", ")
		}
	}
	return ""
}

func firstLine(err error) string {
	var pe *dist.ParseError
	if errors.As(err, &pe) {
		return pe.Msg
	}
	var te *result.TargetError
	if errors.As(err, &te) {
		return te.Message
	}
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}

func parseKind(f *field, n *node.Node, t string, r *resolver) (any, error) {
	switch f.kind {
	case freeText:
		return n.Text, nil
	case text:
		if why := badText(n.Text, 16384); why != "" {
			return nil, errors.New(why)
		}
		return n.Text, nil
	case placeText:
		if why := badText(n.Text, 200); why != "" {
			return nil, errors.New(why)
		}
		return t, nil
	case nameText:
		if why := badName(t); why != "" {
			return nil, errors.New(why)
		}
		return t, nil
	case boolean:
		return parseBool(t)
	case integer:
		return parseInteger(t)
	case count:
		return quantity.Count(t)
	case number:
		return quantity.Number(t)
	case share:
		return quantity.Share(t)
	case span:
		return quantity.Span(t)
	case size:
		return quantity.Bytes(t)
	case speed:
		return quantity.Speed(t)
	case rate:
		return quantity.ParseRate(t)
	case rateOrLaw:
		return parseRateOrLaw(f, t)
	case law:
		return r.parseLaw(f, t)
	case growth:
		return parseGrowth(t)
	case usd:
		return quantity.USD(t)
	case decimal:
		return parseDecimal(t)
	case month:
		return quantity.Month(t)
	case date:
		return quantity.Date(t)
	case vcpu:
		return quantity.VCPU(t)
	case slo:
		return parseSLO(n.Text)
	case popularity:
		return parsePopularity(t)
	}
	return nil, fmt.Errorf("%q is not %s", clip(t), f.expected())
}

func parseBool(t string) (any, error) {
	switch strings.ToLower(t) {
	case "true", "yes", "on":
		return true, nil
	case "false", "no", "off":
		return false, nil
	}
	return nil, fmt.Errorf("%q is neither true nor false", clip(t))
}

// parseInteger reads a decimal whole number; 010 and 0x10 are refused, since
// readers disagree about them.
func parseInteger(t string) (any, error) {
	plainText := strings.ReplaceAll(t, "_", "")
	v, err := strconv.ParseInt(plainText, 10, 64)
	if err != nil || (len(plainText) > 1 && plainText[0] == '0') {
		return nil, fmt.Errorf("%q is not a whole number", clip(t))
	}
	return v, nil
}

func parseDecimal(t string) (any, error) {
	if _, err := quantity.Number(t); err != nil {
		return nil, err
	}
	v, ok := new(big.Rat).SetString(t)
	if !ok {
		return nil, fmt.Errorf("%q is not a decimal number", clip(t))
	}
	return v, nil
}

func parseGrowth(t string) (any, error) {
	head, ok := strings.CutSuffix(t, "/month")
	if !ok {
		return nil, fmt.Errorf("%q is not a growth; write one such as 8%%/month", clip(t))
	}
	v, err := quantity.Share(head)
	if err == nil && (v <= -1 || v > 100) {
		return nil, fmt.Errorf("%s is out of range for a growth", clip(t))
	}
	return v, err
}

// parseRateOrLaw tells the two meanings of requests apart by the slash of a rate.
func parseRateOrLaw(f *field, t string) (any, error) {
	if strings.Contains(t, "/") {
		return quantity.ParseRate(t)
	}
	d, err := dist.Parse(t, dist.Dimensionless)
	if err != nil {
		return nil, fmt.Errorf("%q is neither a rate (2M/month) nor, for sessions, a distribution (geometric(mean=6)): %w", clip(t), err)
	}
	return d, nil
}

var lawUnits = map[string]dist.Unit{unitSeconds: dist.Duration, unitBytes: dist.Bytes, unitCount: dist.Dimensionless}

// parseLaw reads a distribution; the platform's part of a start may be the name
// of a preset, which is kept as it is and resolved with the image.
func (r *resolver) parseLaw(f *field, t string) (any, error) {
	if f.name == "platform" && presetName.MatchString(t) {
		return r.parsePreset(t)
	}
	d, err := dist.Parse(t, lawUnits[f.unit])
	if err != nil {
		return nil, err
	}
	if math.IsInf(d.Mean(), 0) {
		return nil, errors.New("the distribution has no finite mean: take a lighter tail")
	}
	return d, nil
}

var presetName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

var popularityForm = regexp.MustCompile(`^zipf\(\s*n\s*=\s*([0-9_]+)\s*,\s*alpha\s*=\s*([0-9.]+)\s*\)$`)

// images is a catalogue of equal images and the exponent of their popularity.
type images struct {
	n     int
	alpha float64
}

func parsePopularity(t string) (any, error) {
	bad := fmt.Errorf("%q is not a popularity; write one such as zipf(n=10000, alpha=0.8)", clip(t))
	m := popularityForm.FindStringSubmatch(t)
	if m == nil {
		return nil, bad
	}
	n, err1 := strconv.Atoi(strings.ReplaceAll(m[1], "_", ""))
	alpha, err2 := strconv.ParseFloat(m[2], 64)
	if err1 != nil || err2 != nil || n < 1 || n > 10_000_000 || alpha > 5 {
		return nil, bad
	}
	return images{n, alpha}, nil
}

// outOfBounds says how a number breaks the bounds of its field.
func outOfBounds(f *field, parsed any) string {
	var x float64
	switch p := parsed.(type) {
	case int64:
		x = float64(p)
	case float64:
		x = p
	case sim.Time:
		x = p.Seconds()
	case quantity.Rate:
		x = p.Amount
	case *big.Rat:
		x, _ = p.Float64()
	default:
		return ""
	}
	show := func(b float64) string { return strconv.FormatFloat(b, 'f', -1, 64) }
	if f.kind == share {
		show = func(b float64) string { return strconv.FormatFloat(100*b, 'f', -1, 64) + "%" }
	}
	switch {
	case f.positive && x <= 0:
		return "must be above 0"
	case f.min != nil && x < *f.min && *f.min == 0:
		return "must not be negative"
	case f.min != nil && x < *f.min:
		return "must be at least " + show(*f.min)
	case f.max != nil && x > *f.max && f.kind == span:
		return "must be at most " + sim.FromSeconds(*f.max).String()
	case f.max != nil && x > *f.max:
		return "must be at most " + show(*f.max)
	}
	return ""
}

const maxName = 64

// badName says why a name is refused: names reach reports, files and terminals.
func badName(s string) string {
	if s == "" {
		return "a name must not be empty"
	}
	if len([]rune(s)) > maxName {
		return fmt.Sprintf("a name has at most %d characters", maxName)
	}
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("_-. ", c)) {
			return fmt.Sprintf("%q is not allowed in a name: letters, digits, spaces and _ - . only", c)
		}
	}
	if strings.TrimSpace(s) != s {
		return "a name must not begin or end with a space"
	}
	return ""
}

// badText says why free text is refused. Only what cannot be text at all is:
// control characters other than tab and line breaks, and great length.
func badText(s string, maxLen int) string {
	if len(s) > maxLen {
		return fmt.Sprintf("the text has %d bytes; %d are allowed", len(s), maxLen)
	}
	for _, c := range s {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return fmt.Sprintf("control character %U is not allowed", c)
		}
	}
	return ""
}
