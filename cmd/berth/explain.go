package main

import (
	"io"

	"berth/scenarios"

	"github.com/spf13/cobra"
)

func explainVerb(p *program) *cobra.Command {
	var f scenarioFlags
	var yaml bool
	c := oneScenario(&cobra.Command{
		Use:   "explain SCENARIO",
		Short: "Print every value of a scenario with where it comes from",
		Long: `explain prints the whole resolved scenario: path, value, where it comes from, and
for defaults the source and the grade of its evidence. --yaml prints it as a
scenario with every default written out.`,
	})
	f.add(c)
	c.Flags().BoolVar(&yaml, "yaml", false, "as a scenario, ready to edit")
	c.RunE = func(_ *cobra.Command, args []string) error {
		cfg, problems, err := p.load(args[0], f)
		if err != nil {
			return err
		}
		if cfg == nil {
			return p.refuse(problems, "there is nothing to explain")
		}
		if yaml {
			_, err := io.WriteString(p.out, cfg.Text)
			return err
		}
		return scenarios.Explain(p.out, cfg)
	}
	return c
}
