package main

import (
	"fmt"
	"os"
	"path/filepath"

	"berth/models/edge"
	"berth/models/platform"
	"berth/scenarios"

	"github.com/spf13/cobra"
)

// scenarioFlags are the flags of every verb that reads a scenario.
type scenarioFlags struct {
	sets       []string
	catalogues []string
}

func (f *scenarioFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.sets, "set", nil, "override a value: apps.web.sleep_after=5m (repeatable)")
	c.Flags().StringArrayVar(&f.catalogues, "catalogue", nil, "overlay `FILE` of prices, types or limits (repeatable)")
}

// overlays reads the catalogue files.
func overlays(files []string) ([]platform.Overlay, error) {
	var list []platform.Overlay
	for _, name := range files {
		src, err := readFile(name)
		if err != nil {
			return nil, err
		}
		list = append(list, platform.Overlay{File: name, Source: src})
	}
	return list, nil
}

// maxFile bounds a file that is read whole.
const maxFile = 64 << 20

func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case os.IsNotExist(err):
		return nil, usage("there is no file %s", name)
	case err != nil:
		return nil, usage("cannot read %s: %v", name, err)
	case info.IsDir():
		return nil, usage("%s is a directory; name a file", name)
	case info.Size() > maxFile:
		return nil, usage("%s has %d MB; at most %d are read", name, info.Size()>>20, maxFile>>20)
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, usage("cannot read %s: %v", name, err)
	}
	return src, nil
}

// scenarioSource finds the text of a scenario and the overlays it is read with.
func scenarioSource(nameOrPath string, f scenarioFlags) (name string, src []byte, over []platform.Overlay, err error) {
	if over, err = overlays(f.catalogues); err != nil {
		return "", nil, nil, err
	}
	if name, src, err = scenarios.Find(nameOrPath); err != nil {
		return "", nil, nil, usage("%v", err)
	}
	return name, src, over, nil
}

// load reads a scenario; all of its problems are printed at once.
func (p *program) load(nameOrPath string, f scenarioFlags) (*edge.Config, scenarios.Problems, error) {
	name, src, over, err := scenarioSource(nameOrPath, f)
	if err != nil {
		return nil, nil, err
	}
	cfg, problems := scenarios.Load(name, src, scenarios.Options{Sets: f.sets, Overlays: over})
	if problems.Failed() {
		return nil, problems, nil
	}
	p.log.Info("scenario read", "name", cfg.Name, "file", name, "apps", len(cfg.Apps), "as_of", cfg.AsOf.Format("2006-01-02"))
	return cfg, problems, nil
}

// refuse prints the problems of a scenario that cannot be run.
func (p *program) refuse(problems scenarios.Problems, done string) error {
	fmt.Fprintln(p.err, problems.Error())
	n := len(problems.Errors())
	fmt.Fprintf(p.err, "berth: %s; %s\n", plural(n, "problem", "problems"), done)
	return &exitError{code: codeUsage}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// compile makes the model; what only shows here is the scenario's fault too.
func (p *program) compile(cfg *edge.Config, file string) (*edge.Model, error) {
	m, err := edge.Compile(cfg)
	if err != nil {
		return nil, usage("%s cannot be simulated:\n%v", filepath.Base(file), err)
	}
	return m, nil
}
