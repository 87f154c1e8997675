package geo

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"berth/data/strict"
)

// unknown returns an error for a word that is not in a list, with the nearest word that is.
func unknown(kind, word string, known []string) error {
	if s := closest(word, known); s != "" {
		return fmt.Errorf("unknown %s %q; did you mean %q?", kind, word, s)
	}
	return fmt.Errorf("unknown %s %q", kind, word)
}

// closest returns the known word with the fewest edits from word, ignoring case, or "" when none is near. Ties go to the first.
func closest(word string, known []string) string {
	w := strings.ToLower(word)
	letters := utf8.RuneCountInString(w)
	if letters > 64 {
		return ""
	}
	best, bestEdits := "", letters/3+2
	for _, k := range known {
		if e := strict.Distance(w, strings.ToLower(k)); e < bestEdits {
			best, bestEdits = k, e
		}
	}
	return best
}
