package validate

import (
	"encoding/json"
	"html/template"
	"io"
)

// JSON writes the report as JSON with its schema_version.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"class": func(v Verdict) string {
		switch v {
		case Failed:
			return "bad"
		case NotCovered:
			return "near"
		case NotTestable, Skipped, Information:
			return "none"
		}
		return "good"
	},
	"checked":   (*Row).checkedText,
	"simulated": (*Row).simulatedText,
}).Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>berth: validation</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff;max-width:78rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.05rem;margin:2rem 0 .4rem}
table{border-collapse:collapse;width:100%;font-size:.86rem}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #e3e7ec}
td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
.good{color:#1a6d3b}.near{color:#8a5a00}.bad{color:#a8161f;font-weight:700}.none{color:#5b6675}
.scroll{overflow-x:auto}small{color:#5b6675}
@media(prefers-color-scheme:dark){body{color:#dfe5ec;background:#12161c}th,td{border-color:#2a323c}.good{color:#6fce93}.near{color:#e0b060}.bad{color:#ff8088}.none,small{color:#9aa6b4}}
</style>
<h1>Validation against reference values</h1>
{{range .Summary}}<p>{{.}}</p>
{{end}}{{range .Notes}}<p class="none">Note: {{.}}</p>
{{end}}{{range .Groups}}<h2>{{.Heading}}</h2>
<div class="scroll"><table>
<tr><th>case<th>parameters<th>reference<th>columns computed<th>simulated, 95 % interval<th>verdict</tr>
{{range .Rows}}<tr><td>{{.Case}}<td>{{.Parameters}}<td class="n">{{.Reference}}<td class="n">{{checked .}}<td class="n">{{simulated .}}{{range .Others}}<br><small>{{.Column}} {{.}}{{if .Reference}} (reference {{.Reference}}){{end}}</small>{{end}}<td><span class="{{class .Verdict}}">{{.Verdict}}</span>{{if .Why}} <small>{{.Why}}</small>{{end}}</tr>
{{end}}</table></div>
{{end}}</html>
`))

// HTML writes the report as one page that needs nothing else.
func (r *Report) HTML(w io.Writer) error {
	return page.Execute(w, struct {
		Summary, Notes []string
		Groups         []group
	}{r.Summary(), r.Notes, r.groups()})
}
