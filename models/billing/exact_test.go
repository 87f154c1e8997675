package billing

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"berth/data"
)

func TestExactTextAndJSON(t *testing.T) {
	for _, c := range []struct {
		x    Exact
		want string
	}{{ExactFrac(1, 8), "0.125"}, {ExactFrac(1, 3), "1/3"}, {Exact{}, "0"}, {ExactFrac(-7, 2), "-3.5"}, {ExactInt(12), "12"}} {
		if c.x.String() != c.want {
			t.Errorf("%s, want %s", c.x, c.want)
		}
		var back Exact
		if err := back.UnmarshalText([]byte(c.want)); err != nil || back.Cmp(c.x) != 0 {
			t.Errorf("%s came back as %s, %v", c.want, back, err)
		}
	}
	var x Exact
	for _, bad := range []string{"", "1e9", "1/0", "a", "--1", "1/-2", strings.Repeat("9", 2000)} {
		if x.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was read", clip(bad))
		}
	}
	bill := Price(Usage{Apps: []AppUsage{Meters{LogBytes: big.NewInt(1)}.Usage("a")}}, book(t, "2026-12-01"), Options{})
	text, err := json.Marshal(bill)
	if err != nil {
		t.Fatal(err)
	}
	var back Bill
	if err := json.Unmarshal(text, &back); err != nil || back.Total.Cmp(bill.Total) != 0 || len(back.Lines) != len(bill.Lines) {
		t.Errorf("a bill does not survive JSON: %v", err)
	}
	var u Usage
	if err := json.Unmarshal([]byte(`{"Apps":[{"App":"a","Quantities":{"memory":"1.5","disk":"1/3"}}]}`), &u); err != nil || u.Total(Disk).String() != "1/3" {
		t.Errorf("%v %v", u, err)
	}
	if err := json.Unmarshal([]byte(`{"Apps":[{"Quantities":{"memroy":"1"}}]}`), &u); err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("unknown meter: %v", err)
	}
}

func FuzzExactText(f *testing.F) {
	for _, s := range []string{"1.25", "-3/7", "0", "1/0", "9999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var x, back Exact
		if x.UnmarshalText([]byte(s)) != nil {
			return
		}
		if err := back.UnmarshalText([]byte(x.String())); err != nil || back.Cmp(x) != 0 {
			t.Errorf("%q: %s came back as %s, %v", s, x, back, err)
		}
	})
}

func TestMeterTableMatchesTheCatalogue(t *testing.T) {
	byName := map[string]data.MeterEntry{}
	for _, m := range view(t, "2026-11-01").Catalogue().Meters() {
		byName[m.Name] = m
	}
	for m, name := range MeterNames {
		if byName[name].Unit != MeterUnits[m] {
			t.Errorf("meter %s: %q here, %q in the catalogue", name, MeterUnits[m], byName[name].Unit)
		}
	}
	if len(byName) != int(NumMeters)+1 { // and "cpu", which stands for one of two
		t.Errorf("%d meters in the catalogue, %d here", len(byName), NumMeters)
	}
}
