package main

import (
	"io"
	"os"
	"path/filepath"
)

// forms are the ways to write one document.
type forms struct{ text, markdown, json, csv, html func(io.Writer) error }

// writeForms writes a document in every form that was asked for, the files
// first. Files of a directory begin with name.
func (o *outputs) writeForms(p *program, name string, f forms) error {
	if o.report != "" {
		if err := writeFile(o.report, f.html); err != nil {
			return err
		}
	}
	if o.dir != "" {
		if err := os.MkdirAll(o.dir, 0o777); err != nil {
			return usage("--out %s: %v", o.dir, cause(err))
		}
		for ending, write := range map[string]func(io.Writer) error{".html": f.html, ".json": f.json, ".md": f.markdown, ".csv": f.csv} {
			if err := writeFile(filepath.Join(o.dir, name+ending), write); err != nil {
				return err
			}
		}
	}
	return map[string]func(io.Writer) error{"text": f.text, "markdown": f.markdown, "json": f.json, "csv": f.csv}[o.format.value](p.out)
}
