package report

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// smallSwing is the share of the base below which a terminal names a factor and
// shows no row for it.
const smallSwing = 0.001

// tornadoRows is how many rows a terminal or a chart shows at most.
const tornadoRows = 20

// maxListed is how many factors a sentence names.
const maxListed = 12

// barWidth is how many characters the bars of a terminal take.
const barWidth = 16

// tables are the tornados of the metrics. all asks for every factor, else the
// small ones are named below.
func (d *Sensitivity) tables(all bool) []*table {
	var out []*table
	for k := range d.Base {
		out = append(out, d.tornadoTable(k, all))
	}
	if t := d.unvariedTable(); len(t.Rows) > 0 {
		out = append(out, t)
	}
	return out
}

func (d *Sensitivity) tornadoTable(k int, all bool) *table {
	m := d.Base[k]
	t := &table{ID: fmt.Sprintf("tornado-%d", k+1), Title: "What moves the " + lower(m.Label) + ", " + Quantity(m.Value.Mean, m.Unit) + " as it is",
		Columns: []column{text("Varied"), text("As it is"), text("Tried"), num("First"), num("Second"), {Head: "Bar", Num: true, Drawn: true}, text("Grade"), text("Range")}, Brief: []int{0, 1, 2, 3, 4, 5}}
	if all {
		t.Brief = nil
	}
	shown, small, same, open := d.split(k)
	rows := shown
	if all {
		rows = append(append(append(rows[:len(rows):len(rows)], small...), open...), same...)
	} else if len(rows) > tornadoRows {
		rows, small = rows[:tornadoRows], append(rows[tornadoRows:len(rows):len(rows)], small...)
	}
	draw := d.barsOf(rows, m.Name)
	for _, i := range rows {
		f := &d.Factors[i]
		var tried, moved []string
		for e := range f.Ends {
			tried, moved = append(tried, f.Ends[e].Value), append(moved, f.Ends[e].moved(m.Name))
		}
		value, values := f.Value, strings.Join(tried, ", ")
		if !all { // a terminal has room for the numbers only
			value, values = fit(value, 16), fit(values, 18)
		}
		t.add(f.Name, value, values, moved[0], strings.Join(moved[1:], ", "), draw(f), f.Grade, f.Range)
	}
	t.Note = "First and Second are the changes by the values tried, paired on common random numbers. = no difference shown at 95 %, 0 the same in every replication; each interval holds by itself, so of many rows without any effect about one in twenty shows one."
	if !all {
		t.Note += d.named(fmt.Sprintf(" Below %s:", Share(smallSwing)), small) + d.named(" No difference shown:", open) + d.named(" The same in every replication made:", same)
	}
	return t
}

// split are the factors of a ranking: with a difference shown that matters, with
// a small one, without any effect, and open.
func (d *Sensitivity) split(k int) (shown, small, same, open []int) {
	base := math.Abs(float64(d.Base[k].Value.Mean))
	for _, r := range d.Rankings[k].Rows {
		switch {
		case r.Shown && float64(r.Swing) >= smallSwing*base:
			shown = append(shown, r.Factor)
		case r.Shown:
			small = append(small, r.Factor)
		case d.unmoved(r.Factor, d.Base[k].Name):
			same = append(same, r.Factor)
		default:
			open = append(open, r.Factor)
		}
	}
	return shown, small, same, open
}

// unmoved says whether every value of a factor leaves a metric as it is.
func (d *Sensitivity) unmoved(factor int, metric string) bool {
	for i := range d.Factors[factor].Ends {
		if x, ok := d.Factors[factor].Ends[i].difference(metric); !ok || x.Change != "equal" {
			return false
		}
	}
	return true
}

func (d *Sensitivity) named(lead string, factors []int) string {
	switch n := len(factors); {
	case n == 0:
		return ""
	case n > maxListed:
		return lead + " " + plural(n, "factor", "factors") + ", which the files and the page name."
	}
	var names []string
	for _, i := range factors {
		names = append(names, fit(d.Factors[i].Name, 60))
	}
	return lead + " " + strings.Join(names, ", ") + "."
}

// moved is the change by one value, with half its interval.
func (e *FactorEnd) moved(metric string) string {
	x, ok := e.difference(metric)
	switch {
	case e.Refused != "":
		return "refused"
	case !ok || x.Change == "unknown":
		return dash
	case x.Change == "equal":
		return "0"
	case x.Change == "no difference shown":
		return "="
	}
	return shift(x.Delta.Mean, x.Unit)
}

// barsOf draws the changes of factors on one scale, in characters: ▒ by the
// first value tried, █ by the second, from the line of the base on.
func (d *Sensitivity) barsOf(factors []int, metric string) func(*Factor) string {
	low, high := 0.0, 0.0
	each := func(f *Factor, visit func(end int, v float64)) {
		for i := range f.Ends {
			if x, ok := f.Ends[i].difference(metric); ok && isShown(x) {
				visit(i, float64(x.Delta.Mean))
			}
		}
	}
	for _, i := range factors {
		each(&d.Factors[i], func(_ int, v float64) { low, high = math.Min(low, v), math.Max(high, v) })
	}
	scale := 0.0 // characters a unit; where nothing is shown to move the metric there is only the line of the base
	if high > low {
		scale = float64(barWidth-1) / (high - low)
	}
	zero := int(math.Round(-low * scale))
	return func(f *Factor) string {
		cells := []rune(strings.Repeat(" ", barWidth))
		type stroke struct {
			ink    rune
			length int
		}
		var strokes []stroke
		each(f, func(end int, v float64) {
			s := stroke{'▒', int(math.Round(v * scale))}
			if end > 0 {
				s.ink = '█'
			}
			strokes = append(strokes, s)
		})
		if len(strokes) > 1 && abs(strokes[1].length) > abs(strokes[0].length) {
			strokes[0], strokes[1] = strokes[1], strokes[0] // the shorter one over the longer one
		}
		for _, s := range strokes {
			for n, step := 0, sign(s.length); n != s.length; n += step {
				if at := zero + n + step; at >= 0 && at < barWidth {
					cells[at] = s.ink
				}
			}
		}
		cells[min(zero, barWidth-1)] = '│'
		return string(cells)
	}
}

func abs(n int) int { return max(n, -n) }

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

func (d *Sensitivity) unvariedTable() *table {
	t := &table{ID: "unvaried", Title: "Not varied", Columns: []column{text("What"), text("Why")}}
	for _, u := range d.Unvaried {
		t.add(u.Name, u.Why)
	}
	for _, f := range d.Factors {
		for _, e := range f.Ends {
			if e.Refused != "" {
				t.add(f.Name+" = "+e.Value, e.Refused)
			}
		}
	}
	return t
}

// sheet is what the text and Markdown forms show; all asks for every factor.
func (d *Sensitivity) sheet(all bool) *sheet {
	return &sheet{title: "Sensitivity", verdict: d.Verdict, facts: []string{d.head()}, tables: d.tables(all), warnings: d.Warnings}
}

// Text writes the study for a terminal. The last line is the verdict.
func (d *Sensitivity) Text(w io.Writer, o Options) error { return d.sheet(false).text(w, o) }

// Markdown writes the study as GitHub-flavoured Markdown.
func (d *Sensitivity) Markdown(w io.Writer) error { return d.sheet(true).markdown(w) }

// HTML writes the study as one page that loads nothing, in the form of the
// report.
func (d *Sensitivity) HTML(w io.Writer) error {
	p := page{Name: fit(d.Scenario, maxName), Kicker: "Sensitivity, one thing at a time", Verdict: fit(d.Verdict, 600), Tool: fit(d.Tool, maxName), Facts: []string{d.head()}, Sections: d.sections()}
	if d.Partial {
		p.Kicker += ", partial: the study was interrupted"
	}
	return p.write(w)
}

// sections are one tornado for each metric, and what was not varied.
func (d *Sensitivity) sections() []section {
	var out []section
	for k, m := range d.Base {
		t := d.tornadoTable(k, true).undrawn()
		t.Fold = len(t.Rows) > tornadoRows
		_, small, same, open := d.split(k)
		out = append(out, section{ID: t.ID, Heading: "What moves the " + lower(m.Label), Lead: together(d.tornadoLead(k, len(small), len(open), len(same))), Blocks: blocks(d.tornadoChart(k), t)})
	}
	last := section{ID: "why-believe-it", Heading: "Why believe it", Lead: "Replication by replication, every variant met the same arrivals and the same draws as the scenario as it is. One thing varies at a time: what two do together is not in it.",
		Blocks: append(blocks(d.unvariedTable()), warningBlock(d.Warnings)...)}
	return append(out, last)
}

func (d *Sensitivity) tornadoLead(k, small, open, same int) string {
	m := d.Base[k]
	s := "It is " + Quantity(m.Value.Mean, m.Unit)
	if h := m.Value.Half(); h.Known() {
		s += " " + PlusMinus(rounded(h), m.Unit)
	}
	if first := d.first(d.Rankings[k].Rows, func(*Factor) bool { return true }); first >= 0 {
		s += " and depends most on " + d.phrase(first, m.Name)
	}
	return s + fmt.Sprintf(". Of the factors, %d move it by less than %s, %d show no difference and %d leave it the same.", small, Share(smallSwing), open, same)
}

// sensitivityTables are the study's tables in a report; none without a study.
func (d *Document) sensitivityTables() []*table {
	if d.Sensitivity == nil {
		return nil
	}
	return d.Sensitivity.tables(false)
}

// sensitivitySections are the study's sections in a report.
func (d *Document) sensitivitySections() []section {
	if d.Sensitivity == nil {
		return nil
	}
	list := d.Sensitivity.sections()
	return list[:len(list)-1]
}
