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
	if len(d.Warnings) > 0 {
		fmt.Fprint(b, "\n### Warnings\n\n")
		for i, text := range d.Warnings {
			fmt.Fprintf(b, "%d. %s\n", i+1, markdown(fit(text, 1000)))
		}
	}
	return b.Flush()
}

func (t *table) markdown(b *bufio.Writer) error {
	fmt.Fprintf(b, "\n### %s\n\n", markdown(t.Title))
	if err := t.render(b, styleMarkdown, 0); err != nil {
		return err
	}
	if t.Note != "" {
		fmt.Fprintf(b, "\n%s\n", markdown(t.Note))
	}
	return nil
}
