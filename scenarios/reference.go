package scenarios

import (
	"fmt"
	"strings"
)

// Reference writes the reference page of the scenario language in Markdown.
func Reference() []byte {
	var b strings.Builder
	b.WriteString("# The scenario language\n\n")
	b.WriteString("Every key, what it takes, its default and where the default comes from. Grades: A official documentation or source, " +
		"B maintainer's remark or measurement, C single report, I inference, none: a choice of berth's own.\n" +
		"Keys that begin with `x-` are the user's own. This page is generated from the same table that reads scenarios.\n\n")
	b.WriteString("Distributions are written `3s`, `exponential(mean=3s)`, `lognormal(mean=1.2s, cv=0.5)`, `uniform(min=1s, max=3s)`, " +
		"`mixture(0.9: ..., 0.1: ...)` and so on. Rates are `4/min`, `0.5/s`, `2M/month`; a monthly amount follows the calendar.\n")
	writeSection(&b, language(), "")
	return []byte(b.String())
}

// writeSection writes the keys of one object, then the objects below it.
func writeSection(b *strings.Builder, f *field, path string) {
	if len(f.fields) > 0 {
		fmt.Fprintf(b, "\n## %s\n\n| key | takes | default | source | meaning |\n|---|---|---|---|---|\n", titleOf(path))
		for _, c := range f.fields {
			k := keyOf(c, c.name)
			fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", c.name, cell(k.Takes), cell(orRequired(k)), cell(sourceText(k)), cell(k.Doc+onlyText(k)))
		}
	}
	for _, c := range f.fields {
		writeSection(b, c, join(path, c.name))
	}
	if f.elem != nil {
		writeSection(b, f.elem, path+"[*]")
	}
	if f.free != nil {
		writeSection(b, f.free, path+".*")
	}
}

func titleOf(head string) string {
	if head == "" {
		return "Top level"
	}
	return "`" + head + "`"
}

func orRequired(k Key) string {
	if k.Needed {
		return "required"
	}
	return k.Default
}

func sourceText(k Key) string {
	if k.Grade == "" {
		return ""
	}
	return k.Grade + ": " + k.Source
}

func onlyText(k Key) string {
	if len(k.Only) == 0 {
		return ""
	}
	return " Only with " + strings.Join(k.Only, ", ") + "."
}

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`).Replace(s)
}
