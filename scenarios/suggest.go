package scenarios

import (
	"strings"

	"berth/data/strict"
)

// nearest returns the candidate closest to a misspelt word, or "" when none is
// near: at most a third of its letters (at least 1, at most 4) differ from the
// candidate or from one of its parts.
func nearest(word string, candidates []string) string {
	word = plainWord(word)
	if len(word) > 64 {
		return ""
	}
	limit := min(max(len(word)/3, 1), 4)
	best, bestScore := "", 2*limit+2
	for _, c := range candidates {
		score := 2 * strict.Distance(word, plainWord(c))
		for _, part := range strings.Split(plainWord(c), "_") {
			// A part written for the whole, such as type for instance_type, counts
			// a little more than a misspelling of the whole.
			if d := strict.Distance(word, part); len(part) >= 3 && d <= limit {
				score = min(score, 2*d+1)
			}
		}
		if score < bestScore {
			best, bestScore = c, score
		}
	}
	return best
}

func plainWord(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "-", "_")
}
