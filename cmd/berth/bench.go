package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime/pprof"
	"strconv"
	"strings"

	"berth/plan/bench"

	"github.com/spf13/cobra"
)

// benchFlags are the flags of bench.
type benchFlags struct {
	workloads []string
	format    *choice
	requests  string
	runs      int
	profile   string
	growth    bool
	quiet     bool
}

func benchVerb(p *program) *cobra.Command {
	var f benchFlags
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure how many requests a second this machine simulates",
		Long: `bench runs named workloads and prints requests per second per core (CPU time of
the process on one processor, garbage collection included, median of the runs),
ns, bytes and allocations per request, peak memory, and the ratio to the floor:
a program that makes the same draws, look-ups and histogram updates and nothing
else.

Workloads: ` + strings.Join(bench.Names(), ", ") + `;
faas stands for all three, all (the default) for everything.`,
		Example: "  berth bench --workload world\n  berth bench --workload faas --format json\n  berth bench --workload simple --runs 1 --cpuprofile cpu.out",
		Args:    noArguments,
	}
	c.Flags().StringSliceVar(&f.workloads, "workload", []string{"all"}, "workloads to measure")
	f.format = addChoice(c, "format", "form of the results on standard output", "text", "json")
	c.Flags().StringVar(&f.requests, "requests", "", "requests in each run, such as 1e6; default: as the workload has it")
	c.Flags().IntVar(&f.runs, "runs", bench.DefaultRuns, "runs of each workload; the median counts")
	c.Flags().StringVar(&f.profile, "cpuprofile", "", "write a CPU profile of the runs and floors to `FILE`")
	c.Flags().BoolVar(&f.growth, "growth", false, "instead: how the cost grows with PoPs, instances, ids, requests in flight and horizon, each varied alone")
	c.Flags().BoolVar(&f.quiet, "quiet", false, "no progress on standard error")
	_ = c.RegisterFlagCompletionFunc("workload", cobra.FixedCompletions(append([]string{"all", "faas"}, bench.Names()...), cobra.ShellCompDirectiveNoFileComp))
	c.RunE = func(*cobra.Command, []string) error { return p.bench(f) }
	return c
}

func (p *program) bench(f benchFlags) error {
	workloads, err := bench.Select(f.workloads)
	if err != nil {
		return usage("--workload: %v", err)
	}
	opt := bench.Options{Runs: f.runs}
	if f.runs < 1 || f.runs > 1000 {
		return usage("--runs %d: make 1 to 1000", f.runs)
	}
	if f.requests != "" {
		n, err := strconv.ParseFloat(f.requests, 64)
		if err != nil || !(n >= 1000 && n <= 1e12) || n != math.Trunc(n) {
			return usage("--requests %q: take a whole number from 1000 to 1e12", f.requests)
		}
		opt.Requests = int64(n)
	}
	if !f.quiet && isTerminal(p.err) {
		opt.Progress = func(workload string, run, runs int) {
			fmt.Fprintf(p.err, "\r\x1b[K%s: run %d of %d", workload, run+1, runs)
		}
		defer fmt.Fprint(p.err, "\r\x1b[K")
	}
	stop, err := profile(f.profile)
	if err != nil {
		return err
	}
	machine := bench.ThisMachine()
	if f.growth {
		return p.benchGrowth(f, machine, opt, stop)
	}
	var results []*bench.Result
	for _, w := range workloads {
		r, err := bench.Measure(p.ctx, w, opt)
		if err != nil && p.ctx.Err() != nil {
			stop()
			return &exitError{codeInterrupted, fmt.Errorf("interrupted while measuring %s", w.Name)}
		}
		if err != nil {
			stop()
			return &exitError{codeInternal, err}
		}
		results = append(results, r)
	}
	if err := stop(); err != nil {
		return &exitError{codeInternal, err}
	}
	if f.format.value == "json" {
		return bench.JSON(p.out, machine, results)
	}
	return bench.Text(p.out, machine, results)
}

func (p *program) benchGrowth(f benchFlags, machine bench.Machine, opt bench.Options, stop func() error) error {
	curves, err := bench.Growth(p.ctx, opt)
	if closed := stop(); err == nil {
		err = closed
	}
	switch {
	case p.ctx.Err() != nil:
		return &exitError{codeInterrupted, errors.New("interrupted while measuring")}
	case err != nil:
		return &exitError{codeInternal, err}
	case f.format.value == "json":
		return bench.GrowthJSON(p.out, machine, curves)
	}
	return bench.GrowthText(p.out, machine, curves)
}

// profile begins a CPU profile, if a file is named, and returns what ends it.
func profile(path string) (stop func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, usage("--cpuprofile %s: %v", path, cause(err))
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, &exitError{codeInternal, err}
	}
	return func() error {
		pprof.StopCPUProfile()
		return file.Close()
	}, nil
}
