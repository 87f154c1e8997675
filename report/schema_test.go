package report

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"berth/models/result"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaOf is the JSON Schema (2020-12) of a document; the pointers among its
// properties may be null.
func schemaOf(t *testing.T, document any, title string, pointers ...[2]string) []byte {
	t.Helper()
	r := jsonschema.Reflector{Anonymous: true, Mapper: func(typ reflect.Type) *jsonschema.Schema {
		if typ == reflect.TypeFor[Number]() {
			return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "number"}, {Type: "null"}}}
		}
		return nil
	}}
	s := r.Reflect(document)
	for _, may := range pointers {
		p, ok := s.Definitions[may[0]].Properties.Get(may[1])
		if !ok {
			t.Fatalf("%s has no %s", may[0], may[1])
		}
		p.OneOf = []*jsonschema.Schema{{Ref: p.Ref}, {Type: "null"}}
		p.Ref = ""
	}
	s.Title = title
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// compiledSchema reads a schema from the documents.
func compiledSchema(t *testing.T, name string) *validator.Schema {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := validator.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// furtherSchemas are those of the documents beside that of a run.
func furtherSchemas(t *testing.T) []struct {
	name, title string
	text        []byte
	examples    []func(io.Writer) error
} {
	return []struct {
		name, title string
		text        []byte
		examples    []func(io.Writer) error
	}{
		{name: "sleep.schema.json", text: schemaOf(t, &Sleep{}, "Timeouts over recorded calls", [2]string{"Sleep", "now"}),
			examples: []func(io.Writer) error{NewSleep(sleepCurve(true)).JSON, NewSleep(sleepCurve(false)).JSON}},
		{name: "capacity.schema.json", text: schemaOf(t, &Capacity{}, "Highest rate of a scenario", [2]string{"Capacity", "carried"}, [2]string{"Capacity", "broken"}),
			examples: []func(io.Writer) error{NewCapacity(carried()).JSON, NewCapacity(&result.Capacity{Carried: -1, Broken: -1}).JSON}},
		{name: "sensitivity.schema.json", text: schemaOf(t, &Sensitivity{}, "Sensitivity of a scenario"),
			examples: []func(io.Writer) error{NewSensitivity(studied()).JSON, NewSensitivity(&result.Sensitivity{}).JSON}},
		{name: "forecast.schema.json", text: schemaOf(t, &Forecast{}, "Forecast of months", [2]string{"ForecastMonth", "at_low_growth"}, [2]string{"ForecastMonth", "at_high_growth"}),
			examples: []func(io.Writer) error{NewForecast(forecastOf(3, false, "my")).JSON, NewForecast(forecastOf(2, true, "my")).JSON, NewForecast(&result.Forecast{Partial: true}).JSON}},
		{name: "plan.schema.json", text: schemaOf(t, &Plan{}, "Plan for a scenario"),
			examples: []func(io.Writer) error{NewPlan(found()).JSON, NewPlan(&result.Plan{}).JSON}},
	}
}

func TestFurtherSchemasAreFresh(t *testing.T) {
	for _, s := range furtherSchemas(t) {
		path := filepath.Join("..", "docs", s.name)
		if *update {
			if err := os.WriteFile(path, s.text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, s.text) {
			t.Errorf("docs/%s is not what the types say: run go test ./report -run Schema -update", s.name)
		}
		compiled := compiledSchema(t, s.name)
		for i, write := range s.examples {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			v, err := validator.UnmarshalJSON(&b)
			if err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(v); err != nil {
				t.Errorf("%s, example %d: %v", s.name, i, err)
			}
		}
		if compiled.Validate(map[string]any{}) == nil {
			t.Errorf("%s accepts an empty object", s.name)
		}
	}
}
