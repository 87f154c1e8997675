package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"strings"
	"testing"

	"berth/report/internal/resulttest"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the schema and the golden files")

const schemaPath = "../docs/result.schema.json"

// schema is the JSON Schema (2020-12) of a Document.
func schema(t *testing.T) []byte {
	t.Helper()
	return schemaOf(t, &Document{}, "Result of a simulation", [2]string{"Document", "bill"}, [2]string{"App", "background"}, [2]string{"Bill", "total"}, [2]string{"Document", "sensitivity"})
}

func TestSchemaIsFresh(t *testing.T) {
	want := schema(t)
	if *update {
		if err := os.WriteFile(schemaPath, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/result.schema.json is not what the types say: run go test ./report -run Schema -update")
	}
}

func compiled(t *testing.T) *validator.Schema {
	t.Helper()
	return compiledSchema(t, "result.schema.json")
}

func TestJSONFollowsItsSchema(t *testing.T) {
	s := compiled(t)
	hostile := resulttest.New()
	resulttest.Poison(hostile, resulttest.Hostile)
	for name, d := range map[string]*Document{"rich": New(resulttest.New()), "empty": New(resulttest.Empty()), "hostile": New(hostile)} {
		var b bytes.Buffer
		if err := d.JSON(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v, err := validator.UnmarshalJSON(&b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaRefusesWhatIsNoResult(t *testing.T) {
	s := compiled(t)
	for _, text := range []string{`{}`, `{"schema_version": "1"}`, `[]`} {
		v, err := validator.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(v) == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

func TestJSONIsReadBack(t *testing.T) {
	var first, second bytes.Buffer
	if err := JSON(&first, resulttest.New()); err != nil {
		t.Fatal(err)
	}
	d, err := ReadJSON(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.JSON(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("a result file that is read and written again differs")
	}
}

func TestReadJSONRefuses(t *testing.T) {
	for text, want := range map[string]string{"": "not a result file", "{}": "no schema_version", `{"schema_version": 99}`: "newer program", "[1]": "not a result file",
		`{"schema_version": 1, "all_apps": {"series": {"requests": [1]}}}`: "0 and 1 steps", `{"schema_version": 1, "apps": [{"latency": {"breakdown": [{"parts_s": [1]}]}}]}`: "1 parts"} {
		if _, err := ReadJSON(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"schema_version": 1, "all_apps": {"latency": {"total": {"p50_s": null}}}}`))
	f.Add([]byte(`{"schema_version": 1, "bill": {"lines": [{"gross": "7/0"}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ReadJSON(bytes.NewReader(b))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := d.Text(&out, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := d.HTML(&out); err != nil {
			t.Fatal(err)
		}
	})
}

func TestNumber(t *testing.T) {
	for in, want := range map[float64]string{math.NaN(): "null", math.Inf(1): "null", math.Inf(-1): "null", 0.1 + 0.2: "0.3", math.Copysign(0, -1): "0",
		1.0 / 3: "0.333333333333", 1e21: "1e+21", 12345678: "12345678"} {
		b, err := json.Marshal(Number(in))
		if err != nil || string(b) != want {
			t.Errorf("%v is %s (%v), want %s", in, b, err, want)
		}
	}
}

// TestIndentationChangesNothing compares values before and after.
func TestIndentationChangesNothing(t *testing.T) {
	leaf := rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.String(), func(s string) any { return s }), rapid.Map(rapid.Float64(), func(f float64) any { return f }))
	list := rapid.Map(rapid.SliceOf(leaf), func(l []any) any { return l })
	rapid.Check(t, func(t *rapid.T) {
		v := map[string]any{"a": rapid.SliceOf(rapid.OneOf(leaf, list)).Draw(t, "a"), "b": rapid.MapOf(rapid.String(), list).Draw(t, "b")}
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, indented(b)); err != nil {
			t.Fatalf("%v in %s", err, indented(b))
		}
		if !bytes.Equal(compact.Bytes(), b) {
			t.Fatalf("%s became %s", b, compact.Bytes())
		}
	})
}
