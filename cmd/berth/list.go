package main

import (
	"strings"

	"berth/data/strict"
	"berth/models/platform"

	"github.com/spf13/cobra"
)

// listFlags are the flags of list.
type listFlags struct {
	asOf, world string
	catalogues  []string
	format      *choice
}

// lists is the table of what can be listed.
var lists = []struct {
	name, doc string
	make      func(view platform.View) (listing, error)
}{
	{"types", "instance types of every world", listTypes},
	{"prices", "price book", listPrices},
	{"limits", "limits of an account", listLimits},
	{"pops", "points of presence", listPops},
	{"presets", "cold-start presets", listPresets},
	{"ranges", "how far inferred values may be off", listRanges},
	{"policies", "routing, placement, pool picks, prefetch, keep-alive", listPolicies},
	{"scenarios", "library of scenarios", listScenarios},
}

func listVerb(p *program) *cobra.Command {
	var f listFlags
	var names, long []string
	for _, l := range lists {
		names = append(names, l.name)
		long = append(long, "  "+l.name+strings.Repeat(" ", 11-len(l.name))+l.doc)
	}
	c := &cobra.Command{
		Use:   "list " + strings.Join(names, "|"),
		Short: "List types, prices, limits, places, presets, policies, scenarios",
		Long: "list prints what the program knows, as of a day:\n\n" + strings.Join(long, "\n") +
			"\n\nGrades: A official, B maintainer or measured, C single report, I inference.\nMarkdown, JSON and CSV also name the source of each entry.",
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("berth list needs one of %s", strings.Join(names, ", "))
			}
			return nil
		},
	}
	f.format = addChoice(c, "format", "form of the list", "text", "markdown", "json", "csv")
	c.Flags().StringVar(&f.asOf, "as-of", "", "day such as 2026-11-01 (default: the newest the catalogue was checked on)")
	c.Flags().StringVar(&f.world, "world", "", "world of prices, limits and presets (default official)")
	c.Flags().StringArrayVar(&f.catalogues, "catalogue", nil, "overlay `FILE` of prices, types or limits (repeatable)")
	c.RunE = func(_ *cobra.Command, args []string) error { return p.list(args[0], names, f) }
	return c
}

func (p *program) list(what string, names []string, f listFlags) error {
	cat, err := p.catalogue(f.catalogues)
	if err != nil {
		return err
	}
	day, err := parseDay(f.asOf)
	if err != nil {
		return err
	}
	if day.IsZero() {
		day = cat.Checked()
	}
	view, err := cat.AsOf(day).In(f.world)
	if err != nil {
		return usage("--world: %v", err)
	}
	for _, l := range lists {
		if l.name != what {
			continue
		}
		table, err := l.make(view)
		if err != nil {
			return &exitError{codeInternal, err}
		}
		table.warnings = view.Warnings()
		return table.write(p.out, f.format.value)
	}
	hint := "take one of " + strings.Join(names, ", ")
	if near := strict.Suggest(what, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return usage("there is no list of %q; %s", what, hint)
}
