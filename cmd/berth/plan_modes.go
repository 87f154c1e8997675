package main

import (
	"slices"
	"strings"

	"berth/plan"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// planModes are the flags that make plan answer another question than which
// configuration is cheapest.
type planModes struct {
	sensitivity, maxRate bool
}

func (m *planModes) add(c *cobra.Command) {
	c.Flags().BoolVar(&m.sensitivity, "sensitivity", false, "vary inputs and assumptions one at a time: what moves the bill and p99")
	c.Flags().BoolVar(&m.maxRate, "max-rate", false, "find the highest rate that keeps the targets, of all apps or of one --app")
}

// commonFlags are those of every mode.
var commonFlags = []string{"set", "catalogue", "replications", "workers", "seed", "quiet", "format", "report", "out", "verbose", "no-color", "help"}

// planMode runs the mode that the flags ask for.
func (p *program) planMode(c *cobra.Command, scenario string, f planFlags) error {
	if f.sensitivity {
		study, err := f.study(c, "sensitivity", plan.DefaultReplications)
		if err != nil {
			return err
		}
		return p.planSensitivity(scenario, study)
	}
	if f.maxRate {
		study, err := f.study(c, "max-rate", plan.DefaultReplications, "app", "max-replications")
		if err != nil {
			return err
		}
		if c.Flags().Changed("replications") {
			return usage("--max-rate makes as many replications as it needs, up to --max-replications; leave out --replications")
		}
		return p.planCapacity(scenario, f.apps, f.most, study)
	}
	return p.plan(scenario, f)
}

// study takes the flags that a mode shares with the search and refuses those
// that have no meaning in it. Replications are the mode's own unless given.
func (f *planFlags) study(c *cobra.Command, mode string, replications int, own ...string) (studyFlags, error) {
	var foreign []string
	c.Flags().Visit(func(x *pflag.Flag) {
		if x.Name != mode && !slices.Contains(commonFlags, x.Name) && !slices.Contains(own, x.Name) {
			foreign = append(foreign, "--"+x.Name)
		}
	})
	if len(foreign) > 0 {
		return studyFlags{}, usage("--%s does not go together with %s", mode, strings.Join(foreign, ", "))
	}
	if c.Flags().Changed("replications") {
		replications = f.confirm
	}
	return studyFlags{scenarioFlags: f.scenarioFlags, outputs: f.outputs, replications: replications, workers: f.workers, seed: f.seed, quiet: f.quiet}, nil
}
