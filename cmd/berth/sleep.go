package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"path/filepath"
	"slices"
	"strings"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/models/workload"
	"berth/models/workload/trace"
	"berth/plan/sweep"
	"berth/plan/timeout"
	"berth/report"
	"berth/scenarios"
	"berth/sim"
	"berth/sim/dist"

	"github.com/spf13/cobra"
)

// sleepFlags are the flags of trace sleep.
type sleepFlags struct {
	traceFlags
	scenarioFlags
	outputs
	scenario, app, kind, month                  string
	start, init, service, cpu, span, step, list string
	coldPrice                                   string
	slo                                         []string
}

// plainScenario stands for a scenario where none is named: prices, a type and a
// meter are all that is asked of it.
const plainScenario = "name: trace\nmonth: 2026-11\napps: {app: {instance_type: basic, traffic: [{requests: 1/h}]}}\n"

func traceSleepVerb(p *program) *cobra.Command {
	var f sleepFlags
	c := &cobra.Command{
		Use:   "sleep [FILE]",
		Short: "Find the sleepAfter of recorded traffic: cost and cold starts, exactly",
		Long: `sleep reads a trace once and tells, for every sleepAfter, how many of its calls
would have waited for a start and what the month would have cost: exactly what a
replay of the trace at each of them gives, with one instance a key, no cap on
instances, no network, and starts of one length.

--cold-price says what a call that waits is worth; the best sleepAfter is then the
one with the least of bill and waits together. --slo asks for the cheapest that
keeps a target: cold<=1%, bill<200 USD. Every multiple of --step between the ends
of --sleep is searched; --sleep also lists what is shown.

Type, meter and prices are those of --scenario and --app, or of a plain app of
--type; without FILE the trace is that of the scenario's traffic. Usage is scaled
from the span of the trace to the month. Exit code 3 means that no sleepAfter
keeps the targets.

Formats and columns are those of berth trace stats.`,
		Example: "  berth trace sleep calls.csv --type basic --cold-price '$0.001' --report sleep.html\n" +
			"  berth trace sleep calls.csv.gz --slo 'cold<=1%' --sleep 30s..1h/log12\n  berth trace sleep azure2021.csv --scenario my.yaml --app web --format csv\n" +
			"  berth trace sleep --scenario trace-replay --cold-price '$0.0005'",
	}
	c.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 || len(args) == 0 && f.scenario == "" {
			return usage("trace sleep takes one file, not %d; without one it takes that of --scenario", len(args))
		}
		return nil
	}
	f.traceFlags.add(c)
	f.outputs.addNamed(c, "sleep")
	f.scenarioFlags.add(c)
	flags := c.Flags()
	flags.StringVar(&f.scenario, "scenario", "", "scenario `FILE` or name whose app the calls are of: type, meter, prices, month, start")
	flags.StringVar(&f.app, "app", "", "app of the scenario; needed where it has several")
	flags.StringVar(&f.kind, "type", "", "instance type, or a size such as '{vcpu: 1, memory: 3GiB, disk: 10GB}' (default: the scenario's, else basic)")
	flags.StringVar(&f.month, "month", "", "month that is billed: 2026-11 (default: the scenario's, else 2026-11)")
	flags.StringVar(&f.start, "start-time", "", "time from the first call to ready (default: the mean of the scenario's law, else 2s)")
	flags.StringVar(&f.init, "init", "", "last part of it, in which the image starts and burns CPU (default: the mean of the scenario's law, else 0s)")
	flags.StringVar(&f.service, "service", "", "time in service of calls whose record has none (default: the mean of the scenario's I/O, else 0s)")
	flags.StringVar(&f.cpu, "cpu", "", "CPU time of calls whose record has none (default: the mean of the scenario's law, else 0s)")
	flags.StringVar(&f.span, "span", "", "length of the record, if it goes on after the last call")
	flags.StringVar(&f.coldPrice, "cold-price", "", "what a call that waits for a start is worth: $0.001")
	flags.StringArrayVar(&f.slo, "slo", nil, "target to keep: cold<=1%, bill<200 USD (repeatable)")
	flags.StringVar(&f.list, "sleep", "10s..2h/log12", "values of sleepAfter to show: a list, or a range such as 10s..2h/log12")
	flags.StringVar(&f.step, "step", "1s", "distance of the values that are searched")
	c.RunE = internal(func(_ *cobra.Command, args []string) error { return p.traceSleep(strings.Join(args, ""), f) })
	return c
}

func (p *program) traceSleep(path string, f sleepFlags) error {
	opt, err := f.numbers()
	if err != nil {
		return err
	}
	if err := f.outputs.check(); err != nil {
		return err
	}
	if err := p.sleepApp(&f, &opt); err != nil {
		return err
	}
	if path == "" {
		if path, err = f.scenarioTrace(opt.App); err != nil {
			return err
		}
	}
	f.opt.Data, _ = scenarios.LibraryTrace(path)
	r, err := trace.Open(path, f.opt)
	if err != nil {
		return usage("%v", err)
	}
	curve, err := timeout.Find(r, opt)
	if err := errors.Join(err, r.Close()); err != nil {
		return usage("%s: %v", filepath.Base(path), err)
	}
	curve.Trace = filepath.Base(path)
	d := report.NewSleep(curve)
	err = f.outputs.writeForms(p, "sleep", forms{html: d.HTML, json: d.JSON, markdown: d.Markdown, csv: d.CSV,
		text: func(w io.Writer) error {
			return d.Text(w, report.Options{Width: width(p.out), Color: p.colored(p.out)})
		}})
	if err == nil && !curve.Met {
		return &exitError{code: codeSLO}
	}
	return err
}

// numbers reads the flags that need no file; all problems are told at once.
func (f *sleepFlags) numbers() (timeout.Options, error) {
	opt := timeout.Options{Tool: "berth " + version}
	var wrong []error
	f.opt.Columns = f.columns
	if f.opt.MaxBad < 0 {
		wrong = append(wrong, fmt.Errorf("--max-bad %d: take 0 or more", f.opt.MaxBad))
	}
	read := func(name, text, otherwise string) sim.Time {
		if text == "" {
			text = otherwise
		}
		d, err := dist.ParseDuration(text)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("--%s %q: %w", name, text, err))
		}
		return d
	}
	opt.Start, opt.Init = read("start-time", f.start, "2s"), read("init", f.init, "0s")
	opt.Service, opt.CPU, opt.Span = read("service", f.service, "0s"), read("cpu", f.cpu, "0s"), read("span", f.span, "0s")
	if opt.Step = read("step", f.step, "1s"); opt.Step <= 0 {
		opt.Step = timeout.DefaultStep
		wrong = append(wrong, fmt.Errorf("--step %q: take more than 0", f.step))
	}
	var err error
	if opt.Sleep, err = timeouts(f.list, opt.Step); err != nil {
		wrong = append(wrong, err)
	}
	if opt.ColdPrice, err = price(f.coldPrice); err != nil {
		wrong = append(wrong, err)
	}
	for _, s := range f.slo {
		t, err := result.ParseTarget(s)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("--slo %q: %w", s, err))
		}
		opt.Targets = append(opt.Targets, t)
	}
	if len(wrong) > 0 {
		return opt, usage("%v", errors.Join(wrong...))
	}
	return opt, nil
}

// timeouts reads a list or range of spans; those between the ends of a range go
// to the nearest step.
func timeouts(text string, step sim.Time) ([]sim.Time, error) {
	axis, err := sweep.ParseAxis("sleep=" + text)
	if err != nil {
		return nil, fmt.Errorf("--sleep: %w", err)
	}
	var out []sim.Time
	for i, v := range axis.Values {
		d, err := dist.ParseDuration(v)
		if err != nil {
			return nil, fmt.Errorf("--sleep: %q: %w", v, err)
		}
		if strings.Contains(text, "..") && i > 0 && i < len(axis.Values)-1 {
			d = (d + step/2) / step * step
		}
		out = append(out, d)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// price reads an amount of USD, exactly; none is 0.
func price(text string) (billing.Exact, error) {
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "$"), "USD"))
	if text == "" {
		return billing.Exact{}, nil
	}
	x, ok := new(big.Rat).SetString(s)
	if !ok || len(s) > 30 || strings.ContainsAny(s, "/eEpPxX_") || x.Sign() < 0 {
		return billing.Exact{}, fmt.Errorf("--cold-price %q is not an amount such as $0.001", text)
	}
	return billing.ExactRat(x), nil
}

// sleepApp fills in what the scenario says.
func (p *program) sleepApp(f *sleepFlags, opt *timeout.Options) error {
	over, err := overlays(f.catalogues)
	if err != nil {
		return err
	}
	name, src := "trace", []byte(plainScenario)
	if f.scenario != "" {
		if name, src, err = scenarios.Find(f.scenario); err != nil {
			return usage("--scenario: %v", err)
		}
	} else if f.app != "" {
		return usage("--app names an app of --scenario, which is not given")
	}
	sets := slices.Clone(f.sets)
	if f.month != "" {
		sets = append(sets, "month="+f.month)
	}
	if f.kind != "" {
		app := f.app
		if app == "" {
			app = "*"
		}
		sets = append(sets, "apps."+app+".instance_type="+f.kind)
	}
	cfg, problems := scenarios.Load(name, src, scenarios.Options{Sets: sets, Overlays: over})
	if problems.Failed() {
		return p.refuse(problems, "the trace was not read")
	}
	if opt.App, err = pickApp(cfg, f.app); err != nil {
		return err
	}
	opt.Config = cfg
	if f.scenario != "" {
		return f.laws(opt)
	}
	return nil
}

// pickApp finds the app of a name, or the only one.
func pickApp(cfg *edge.Config, name string) (*edge.App, error) {
	var names []string
	for i := range cfg.Apps {
		if a := &cfg.Apps[i]; a.Name == name || name == "" && len(cfg.Apps) == 1 {
			return a, nil
		}
		names = append(names, cfg.Apps[i].Name)
	}
	if name == "" {
		return nil, usage("the scenario has several apps: take one with --app: %s", strings.Join(names, ", "))
	}
	return nil, usage("--app: there is no app %q in the scenario; it has %s", name, strings.Join(names, ", "))
}

// scenarioTrace is the file that the app's traffic replays; how it is read comes
// from there too, unless flags say it.
func (f *sleepFlags) scenarioTrace(app *edge.App) (string, error) {
	for _, t := range app.Traffic {
		if t.Kind != workload.Trace {
			continue
		}
		o := &f.opt
		o.Speed = t.Speed
		if o.Format == "" {
			o.Format = t.TraceFormat
		}
		if o.Rule == "" {
			o.Rule = t.TraceRule
		}
		if o.Columns == nil {
			o.Columns = t.TraceColumns
		}
		o.MaxBad = max(o.MaxBad, t.MaxBad)
		return t.TracePath, nil
	}
	return "", usage("the traffic of %s replays no trace: name a FILE", app.Name)
}

// laws takes the means of the scenario's laws for what no flag says.
func (f *sleepFlags) laws(opt *timeout.Options) error {
	var wrong []error
	mean := func(flag, given string, laws ...dist.Dist) sim.Time {
		sum := 0.0
		for _, l := range laws {
			if l != nil {
				sum += l.Mean()
			}
		}
		if given == "" && (math.IsInf(sum, 0) || math.IsNaN(sum) || sum > 1e6) {
			wrong = append(wrong, fmt.Errorf("the law of the scenario has no usable mean: give --%s", flag))
			return 0
		}
		return sim.FromSeconds(math.Round(sum*1000) / 1000)
	}
	a := opt.App
	for _, x := range []struct {
		flag, given string
		to          *sim.Time
		laws        []dist.Dist
	}{
		{"start-time", f.start, &opt.Start, []dist.Dist{a.Start.Platform, a.Start.Init}},
		{"init", f.init, &opt.Init, []dist.Dist{a.Start.Init}},
		{"service", f.service, &opt.Service, []dist.Dist{a.Work.IO}},
		{"cpu", f.cpu, &opt.CPU, []dist.Dist{a.Work.CPU}},
	} {
		if m := mean(x.flag, x.given, x.laws...); x.given == "" {
			*x.to = m
		}
	}
	if len(wrong) > 0 {
		return usage("%v", errors.Join(wrong...))
	}
	return nil
}
