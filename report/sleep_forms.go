package report

import (
	"fmt"
	"io"
	"math"
)

// head says what was read and how it was priced.
func (d *Sleep) head() []string {
	t, i := &d.Trace, &d.Instance
	form := t.Format
	if t.Rule != "" && t.Rule != form {
		form += " by rule " + fit(t.Rule, 30)
	}
	read := fmt.Sprintf("%s (%s): %s of %s in %s.", fit(t.File, maxName), form, plural(int(t.Calls), "call", "calls"), plural(int(t.Keys), "key", "keys"), Seconds(t.Span))
	start := "starts take no time"
	if i.Start > 0 {
		start = "every start takes " + Seconds(i.Start)
	}
	size := fmt.Sprintf("One instance a key: %s (%s vCPU, %s, %s); %s.", fit(i.Type, 24), trimmed(float64(i.VCPU), 4), MiB(Number(i.Memory)), Size(Number(i.Disk)*1e6), start)
	priced := fmt.Sprintf("Usage scaled to a month of %s h, prices of %s, allowances once; without egress.", Count(d.MonthHours), d.AsOf)
	return []string{read, size + " " + priced}
}

// curveTable has one row for each timeout.
func (d *Sleep) curveTable() *table {
	t := &table{ID: "timeouts", Title: "What each timeout does", Columns: []column{text("sleep_after"), num("Cold calls"), num("Share"), num("Cold/month"), num("Starts/month"),
		num("Up, mean"), num("Bill"), num("Waits"), num("Cost"), num("$/call spared"), text("")}}
	t.Brief = []int{0, 1, 2, 4, 5, 6, 9, 10}
	if d.coldPriceGiven {
		t.Brief = []int{0, 1, 2, 5, 6, 7, 8, 9, 10}
	}
	rows := d.rows()
	for i, p := range rows {
		mark := ""
		switch {
		case p.SleepAfter == d.Best.SleepAfter && d.Met:
			mark = "best"
		case d.Now != nil && p.SleepAfter == d.Now.SleepAfter:
			mark = "as set"
		}
		spared := dash
		if i > 0 {
			if fewer := rows[i-1].ColdPerM - p.ColdPerM; fewer > 0 {
				spared = USD((p.Bill - rows[i-1].Bill) / fewer)
			}
		}
		t.add(setting(p.SleepAfter), Count(Number(p.Cold)), Share(p.ColdShare), Count(Number(math.Round(float64(p.ColdPerM)))), Count(Number(math.Round(float64(p.StartsPerM)))),
			Count(p.MeanUp), USD(p.Bill), USD(p.Waiting), USD(p.Cost), spared, mark)
	}
	t.Note = "Cold calls wait for a start. $/call spared: what the bill rises for each such call that the row above still has."
	return t
}

// priceTable tells the best timeout for some prices of a wait.
func (d *Sleep) priceTable() *table {
	t := &table{ID: "worth", Title: "Best, by what a call that waits is worth", Columns: []column{text("USD a wait"), text("sleep_after"), num("Cold"), num("Bill"), num("Waits"), num("Cost")}}
	for _, p := range d.ByPrice {
		b := p.Best
		t.add(USD(p.USD), setting(b.SleepAfter), Share(b.ColdShare), USD(b.Bill), USD(b.Waiting), USD(b.Cost))
	}
	t.Note = fmt.Sprintf("The least cost of every multiple of %s from %s to %s, targets apart.", setting(d.Step), setting(d.From), setting(d.To))
	return t
}

// lineTable sets the bill of the best timeout beside that of the setting.
func (d *Sleep) lineTable() *table {
	t := &table{ID: "lines", Title: "The bill of a month", Columns: []column{text("Line"), num("Best, " + setting(d.Best.SleepAfter))}}
	points := []SleepPoint{d.Best}
	if d.Now != nil && d.Now.SleepAfter != d.Best.SleepAfter {
		points = append(points, *d.Now)
		t.Columns = append(t.Columns, num("As set, "+setting(d.Now.SleepAfter)))
	}
	var names []string
	amount := make([]map[string]Number, len(points))
	for i, p := range points {
		amount[i] = map[string]Number{}
		for _, l := range p.Lines {
			if _, ok := amount[0][l.SKU]; !ok || i == 0 {
				names = append(names, l.SKU)
			}
			amount[i][l.SKU] = l.USD
		}
	}
	for _, name := range names {
		row := []string{name}
		for i := range points {
			row = append(row, Cents(amount[i][name]))
		}
		t.add(row...)
	}
	row := []string{"Total, USD"}
	for _, p := range points {
		row = append(row, Cents(p.Bill))
	}
	t.add(row...)
	t.Total = true
	return t
}

func (d *Sleep) tables() []*table { return []*table{d.curveTable(), d.priceTable(), d.lineTable()} }

func (d *Sleep) sheet() *sheet {
	return &sheet{title: "sleepAfter from recorded calls", verdict: d.Verdict, bad: !d.Met, facts: d.head(), tables: d.tables(), warnings: d.Warnings}
}

// Text writes the curve for a terminal. The last line is the verdict.
func (d *Sleep) Text(w io.Writer, o Options) error { return d.sheet().text(w, o) }

// Markdown writes the curve as GitHub-flavoured Markdown.
func (d *Sleep) Markdown(w io.Writer) error { return d.sheet().markdown(w) }

// HTML writes the curve as one page that loads nothing, in the form of the
// report.
func (d *Sleep) HTML(w io.Writer) error {
	return page{Name: fit(d.Trace.File, maxName), Kicker: "sleepAfter from recorded calls", Verdict: fit(d.Verdict, 600), Tool: fit(d.Tool, maxName), Facts: d.head(),
		Sections: d.sections()}.write(w)
}

func (d *Sleep) sections() []section {
	curve, worth, lines := d.curveTable(), d.priceTable(), d.lineTable()
	out := []section{
		{ID: "trade", Heading: "What it trades", Lead: together(fmt.Sprintf("A longer timeout keeps more instances up between calls; a shorter one makes more calls wait. Every multiple of %s was tried.", setting(d.Step))),
			Blocks: blocks(d.costChart(), d.coldChart())},
		{ID: "worth", Heading: "What a wait is worth", Lead: "The choice depends on what a call that waits for a start is worth to you.", Blocks: blocks(worth)},
		{ID: "numbers", Heading: "The numbers", Lead: "Counts are exact for the record, money is of a month.", Blocks: blocks(curve, lines)},
	}
	why := section{ID: "why-believe-it", Heading: "Why believe it",
		Lead: "One pass over the gaps of every key gives what the simulator gives when it replays the record at each timeout: the same starts, the same time up to the nanosecond, the same bill. It knows no cap on instances, no refused start and no network; every start takes the same time."}
	why.Blocks = warningBlock(d.Warnings)
	return append(out, why)
}
