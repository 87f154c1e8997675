package main

import (
	"flag"
	"fmt"
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The documents show what the program prints: every console block is executed
// and compared, and the parts between "generated" marks are made anew. With
// -update both are written into the documents.
//
// In a ```console block, a line that begins with "$ " is a command for the
// shell; what follows is its output. A line "..." stands for any number of
// lines. A block with a file's name behind its language (```yaml my.yaml) is
// that file. The blocks of a document share one directory.

var update = flag.Bool("update", false, "write the program's output into the documents")

// documents lists the files that are held against the program.
func documents(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(houseRoot, "docs", "*.md"))
	if err != nil || len(list) < 10 {
		t.Fatalf("%d documents in docs: %v", len(list), err)
	}
	return append(list, filepath.Join(houseRoot, "README.md"), filepath.Join(houseRoot, "CONTRIBUTING.md"))
}

// longDocuments take half a minute and more: the whole library, and the
// reference suite.
var longDocuments = []string{"scenarios.md", "trust.md"}

func TestDocumentsShowWhatTheProgramPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("short tests do not run the examples of the documents")
	}
	for _, path := range documents(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			if slices.Contains(longDocuments, filepath.Base(path)) && !*update && os.Getenv("BERTH_LONG") == "" {
				t.Skip("runs more than half a minute: set BERTH_LONG")
			}
			t.Parallel()
			old, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text, err := regenerate(string(old))
			if err != nil {
				t.Fatal(err)
			}
			text = fillBlocks(t, text)
			if text == string(old) || t.Failed() {
				return
			}
			if !*update {
				t.Errorf("%s is out of date: %s\ngo test ./cmd/berth -run TestDocuments -update writes it anew", path, firstDifference(string(old), text))
				return
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// firstDifference shows the first lines in which two texts differ.
func firstDifference(old, now string) string {
	a, b := strings.Split(old, "\n"), strings.Split(now, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n  says  %s\n  is    %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("it has %d lines and should have %d", len(a), len(b))
}

var fence = regexp.MustCompile("^```([a-z]*) ?(.*)$")

// fillBlocks runs the blocks of a document and returns it with their output.
func fillBlocks(t *testing.T, text string) string {
	t.Helper()
	dir := workshop(t)
	var out []string
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		out = append(out, lines[i])
		m := fence.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		end := i + 1
		for end < len(lines) && lines[end] != "```" {
			end++
		}
		if end == len(lines) {
			t.Fatalf("line %d: the block has no end", i+1)
		}
		body := lines[i+1 : end]
		switch {
		case m[1] == "console":
			body = converse(t, dir, body)
		case m[2] != "":
			if err := os.WriteFile(filepath.Join(dir, m[2]), []byte(strings.Join(body, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		out = append(append(out, body...), "```")
		i = end
	}
	return strings.Join(out, "\n")
}

// workshop is a directory in which the commands of a document run. The scenarios
// are there as they are in a checkout, and the checkout is beside it.
func workshop(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(houseRoot)
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	dir := filepath.Join(parent, "example")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{filepath.Join(dir, "scenarios"): filepath.Join(root, "scenarios"), filepath.Join(parent, "berth"): root} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// converse runs the commands of a console block. Output with "..." stays as it
// is when it matches.
func converse(t *testing.T, dir string, body []string) []string {
	t.Helper()
	var out []string
	for i := 0; i < len(body); {
		command, ok := strings.CutPrefix(body[i], "$ ")
		if !ok {
			t.Fatalf("console block: %q comes before a command", body[i])
		}
		out = append(out, body[i])
		for i++; strings.HasSuffix(command, "\\") && i < len(body); i++ {
			command += "\n" + body[i]
			out = append(out, body[i])
		}
		begin := i
		for i < len(body) && !strings.HasPrefix(body[i], "$ ") {
			i++
		}
		shown, printed := body[begin:i], shell(t, dir, command)
		if matches(shown, printed) {
			out = append(out, shown...)
		} else {
			out = append(out, printed...)
		}
	}
	return out
}

// standIns are commands with what stands for them in the test: the program is
// the one under test, and a module of the reader's takes the versions of this
// one. Where even that would want a network, its file is run in this module.
var standIns = strings.NewReplacer(
	"go run ./cmd/berth", "berth",
	"go mod tidy", "cp ../berth/go.sum .",
	"go run .", `GOFLAGS=-mod=mod go run . 2>/dev/null || (cd ../berth && go run "$OLDPWD/main.go")`,
)

// progressLine is what a slow machine says on the way.
var progressLine = regexp.MustCompile(`(?m)^(.*\d\d:\d\d  replication \d+ of .*|\d+ of \d+ runs(, .*)?  .*left|\d+ of \d+ runs)\n`)

// shell runs one command as a reader would and returns its lines, those of
// standard error included.
func shell(t *testing.T, dir, command string) []string {
	t.Helper()
	c := exec.Command("sh", "-c", standIns.Replace(command))
	c.Dir = dir
	c.Env = append(os.Environ(), "NO_COLOR=1", "LC_ALL=C.UTF-8")
	out, err := c.CombinedOutput()
	if err != nil && c.ProcessState == nil {
		t.Fatalf("%s: %v", command, err)
	}
	printed := progressLine.ReplaceAllString(string(out), "")
	if code := c.ProcessState.ExitCode(); code == codeInternal || code > codeSLO || strings.Contains(printed, "sh: ") {
		t.Errorf("%s: exit code %d\n%s", command, code, printed)
	}
	if printed == "" && strings.Contains(command, "sed ") {
		t.Errorf("%s: prints nothing; has a table another title?", command)
	}
	lines := strings.Split(strings.TrimRight(printed, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// matches says whether lines show what was printed, with "..." for any number
// of lines.
func matches(shown, printed []string) bool {
	if len(shown) == 0 {
		return len(printed) == 0
	}
	if shown[0] == "..." {
		for skip := 0; skip <= len(printed); skip++ {
			if matches(shown[1:], printed[skip:]) {
				return true
			}
		}
		return false
	}
	return len(printed) > 0 && shown[0] == printed[0] && matches(shown[1:], printed[1:])
}

func TestMatches(t *testing.T) {
	printed := []string{"a", "b", "c", "d"}
	for shown, want := range map[string]bool{
		"a b c d": true, "a b c": false, "a ... d": true, "... d": true, "a ...": true, "...": true, "... b ... d": true,
		"a ... b": false, "a c ... d": false, "a b c d ...": true, "a ... e": false, "a ... c": false,
	} {
		if got := matches(strings.Fields(shown), printed); got != want {
			t.Errorf("%q: %v", shown, got)
		}
	}
}

// TestInvariantsAreTested holds the numbered invariants to tests that exist.
func TestInvariantsAreTested(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(houseRoot, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## Invariants")
	exists := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test {
				exists[f.Name.Name] = true
			}
		}
	}
	named := regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(table, -1)
	for _, m := range named {
		if !exists[m[1]] {
			t.Errorf("docs/architecture.md names %s, which is not there", m[1])
		}
	}
	if len(named) < 15 {
		t.Errorf("only %d tests are named", len(named))
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

func TestLinksOfTheDocumentsLeadSomewhere(t *testing.T) {
	links := 0
	for _, path := range documents(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links were found", links)
	}
}
