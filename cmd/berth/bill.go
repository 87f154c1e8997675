package main

import (
	"bytes"
	"errors"
	"fmt"

	"berth/data"
	"berth/data/strict"
	"berth/models/billing"
	"berth/models/platform"
	"berth/report"

	"github.com/spf13/cobra"
)

// billFlags are the flags of bill.
type billFlags struct {
	asOf, world, against string
	catalogues           []string
	format               *choice
}

func billVerb(p *program) *cobra.Command {
	var f billFlags
	c := &cobra.Command{
		Use:   "bill USAGE.yaml|csv",
		Short: "Price given usage without simulating",
		Long: `bill prices a month's usage: rows of instances x hours x type x CPU, or meters
(vCPU-s, GiB-s, GB-s, GB by egress region), or the provider's usage export. The
lines are those of run. --against sets the bill beside that of a result written
by run --format json.`,
		Example: "  berth bill usage.yaml --as-of 2026-04-15\n  berth bill export.csv --against result.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("berth bill needs one usage file, YAML or CSV")
			}
			return nil
		},
	}
	f.format = addChoice(c, "format", "form of the bill", report.BillFormats...)
	c.Flags().StringVar(&f.asOf, "as-of", "", "day of types and prices (default: the file's as_of or month, else the newest known)")
	c.Flags().StringVar(&f.world, "world", "", "world of types and prices")
	c.Flags().StringVar(&f.against, "against", "", "result `FILE`.json to compare with")
	c.Flags().StringArrayVar(&f.catalogues, "catalogue", nil, "overlay `FILE` of prices, types or limits (repeatable)")
	c.RunE = func(_ *cobra.Command, args []string) error { return p.bill(args[0], f) }
	return c
}

func (p *program) bill(file string, f billFlags) error {
	cat, err := p.catalogue(f.catalogues)
	if err != nil {
		return err
	}
	ctx := billing.UsageContext{Catalogue: cat, World: f.world, Default: cat.Checked()}
	if ctx.AsOf, err = parseDay(f.asOf); err != nil {
		return err
	}
	src, err := readFile(file)
	if err != nil {
		return err
	}
	use, err := billing.ParseUsage(file, src, ctx)
	if err != nil {
		return p.fileProblems(err, "nothing was priced")
	}
	view, err := cat.AsOf(use.AsOf).In(f.world)
	if err != nil {
		return usage("--world: %v", err)
	}
	book, err := billing.NewBook(view, billing.Account{}, "")
	if err != nil {
		return usage("%v", err)
	}
	for _, w := range use.Warnings {
		fmt.Fprintf(p.err, "berth: warning: %s\n", printable(w))
	}
	for _, w := range view.Warnings() {
		fmt.Fprintf(p.err, "berth: warning: %s\n", printable(w.Text))
	}
	bill := billing.Price(use.Usage, book, billing.Options{})
	opt := report.Options{Width: width(p.out), Color: p.colored(p.out)}
	if f.against == "" {
		return report.WriteBill(p.out, bill, f.format.value, opt)
	}
	src, err = readFile(f.against)
	if err != nil {
		return err
	}
	simulated, err := report.ReadJSON(bytes.NewReader(src))
	if err != nil {
		return usage("--against %s: %v", f.against, err)
	}
	if err := report.WriteBillAgainst(p.out, bill, simulated, f.format.value, opt); err != nil {
		return usage("%v", err)
	}
	return nil
}

// catalogue is the embedded one under the overlays.
func (p *program) catalogue(files []string) (*platform.Catalogue, error) {
	over, err := overlays(files)
	if err != nil {
		return nil, err
	}
	cat, err := platform.LoadFiles(over...)
	if err != nil {
		return nil, p.fileProblems(err, "nothing was done")
	}
	return cat, nil
}

// fileProblems prints every problem of a file that was read strictly.
func (p *program) fileProblems(err error, done string) error {
	var many strict.Problems
	if !errors.As(err, &many) {
		return usage("%v; %s", err, done)
	}
	for _, one := range many {
		fmt.Fprintln(p.err, printable(one.String()))
	}
	fmt.Fprintf(p.err, "berth: %s; %s\n", plural(len(many), "problem", "problems"), done)
	return &exitError{code: codeUsage}
}

// parseDay reads a day; an empty text is none.
func parseDay(text string) (data.Date, error) {
	if text == "" {
		return data.Date{}, nil
	}
	d, err := data.ParseDate(text)
	if err != nil {
		return d, usage("--as-of %q is not a day such as 2026-11-01", text)
	}
	return d, nil
}
