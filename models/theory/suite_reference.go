package theory

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// fewDigits is the number of significant digits below which a printed number is
// taken as exact: the files print 12 digits and drop trailing zeros, so "0.5"
// stands for 0.500000000000 and not for anything between 0.4 and 0.6.
const fewDigits = 6

// ParseReference reads a printed reference value and returns how far a computed
// value may be from it: the larger of one part in 1e9 and one unit of the last
// printed digit (the latter for numbers of 6 significant digits and more;
// shorter ones have lost trailing zeros). A printed 0 allows 1e-12; "inf" allows
// nothing.
func ParseReference(printed string) (value, tolerance float64, err error) {
	value, err = strconv.ParseFloat(printed, 64)
	if err != nil || math.IsNaN(value) || strings.ContainsAny(printed, "xXpP_") {
		return 0, 0, fmt.Errorf("%q is not a decimal number", printed)
	}
	switch {
	case math.IsInf(value, 0):
		return value, 0, nil
	case value == 0:
		return 0, 1e-12, nil
	}
	tolerance = 1e-9 * math.Abs(value)
	if unit, digits := lastDigit(printed); digits >= fewDigits {
		tolerance = math.Max(tolerance, unit)
	}
	return value, tolerance, nil
}

// lastDigit returns the unit of the last digit of a valid decimal number as
// written, and the number of its significant digits.
func lastDigit(printed string) (unit float64, digits int) {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(printed), "e")
	whole, decimals, _ := strings.Cut(mantissa, ".")
	power, _ := strconv.Atoi(exponent) // empty: 0
	digits = len(strings.TrimLeft(strings.TrimLeft(whole, "+-")+decimals, "0"))
	return math.Pow10(power - len(decimals)), digits
}

func within(value, reference, tolerance float64) bool {
	return value == reference || math.Abs(value-reference) <= tolerance
}
