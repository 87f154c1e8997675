package report

import (
	"fmt"
	"io"
	"strings"
)

// HTML writes the plan as one page that loads nothing, in the form of the report.
func (d *Plan) HTML(w io.Writer) error {
	p := page{Name: fit(d.Scenario, maxName), Kicker: "Plan", Verdict: fit(d.Verdict, 700), Tool: fit(d.Tool, maxName), Facts: d.head(), Sections: d.sections()}
	if d.Partial {
		p.Kicker += ", partial: the search was interrupted"
	}
	if c := d.candidate("choice"); c != nil {
		for _, t := range c.Targets {
			p.Targets = append(p.Targets, pageTarget{Class: strings.ReplaceAll(t.Verdict, "not proven", "open"), Verdict: upper(t.Verdict), Text: fit(t.Text, maxName),
				Measured: "the choice: " + Quantity(t.Metric.Value.Mean, t.Metric.Unit), Why: fit(t.Why, 200)})
		}
	}
	return p.write(w)
}

func (d *Plan) sections() []section {
	out := []section{{ID: "choice", Heading: "What to choose", Lead: "The choice beside the scenario as it is, on the same random numbers.", Blocks: blocks(d.candidateTable(), d.changeTable(), d.targetTable())}}
	if len(d.Advice) > 0 {
		paste := section{ID: "paste", Heading: "What to paste", Lead: "The entry of the deployment and the class. The image and the class's name are your own."}
		for _, a := range d.Advice {
			paste.Blocks = append(paste.Blocks, block{Code: &codeBlock{fit(a.App, maxName) + ": wrangler.jsonc", a.Wrangler}}, block{Code: &codeBlock{fit(a.App, maxName) + ": the Container class", a.Class}})
		}
		out = append(out, paste)
	}
	if t := d.bindTable(); len(t.Rows) > 0 {
		out = append(out, section{ID: "binds", Heading: "What binds", Lead: "What keeps the choice from being cheaper, or would be next to fail.", Blocks: blocks(t)})
	}
	for i := range d.Searches {
		s := &d.Searches[i]
		t := s.cellTable(true)
		t.Fold = len(t.Rows) > sweepRows
		lead := s.head()
		if s.Chosen >= 0 && s.Chosen < len(s.Cells) {
			c := &s.Cells[s.Chosen]
			lead = fmt.Sprintf("%s costs %s in the search. %s", upper(s.name(c)), c.mean("bill"), lead)
		}
		out = append(out, section{ID: t.ID, Heading: "Why not another", Lead: together(lead), Blocks: blocks(s.tradeChart(), s.dearerChart(), s.courseChart(d.Rules.First), t)})
		if s.App != "" && len(d.Searches) > 1 {
			out[len(out)-1].Heading += ": " + fit(s.App, 40)
		}
	}
	if t := d.sureTable(); len(t.Rows) > 0 {
		out = append(out, section{ID: "sure", Heading: "How sure it is", Lead: "A configuration left after one run is not proven worse; those ranked were compared until each was shown dearer or to miss a target.", Blocks: blocks(t)})
	}
	if b := warningBlock(d.Warnings); b != nil {
		out = append(out, section{ID: "warnings", Heading: "What to know", Lead: "Warnings of the choice's runs.", Blocks: b})
	}
	return out
}
