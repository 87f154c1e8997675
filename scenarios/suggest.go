package scenarios

import "strings"

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
		score := 2 * editDistance(word, plainWord(c))
		for _, part := range strings.Split(plainWord(c), "_") {
			// A part written for the whole, such as type for instance_type, counts
			// a little more than a misspelling of the whole.
			if d := editDistance(word, part); len(part) >= 3 && d <= limit {
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

// editDistance is the number of insertions, deletions, replacements and swaps
// of neighbours that turn a into b (Damerau's distance, optimal alignment).
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
