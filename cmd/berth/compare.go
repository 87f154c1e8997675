package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
	"berth/report"
	"berth/scenarios/axis"

	"github.com/spf13/cobra"
)

// compareFlags are the flags of compare.
type compareFlags struct {
	with, sets, variants  []string
	catalogues            []string
	failOn                []string
	strict                bool
	replications, workers int
	seed                  string
	quiet                 bool
	outputs
}

func compareVerb(p *program) *cobra.Command {
	var f compareFlags
	c := oneScenario(&cobra.Command{
		Use:   "compare BASE [VARIANT...]",
		Short: "Compare variants with a base on the same random numbers",
		Long: `compare runs a base and its variants on common random numbers and prints what
differs: paired differences with 95 % intervals for the metrics and every line
of the bill, and whether a variant is shown to be better or worse.

BASE and each VARIANT are files or names of the library. Variants of BASE are
also made by --set path=value, each of them one variant, or by --variant with a
name and several values. All run with the seed of BASE.

--fail-on METRIC>+AMOUNT or METRIC<-AMOUNT sets a gate: a percentage of the base
(bill>+10%), an amount (p99(latency)>+200ms, bill>+50 USD) or percentage points
of a share (errors>+0.5pp). A gate fails when the whole 95 % interval is beyond
it, and then the exit code is 3; with --strict also when it is not shown to be
kept.`,
		Example: "  berth compare first --set apps.parser.placement=random --set apps.parser.sleep_after=5m\n" +
			"  berth compare old.yaml new.yaml --fail-on 'bill>+10%' --fail-on 'p99>+5%' --report compare.html\n" +
			"  berth compare first --variant 'small: apps.parser.instance_type=lite,apps.parser.max_instances=300'",
	})
	c.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage("berth compare needs a base: a file, or a name of the library (berth list scenarios)")
		}
		return nil
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.sets, "set", nil, "variant of BASE with one value changed: apps.web.sleep_after=5m (repeatable)")
	flags.StringArrayVar(&f.variants, "variant", nil, "variant of BASE: 'name: path=value,path=value' (repeatable)")
	flags.StringArrayVar(&f.with, "with", nil, "override a value in all of them: duration=1d (repeatable)")
	flags.StringArrayVar(&f.catalogues, "catalogue", nil, "overlay `FILE` of prices, types or limits (repeatable)")
	flags.StringArrayVar(&f.failOn, "fail-on", nil, "gate: bill>+10%, p99(latency)>+200ms, throughput<-5% (repeatable)")
	flags.BoolVar(&f.strict, "strict", false, "a gate that is not shown to be kept fails too")
	flags.IntVar(&f.replications, "replications", plan.DefaultReplications, "independent repetitions of each")
	flags.IntVar(&f.workers, "workers", 0, "repetitions at a time; 0 = one a processor (changes no result)")
	flags.StringVar(&f.seed, "seed", "", "seed in place of the base's")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress on standard error")
	f.format = addChoice(c, "format", "form of the results on standard output", "text", "markdown", "json", "csv")
	flags.StringVar(&f.report, "report", "", "write the comparison as one offline HTML page to `FILE`")
	flags.StringVar(&f.dir, "out", "", "write compare.html, compare.json, compare.md and compare.csv into `DIR`")
	c.RunE = func(_ *cobra.Command, args []string) error { return p.compare(args, f) }
	return c
}

func (p *program) compare(args []string, f compareFlags) error {
	opt := plan.CompareOptions{N: f.replications, Workers: f.workers, Tool: "berth " + version}
	if f.replications < 1 {
		return usage("--replications %d: make 1 or more", f.replications)
	}
	if err := (plan.ReplicateOptions{N: f.replications, Workers: f.workers}).Check(); err != nil {
		return usage("%v", err)
	}
	for _, text := range f.failOn {
		g, err := result.ParseGate(text)
		if err != nil {
			return usage("--fail-on %q: %v", text, err)
		}
		opt.Gates = append(opt.Gates, g)
	}
	if err := f.outputs.check(); err != nil {
		return err
	}
	wanted, err := f.wanted(args)
	if err != nil {
		return err
	}
	candidates, err := p.candidates(wanted, f)
	if err != nil {
		return err
	}
	if err := gatesFit(opt.Gates, candidates); err != nil {
		return err
	}
	shows := make([]*progress, len(candidates))
	opt.Progress = func(i int, u plan.Progress) {
		if shows[i] == nil {
			shows[i] = newProgress(p, candidates[i].Config, f.quiet)
			shows[i].prefix = fmt.Sprintf("%d of %d  ", i+1, len(candidates))
		}
		shows[i].update(u)
	}
	c, err := plan.Compare(p.ctx, candidates, opt)
	for _, s := range shows {
		if s != nil {
			s.done()
		}
	}
	if err != nil {
		return &exitError{codeInternal, err}
	}
	if err := f.writeComparison(p, report.NewComparison(c)); err != nil {
		return err
	}
	return p.judgeGates(c, f.strict)
}

// judgeGates is the exit code of a comparison.
func (p *program) judgeGates(c *result.Comparison, strict bool) error {
	if p.ctx.Err() != nil {
		fmt.Fprintln(p.err, "berth: interrupted; the results are partial")
		return &exitError{code: codeInterrupted}
	}
	for _, g := range c.Gates {
		if g.Verdict == result.GateFailed || strict && g.Verdict != result.GatePassed {
			return &exitError{code: codeSLO}
		}
	}
	return nil
}

// wanted is one candidate as the command line names it.
type wanted struct {
	name, scenario string
	sets           []string
}

// wanted lists the base, the files, the named variants and the single values.
func (f *compareFlags) wanted(args []string) ([]wanted, error) {
	list := []wanted{}
	for _, a := range args {
		list = append(list, wanted{name: strings.TrimSuffix(filepath.Base(a), filepath.Ext(a)), scenario: a})
	}
	for _, v := range f.variants {
		name, text, found := strings.Cut(v, ":")
		name = strings.TrimSpace(name)
		sets := splitSets(text)
		if !found || name == "" || strings.Contains(name, "=") || len(sets) == 0 {
			return nil, usage("--variant %q: write 'name: path=value,path=value'", v)
		}
		list = append(list, wanted{name: name, scenario: args[0], sets: sets})
	}
	for _, s := range f.sets {
		list = append(list, wanted{name: strings.TrimPrefix(s, "apps."), scenario: args[0], sets: []string{s}})
	}
	if len(list) < 2 {
		return nil, usage("there is nothing to compare %s with: name another scenario, or add --set path=value or --variant 'name: path=value'", args[0])
	}
	seen := map[string]bool{}
	for i := range list {
		if seen[list[i].name] {
			list[i].name = fmt.Sprintf("%s (%d)", list[i].name, i+1)
		}
		seen[list[i].name] = true
	}
	return list, nil
}

// splitSets cuts overrides at the commas that are not inside brackets or quotes;
// empty ones are left out.
func splitSets(text string) []string {
	pieces, _ := axis.SplitCommas(text)
	return slices.DeleteFunc(pieces, func(s string) bool { return s == "" })
}

// candidates reads and compiles them all; the problems of all are printed at
// once.
func (p *program) candidates(list []wanted, f compareFlags) ([]plan.Candidate, error) {
	var out []plan.Candidate
	problems, count := []string{}, 0
	seed := f.seed
	for _, w := range list {
		sets := append(slices.Clone(w.sets), f.with...)
		if seed != "" {
			sets = append(sets, "seed="+seed)
		}
		cfg, ps, err := p.load(w.scenario, scenarioFlags{sets: sets, catalogues: f.catalogues})
		if err != nil {
			return nil, err
		}
		if cfg == nil {
			problems = append(problems, printable(w.name)+":\n"+ps.Error())
			count += len(ps.Errors())
			continue
		}
		if seed == "" {
			seed = fmt.Sprint(cfg.Seed)
		}
		out = append(out, plan.Candidate{Name: w.name, Config: cfg})
	}
	if count > 0 {
		fmt.Fprintln(p.err, strings.Join(problems, "\n"))
		fmt.Fprintf(p.err, "berth: %s; nothing was run and nothing written\n", plural(count, "problem", "problems"))
		return nil, &exitError{code: codeUsage}
	}
	for i := range out {
		model, err := p.compile(out[i].Config, list[i].scenario)
		if err != nil {
			return nil, err
		}
		out[i].Model = model
	}
	return out, nil
}

// gatesFit reports gates of apps that no candidate has.
func gatesFit(gates []result.Gate, candidates []plan.Candidate) error {
	for _, g := range gates {
		for _, k := range candidates {
			if g.Key.App != "" && !slices.ContainsFunc(k.Config.Apps, func(a edge.App) bool { return a.Name == g.Key.App }) {
				return usage("--fail-on %q: %s has no app %q", g.Text, k.Name, g.Key.App)
			}
		}
	}
	return nil
}

// writeComparison writes a comparison in every form that was asked for.
func (o *outputs) writeComparison(p *program, d *report.Comparison) error {
	return o.writeForms(p, "compare", forms{html: d.HTML, json: d.JSON, markdown: d.Markdown, csv: d.CSV,
		text: func(w io.Writer) error { return d.Text(w, report.Options{Width: width(w), Color: p.colored(w)}) }})
}
