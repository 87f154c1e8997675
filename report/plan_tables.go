package report

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// planRows is how many configurations a terminal shows.
const planRows = 18

// tables are the tables of the plan in the order of every form.
func (d *Plan) tables(all bool) []*table {
	list := []*table{d.candidateTable(), d.changeTable(), d.targetTable(), d.bindTable()}
	for i := range d.Searches {
		list = append(list, d.Searches[i].cellTable(all))
	}
	list = append(list, d.sureTable())
	var out []*table
	for _, t := range list {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// candidateTable sets the choice beside the scenario as it is.
func (d *Plan) candidateTable() *table {
	t := &table{ID: "candidates", Title: "The choice", Columns: []column{text("Configuration"), num("Bill"), num("Change"), num("p99 latency"), num("Mean"), num("Errors"), num("Cold"), num("Instances"), num("Targets met")}}
	for i := range d.Candidates {
		c := &d.Candidates[i]
		change := ""
		if x, ok := c.find("bill"); ok {
			change = relativeChange(x)
		}
		met, _, _ := c.kept()
		t.add(c.Name, c.mean("bill"), change, c.mean("p99(latency)"), c.mean("mean(latency)"), c.mean("errors"), c.mean("share(cold)"), c.mean("mean(instances)"), fmt.Sprintf("%d of %d", met, len(c.Targets)))
	}
	if len(d.Candidates) > 0 {
		t.Note = fmt.Sprintf("%s each, on the scenario's own horizon; bills are of a month.", plural(d.Candidates[0].Replications, "replication", "replications"))
	}
	return t
}

func (d *Plan) changeTable() *table {
	t := &table{ID: "changes", Title: "What changes", Columns: []column{text("Key"), text("As it is"), text("Choice")}}
	for _, c := range d.Changes {
		t.add(c.Path, c.From, c.To)
	}
	return t
}

// targetTable holds the targets of the candidates, and how many cells keep them.
func (d *Plan) targetTable() *table {
	t := &table{ID: "targets", Title: "Targets", Columns: []column{text("Target")}}
	for _, c := range d.Candidates {
		t.Columns = append(t.Columns, num(upper(c.Name)), text(""))
	}
	t.Columns = append(t.Columns, num("Kept by"))
	if len(d.Candidates) == 0 {
		return t
	}
	for i, x := range d.Candidates[0].Targets {
		row := []string{x.Text}
		for _, c := range d.Candidates {
			if i < len(c.Targets) {
				row = append(row, Quantity(c.Targets[i].Metric.Value.Mean, c.Targets[i].Metric.Unit), c.Targets[i].Verdict)
			} else {
				row = append(row, dash, "")
			}
		}
		t.add(append(row, d.keptBy(x.Text))...)
	}
	t.Note = "Kept by: configurations of the search on whose mean the target is kept."
	return t
}

// keptBy is in how many cells of the last search that has it a target is kept.
func (d *Plan) keptBy(text string) string {
	for i := len(d.Searches) - 1; i >= 0; i-- {
		s := &d.Searches[i]
		for _, l := range s.Lines {
			if l.Text == text {
				ran := 0
				for _, c := range s.Cells {
					if c.Replications > 0 {
						ran++
					}
				}
				return fmt.Sprintf("%d of %d", l.Kept, ran)
			}
		}
	}
	return dash
}

// cellTable holds the configurations of a search, the choice first, then those
// that came farthest by their bill. Cells that differ in one value alone and are
// the same in everything else share a row.
func (s *PlanSearch) cellTable(all bool) *table {
	t := &table{ID: "configurations", Title: "Configurations"}
	if s.App != "" {
		t.ID, t.Title = "configurations-"+identifier(s.App), "Configurations of "+fit(s.App, 40)
	}
	for _, a := range s.Axes {
		t.Columns = append(t.Columns, text(fit(s.axisName(a.Path), 24)))
	}
	t.Columns = append(t.Columns, num("Bill"), num("p99"), num("Errors"), text("Why not"))
	rows := s.rows()
	for n, r := range rows {
		if !all && n == planRows {
			left := 0
			for _, x := range rows[n:] {
				left += x.cells
			}
			t.Note = fmt.Sprintf("%d more are in the other forms (--format csv, --report). ", left)
			break
		}
		c := r.PlanCell
		why := c.Why
		if !c.Proven {
			why = "? " + why
		}
		if c.AsItIs && len(c.Values) > 0 {
			why += " (as it is)"
		}
		t.add(append(r.values, c.mean("bill"), c.mean("p99(latency)"), c.mean("errors"), why)...)
	}
	t.Note += "? not proven. Means over the runs of the search, of a cell left after one run of that one."
	return t
}

// identifier is a text as part of an anchor.
func identifier(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, s)
}

// cellRow is one or more cells that are alike.
type cellRow struct {
	PlanCell
	values []string
	cells  int
}

// rows are the cells by how far they came, then by bill; neighbours that are
// alike and differ in one value share a row.
func (s *PlanSearch) rows() []cellRow {
	var out []cellRow
	for _, c := range s.ordered() {
		r := cellRow{PlanCell: c, cells: 1}
		for _, v := range c.Values {
			r.values = append(r.values, compact(v))
		}
		for i := len(r.values); i < len(s.Axes); i++ {
			r.values = append(r.values, "")
		}
		if len(c.Values) == 0 {
			r.values[0] = "as it is"
		}
		out = append(out, r)
	}
	for a := len(s.Axes) - 1; a >= 0; a-- {
		var merged []cellRow
		for _, r := range out {
			if n := len(merged) - 1; n >= 0 && merged[n].Cell != s.Chosen && merged[n].takes(&r, a) {
				continue
			}
			merged = append(merged, r)
		}
		out = merged
	}
	return out
}

// customType is a custom size as the scenario language writes it.
var customType = regexp.MustCompile(`^\{vcpu: ([^,}]+), memory: ([^,}]+), disk: ([^,}]+)\}$`)

// compact is a value as a table or chart shows it.
func compact(v string) string { return customType.ReplaceAllString(v, "$1 vCPU $2 $3") }

// takes adds the cells of another row where they differ from these in the value
// of one axis alone.
func (r *cellRow) takes(o *cellRow, axis int) bool {
	if o.Why != r.Why || o.Proven != r.Proven || o.AsItIs || r.AsItIs || len(o.Metrics) != len(r.Metrics) {
		return false
	}
	for i := range o.Metrics {
		if a, b := o.Metrics[i].Value.Mean, r.Metrics[i].Value.Mean; a != b && (a.Known() || b.Known()) {
			return false
		}
	}
	for i := range o.values {
		if (o.values[i] == r.values[i]) == (i == axis) {
			return false
		}
	}
	r.values[axis] += ", " + o.values[axis]
	r.cells += o.cells
	return true
}

// ordered are the cells by how far they came, then by bill.
func (s *PlanSearch) ordered() []PlanCell {
	far := map[string]int{"confirmation": 0, "ranking": 1, "one run": 2, "analysis": 3}
	list := slices.Clone(s.Cells)
	sort.SliceStable(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if (a.Cell == s.Chosen) != (b.Cell == s.Chosen) {
			return a.Cell == s.Chosen
		}
		if far[a.Stage] != far[b.Stage] {
			return far[a.Stage] < far[b.Stage]
		}
		x, y := a.find("bill").Value.Mean, b.find("bill").Value.Mean
		return x.Known() && (!y.Known() || x < y)
	})
	return list
}
