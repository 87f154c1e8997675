package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// invisible are the runes that change how their neighbours are shown, or show
// nothing: direction marks, joiners and other fillers. A name made with them can
// look like another.
func invisible(r rune) bool {
	switch {
	case r == 0x00AD || r == 0x034F || r == 0x061C || r == 0x115F || r == 0x1160 || r == 0x17B4 || r == 0x17B5 || r == 0x180E || r == 0x3164 || r == 0xFFA0:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x2028 && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
		return true
	case r == 0xFEFF, r >= 0xFE00 && r <= 0xFE0F, r >= 0xFFF0 && r <= 0xFFFB, r >= 0xE0000 && r <= 0xE0FFF:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// maxMarks is how many combining marks in a row are kept: more pile up over
// the lines around them.
const maxMarks = 2

// clean removes what could steer a terminal or reorder a line from s: control
// bytes, escape sequences' first byte, direction marks, invalid UTF-8. Line
// breaks and tabs become spaces unless kept.
func clean(s string, keepLines bool) string {
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for len(s) > 0 {
		if c := s[0]; c >= ' ' && c <= '~' { // most of every text
			b.WriteByte(c)
			s, marks = s[1:], 0
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			b.WriteRune(utf8.RuneError)
			s = s[size:]
			continue
		}
		s = s[size:]
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		switch {
		case r == '\n' || r == '\t':
			if keepLines {
				b.WriteRune(r)
			} else {
				b.WriteByte(' ')
			}
		case r == '\r' || unicode.IsControl(r) || invisible(r):
		case r == nbspRune:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

const nbspRune = '\u00a0'

// plain is s on one line without anything that could steer a terminal.
func plain(s string) string {
	return clean(s, false)
}

// fit is plain(s) in at most width columns, the rest replaced by an ellipsis.
func fit(s string, width int) string {
	// A column takes a rune and at most its marks, so measure no more of a long
	// text than can be shown, and then some for what plain removes.
	if most := (width + 1) * (1 + maxMarks) * 8 * utf8.UTFMax; len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	s = plain(s)
	if twwidth.Width(s) <= width {
		return s
	}
	return twwidth.Truncate(s, width, "…")
}

// maxName is the longest name, in columns, that a page or a Markdown text shows.
const maxName = 80

// markdownSpecial are the bytes with a meaning in Markdown.
const markdownSpecial = "\\`*_[]#~!|"

// markdown escapes s so that it shows as itself in a Markdown text or cell. The
// colon and the at sign become entities where they would make a link or a
// mention.
func markdown(s string) string {
	s = plain(s)
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@':
			b.WriteString("&#64;")
		case r == ':' && strings.HasPrefix(s[i:], "://"):
			b.WriteString("&#58;")
		case r == '_' && inWord(s, i):
			b.WriteRune(r)
		case strings.ContainsRune(markdownSpecial, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// inWord reports whether the byte at i stands between letters or digits, where
// an underscore has no meaning.
func inWord(s string, i int) bool {
	word := func(c byte) bool {
		return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return i > 0 && i+1 < len(s) && word(s[i-1]) && word(s[i+1])
}

// spreadsheet is s for a CSV cell: text that a spreadsheet would run as a
// formula is preceded by an apostrophe.
func spreadsheet(s string) string {
	s = plain(s)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
