// Package axis reads the values over which a key of a scenario varies: a list,
// or a range in equal steps or ratios.
package axis

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"berth/sim/dist"
)

// MaxValues bounds the values of one axis.
const MaxValues = 10_000

var (
	rangeForm  = regexp.MustCompile(`^(.+)\.\.(.+)/(lin|log)([0-9]{1,5})$`)
	amountForm = regexp.MustCompile(`^([0-9]*\.?[0-9]+)(.*)$`)
)

// Values reads a,b,c or from..to/log8 (or /lin8): eight values in equal ratios
// (or steps), both ends among them, each value once. Ends carry the same unit,
// or are both spans of time. Between whole numbers without a unit values are
// rounded to whole ones, and so are spans between whole seconds from 10 s on.
func Values(list string) ([]string, error) {
	var values []string
	var err error
	if m := rangeForm.FindStringSubmatch(list); m != nil {
		values, err = spread(strings.TrimSpace(m[1]), strings.TrimSpace(m[2]), m[3] == "log", m[4])
	} else if strings.Contains(list, "..") {
		err = fmt.Errorf("%q is not a range: write 1m..30m/log8 or 1..10/lin4", list)
	} else {
		values, err = cut(list)
	}
	if err != nil {
		return nil, err
	}
	if len(values) > MaxValues {
		return nil, fmt.Errorf("%d values; at most %d", len(values), MaxValues)
	}
	for i, v := range values {
		if slices.Contains(values[:i], v) {
			return nil, fmt.Errorf("%s is there twice", v)
		}
	}
	return values, nil
}

// IsRange says whether a text is meant as a range.
func IsRange(text string) bool { return strings.Contains(text, "..") }

// cut splits a list of values; none may be empty.
func cut(list string) ([]string, error) {
	values, closed := SplitCommas(list)
	for _, v := range values {
		if v == "" {
			return nil, fmt.Errorf("%q has an empty value", list)
		}
	}
	if !closed {
		return nil, fmt.Errorf("%q has a bracket or quote that does not close", list)
	}
	return values, nil
}

// SplitCommas cuts a text at the commas that are not inside brackets or quotes
// and trims the pieces, of which there is at least one. closed is false when a
// bracket or quote does not close.
func SplitCommas(text string) (pieces []string, closed bool) {
	depth, quote, from := 0, rune(0), 0
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			depth--
		case r == ',' && depth <= 0:
			pieces = append(pieces, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(pieces, strings.TrimSpace(text[from:])), quote == 0 && depth <= 0
}

// spread makes the values of a range.
func spread(from, to string, logarithmic bool, count string) ([]string, error) {
	n, err := strconv.Atoi(count)
	if err != nil || n < 2 || n > MaxValues {
		return nil, fmt.Errorf("a range has 2 to %d values, not %s", MaxValues, count)
	}
	lo, hi, unit, err := ends(from, to)
	if err != nil {
		return nil, err
	}
	switch {
	case lo == hi:
		return nil, fmt.Errorf("both ends of the range are %s", from)
	case logarithmic && (lo <= 0 || hi <= 0):
		return nil, fmt.Errorf("a logarithmic range begins above 0; take /lin%d", n)
	}
	whole := (unit == "" || unit == "s" && min(lo, hi) >= 10) && lo == math.Trunc(lo) && hi == math.Trunc(hi)
	values := []string{from}
	for i := 1; i < n-1; i++ {
		k := float64(i) / float64(n-1)
		x := lo + k*(hi-lo)
		if logarithmic {
			x = lo * math.Pow(hi/lo, k)
		}
		if whole {
			x = math.Round(x)
		} else if x, err = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64); err != nil {
			return nil, err
		}
		v := strconv.FormatFloat(x, 'f', -1, 64) + unit
		if v != values[len(values)-1] && v != to {
			values = append(values, v)
		}
	}
	return append(values, to), nil
}

// ends reads both ends of a range in a unit that they share.
func ends(from, to string) (lo, hi float64, unit string, err error) {
	a, b := amountForm.FindStringSubmatch(from), amountForm.FindStringSubmatch(to)
	if a != nil && b != nil && strings.TrimSpace(a[2]) == strings.TrimSpace(b[2]) {
		lo, errLo := strconv.ParseFloat(a[1], 64)
		hi, errHi := strconv.ParseFloat(b[1], 64)
		if errLo == nil && errHi == nil && len(a[1])+len(b[1]) < 40 && !strings.ContainsAny(a[2], "0123456789.") {
			return lo, hi, a[2], nil
		}
	}
	x, errLo := dist.ParseDuration(from)
	y, errHi := dist.ParseDuration(to)
	if errLo != nil || errHi != nil {
		return 0, 0, "", fmt.Errorf("%s and %s are not two amounts of one unit, nor two spans such as 1m and 30m", from, to)
	}
	return x.Seconds(), y.Seconds(), "s", nil
}
