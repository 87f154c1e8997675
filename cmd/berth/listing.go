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

func (l *listing) text(w io.Writer) error {
	columns := len(l.heads) - l.detail
	widths := make([]int, columns)
	for _, row := range append([][]string{l.heads}, l.rows...) {
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	var b strings.Builder
	b.WriteString(l.title + "\n\n")
	for _, row := range append([][]string{l.heads}, l.rows...) {
		var line strings.Builder
		for i, cell := range row[:columns] {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	for _, warning := range l.warnings {
		b.WriteString("\nwarning: " + warning.Text + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
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
