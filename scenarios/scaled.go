package scenarios

import (
	"math"
	"strconv"
	"strings"

	"berth/scenarios/internal/node"
	"berth/scenarios/internal/quantity"
	"berth/sim/dist"
)

// Scaled is an amount of the language times factor, as an override writes it:
// "4/min" times 2 is "8/min". path is that of an origin and says what the value
// is. A law stays in its family, with its spread relative to the mean; a number
// that has to be whole is rounded, to at least 1. changes is false for what is
// no amount (words, names, laws of whole numbers) and for amounts that the
// factor leaves as they are, such as 0.
func Scaled(path, value string, factor float64) (text string, changes bool) {
	f, _ := keyAt(language(), splitPath(path))
	if f == nil || f.hasWord(value) || !(factor > 0) || math.IsInf(factor, 0) {
		return value, false
	}
	text, ok := scaledKind(f, strings.TrimSpace(value), factor)
	if !ok || text == value {
		return value, false
	}
	return node.Quote(text, false), true
}

// Pattern is the key that a path of an origin leads to: apps.*.work.cpu for
// apps.web.work.cpu, and "" where there is none.
func Pattern(path string) string {
	_, pattern := keyAt(language(), splitPath(path))
	return pattern
}

// keyAt finds the field of a path and the path with * for what is the user's
// own. Names may hold dots, so as few parts as lead on make up a name.
func keyAt(f *field, parts []string) (*field, string) {
	if len(parts) == 0 {
		return f, ""
	}
	prefixed := func(lead string, f *field, pattern string) (*field, string) {
		if f == nil {
			return nil, ""
		}
		if pattern == "" || strings.HasPrefix(pattern, "[") {
			return f, lead + pattern
		}
		return f, lead + "." + pattern
	}
	if strings.HasPrefix(parts[0], "[") {
		if f.elem == nil {
			return nil, ""
		}
		below, pattern := keyAt(f.elem, parts[1:])
		return prefixed("[*]", below, pattern)
	}
	if c := f.child(parts[0]); c != nil {
		below, pattern := keyAt(c, parts[1:])
		return prefixed(parts[0], below, pattern)
	}
	if f.free != nil {
		for used := 1; used <= len(parts); used++ {
			if below, pattern := keyAt(f.free, parts[used:]); below != nil {
				return prefixed("*", below, pattern)
			}
		}
	}
	return nil, ""
}

// scaledKind multiplies a value by the kind of its field.
func scaledKind(f *field, t string, factor float64) (string, bool) {
	switch f.kind {
	case law:
		return scaledLaw(t, lawUnits[f.unit], factor)
	case rate, rateOrLaw:
		if r, err := quantity.ParseRate(t); err == nil && r.Amount > 0 {
			return formatAmount(r.Amount*factor) + "/" + string(r.Per), true
		}
		if f.kind == rateOrLaw {
			return scaledLaw(t, dist.Dimensionless, factor)
		}
	case count:
		if x, err := quantity.Count(t); err == nil && x > 0 {
			return formatAmount(math.Max(1, math.Round(x*factor))), true
		}
	case integer:
		if n, err := parseInteger(t); err == nil && n.(int64) > 0 {
			return formatAmount(math.Max(1, math.Round(float64(n.(int64))*factor))), true
		}
	case number, vcpu:
		if x, err := quantity.VCPU(t); err == nil && x > 0 {
			return formatAmount(x * factor), true
		}
	case share:
		if x, err := quantity.Share(t); err == nil && x > 0 {
			return formatAmount(100*x*factor) + "%", true
		}
	case span:
		if x, err := quantity.Span(t); err == nil {
			return scaledLaw(formatAmount(x.Seconds())+"s", dist.Duration, factor)
		}
	case size:
		if n, err := quantity.Bytes(t); err == nil && n > 0 {
			return dist.FormatBytes(int64(math.Round(float64(n) * factor))), true
		}
	case speed:
		if x, err := quantity.Speed(t); err == nil {
			return formatAmount(x*factor/1e6) + "MB/s", true
		}
	}
	return "", false
}

func scaledLaw(t string, unit dist.Unit, factor float64) (string, bool) {
	d, err := dist.Parse(t, unit)
	if err != nil || d.Mean() == 0 {
		return "", false
	}
	if d, err = dist.Scale(d, factor, unit); err != nil {
		return "", false
	}
	return d.String(), true
}

// formatAmount writes an amount with nine digits, without an exponent.
func formatAmount(x float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 9, 64), 64)
	if err != nil {
		short = x
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}
