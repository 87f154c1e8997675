package main

import (
	"berth/scenarios"

	"github.com/spf13/cobra"
)

func schemaVerb(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of scenarios, for editors",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := p.out.Write(scenarios.Schema())
			return err
		},
	}
}
