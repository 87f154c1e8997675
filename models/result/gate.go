package result

import (
	"fmt"
	"math"
	"strings"

	"berth/sim/stats"
)

// Gate is one parsed condition on which a comparison fails: a metric that moves
// by more than an amount, such as bill>+10% or throughput<-5%.
type Gate struct {
	Text   string // as written
	Key    Key
	Unit   string
	Rise   bool    // fails above +Amount, else below -Amount
	Amount float64 // share of the base, or in the metric's unit
	Share  bool
}

// ParseGate reads METRIC>+AMOUNT or METRIC<-AMOUNT. The amount is a percentage
// of the base's value (10%), an amount in the metric's unit (200ms, 50 USD), or
// percentage points of a share (0.5pp). A statistic alone (p99) is that of the
// latency. The error is a *TargetError.
func ParseGate(text string) (Gate, error) {
	fail := func(offset int, hint, format string, args ...any) (Gate, error) {
		return Gate{}, &TargetError{offset, fmt.Sprintf(format, args...), hint}
	}
	if len(text) > maxTarget {
		return fail(maxTarget, "", "the line is longer than %d bytes", maxTarget)
	}
	at := strings.IndexAny(text, "<>")
	if at < 0 {
		return fail(len(text), "such as bill>+10% or throughput<-5%", "a gate says how far a metric may move: no < or > in %q", clip(strings.TrimSpace(text)))
	}
	g := Gate{Text: strings.TrimSpace(text), Rise: text[at] == '>'}
	if err := g.readMetric(text[:at]); err != nil {
		return Gate{}, err
	}
	amount := strings.TrimSpace(text[at+1:])
	sign := map[bool]string{true: "+", false: "-"}[g.Rise]
	amount, signed := strings.CutPrefix(amount, sign)
	if !signed {
		return fail(at+1, fmt.Sprintf("such as %s%s%s10%%", g.Key.Name, text[at:at+1], sign), "the change of a gate with %s begins with %s", text[at:at+1], sign)
	}
	if !g.readAmount(strings.TrimSpace(amount)) {
		hint := "a percentage of the base such as 10%, or " + thresholdHint(g.Unit)
		if g.Unit == "1" {
			hint = "a percentage of the base such as 10%, or percentage points such as 0.5pp"
		}
		return fail(at+1, hint, "%q is not a change of %s", clip(amount), g.Key.Name)
	}
	return g, nil
}

func (g *Gate) readMetric(text string) error {
	k, unit, err := ParseMetric(text)
	if err != nil {
		for _, s := range distStats {
			head, name, found := strings.Cut(text, ":")
			if !found {
				head, name = "", text
			}
			if strings.EqualFold(strings.TrimSpace(name), s.name) {
				g.Key, g.Unit = Key{App: strings.TrimSpace(head), Name: s.name + "(latency)"}, "s"
				return nil
			}
		}
		return err
	}
	g.Key, g.Unit = k, unit
	return nil
}

func (g *Gate) readAmount(text string) bool {
	ok := false
	if share, found := strings.CutSuffix(text, "%"); found {
		g.Share = true
		g.Amount, ok = number(share)
		g.Amount /= 100
	} else if points, found := strings.CutSuffix(text, "pp"); found && g.Unit == "1" {
		g.Amount, ok = number(points)
		g.Amount /= 100
	} else {
		g.Amount, ok = threshold(text, g.Unit)
	}
	return ok && g.Amount >= 0 && finite(g.Amount)
}

// GateVerdict is the judgement of a gate.
type GateVerdict int

// The verdicts of a gate, on the bounds of the interval.
const (
	GateOpen   GateVerdict = iota // neither is shown
	GatePassed                    // all of the interval is within the gate
	GateFailed                    // all of the interval is beyond the gate
)

func (v GateVerdict) String() string {
	return [...]string{"not proven", "passed", "failed"}[v]
}

// GateResult is a gate judged for one variant.
type GateResult struct {
	Gate    Gate
	Variant string
	Metric  Metric // of the base
	// Excess is the interval of how far the variant is beyond the gate, in the
	// metric's unit: above 0 fails.
	Excess     stats.Interval
	Difference Difference
	Verdict    GateVerdict
	Why        string
}

// JudgeGate sets a gate against the paired differences of one variant. For a
// percentage it takes the interval of variant - (1 + share) base of each pair,
// which needs no ratio of means.
func JudgeGate(g Gate, base, variant *Compared) GateResult {
	r := GateResult{Gate: g, Variant: variant.Name}
	d, ok := variant.Find(g.Key)
	if !ok {
		nothing := math.NaN()
		r.Excess = stats.Interval{Mean: nothing, Half: nothing, Lo: nothing, Hi: nothing}
		r.Metric = Metric{Key: g.Key, Label: g.Key.Name, Unit: g.Unit, Mean: nothing, Interval: r.Excess}
		r.Difference = Difference{Base: r.Metric, Variant: r.Metric, Delta: r.Excess, Relative: nothing, RelativeLo: nothing, RelativeHi: nothing}
		r.Why = "the base and the variant do not both have a value of it"
		return r
	}
	r.Metric, r.Difference = d.Base, d
	limits := make([]float64, len(d.Base.Values))
	for i, x := range d.Base.Values {
		limits[i] = g.limit(x)
	}
	r.Excess = stats.PairedDifference(d.Variant.Values, limits, Confidence)
	if !g.Rise {
		r.Excess = stats.PairedDifference(limits, d.Variant.Values, Confidence)
	}
	slack := rounding * math.Abs(d.Base.Mean)
	switch {
	case base.Result.Partial || variant.Result.Partial:
		r.Why = "the comparison was interrupted"
	case !r.Excess.Known:
		r.Why = "one replication has no interval; run more"
	case r.Excess.Lo > slack:
		r.Verdict, r.Why = GateFailed, "all of the 95 % interval is beyond it"
	case r.Excess.Hi <= slack:
		r.Verdict, r.Why = GatePassed, "all of the 95 % interval is within it"
	default:
		r.Why = "it lies inside the 95 % interval; more replications narrow it"
	}
	return r
}

// limit is the value at which the gate begins to fail.
func (g Gate) limit(base float64) float64 {
	amount := g.Amount
	if g.Share {
		amount *= math.Abs(base)
	}
	if g.Rise {
		return base + amount
	}
	return base - amount
}
