package billing

import (
	"strings"
	"testing"

	"berth/data"
	"berth/data/strict"
	"berth/models/platform"
)

func context(t testing.TB) UsageContext {
	t.Helper()
	c, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	return UsageContext{Catalogue: c, Default: data.Date{Year: 2026, Month: 11, Day: 1}}
}

func parseUsage(t *testing.T, file, src string) UsageFile {
	t.Helper()
	f, err := ParseUsage(file, []byte(src), context(t))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestUsageOfInstances(t *testing.T) {
	f := parseUsage(t, "u.yaml", `
as_of: 2026-04-15
usage:
  - {app: bot, type: standard-1, hours: 730, cpu: 10%, do: none}
`)
	b := Price(f.Usage, book(t, f.AsOf.String()), Options{})
	if b.Total.String() != "34.65428" || len(f.Warnings) != 0 || f.Month != NominalMonth() {
		t.Errorf("%s %v", b.Total, f.Warnings)
	}
	f = parseUsage(t, "u.csv", "app,type,runs,run_ms,cpu,do,do_requests\ndocs,basic,10000,603000,0%,class,20000\n")
	b = Price(f.Usage, book(t, "2026-10-01"), Options{})
	if l, _ := b.Line("do.duration"); l.Over.String() != "371840" {
		t.Errorf("do.duration %s", l.Over)
	}
	if l, _ := b.Line("do.requests"); l.Gross.String() != "53500" { // 20,000 and an alarm in 180 s
		t.Errorf("do.requests %s", l.Gross)
	}
	f = parseUsage(t, "u.csv", "type,runs,run_ms\nlite,3,1\n")
	if got := f.Usage.Total(Memory).String(); got != "0.0075" { // 3 x 10 ms x 1/4 GiB
		t.Errorf("runs are rounded up to 10 ms: %s GiB-s", got)
	}
	f = parseUsage(t, "u.yaml", "month: 2026-02\nusage: [{type: lite}]")
	if got := f.Usage.Total(Memory); got.Cmp(ExactInt(28*24*3600/4)) != 0 || len(f.Warnings) != 3 || f.Month.Hours != 672 || f.AsOf.String() != "2026-02-01" {
		t.Errorf("%s %v %v %s", got, f.Warnings, f.Month, f.AsOf)
	}
	f = parseUsage(t, "u.yaml", "usage: [{vcpu: 1.5, memory_mib: 6144, disk_mb: 1000, instances: 2, seconds: 10}]")
	if f.Usage.Total(CPUActive).String() != "30" || f.Usage.Apps[0].App != DefaultApp {
		t.Errorf("%+v", f.Usage)
	}
}

func TestUsageOfMeters(t *testing.T) {
	f := parseUsage(t, "u.csv", "app,memory_gib_s,cpu_vcpu_s,disk_gb_s,egress_na_eu,log_events\na,100_000,1.5,,7,\nb,50000,,1000,,3\na,1,,,,\n")
	u := f.Usage
	if len(u.Apps) != 2 || u.Total(Memory).String() != "150001" || u.Total(CPUActive).String() != "1.5" || u.Total(CPUProvisioned).String() != "1.5" ||
		u.Total(EgressNAEU).String() != "7" || u.Apps[0].Quantities[Memory].String() != "100001" || f.Rows != 3 {
		t.Errorf("%+v", u)
	}
}

func TestUsageExportOfTheProvider(t *testing.T) {
	f := parseUsage(t, "export.csv", `applicationId,instanceId,location,region,cpuTimeSec,allocatedMemory,allocatedDisk,txBytes
x1,i1,iad03,ENAM,12.5,1073741824,4e9,2500000000
x1,i2,ICN01,APAC,0.5,2.147483648e9,0,1000000000
x2,i3,,SAM,1,0,0,500000000
`)
	u := f.Usage
	if u.Total(CPUActive).String() != "14" || u.Total(Memory).String() != "3" || u.Total(Disk).String() != "4" ||
		u.Total(EgressNAEU).String() != "2.5" || u.Total(EgressOceaniaKRTW).String() != "1" || u.Total(EgressOther).String() != "0.5" || len(u.Apps) != 2 {
		t.Errorf("%+v", u)
	}
	f = parseUsage(t, "export.json", `[{"dimensions": {"applicationId": "x", "location": "syd02", "labels": ["a"]}, "sum": {"txBytes": 3000000000, "cpuTimeSec": 2}}]`)
	if f.Usage.Total(EgressOceaniaKRTW).String() != "3" || f.Usage.Apps[0].App != "x" {
		t.Errorf("%+v", f.Usage)
	}
	f, err := ParseUsage("e.csv", []byte("txBytes,country\n1000000000,fj\n"), UsageContext{Catalogue: context(t).Catalogue, World: "launch-2025",
		AsOf: data.Date{Year: 2025, Month: 7, Day: 1}})
	if err != nil || f.Usage.Total(EgressOther).String() != "1" {
		t.Errorf("Fiji in the launch world: %+v, %v", f.Usage, err)
	}
}

func TestUsageProblemsAreAllReportedWithTheirPlaces(t *testing.T) {
	for _, c := range []struct {
		file, src string
		want      []string
	}{
		{"u.csv", "app,typ,hours,cpu,txBytes,location\na,x,1e99,,,\nb,,,,-5,zzz\nc,,,\nd,,,,,\n", []string{
			`u.csv:1:5: unknown column "typ" (did you mean "type"?)`, `u.csv:2:5: hours: "1e99" is above 1e30`,
			`u.csv:2:1: the row has instances but no type`, `u.csv:3:6: txBytes: "-5" is not a number`, `u.csv:3:9: txBytes without a known place`,
			`u.csv:4:1: 4 cells under 6 columns`, `u.csv:5:1: the row says nothing that is billed`}},
		{"u.yaml", "month: 2026-13\nusage:\n  - {type: baisc, cpu: 0.1, hours: 1, seconds: 2}\n  - {memory: many, memory_gib_s: 2}\n  - {type: lite, memory: 4}\n  - 7\nuse: 1\n", []string{
			`u.yaml:1:8: month: "2026-13" is not a date`, `u.yaml:3:12: there is no instance type "baisc"; did you mean "basic"?`,
			`u.yaml:3:24: cpu of a row of instances must be a percentage`, `u.yaml:3:5: the row has more than one length`,
			`u.yaml:4:34: memory is given twice`, `u.yaml:4:14: memory: "many" is not a number`, `u.yaml:5:26: meter memory in a row of instances`,
			`u.yaml:6:5: usage row must be a mapping`, `u.yaml:7:1: unknown key "use" in the usage file (did you mean "usage"?)`}},
		{"u.yaml", "", []string{"u.yaml: the file is empty"}},
		{"u.yaml", "a: [", []string{"u.yaml:1:1: not valid YAML"}},
		{"u.yaml", "usage: *x", []string{"not valid YAML"}},
		{"u.csv", "", []string{"u.csv: the file has no header"}},
		{"u.csv", "app,memory\n\"a,1\n", []string{"u.csv:2"}},
		{"u.yaml", "\xff\xfe", []string{"not UTF-8"}},
	} {
		_, err := ParseUsage(c.file, []byte(c.src), context(t))
		if err == nil {
			t.Errorf("%q was read", c.src)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("missing %q in\n%s", want, err)
			}
		}
	}
}

func TestALongBadFileDoesNotFloodTheReader(t *testing.T) {
	_, err := ParseUsage("u.csv", []byte("memory\n"+strings.Repeat("x\n", 100_000)), context(t))
	if ps, ok := err.(strict.Problems); !ok || len(ps) > maxRowProblems+10 || !strings.Contains(err.Error(), "further problems are not listed") {
		t.Errorf("%T with %d lines", err, strings.Count(err.Error(), "\n"))
	}
}

func FuzzParseUsage(f *testing.F) {
	ctx := context(f)
	f.Add("u.yaml", "month: 2026-02\nusage: [{type: lite, hours: 3, cpu: 5%, do: class}]")
	f.Add("u.csv", "app,memory,txBytes,region\na,1.5,10,ENAM\n")
	f.Add("u.json", `[{"sum":{"cpuTimeSec":1e3},"dimensions":{"applicationId":"a"}}]`)
	f.Add("u", "vcpu,memory_mib,disk_mb,runs,run_ms\n1/16,1,1,1,1")
	bk := book(f, "2026-11-01")
	f.Fuzz(func(t *testing.T, file, src string) {
		got, err := ParseUsage(file, []byte(src), ctx)
		if err != nil {
			if ps, ok := err.(strict.Problems); !ok || len(ps) == 0 {
				t.Fatalf("an error that lists no problem: %v", err)
			}
			return
		}
		var sum int64
		b := Price(got.Usage, bk, Options{})
		for _, l := range b.Lines {
			if l.Gross.Sign() < 0 || l.Amount.Sign() < 0 {
				t.Fatalf("%s: %s units, %s USD", l.SKU, l.Gross, l.Amount)
			}
			sum += l.Cents
		}
		if b.TotalCents < 1<<62 && sum != b.TotalCents {
			t.Fatalf("lines %d, total %d", sum, b.TotalCents)
		}
	})
}
