package report

import (
	"bufio"
	"bytes"
	"html/template"
	"io"
	"strings"
)

// sweepRows is how many cells a terminal shows; of a larger grid it shows the
// front.
const sweepRows = 64

// tables are the cells, and those that were refused.
func (d *Sweep) tables(all bool) []*table {
	t := &table{ID: "cells", Title: "Cells"}
	for _, a := range d.Axes {
		t.Columns = append(t.Columns, text(fit(d.axisName(a.Path), 40)))
	}
	t.Columns = append(t.Columns, num("Bill"), num("±"), num("p99 latency"), num("±"), num("Mean"), num("Errors"), num("Cold"), num("Instances"), text("Front"))
	refused := &table{ID: "refused", Title: "Cells that cannot be simulated", Columns: append(t.Columns[:len(d.Axes):len(d.Axes)], text("Why"))}
	for i := range t.Columns {
		if t.Columns[i].Head != "Instances" {
			t.Brief = append(t.Brief, i)
		}
	}
	few := all || len(d.Cells) <= sweepRows
	for i := range d.Cells {
		c := &d.Cells[i]
		if c.Refused != "" {
			if few || len(refused.Rows) < 10 {
				refused.add(append(c.values[:len(c.values):len(c.values)], c.Refused)...)
			}
			continue
		}
		front := ""
		if c.Front {
			front = "*"
		}
		if few || c.Front {
			bill, p99 := c.find("bill"), c.find("p99(latency)")
			t.add(append(c.values[:len(c.values):len(c.values)], c.mean("bill"), halfWidth(bill), c.mean("p99(latency)"), halfWidth(p99), c.mean("mean(latency)"), c.mean("errors"),
				c.mean("share(cold)"), c.mean("mean(instances)"), front)...)
		}
	}
	t.Note = "* no other cell has both a lower bill and a lower p99. ± is half the 95 % interval."
	if !few {
		t.Note += " Only these cells are shown; the files hold all."
	}
	var out []*table
	for _, x := range []*table{t, refused} {
		if len(x.Rows) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// halfWidth is half the interval of a metric, with the two digits that matter.
func halfWidth(m SweepMetric) string {
	h := m.Value.Half()
	if !h.Known() {
		return dash
	}
	return Quantity(rounded(h), m.Unit)
}

// axisName is the last key of a path, or all of it where two axes end alike.
func (d *Sweep) axisName(path string) string {
	last := func(s string) string { return s[strings.LastIndexByte(s, '.')+1:] }
	for _, a := range d.Axes {
		if a.Path != path && last(a.Path) == last(path) {
			return path
		}
	}
	return last(path)
}

// Text writes the sweep for a terminal. The last line is the verdict.
func (d *Sweep) Text(w io.Writer, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o}
	p.title("Sweep")
	p.wrap(d.head(), "")
	for _, t := range d.tables(false) {
		p.table(t)
	}
	p.line("")
	p.line(p.paint("1", d.verdict()))
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// HTML writes the sweep as one page that loads nothing, in the form of the
// report.
func (d *Sweep) HTML(w io.Writer) error {
	p := page{Policy: policy(), Name: fit(d.Scenario, maxName), Kicker: "Sweep", Verdict: together(d.verdict()), Tool: fit(d.Tool, maxName), Library: libraryVersion,
		Facts: []string{d.head()}, Sections: d.sections(), Style: template.CSS(styleSheet), ECharts: template.JS(libraryScript), Boot: template.JS(bootScript)}
	if d.Partial {
		p.Kicker += ", partial: not every run is made"
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (d *Sweep) sections() []section {
	var out []section
	add := func(id, heading, lead string, list []block) {
		if len(list) > 0 {
			out = append(out, section{ID: id, Heading: heading, Lead: together(lead), Blocks: list})
		}
	}
	add("trade-off", "What it trades", "Each point is a cell; the line joins those that no other beats in both bill and p99.", blocks(d.frontChart()))
	switch {
	case len(d.Axes) == 1:
		add("how-it-varies", "How it varies", "Means over the replications, with their 95 % intervals as bands.", blocks(d.bandCharts()))
	case len(d.Axes) == 2:
		add("how-it-varies", "How it varies", "Means over the replications. Empty fields are cells that cannot be simulated.", blocks(d.heatMaps()))
	default:
		add("how-it-varies", "How it varies", "The first two axes. A field shows the lowest mean over all values of the other axes.", blocks(d.heatMaps()))
	}
	for _, t := range d.tables(true) {
		t.Fold = len(t.Rows) > sweepRows
		add(t.ID, t.Title, t.Note, blocks(t))
		t.Note = ""
	}
	return out
}
