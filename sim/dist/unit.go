package dist

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Unit is what the values of a distribution measure.
type Unit uint8

// The units of the scenario language.
const (
	// Dimensionless values are written as bare numbers.
	Dimensionless Unit = iota
	// Duration values are seconds; written with ns, us, ms, s, m, h or d.
	Duration
	// Bytes values are bytes; written with B, kB, MB, GB, TB (powers of 1000)
	// or KiB, MiB, GiB, TiB (powers of 1024).
	Bytes
)

// String names the unit as error messages do.
func (u Unit) String() string {
	switch u {
	case Duration:
		return "duration"
	case Bytes:
		return "size"
	default:
		return "number"
	}
}

// suffix is one unit as written: its value is num / den base units.
type suffix struct {
	text     string
	num, den int64
}

var durationSuffixes = []suffix{
	{"d", 86400, 1}, {"h", 3600, 1}, {"m", 60, 1}, {"s", 1, 1}, {"ms", 1, 1e3}, {"us", 1, 1e6}, {"ns", 1, 1e9},
	// Both letters that are read as "micro" are accepted; us is printed.
	{"\u00b5s", 1, 1e6}, {"\u03bcs", 1, 1e6},
}

var byteSuffixes = []suffix{
	{"TB", 1e12, 1}, {"GB", 1e9, 1}, {"MB", 1e6, 1}, {"kB", 1e3, 1}, {"B", 1, 1},
	{"TiB", 1 << 40, 1}, {"GiB", 1 << 30, 1}, {"MiB", 1 << 20, 1}, {"KiB", 1 << 10, 1},
}

// rateSuffixes divide by a span: 2/min is 2/60 per second.
var rateSuffixes = []suffix{{"/s", 1, 1}, {"/min", 1, 60}, {"/h", 1, 3600}, {"/day", 1, 86400}}

// suffixes lists the unit's suffixes.
func (u Unit) suffixes() []suffix {
	switch u {
	case Duration:
		return durationSuffixes
	case Bytes:
		return byteSuffixes
	default:
		return nil
	}
}

func findSuffix(list []suffix, text string) (suffix, bool) {
	for _, s := range list {
		if s.text == text {
			return s, true
		}
	}
	return suffix{}, false
}

// suffixAliases are spellings that people try, and what they mean here.
var suffixAliases = map[string]string{
	"sec": "s", "secs": "s", "second": "s", "seconds": "s", "msec": "ms", "millis": "ms", "usec": "us",
	"min": "m", "mins": "m", "minute": "m", "minutes": "m", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
	"day": "d", "days": "d", "b": "B", "byte": "B", "bytes": "B", "kb": "kB", "KB": "kB", "K": "kB", "k": "kB",
	"mb": "MB", "Mb": "MB", "M": "MB", "gb": "GB", "Gb": "GB", "G": "GB", "tb": "TB", "T": "TB",
	"kib": "KiB", "kiB": "KiB", "Ki": "KiB", "mib": "MiB", "Mi": "MiB", "gib": "GiB", "Gi": "GiB", "tib": "TiB", "Ti": "TiB",
}

// hint suggests a suffix in place of a wrong one, or lists those there are.
func (u Unit) hint(wrong string) string {
	if alias, ok := suffixAliases[wrong]; ok {
		if _, ok := findSuffix(u.suffixes(), alias); ok {
			return "did you mean " + alias + "?"
		}
	}
	switch u {
	case Duration:
		return "units of a duration: ns us ms s m h d"
	case Bytes:
		return "units of a size: B kB MB GB TB KiB MiB GiB TiB"
	default:
		return "write a bare number"
	}
}

// format writes v so that reading it back in the unit gives exactly v.
func (u Unit) format(v float64) string {
	switch u {
	case Duration:
		return formatDuration(v)
	case Bytes:
		return formatSize(v)
	default:
		return formatNumber(v)
	}
}

// formatNumber writes v with the fewest digits that read back as v.
func formatNumber(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// formatDuration prefers whole numbers of days, hours, minutes and seconds,
// then the largest unit not above v, then plain seconds.
func formatDuration(v float64) string {
	if v == 0 {
		return "0s"
	}
	if v >= 60 && v < 1e12 && v == math.Floor(v) {
		return wholeSeconds(int64(v))
	}
	plain := formatNumber(v) + "s"
	for _, s := range durationSuffixes[4:7] {
		unit := float64(s.num) / float64(s.den)
		if v >= 1 || v < unit {
			continue
		}
		text := formatNumber(math.Round(v*float64(s.den)*1e6)/1e6) + s.text
		if back, ok := readExactly(text, Duration); ok && back == v && len(text) <= len(plain)+1 {
			return text
		}
	}
	return plain
}

func wholeSeconds(s int64) string {
	var b strings.Builder
	for _, u := range durationSuffixes[:4] {
		if n := s / u.num; n > 0 {
			b.WriteString(strconv.FormatInt(n, 10))
			b.WriteString(u.text)
			s %= u.num
		}
	}
	return b.String()
}

// formatSize prefers the shortest text among the units that divide v to at
// most three decimals, the earlier in the table on ties.
func formatSize(v float64) string {
	if v == 0 {
		return "0B"
	}
	best := formatNumber(v) + "B"
	for _, s := range byteSuffixes {
		if v < float64(s.num) {
			continue
		}
		text := formatNumber(math.Round(v/float64(s.num)*1e3)/1e3) + s.text
		if len(text) >= len(best) {
			continue
		}
		if back, ok := readExactly(text, Bytes); ok && back == v {
			best = text
		}
	}
	return best
}

// readExactly reads one quantity back.
func readExactly(text string, unit Unit) (float64, bool) {
	p := parser{text: text}
	q, ok := p.quantity()
	if !ok || p.pos != len(text) {
		return 0, false
	}
	v, ok := q.value(unit, &p)
	return v, ok
}

// scaled returns number x s as a fraction, exact for the magnitudes people
// write and nil beyond, where the caller uses floating point.
func scaled(number string, approx float64, s suffix) *big.Rat {
	if approx == 0 {
		return new(big.Rat)
	}
	if a := math.Abs(approx); a < 1e-30 || a > 1e30 || len(number) > 100 {
		return nil
	}
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return nil
	}
	return r.Mul(r, big.NewRat(s.num, s.den))
}
