package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"berth/data/strict"
	"berth/scenarios"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// version is the program's own; results carry it.
const version = "0.1.0"

// Exit codes.
const (
	codeOK          = 0
	codeInternal    = 1
	codeUsage       = 2 // usage, or an invalid scenario or file
	codeSLO         = 3 // an SLO or gate failed
	codeInterrupted = 130
)

// exitError is an error with its exit code. A nil Err has been printed already.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage makes an error of the user's, with exit code 2.
func usage(format string, args ...any) error {
	return &exitError{codeUsage, fmt.Errorf(format, args...)}
}

// program is one run of the command.
type program struct {
	ctx      context.Context
	in       io.Reader
	out, err io.Writer
	verbose  bool
	noColor  bool
	log      *slog.Logger
}

// run runs the command in process.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runContext(context.Background(), args, stdin, stdout, stderr)
}

func runContext(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{ctx: ctx, in: stdin, out: stdout, err: stderr, log: slog.New(slog.DiscardHandler)}
	root := p.root()
	root.SetArgs(args)
	err := root.Execute()
	var exit *exitError
	switch {
	case err == nil:
		return codeOK
	case errors.As(err, &exit):
		if exit.err != nil && !isBrokenPipe(exit.err) {
			fmt.Fprintf(stderr, "berth: %v\n", printable(exit.err.Error()))
		}
		return exit.code
	}
	// What is left are cobra's own complaints about verbs and arguments.
	fmt.Fprintf(stderr, "berth: %v\n", printable(strings.TrimSpace(err.Error())))
	return codeUsage
}

// printable keeps text that users supplied from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// root is the command with every verb.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "berth",
		Short: "Simulate Cloudflare Containers and plan their capacity",
		Long: `berth answers, for an app on Cloudflare Containers: what will users wait, what
fails, what will the month cost, and which instance type, sleepAfter,
max_instances and placement to choose.

Exit codes: 0 done, 1 internal error, 2 usage or invalid scenario, 3 an SLO is
violated or a gate failed, 130 interrupted with partial results.`,
		Example:       "  berth run first --report first.html\n  berth run my.yaml --set apps.web.sleep_after=5m\n  berth list scenarios",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", ".FlagUsagesWrapped 100"))
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().BoolVar(&p.verbose, "verbose", false, "log what is done on standard error")
	root.PersistentFlags().BoolVar(&p.noColor, "no-color", false, "no colours, even on a terminal")
	root.PersistentPreRun = func(*cobra.Command, []string) {
		if p.verbose {
			p.log = slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{ReplaceAttr: dropTime}))
		}
	}
	for _, verb := range verbs {
		c := verb(p)
		c.RunE = internal(c.RunE)
		root.AddCommand(c)
	}
	return root
}

// internal marks errors of a verb that are nobody's mistake with exit code 1.
func internal(do func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		err := do(c, args)
		var exit *exitError
		if err == nil || errors.As(err, &exit) {
			return err
		}
		return &exitError{codeInternal, err}
	}
}

// verbs is the table of verbs; each has its own file.
var verbs = []func(*program) *cobra.Command{
	runVerb, billVerb, checkVerb, explainVerb, listVerb, initVerb, schemaVerb, versionVerb, benchVerb,
	validateVerb, traceVerb, compareVerb, sweepVerb, planVerb, forecastVerb,
}

// dropTime keeps logs free of the wall clock, so that two runs compare.
func dropTime(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}

// flagError adds the nearest flag to a complaint about an unknown one.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usage("%v (berth %s --help lists the flags)", err, c.Name())
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := strict.Suggest(unknown.GetSpecifiedName(), names); near != "" {
		return usage("%v; did you mean --%s?", err, near)
	}
	return usage("%v (berth %s --help lists the flags)", err, c.Name())
}

// colored says whether a stream is a terminal that wants colours.
func (p *program) colored(w io.Writer) bool {
	return !p.noColor && os.Getenv("NO_COLOR") == "" && isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is the width of a terminal; 0 where it is none.
func width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return min(columns, 140)
}

// oneScenario wants exactly one argument and completes library names.
func oneScenario(c *cobra.Command) *cobra.Command {
	c.Args = func(c *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return usage("%s needs a scenario: a file, or a name of the library (berth list scenarios)", c.CommandPath())
		case 1:
			return nil
		}
		return usage("%s takes one scenario, not %d: %s", c.CommandPath(), len(args), strings.Join(args, " "))
	}
	c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, e := range scenarios.Library() {
			names = append(names, e.Name+"\t"+e.Question)
		}
		return names, cobra.ShellCompDirectiveDefault
	}
	return c
}

// choice is a flag value among words.
type choice struct {
	value string
	words []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.words, "|") }

func (c *choice) Set(s string) error {
	for _, w := range c.words {
		if w == s {
			c.value = s
			return nil
		}
	}
	if near := strict.Suggest(s, c.words); near != "" {
		return fmt.Errorf("did you mean %q?", near)
	}
	return fmt.Errorf("take one of %s", strings.Join(c.words, ", "))
}

// addChoice adds a flag that takes one of words, the first by default.
func addChoice(flags *cobra.Command, name, help string, words ...string) *choice {
	c := &choice{value: words[0], words: words}
	flags.Flags().Var(c, name, help)
	_ = flags.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	return c
}
