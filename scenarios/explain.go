package scenarios

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"berth/models/edge"
)

// Explain writes the resolved scenario, one value a line: path, value, where it
// comes from, and for defaults the grade and source of the evidence.
func Explain(w io.Writer, cfg *edge.Config) error {
	pathWidth, valueWidth, fromWidth := 0, 0, 0
	for _, o := range cfg.Origins {
		pathWidth = max(pathWidth, utf8.RuneCountInString(o.Path))
		valueWidth = max(valueWidth, min(utf8.RuneCountInString(o.Value), maxShown))
		fromWidth = max(fromWidth, utf8.RuneCountInString(o.From))
	}
	for _, o := range cfg.Origins {
		why := o.Source
		if o.Grade != "" {
			why = o.Grade + ", " + o.Source
		}
		line := pad(o.Path, pathWidth) + "  " + pad(shorten(o.Value), valueWidth) + "  " + pad(o.From, fromWidth) + "  " + why
		if _, err := fmt.Fprintln(w, strings.TrimRight(printable(line), " ")); err != nil {
			return err
		}
	}
	return nil
}

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
