package trace

import (
	"bytes"
	"math"
	"strconv"

	"berth/sim"
)

// decimal reads a decimal number and returns it times 10^digits, rounded to the
// nearest integer with halves away from zero. The arithmetic is exact: no
// binary fraction comes between the text and the integer. It reports false for
// anything that is not a finite number, or that does not fit.
func decimal(b []byte, digits int) (int64, bool) {
	want := digits
	i, negative := 0, false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		negative = b[i] == '-'
		i++
	}
	var v uint64
	start := i
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		if v > (math.MaxInt64-9)/10 {
			return 0, false
		}
		v = v*10 + uint64(b[i]-'0')
	}
	seen := i - start
	if i < len(b) && b[i] == '.' {
		i++
		for ; digits > 0 && i < len(b) && b[i]-'0' <= 9; i++ {
			if v > (math.MaxInt64-9)/10 {
				return 0, false
			}
			v = v*10 + uint64(b[i]-'0')
			digits--
			seen++
		}
		if i < len(b) && b[i]-'0' <= 9 {
			if b[i] >= '5' {
				v++
			}
			for ; i < len(b) && b[i]-'0' <= 9; i++ {
				seen++
			}
		}
	}
	if seen == 0 {
		return 0, false
	}
	if i < len(b) {
		return exponent(b, want)
	}
	for ; digits > 0; digits-- {
		if v > math.MaxInt64/10 {
			return 0, false
		}
		v *= 10
	}
	if negative {
		return -int64(v), true
	}
	return int64(v), true
}

// exponent reads numbers such as 1.5e-3; they are rare, and go through float64.
func exponent(b []byte, digits int) (int64, bool) {
	if !bytes.ContainsAny(b, "eE") || bytes.ContainsAny(b, "xXpP_nN") {
		return 0, false
	}
	f, ok := float(b)
	f = math.Round(f * math.Pow10(digits))
	if !ok || math.Abs(f) >= 1<<62 {
		return 0, false
	}
	return int64(f), true
}

// whole reads a non-negative integer below 2^53, also when written as 12.0.
func whole(b []byte) (int64, bool) {
	v, ok := decimal(b, 0)
	return v, ok && v >= 0 && v < 1<<53
}

// float reads any finite number; it is for tables, not for calls.
func float(b []byte) (float64, bool) {
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// moment reads a calendar time, 2023-11-16 18:17:03.9799600 with T or a space
// and an optional Z or +hh:mm (UTC without one), as Unix time in ns, digits
// beyond which are cut off.
func moment(b []byte) (sim.Time, bool) {
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || b[10] != ' ' && b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	year, month, day := number(b[0:4]), number(b[5:7]), number(b[8:10])
	hour, minute, second := number(b[11:13]), number(b[14:16]), number(b[17:19])
	if !validDate(year, month, day) || !validClock(hour, minute, second) {
		return 0, false
	}
	b = b[19:]
	ns := 0
	if len(b) > 0 && b[0] == '.' {
		i, scale := 1, 100_000_000
		for ; i < len(b) && b[i]-'0' <= 9; i++ {
			ns += int(b[i]-'0') * scale
			scale /= 10
		}
		if i == 1 {
			return 0, false
		}
		b = b[i:]
	}
	zone, ok := zoneSeconds(b)
	sec := int64(days(year, month, day))*86400 + int64(hour*3600+minute*60+second-zone)
	return sim.Time(sec)*sim.Second + sim.Time(ns), ok
}

// zoneSeconds reads "", Z, +hh:mm or +hhmm, in seconds east.
func zoneSeconds(b []byte) (int, bool) {
	if len(b) == 0 || len(b) == 1 && b[0] == 'Z' {
		return 0, true
	}
	if len(b) == 6 && b[3] == ':' {
		b = []byte{b[0], b[1], b[2], b[4], b[5]}
	}
	if len(b) != 5 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	h, m := number(b[1:3]), number(b[3:5])
	if h < 0 || h > 15 || m < 0 || m > 59 {
		return 0, false
	}
	if b[0] == '-' {
		return -(h*3600 + m*60), true
	}
	return h*3600 + m*60, true
}

// number reads digits only; -1 for anything else.
func number(b []byte) int {
	v := 0
	for _, c := range b {
		if c-'0' > 9 {
			return -1
		}
		v = v*10 + int(c-'0')
	}
	return v
}

// validDate takes years of which any two differ by less than the 292 that the
// clock holds.
func validDate(year, month, day int) bool {
	if year < 1970 || year > 2250 || month < 1 || month > 12 || day < 1 {
		return false
	}
	last := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && (year%4 == 0 && year%100 != 0 || year%400 == 0) {
		last = 29
	}
	return day <= last
}

// validClock allows the 60th second, which is a leap second.
func validClock(hour, minute, second int) bool {
	return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60
}

// days counts from 1 January 1970 in the Gregorian calendar, with March as the
// first month so that the leap day is the last of its year.
func days(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468
}
