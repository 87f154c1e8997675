package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInit reads every configuration of testdata/wrangler and compares the draft
// and what is printed with the golden file. Every draft must load.
func TestInit(t *testing.T) {
	files, err := filepath.Glob("testdata/wrangler/*.[tj]*[lc]")
	if err != nil {
		t.Fatal(err)
	}
	jsons, _ := filepath.Glob("testdata/wrangler/*.json")
	for _, file := range append(append(files, jsons...), "") {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			var src []byte
			name, golden := "", "testdata/wrangler/none.golden"
			if file != "" {
				name, golden = filepath.Base(file), file+".golden"
				if src, err = os.ReadFile(file); err != nil {
					t.Fatal(err)
				}
			}
			draft, ps := Init(name, src)
			got := ps.Error() + "\n" + string(draft.YAML) + "assumed:\n  " + strings.Join(draft.Assumed, "\n  ") + "\n"
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
			checkDraft(t, draft, ps)
		})
	}
}

func checkDraft(t *testing.T, draft Draft, ps Problems) {
	t.Helper()
	if ps.Failed() != (len(draft.YAML) == 0) {
		t.Fatalf("failed %v with %d bytes", ps.Failed(), len(draft.YAML))
	}
	for _, p := range ps {
		if p.Line < 1 || p.Col < 1 || p.Message == "" {
			t.Fatalf("problem without a place: %+v", p)
		}
	}
	if ps.Failed() {
		return
	}
	if cfg, problems := Load("draft.yaml", draft.YAML, Options{}); cfg == nil {
		t.Fatalf("the draft does not load:\n%v\n%s", problems, draft.YAML)
	}
}

func FuzzInit(f *testing.F) {
	files, _ := filepath.Glob("testdata/wrangler/*")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err == nil && !strings.HasSuffix(file, ".golden") {
			f.Add(strings.HasSuffix(file, ".toml"), string(src))
		}
	}
	f.Fuzz(func(t *testing.T, isTOML bool, src string) {
		name := "wrangler.jsonc"
		if isTOML {
			name = "wrangler.toml"
		}
		draft, ps := Init(name, []byte(src))
		checkDraft(t, draft, ps)
	})
}
