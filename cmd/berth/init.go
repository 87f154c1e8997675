package main

import (
	"fmt"
	"io"
	"os"

	"berth/scenarios"

	"github.com/spf13/cobra"
)

func initVerb(p *program) *cobra.Command {
	var from, out string
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a scenario to start with",
		Long: `init writes a commented scenario to standard output or, with --out, to a file.
--from fills class, instance type, max_instances and rollout from a deployment's
wrangler.toml, wrangler.json or wrangler.jsonc. What had to be assumed is listed
on standard error.`,
		Example: "  berth init --from wrangler.toml --out my.yaml",
		Args:    noArguments,
	}
	c.Flags().StringVar(&from, "from", "", "deployment configuration `FILE`")
	c.Flags().StringVar(&out, "out", "", "scenario `FILE` to write; it must not exist")
	c.RunE = func(*cobra.Command, []string) error { return p.init(from, out) }
	return c
}

// noArguments refuses arguments.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s takes no argument: %s", c.CommandPath(), args[0])
	}
	return nil
}

func (p *program) init(from, out string) error {
	var src []byte
	if from != "" {
		var err error
		if src, err = readFile(from); err != nil {
			return err
		}
	}
	if _, err := os.Stat(out); out != "" && err == nil {
		return usage("--out %s exists already; it is not overwritten", out)
	}
	draft, problems := scenarios.Init(from, src)
	if problems.Failed() || len(draft.YAML) == 0 {
		return p.refuse(problems, "nothing was written")
	}
	if len(problems) > 0 {
		fmt.Fprintln(p.err, problems.Error())
	}
	for _, a := range draft.Assumed {
		fmt.Fprintf(p.err, "berth: assumed: %s\n", printable(a))
	}
	write := func(w io.Writer) error {
		_, err := w.Write(draft.YAML)
		return err
	}
	if out == "" {
		return write(p.out)
	}
	return writeFile(out, write)
}
