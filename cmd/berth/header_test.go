package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestHeadersShowWhatTheProgramPrints runs the commands that the comments of the
// library's scenarios show; each line below a command must be in its output.
func TestHeadersShowWhatTheProgramPrints(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(houseRoot, "scenarios", "library", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d scenarios: %v", len(files), err)
	}
	dir := workshop(t)
	commands := 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var printed []string
		for _, line := range strings.Split(string(text), "\n") {
			shown, ok := strings.CutPrefix(line, "#   ")
			if !ok {
				continue
			}
			if command, ok := strings.CutPrefix(shown, "$ "); ok {
				printed = shell(t, dir, command)
				commands++
				continue
			}
			if !slices.Contains(printed, shown) {
				t.Errorf("%s shows %q; the program prints %q", filepath.Base(path), shown, printed)
			}
		}
	}
	if commands == 0 {
		t.Error("no header shows a command")
	}
}
