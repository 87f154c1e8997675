package scenarios

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"berth/models/edge"
)

// explainWidth is how wide the lines of Explain are.
const explainWidth = 100

// Explain writes the resolved scenario, one value after the other: path, value,
// and where it comes from; for defaults with the grade and source of the evidence.
// What is too long for the last column goes on below it.
func Explain(w io.Writer, cfg *edge.Config) error {
	pathWidth, valueWidth := 0, 0
	for _, o := range cfg.Origins {
		pathWidth = max(pathWidth, utf8.RuneCountInString(o.Path))
		valueWidth = max(valueWidth, min(utf8.RuneCountInString(o.Value), usualValue))
	}
	for _, o := range cfg.Origins {
		why := o.From
		if o.Source != "" {
			why += ": " + o.Source
		}
		if o.Grade != "" {
			why += " (" + o.Grade + ")"
		}
		begin := printable(pad(o.Path, pathWidth) + "  " + pad(shorten(o.Value), valueWidth) + "  ")
		indent := pathWidth + valueWidth + 4
		for _, line := range wrapped(begin, printable(why), indent) {
			if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
				return err
			}
		}
	}
	return nil
}

// wrapped puts the words of text behind begin and, where that is full, on lines of
// their own behind an indent that leaves them room.
func wrapped(begin, text string, indent int) []string {
	indent = min(indent, explainWidth-30)
	var lines []string
	line := begin
	fresh := true
	for _, word := range strings.Fields(text) {
		if n := utf8.RuneCountInString(line) + utf8.RuneCountInString(word) + 1; n > explainWidth && (!fresh || len(lines) == 0) {
			lines, line, fresh = append(lines, line), strings.Repeat(" ", indent), true
		}
		if !fresh {
			line += " "
		}
		line, fresh = line+word, false
	}
	return append(lines, line)
}

// usualValue is the width that values seldom exceed.
const usualValue = 24

// maxShown is the width at which a value is shortened.
const maxShown = 48

func shorten(s string) string {
	if r := []rune(s); len(r) > maxShown {
		return string(r[:maxShown-3]) + "..."
	}
	return s
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-utf8.RuneCountInString(s), 0))
}
