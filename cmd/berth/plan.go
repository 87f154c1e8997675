package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"berth/models/result"
	"berth/plan"
	"berth/plan/search"
	"berth/report"

	"github.com/spf13/cobra"
)

// planFlags are the flags of plan.
type planFlags struct {
	scenarioFlags
	outputs
	planModes
	vary, apps               []string
	indifference, confidence string
	horizon, seed            string
	finalists, most          int
	confirm, workers         int
	quiet                    bool
}

func planVerb(p *program) *cobra.Command {
	var f planFlags
	c := oneScenario(&cobra.Command{
		Use:   "plan SCENARIO",
		Short: "Find the cheapest configuration that meets the targets",
		Long: `plan finds the cheapest configuration of SCENARIO that meets its slo: lines, and
says why each other one is not it. What is tried stands in the scenario's plan:
block or in --vary path=a,b,c or path=1m..30m/log8; --vary adds an axis to the
block or takes the place of one. An app that neither names is planned over all
instance types, eight times of sleep_after from 30 s to 1 h, and its own
concurrency halved and doubled. Several apps are planned one after the other.

Analysis leaves out what cannot work, one run of the rest finds the finalists,
and those are compared replication by replication on common random numbers until
the cheapest that meets the targets is shown to be so, or to be within the
indifference zone, with the confidence asked for. The choice is then confirmed on
the scenario's own horizon with other random numbers: those of berth run.

Exit code 3 means that no configuration meets the targets.

--sensitivity plans nothing and varies the scenario as it is, one thing at a time:
traffic, CPU per request, start times, response size, host restarts, and every
assumption of grade I within the range that the catalogue has for it (else half
and twice). It prints how far each moves the bill and p99, largest first.

--max-rate plans nothing either: it multiplies the traffic of all apps, or of one
--app, until the targets break, and prints the highest rate that is shown to be
carried, the lowest above it that is shown not to be, what binds there, and how an
instance of each type slows down with load. Exit code 3 means that no rate tried
is carried.`,
		Example: "  berth plan first --report plan.html\n" +
			"  berth plan first --vary apps.parser.instance_type=lite,basic --vary apps.parser.sleep_after=30s..1h/log8 --finalists 20\n" +
			"  berth plan first --sensitivity --report sensitivity.html\n" +
			"  berth plan first --max-rate --set 'slo=[p90(latency) < 8s, errors < 3%]'",
	})
	f.scenarioFlags.add(c)
	flags := c.Flags()
	flags.StringArrayVar(&f.vary, "vary", nil, "axis: path=a,b,c or path=1m..30m/log8 or /lin8 (repeatable)")
	flags.StringArrayVar(&f.apps, "app", nil, "plan this app alone (repeatable)")
	flags.StringVar(&f.indifference, "indifference", "", "difference in the bill worth no further runs (default 1%)")
	flags.StringVar(&f.confidence, "confidence", "", "that the choice is the cheapest of the finalists (default 95%)")
	flags.IntVar(&f.finalists, "finalists", 0, "configurations ranked after one run of each (default 40)")
	flags.IntVar(&f.most, "max-replications", 0, "most replications of a finalist (default 100)")
	flags.StringVar(&f.horizon, "horizon", "", "span that the runs of the search measure: 7d, or whole")
	flags.IntVar(&f.confirm, "replications", plan.DefaultReplications, "repetitions of the choice on the scenario's own horizon")
	flags.IntVar(&f.workers, "workers", 0, "runs at a time; 0 = one a processor (changes no result)")
	flags.StringVar(&f.seed, "seed", "", "seed in place of the scenario's")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress on standard error")
	f.format = addChoice(c, "format", "form of the results on standard output", "text", "markdown", "json", "csv")
	flags.StringVar(&f.report, "report", "", "write the plan as one offline HTML page to `FILE`")
	flags.StringVar(&f.dir, "out", "", "write plan.html, plan.json, plan.md and plan.csv into `DIR`")
	f.planModes.add(c)
	c.RunE = func(c *cobra.Command, args []string) error { return p.planMode(c, args[0], f) }
	return c
}

// plan searches the cheapest configuration.
func (p *program) plan(scenario string, f planFlags) error {
	opt, err := f.options(scenario)
	if err != nil {
		return err
	}
	show := &planProgress{p: p, silent: f.quiet || !isTerminal(p.err)}
	opt.Progress = show.update
	found, err := search.Run(p.ctx, opt)
	show.done()
	var invalid *search.InvalidError
	var infeasible *search.InfeasibleError
	var mistake *search.UsageError
	switch {
	case errors.As(err, &invalid):
		return p.refuse(invalid.Problems, "nothing was run and nothing written")
	case errors.As(err, &infeasible), errors.As(err, &mistake):
		return usage("%v", err)
	case err != nil:
		return &exitError{codeInternal, err}
	}
	if err := f.writePlan(p, report.NewPlan(found)); err != nil {
		return err
	}
	return p.judgePlan(found)
}

// judgePlan is the exit code of a plan.
func (p *program) judgePlan(found *result.Plan) error {
	switch {
	case found.Partial:
		fmt.Fprintln(p.err, "berth: interrupted; nothing is chosen")
		return &exitError{code: codeInterrupted}
	case !found.Feasible:
		return &exitError{code: codeSLO}
	}
	return nil
}

// options checks the flags and reads the files. Rules are overrides of the
// plan: block.
func (f *planFlags) options(scenario string) (search.Options, error) {
	opt := search.Options{Workers: f.workers, Confirm: f.confirm, Apps: f.apps, Tool: "berth " + version, Sets: f.sets}
	if f.confirm < 2 {
		return opt, usage("--replications %d: make 2 or more, since one has no interval", f.confirm)
	}
	if err := (plan.ReplicateOptions{N: f.confirm, Workers: f.workers}).Check(); err != nil {
		return opt, usage("%v", err)
	}
	for _, x := range []struct{ key, value string }{{"seed", f.seed}, {"plan.indifference", f.indifference}, {"plan.confidence", f.confidence},
		{"plan.horizon", f.horizon}, {"plan.finalists", countText(f.finalists)}, {"plan.replications", countText(f.most)}} {
		if x.value != "" {
			opt.Sets = append(opt.Sets, x.key+"="+x.value)
		}
	}
	var err error
	if opt.Vary, err = axes(f.vary); err != nil {
		return opt, err
	}
	if err := f.outputs.check(); err != nil {
		return opt, err
	}
	opt.Name, opt.Source, opt.Overlays, err = scenarioSource(scenario, f.scenarioFlags)
	return opt, err
}

// countText is a number as text, "" for 0.
func countText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// writePlan writes a plan in every form that was asked for.
func (o *outputs) writePlan(p *program, d *report.Plan) error {
	return o.writeForms(p, "plan", forms{html: d.HTML, json: d.JSON, markdown: d.Markdown, csv: d.CSV,
		text: func(w io.Writer) error { return d.Text(w, report.Options{Width: width(w), Color: p.colored(w)}) }})
}

// planProgress shows on a terminal how far a search is.
type planProgress struct {
	p             *program
	silent, shown bool
	phase         string
	began, last   time.Time
}

func (s *planProgress) update(u search.Progress) {
	now := time.Now()
	if u.Phase != s.phase {
		s.phase, s.began, s.last = u.Phase, now, time.Time{}
	}
	if s.silent || now.Sub(s.last) < 100*time.Millisecond {
		return
	}
	s.last = now
	fmt.Fprintf(s.p.err, "\r\x1b[K%s  %s", printable(u.Phase), sweepLine(u.Done, u.Total, 0, now.Sub(s.began)))
	s.shown = true
}

func (s *planProgress) done() {
	if s.shown {
		fmt.Fprint(s.p.err, "\r\x1b[K")
	}
}
