package scenarios

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
)

// Severity says whether a scenario can be run in spite of a problem.
type Severity uint8

// The severities.
const (
	Error Severity = iota
	Warning
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Problem is one thing wrong with a scenario, with the place it is written at.
type Problem struct {
	File       string
	Line, Col  int    // from 1; Col counts characters
	Path       string // apps.web.sleep_after; "" for the file itself
	Message    string // what is wrong
	Suggestion string // what to do, without brackets; may be empty
	Severity   Severity
	Source     string // the source line
}

// Error writes the problem on one line: place, path, message, suggestion.
func (p Problem) Error() string {
	var b strings.Builder
	if strings.HasPrefix(p.File, overrideFile) {
		b.WriteString("--set: ") // its one line follows as the excerpt
	} else {
		fmt.Fprintf(&b, "%s:%d:%d: ", printable(p.File), p.Line, p.Col)
	}
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	if p.Path != "" {
		b.WriteString(printable(p.Path) + ": ")
	}
	b.WriteString(printable(p.Message))
	if p.Suggestion != "" {
		b.WriteString(" (" + printable(p.Suggestion) + ")")
	}
	return b.String()
}

// maxSource is the width at which a source line is cut around the caret.
const maxSource = 96

// Excerpt is the source line with a caret under the place, or "" where there
// is no line to show.
func (p Problem) Excerpt() string {
	line := []rune(printable(strings.ReplaceAll(p.Source, "\t", " ")))
	if len(strings.TrimSpace(string(line))) == 0 {
		return ""
	}
	col := min(max(p.Col-1, 0), len(line))
	if len(line) > maxSource {
		from := min(max(col-maxSource/2, 0), len(line)-maxSource)
		line, col = line[from:min(from+maxSource, len(line))], col-from
	}
	return "    " + strings.TrimRight(string(line), " ") + "\n    " + strings.Repeat(" ", col) + "^\n"
}

// printable replaces control characters and marks that change the direction of
// text, one for one so that columns stay.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// Problems are sorted by place and hold no two alike.
type Problems []Problem

// Failed says whether any problem is an error.
func (ps Problems) Failed() bool {
	for _, p := range ps {
		if p.Severity == Error {
			return true
		}
	}
	return false
}

// Errors returns the problems that forbid a run.
func (ps Problems) Errors() Problems { return ps.only(Error) }

// Warnings returns the problems that do not.
func (ps Problems) Warnings() Problems { return ps.only(Warning) }

func (ps Problems) only(s Severity) Problems {
	var out Problems
	for _, p := range ps {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

// Error makes Problems an error value that prints everything at once, each
// problem followed by its source line and a caret.
func (ps Problems) Error() string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.Error() + "\n" + p.Excerpt())
	}
	return strings.TrimRight(b.String(), "\n")
}

// overrideFile begins the name that stands for an override's file.
const overrideFile = "--set "

// sorted orders by file, line, column and message and drops repetitions.
func (ps Problems) sorted(files map[string]int) Problems {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		switch {
		case a.File != b.File:
			return files[a.File] < files[b.File]
		case a.Line != b.Line:
			return a.Line < b.Line
		case a.Col != b.Col:
			return a.Col < b.Col
		case a.Severity != b.Severity:
			return a.Severity < b.Severity
		}
		return a.Message < b.Message
	})
	var out Problems
	for i, p := range ps {
		if i > 0 && p == ps[i-1] {
			continue
		}
		out = append(out, p)
	}
	return out
}
