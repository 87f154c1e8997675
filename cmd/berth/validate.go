package main

import (
	"fmt"
	"io"

	"berth/plan/validate"

	"github.com/spf13/cobra"
)

func validateVerb(p *program) *cobra.Command {
	var opt validate.Options
	var quick, quiet bool
	c := &cobra.Command{
		Use:   "validate",
		Short: "Hold formulas, simulator, bills and traces against reference values",
		Long: `validate computes the reference suite and prints a row for each case: model,
parameters, reference value, simulated value with its 95 % interval, verdict.
Closed forms are checked by the analytic module, and the simulator runs each of
them as an ordinary scenario, 20 replications or more.

A simulated row fails when it is more than four half-widths away from the
reference; with fewer than 30 observed events, or without variance, it is not
testable. At the end the number of intervals that cover is held against the
binomial band. Exit code 3 if a row or the band fails.

The suite is embedded. --cases takes another directory of files with the same
names and columns; what is missing there is skipped, an unknown column is an
error.`,
		Example: "  berth validate\n  berth validate --cases my-cases --format html > validation.html\n  berth validate --rtt matrix.csv --sites sites.csv --source azure",
		Args:    noArguments,
	}
	f := c.Flags()
	f.StringVar(&opt.Cases, "cases", "", "take the reference files of `DIR` instead of the embedded ones")
	f.StringVar(&opt.Traces, "traces", "", "find recorded traces in `DIR` (default: ../data/traces beside the cases, and the embedded ones)")
	f.BoolVar(&quick, "quick", true, "20 replications of moderate length, under a minute (the default)")
	f.BoolVar(&opt.Full, "full", false, "40 replications, ten times as long")
	f.Uint64Var(&opt.Seed, "seed", 1, "seed of the simulated rows")
	f.IntVar(&opt.Workers, "workers", 0, "rows at a time; 0 = one a processor (changes no result)")
	f.StringVar(&opt.RTT, "rtt", "", "hold the network model against the round trips of `FILE` (columns a, b, rtt_ms, km)")
	f.StringVar(&opt.Sites, "sites", "", "places of the round trips (columns site, lat, lon, country_iso2, source)")
	f.StringVar(&opt.Source, "source", "", "take the sites of this source alone")
	f.BoolVar(&quiet, "quiet", false, "no progress on standard error")
	format := addChoice(c, "format", "form of the results on standard output", "text", "json", "html")
	c.MarkFlagsMutuallyExclusive("quick", "full")
	c.RunE = func(*cobra.Command, []string) error { return p.validate(opt, format.value, quiet) }
	return c
}

func (p *program) validate(opt validate.Options, format string, quiet bool) error {
	if opt.Workers < 0 {
		return usage("--workers %d: take 0 or more", opt.Workers)
	}
	if !quiet && isTerminal(p.err) {
		opt.Progress = func(done, total int, row validate.Row) {
			fmt.Fprintf(p.err, "\r\x1b[K%d of %d rows  %s %s", done, total, printable(row.Model), printable(row.Case))
		}
	}
	r, err := validate.Run(p.ctx, opt)
	if opt.Progress != nil {
		fmt.Fprint(p.err, "\r\x1b[K")
	}
	if err != nil {
		return usage("%v", err)
	}
	write := map[string]func(io.Writer) error{"text": r.Text, "json": r.JSON, "html": r.HTML}[format]
	if err := write(p.out); err != nil {
		return err
	}
	switch {
	case r.Partial:
		return &exitError{code: codeInterrupted}
	case !r.OK():
		return &exitError{code: codeSLO}
	}
	return nil
}
