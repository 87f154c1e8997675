package report

import (
	"bufio"
	"fmt"
	"io"

	"berth/models/result"
)

// Markdown writes the report for a pull request or a wiki.
func Markdown(w io.Writer, r *result.Result) error {
	return New(r).Markdown(w)
}

// Markdown writes the document as GitHub-flavoured Markdown.
func (d *Document) Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "## %s\n\n**%s**\n", markdown(fit(d.Scenario.Name, maxName)), markdown(fit(d.Verdict, 600)))
	for _, line := range d.head() {
		fmt.Fprintf(b, "\n%s\n", markdown(line))
	}
	for _, t := range d.tables() {
		if err := t.markdown(b); err != nil {
			return err
		}
	}
	markdownWarnings(b, d.Warnings)
	return b.Flush()
}

func (t *table) markdown(b *bufio.Writer) error {
	fmt.Fprintf(b, "\n### %s\n\n", markdown(t.Title))
	if err := t.undrawn().render(b, styleMarkdown, 0); err != nil {
		return err
	}
	if t.Note != "" {
		fmt.Fprintf(b, "\n%s\n", markdown(t.Note))
	}
	return nil
}
