package report

import (
	"bytes"
	"html/template"
	"io"
	"strings"
)

// HTML writes the plan as one page that loads nothing, in the form of the report.
func (d *Plan) HTML(w io.Writer) error {
	p := page{Policy: policy(), Name: fit(d.Scenario, maxName), Kicker: "Plan", Verdict: together(fit(d.Verdict, 700)), Tool: fit(d.Tool, maxName), Library: libraryVersion,
		Facts: d.head(), Sections: d.sections(), Style: template.CSS(styleSheet), ECharts: template.JS(libraryScript), Boot: template.JS(bootScript)}
	if d.Partial {
		p.Kicker += ", partial: the search was interrupted"
	}
	if c := d.candidate("choice"); c != nil {
		for _, t := range c.Targets {
			p.Targets = append(p.Targets, pageTarget{Class: strings.ReplaceAll(t.Verdict, "not proven", "open"), Verdict: upper(t.Verdict), Text: fit(t.Text, maxName),
				Measured: "the choice: " + Quantity(t.Metric.Value.Mean, t.Metric.Unit), Why: fit(t.Why, 200)})
		}
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (d *Plan) sections() []section {
	out := []section{{ID: "choice", Heading: "What to choose", Lead: "The choice beside the scenario as it is, on the same random numbers.", Blocks: blocks(d.candidateTable(), d.changeTable(), d.targetTable())}}
	for i := range d.Searches {
		t := d.Searches[i].cellTable(true)
		out = append(out, section{ID: t.ID, Heading: t.Title, Lead: together(d.Searches[i].head()), Blocks: blocks(t)})
	}
	return out
}
