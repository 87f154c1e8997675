package report

import (
	"encoding/json"
	"fmt"
	"io"

	"berth/models/result"
)

// Comparison is what a comparison says, as plain numbers in base units.
type Comparison struct {
	SchemaVersion int       `json:"schema_version"`
	Tool          string    `json:"tool"`
	Partial       bool      `json:"partial"`
	Verdict       string    `json:"verdict"`
	Seed          uint64    `json:"seed"`
	Replications  int       `json:"replications"`
	Base          string    `json:"base"`
	Variants      []Variant `json:"variants"`
	Gates         []Gate    `json:"gates"`
	Warnings      []string  `json:"warnings"`

	candidates []*Document // the base first
}

// Variant is one variant against the base.
type Variant struct {
	Name        string       `json:"name"`
	Differences []Difference `json:"differences"`
}

// Difference is one metric of a variant against the base's.
type Difference struct {
	App      string   `json:"app"`
	Metric   string   `json:"metric"`
	Label    string   `json:"label"`
	Unit     string   `json:"unit"`
	Better   int8     `json:"better"`
	Base     Estimate `json:"base"`
	Variant  Estimate `json:"variant"`
	Delta    Estimate `json:"difference"` // variant - base, paired
	Relative Estimate `json:"relative"`   // the same over the base's mean
	Change   string   `json:"change"`
}

// Gate is a judged condition of failure.
type Gate struct {
	Text    string   `json:"text"`
	Variant string   `json:"variant"`
	Verdict string   `json:"verdict"`
	Why     string   `json:"why"`
	Unit    string   `json:"unit"`
	Delta   Estimate `json:"difference"`
	Percent Estimate `json:"relative"`
	Excess  Estimate `json:"excess"` // beyond the gate, in the metric's unit
}

// NewComparison makes the document of a comparison.
func NewComparison(c *result.Comparison) *Comparison {
	base := c.Base.Result
	d := &Comparison{SchemaVersion: SchemaVersion, Tool: plain(c.Tool), Partial: c.Partial, Seed: base.Scenario.Seed, Replications: len(base.Runs),
		Base: plain(c.Base.Name), candidates: []*Document{New(base)}}
	for _, v := range c.Variants {
		d.candidates = append(d.candidates, New(v.Result))
		out := Variant{Name: plain(v.Name), Differences: []Difference{}}
		for _, x := range v.Differences {
			out.Differences = append(out.Differences, newDifference(x))
		}
		d.Variants = append(d.Variants, out)
	}
	for _, g := range c.Gates {
		x := newDifference(g.Difference)
		d.Gates = append(d.Gates, Gate{Text: plain(g.Gate.Text), Variant: plain(g.Variant), Verdict: g.Verdict.String(), Why: plain(g.Why), Unit: plain(g.Metric.Unit),
			Delta: x.Delta, Percent: x.Relative, Excess: estimate(g.Excess, g.Excess.Mean)})
	}
	for _, w := range c.Warnings {
		d.Warnings = append(d.Warnings, plain(w))
	}
	list(&d.Variants)
	list(&d.Gates)
	list(&d.Warnings)
	d.Verdict = d.verdict()
	return d
}

func newDifference(x result.Difference) Difference {
	base := newMetric(x.Base)
	r := Estimate{Mean: Number(x.Relative), Low: Number(x.RelativeLo), High: Number(x.RelativeHi), Confidence: None, N: x.Delta.N}
	if x.Delta.Known {
		r.Confidence = Number(x.Delta.Conf)
	}
	return Difference{App: base.App, Metric: base.Name, Label: base.Label, Unit: base.Unit, Better: base.Better, Base: base.Value,
		Variant: newMetric(x.Variant).Value, Delta: estimate(x.Delta, x.Delta.Mean), Relative: r, Change: x.Change.String()}
}

// find is the difference in a metric of all apps.
func (v *Variant) find(metric string) (Difference, bool) {
	for _, d := range v.Differences {
		if d.App == "" && d.Metric == metric {
			return d, true
		}
	}
	return Difference{}, false
}

// verdict is the comparison in one sentence: the gates, then money and time of
// the variants.
func (d *Comparison) verdict() string {
	s := ""
	if d.Partial {
		s = "Partial comparison, interrupted: "
	}
	failed, open := 0, 0
	for _, g := range d.Gates {
		switch g.Verdict {
		case "failed":
			failed++
		case "not proven":
			open++
		}
	}
	switch n := len(d.Gates); {
	case failed > 0:
		s += fmt.Sprintf("Fails %d of %s; ", failed, plural(n, "gate", "gates"))
	case open > 0:
		s += fmt.Sprintf("%d of %s not proven; ", open, plural(n, "gate", "gates"))
	case n > 0:
		s += fmt.Sprintf("Passes %s; ", plural(n, "gate", "gates"))
	}
	for i, v := range d.Variants {
		if i == maxNamed {
			s += fmt.Sprintf("; and %d more", len(d.Variants)-i)
			break
		}
		if i > 0 {
			s += "; "
		}
		s += fmt.Sprintf("%s against %s: %s, %s", fit(v.Name, 40), fit(d.Base, 40), v.clause("bill", "bill"), v.clause("p99(latency)", "p99 latency"))
	}
	return s + "."
}

// clause says what one metric does: bill -12 % (better).
func (v *Variant) clause(metric, name string) string {
	x, ok := v.find(metric)
	switch {
	case !ok:
		return name + " has no value"
	case x.Change == "equal" || x.Change == "no difference shown":
		return name + " " + x.Change
	}
	return name + " " + x.moved() + " (" + x.Change + ")"
}

// moved is the change in percent, or in the unit where the base is 0.
func (x Difference) moved() string {
	if x.Relative.Mean.Known() {
		return percentage(x.Relative.Mean)
	}
	return shift(x.Delta.Mean, x.Unit)
}

// shift writes a change with its sign; that of a share in percentage points.
func shift(n Number, unit string) string {
	sign := "+"
	if n < 0 {
		n, sign = -n, "-"
	}
	switch {
	case !n.Known():
		return dash
	case n == 0:
		return "0"
	case unit == "1" && n < 0.000005:
		return "0.000 pp"
	case unit == "1":
		return sign + trimmed(float64(n)*100, 2) + " pp"
	case unit == "/s":
		return sign + trimmed(float64(n), 2) + "/s"
	}
	return sign + Quantity(n, unit)
}

// percentage writes a relative change with its sign.
func percentage(n Number) string {
	v := float64(n) * 100
	switch {
	case !n.Known():
		return dash
	case v > -0.005 && v < 0.005:
		return "0.00 %"
	case v > 0:
		return "+" + trimmed(v, 3) + " %"
	}
	return trimmed(v, 3) + " %"
}

// JSON writes the comparison as indented JSON.
func (d *Comparison) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// CSV writes one row for each variant and metric.
func (d *Comparison) CSV(w io.Writer) error {
	f := csvFile{header: []string{"variant", "app", "metric", "unit", "base_mean", "variant_mean", "difference", "low", "high", "relative", "relative_low", "relative_high",
		"confidence", "pairs", "change"}}
	for _, v := range d.Variants {
		for _, x := range v.Differences {
			f.add(spreadsheet(v.Name), spreadsheet(x.App), spreadsheet(x.Metric), x.Unit, cell(x.Base.Mean), cell(x.Variant.Mean), cell(x.Delta.Mean), cell(x.Delta.Low), cell(x.Delta.High),
				cell(x.Relative.Mean), cell(x.Relative.Low), cell(x.Relative.High), cell(x.Delta.Confidence), integer(int64(x.Delta.N)), x.Change)
		}
	}
	return f.write(w)
}
