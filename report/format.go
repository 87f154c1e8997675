package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// numberAndUnit is a number, a blank and a unit or sign that belongs to it.
var numberAndUnit = regexp.MustCompile(`([0-9±<>=]) ([%$0-9<>=±]|(?:µs|ms|s|min|h|d|km|kB|MB|GB|TB|MiB|GiB|TiB|M|G)\b)`)

// together keeps numbers and their units on one line in running text.
func together(s string) string {
	return numberAndUnit.ReplaceAllString(s, "$1\u00a0$2")
}

// dash stands for a value that does not exist.
const dash = "-"

// significant writes v with the given number of significant digits, without an
// exponent and without digits before the point being lost: 1234.5 with 3 digits
// is 1235.
func significant(v float64, digits int) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a < 1e-6: // a page of zeros tells no more
		return "<0.000001"
	}
	exponent := int(math.Floor(math.Log10(math.Abs(v))))
	decimals := digits - 1 - exponent
	if decimals < 0 {
		decimals = 0
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	// 9.996 with 3 digits rounds to 10.00: one digit too many.
	if grown, _ := strconv.ParseFloat(s, 64); decimals > 0 && math.Abs(grown) >= math.Pow10(exponent+1) {
		s = strconv.FormatFloat(v, 'f', decimals-1, 64)
	}
	return s
}

// trimmed is significant without zeros at its end: 3 and not 3.00.
func trimmed(v float64, digits int) string {
	s := significant(v, digits)
	if strings.Contains(s, ".") && s[0] != '<' {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// grouped writes v with the given decimals and commas between thousands.
func grouped(v float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	var b strings.Builder
	if v < 0 && strings.Trim(s, "0.") != "" {
		b.WriteByte('-')
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteByte('.')
		b.WriteString(fraction)
	}
	return b.String()
}

// Seconds writes a duration in s with the unit that suits it: 1.24 s, 87 ms,
// 12 min, 3.5 h, 2.1 d.
func Seconds(n Number) string {
	v := float64(n)
	a := math.Abs(v)
	switch {
	case !n.Known():
		return dash
	case a == 0:
		return "0 s"
	case a < 0.9995e-3:
		return trimmed(v*1e6, 3) + " µs"
	case a < 0.9995:
		return trimmed(v*1e3, 3) + " ms"
	case a < 119.5:
		return trimmed(v, 3) + " s"
	case a < 2*3600 && a != 3600:
		return trimmed(v/60, 3) + " min"
	case a < 72*3600:
		return trimmed(v/3600, 3) + " h"
	}
	return trimmed(v/86400, 3) + " d"
}

// USD writes money: $412.35, $1,204, and small amounts with three significant
// digits, such as $0.00271.
func USD(n Number) string {
	v := float64(n)
	a := math.Abs(v)
	sign := ""
	if v < 0 {
		sign = "-"
	}
	switch {
	case !n.Known():
		return dash
	case a == 0:
		return "$0"
	case a < 0.00000005:
		return sign + "<$0.0000001"
	case a < 0.995:
		return sign + "$" + trimmed(a, 3)
	case a < 10_000:
		return sign + "$" + grouped(a, 2)
	}
	return sign + "$" + grouped(a, 0)
}

// RoundUSD writes money for a sentence: $412, $1.2 million, $0.57.
func RoundUSD(n Number) string {
	a := math.Abs(float64(n))
	switch {
	case !n.Known() || a < 9.995:
		return USD(n)
	case a < 1e6:
		return "$" + grouped(float64(n), 0)
	}
	return "$" + Count(n)
}

// Cents writes an amount with two decimals and no sign of currency, for columns
// headed USD.
func Cents(n Number) string {
	if !n.Known() {
		return dash
	}
	return grouped(float64(n), 2)
}

// Count writes a count: 842, 12,345, 1.21 M, 3.4 G.
func Count(n Number) string {
	v := float64(n)
	a := math.Abs(v)
	switch {
	case !n.Known():
		return dash
	case a < 1e6 && v == math.Trunc(v):
		return grouped(v, 0)
	case a < 999.5:
		return trimmed(v, 3)
	case a < 999_999.5:
		return grouped(v, 0)
	case a < 0.9995e9:
		return significant(v/1e6, 3) + " M"
	case a < 0.9995e12:
		return significant(v/1e9, 3) + " G"
	}
	return significant(v/1e12, 3) + " T"
}

// Share writes a share of one as a percentage: 71 %, 0.31 %, 99.95 %.
func Share(n Number) string {
	v := float64(n)
	switch {
	case !n.Known():
		return dash
	case v == 0:
		return "0 %"
	case v == 1:
		return "100 %"
	case v > 0 && v < 0.00005:
		return "<0.01 %"
	case v < 1 && v >= 0.9995:
		// Near one, what is missing is what matters.
		return strconv.FormatFloat(math.Floor(v*1e5)/1e3, 'f', 3, 64) + " %"
	case math.Abs(v) < 0.00995:
		return trimmed(v*100, 2) + " %"
	case math.Abs(v) < 0.0995 || (v < 1 && v > 0.99):
		return strconv.FormatFloat(v*100, 'f', 1, 64) + " %"
	}
	return grouped(v*100, 0) + " %"
}

// Size writes a count of bytes in decimal units: 350 kB, 1.2 GB.
func Size(n Number) string {
	v := float64(n)
	a := math.Abs(v)
	switch {
	case !n.Known():
		return dash
	case a < 1e3:
		return trimmed(v, 3) + " B"
	case a < 0.9995e6:
		return trimmed(v/1e3, 3) + " kB"
	case a < 0.9995e9:
		return trimmed(v/1e6, 3) + " MB"
	case a < 0.9995e12:
		return trimmed(v/1e9, 3) + " GB"
	}
	return trimmed(v/1e12, 3) + " TB"
}

// MiB writes memory given in MiB: 256 MiB, 4 GiB.
func MiB(n Number) string {
	v := float64(n)
	switch {
	case !n.Known():
		return dash
	case math.Abs(v) < 1024:
		return trimmed(v, 3) + " MiB"
	case math.Abs(v) < 1024*1024:
		return trimmed(v/1024, 3) + " GiB"
	}
	return trimmed(v/1024/1024, 3) + " TiB"
}

// Quantity writes a value in the unit named by a metric.
func Quantity(n Number, unit string) string {
	switch unit {
	case "s":
		return Seconds(n)
	case "USD":
		return USD(n)
	case "share", "%", "1":
		// Shares are carried as fractions of one.
		return Share(n)
	case "B", "bytes":
		return Size(n)
	case "MB":
		return Size(n * 1e6)
	case "GB":
		return Size(n * 1e9)
	case "MiB":
		return MiB(n)
	case "":
		return Count(n)
	}
	if !n.Known() {
		return dash
	}
	if n == 1 && !strings.HasSuffix(unit, "/s") {
		unit = strings.TrimSuffix(unit, "s")
	}
	return Count(n) + " " + fit(unit, 12)
}

// PlusMinus writes half the width of an interval beside its value, or nothing
// where there is no interval.
func PlusMinus(half Number, unit string) string {
	if !half.Known() {
		return ""
	}
	return "± " + Quantity(half, unit)
}

// plural writes a count and its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", grouped(float64(n), 0), many)
}
