package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"berth/plan"
	"berth/scenarios"
	"berth/sim"
)

// call runs the command in process.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(args, strings.NewReader(""), &out, &err)
	return code, out.String(), err.String()
}

func TestInterruptWritesPartialResults(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.html")
	for name, after := range map[string]time.Duration{"at once": 0, "on the way": 300 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(context.Background(), after)
		var out, errs bytes.Buffer
		// Far more than can be done in that time.
		code := runContext(ctx, []string{"run", "first", "--replications", "5000", "--format", "json", "--report", page}, strings.NewReader(""), &out, &errs)
		cancel()
		if code != codeInterrupted || !strings.Contains(errs.String(), "interrupted; the results are partial") {
			t.Errorf("%s: exit code %d, %s", name, code, errs.String())
		}
		var doc struct {
			Partial  bool     `json:"partial"`
			Warnings []string `json:"warnings"`
			SLO      []struct {
				Verdict string `json:"verdict"`
			} `json:"slo"`
		}
		if err := json.Unmarshal(out.Bytes(), &doc); err != nil || !doc.Partial {
			t.Fatalf("%s: partial %v, %v", name, doc.Partial, err)
		}
		for _, s := range doc.SLO {
			if s.Verdict != "not proven" {
				t.Errorf("%s: a partial run is %s", name, s.Verdict)
			}
		}
		if text, err := os.ReadFile(page); err != nil || !bytes.Contains(text, []byte("</html>")) {
			t.Errorf("%s: no whole page, %v", name, err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(page), ".*part*")); len(left) > 0 {
			t.Errorf("%s: left behind: %v", name, left)
		}
	}
}

func TestHostileTextCannotSteerTheTerminal(t *testing.T) {
	dir := t.TempDir()
	hostile := filepath.Join(dir, "a\x1b[2Jb\u202ec.yaml")
	src := "name: \"x\\e[31m\"\napps:\n  \"\\e[2J\": {instance_type: \"\\e[1m\u202e\"}\n\"k\\e[3m\": 1\n"
	if err := os.WriteFile(hostile, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run", hostile}, {"check", hostile}, {"run", "\x1b[2J"}, {"run", "first", "--\x1b[2J"}, {"\x1b[31m"},
		{"list", "\x1b[2J"}, {"list", "types", "--world", "\x1b[2J"}, {"bill", hostile}, {"run", "first", "--set", "a.\x1b[2J=1"}} {
		code, out, errs := call(t, args...)
		if code != codeUsage {
			t.Errorf("%q: exit code %d", args, code)
		}
		if strings.ContainsAny(out+errs, "\x1b\u202e") {
			t.Errorf("%q: %q", args, out+errs)
		}
	}
}

func TestFilesAreReplacedWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "result.txt")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("new"); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(path); string(text) != "old" {
		t.Errorf("before Commit: %q", text)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(path); string(text) != "new" {
		t.Errorf("after Commit: %q", text)
	}
	if f, err = create(path); err != nil {
		t.Fatal(err)
	}
	f.Discard()
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("%d files are left", len(entries))
	}
}

// failing is an output that cannot be written to.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestErrorsOfTheMachineAreInternal(t *testing.T) {
	var errs bytes.Buffer
	for _, args := range [][]string{{"list", "types"}, {"schema"}, {"explain", "first"}, {"run", "guide-bariloche", "--replications", "1"}} {
		errs.Reset()
		if code := run(args, strings.NewReader(""), failing{}, &errs); code != codeInternal || !strings.Contains(errs.String(), "the disk is full") {
			t.Errorf("%v: exit code %d, %q", args, code, errs.String())
		}
	}
}

func TestProgressLine(t *testing.T) {
	name, src, err := scenarios.Find("first")
	if err != nil {
		t.Fatal(err)
	}
	cfg, problems := scenarios.Load(name, src, scenarios.Options{})
	if cfg == nil {
		t.Fatal(problems)
	}
	var w bytes.Buffer
	s := newProgress(&program{err: &w}, cfg, false)
	s.at[0], s.at[1] = 30*sim.Day, 15*sim.Day
	got := s.line(plan.Progress{Replication: 1, Done: 1, Total: 5, Now: 15 * sim.Day, Duration: 30 * sim.Day, Requests: 1_500_000}, 3*time.Second)
	// One and a half of five replications in 3 s: seven more.
	if want := "2026-11-16 00:00  replication 2 of 5  1.5M requests  500k/s  8s left"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.update(plan.Progress{Total: 5, Duration: 30 * sim.Day})
	if w.Len() > 0 {
		t.Errorf("a line within the first 10 s: %q", w.String())
	}
}

func TestSecondsAreExact(t *testing.T) {
	for ns, want := range map[int64]string{0: "0", 1: "0.000000001", 1_500_000_000: "1.5", -20_000_000: "-0.02", 86_400_000_000_001: "86400.000000001"} {
		if got := seconds(ns); got != want {
			t.Errorf("%d ns: %s, want %s", ns, got, want)
		}
	}
}

func TestLogLines(t *testing.T) {
	if got := csvLine([]string{"1.5", "=cmd()", "a,b", `say "x"`, "-3"}); got != `1.5,'=cmd(),"a,b","say ""x""",-3` {
		t.Errorf("%s", got)
	}
	cells := []string{"1.5", `a"b`, "0", "200", "", "0.25"}
	var back map[string]any
	if err := json.Unmarshal([]byte(jsonLine(cells)), &back); err != nil || back["app"] != `a"b` || back["latency_s"] != 0.25 || back["cause"] != nil {
		t.Errorf("%v, %v", back, err)
	}
	numeric := jsonLine([]string{"1", "42"})
	if numeric != `{"sent_s":1,"app":"42"}` {
		t.Errorf("a name of digits stays a text: %s", numeric)
	}
	last := len(logColumns) - 1
	cells = make([]string, last+1)
	cells[last-1], cells[last] = "7", "7"
	if got := jsonLine(cells); got != `{"bytes":7,"place":"7"}` {
		t.Errorf("a place of digits stays a text: %s", got)
	}
}

// TestLibraryRuns runs every scenario of the library for a short while, with
// the laws checked.
func TestLibraryRuns(t *testing.T) {
	for _, e := range scenarios.Library() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			args := []string{"run", e.Name, "--quiet", "--replications", "1", "--check", "--format", "json"}
			if testing.Short() {
				if cfg, _ := scenarios.Load(e.Name, e.Source, scenarios.Options{}); cfg == nil || cfg.Duration > 2*sim.Hour {
					t.Skip("-short: only scenarios of two hours or less")
				}
			}
			code, out, errs := call(t, args...)
			if code != codeOK && code != codeSLO {
				t.Fatalf("exit code %d: %s", code, errs)
			}
			if !json.Valid([]byte(out)) {
				t.Error("not JSON")
			}
		})
	}
}
