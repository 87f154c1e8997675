package sweep

import (
	"slices"
	"strings"
	"testing"

	"berth/models/result"
	scenarioaxis "berth/scenarios/axis"
)

func TestParseAxis(t *testing.T) {
	for text, want := range map[string][]string{
		"a.b=1m,5m,20m":                      {"1m", "5m", "20m"},
		"a.b = lite , basic":                 {"lite", "basic"},
		"a=lognormal(mean=1s, cv=1),2s":      {"lognormal(mean=1s, cv=1)", "2s"},
		"a={by: key, keys: 8},{by: session}": {"{by: key, keys: 8}", "{by: session}"},
		"a=1..10/lin4":                       {"1", "4", "7", "10"},
		"a=1..1000/log4":                     {"1", "10", "100", "1000"},
		"a=1..4/log8":                        {"1", "2", "3", "4"}, // whole numbers, each once
		"a=1m..16m/log5":                     {"1m", "2m", "4m", "8m", "16m"},
		"a=30s..2m/lin4":                     {"30s", "60s", "90s", "2m"},
		"a=128MiB..512MiB/log3":              {"128MiB", "256MiB", "512MiB"},
		"a=30s..1h/log4":                     {"30s", "148s", "730s", "1h"},
		"a=1s..2s/lin3":                      {"1s", "1.5s", "2s"},
		"a=0.5..1/lin3":                      {"0.5", "0.75", "1"},
		"a=10/min..1000/min/log3":            {"10/min", "100/min", "1000/min"},
		"a=10..1/lin4":                       {"10", "7", "4", "1"},
		"a=0%..10%/lin3":                     {"0%", "5%", "10%"},
		`a="x,y",z`:                          {`"x,y"`, "z"},
	} {
		axis, err := ParseAxis(text)
		if err != nil || !slices.Equal(axis.Values, want) {
			t.Errorf("%s: %q, %v, want %q", text, axis.Values, err, want)
		}
	}
}

func TestParseAxisSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"a": "is not an axis", "=1": "is not an axis", "a=": "has no values", "a=1,,2": "empty value", "a=1,2,1": "1 is there twice",
		"a=1m..30m": "is not a range", "a=1m..5MiB/log3": "not two amounts of one unit", "a=0..5/log3": "begins above 0", "a=1..1/lin3": "both ends",
		"a=1..5/lin1": "2 to", "a=1..5/lin99999": "2 to", "a=(1,2": "does not close", "a=x..y/lin3": "not two amounts",
	} {
		if _, err := ParseAxis(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzParseAxis(f *testing.F) {
	for _, s := range []string{"a=1m..30m/log8", "a=1,2", "a=10/min..20/min/lin3", "a={b: [1,2]},3", "a=1e400..2/log3", "a=.5..9/lin3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		axis, err := ParseAxis(text)
		if err == nil && (len(axis.Values) == 0 || len(axis.Values) > scenarioaxis.MaxValues || axis.Path == "" || slices.Contains(axis.Values, "")) {
			t.Errorf("%q: %+v", text, axis)
		}
	})
}

func TestGridVariesTheLastAxisFastest(t *testing.T) {
	cells, err := grid([]result.SweepAxis{{Path: "a", Values: []string{"1", "2"}}, {Path: "b", Values: []string{"x", "y", "z"}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, c := range cells {
		if c.Index != i {
			t.Errorf("cell %d has index %d", i, c.Index)
		}
		got = append(got, strings.Join(c.Values, ""))
	}
	if want := "1x 1y 1z 2x 2y 2z"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	many := make([]string, 1000)
	for _, axes := range [][]result.SweepAxis{nil, {{Path: "a", Values: many}, {Path: "b", Values: many}}, {{Path: "a", Values: many}, {Path: "a", Values: many}}} {
		if CheckGrid(axes) == nil {
			t.Errorf("%d axes make a grid", len(axes))
		}
	}
}
