package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"berth/models/workload/trace"
	"berth/scenarios"

	"github.com/spf13/cobra"
)

// traceFlags say how a trace is read.
type traceFlags struct {
	opt     trace.Options
	columns map[string]string
}

func (f *traceFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.opt.Rule, "rule", "", "how calls are made from the records: mooncake, azure2021, azure2019, azurellm_modM")
	c.Flags().StringVar(&f.opt.Format, "trace-format", "", "format of the file; default: by rule or first line")
	c.Flags().StringToStringVar(&f.columns, "columns", nil, "names of the columns: key=function,service_ms=took")
	c.Flags().IntVar(&f.opt.MaxBad, "max-bad", 0, "malformed lines skipped at most")
	c.Flags().BoolVar(&f.opt.Sort, "sort", false, "order calls however far out of order they are")
}

// statsFlags are the flags of trace stats.
type statsFlags struct {
	traceFlags
	format *choice
}

func traceVerb(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   "trace",
		Short: "Look into recorded traffic",
		Long:  "trace reads recorded traffic, as a scenario with trace: does.",
		RunE: func(c *cobra.Command, _ []string) error {
			return usage("trace needs one of: stats, sleep (berth trace --help)")
		},
	}
	c.AddCommand(traceStatsVerb(p), traceSleepVerb(p))
	return c
}

func traceStatsVerb(p *program) *cobra.Command {
	var f statsFlags
	c := &cobra.Command{
		Use:   "stats FILE",
		Short: "Count what a trace holds: calls, keys, gaps, peaks, services",
		Long: `stats reads a trace to its end and prints what a reader sees in it: calls and
keys, span, the coefficient of variation of the gaps, the fullest minute and the
index of dispersion (minutes count from the first call), the share of the key
that is called most, and the services by nearest rank.

A table of counts per minute (columns minute, requests) gives its rates instead.
Files may be compressed with gzip or zstd. A malformed line is an error with its
number; --max-bad skips so many of them and says so.

Formats: ` + strings.Join(trace.Formats, ", ") + `; detected unless given.`,
		Example: "  berth trace stats calls.csv --columns key=function,service_ms=took\n  berth trace stats azure_llm2023_code.csv --rule azurellm_mod4 --format csv",
	}
	c.Args = func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usage("trace stats takes one file, not %d", len(args))
		}
		return nil
	}
	f.add(c)
	f.format = addChoice(c, "format", "form of the results on standard output", "text", "csv", "json", "markdown")
	c.RunE = internal(func(_ *cobra.Command, args []string) error { return p.traceStats(args[0], f) })
	return c
}

// fact is one line of what a trace holds: digits is how many significant ones a
// fraction is written with.
type fact struct {
	column, text string
	value        float64
	digits       int // 0: a whole number; negative: so many decimals
}

func (p *program) traceStats(path string, f statsFlags) error {
	f.opt.Columns = f.columns
	if f.opt.MaxBad < 0 {
		return usage("--max-bad %d: take 0 or more", f.opt.MaxBad)
	}
	counts := false
	if f.opt.Data, _ = scenarios.LibraryTrace(path); f.opt.Data == nil {
		var err error
		if counts, err = isCounts(path); err != nil {
			return usage("%v", err)
		}
	}
	var err error
	var facts []fact
	if counts && f.opt.Rule == "" && f.opt.Format == "" {
		facts, err = rateFacts(path)
	} else {
		facts, err = p.callFacts(path, f.opt)
	}
	if err != nil {
		return usage("%v", err)
	}
	return writeFacts(p.out, filepath.Base(path), f.opt.Rule, counts, facts, f.format.value)
}

// isCounts says whether a file is a table of counts per minute.
func isCounts(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	first, err := bufio.NewReaderSize(file, 4096).ReadString('\n')
	if err != nil && err != io.EOF {
		return false, fmt.Errorf("%s: %w", path, cause(err))
	}
	return strings.TrimSpace(strings.TrimPrefix(first, "\ufeff")) == "minute,requests", nil
}

func rateFacts(path string) ([]fact, error) {
	r, err := trace.RatesOf(path)
	return []fact{
		{"minutes", "minutes from the first to the last", float64(r.Minutes), 0},
		{"requests", "requests", float64(r.Requests), 0},
		{"mean_per_minute", "mean a minute", r.MeanPerMinute, 7},
		{"peak_per_minute", "fullest minute", float64(r.PeakPerMinute), 0},
		{"zero_minutes", "minutes without a request", float64(r.ZeroMinutes), 0},
		{"longest_zero_run_minutes", "most of them in a row", float64(r.LongestZeroRun), 0},
		{"index_of_dispersion_60s", "index of dispersion (population variance / mean)", r.IndexOfDispersion, 6},
	}, err
}

func (p *program) callFacts(path string, opt trace.Options) ([]fact, error) {
	r, err := trace.Open(path, opt)
	if err != nil {
		return nil, err
	}
	s, err := trace.Stats(r)
	if n := r.Bad(); n > 0 {
		fmt.Fprintf(p.err, "berth: %s skipped:\n", plural(n, "malformed line", "malformed lines"))
		for _, e := range r.BadLines() {
			fmt.Fprintf(p.err, "  %s\n", printable(e.Error()))
		}
	}
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	return []fact{
		{"requests", "calls", float64(s.Requests), 0},
		{"keys", "keys", float64(s.Keys), 0},
		{"span_s", "seconds from the first to the last call", s.SpanS, -3},
		{"mean_interarrival_s", "mean gap (s)", s.MeanInterarrivalS, 9},
		{"cv_interarrival", "coefficient of variation of the gaps", s.CVInterarrival, 6},
		{"peak_per_minute", "calls in the fullest minute", float64(s.PeakPerMinute), 0},
		{"index_of_dispersion_60s", "index of dispersion of the minutes", s.IndexOfDispersion, 6},
		{"top_key_share", "share of the key that is called most", s.TopKeyShare, 6},
		{"mean_service_ms", "mean service (ms)", s.MeanServiceMs, 9},
		{"service_p50_ms", "service p50 (ms)", s.ServiceP50Ms, 9},
		{"service_p95_ms", "service p95 (ms)", s.ServiceP95Ms, 9},
		{"service_p99_ms", "service p99 (ms)", s.ServiceP99Ms, 9},
		{"service_max_ms", "longest service (ms)", s.MaxMs, 9},
	}, nil
}

// String writes the value; what is not known is blank.
func (f fact) String() string {
	switch {
	case math.IsNaN(f.value):
		return ""
	case f.digits == 0:
		return strconv.FormatFloat(f.value, 'f', 0, 64)
	case f.digits < 0:
		return strconv.FormatFloat(f.value, 'f', -f.digits, 64)
	}
	// Plain digits: the text is the same as that of the shortest general form.
	return strconv.FormatFloat(f.value, 'g', f.digits, 64)
}

// writeFacts writes one row with a column for each fact, or as text one line
// for each.
func writeFacts(w io.Writer, name, rule string, counts bool, facts []fact, format string) error {
	if format == "text" || format == "markdown" {
		l := listing{title: "Trace " + printable(name), heads: []string{"what", "value"}}
		for _, f := range facts {
			l.add(f.text, f.String())
		}
		return l.write(w, format)
	}
	l := listing{title: "trace", heads: []string{"trace"}}
	row := []string{name}
	if !counts {
		l.heads, row = append(l.heads, "rule"), append(row, rule)
	}
	for _, f := range facts {
		l.heads, row = append(l.heads, f.column), append(row, f.String())
	}
	l.add(row...)
	return l.write(w, format)
}
