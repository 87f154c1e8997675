package strict

import (
	"fmt"
	"strings"
)

// Suggest is the known word nearest to word by edit distance, or "" when none
// is near enough to be meant (more than a third of its letters differ, at least
// two allowed). Ties go to the earlier word.
func Suggest(word string, known []string) string {
	best, bestDistance := "", 1<<30
	for _, k := range known {
		d := Distance(strings.ToLower(word), strings.ToLower(k))
		if d < bestDistance && d <= max(2, len(k)/3) && d < max(len(k), len(word)) {
			best, bestDistance = k, d
		}
	}
	return best
}

// hintFor is the hint for a word that is not among known.
func hintFor(word string, known []string) string {
	if s := Suggest(word, known); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	return "known: " + strings.Join(known, ", ")
}

// Distance is the optimal string alignment distance: insertions, deletions,
// substitutions and swaps of neighbours cost 1 each. Words are cut at 64 letters.
func Distance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	ra, rb = ra[:min(len(ra), 64)], rb[:min(len(rb), 64)]
	prev2 := make([]int, len(rb)+1)
	prev := make([]int, len(rb)+1)
	cur := make([]int, len(rb)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(ra); i++ {
		cur[0] = i
		for j := 1; j <= len(rb); j++ {
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(rb)]
}
