package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"berth/models/result"
	"berth/plan"
	"berth/plan/sweep"
	"berth/report"

	"github.com/spf13/cobra"
)

// sweepFlags are the flags of sweep.
type sweepFlags struct {
	scenarioFlags
	vary                  []string
	replications, workers int
	seed, dir, report     string
	format                *choice
	quiet                 bool
}

func sweepVerb(p *program) *cobra.Command {
	var f sweepFlags
	c := oneScenario(&cobra.Command{
		Use:   "sweep SCENARIO --vary PATH=VALUES",
		Short: "Simulate a scenario over a grid of values",
		Long: `sweep simulates SCENARIO for every combination of the values of its axes, all on
the same random numbers, and prints a table with the Pareto front of bill
against p99 latency.

--vary path=a,b,c lists values; --vary path=1m..30m/log8 makes eight in equal
ratios and /lin8 in equal steps, both ends among them. Combinations that the
scenario language refuses are listed with the reason.

--out DIR keeps a record of every finished run. After an interruption, a crash
or a full disk the same command goes on where it stopped, and its files are the
same as those of an unbroken sweep: sweep.csv, sweep.ndjson, sweep.html. More
--replications go on too. A directory of another scenario, grid or version is
refused.`,
		Example: "  berth sweep first --vary apps.parser.sleep_after=1m..30m/log8\n" +
			"  berth sweep first --vary apps.parser.instance_type=lite,basic --vary apps.parser.sleep_after=1m,5m,20m --out sweep",
	})
	f.scenarioFlags.add(c)
	flags := c.Flags()
	flags.StringArrayVar(&f.vary, "vary", nil, "axis: path=a,b,c or path=1m..30m/log8 or /lin8 (repeatable)")
	flags.IntVar(&f.replications, "replications", plan.DefaultReplications, "independent repetitions of each cell")
	flags.IntVar(&f.workers, "workers", 0, "runs at a time; 0 = one a processor (changes no result)")
	flags.StringVar(&f.seed, "seed", "", "seed in place of the scenario's")
	flags.StringVar(&f.dir, "out", "", "keep the record in `DIR`, go on from it, and write the results there")
	flags.StringVar(&f.report, "report", "", "write the sweep as one offline HTML page to `FILE`")
	f.format = addChoice(c, "format", "form of the results on standard output", "text", "csv", "ndjson")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress on standard error")
	c.RunE = func(_ *cobra.Command, args []string) error { return p.sweep(args[0], f) }
	return c
}

func (p *program) sweep(scenario string, f sweepFlags) error {
	opt, err := p.sweepOptions(scenario, f)
	if err != nil {
		return err
	}
	show := &sweepProgress{p: p, silent: f.quiet, terminal: isTerminal(p.err), began: time.Now()}
	show.last = show.began
	opt.Progress = show.update
	s, err := sweep.Run(p.ctx, opt)
	show.done()
	var infeasible *sweep.InfeasibleError
	var other *sweep.OtherError
	switch {
	case errors.As(err, &infeasible):
		return usage("%v", err)
	case errors.As(err, &other):
		return usage("--out %v", err)
	case err != nil:
		return &exitError{codeInternal, err}
	}
	if err := p.writeSweep(s, f); err != nil {
		return err
	}
	if !s.Partial {
		return nil
	}
	hint := "; --out DIR would keep what is finished"
	if f.dir != "" {
		hint = "; the same command goes on from " + f.dir
	}
	fmt.Fprintln(p.err, "berth: interrupted; the results are partial"+hint)
	return &exitError{code: codeInterrupted}
}

// sweepOptions checks the flags and reads the files.
func (p *program) sweepOptions(scenario string, f sweepFlags) (sweep.Options, error) {
	opt := sweep.Options{N: f.replications, Workers: f.workers, Dir: f.dir, Tool: "berth " + version, Sets: f.sets}
	if f.replications < 1 {
		return opt, usage("--replications %d: make 1 or more", f.replications)
	}
	if err := (plan.ReplicateOptions{N: f.replications, Workers: f.workers}).Check(); err != nil {
		return opt, usage("%v", err)
	}
	if len(f.vary) == 0 {
		return opt, usage("nothing varies: add --vary path=a,b,c, such as --vary apps.web.sleep_after=1m..30m/log8")
	}
	var err error
	if opt.Axes, err = axes(f.vary); err != nil {
		return opt, err
	}
	if err := sweep.CheckGrid(opt.Axes); err != nil {
		return opt, usage("--vary: %v", err)
	}
	if f.seed != "" {
		opt.Sets = append(opt.Sets, "seed="+f.seed)
	}
	if err := (&outputs{report: f.report, dir: f.dir}).check(); err != nil {
		return opt, err
	}
	opt.Name, opt.Source, opt.Overlays, err = scenarioSource(scenario, f.scenarioFlags)
	return opt, err
}

// writeSweep writes the files, then standard output. A partial sweep leaves the
// directory to its record.
func (p *program) writeSweep(s *result.Sweep, f sweepFlags) error {
	d := report.NewSweep(s)
	if f.report != "" {
		if err := writeFile(f.report, d.HTML); err != nil {
			return err
		}
	}
	if f.dir != "" && !s.Partial {
		for _, x := range []struct {
			name  string
			write func(io.Writer) error
		}{{"sweep.csv", d.CSV}, {"sweep.ndjson", d.NDJSON}, {"sweep.html", d.HTML}} {
			if err := writeFile(filepath.Join(f.dir, x.name), x.write); err != nil {
				return err
			}
		}
	}
	switch f.format.value {
	case "csv":
		return d.CSV(p.out)
	case "ndjson":
		return d.NDJSON(p.out)
	}
	return d.Text(p.out, report.Options{Width: width(p.out), Color: p.colored(p.out)})
}

// sweepProgress shows on standard error how far a sweep is: a line that
// rewrites itself on a terminal, else one plain line every 10 s.
type sweepProgress struct {
	p                       *program
	silent, terminal, shown bool
	began, last             time.Time
}

func (s *sweepProgress) update(done, total, kept int) {
	now := time.Now()
	every := 10 * time.Second
	if s.terminal {
		every = 100 * time.Millisecond
	}
	first := done == kept && kept > 0
	if s.silent || now.Sub(s.last) < every && !first {
		return
	}
	s.last = now
	text := sweepLine(done, total, kept, now.Sub(s.began))
	if s.terminal {
		fmt.Fprintf(s.p.err, "\r\x1b[K%s", text)
		s.shown = true
		return
	}
	fmt.Fprintln(s.p.err, text)
}

// sweepLine says how many runs are made after elapsed time.
func sweepLine(done, total, kept int, elapsed time.Duration) string {
	text := fmt.Sprintf("%d of %s", done, plural(total, "run", "runs"))
	if kept > 0 {
		text += fmt.Sprintf(", %d of them from the record", kept)
	}
	if made := done - kept; made > 0 && done < total {
		left := time.Duration(float64(elapsed) / float64(made) * float64(total-done))
		text += fmt.Sprintf("  %s left", (left + time.Second).Truncate(time.Second))
	}
	return text
}

func (s *sweepProgress) done() {
	if s.shown {
		fmt.Fprint(s.p.err, "\r\x1b[K")
	}
}

// axes reads every --vary, and reports all that cannot be read.
func axes(vary []string) ([]result.SweepAxis, error) {
	var list []result.SweepAxis
	var wrong []error
	for _, v := range vary {
		axis, err := sweep.ParseAxis(v)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("--vary: %w", err))
		}
		list = append(list, axis)
	}
	if len(wrong) > 0 {
		return nil, usage("%v", errors.Join(wrong...))
	}
	return list, nil
}
