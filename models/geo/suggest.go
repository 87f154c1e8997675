package geo

import (
	"fmt"
	"strings"
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
	w := []rune(strings.ToLower(word))
	if len(w) > 64 {
		return ""
	}
	best, bestEdits := "", len(w)/3+2
	for _, k := range known {
		if e := edits(w, []rune(strings.ToLower(k)), bestEdits); e < bestEdits {
			best, bestEdits = k, e
		}
	}
	return best
}

// edits returns the Levenshtein distance of two words, or limit if it is at least that.
func edits(a, b []rune, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		low := row[0]
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
			low = min(low, row[j+1])
		}
		if low >= limit {
			return limit
		}
	}
	return min(row[len(b)], limit)
}
