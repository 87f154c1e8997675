package main

import (
	"fmt"
	"runtime"

	"berth/models/platform"
	"berth/models/result"

	"github.com/spf13/cobra"
)

func versionVerb(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and the date of the catalogue",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			cat, err := platform.Load()
			if err != nil {
				return &exitError{codeInternal, err}
			}
			_, err = fmt.Fprintf(p.out, "berth %s (%s), result schema %d, catalogue of %s\n", version, runtime.Version(), result.SchemaVersion, cat.Checked())
			return err
		},
	}
}
