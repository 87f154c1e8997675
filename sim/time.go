package sim

import (
	"math"
	"strconv"
	"strings"
)

// Time is an instant since the start of the run, or a span between two
// instants, in integer nanoseconds. Integers make the order of events exact
// and the same on every machine; 2^63 ns are 292 years.
type Time int64

// Spans in common use.
const (
	Nanosecond  Time = 1
	Microsecond      = 1000 * Nanosecond
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
	Minute           = 60 * Second
	Hour             = 60 * Minute
	Day              = 24 * Hour
)

// Never is later than every instant that can be scheduled.
const Never Time = math.MaxInt64

// Seconds returns t in seconds, rounded to the nearest float64.
func (t Time) Seconds() float64 {
	return float64(t) / 1e9
}

// FromSeconds returns s seconds, rounded to the nearest nanosecond with
// halves away from zero. Spans beyond the range of Time saturate at its ends
// (so +Inf is Never); NaN, which has no place on the clock, gives 0.
func FromSeconds(s float64) Time {
	ns := math.Round(s * 1e9)
	switch {
	case ns != ns:
		return 0
	case ns >= math.MaxInt64:
		return Never
	case ns <= math.MinInt64:
		return math.MinInt64
	}
	return Time(ns)
}

// String writes t exactly, largest unit first, in the form the scenario
// language reads: "1h30m", "2d", "1.2s", "350ms", "0s". Never prints "never".
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	if t == 0 {
		return "0s"
	}
	var b strings.Builder
	rest := uint64(t)
	if t < 0 {
		b.WriteByte('-')
		rest = -rest
	}
	for _, u := range [...]struct {
		span Time
		name string
	}{{Day, "d"}, {Hour, "h"}, {Minute, "m"}} {
		if n := rest / uint64(u.span); n > 0 {
			b.WriteString(strconv.FormatUint(n, 10))
			b.WriteString(u.name)
			rest %= uint64(u.span)
		}
	}
	if rest > 0 {
		writeSubMinute(&b, rest)
	}
	return b.String()
}

// writeSubMinute writes ns (below a minute) in the largest of s, ms, us and ns
// that is not above it, with as many decimals as it needs.
func writeSubMinute(b *strings.Builder, ns uint64) {
	span, digits, name := uint64(Second), 9, "s"
	switch {
	case ns < uint64(Microsecond):
		span, digits, name = 1, 0, "ns"
	case ns < uint64(Millisecond):
		span, digits, name = uint64(Microsecond), 3, "us"
	case ns < uint64(Second):
		span, digits, name = uint64(Millisecond), 6, "ms"
	}
	b.WriteString(strconv.FormatUint(ns/span, 10))
	if frac := ns % span; frac > 0 {
		text := strconv.FormatUint(frac, 10)
		b.WriteByte('.')
		b.WriteString(strings.Repeat("0", digits-len(text)))
		b.WriteString(strings.TrimRight(text, "0"))
	}
	b.WriteString(name)
}
