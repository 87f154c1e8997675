package report

import (
	"fmt"
	"io"
	"strings"
)

// head says what was asked and how.
func (d *Capacity) head() string {
	runs := 0
	for _, p := range d.Points {
		runs += p.Replications
	}
	return fmt.Sprintf("%s: the traffic of %s times a factor, %s in %s, seed %d, common random numbers. A rate is carried where every target is met and not where one is violated; all verdicts together hold with %s confidence.",
		fit(d.Scenario, maxName), d.who(), plural(len(d.Points), "rate", "rates"), plural(runs, "run", "runs"), d.Seed, Share(d.Confidence))
}

// tables are the answer in the order in which a reader asks. all has every load
// of the curves.
func (d *Capacity) tables(all bool) []*table {
	list := []*table{d.rateTable(), d.bindTable(), d.limitTable(), d.typeTable()}
	if all {
		list = append(list, d.loadTable())
	}
	var out []*table
	for _, t := range list {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// words say the verdicts of a rate.
var rateWords = map[string]string{"met": "carried", "violated": "not carried", "not proven": "not told apart"}

func (d *Capacity) rateTable() *table {
	t := &table{ID: "rates", Title: "Rates tried", Columns: []column{text("Traffic"), num("Requests/s"), text("Verdict"), num("Runs"), text("Targets, measured")}}
	for i := range d.Points {
		p := &d.Points[i]
		mark := ""
		if d.Carried != nil && p.Factor == d.Carried.Factor || d.Broken != nil && p.Factor == d.Broken.Factor {
			mark = " *"
		}
		t.add(factor(p.Factor)+mark, strings.TrimSuffix(perSecond(p.PerSecond.Mean), "/s"), rateWords[p.Verdict], grouped(float64(p.Replications), 0), p.measured())
	}
	t.Note = "* the ends of the answer. ! the target is violated, ? it is not proven."
	return t
}

// measured lists the targets of a rate, those that decide first.
func (p *RatePoint) measured() string {
	if p.Why != "" {
		return "by analysis: " + p.Why
	}
	var first, rest []string
	for _, l := range p.Lines {
		value := Quantity(l.Measured.Mean, l.Unit)
		if h := l.Measured.Half(); h.Known() && h > 0 {
			value += " " + PlusMinus(rounded(h), l.Unit)
		}
		name, _, _ := strings.Cut(l.Text, "<")
		name, _, _ = strings.Cut(name, ">")
		switch name = strings.TrimSpace(name); l.Verdict {
		case "violated":
			first = append(first, "!"+name+" "+value)
		case "not proven":
			first = append(first, "?"+name+" "+value)
		default:
			rest = append(rest, name+" "+value)
		}
	}
	return strings.Join(append(first, rest...), "; ")
}

func (d *Capacity) bindTable() *table {
	t := &table{ID: "binds", Title: "What binds", Columns: []column{text("What"), text("Why")}}
	for _, b := range d.Binds {
		t.add(b.What, b.Why)
	}
	return t
}

func (d *Capacity) limitTable() *table {
	t := &table{ID: "limits", Title: "Limits at the highest rate carried", Columns: []column{text("Limit"), text("App"), num("Largest use"), num("Limit is"), num("Used"), num("Reached at"), num("Requests/s"), num("Denied")}}
	for _, l := range d.Limits {
		if !l.Max.Known() {
			continue
		}
		reached := dash
		if l.Reached.Known() {
			reached = factor(l.Reached)
		}
		app := l.App
		if app == "" {
			app = "account"
		}
		t.add(l.Limit, app, Quantity(l.Used, l.Unit), Quantity(l.Max, l.Unit), Share(l.Share), reached, strings.TrimSuffix(perSecond(l.PerSecond), "/s"), Count(Number(l.Denied)))
	}
	t.Note = "Reached at: the factor at which the limit is used up if use grows in proportion; - where it does not grow with the traffic."
	return t
}

func (d *Capacity) typeTable() *table {
	t := &table{ID: "types", Title: "One instance of each type", Columns: []column{text("Type"), num("vCPU"), num("Memory"), num("In memory"), num("Saturated"), text("by"), num("p50 at 50 %"), num("p99"), num("p50 at 80 %"), num("p99"), num("Errors")}, Brief: []int{0, 3, 4, 5, 6, 7, 8, 9, 10}}
	for _, c := range d.Curves {
		name, memory, saturated := c.Type, "any", dash
		if c.Own {
			name += " *"
		}
		if c.InMemory > 0 {
			memory = Count(Number(c.InMemory))
		}
		if c.PerSecond.Known() {
			saturated = perSecond(c.PerSecond)
		}
		by, half, high := c.Saturates, c.at(0.5), c.at(0.8)
		if c.Refused != "" {
			memory, by = dash, "does not fit"
		}
		t.add(name, trimmed(float64(c.VCPU), 4), MiB(Number(c.MemoryMiB)), memory, saturated, by, Seconds(half.P50.Mean), Seconds(half.P99.Mean), Seconds(high.P50.Mean), Seconds(high.P99.Mean), Share(high.Errors.Mean))
	}
	t.Note = "* the scenario's. In memory: requests at once. Saturated: requests/s at which the vCPU, or the concurrency, is always busy; p50 and p99 of an awake instance under Poisson arrivals at half and at 80 % of that, without the network."
	for _, c := range d.Curves {
		if c.Refused != "" {
			t.Note += " " + fit(c.Type, 40) + ": " + fit(c.Refused, 200) + "."
		}
	}
	return t
}

// at is the point of a load; without values where there is none.
func (c *TypeCurve) at(load Number) LoadPoint {
	for _, p := range c.Points {
		if p.Load > load-0.001 && p.Load < load+0.001 {
			return p
		}
	}
	none := Estimate{Mean: None, Low: None, High: None}
	return LoadPoint{P50: none, P99: none, Errors: none, InFlight: none}
}

func (d *Capacity) loadTable() *table {
	t := &table{ID: "loads", Title: "Every load", Fold: true, Columns: []column{text("Type"), num("Load"), num("Requests/s"), num("p50"), num("±"), num("p99"), num("±"), num("In flight"), num("Errors")}}
	half := func(e Estimate) string {
		if h := e.Half(); h.Known() {
			return Seconds(rounded(h))
		}
		return dash
	}
	for _, c := range d.Curves {
		for _, p := range c.Points {
			t.add(c.Type, Share(p.Load), strings.TrimSuffix(perSecond(p.PerSecond), "/s"), Seconds(p.P50.Mean), half(p.P50), Seconds(p.P99.Mean), half(p.P99), Count(p.InFlight.Mean), Share(p.Errors.Mean))
		}
	}
	t.Note = "At 100 % requests wait longer the longer a run lasts: there the numbers are those of runs of 20,000 requests."
	return t
}

// sheet is what the text and Markdown forms show; all asks for every load.
func (d *Capacity) sheet(all bool) *sheet {
	s := &sheet{title: "Highest rate", verdict: d.Verdict, bad: d.Carried == nil, facts: []string{d.head()}, tables: d.tables(all), warnings: d.Warnings}
	if d.NoCurve != "" {
		s.facts = append(s.facts, "No curve of an instance: "+d.NoCurve+".")
	}
	return s
}

// Text writes the answer for a terminal. The last line is the verdict.
func (d *Capacity) Text(w io.Writer, o Options) error { return d.sheet(false).text(w, o) }

// Markdown writes the answer as GitHub-flavoured Markdown.
func (d *Capacity) Markdown(w io.Writer) error { return d.sheet(true).markdown(w) }

// HTML writes the answer as one page that loads nothing, in the form of the
// report.
func (d *Capacity) HTML(w io.Writer) error {
	p := page{Name: fit(d.Scenario, maxName), Kicker: "Highest rate within the targets", Verdict: fit(d.Verdict, 600), Tool: fit(d.Tool, maxName), Facts: []string{d.head()}, Sections: d.sections()}
	if d.Partial {
		p.Kicker += ", partial: the search was interrupted"
	}
	return p.write(w)
}

func (d *Capacity) sections() []section {
	find := func(id string) *table {
		for _, t := range d.tables(true) {
			if t.ID == id {
				return t
			}
		}
		return nil
	}
	parts := []struct {
		id, heading, lead string
		blocks            []block
	}{
		{"how-much", "How much it carries", "Each point is a rate with its measured value and interval; the line is the target.", blocks(d.targetCharts(), find("rates"))},
		{"what-binds", "What binds", "What the lowest rate that is not carried breaks, and how far the other limits are.", blocks(find("binds"), find("limits"))},
		{"one-instance", "One instance of each type", "How an awake instance slows down on the way to its saturation.", blocks(d.loadChart("p99", "p99 latency"), d.loadChart("p50", "p50 latency"), find("types"), find("loads"))},
		{"warnings", "Warnings", "What to know before using the numbers.", warningBlock(d.Warnings)},
	}
	var out []section
	for _, x := range parts {
		if len(x.blocks) > 0 {
			out = append(out, section{ID: x.id, Heading: x.heading, Lead: together(x.lead), Blocks: x.blocks})
		}
	}
	return out
}
