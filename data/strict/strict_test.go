package strict

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestReaderReportsInTheOrderOfTheFile(t *testing.T) {
	r, root := Parse("f.yaml", []byte("b: [1, x]\na: {c: maybe}\na: 2\nd: ~\n"))
	var ints []int64
	r.Map(root, "file", Fields{
		"a": func(n *yaml.Node) {
			r.Map(n, "a", Fields{"c": func(n *yaml.Node) { r.Bool(n, "c") }}, "e")
		},
		"b": func(n *yaml.Node) {
			r.List(n, "b", func(n *yaml.Node) {
				if v, ok := r.Int(n, "item"); ok {
					ints = append(ints, v)
				}
			})
		},
		"d": func(n *yaml.Node) { r.Text(n, "d") },
	}, "z")
	want := `f.yaml:1:1: file has no "z"
f.yaml:1:8: item must be a whole number of 0 or more, not "x"
f.yaml:2:4: a has no "e"
f.yaml:2:8: c must be true or false, not "maybe"
f.yaml:3:1: key "a" appears twice (first on line 2)
f.yaml:4:4: d must be a value, not nothing`
	if got := r.Err().Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(ints) != 1 || ints[0] != 1 || r.Count() != 6 {
		t.Errorf("%v, %d problems", ints, r.Count())
	}
}

func TestParseRefusesWhatIsNotOnePlainDocument(t *testing.T) {
	for src, want := range map[string]string{
		"":             "the file is empty",
		"# nothing\n":  "the file is empty",
		"a: 1\n---\nb": "a second document begins here",
		"a: [1":        "not valid YAML",
		"a:\n\t- b":    "f:2:1: not valid YAML",
	} {
		r, _ := Parse("f", []byte(src))
		if err := r.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", src, err, want)
		}
	}
	r, root := Parse("f", []byte("a: &x 1\nb: *x\n"))
	r.Map(root, "file", Fields{"a": func(*yaml.Node) {}, "b": func(n *yaml.Node) { r.Text(n, "b") }})
	if err := r.Err(); err == nil || !strings.Contains(err.Error(), "an alias") {
		t.Errorf("an alias: %v", err)
	}
}

func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]string{"0.0000025": "1/400000", "22_500": "22500", "0": "0"} {
		if v, err := ParseDecimal(text); err != nil || v.RatString() != want {
			t.Errorf("%s: %v, %v", text, v, err)
		}
	}
	for _, text := range []string{"", "-1", "1e3", "1/2", ".5", "5.", "0x1", "NaN", strings.Repeat("1", 41)} {
		if v, err := ParseDecimal(text); err == nil {
			t.Errorf("%q was read as %v", text, v)
		}
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"memory", "disk", "sleep_after", "a"}
	for word, want := range map[string]string{"memroy": "memory", "Disk": "disk", "sleepafter": "sleep_after", "zebra": "", "b": "", "": ""} {
		if got := Suggest(word, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}
