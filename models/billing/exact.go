// Package billing prices metered usage with the dated price book, exactly: a
// line is one rational number of usage x decimal price, and only the total is
// rounded.
//
// Assumptions: allowances are the account's, per calendar month, shared by its
// apps and never prorated; 1 TB is 1,000 GB; the base fee is paid once. Units:
// memory GiB-s, CPU vCPU-s, disk GB-s (decimal), egress GB (decimal), money USD.
// Sources: the catalogue, entry by entry. Not modelled: taxes, currencies,
// Enterprise contracts beyond prices and discounts, R2.
package billing

import (
	"fmt"
	"math/big"
	"strings"

	"berth/data/strict"
)

// Exact is an immutable rational number; its zero value is 0.
type Exact struct{ r *big.Rat }

// ExactInt is the whole number n.
func ExactInt(n int64) Exact { return Exact{new(big.Rat).SetInt64(n)} }

// ExactRat copies r; nil is 0.
func ExactRat(r *big.Rat) Exact {
	if r == nil {
		return Exact{}
	}
	return Exact{new(big.Rat).Set(r)}
}

// ExactFrac is num/den; den must not be 0.
func ExactFrac(num, den int64) Exact { return Exact{big.NewRat(num, den)} }

// exactBig is n/den.
func exactBig(n *big.Int, den int64) Exact {
	if n == nil {
		return Exact{}
	}
	return Exact{new(big.Rat).SetFrac(n, big.NewInt(den))}
}

func (x Exact) rat() *big.Rat {
	if x.r == nil {
		return new(big.Rat)
	}
	return x.r
}

// Rat is a copy as a big.Rat.
func (x Exact) Rat() *big.Rat { return new(big.Rat).Set(x.rat()) }

// Add is x + y.
func (x Exact) Add(y Exact) Exact { return Exact{new(big.Rat).Add(x.rat(), y.rat())} }

// Sub is x - y.
func (x Exact) Sub(y Exact) Exact { return Exact{new(big.Rat).Sub(x.rat(), y.rat())} }

// Mul is x y.
func (x Exact) Mul(y Exact) Exact { return Exact{new(big.Rat).Mul(x.rat(), y.rat())} }

// Quo is x / y; 0 when y is 0, as shares of nothing are nothing.
func (x Exact) Quo(y Exact) Exact {
	if y.Sign() == 0 {
		return Exact{}
	}
	return Exact{new(big.Rat).Quo(x.rat(), y.rat())}
}

// Cmp is -1, 0 or 1 as x is below, equal to or above y.
func (x Exact) Cmp(y Exact) int { return x.rat().Cmp(y.rat()) }

// Sign is -1, 0 or 1.
func (x Exact) Sign() int { return x.rat().Sign() }

// Min is the lesser of x and y.
func (x Exact) Min(y Exact) Exact {
	if y.Cmp(x) < 0 {
		return y
	}
	return x
}

// Float64 is the nearest float.
func (x Exact) Float64() float64 { f, _ := x.rat().Float64(); return f }

// maxDecimals bounds the places of a terminating decimal that String writes out.
const maxDecimals = 40

// String is the exact decimal if it ends within 40 places, else the fraction
// "numerator/denominator".
func (x Exact) String() string {
	places, ends := decimals(x.rat().Denom())
	if !ends {
		return x.rat().RatString()
	}
	return x.rat().FloatString(places)
}

// decimals is the number of decimal places that 1/den needs, if it ends.
func decimals(den *big.Int) (int, bool) {
	d := new(big.Int).Set(den)
	var q, m big.Int
	count := func(f int64) int {
		n, factor := 0, big.NewInt(f)
		for n <= maxDecimals {
			if q.QuoRem(d, factor, &m); m.Sign() != 0 {
				break
			}
			d.Set(&q)
			n++
		}
		return n
	}
	n := max(count(2), count(5))
	return n, d.IsInt64() && d.Int64() == 1 && n <= maxDecimals
}

// Fixed is the decimal with n places, rounded half away from zero.
func (x Exact) Fixed(n int) string { return x.rat().FloatString(n) }

// MarshalText writes String, so JSON carries exact values as strings.
func (x Exact) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (x *Exact) UnmarshalText(b []byte) error {
	s := string(b)
	num, den, fraction := strings.Cut(strings.TrimPrefix(s, "-"), "/")
	// Exact sums of a large run can be long, so the length of decimals is not
	// bounded here as it is in files people write.
	r, ok := new(big.Rat), len(s) <= 1000 && digits(num) && (!fraction || digits(den))
	if ok {
		_, ok = r.SetString(s)
	}
	if !ok {
		return fmt.Errorf("%q is not an exact number", clip(s))
	}
	x.r = r
	return nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.") == "" && strings.Count(s, ".") <= 1
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// ceilTo is the least multiple of unit that is not below x.
func (x Exact) ceilTo(unit int64) Exact {
	q := x.Quo(ExactInt(unit)).rat()
	n, rest := new(big.Int).QuoRem(q.Num(), q.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		n.Add(n, big.NewInt(1))
	}
	return Exact{new(big.Rat).SetInt(n.Mul(n, big.NewInt(unit)))}
}

// parseExact reads a plain decimal of 0 or more.
func parseExact(s string) (Exact, error) {
	r, err := strict.ParseDecimal(s)
	return Exact{r}, err
}
