package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"berth/plan/capacity"
	"berth/report"
)

// planCapacity searches the highest rate that is carried.
func (p *program) planCapacity(scenario string, apps []string, most int, f studyFlags) error {
	if len(apps) > 1 {
		return usage("--max-rate raises the traffic of one --app, or without it that of all together")
	}
	if most != 0 && most < 5 {
		return usage("--max-replications %d: a rate is judged on 5 or more", most)
	}
	if err := f.check(); err != nil {
		return err
	}
	s, err := p.study(scenario, f)
	if err != nil {
		return err
	}
	opt := capacity.Options{Name: s.name, Source: s.src, Sets: s.opt.Sets, Overlays: s.opt.Overlays, Max: most, Workers: f.workers, Tool: "berth " + version}
	if len(apps) == 1 {
		opt.App = apps[0]
	}
	show := &phaseProgress{w: p.err, silent: f.quiet || !isTerminal(p.err)}
	opt.Progress = show.update
	found, err := capacity.MaxRate(p.ctx, s.cfg, opt)
	show.done()
	var mistake *capacity.UsageError
	switch {
	case errors.As(err, &mistake):
		return usage("%v", err)
	case err != nil:
		return &exitError{codeInternal, err}
	}
	d := report.NewCapacity(found)
	text := func(w io.Writer) error { return d.Text(w, report.Options{Width: width(w), Color: p.colored(w)}) }
	if err := f.writeForms(p, "capacity", forms{html: d.HTML, json: d.JSON, markdown: d.Markdown, csv: d.CSV, text: text}); err != nil {
		return err
	}
	if err := p.interrupted(); err != nil {
		return err
	}
	if found.Carried < 0 {
		return &exitError{code: codeSLO}
	}
	return nil
}

// phaseProgress shows on a terminal what is done now.
type phaseProgress struct {
	w             io.Writer
	silent, shown bool
	last          time.Time
}

func (s *phaseProgress) update(doing string) {
	if now := time.Now(); !s.silent && now.Sub(s.last) > 100*time.Millisecond {
		s.last, s.shown = now, true
		fmt.Fprintf(s.w, "\r\x1b[K%s", printable(doing))
	}
}

func (s *phaseProgress) done() {
	if s.shown {
		fmt.Fprint(s.w, "\r\x1b[K")
	}
}
