package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"berth/models/result"
	"berth/report"

	"github.com/spf13/cobra"
)

// outputs are the flags that say what a result is written as.
type outputs struct {
	format *choice
	report string
	dir    string
}

func (o *outputs) add(c *cobra.Command) {
	o.format = addChoice(c, "format", "form of the results on standard output", "text", "markdown", "json", "csv")
	c.Flags().StringVar(&o.report, "report", "", "write the report as one offline HTML page to `FILE`")
	c.Flags().StringVar(&o.dir, "out", "", "write report.html, result.json, result.md, CSV and NDJSON tables into `DIR`")
}

// addNamed adds the flags of a document whose files begin with name.
func (o *outputs) addNamed(c *cobra.Command, name string) {
	o.add(c)
	c.Flags().Lookup("report").Usage = "write one offline HTML page to `FILE`"
	c.Flags().Lookup("out").Usage = fmt.Sprintf("write %s.html, %[1]s.json, %[1]s.md and %[1]s.csv into `DIR`", name)
}

// check finds before a run what would fail after it.
func (o *outputs) check() error {
	if o.report != "" {
		if info, err := os.Stat(filepath.Dir(o.report)); err != nil || !info.IsDir() {
			return usage("--report %s: there is no directory %s", o.report, filepath.Dir(o.report))
		}
		if info, err := os.Stat(o.report); err == nil && info.IsDir() {
			return usage("--report %s is a directory; name a file", o.report)
		}
	}
	if info, err := os.Stat(o.dir); o.dir != "" && err == nil && !info.IsDir() {
		return usage("--out %s: it is a file; name a directory", o.dir)
	}
	return nil
}

// write writes a result in every form that was asked for, the files first.
func (o *outputs) write(p *program, r *result.Result) error {
	if o.report != "" {
		if err := writeFile(o.report, func(w io.Writer) error { return report.HTML(w, r) }); err != nil {
			return err
		}
	}
	if o.dir != "" {
		if err := o.directory(r); err != nil {
			return err
		}
	}
	switch o.format.value {
	case "markdown":
		return report.Markdown(p.out, r)
	case "json":
		return report.JSON(p.out, r)
	case "csv":
		return report.MetricsCSV(p.out, r)
	}
	return report.Text(p.out, r, report.Options{Width: width(p.out), Color: p.colored(p.out)})
}

func (o *outputs) directory(r *result.Result) error {
	if err := os.MkdirAll(o.dir, 0o777); err != nil {
		return usage("--out %s: %v", o.dir, cause(err))
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"report.html", func(w io.Writer) error { return report.HTML(w, r) }},
		{"result.json", func(w io.Writer) error { return report.JSON(w, r) }},
		{"result.md", func(w io.Writer) error { return report.Markdown(w, r) }},
	} {
		if err := writeFile(filepath.Join(o.dir, f.name), f.write); err != nil {
			return err
		}
	}
	return report.CSV(o.dir, r)
}
