package data

import (
	"strings"
	"testing"

	"berth/data/strict"
)

func TestEmbeddedCatalogueIsSoundAndGraded(t *testing.T) {
	layer, err := EmbeddedCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	if got := layer.Launch.String(); got != "2025-06-24" {
		t.Errorf("launch = %s", got)
	}
	if len(layer.Types) != 8 || len(layer.Worlds) != 3 || len(layer.Prices) < 20 {
		t.Errorf("%d types, %d worlds, %d prices", len(layer.Types), len(layer.Worlds), len(layer.Prices))
	}
	meters := map[string]string{}
	for _, m := range layer.Meters {
		meters[m.Name] = m.Unit
	}
	for _, p := range layer.Prices {
		for _, m := range p.Meters {
			if unit, ok := meters[m.Meter]; !ok {
				t.Errorf("price %s names the unknown meter %q", p.SKU, m.Meter)
			} else if unit != p.Unit && m.Per == 1 {
				t.Errorf("price %s is per %s, its meter %s in %s", p.SKU, p.Unit, m.Meter, unit)
			}
		}
		if p.Grade == "" || p.Source == "" || p.From.IsZero() {
			t.Errorf("price %s has no source, grade or date", p.SKU)
		}
	}
}

func TestParseCatalogueReportsEveryProblemWithItsPlace(t *testing.T) {
	src := `types:
  - name: huge
    vcpu: 1/0
    memroy_mib: 12
    disk_mb: -3
prices:
  - {sku: container.memory, rate: 1e-9}
  - {sku: container.disk, rate: "0.1", to: 2026-02-30}
limits:
  - {name: vcpus, value: 3}
  - {name: vcpu, value: 3}
  - {name: vcpu, value: 4, from: 2026-01-01}
surprise: 1
`
	_, err := ParseCatalogue("rates.yaml", []byte(src))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`rates.yaml:2:5: type has no "memory_mib"`,
		`rates.yaml:3:11: vcpu: a vCPU fraction over 0`,
		`rates.yaml:4:5: unknown key "memroy_mib" in type (did you mean "memory_mib"?)`,
		`rates.yaml:5:14: disk_mb must be a whole number of 0 or more, not "-3"`,
		`rates.yaml:7:35: rate: "1e-9" is not a plain decimal number`,
		`rates.yaml:8:44: to: "2026-02-30" is not a date`,
		`rates.yaml:10:12: limit "vcpus" is none of`,
		`rates.yaml:12:1: limit "vcpu" holds on days of the entry on line 11 too`,
		`rates.yaml:13:1: unknown key "surprise" in the catalogue`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in:\n%s", want, err)
		}
	}
}

func TestParseVCPU1024(t *testing.T) {
	for text, want := range map[string]int64{"1/16": 64, "0.25": 256, "4": 4096, "0.0625": 64, "1.5": 1536, "1.3": 1331} {
		if got, err := ParseVCPU1024(text); err != nil || got != want {
			t.Errorf("ParseVCPU1024(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-1", "1e3", "1/0", "2/", "1000001"} {
		if got, err := ParseVCPU1024(text); err == nil {
			t.Errorf("ParseVCPU1024(%q) = %d without an error", text, got)
		}
	}
}

func TestDates(t *testing.T) {
	d, err := ParseDate("2024-02")
	if err != nil || d.MonthDays() != 29 || d.AddDays(29).String() != "2024-03-01" {
		t.Errorf("%v %v", d, err)
	}
	if (Date{}).Before(d) != true || d.Before(Date{}) || (Date{}).String() != "" {
		t.Error("the zero date is not before every other")
	}
}

func FuzzParseCatalogue(f *testing.F) {
	f.Add("prices:\n  - {sku: base, rate: 4}\n")
	f.Add("types: [{name: a, vcpu: 1/16, memory_mib: 1, disk_mb: 1, from: 2026-01-01}]")
	f.Add("limits: &a [*a]\n---\nx")
	f.Fuzz(func(t *testing.T, src string) {
		_, err := ParseCatalogue("f", []byte(src))
		if ps, ok := err.(strict.Problems); err != nil && (!ok || len(ps) == 0) {
			t.Errorf("an error that lists no problem: %v", err)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-11-01")
	f.Add("2024-02")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		if back, err := ParseDate(d.String()); err != nil || back != d {
			t.Errorf("%q gave %s, then %s, %v", s, d, back, err)
		}
	})
}

func FuzzParseVCPU1024(f *testing.F) {
	f.Add("1/16")
	f.Add("3/0.7")
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := ParseVCPU1024(s); err == nil && (v < 0 || v > 1024*1_000_000) {
			t.Errorf("%q gave %d", s, v)
		}
	})
}
