package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"berth/models/result"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// Options changes the text form.
type Options struct {
	Width int  // columns of the terminal; 0 means 100
	Color bool // bold titles and coloured verdicts by ANSI escapes
	ASCII bool // tables with borders of + - |
}

func (o Options) width() int {
	if o.Width <= 0 {
		return 100
	}
	return max(o.Width, 60)
}

// Text writes the report for a terminal. The last line is the verdict.
func Text(w io.Writer, r *result.Result, o Options) error {
	return New(r).Text(w, o)
}

// Text writes the document for a terminal.
func (d *Document) Text(w io.Writer, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o}
	p.title(fit(d.Scenario.Name, o.width()))
	for _, line := range d.head() {
		p.wrap(line, "")
	}
	for _, t := range d.tables() {
		p.table(t)
	}
	p.warnings(d.Warnings)
	p.line("")
	p.verdict(d)
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// printer writes lines and remembers the first error.
type printer struct {
	w   *bufio.Writer
	o   Options
	err error
}

func (p *printer) line(s string) {
	if p.err == nil {
		_, p.err = p.w.WriteString(s + "\n")
	}
}

func (p *printer) paint(code, s string) string {
	if !p.o.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *printer) title(s string) { p.line(p.paint("1", s)) }

// wrap writes s in lines no wider than the page; further lines are indented.
func (p *printer) wrap(s, indent string) {
	line := ""
	for _, word := range strings.Fields(s) {
		word = fit(word, p.o.width()-len(indent))
		if line != "" && twwidth.Width(line)+1+twwidth.Width(word) > p.o.width() {
			p.line(line)
			line = indent + word
			continue
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		p.line(line)
	}
}

func (p *printer) table(t *table) {
	p.line("")
	p.tableBody(t)
}

func (p *printer) tableBody(t *table) {
	p.title(t.Title)
	note := strings.TrimSpace(t.Note)
	if t.Brief != nil {
		note = strings.TrimSpace(note + " " + t.Short)
		t = t.only(t.Brief...)
	}
	if p.err == nil {
		s := styleText
		if p.o.ASCII {
			s = styleASCII
		}
		p.err = t.render(p.w, s, p.o.width())
	}
	if note != "" {
		p.wrap(note, "")
	}
}

func (p *printer) warnings(warnings []string) {
	if len(warnings) == 0 {
		return
	}
	p.line("")
	p.title("Warnings")
	for i, w := range warnings {
		p.wrap(fmt.Sprintf("[%d] %s", i+1, fit(w, 1000)), "    ")
	}
}

func (p *printer) verdict(d *Document) {
	code := "1;32"
	for _, t := range d.Targets {
		switch {
		case t.Verdict == "violated":
			code = "1;31"
		case t.Verdict == "not proven" && code == "1;32":
			code = "1;33"
		}
	}
	if len(d.Targets) == 0 || d.Partial {
		code = "1"
	}
	// One sentence is one line, so that a script can take the last one; a
	// terminal wraps it.
	p.line(p.paint(code, fit(d.Verdict, 400)))
}
