package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"

	"github.com/spf13/cobra"
)

// runFlags are the flags of run.
type runFlags struct {
	scenarioFlags
	outputs
	replications, most, workers int
	precision                   string
	watch                       []string
	seed                        string
	quiet, check                bool
	logFile                     string
	logSample                   float64
	sensitivity                 bool
}

func runVerb(p *program) *cobra.Command {
	var f runFlags
	c := oneScenario(&cobra.Command{
		Use:   "run SCENARIO",
		Short: "Simulate a scenario: tables, bill and report",
		Long: `run simulates a scenario and prints its tables. SCENARIO is a file or a name of
the library (berth list scenarios).

Each target of the scenario's slo: is judged on the 95 % interval over the
replications: met or violated when the whole interval is on one side, else not
proven. Exit code 3 means that a target is violated; a target that is only not
proven does not change the exit code. Ctrl-C writes what there is, marked as
partial, and exits with 130.`,
		Example: "  berth run first --report first.html\n  berth run my.yaml --replications 20 --set apps.web.max_instances=40 --out results",
	})
	f.scenarioFlags.add(c)
	f.outputs.add(c)
	c.Flags().IntVar(&f.replications, "replications", plan.DefaultReplications, "independent repetitions")
	c.Flags().StringVar(&f.precision, "precision", "", "go on until half the interval is at most this share of the mean: 2%")
	c.Flags().StringArrayVar(&f.watch, "precision-of", nil, "metric that has to be precise (repeatable; default mean(latency) and bill)")
	c.Flags().IntVar(&f.most, "max-replications", plan.DefaultMax, "most repetitions with --precision")
	c.Flags().IntVar(&f.workers, "workers", 0, "repetitions at a time; 0 = one a processor (changes no result)")
	c.Flags().StringVar(&f.seed, "seed", "", "seed in place of the scenario's")
	c.Flags().BoolVar(&f.quiet, "quiet", false, "no progress on standard error")
	c.Flags().BoolVar(&f.check, "check", false, "check the laws every run must keep; exit 1 if one is broken")
	c.Flags().BoolVar(&f.sensitivity, "sensitivity", false, "vary inputs and assumptions one at a time and add what moves the bill and p99")
	c.Flags().StringVar(&f.logFile, "log", "", "write the requests of the first replication to `FILE`.csv or .ndjson")
	c.Flags().Float64Var(&f.logSample, "log-sample", 1, "share of requests in the log, 0 to 1")
	c.RunE = func(_ *cobra.Command, args []string) error { return p.run(args[0], f) }
	return c
}

// options checks the flags.
func (f *runFlags) options() (plan.ReplicateOptions, error) {
	opt := plan.ReplicateOptions{N: f.replications, Workers: f.workers, Max: f.most, Tool: "berth " + version}
	if f.replications < 1 {
		return opt, usage("--replications %d: make 1 or more", f.replications)
	}
	if f.precision != "" {
		text, percent := strings.CutSuffix(strings.TrimSpace(f.precision), "%")
		x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if percent {
			x /= 100
		}
		if err != nil || !(x > 0 && x < 1) {
			return opt, usage("--precision %q is not a share such as 2%%", f.precision)
		}
		opt.Precision = x
	} else if len(f.watch) > 0 {
		return opt, usage("--precision-of says what is to be precise; add --precision, such as --precision 2%%")
	}
	for _, w := range f.watch {
		k, _, err := result.ParseMetric(w)
		if err != nil {
			return opt, usage("--precision-of: %v", err)
		}
		opt.Metrics = append(opt.Metrics, k)
	}
	if err := opt.Check(); err != nil {
		return opt, usage("%v", err)
	}
	if !(f.logSample >= 0 && f.logSample <= 1) {
		return opt, usage("--log-sample %v: a share from 0 to 1", f.logSample)
	}
	return opt, nil
}

func (p *program) run(scenario string, f runFlags) error {
	opt, err := f.options()
	if err != nil {
		return err
	}
	if f.seed != "" {
		f.sets = append(f.sets, "seed="+f.seed)
	}
	if err := f.outputs.check(); err != nil {
		return err
	}
	cfg, problems, err := p.load(scenario, f.scenarioFlags)
	if err != nil {
		return err
	}
	if cfg == nil {
		return p.refuse(problems, "nothing was run and nothing written")
	}
	model, err := p.compile(cfg, scenario)
	if err != nil {
		return err
	}
	for _, k := range opt.Metrics {
		if !slices.ContainsFunc(cfg.Apps, func(a edge.App) bool { return k.App == "" || a.Name == k.App }) {
			return usage("--precision-of: there is no app %q in the scenario", k.App)
		}
	}
	var log *requestLog
	if f.logFile != "" {
		if log, err = newRequestLog(f.logFile, model, cfg, f.logSample); err != nil {
			return err
		}
		opt.Log = func(replication int) edge.RequestLog {
			if replication == 0 {
				return log
			}
			return nil
		}
	}
	show := newProgress(p, cfg, f.quiet)
	opt.Progress = show.update
	res, err := plan.Replicate(p.ctx, model, cfg, opt)
	show.done()
	if err != nil {
		if log != nil {
			log.discard()
		}
		return &exitError{codeInternal, err}
	}
	if log != nil {
		if err := log.commit(); err != nil {
			return err
		}
	}
	if f.sensitivity {
		if res.Sensitivity, err = p.runSensitivity(scenario, f, res); err != nil {
			return err
		}
	}
	if err := f.outputs.write(p, res); err != nil {
		return err
	}
	return p.judge(cfg, res, f.check)
}

// judge is the exit code of a result.
func (p *program) judge(cfg *edge.Config, res *result.Result, check bool) error {
	if check {
		if err := plan.CheckLaws(cfg, res); err != nil {
			return &exitError{codeInternal, err}
		}
	}
	if p.ctx.Err() != nil {
		fmt.Fprintln(p.err, "berth: interrupted; the results are partial")
		return &exitError{code: codeInterrupted}
	}
	for _, s := range res.SLO {
		if s.Verdict == result.Violated {
			return &exitError{code: codeSLO}
		}
	}
	return nil
}
