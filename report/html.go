package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page's files
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"berth/models/result"
)

// libraryVersion is the version of the embedded chart library.
const libraryVersion = "6.1.0"

var (
	//go:embed assets/echarts.min.js
	libraryScript string
	//go:embed assets/boot.js
	bootScript string
	//go:embed assets/style.css
	styleSheet string
	//go:embed assets/world.json
	worldOutlines string
	//go:embed assets/page.html
	pageText string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// HTML writes the report as one page that loads nothing: charts, map, style and
// script are inside. The same result gives the same bytes.
func HTML(w io.Writer, r *result.Result) error {
	return New(r).HTML(w)
}

// page is what the template shows.
type page struct {
	Policy, Name, Kicker, Verdict, Tool, Library string
	Facts                                        []string
	Targets                                      []pageTarget
	Figures                                      []pageFigure
	Sections                                     []section
	Style                                        template.CSS
	World, ECharts, Boot                         template.JS
}

type pageTarget struct{ Class, Verdict, Text, Measured, Why string }

type pageFigure struct{ Label, Value, Half string }

// section is one question of the reader.
type section struct {
	ID, Heading, Lead string
	Blocks            []block
}

// block is a chart, a table or one of the special forms.
type block struct {
	Chart    *chart
	Table    *table
	Half     bool // half as wide as the page, beside another
	Warnings []string
	Text     string
	Code     *codeBlock
}

// codeBlock is text to paste somewhere.
type codeBlock struct{ Title, Text string }

// HTML writes the document as one page.
func (d *Document) HTML(w io.Writer) error {
	p := page{Policy: policy(), Name: fit(d.Scenario.Name, maxName), Verdict: together(fit(d.Verdict, 600)), Tool: fit(d.Tool, maxName), Library: libraryVersion,
		Facts: d.head(), Targets: d.pageTargets(), Figures: d.pageFigures(), Sections: d.sections(),
		Style: template.CSS(styleSheet), ECharts: template.JS(libraryScript), Boot: template.JS(bootScript)}
	p.Kicker = "Capacity report"
	if d.Scenario.Month != "" {
		p.Kicker += " for " + d.Scenario.Month
	}
	if d.Scenario.World != "official" {
		p.Kicker += ", world " + fit(d.Scenario.World, 40)
	}
	if d.Partial {
		p.Kicker += ", partial: the run was interrupted"
	}
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if b.Chart != nil && b.Chart.ID == "map" {
				p.World = template.JS(strings.TrimSpace(worldOutlines))
			}
		}
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// policy allows the two scripts of the page by their hashes and nothing from
// anywhere else.
func policy() string {
	return "default-src 'none'; script-src '" + scriptHash(libraryScript) + "' '" + scriptHash(bootScript) +
		"'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
}

func scriptHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (d *Document) pageTargets() []pageTarget {
	var out []pageTarget
	for _, t := range d.Targets {
		class := strings.ReplaceAll(t.Verdict, "not proven", "open")
		measured := Quantity(t.Metric.Value.Mean, t.Metric.Unit)
		if h := t.Metric.Value.Half(); h.Known() {
			measured += " " + PlusMinus(h, t.Metric.Unit)
		}
		out = append(out, pageTarget{Class: class, Verdict: strings.ToUpper(t.Verdict[:1]) + t.Verdict[1:], Text: fit(t.Text, maxName), Measured: "measured " + measured, Why: fit(t.Why, 200)})
	}
	return out
}

func (d *Document) pageFigures() []pageFigure {
	var out []pageFigure
	for _, m := range d.keyMetrics() {
		half := "one replication, no interval"
		if h := m.Value.Half(); h.Known() {
			half = PlusMinus(h, m.Unit) + " (95 %)"
		}
		out = append(out, pageFigure{Label: fit(m.Label, 60), Value: Quantity(m.Value.Mean, m.Unit), Half: half})
	}
	return out
}

// htmlRow is a row as the template wants it.
type htmlRow struct {
	Total bool
	Cells []htmlCell
}

type htmlCell struct {
	Class string
	Text  string
	Meter *meter
}

// HTMLRows are the rows with their columns' alignment.
func (t *table) HTMLRows() []htmlRow {
	out := make([]htmlRow, len(t.Rows))
	for i, row := range t.Rows {
		out[i].Total = t.Total && i == len(t.Rows)-1
		for j, c := range row {
			cell := htmlCell{Text: c}
			switch {
			case t.Columns[j].Num:
				cell.Class = "n"
			case len(c) <= 32:
				cell.Class = "s"
			case len(c) > 60:
				cell.Class = "l"
			}
			if m, ok := t.Meters[i]; ok && j == t.Meter {
				cell.Meter = &m
			}
			out[i].Cells = append(out[i].Cells, cell)
		}
	}
	return out
}
