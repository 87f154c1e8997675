package node

import (
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 10), ", ") + "]\n"
	}
	cases := []struct {
		name, src, want string
		line            int
	}{
		{"empty", "", "empty", 1},
		{"only a comment", "# nothing\n", "empty", 1},
		{"second document", "a: 1\n---\nb: 2\n", "second document", 2},
		{"duplicate key", "a: 1\nb: 2\na: 3\n", `key "a" is already set in line 1`, 3},
		{"custom tag", "a: !python/object x\n", "not allowed", 1},
		{"key is a list", "? [a]\n: 1\n", "key must be plain text", 1},
		{"alias bomb", bomb, "after expanding aliases", 0},
		{"syntax", "a: b: c\n", "not valid YAML", 1},
		{"deep", strings.Repeat("[", 20000), "not valid YAML", 1},
		{"nested", strings.Repeat("[", 100) + strings.Repeat("]", 100), "levels deep", 1},
		{"large", strings.Repeat("#", MaxBytes+1), "at most", 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, faults := Parse("f", []byte(c.src))
			if len(faults) == 0 {
				t.Fatal("accepted")
			}
			f := faults[0]
			if !strings.Contains(f.Message, c.want) || c.line != 0 && f.Line != c.line {
				t.Errorf("got %d:%d %q, want line %d and %q", f.Line, f.Col, f.Message, c.line, c.want)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	n, faults := Parse("f", []byte("x-base: &b {a: 1, b: 2}\nc:\n  <<: *b\n  b: 3\n"))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	c := n.Get("c")
	if c.Get("a").Text != "1" || c.Get("b").Text != "3" {
		t.Errorf("merged to %s", Print(c))
	}
}

func TestPrintReadsBack(t *testing.T) {
	for _, s := range []string{"plain", "NO", "2026-11", "3", "1e3", "a: b", "# x", "", " x ", "tab\there", "\x1b[31m",
		"snow \u2603", "quote \" and \\", "null", "~", "*a", "&a", "lognormal(mean=1.2s, cv=0.5)", "0x10", "1:30", "-", "{}", "\u2028"} {
		doc := &Node{Kind: Map}
		doc.Set("k", &Node{Kind: Scalar, Text: s})
		doc.Set("l", &Node{Kind: List, Items: []*Node{{Kind: Scalar, Text: s}}})
		back, faults := Parse("f", []byte(Print(doc)))
		if len(faults) > 0 {
			t.Fatalf("%q: %v in %s", s, faults, Print(doc))
		}
		for _, got := range []*Node{back.Get("k"), back.Get("l").Items[0]} {
			if got.Kind != Scalar || got.Text != s || got.Tag != Text {
				t.Errorf("%q came back as %+v", s, got)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: 1", "a: &x [1, *x]", "? a", "<<: 1", "--- a\n--- b", "a: !!binary x", "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		n, faults := Parse("f", src)
		if n == nil && len(faults) == 0 {
			t.Fatal("nothing read and nothing reported")
		}
		for _, p := range faults {
			if p.Line < 1 || p.Col < 1 || p.Message == "" {
				t.Fatalf("fault without a place: %+v", p)
			}
		}
	})
}
