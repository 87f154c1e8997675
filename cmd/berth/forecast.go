package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"berth/data"
	"berth/models/result"
	"berth/plan"
	"berth/plan/forecast"
	"berth/report"

	"github.com/spf13/cobra"
)

// forecastFlags are the flags of forecast.
type forecastFlags struct {
	scenarioFlags
	outputs
	months, replications, workers             int
	growth, spread, band, start, seed, budget string
	quiet                                     bool
}

func forecastVerb(p *program) *cobra.Command {
	var f forecastFlags
	c := oneScenario(&cobra.Command{
		Use:   "forecast SCENARIO",
		Short: "Simulate the months to come: bill, band, and what gives way when",
		Long: `forecast simulates SCENARIO as each of the coming calendar months, with traffic
that grows, and prints the bill month by month: with its days and weekdays, the
prices announced for it, and allowances once a month. It tells the first month in
which the budget, a limit or a target gives way. Traffic is scaled and simulated,
not the bill; all months meet the same random numbers.

--growth is 8%/month, -2%/month, 2x/year, flat, or a list of factors, one for each
month. --spread says how uncertain it is, in its own terms: 3% of 8%/month means
5%/month to 11%/month with 95 %; --band 5%/month..12%/month gives both ends. They
are simulated too, and the band of each bill holds growth and chance.

The budget is budget: of the scenario, else its target for the bill. Exit code 3
means that the mean bill is above it in some month.`,
		Example: "  berth forecast first --months 12 --growth 8%/month --report forecast.html\n" +
			"  berth forecast my.yaml --growth 2x/year --spread 0.5x --start 2026-12 --budget '800 USD'\n  berth forecast my.yaml --months 4 --growth 1,1.2,1.2,2 --set duration=7d --format csv",
	})
	f.scenarioFlags.add(c)
	f.outputs.addNamed(c, "forecast")
	flags := c.Flags()
	flags.IntVar(&f.months, "months", 12, "calendar months to simulate")
	flags.StringVar(&f.growth, "growth", "flat", "growth of the traffic: 8%/month, 2x/year, flat, or factors 1,1.1,1.3")
	flags.StringVar(&f.spread, "spread", "", "its uncertainty, 95 %: 3% of 8%/month, 0.5x of 2x/year, 10% of factors")
	flags.StringVar(&f.band, "band", "", "the same as two growths: 5%/month..12%/month")
	flags.StringVar(&f.start, "start", "", "first month: 2026-12 (default: the scenario's)")
	flags.StringVar(&f.budget, "budget", "", "budget of a month in place of the scenario's: 800 USD")
	flags.IntVar(&f.replications, "replications", plan.DefaultReplications, "independent repetitions of each month")
	flags.IntVar(&f.workers, "workers", 0, "months at a time; 0 = one a processor (changes no result)")
	flags.StringVar(&f.seed, "seed", "", "seed in place of the scenario's")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress on standard error")
	c.RunE = func(_ *cobra.Command, args []string) error { return p.forecast(args[0], f) }
	return c
}

func (p *program) forecast(scenario string, f forecastFlags) error {
	opt, err := f.options()
	if err != nil {
		return err
	}
	if err := f.outputs.check(); err != nil {
		return err
	}
	if opt.Name, opt.Source, opt.Overlays, err = scenarioSource(scenario, f.scenarioFlags); err != nil {
		return err
	}
	show := &sweepProgress{p: p, silent: f.quiet, terminal: isTerminal(p.err), began: time.Now()}
	show.last = show.began
	opt.Progress = func(done, total int) { show.update(done, total, 0) }
	r, err := forecast.Run(p.ctx, opt)
	show.done()
	var refused *forecast.RefusedError
	var unfit *forecast.UnfitError
	switch {
	case errors.As(err, &refused):
		return p.refuse(refused.Problems, "nothing was run and nothing written")
	case errors.As(err, &unfit):
		return usage("%s: %v", scenario, err)
	case err != nil:
		return &exitError{codeInternal, err}
	}
	d := report.NewForecast(r)
	err = f.outputs.writeForms(p, "forecast", forms{html: d.HTML, json: d.JSON, markdown: d.Markdown, csv: d.CSV,
		text: func(w io.Writer) error {
			return d.Text(w, report.Options{Width: width(p.out), Color: p.colored(p.out)})
		}})
	if err != nil {
		return err
	}
	return p.judgeForecast(r)
}

// judgeForecast is the exit code of a forecast.
func (p *program) judgeForecast(r *result.Forecast) error {
	if r.Partial {
		fmt.Fprintln(p.err, "berth: interrupted; the months at the end are missing")
		return &exitError{code: codeInterrupted}
	}
	for _, m := range r.Months {
		if r.BudgetUSD > 0 && m.Bill.Mean > r.BudgetUSD {
			return &exitError{code: codeSLO}
		}
	}
	return nil
}

// options checks the flags; all problems are told at once.
func (f *forecastFlags) options() (forecast.Options, error) {
	opt := forecast.Options{Sets: f.sets, Months: f.months, N: f.replications, Workers: f.workers, Tool: "berth " + version}
	var wrong []error
	note := func(err error) {
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	flag := func(name string, err error) {
		if err != nil {
			note(fmt.Errorf("--%s: %w", name, err))
		}
	}
	if f.months < 1 || f.months > forecast.MaxMonths {
		note(fmt.Errorf("--months %d: take 1 to %d", f.months, forecast.MaxMonths))
	}
	if f.replications < 1 {
		note(fmt.Errorf("--replications %d: make 1 or more", f.replications))
	} else {
		note(plan.ReplicateOptions{N: f.replications, Workers: f.workers}.Check())
	}
	var err error
	opt.Growth, err = forecast.ParseGrowth(f.growth)
	flag("growth", err)
	if err == nil {
		opt.Ends, err = f.ends(opt.Growth)
		note(err)
	}
	if f.start != "" {
		if opt.First, err = data.ParseDate(f.start); err != nil || opt.First.Day != 1 {
			note(fmt.Errorf("--start %q is not a month such as 2026-12", f.start))
		}
	}
	if f.seed != "" {
		opt.Sets = append(opt.Sets, "seed="+f.seed)
	}
	if f.budget != "" {
		opt.Sets = append(opt.Sets, "budget="+f.budget)
	}
	if len(wrong) == 0 {
		flag("growth", opt.Check())
	}
	if len(wrong) > 0 {
		return opt, usage("%v", errors.Join(wrong...))
	}
	return opt, nil
}

// ends are the ends of the growth's uncertainty, none where it is certain.
func (f *forecastFlags) ends(g forecast.Growth) ([]forecast.Growth, error) {
	switch {
	case f.spread != "" && f.band != "":
		return nil, errors.New("--spread and --band say the same; give one of them")
	case f.spread != "":
		low, high, err := g.Spread(f.spread)
		if err != nil {
			return nil, fmt.Errorf("--spread: %w", err)
		}
		return []forecast.Growth{low, high}, nil
	case f.band != "":
		from, to, found := strings.Cut(f.band, "..")
		low, errLow := forecast.ParseGrowth(from)
		high, errHigh := forecast.ParseGrowth(to)
		if err := errors.Join(errLow, errHigh); err != nil || !found {
			return nil, fmt.Errorf("--band %q is not two growths such as 5%%/month..12%%/month", f.band)
		}
		return []forecast.Growth{low, high}, nil
	}
	return nil, nil
}
