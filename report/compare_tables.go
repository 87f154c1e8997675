package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// compared are the metrics of a comparison that people read first; the files
// hold all of them.
var compared = []string{"p50(latency)", "p90(latency)", "p99(latency)", "mean(latency)", "p99(message)", "p99(backlog)", "mean(network)", "mean(distance)", "share(cold)",
	"p50(start-time)", "errors", "messages-lost", "throughput", "starts", "mean(instances)", "max(instances)", "utilisation(cpu)", "utilisation(memory)", "share(idle)",
	"mean(queued)", "share(region-used)", "egress"}

// unitCosts are the metrics below the bill's lines.
var unitCosts = []string{"bill(1000 requests)", "bill(session)", "bill(start)"}

// isShown says whether a difference is among those that people read first: a
// compared metric or a line of the bill that is not 0 on both sides.
func (x Difference) isShown() bool {
	if x.Base.Mean == 0 && x.Variant.Mean == 0 {
		return false
	}
	return slices.Contains(compared, x.Metric) || x.isBill()
}

func (x Difference) isBill() bool { return x.Metric == "bill" || strings.HasPrefix(x.Metric, "bill(") }

// tables are the tables of the comparison in the order of every form.
func (d *Comparison) tables() []*table {
	list := []*table{d.sideBySide()}
	for i := range d.Variants {
		list = append(list, d.differenceTable(i))
	}
	list = append(list, d.targetTable(), d.gateTable())
	var out []*table
	for _, t := range list {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// sideBySide has one row for each candidate.
func (d *Comparison) sideBySide() *table {
	t := &table{ID: "side-by-side", Title: "Side by side", Columns: []column{text("Candidate"), num("Bill"), num("Change"), num("p99 latency"), num("Change"), num("Mean"),
		num("Errors"), num("Cold"), num("Instances")}}
	for i, doc := range d.candidates {
		name, bill, p99 := d.Base, "", ""
		if i > 0 {
			v := &d.Variants[i-1]
			name, bill, p99 = v.Name, v.mark("bill"), v.mark("p99(latency)")
		}
		t.add(fit(name, maxName), doc.mean("bill"), bill, doc.mean("p99(latency)"), p99, doc.mean("mean(latency)"), doc.mean("errors"), doc.mean("share(cold)"), doc.mean("mean(instances)"))
	}
	t.Note = "= no difference shown at 95 %. Bills are of a month, instances the mean number up."
	return t
}

// mark is the change of a metric where one is shown.
func (v *Variant) mark(metric string) string {
	x, ok := v.find(metric)
	switch {
	case !ok || x.Change == "unknown":
		return dash
	case x.Change == "equal" || x.Change == "no difference shown":
		return "="
	}
	return x.moved()
}

// mean is the mean of a metric of all apps as text.
func (d *Document) mean(name string) string {
	for _, m := range d.Metrics {
		if m.App == "" && m.Name == name {
			return Quantity(m.Value.Mean, m.Unit)
		}
	}
	return dash
}

// differenceTable holds the paired differences of one variant.
func (d *Comparison) differenceTable(i int) *table {
	v := &d.Variants[i]
	t := &table{ID: fmt.Sprintf("variant-%d", i+1), Title: fit(v.Name, 60) + " against " + fit(d.Base, 60),
		Columns: []column{text("What"), text("Metric"), num("Base"), num("Variant"), num("Difference, 95 %"), num("Change"), text("Shown")}, Brief: []int{1, 2, 3, 4, 5, 6}}
	apps := 1
	if len(d.candidates[0].Apps) > 1 {
		apps = 2
	}
	for _, bill := range []bool{false, true} {
		for _, x := range v.Differences {
			if x.isBill() == bill && x.isShown() && (x.App == "" || apps > 1 && (x.Metric == "bill" || x.Metric == "p99(latency)")) {
				t.add(x.name(), x.key(), Quantity(x.Base.Mean, x.Unit), Quantity(x.Variant.Mean, x.Unit), x.interval(), relativeChange(x), x.Change)
			}
		}
	}
	t.Note = "Paired differences on common random numbers. Each interval holds at 95 % by itself: of many rows without any effect about one in twenty shows one."
	return t
}

func (x Difference) name() string {
	s := x.Label
	if x.isBill() && !slices.Contains(unitCosts, x.Metric) {
		s = strings.TrimPrefix(s, "bill: ")
	}
	if x.App != "" {
		s = x.App + ": " + s
	}
	return fit(s, 44)
}

// key is the metric as a gate names it.
func (x Difference) key() string {
	if x.App != "" {
		return fit(x.App, 24) + ": " + x.Metric
	}
	return x.Metric
}

func (x Difference) interval() string {
	if x.Delta.Mean == 0 {
		return "0"
	}
	s := shift(x.Delta.Mean, x.Unit)
	if h := x.Delta.Half(); h.Known() && h > 0 {
		s += " ± " + strings.TrimPrefix(shift(rounded(h), x.Unit), "+")
	}
	return s
}

// rounded is a half width with the two digits that matter.
func rounded(n Number) Number {
	v, err := strconv.ParseFloat(strconv.FormatFloat(float64(n), 'g', 2, 64), 64)
	if err != nil {
		return n
	}
	return Number(v)
}

func relativeChange(x Difference) string {
	if !x.Relative.Mean.Known() || x.Delta.Mean == 0 {
		return ""
	}
	return percentage(x.Relative.Mean)
}

// targetTable holds the verdicts of the scenarios' own targets, a column for
// each candidate.
func (d *Comparison) targetTable() *table {
	t := &table{ID: "targets", Title: "Targets", Columns: []column{text("Candidate"), text("Target"), text("Verdict"), num("Measured")}}
	for i, doc := range d.candidates {
		name := d.Base
		if i > 0 {
			name = d.Variants[i-1].Name
		}
		for _, x := range doc.Targets {
			t.add(fit(name, maxName), x.Text, x.Verdict, Quantity(x.Metric.Value.Mean, x.Metric.Unit))
		}
	}
	return t
}

// gateTable holds the judged gates.
func (d *Comparison) gateTable() *table {
	t := &table{ID: "gates", Title: "Gates", Columns: []column{text("Fails if"), text("Variant"), text("Verdict"), num("Change"), num("95 % interval"), text("Why")}, Brief: []int{0, 1, 2, 3, 4}}
	for _, g := range d.Gates {
		t.add(g.Text, fit(g.Variant, maxName), g.Verdict, g.moved(), g.bounds(), g.Why)
	}
	return t
}

// change is a percentage of the base, or in the unit where the base is 0.
func (g Gate) change(share, amount Number) string {
	if g.Percent.Mean.Known() {
		return percentage(share)
	}
	return shift(amount, g.Unit)
}

func (g Gate) moved() string { return g.change(g.Percent.Mean, g.Delta.Mean) }

func (g Gate) bounds() string {
	if !g.Delta.Low.Known() || !g.Delta.High.Known() {
		return dash
	}
	return g.change(g.Percent.Low, g.Delta.Low) + " to " + g.change(g.Percent.High, g.Delta.High)
}
