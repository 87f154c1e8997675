// Command write regenerates the tables of package data from the raw files below $BERTH_REFERENCE/data.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"berth/data/internal/gen"
)

func main() {
	if err := run("tables"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run writes every table into the directory out.
func run(out string) error {
	ref := os.Getenv("BERTH_REFERENCE")
	if ref == "" {
		return fmt.Errorf("BERTH_REFERENCE is not set: give the directory that holds data/*.csv")
	}
	files, err := gen.Build(filepath.Join(ref, "data"))
	if err != nil {
		return err
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(out, name), files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}
