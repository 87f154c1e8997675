package resulttest

import (
	"reflect"

	"berth/models/result"
)

// Hostile is a name that tries to break every form of output.
const Hostile = "</script><script>document.title='owned'</script>__f__(document.title=1)__f__\"'`|*_[x](https://example.invalid)@all<img src=x onerror=\"document.title='owned'\">" +
	"\u202e\u200f\u2066abc\x1b[31mred\x1b]0;owned\x07\x00\x9b2J\r\n=1+1 {{.}} ${7*7} \xff"

// Poison replaces every text of a result by s, the keys of its maps included.
func Poison(r *result.Result, s string) { poison(reflect.ValueOf(r).Elem(), s) }

func poison(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(s)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				poison(v.Field(i), s)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			poison(v.Index(i), s)
		}
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String && v.Len() > 0 && v.CanSet() {
			one := reflect.MakeMap(v.Type())
			var last reflect.Value
			for _, k := range v.MapKeys() {
				last = v.MapIndex(k)
				if k.String() == "FRA" || k.String() == "GRU" { // keep some that are on the map
					one.SetMapIndex(k, last)
				}
			}
			one.SetMapIndex(reflect.ValueOf(s), last)
			v.Set(one)
		}
	}
}

// Empty is a result of a run in which nothing happened.
func Empty() *result.Result {
	return &result.Result{SchemaVersion: result.SchemaVersion, Tool: "berth", Scenario: result.ScenarioInfo{Name: "empty", World: "official"},
		Runs: []*result.Run{{Apps: []result.AppRun{{Name: "idle"}}}}, Pooled: &result.Run{Apps: []result.AppRun{{Name: "idle"}}}, Partial: true}
}
