package report

import (
	"bufio"
	"bytes"
	"fmt"
	"html/template"
	"io"
)

// sheet is a document that is a verdict, facts and tables: what its text and
// Markdown forms share.
type sheet struct {
	title, verdict string
	bad            bool // the verdict is that something failed
	facts          []string
	tables         []*table
	warnings       []string
}

// text writes the sheet for a terminal. The last line is the verdict.
func (s *sheet) text(w io.Writer, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o}
	p.title(s.title)
	for _, line := range s.facts {
		p.wrap(line, "")
	}
	for _, t := range s.tables {
		p.table(t)
	}
	p.warnings(s.warnings)
	p.line("")
	code := "1"
	if s.bad {
		code = "1;31"
	}
	p.line(p.paint(code, fit(s.verdict, 600)))
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// markdown writes the sheet as GitHub-flavoured Markdown.
func (s *sheet) markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "## %s\n\n**%s**\n", markdown(s.title), markdown(fit(s.verdict, 600)))
	for _, line := range s.facts {
		fmt.Fprintf(b, "\n%s\n", markdown(line))
	}
	for _, t := range s.tables {
		if err := t.markdown(b); err != nil {
			return err
		}
	}
	markdownWarnings(b, s.warnings)
	return b.Flush()
}

// markdownWarnings writes a numbered list under its heading.
func markdownWarnings(b *bufio.Writer, warnings []string) {
	if len(warnings) == 0 {
		return
	}
	fmt.Fprint(b, "\n### Warnings\n\n")
	for i, text := range warnings {
		fmt.Fprintf(b, "%d. %s\n", i+1, markdown(fit(text, 1000)))
	}
}

// write fills in what all pages share and writes the page.
func (p page) write(w io.Writer) error {
	p.Policy, p.Library = policy(), libraryVersion
	p.Style, p.ECharts, p.Boot = template.CSS(styleSheet), template.JS(libraryScript), template.JS(bootScript)
	p.Verdict = together(p.Verdict)
	for i := range p.Facts {
		p.Facts[i] = together(p.Facts[i])
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// warningBlock holds the warnings of a page; nothing where there are none.
func warningBlock(warnings []string) []block {
	if len(warnings) == 0 {
		return nil
	}
	var list []string
	for _, w := range warnings {
		list = append(list, fit(w, 1000))
	}
	return []block{{Warnings: list}}
}
