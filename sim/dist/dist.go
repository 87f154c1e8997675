// Package dist holds probability distributions of non-negative quantities:
// their moments, distribution functions and quantiles, a language in which
// users write them, and compiled samplers for the hot path.
//
// Words of randomness per draw:
//
//	law                    Sample                     Sampler.Int64
//	constant               0                          0
//	uniform                1                          1
//	exponential            1 (more in 2.2 %)          the same
//	geometric              1 (more in 2.2 %)          the same
//	lognormal              1 (more in 1.5 %)          1, monotone in the word
//	weibull, pareto        1                          1, monotone in the word
//	gamma                  2 or more (rejection)      1, monotone in the word
//	empirical              1                          1, monotone in the word
//	zipf                   1 or more (rejection)      1 up to 65,536 ranks
//	hyperexponential       2 (more in 2.2 %)          the same
//	mixture                1 + the chosen part        the same
//	shifted                the inner law              the same
//
// A law whose quantile table would be too coarse (see Compile) is drawn by
// Sample instead.
package dist

import (
	"errors"
	"fmt"
	"math"

	"berth/sim/rng"
)

// Dist is the distribution of a non-negative quantity. Its values are pure
// numbers, seconds or bytes, whatever Unit it was made with.
type Dist interface {
	// Mean is the expectation, +Inf where it does not exist.
	Mean() float64
	// Variance is the second central moment, +Inf where it does not exist.
	Variance() float64
	// CDF is the probability of a value of at most x.
	CDF(x float64) float64
	// Quantile is the smallest value whose CDF is at least p; NaN outside
	// [0, 1].
	Quantile(p float64) float64
	// Sample draws one value.
	Sample(r *rng.Stream) float64
	// String writes the distribution in the language of Parse; parsing it with
	// the same unit gives an equal distribution.
	String() string
}

// tailed is a Dist that keeps its precision far in the upper tail, where
// 1 - q would round to 1.
type tailed interface {
	// upperQuantile is the value exceeded with probability q.
	upperQuantile(q float64) float64
}

// upperQuantile is the value that d exceeds with probability q.
func upperQuantile(d Dist, q float64) float64 {
	if t, ok := d.(tailed); ok {
		return t.upperQuantile(q)
	}
	return d.Quantile(1 - q)
}

// ParamError says what is wrong with one parameter of a distribution.
type ParamError struct {
	Param string // as written: "mean", "cv", or "" for the whole
	Msg   string
	Hint  string // what to do; may be empty
}

// Error implements error.
func (e *ParamError) Error() string {
	text := e.Msg
	if e.Param != "" {
		text = e.Param + " " + e.Msg
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// checks collects every problem of a parameter list.
type checks struct {
	errs []error
}

func (c *checks) fail(param, hint, format string, args ...any) {
	c.errs = append(c.errs, &ParamError{Param: param, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// finite requires a number that is neither NaN, infinite nor negative.
func (c *checks) finite(param string, v float64) bool {
	switch {
	case math.IsNaN(v):
		c.fail(param, "", "is not a number")
	case math.IsInf(v, 0):
		c.fail(param, "", "is not finite")
	case v < 0:
		c.fail(param, "", "is negative")
	default:
		return true
	}
	return false
}

// positive requires a finite number above zero.
func (c *checks) positive(param string, v float64, hint string) bool {
	if !c.finite(param, v) {
		return false
	}
	if v == 0 {
		c.fail(param, hint, "has to be above 0")
		return false
	}
	return true
}

// within requires a finite number in [low, high].
func (c *checks) within(param string, v, low, high float64) bool {
	if !c.finite(param, v) {
		return false
	}
	if v < low || v > high {
		c.fail(param, "", "is %v, outside %v to %v", v, low, high)
		return false
	}
	return true
}

func (c *checks) err() error {
	return errors.Join(c.errs...)
}

// useConstant is the hint for laws that have shrunk to a point.
const useConstant = "write constant(...) for a value without spread"

// outside reports a probability that no quantile belongs to.
func outside(p float64) bool {
	return !(p >= 0 && p <= 1)
}
