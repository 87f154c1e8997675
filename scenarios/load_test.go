package scenarios

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden and generated files")

// TestBadScenarios loads every file of testdata/bad and compares what is printed
// with the golden file beside it. A line "# set: path=value" adds an override.
func TestBadScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad scenarios", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var opts Options
			for _, line := range strings.Split(string(src), "\n") {
				if set, ok := strings.CutPrefix(line, "# set: "); ok {
					opts.Sets = append(opts.Sets, set)
				}
			}
			cfg, ps := Load(filepath.Base(file), src, opts)
			if (cfg == nil) != ps.Failed() {
				t.Errorf("configuration %v with failed %v", cfg != nil, ps.Failed())
			}
			got := ps.Error() + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	for _, e := range Library() {
		f.Add(string(e.Source), "")
	}
	f.Add("apps: {a: {traffic: {requests: 1/s}}}\nduration: 1s\nas_of: 2026-11-01\n", "apps.a.instance_type.vcpu=1")
	f.Add("apps: {\"\\e[31m\": {traffic: [[]]}}", "apps.*.traffic[0].requests=2M/month")
	f.Fuzz(func(t *testing.T, src, set string) {
		var opts Options
		if set != "" {
			opts.Sets = []string{set}
		}
		cfg, ps := Load("fuzz.yaml", []byte(src), opts)
		if cfg == nil && !ps.Failed() {
			t.Fatal("refused without an error")
		}
		for _, p := range ps {
			if p.Line < 1 || p.Col < 1 || p.File == "" || p.Message == "" {
				t.Fatalf("problem without a place: %+v", p)
			}
			if strings.ContainsAny(p.Error()+strings.ReplaceAll(p.Excerpt(), "\n", ""), "\x1b\x00\r\n") {
				t.Fatalf("control characters in %q", p.Error())
			}
		}
		if cfg == nil {
			return
		}
		again, ps := Load("again.yaml", []byte(cfg.Text), Options{})
		if again == nil {
			t.Fatalf("the resolved text does not load: %v\n%s", ps, cfg.Text)
		}
		if again.Text != cfg.Text {
			t.Fatalf("the resolved text is not stable:\n%s\n%s", cfg.Text, again.Text)
		}
	})
}
