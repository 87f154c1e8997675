// Package quantity reads the numbers of a scenario in a user's units: spans,
// sizes, rates, shares, amounts of money, months and dates. Every reader
// returns an error that says what was expected.
package quantity

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"berth/sim"
	"berth/sim/dist"
)

// Span reads a non-negative span such as 300ms, 10m, 1h30m or 2d, exact to the
// nanosecond. A bare 0 is allowed, since it is the same in every unit.
func Span(text string) (sim.Time, error) {
	t := strings.TrimSpace(text)
	if t != "0" && isNumber(t) {
		return 0, fmt.Errorf("%s has no unit; write a time such as %ss or %sm", clip(t), clip(t), clip(t))
	}
	v, err := dist.ParseDuration(t)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time; write one such as 300ms, 10m, 1h30m or 2d", clip(text))
	}
	return v, nil
}

var amount = regexp.MustCompile(`^([-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?|[-+]?\.[0-9]+)\s*(.*)$`)

// Bytes reads a size such as 350MB (decimal) or 3GiB (binary), in whole bytes.
func Bytes(text string) (int64, error) {
	t := strings.TrimSpace(text)
	if t != "0" && isNumber(t) {
		return 0, fmt.Errorf("%s has no unit; write a size such as %sMB or %sMiB", clip(t), clip(t), clip(t))
	}
	v, err := dist.ParseBytes(t)
	if err != nil {
		return 0, fmt.Errorf("%q is not a size; write one such as 200kB, 350MB or 3GiB", clip(text))
	}
	return v, nil
}

var speedUnits = map[string]float64{
	"kbit/s": 1e3 / 8, "mbit/s": 1e6 / 8, "gbit/s": 1e9 / 8, "kb/s": 1e3, "mb/s": 1e6, "gb/s": 1e9, "mib/s": 1 << 20, "gib/s": 1 << 30,
}

// Speed reads a throughput such as 400Mbit/s or 50MB/s, in bytes a second.
func Speed(text string) (float64, error) {
	if m := amount.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
		if unit, ok := speedUnits[strings.ToLower(m[2])]; ok {
			if v, err := number(m[1]); err == nil && v > 0 && v*unit < 1e15 {
				return v * unit, nil
			}
		}
	}
	return 0, fmt.Errorf("%q is not a throughput; write one such as 400Mbit/s or 50MB/s", clip(text))
}

// Per is the period of a rate.
type Per string

// The periods of rates.
const (
	PerSecond Per = "s"
	PerMinute Per = "min"
	PerHour   Per = "h"
	PerDay    Per = "day"
	PerWeek   Per = "week"
	PerMonth  Per = "month"
)

var perNames = map[string]Per{
	"s": PerSecond, "sec": PerSecond, "second": PerSecond, "min": PerMinute, "minute": PerMinute,
	"h": PerHour, "hour": PerHour, "d": PerDay, "day": PerDay, "w": PerWeek, "week": PerWeek, "month": PerMonth, "mo": PerMonth,
}

var perSeconds = map[Per]float64{PerSecond: 1, PerMinute: 60, PerHour: 3600, PerDay: 86400, PerWeek: 7 * 86400}

// Rate is an amount a period; a month has no fixed length here.
type Rate struct {
	Amount float64
	Per    Per
}

// PerSecond returns the rate in 1/s, a month having monthSeconds.
func (r Rate) PerSecond(monthSeconds float64) float64 {
	if r.Per == PerMonth {
		return r.Amount / monthSeconds
	}
	return r.Amount / perSeconds[r.Per]
}

var multiples = map[string]float64{"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9}

// ParseRate reads a rate such as 4/min, 0.5/s or 2M/month.
func ParseRate(text string) (Rate, error) {
	bad := fmt.Errorf("%q is not a rate; write one such as 4/min, 0.5/s or 2M/month", clip(text))
	head, per, ok := strings.Cut(strings.TrimSpace(text), "/")
	if !ok {
		if n := strings.TrimSpace(head); isNumber(n) {
			return Rate{}, fmt.Errorf("%s has no unit; write a rate such as %s/min or %s/month", clip(n), clip(n), clip(n))
		}
		return Rate{}, bad
	}
	p, ok := perNames[strings.TrimSpace(per)]
	if !ok {
		return Rate{}, bad
	}
	n, err := Count(head)
	if err != nil {
		return Rate{}, bad
	}
	return Rate{n, p}, nil
}

// Count reads a non-negative number that may carry k, M or G.
func Count(text string) (float64, error) {
	m := amount.FindStringSubmatch(strings.ReplaceAll(strings.TrimSpace(text), "_", ""))
	if m != nil {
		if mult, ok := multiples[m[2]]; ok {
			v, err := number(m[1])
			if err != nil || v < 0 || math.IsInf(v*mult, 0) {
				return 0, fmt.Errorf("%q must not be negative", clip(text))
			}
			return v * mult, nil
		}
	}
	return 0, fmt.Errorf("%q is not a number", clip(text))
}

// Share reads a share: 3%, or 0.03.
func Share(text string) (float64, error) {
	t := strings.TrimSpace(text)
	scale := 1.0
	if s, ok := strings.CutSuffix(t, "%"); ok {
		t, scale = strings.TrimSpace(s), 100
	}
	if !isNumber(t) {
		return 0, fmt.Errorf("%q is not a share; write one such as 3%% or 0.03", clip(text))
	}
	v, err := number(t)
	if err != nil {
		return 0, err
	}
	return v / scale, nil
}

// Number reads a finite number.
func Number(text string) (float64, error) {
	t := strings.TrimSpace(text)
	if !isNumber(t) {
		return 0, fmt.Errorf("%q is not a number", clip(text))
	}
	return number(t)
}

// USD reads an amount of money: 400 USD or $400.
func USD(text string) (float64, error) {
	t := strings.TrimSpace(text)
	var marked bool
	if s, ok := strings.CutPrefix(t, "$"); ok {
		t, marked = s, true
	}
	if s, ok := strings.CutSuffix(t, "USD"); ok {
		t, marked = strings.TrimSpace(s), true
	}
	if !isNumber(t) || !marked {
		return 0, fmt.Errorf("%q is not an amount of money; write one such as 400 USD", clip(text))
	}
	v, err := number(t)
	if err != nil || v < 0 {
		return 0, fmt.Errorf("%q must not be negative", clip(text))
	}
	return v, nil
}

// Month reads a calendar month such as 2026-11 as its first instant, UTC.
func Month(text string) (time.Time, error) {
	t, err := time.Parse("2006-01", strings.TrimSpace(text))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a month; write one such as 2026-11", clip(text))
	}
	return t, nil
}

// Date reads a day such as 2026-11-01, or an instant with a time of day, UTC.
func Date(text string) (time.Time, error) {
	t := strings.TrimSpace(text)
	for _, layout := range []string{"2006-01-02", time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04"} {
		if v, err := time.Parse(layout, t); err == nil {
			return v.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date; write one such as 2026-11-01", clip(text))
}

// VCPU reads an amount of processor: 0.25, 1/16, or either with the word vCPU.
func VCPU(text string) (float64, error) {
	t := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "vCPU"))
	if a, b, ok := strings.Cut(t, "/"); ok && isNumber(a) && isNumber(b) {
		x, err1 := number(a)
		y, err2 := number(b)
		if err1 == nil && err2 == nil && y > 0 && x >= 0 {
			return x / y, nil
		}
	}
	if isNumber(t) {
		if v, err := number(t); err == nil && v >= 0 {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%q is not an amount of CPU; write one such as 0.25 or 1/16 (vCPU)", clip(text))
}

func isNumber(t string) bool {
	m := amount.FindStringSubmatch(t)
	return m != nil && m[2] == ""
}

// number parses and refuses what is not finite.
func number(t string) (float64, error) {
	v, err := strconv.ParseFloat(t, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, errors.New("the number is out of range")
	}
	return v, nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}
