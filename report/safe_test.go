package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"berth/report/internal/resulttest"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// steers reports whether s holds a rune that steers a terminal or reorders a line.
func steers(s string) bool {
	for _, r := range s {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || invisible(r)) {
			return true
		}
	}
	return false
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[31mb":                "a[31mb",
		"a\nb\tc\rd":                "a b cd",
		"user\u202egpj.exe":         "usergpj.exe",
		"zero\u200bwidth\ufeff":     "zerowidth",
		"bad\xffutf8":               "bad\ufffdutf8",
		"\x9b2J":                    "\ufffd2J",
		"\u009b2J":                  "2J",
		"a\u0301\u0301\u0301\u0301": "a\u0301\u0301",
		"名前 é":                      "名前 é",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add(resulttest.Hostile)
	f.Add("\u202e\x1b]0;x\x07")
	f.Fuzz(func(t *testing.T, s string) {
		p := plain(s)
		if steers(p) || strings.ContainsAny(p, "\n\t") || !utf8.ValidString(p) {
			t.Fatalf("%q became %q", s, p)
		}
		if plain(p) != p {
			t.Fatalf("cleaning %q twice differs", s)
		}
		if w := twwidth.Width(fit(s, 20)); w > 20 {
			t.Fatalf("fit(%q, 20) is %d wide", s, w)
		}
	})
}

func TestMarkdownEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"a|b":                `a\|b`,
		"<b>&":               "&lt;b&gt;&amp;",
		"`x` *y* [z](u)":     "\\`x\\` \\*y\\* \\[z\\](u)",
		"max_instances _x_":  `max_instances \_x\_`,
		"@all https://a.b/c": "&#64;all https&#58;//a.b/c",
		"a\nb":               "a b",
	} {
		if got := markdown(in); got != want {
			t.Errorf("markdown(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSpreadsheet(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "-1": "'-1", "web": "web", "": "", "\t=1": " =1"} {
		if got := spreadsheet(in); got != want {
			t.Errorf("spreadsheet(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestHostileTextsInEveryForm puts hostile texts into every field of a result.
func TestHostileTextsInEveryForm(t *testing.T) {
	for name, text := range map[string]string{"hostile": resulttest.Hostile, "long": strings.Repeat("x|", 5000), "wide": strings.Repeat("名", 3000), "empty": ""} {
		t.Run(name, func(t *testing.T) {
			r := resulttest.New()
			resulttest.Poison(r, text)
			var txt, md, html bytes.Buffer
			for _, err := range []error{Text(&txt, r, Options{}), Markdown(&md, r), HTML(&html, r)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if steers(txt.String()) || steers(md.String()) {
				t.Error("a control or direction mark came through")
			}
			for _, line := range tableLines(txt.String()) {
				if w := twwidth.Width(line); w > 100 {
					t.Errorf("a line is %d columns wide: %s", w, line)
				}
			}
			if strings.Contains(md.String(), "<script") || strings.Contains(md.String(), "<img") {
				t.Error("Markdown holds HTML")
			}
			columns(t, md.String())
			if n := strings.Count(strings.Replace(html.String(), libraryScript, "", 1), "<img"); n != 0 {
				t.Errorf("%d images in the page", n)
			}
		})
	}
}

// tableLines are the lines of a text report but the last, the verdict, which is
// one line for scripts.
func tableLines(s string) []string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return lines[:len(lines)-1]
}

// columns checks that the rows of each Markdown table have as many cells as its
// head.
func columns(t *testing.T, md string) {
	t.Helper()
	want := 0
	for _, line := range strings.Split(md, "\n") {
		if !strings.HasPrefix(line, "|") {
			want = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(strings.ReplaceAll(line, `\\`, ""), `\|`, ""), "|")
		if want == 0 {
			want = n
		}
		if n != want {
			t.Errorf("%d bars instead of %d in %s", n, want, line)
		}
	}
}
