package report

import (
	"bytes"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// style is how a table is drawn.
type style int

const (
	styleText     style = iota // columns and spaces
	styleMarkdown              // pipes
	styleASCII                 // borders of + - |
)

// column is a column of a table. Its head names the unit.
type column struct {
	Head string
	Num  bool // right-aligned, never shortened
	// Drawn: made of characters of one width, for a terminal alone.
	Drawn bool
}

// table is what every form of output shows. Cells are plain text; each form
// escapes them.
type table struct {
	ID      string
	Title   string
	Columns []column
	Rows    [][]string
	Total   bool // the last row is a total
	Note    string
	Fold    bool   // long: a page shows it when asked
	Brief   []int  // the columns that a terminal shows; nil = all
	Short   string // said below where the terminal leaves columns out
	// Meters are bars that a page draws after the cells of column Meter, by row.
	Meter  int
	Meters map[int]meter
}

func text(head string) column { return column{Head: head} }
func num(head string) column  { return column{Head: head, Num: true} }

// maxCell is the width of the longest text that any form shows in a cell.
const maxCell = 300

// add appends a row, its cells made harmless and cut to what a page can hold.
func (t *table) add(cells ...string) {
	for i, c := range cells {
		cells[i] = fit(c, maxCell)
	}
	t.Rows = append(t.Rows, cells)
}

// only is the table with some of its columns.
func (t *table) only(columns ...int) *table {
	out := &table{ID: t.ID, Title: t.Title, Total: t.Total, Note: t.Note}
	for _, c := range columns {
		out.Columns = append(out.Columns, t.Columns[c])
	}
	for _, row := range t.Rows {
		var cells []string
		for _, c := range columns {
			cells = append(cells, row[c])
		}
		out.add(cells...)
	}
	return out
}

// undrawn is the table without the columns that only a terminal shows well.
func (t *table) undrawn() *table {
	var kept []int
	for i, c := range t.Columns {
		if !c.Drawn {
			kept = append(kept, i)
		}
	}
	if len(kept) == len(t.Columns) {
		return t
	}
	return t.only(kept...)
}

// without is the table without one column.
func (t *table) without(column int) *table {
	var rest []int
	for i := range t.Columns {
		if i != column {
			rest = append(rest, i)
		}
	}
	return t.only(rest...)
}

// Narrow says whether half a page is wide enough.
func (t *table) Narrow() bool {
	width := 0
	for i, c := range t.Columns {
		most := len(c.Head)
		for _, r := range t.Rows {
			most = max(most, len(r[i]))
		}
		width += most + 4
	}
	return width <= 64 && !t.Fold
}

// gap is the space between columns of the text style.
const gap = 2

// widths are the columns' widths in a table at most width columns wide. Only
// text columns give way, the widest first, to no less than eight.
func (t *table) widths(width int, s style) []int {
	w := make([]int, len(t.Columns))
	total := -gap
	if s == styleASCII {
		total = 1
	}
	for i, c := range t.Columns {
		w[i] = twwidth.Width(c.Head)
		for _, row := range t.Rows {
			w[i] = max(w[i], twwidth.Width(row[i]))
		}
		total += w[i] + gap
		if s == styleASCII {
			total++ // the separator; the padding is the gap
		}
	}
	for total > width {
		widest := -1
		for i, c := range t.Columns {
			if !c.Num && w[i] > 8 && (widest < 0 || w[i] > w[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		w[widest]--
		total--
	}
	return w
}

// cells prepares one row for a style: names are shortened and escaped.
func (t *table) cells(row []string, widths []int, s style) []string {
	out := make([]string, len(row))
	for i, c := range row {
		switch {
		case s == styleMarkdown:
			out[i] = markdown(fit(c, maxName))
		default:
			out[i] = fit(c, widths[i])
		}
	}
	return out
}

// maxLinesOfCell is how far down a long text goes in a terminal.
const maxLinesOfCell = 3

// lines prepares one row: a text that is too long for its column goes on below.
func (t *table) lines(row []string, widths []int, s style) [][]string {
	if s == styleMarkdown {
		return [][]string{t.cells(row, widths, s)}
	}
	cells := make([][]string, len(row))
	height := 1
	for i, c := range row {
		cells[i] = []string{fit(c, widths[i])}
		if !t.Columns[i].Num {
			cells[i] = folded(c, widths[i])
		}
		height = max(height, len(cells[i]))
	}
	out := make([][]string, height)
	for k := range out {
		out[k] = make([]string, len(row))
		for i := range row {
			if k < len(cells[i]) {
				out[k][i] = cells[i][k]
			}
		}
	}
	return out
}

// folded is s in lines of at most width columns, cut after maxLinesOfCell.
func folded(s string, width int) []string {
	if twwidth.Width(s) <= width {
		return []string{s}
	}
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case twwidth.Width(line)+1+twwidth.Width(word) <= width:
			line += " " + word
		default:
			out, line = append(out, fit(line, width)), word
		}
	}
	out = append(out, fit(line, width))
	if len(out) > maxLinesOfCell {
		out = out[:maxLinesOfCell]
		out[maxLinesOfCell-1] = fit(out[maxLinesOfCell-1]+" …", width)
	}
	return out
}

// render writes the table. Every row has one cell a column; the caller sees to it.
func (t *table) render(w io.Writer, s style, width int) error {
	widths := t.widths(width, s)
	align := make(tw.Alignment, len(t.Columns))
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		align[i], head[i] = tw.AlignLeft, c.Head
		if c.Num {
			align[i] = tw.AlignRight
		}
	}
	var b bytes.Buffer
	tab := tablewriter.NewTable(&b, append(styleOptions(s),
		tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithRowAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone), tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithEastAsian(tw.Off), tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}))...)
	tab.Header(t.cells(head, widths, s))
	for _, row := range t.Rows {
		for _, line := range t.lines(row, widths, s) {
			if err := tab.Append(line); err != nil {
				return err
			}
		}
	}
	if err := tab.Render(); err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
		if _, err := io.WriteString(w, strings.TrimRight(line, " ")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func styleOptions(s style) []tablewriter.Option {
	switch s {
	case styleMarkdown:
		return []tablewriter.Option{tablewriter.WithRenderer(renderer.NewMarkdown())}
	case styleASCII:
		return []tablewriter.Option{tablewriter.WithRendition(tw.Rendition{Symbols: tw.NewSymbols(tw.StyleASCII)})}
	}
	padding := tw.Padding{Left: tw.Empty, Right: strings.Repeat(" ", gap), Overwrite: true}
	return []tablewriter.Option{
		tablewriter.WithRendition(tw.Rendition{Borders: tw.BorderNone, Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone}}),
		tablewriter.WithPadding(padding),
	}
}
