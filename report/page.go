package report

import (
	"bytes"
	"html/template"
	"io"
)

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
