package validate

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// columns are the heads of the text form, and the widest each gets.
var columns = []struct {
	head string
	most int
}{{"case", 36}, {"parameters", 64}, {"reference", 24}, {"formula", 9}, {"simulated", 24}}

// Text writes a line for each row, in groups by file, and what it all means.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	for _, g := range r.groups() {
		g.text(&b)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	for _, line := range r.Summary() {
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// group is the rows of one file.
type group struct {
	Heading string
	Rows    []*Row
}

func (r *Report) groups() []group {
	var groups []group
	for i := range r.Rows {
		row := &r.Rows[i]
		if h := heading(row); len(groups) == 0 || groups[len(groups)-1].Heading != h {
			groups = append(groups, group{Heading: h})
		}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, row)
	}
	return groups
}

// text writes the rows as a table whose columns are as wide as they need to be.
func (g *group) text(b *strings.Builder) {
	if first := g.Rows[0]; len(g.Rows) == 1 && first.Case == "" {
		fmt.Fprintf(b, "%s: %s: %s\n\n", first.Model, first.Verdict, first.Why) // a file that is not there
		return
	}
	widths := make([]int, len(columns))
	lines := make([][]string, len(g.Rows))
	for i, row := range g.Rows {
		lines[i] = []string{row.Case, row.Parameters, row.Reference, row.checkedText(), row.simulatedText()}
		for k, cell := range lines[i] {
			if n := utf8.RuneCountInString(cell); n > 0 {
				widths[k] = min(max(widths[k], n, len(columns[k].head)), columns[k].most)
			}
		}
	}
	write := func(cells []string, verdict string) {
		b.WriteString(" ")
		for k, cell := range cells {
			if widths[k] > 0 {
				b.WriteString(" " + pad(cell, widths[k]) + " ")
			}
		}
		b.WriteString(" " + verdict + "\n")
	}
	heads := make([]string, len(columns))
	for k := range columns {
		heads[k] = columns[k].head
	}
	b.WriteString(g.Heading + "\n")
	write(heads, "verdict")
	for i, row := range g.Rows {
		verdict := string(row.Verdict)
		if row.Why != "" {
			verdict += ": " + row.Why
		}
		write(lines[i], verdict)
		if also := row.othersText(); also != "" {
			b.WriteString("    " + strings.Repeat(" ", widths[0]) + "also " + also + "\n")
		}
	}
	b.WriteString("\n")
}

func heading(row *Row) string {
	if row.Metric == "" {
		return row.Model
	}
	return row.Model + ": " + row.Metric
}

// checkedText says how many columns agree without simulation.
func (row *Row) checkedText() string {
	if row.Checked == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", row.Checked-len(row.Wrong), row.Checked)
}

func (row *Row) simulatedText() string {
	if row.Simulated == nil {
		return ""
	}
	return row.Simulated.String()
}

// othersText says what the simulator gives for columns that are not judged.
func (row *Row) othersText() string {
	var words []string
	for _, e := range row.Others {
		text := e.Column + " " + e.String()
		if e.Reference != "" {
			text += " (" + e.Reference + ")"
		}
		words = append(words, text)
	}
	return strings.Join(words, ", ")
}

// String writes the mean with its interval.
func (e Estimate) String() string {
	if e.Half == 0 {
		return fmt.Sprintf("%.6g", e.Mean)
	}
	return fmt.Sprintf("%.6g ± %.2g", e.Mean, e.Half)
}

// pad brings text to a width; longer text is cut.
func pad(text string, width int) string {
	n := utf8.RuneCountInString(text)
	if n > width {
		return string([]rune(text)[:width-1]) + "…"
	}
	return text + strings.Repeat(" ", width-n)
}

// Summary are the sentences at the end: what agrees, what covers, what failed.
func (r *Report) Summary() []string {
	count := map[Verdict]int{}
	exact, columns := 0, 0
	for i := range r.Rows {
		row := &r.Rows[i]
		count[row.Verdict]++
		if row.Checked > 0 {
			exact++
			columns += row.Checked
		}
	}
	lines := []string{fmt.Sprintf("%d rows (%s, %s, seed %d): in %d of them %d values were computed without simulation.", len(r.Rows), r.Cases, r.Mode, r.Seed, exact, columns)}
	if c := r.Coverage; c.Rows > 0 {
		verdict := "within"
		if !c.OK {
			verdict = "OUTSIDE"
		}
		lines = append(lines, fmt.Sprintf("%d of %d intervals of 95 %% cover their reference: %s the binomial band of %d to %d (two-sided, alpha %g).", c.Covered, c.Rows, verdict, c.Lo, c.Hi, c.Alpha))
	}
	for _, v := range []Verdict{NotTestable, Skipped} {
		if n := count[v]; n > 0 {
			lines = append(lines, fmt.Sprintf("%d rows were %s.", n, v))
		}
	}
	switch {
	case r.Partial:
		lines = append(lines, "Interrupted: nothing is proven.")
	case r.OK():
		lines = append(lines, "Passed: no row failed.")
	case r.Failures() == 0:
		lines = append(lines, "FAILED: no row failed by itself, but the number that cover lies outside the band.")
	default:
		lines = append(lines, fmt.Sprintf("FAILED: %d rows failed.", r.Failures()))
	}
	return lines
}
