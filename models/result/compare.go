package result

import (
	"math"
	"strings"

	"berth/sim/stats"
)

// Change says what a paired interval shows about a variant.
type Change int

// The changes. Only the interval decides, never the difference of the means.
const (
	Unknown  Change = iota // no interval: fewer than two pairs, or interrupted
	Equal                  // the same value in every replication
	NotShown               // zero lies inside the interval
	Better
	Worse
	Higher // of a metric that is neither good nor bad
	Lower
)

func (c Change) String() string {
	return [...]string{"unknown", "equal", "no difference shown", "better", "worse", "higher", "lower"}[c]
}

// Difference sets one metric of a variant against that of the base.
type Difference struct {
	Base, Variant Metric // Mean over the pairs, where both have a value
	// Delta is the interval of variant - base in the metric's unit, paired by
	// replication number: both ran on the same random numbers.
	Delta stats.Interval
	// Relative is Delta over the size of the base's mean; NaN where that is 0.
	Relative, RelativeLo, RelativeHi float64
	Change                           Change
}

// Differences compares every metric that both results have, in the base's
// order. A bill line that one of them lacks counts as 0 there.
func Differences(base, variant *Result) []Difference {
	var out []Difference
	for _, b := range base.Metrics {
		v, ok := Find(variant.Metrics, b.Key)
		if !ok && isBillLine(b.Key.Name) && hasApp(variant, b.Key.App) {
			v, ok = zero(b, len(variant.Runs)), true
		}
		if ok {
			out = append(out, difference(base, b, variant, v))
		}
	}
	for _, v := range variant.Metrics {
		if _, ok := Find(base.Metrics, v.Key); !ok && isBillLine(v.Key.Name) && hasApp(base, v.Key.App) {
			out = append(out, difference(base, zero(v, len(base.Runs)), variant, v))
		}
	}
	return out
}

// isBillLine says whether a metric is one SKU's amount.
func isBillLine(name string) bool {
	inner, ok := strings.CutPrefix(name, "bill(")
	for _, u := range unitMetrics {
		ok = ok && inner != u.name+")"
	}
	return ok
}

func hasApp(r *Result, app string) bool {
	_, ok := Find(r.Metrics, Key{App: app, Name: "bill"})
	return ok
}

// zero is a metric like m that is 0 in each of n replications.
func zero(m Metric, n int) Metric {
	m.Values, m.Count = make([]float64, n), 0
	m.estimate()
	return m
}

func difference(base *Result, b Metric, variant *Result, v Metric) Difference {
	xs, ys := pairs(base, b, variant, v)
	d := Difference{Base: over(b, xs), Variant: over(v, ys), Delta: stats.PairedDifference(ys, xs, Confidence)}
	size := math.Abs(d.Base.Mean)
	d.Relative, d.RelativeLo, d.RelativeHi = d.Delta.Mean/nan(size), d.Delta.Lo/nan(size), d.Delta.Hi/nan(size)
	if !base.Partial && !variant.Partial {
		d.Change = change(d.Delta, rounding*size, b.Better)
	}
	return d
}

// over is a metric with the values that have a partner.
func over(m Metric, values []float64) Metric {
	m.Values = values
	m.estimate()
	return m
}

// pairs are the values of the replications that both results have one in.
func pairs(base *Result, b Metric, variant *Result, v Metric) (xs, ys []float64) {
	other := map[int]float64{}
	for i, run := range variant.Runs {
		if i < len(v.Values) {
			other[run.Replication] = v.Values[i]
		}
	}
	for i, run := range base.Runs {
		if i >= len(b.Values) {
			break
		}
		x := b.Values[i]
		y, ok := other[run.Replication]
		if ok && finite(x) && finite(y) {
			xs, ys = append(xs, x), append(ys, y)
		}
	}
	return xs, ys
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// rounding is the share of a mean below which a difference is the arithmetic's
// and not the scenario's.
const rounding = 1e-12

func change(delta stats.Interval, negligible float64, better int8) Change {
	switch {
	case !delta.Known:
		return Unknown
	case math.Abs(delta.Lo) <= negligible && math.Abs(delta.Hi) <= negligible:
		return Equal
	case delta.Lo <= 0 && delta.Hi >= 0:
		return NotShown
	case better == 0 && delta.Lo > 0:
		return Higher
	case better == 0:
		return Lower
	case (delta.Lo > 0) == (better > 0):
		return Better
	}
	return Worse
}

// Comparison is a base and its variants on the same random numbers.
type Comparison struct {
	Tool     string
	Base     Compared
	Variants []Compared
	Gates    []GateResult
	Warnings []string
	Partial  bool
}

// Compared is one candidate of a comparison; the base has no differences.
type Compared struct {
	Name        string
	Result      *Result
	Differences []Difference
}

// Find is the difference in one metric.
func (c *Compared) Find(k Key) (Difference, bool) {
	for _, d := range c.Differences {
		if d.Base.Key == k {
			return d, true
		}
	}
	return Difference{}, false
}
