package result

import (
	"fmt"
	"math"
)

// Judge sets a target against the interval of its metric, never against the mean
// alone: met if the whole interval is on the good side, violated if the whole
// interval is on the bad one, not proven in between and where one replication
// alone gives no interval. partial results prove nothing.
func Judge(t Target, metrics []Metric, partial bool) SLOResult {
	r := SLOResult{Text: t.Text, Op: t.Op, Threshold: t.Threshold}
	m, ok := Find(metrics, t.Key())
	if !ok {
		nothing := math.NaN()
		r.Metric = Metric{Key: t.Key(), Label: t.Metric, Unit: t.Unit, Mean: nothing}
		r.Metric.Interval.Mean, r.Metric.Interval.Half, r.Metric.Interval.Lo, r.Metric.Interval.Hi = nothing, nothing, nothing, nothing
		r.Why = "nothing was observed of it"
		return r
	}
	r.Metric = m
	iv := m.Interval
	switch {
	case partial:
		r.Why = "the run was interrupted"
	case !iv.Known:
		r.Why = "one replication has no interval; run more"
	case onGoodSide(t.Op, iv.Lo, t.Threshold) && onGoodSide(t.Op, iv.Hi, t.Threshold):
		r.Verdict, r.Why = Met, fmt.Sprintf("all of the %.0f %% interval is on the good side", 100*iv.Conf)
	case !onGoodSide(t.Op, iv.Lo, t.Threshold) && !onGoodSide(t.Op, iv.Hi, t.Threshold):
		r.Verdict, r.Why = Violated, fmt.Sprintf("all of the %.0f %% interval is on the bad side", 100*iv.Conf)
	default:
		r.Why = fmt.Sprintf("the threshold lies inside the %.0f %% interval; more replications narrow it", 100*iv.Conf)
	}
	return r
}

// Holds says whether a value known without doubt satisfies the target.
func (t Target) Holds(x float64) bool { return onGoodSide(t.Op, x, t.Threshold) }

// onGoodSide says whether x satisfies the comparison.
func onGoodSide(op string, x, threshold float64) bool {
	switch op {
	case "<":
		return x < threshold
	case "<=":
		return x <= threshold
	case ">":
		return x > threshold
	}
	return x >= threshold
}
