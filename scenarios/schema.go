package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// Schema writes the scenario language as JSON Schema (2020-12), for editors. It
// says which keys there are and what form their values have; what values mean
// together is checked by Load alone.
func Schema() []byte {
	w := schemaWriter{defs: schema{}}
	root := w.object(language())
	root["$defs"] = w.defs
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "berth scenario"
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(root); err != nil {
		return nil // the table holds only strings, numbers and lists
	}
	return b.Bytes()
}

type schema = map[string]any

// schemaWriter puts the objects of lists and of the user's own names under
// $defs, since they are named more than once.
type schemaWriter struct {
	defs schema
}

// named is the schema of an entry f of the key name, as a reference where it is
// an object.
func (w schemaWriter) named(name string, f *field) schema {
	if len(f.fields) == 0 {
		return w.field(f)
	}
	if w.defs[name] == nil {
		w.defs[name] = schema{} // claimed while it is written
		w.defs[name] = w.field(f)
	}
	return schema{"$ref": "#/$defs/" + name}
}

// defName is the name of an entry's schema: its own, or that of its key.
func defName(f, entry *field) string {
	if entry.name != "" {
		return entry.name
	}
	return f.name
}

// field joins the forms a key takes.
func (w schemaWriter) field(f *field) schema {
	var forms []any
	add := func(s schema) { forms = append(forms, s) }
	if f.why != "" {
		return schema{"not": schema{}, "description": f.doc + " " + f.why}
	}
	if len(f.any) > 0 {
		add(schema{"enum": toAny(f.any)})
	}
	for _, s := range kindSchemas(f) {
		add(s)
	}
	if f.ranges {
		add(stringSchema(`\.\.`))
	}
	if len(f.fields) > 0 {
		add(w.object(f))
	}
	if f.free != nil {
		add(schema{"type": "object", "additionalProperties": w.named(defName(f, f.free), f.free)})
	}
	if f.elem != nil {
		item := w.named(defName(f, f.elem), f.elem)
		add(schema{"type": "array", "items": item})
		if f.many {
			add(item)
		}
	}
	if f.short != "" {
		if c := f.child(f.short); c != nil && c.elem != nil && f.elem == nil {
			add(schema{"type": "array", "items": w.field(c.elem)})
		}
	}
	out := schema{}
	if len(forms) == 1 {
		out = forms[0].(schema)
	} else {
		out["anyOf"] = forms
	}
	if f.doc != "" {
		out["description"] = describe(f)
	}
	if f.def != "" && f.def != "{}" && f.setting == "" {
		out["default"] = defaultValue(f.def)
	}
	return out
}

func describe(f *field) string {
	text := f.doc
	if d := f.defaultText(); d != "" {
		text += " Default: " + d
		if f.grade != "" {
			text += " (grade " + f.grade + ", " + f.source + ")"
		}
		text += "."
	}
	return text
}

func defaultValue(text string) any {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	if text == "true" || text == "false" {
		return text == "true"
	}
	return text
}

func (w schemaWriter) object(f *field) schema {
	properties := schema{}
	var required []any
	for _, c := range f.fields {
		properties[c.name] = w.field(c)
		if c.needed {
			required = append(required, c.name)
		}
	}
	out := schema{"type": "object", "properties": properties, "additionalProperties": false, "patternProperties": schema{"^x-": schema{}}}
	if len(required) > 0 {
		out["required"] = required
	}
	if f.doc != "" {
		out["description"] = f.doc
	}
	return out
}

func toAny(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}

func stringSchema(pattern string) schema {
	s := schema{"type": "string"}
	if pattern != "" {
		s["pattern"] = pattern
	}
	return s
}

const numberPattern = `[0-9_]*\.?[0-9]+([eE][-+]?[0-9]+)?`

// kindSchemas are the forms of a plain value.
func kindSchemas(f *field) []schema {
	zero := schema{"const": 0}
	numeric := schema{"type": "number"}
	if f.kind == integer {
		numeric = schema{"type": "integer"}
	}
	if f.min != nil {
		numeric["minimum"] = *f.min
	}
	if f.max != nil {
		numeric["maximum"] = *f.max
	}
	if f.positive {
		numeric["exclusiveMinimum"] = 0
	}
	switch f.kind {
	case text, freeText, placeText:
		return []schema{{"type": []any{"string", "number", "boolean"}}}
	case nameText:
		return []schema{stringSchema(fmt.Sprintf("^[A-Za-z0-9_.-]([A-Za-z0-9_. -]{0,%d}[A-Za-z0-9_.-])?$", maxName-2)), {"type": "number"}}
	case boolean:
		return []schema{{"type": "boolean"}, {"enum": toAny([]string{"yes", "no", "on", "off"})}}
	case integer, number, decimal:
		return []schema{numeric}
	case count:
		return []schema{numeric, stringSchema("^" + numberPattern + " *[kKMGB]$")}
	case share:
		return []schema{numeric, stringSchema("^-?" + numberPattern + " *%$")}
	case span:
		return []schema{zero, stringSchema(`^([0-9.]+ *(ns|us|µs|ms|s|m|h|d) *)+$`)}
	case size:
		return []schema{zero, stringSchema(`^[0-9.]+ *([kMGT]?B|[KMGT]iB)$`)}
	case speed:
		return []schema{stringSchema("^" + numberPattern + " *([kKMGmg]i?[bB](it)?/s)$")}
	case rate:
		return []schema{stringSchema("^" + numberPattern + " *[kKMGB]? */ *[a-z]+$")}
	case law:
		if f.unit == unitCount {
			return []schema{stringSchema(""), {"type": "number", "minimum": 0}}
		}
		return []schema{zero, stringSchema("")}
	case rateOrLaw:
		return []schema{stringSchema(""), {"type": "number", "minimum": 0}}
	case growth:
		return []schema{stringSchema("^-?" + numberPattern + " *%? */month$")}
	case usd:
		return []schema{stringSchema(`^(\$ *` + numberPattern + `|` + numberPattern + ` *USD)$`)}
	case month:
		return []schema{stringSchema("^[0-9]{4}-[0-9]{2}$")}
	case date:
		return []schema{stringSchema("^[0-9]{4}-[0-9]{2}-[0-9]{2}")}
	case vcpu:
		return []schema{numeric, stringSchema(`^[0-9./]+( *vCPU)?$`)}
	case slo:
		return []schema{stringSchema("[<>]")}
	case popularity:
		return []schema{stringSchema(`^zipf\(`)}
	}
	return nil
}
