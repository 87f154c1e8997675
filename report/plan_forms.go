package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// head says what was searched and how.
func (d *Plan) head() []string {
	var out []string
	for i := range d.Searches {
		out = append(out, d.Searches[i].head())
	}
	return out
}

func (s *PlanSearch) head() string {
	var axes []string
	for _, a := range s.Axes {
		axes = append(axes, fmt.Sprintf("%d x %s", len(a.Values), s.axisName(a.Path)))
	}
	what := strings.Join(axes, ", ")
	if s.App != "" {
		what = fit(s.App, 40) + ": " + what
	}
	if s.Default {
		what += " (the default space)"
	}
	span := "on the whole horizon"
	if !s.Whole {
		span = fmt.Sprintf("of %s after %s of warm-up", Seconds(s.SpanS), Seconds(s.WarmupS))
	}
	n := s.stages()
	return fmt.Sprintf("%s; %s and as it is. %d left out by analysis, %d after one run, %d ranked over up to %s %s.", what, plural(len(s.Cells)-1, "configuration", "configurations"),
		n["analysis"], n["one run"], n["ranking"]+n["confirmation"], plural(s.Replications, "replication", "replications"), span)
}

// stages counts the cells by how far they came.
func (s *PlanSearch) stages() map[string]int {
	n := map[string]int{}
	for _, c := range s.Cells {
		n[c.Stage]++
	}
	return n
}

// Text writes the plan for a terminal. The last line is the verdict.
func (d *Plan) Text(w io.Writer, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o}
	p.title("Plan for " + fit(d.Scenario, maxName))
	for _, line := range d.head() {
		p.wrap(line, "")
	}
	for _, t := range d.tables(false) {
		p.table(t)
	}
	p.warnings(d.Warnings)
	for _, a := range d.Advice {
		p.line("")
		p.title("To paste for " + fit(a.App, maxName) + ": wrangler.jsonc, and the class")
		for _, text := range []string{a.Wrangler, a.Class} {
			for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
				p.line(fit(line, p.o.width()))
			}
		}
	}
	p.line("")
	code := "1;32"
	if !d.Feasible {
		code = "1;31"
	}
	p.line(p.paint(code, fit(d.Verdict, 700)))
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// Markdown writes the plan as GitHub-flavoured Markdown.
func (d *Plan) Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "## Plan for %s\n\n**%s**\n", markdown(fit(d.Scenario, maxName)), markdown(fit(d.Verdict, 700)))
	for _, line := range d.head() {
		fmt.Fprintf(b, "\n%s\n", markdown(line))
	}
	for _, t := range d.tables(true) {
		if err := t.markdown(b); err != nil {
			return err
		}
	}
	for _, a := range d.Advice {
		fmt.Fprintf(b, "\n### To paste for %s\n\n```jsonc\n%s```\n\n```ts\n%s```\n", markdown(fit(a.App, maxName)), a.Wrangler, a.Class)
	}
	markdownWarnings(b, d.Warnings)
	return b.Flush()
}
