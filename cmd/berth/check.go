package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func checkVerb(p *program) *cobra.Command {
	var f scenarioFlags
	c := oneScenario(&cobra.Command{
		Use:   "check SCENARIO",
		Short: "Say everything that is wrong or doubtful in a scenario",
		Long: `check reads a scenario and prints every error and warning with its place. Exit
code 2 means that it cannot be run; warnings alone give 0.`,
	})
	f.add(c)
	c.RunE = func(_ *cobra.Command, args []string) error {
		cfg, problems, err := p.load(args[0], f)
		if err != nil {
			return err
		}
		if len(problems) > 0 {
			fmt.Fprintln(p.out, problems.Error())
		}
		errors, warnings := len(problems.Errors()), len(problems.Warnings())
		if cfg != nil {
			if _, err := p.compile(cfg, args[0]); err != nil {
				return err
			}
		}
		fmt.Fprintf(p.out, "%s, %s\n", plural(errors, "error", "errors"), plural(warnings, "warning", "warnings"))
		if cfg == nil {
			return &exitError{code: codeUsage}
		}
		return nil
	}
	return c
}
