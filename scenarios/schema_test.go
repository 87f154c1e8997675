package scenarios

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

//go:generate go test -run TestGenerated -update .

// TestGenerated keeps the committed schema and reference page fresh.
func TestGenerated(t *testing.T) {
	for path, want := range map[string][]byte{"schema.json": Schema(), filepath.Join("..", "docs", "scenario.md"): Reference()} {
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not fresh: run go generate ./scenarios", path)
		}
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("scenario.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plainJSON turns decoded YAML into what JSON would hold: dates become text.
func plainJSON(t *testing.T, src []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(src, &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(datesToText(v))
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func datesToText(v any) any {
	switch x := v.(type) {
	case time.Time:
		return x.Format("2006-01-02")
	case map[string]any:
		for k := range x {
			x[k] = datesToText(x[k])
		}
	case []any:
		for i := range x {
			x[i] = datesToText(x[i])
		}
	}
	return v
}

func TestLibraryFitsTheSchema(t *testing.T) {
	s := compiled(t)
	for _, e := range Library() {
		if err := s.Validate(plainJSON(t, e.Source)); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		cfg, ps := Load(e.Name, e.Source, Options{})
		if cfg == nil {
			t.Fatal(ps)
		}
		if err := s.Validate(plainJSON(t, []byte(cfg.Text))); err != nil {
			t.Errorf("%s resolved: %v", e.Name, err)
		}
	}
}

// TestSchemaRefuses shows that the schema is not vacuous.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	for _, src := range []string{
		"month: 2026-11\n",
		"apps: {a: {traffic: {requests: 1/s}}}\nmnth: 2026-11\n",
		"apps: {a: {traffic: {requests: 1/s}, sleep_after: 10}}\n",
		"apps: {a: {traffic: {requests: 1/s}, sleep_mode: nap}}\n",
		"apps: {a: {traffic: {requests: 1/s, markets: [DE]}}}\n",
		"apps: {a: {traffic: {requests: 1/s}, gpu: 1}}\n",
		"apps: {a: {traffic: {requests: 1/s}, concurrency: 0}}\n",
	} {
		if err := s.Validate(plainJSON(t, []byte(src))); err == nil {
			t.Errorf("accepted %s", src)
		}
	}
}

// TestEveryKeyIsDocumented asserts the rule of the table: a sentence for every
// key, a source for every default.
func TestEveryKeyIsDocumented(t *testing.T) {
	for _, k := range Keys() {
		if k.Doc == "" {
			t.Errorf("%s has no doc", k.Path)
		}
		if k.Default != "" && k.Source == "" && k.Default != "{}" {
			switch k.Default {
			case "drawn at the first touch", "by demand", "a", "traffic[i]", "max_instances", "image.changed", "by compressed size", "the app's own",
				"by date, from the catalogue", "the app's busiest PoP", "every city by its internet users", "the whole month", "the first day of month",
				"the first day of month, or as_of", "by date and world":
			default:
				t.Errorf("%s has a default (%s) without a source", k.Path, k.Default)
			}
		}
	}
}
