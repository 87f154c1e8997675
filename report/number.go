package report

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// Number is a float64 that is written to JSON as null where it has no finite
// value. It is rounded to 12 significant digits, so that the last bits of a
// fused multiply-add on another processor do not change a file.
type Number float64

// None is the Number that stands for "no value".
var None = Number(math.NaN())

// Known reports whether n has a finite value.
func (n Number) Known() bool {
	return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0)
}

// MarshalJSON writes n with at most 12 significant digits, or null.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() {
		return []byte("null"), nil
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(float64(n), 'g', 12, 64), 64)
	if err != nil {
		return nil, err
	}
	if short == 0 {
		short = 0 // no negative zero
	}
	return json.Marshal(short)
}

// UnmarshalJSON reads a number or null.
func (n *Number) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*n = None
		return nil
	}
	return json.Unmarshal(b, (*float64)(n))
}

// ratio is a/b, or None where b is not positive.
func ratio(a, b float64) Number {
	if !(b > 0) {
		return None
	}
	return Number(a / b)
}
