package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"berth/models/platform"
)

// listing is a table that can be written in every form.
type listing struct {
	title string
	heads []string
	rows  [][]string
	// detail is the number of last columns that the text form leaves out.
	detail   int
	warnings []platform.Warning
}

func (l *listing) add(cells ...string) {
	for i := range cells {
		cells[i] = oneLine(cells[i])
	}
	l.rows = append(l.rows, cells)
}

// oneLine makes text fit for a cell: no control characters, no line breaks.
func oneLine(s string) string {
	return strings.Join(strings.Fields(printable(s)), " ")
}

func (l *listing) write(w io.Writer, format string) error {
	switch format {
	case "json":
		return l.json(w)
	case "csv":
		c := csv.NewWriter(w)
		if err := c.Write(l.heads); err != nil {
			return err
		}
		return c.WriteAll(l.rows)
	case "markdown":
		return l.markdown(w)
	}
	return l.text(w)
}

// listWidth is the width of the text form; listMinimum what a column keeps when
// its cells are wrapped.
const (
	listWidth   = 100
	listMinimum = 16
	listGap     = 2
)

func (l *listing) text(w io.Writer) error {
	columns := len(l.heads) - l.detail
	lines := append([][]string{l.heads}, l.rows...)
	widths := make([]int, columns)
	for _, row := range lines {
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	narrow(widths)
	var b strings.Builder
	b.WriteString(l.title + "\n\n")
	for _, row := range lines {
		writeRow(&b, row[:columns], widths)
	}
	for _, warning := range l.warnings {
		b.WriteString("\n")
		for _, line := range wrap("warning: "+warning.Text, listWidth) {
			b.WriteString(line + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// narrow takes width from the widest columns until the table fits.
func narrow(widths []int) {
	total := -listGap
	for _, w := range widths {
		total += w + listGap
	}
	for ; total > listWidth; total-- {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= listMinimum {
			return
		}
		widths[widest]--
	}
}

// writeRow writes a row, its longer cells wrapped over several lines.
func writeRow(b *strings.Builder, row []string, widths []int) {
	cells := make([][]string, len(row))
	height := 1
	for i, c := range row {
		cells[i] = wrap(c, widths[i])
		height = max(height, len(cells[i]))
	}
	for k := range height {
		var line strings.Builder
		for i := range cells {
			text := ""
			if k < len(cells[i]) {
				text = cells[i][k]
			}
			line.WriteString(text + strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(text))+listGap))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// wrap breaks text at spaces into lines of at most width characters; longer
// words are cut.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for utf8.RuneCountInString(word) > width {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			r := []rune(word)
			lines, word = append(lines, string(r[:width])), string(r[width:])
		}
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

func (l *listing) markdown(w io.Writer) error {
	escape := strings.NewReplacer("|", "\\|", "<", "&lt;", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[")
	var b strings.Builder
	line := func(cells []string) {
		for _, c := range cells {
			b.WriteString("| " + escape.Replace(c) + " ")
		}
		b.WriteString("|\n")
	}
	b.WriteString("**" + escape.Replace(l.title) + "**\n\n")
	line(l.heads)
	b.WriteString(strings.Repeat("| --- ", len(l.heads)) + "|\n")
	for _, row := range l.rows {
		line(row)
	}
	for _, warning := range l.warnings {
		b.WriteString("\nWarning: " + escape.Replace(warning.Text) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// json writes an object with the rows as objects in the order of the columns.
func (l *listing) json(w io.Writer) error {
	var b strings.Builder
	quote := func(s string) string {
		text, err := json.Marshal(s)
		if err != nil {
			return `""`
		}
		return string(text)
	}
	fmt.Fprintf(&b, "{\n \"title\": %s,\n \"rows\": [", quote(l.title))
	for i, row := range l.rows {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n  {")
		for k, cell := range row {
			if k > 0 {
				b.WriteString(", ")
			}
			b.WriteString(quote(key(l.heads[k])) + ": " + quote(cell))
		}
		b.WriteString("}")
	}
	b.WriteString("\n ],\n \"warnings\": [")
	for i, warning := range l.warnings {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(warning.Text))
	}
	b.WriteString("]\n}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// key is a column's head as a JSON key.
func key(head string) string {
	return strings.ReplaceAll(strings.ToLower(strings.NewReplacer(",", "", ".", "").Replace(head)), " ", "_")
}
