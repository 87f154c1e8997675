package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

const terminalScenario = `name: small
duration: 1h
as_of: 2026-11-01
apps:
  web:
    instance_type: lite
    traffic: [{requests: 10/min}]
slo: ["p99(latency) < 30s"]
`

// onTerminal runs a command on a terminal of its own and returns all that it shows.
func onTerminal(t *testing.T, dir, command string, env ...string) string {
	t.Helper()
	c := exec.Command("script", "-qec", command, "/dev/null")
	c.Dir = dir
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	if err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestOnATerminal captures what a terminal gets: bold and colours where they are
// wanted, and no other code, whatever a file is called and holds.
func TestOnATerminal(t *testing.T) {
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("no script(1) to make a terminal: install bsdutils")
	}
	dir := t.TempDir()
	hostile := "name: \"</script>|`*_ \\e[31mred\\e]0;owned\\a \u202eabc\"\napps:\n  \"\\e[2J\": {instance_type: \"\\e[1m\u202e\"}\n"
	for name, text := range map[string]string{"small.yaml": terminalScenario, "hostile.yaml": hostile} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	painted := regexp.MustCompile("\x1b\\[[0-9;]*m")
	coloured := onTerminal(t, dir, "berth run small.yaml --replications 2", "NO_COLOR=")
	if !painted.MatchString(coloured) || strings.Contains(painted.ReplaceAllString(coloured, ""), "\x1b") {
		t.Errorf("a terminal gets %q", coloured)
	}
	for _, run := range []struct{ command, env string }{{"berth run small.yaml --replications 2", "NO_COLOR=1"}, {"berth run small.yaml --replications 2 --no-color", "NO_COLOR="},
		{"berth run hostile.yaml", "NO_COLOR="}, {"berth check hostile.yaml", "NO_COLOR="}, {"berth explain hostile.yaml", "NO_COLOR="}} {
		got := onTerminal(t, dir, run.command, run.env)
		if strings.ContainsAny(got, "\x1b\x07\u202e\u0000") || !strings.Contains(got, "\n") {
			t.Errorf("%s %s: the terminal gets %q", run.env, run.command, got)
		}
	}
	if plain := onTerminal(t, dir, "berth run small.yaml --replications 2 | cat", "NO_COLOR="); strings.Contains(plain, "\x1b") {
		t.Errorf("a pipe gets %q", plain)
	}
}

// TestOutputFitsAHundredColumns runs verbs that print tables, and all help.
// The last line, the verdict, is one sentence and one line: a terminal wraps it.
func TestOutputFitsAHundredColumns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(path, []byte(terminalScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	commands := [][]string{{"run", path, "--replications", "2"}, {"explain", path}, {"list", "types"}, {"list", "prices"}, {"list", "limits"}, {"list", "policies"},
		{"list", "presets"}, {"list", "scenarios"}, {"list", "pops"}}
	if !testing.Short() {
		commands = append(commands, []string{"compare", path, "--set", "apps.web.sleep_after=2m", "--replications", "2"},
			[]string{"sweep", path, "--vary", "apps.web.sleep_after=2m,5m", "--replications", "2"})
	}
	for _, verb := range verbs {
		commands = append(commands, []string{verb(&program{}).Name(), "--help"})
	}
	for _, args := range commands {
		code, out, errs := call(t, args...)
		if code != codeOK && code != codeSLO {
			t.Fatalf("%v: exit code %d: %s", args, code, errs)
		}
		lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
		for _, line := range lines[:max(0, len(lines)-1)] {
			if n := utf8.RuneCountInString(line); n > 100 && !strings.HasPrefix(line, "  berth ") && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("%v: %d columns: %s", args, n, line)
			}
		}
	}
}
