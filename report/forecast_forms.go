package report

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// head says what was simulated.
func (d *Forecast) head() string {
	s := fmt.Sprintf("%s: %s, growth %s", fit(d.Scenario, maxName), plural(len(d.Months), "month", "months"), fit(d.Growth, 60))
	if d.LowGrowth != "" {
		s += fmt.Sprintf(" (95 %%: %s to %s)", fit(d.LowGrowth, 40), fit(d.HighGrowth, 40))
	}
	each := "each"
	if d.LowGrowth != "" {
		each = "each and at both ends of the growth"
	}
	return s + fmt.Sprintf(", %s %s, seed %d. All months meet the same random numbers.", plural(d.Replications, "replication", "replications"), each, d.Seed)
}

// marks are what happens in a month, in few words.
func (d *Forecast) marks(month string) string {
	var list []string
	for _, c := range d.Changes {
		if c.Month == month && !slices.Contains(list, c.Kind+" change") {
			list = append(list, c.Kind+" change")
		}
	}
	for _, r := range d.Reached {
		if r.Month != month {
			continue
		}
		name, known := map[string]string{"budget": "over budget", "risk": "at risk", "target": "target"}[r.Kind]
		if !known {
			name = r.What
		}
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}

// monthTable has one row for each month.
func (d *Forecast) monthTable() *table {
	t := &table{ID: "months", Title: "The months", Columns: []column{text("Month"), num("Days"), num("Traffic"), num("Served"), num("Bill"), num("95 % band"), num("Change"),
		num("Over"), num("p99"), num("Errors"), num("Up, most"), text("What happens")}, Brief: []int{0, 2, 3, 4, 5, 7, 8, 10, 11}}
	if !d.Budget.Known() {
		t.Brief = []int{0, 2, 3, 4, 5, 6, 8, 10, 11}
	}
	for i := range d.Months {
		m := &d.Months[i]
		change, band := dash, dash
		if i > 0 && d.Months[i-1].Bill.Mean > 0 {
			change = percentage(m.Bill.Mean/d.Months[i-1].Bill.Mean - 1)
		}
		if m.Low.Known() && m.High.Known() {
			write := RoundUSD
			if m.High < 100 {
				write = USD
			}
			band = write(m.Low) + " to " + write(m.High)
		}
		served := m.find("throughput").Value.Mean * Number(m.Days) * 86400
		t.add(m.Month, fmt.Sprint(m.Days), "x"+trimmed(float64(m.Factor), 3), Count(served), USD(m.Bill.Mean), band, change, probability(m.Over),
			Quantity(m.find("p99(latency)").Value.Mean, "s"), Share(m.find("errors").Value.Mean), Count(m.find("max(instances)").Value.Mean), d.marks(m.Month))
	}
	t.Note = "The band holds the month's own bill: chance, and the growth within its stated uncertainty."
	if d.Budget.Known() {
		t.Note += fmt.Sprintf(" Over: probability that the bill is above %s.", USD(d.Budget))
	}
	return t
}

// probability writes a chance; it is never certain.
func probability(n Number) string {
	switch {
	case !n.Known():
		return dash
	case n < 0.005:
		return "<1 %"
	case n > 0.995:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", float64(n)*100)
}

// shownLines is how many lines of the bill a table and a chart tell apart.
const shownLines = 6

// largest are the lines with the most money over all months; the rest is one.
func (d *Forecast) largest() (lines []ForecastLine, rest bool) {
	lines = d.skus()
	sums := map[string]Number{}
	for i := range d.Months {
		for _, l := range d.Months[i].Lines {
			sums[l.SKU] += l.USD
		}
	}
	if len(lines) <= shownLines {
		return lines, false
	}
	top := slices.Clone(lines)
	sort.SliceStable(top, func(i, j int) bool { return sums[top[i].SKU] > sums[top[j].SKU] })
	kept := map[string]bool{}
	for _, l := range top[:shownLines-1] {
		kept[l.SKU] = true
	}
	return slices.DeleteFunc(lines, func(l ForecastLine) bool { return !kept[l.SKU] }), true
}

// lineTable has the lines of the bill by month.
func (d *Forecast) lineTable() *table {
	t := &table{ID: "lines", Title: "The bill by line, USD", Columns: []column{text("Month")}}
	lines, rest := d.largest()
	for _, l := range lines {
		t.Columns = append(t.Columns, num(fit(l.SKU, 20)))
	}
	if rest {
		t.Columns = append(t.Columns, num("others"))
	}
	t.Columns = append(t.Columns, num("Bill"))
	for i := range d.Months {
		m := &d.Months[i]
		row, left := []string{m.Month}, m.Bill.Mean
		for _, l := range lines {
			row = append(row, Cents(m.line(l.SKU)))
			left -= m.line(l.SKU)
		}
		if rest {
			row = append(row, Cents(left))
		}
		t.add(append(row, Cents(m.Bill.Mean))...)
	}
	return t
}

// reachedTable says what gives way first.
func (d *Forecast) reachedTable() *table {
	t := &table{ID: "reached", Title: "What gives way, and when", Columns: []column{text("What"), text("Month"), text("High growth"), text("Low growth"), num("Then"), num("Limit"), num("Chance")},
		Brief: []int{0, 1, 4, 5, 6}}
	if d.LowGrowth != "" {
		t.Brief = nil
	}
	for _, r := range d.Reached {
		when := func(s string) string {
			switch {
			case s != "":
				return s
			case r.Kind == "risk":
				return dash
			}
			return "later"
		}
		chance := dash
		if r.Kind != "target" && r.Month != "" {
			chance = probability(r.Share)
		}
		what := r.What
		if r.App != "" {
			what = fit(r.App, 24) + ": " + what
		}
		t.add(what, when(r.Month), when(r.Early), when(r.Late), Quantity(r.Used, r.Unit), Quantity(r.Max, r.Unit), chance)
	}
	t.Note = "Chance: of the budget the probability, of a limit the share of the replications that reach it."
	return t
}

// nearestTable has the limits that are not reached, the fullest first.
func (d *Forecast) nearestTable() *table {
	t := &table{ID: "nearest", Title: "Limits in the last month", Columns: []column{text("Limit"), text("App"), num("Largest use"), num("Limit is"), num("Used")}}
	if len(d.Months) == 0 {
		return t
	}
	rows := slices.Clone(d.Months[len(d.Months)-1].Headroom)
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].share() > rows[j].share() })
	for _, h := range rows {
		if h.Max > 0 && len(t.Rows) < 5 {
			t.add(h.Limit, h.App, Quantity(h.Used, h.Unit), Quantity(h.Max, h.Unit), Share(h.share()))
		}
	}
	return t
}

func (h ForecastLimit) share() Number {
	if !(h.Max > 0) {
		return 0
	}
	return h.Used / h.Max
}

// changeTable lists what of the catalogue changes.
func (d *Forecast) changeTable() *table {
	t := &table{ID: "changes", Title: "Announced changes", Columns: []column{text("Month"), text("Line"), text("What"), text("Source")}, Brief: []int{0, 1, 2}}
	for _, c := range d.Changes {
		t.add(c.Month, c.Label, c.What, c.Source)
	}
	var effects []string
	for i := range d.Months {
		m := &d.Months[i]
		if d.changed(m.Month) {
			effects = append(effects, fmt.Sprintf("%s in %s", shift(m.Effect, "USD"), m.Month))
		}
	}
	if len(effects) > 0 {
		t.Note = "What changed prices do to the bill: " + strings.Join(effects, ", ") + "."
	}
	return t
}

// changed says whether a price changes in a month.
func (d *Forecast) changed(month string) bool {
	return slices.ContainsFunc(d.Changes, func(c DatedChange) bool { return c.Month == month && c.Kind == "price" })
}

func (d *Forecast) tables() []*table {
	var out []*table
	for _, t := range []*table{d.monthTable(), d.lineTable(), d.reachedTable(), d.nearestTable(), d.changeTable()} {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

func (d *Forecast) sheet() *sheet {
	return &sheet{title: "Forecast", verdict: d.Verdict, facts: []string{d.head()}, tables: d.tables(), warnings: d.Warnings}
}

// Text writes the forecast for a terminal. The last line is the verdict.
func (d *Forecast) Text(w io.Writer, o Options) error { return d.sheet().text(w, o) }

// Markdown writes the forecast as GitHub-flavoured Markdown.
func (d *Forecast) Markdown(w io.Writer) error { return d.sheet().markdown(w) }

// HTML writes the forecast as one page that loads nothing, in the form of the
// report.
func (d *Forecast) HTML(w io.Writer) error {
	p := page{Name: fit(d.Scenario, maxName), Kicker: "Forecast", Verdict: fit(d.Verdict, 600), Tool: fit(d.Tool, maxName), Facts: []string{d.head()}, Sections: d.sections()}
	if len(d.Months) > 0 {
		p.Kicker += " from " + d.Months[0].Month + " to " + d.Months[len(d.Months)-1].Month
	}
	if d.Partial {
		p.Kicker += ", partial: the runs were interrupted"
	}
	return p.write(w)
}

func (d *Forecast) sections() []section {
	if len(d.Months) == 0 {
		return nil
	}
	out := []section{{ID: "how-much", Heading: "What the months cost", Lead: together("Each bar is a simulated calendar month; the line is the mean bill, the band holds the month's own bill with 95 %."),
		Blocks: blocks(d.billChart(), d.monthTable(), d.lineTable())}}
	if c := d.overChart(); c != nil {
		out = append(out, section{ID: "budget", Heading: "When the budget gives way", Lead: together("The probability that a month's bill is above the budget of " + USD(d.Budget) + "."), Blocks: blocks(c)})
	}
	lead := "Nothing gives way within the horizon."
	if len(d.Reached) > 0 {
		lead = "The first month in which the budget, a limit or a target gives way."
	}
	out = append(out, section{ID: "limits", Heading: "What gives way", Lead: lead, Blocks: blocks(d.reachedTable(), d.limitChart(), d.nearestTable())})
	if t := d.changeTable(); len(t.Rows) > 0 {
		out = append(out, section{ID: "changes", Heading: "What changes by itself", Lead: "Prices, limits and types that change within the horizon, by what the catalogue knows.", Blocks: blocks(t)})
	}
	return append(out, section{ID: "why-believe-it", Heading: "Why believe it",
		Lead:   "Traffic is scaled and every month simulated, not extrapolated: idle time, waiting and limits do not grow in proportion. Months differ in growth, days, weekdays and prices alone, since all meet the same random numbers.",
		Blocks: warningBlock(d.Warnings)})
}
