package report

import (
	"bufio"
	"bytes"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// head says what was compared and how.
func (d *Comparison) head() string {
	return fmt.Sprintf("Base %s, %s, %s each, seed %d: common random numbers.", fit(d.Base, maxName), plural(len(d.Variants), "variant", "variants"),
		plural(d.Replications, "replication", "replications"), d.Seed)
}

// Text writes the comparison for a terminal. The last line is the verdict.
func (d *Comparison) Text(w io.Writer, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o}
	p.title("Comparison")
	p.wrap(d.head(), "")
	for _, t := range d.tables() {
		p.table(t)
	}
	p.warnings(d.Warnings)
	p.line("")
	code := "1"
	for _, g := range d.Gates {
		if g.Verdict == "failed" {
			code = "1;31"
		}
	}
	p.line(p.paint(code, fit(d.Verdict, 600)))
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// Markdown writes the comparison as GitHub-flavoured Markdown.
func (d *Comparison) Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "## Comparison\n\n**%s**\n\n%s\n", markdown(fit(d.Verdict, 600)), markdown(d.head()))
	for _, t := range d.tables() {
		if err := t.markdown(b); err != nil {
			return err
		}
	}
	markdownWarnings(b, d.Warnings)
	return b.Flush()
}

// HTML writes the comparison as one page that loads nothing, in the form of the
// report.
func (d *Comparison) HTML(w io.Writer) error {
	p := page{Policy: policy(), Name: fit(d.Base, maxName) + " and variants", Kicker: "Comparison on common random numbers", Verdict: together(fit(d.Verdict, 600)),
		Tool: fit(d.Tool, maxName), Library: libraryVersion, Facts: []string{d.head()}, Sections: d.sections(),
		Style: template.CSS(styleSheet), ECharts: template.JS(libraryScript), Boot: template.JS(bootScript)}
	if d.Partial {
		p.Kicker += ", partial: the run was interrupted"
	}
	class := map[string]string{"failed": "violated", "passed": "met", "not proven": "open"}
	for _, g := range d.Gates {
		p.Targets = append(p.Targets, pageTarget{Class: class[g.Verdict], Verdict: strings.ToUpper(g.Verdict[:1]) + g.Verdict[1:],
			Text: fit(g.Variant, 40) + ": fails if " + fit(g.Text, maxName), Measured: "changed by " + g.moved() + ", interval " + g.bounds(), Why: g.Why})
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// sections are the candidates side by side, then each variant.
func (d *Comparison) sections() []section {
	out := []section{{ID: "side-by-side", Heading: "Side by side", Lead: "One row for each candidate. A change stands where the paired interval shows one.", Blocks: blocks(d.sideBySide(), d.targetTable())}}
	for i := range d.Variants {
		v := &d.Variants[i]
		out = append(out, section{ID: fmt.Sprintf("variant-%d", i+1), Heading: fit(v.Name, maxName),
			Lead:   together("Against " + fit(d.Base, maxName) + ": " + v.clause("bill", "bill") + ", " + v.clause("p99(latency)", "p99 latency") + "."),
			Blocks: blocks(d.changeChart(i), d.differenceTable(i))})
	}
	last := section{ID: "why-believe-it", Heading: "Why believe it", Lead: "Replication by replication, all candidates met the same arrivals and the same draws; only the configuration differs."}
	last.Blocks = append(warningBlock(d.Warnings), block{Text: cut(d.candidates[0].Scenario.Text)})
	return append(out, last)
}
