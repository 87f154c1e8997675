package main

import (
	"fmt"
	"io"
	"time"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
	"berth/plan/sensitivity"
	"berth/report"
	"berth/scenarios"
)

// studyFlags are the flags that the studies of plan share.
type studyFlags struct {
	scenarioFlags
	outputs
	replications, workers int
	seed                  string
	quiet                 bool
}

// check reports flags that make no sense, before anything is read.
func (f *studyFlags) check() error {
	if f.replications < 1 {
		return usage("--replications %d: make 1 or more", f.replications)
	}
	if err := (plan.ReplicateOptions{N: f.replications, Workers: f.workers}).Check(); err != nil {
		return usage("%v", err)
	}
	return f.outputs.check()
}

// study is a scenario that was read for a study.
type study struct {
	cfg   *edge.Config
	model *edge.Model
	opt   scenarios.Options // that made cfg
	name  string
	src   []byte
}

// study reads and compiles a scenario.
func (p *program) study(scenario string, f studyFlags) (study, error) {
	var s study
	if f.seed != "" {
		f.sets = append(f.sets, "seed="+f.seed)
	}
	cfg, problems, err := p.load(scenario, f.scenarioFlags)
	if err != nil {
		return s, err
	}
	if cfg == nil {
		return s, p.refuse(problems, "nothing was run and nothing written")
	}
	s.cfg, s.opt.Sets = cfg, f.sets
	if s.model, err = p.compile(cfg, scenario); err != nil {
		return s, err
	}
	s.name, s.src, s.opt.Overlays, err = scenarioSource(scenario, f.scenarioFlags)
	return s, err
}

// planSensitivity varies one thing at a time.
func (p *program) planSensitivity(scenario string, f studyFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	s, err := p.study(scenario, f)
	if err != nil {
		return err
	}
	show := newProgress(p, s.cfg, f.quiet)
	base, err := plan.Replicate(p.ctx, s.model, s.cfg, plan.ReplicateOptions{N: f.replications, Workers: f.workers, Progress: show.update, Tool: "berth " + version})
	show.done()
	if err != nil {
		return &exitError{codeInternal, err}
	}
	out, err := p.vary(s, base, f)
	if err != nil {
		return err
	}
	d := report.NewSensitivity(out)
	text := func(w io.Writer) error { return d.Text(w, report.Options{Width: width(w), Color: p.colored(w)}) }
	if err := f.writeForms(p, "sensitivity", forms{html: d.HTML, json: d.JSON, markdown: d.Markdown, csv: d.CSV, text: text}); err != nil {
		return err
	}
	return p.interrupted()
}

// interrupted is the exit code of a study that was cut short.
func (p *program) interrupted() error {
	if p.ctx.Err() == nil {
		return nil
	}
	fmt.Fprintln(p.err, "berth: interrupted; the results are partial")
	return &exitError{code: codeInterrupted}
}

// vary makes the study of a scenario whose result is known.
func (p *program) vary(s study, base *result.Result, f studyFlags) (*result.Sensitivity, error) {
	show := &sweepProgress{p: p, silent: f.quiet, terminal: isTerminal(p.err), began: time.Now()}
	show.last = show.began
	out, err := sensitivity.Run(p.ctx, s.cfg, base, sensitivity.Options{Name: s.name, Source: s.src, Sets: s.opt.Sets, Overlays: s.opt.Overlays, Workers: f.workers,
		Tool: "berth " + version, Progress: func(done, total int) { show.update(done, total, 0) }})
	show.done()
	if err != nil {
		return nil, &exitError{codeInternal, err}
	}
	return out, nil
}

// runSensitivity is the study that a run adds to its report.
func (p *program) runSensitivity(scenario string, f runFlags, base *result.Result) (*result.Sensitivity, error) {
	flags := studyFlags{scenarioFlags: f.scenarioFlags, workers: f.workers, quiet: f.quiet}
	s, err := p.study(scenario, flags)
	if err != nil {
		return nil, err
	}
	return p.vary(s, base, flags)
}
