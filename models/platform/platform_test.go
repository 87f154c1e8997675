package platform

import (
	"strings"
	"testing"
	"time"

	"berth/data"
)

func day(t testing.TB, s string) data.Date {
	t.Helper()
	d, err := data.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func asOf(t testing.TB, s string, overlays ...string) View {
	t.Helper()
	src := make([][]byte, len(overlays))
	for i, o := range overlays {
		src[i] = []byte(o)
	}
	c, err := Load(src...)
	if err != nil {
		t.Fatal(err)
	}
	return c.AsOf(day(t, s))
}

func TestMaxConcurrentMatchesThePublishedSentences(t *testing.T) {
	for _, c := range []struct {
		date, typ string
		want      int64
		binds     string
	}{
		{"2026-02-25", "lite", 15000, "disk_mb"}, {"2026-02-25", "basic", 6000, "vcpu"},
		{"2026-02-25", "standard-1", 1536, "memory_mib"}, {"2026-02-25", "standard-2", 1024, "memory_mib"},
		{"2026-02-25", "standard-3", 750, "vcpu"}, {"2026-02-25", "standard-4", 375, "vcpu"},
		{"2025-09-24", "dev", 1000, "disk_mb"}, {"2025-09-24", "basic", 400, "vcpu"}, {"2025-09-24", "standard", 100, "memory_mib"},
		{"2025-06-24", "standard", 10, "memory_mib"},
	} {
		got, err := asOf(t, c.date).MaxConcurrent(c.typ)
		if err != nil || got.Instances != c.want || got.Limit != c.binds {
			t.Errorf("%s %s: %+v, %v; want %d by %s", c.date, c.typ, got, err, c.want, c.binds)
		}
	}
}

func TestTypesAndAliasesByDate(t *testing.T) {
	old := asOf(t, "2025-09-30")
	if d, err := old.Type("dev"); err != nil || d.VCPU1024 != 64 || d.MemoryMiB != 256 {
		t.Errorf("dev before October 2025: %+v, %v", d, err)
	}
	if _, err := old.Type("standard-1"); err == nil || !strings.Contains(err.Error(), "official from 2025-10-01") {
		t.Errorf("standard-1 before its day: %v", err)
	}
	now := asOf(t, "2025-10-01")
	if d, err := now.Type("dev"); err != nil || d.Name != "lite" {
		t.Errorf("dev as an alias: %+v, %v", d, err)
	}
	s, err := now.Type("standard")
	if err != nil || s.Name != "standard-1" || s.DiskMB != 8000 || s.VCPUText() != "1/2" {
		t.Errorf("standard as an alias: %+v, %v", s, err)
	}
	if _, err := now.Type("bsaic"); err == nil || !strings.Contains(err.Error(), `did you mean "basic"?`) {
		t.Errorf("misspelt: %v", err)
	}
	if len(now.Types()) != 6 || len(old.Types()) != 3 {
		t.Errorf("%d and %d types", len(now.Types()), len(old.Types()))
	}
}

func TestCustomTypesByDate(t *testing.T) {
	for _, c := range []struct {
		date            string
		vcpu, mem, disk int64
		want            []string // parts of the error; none = allowed
	}{
		{"2026-01-04", 1024, 4096, 8000, []string{"only Enterprise"}},
		{"2026-01-05", 1024, 3072, 6000, nil},
		{"2026-01-05", 1024, 3072, 6001, []string{"2000 MB per GiB"}},
		{"2026-09-28", 1024, 3072, 20000, []string{"2000 MB per GiB"}},
		{"2026-09-29", 1024, 3072, 20000, nil},
		{"2026-09-29", 4096, 12288, 20000, nil},
		{"2026-09-29", 64, 13000, 20001, []string{"vcpu 1/16 is below the least of 1", "above the most of 12288", "above the most of 20000"}},
		{"2026-09-29", 2048, 6143, 100, []string{"2 vCPU need 6144 MiB"}},
		{"2026-09-29", 5120, 12288, 100, []string{"above the most of 4", "below 3072 MiB per vCPU"}},
		{"2026-09-29", 0, -1, 1 << 62, []string{"above 0"}},
	} {
		got, err := asOf(t, c.date).Custom(c.vcpu, c.mem, c.disk)
		if (err == nil) != (len(c.want) == 0) {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
		for _, w := range c.want {
			if err != nil && !strings.Contains(err.Error(), w) {
				t.Errorf("%+v: error lacks %q: %v", c, w, err)
			}
		}
	}
}

func TestDefaultsByDate(t *testing.T) {
	for date, want := range map[string]Defaults{
		"2025-06-24": {MaxInstances: 0, CPUMeter: "provisioned", InstanceType: "dev"},
		"2025-09-02": {MaxInstances: 1, CPUMeter: "provisioned", InstanceType: "dev"},
		"2025-11-20": {MaxInstances: 20, CPUMeter: "provisioned", InstanceType: "lite"},
		"2025-11-21": {MaxInstances: 20, CPUMeter: "active", InstanceType: "lite"},
	} {
		d := asOf(t, date).Defaults()
		if d.MaxInstances != want.MaxInstances || d.CPUMeter != want.CPUMeter || d.InstanceType != want.InstanceType {
			t.Errorf("%s: %d %s %s", date, d.MaxInstances, d.CPUMeter, d.InstanceType)
		}
		if d.SleepAfter != 10*time.Minute || d.StartRetryTries != 27 || d.StartRetryInterval != 300*time.Millisecond ||
			d.ReadyTimeout != 20*time.Second || d.SIGKILLAfter != 15*time.Minute || d.BillingStep != 10*time.Millisecond || !d.DrainingBilled {
			t.Errorf("%s: %+v", date, d)
		}
	}
}

func TestLimitsCarryTheirOriginAndContracts(t *testing.T) {
	v := asOf(t, "2026-11-01")
	v, err := v.OverrideLimits(map[string]int64{"vcpu": 3000, "memory_mib": 0})
	if err != nil {
		t.Fatal(err)
	}
	l := v.Limits()
	if o, ok := l.Origin("vcpu"); !ok || o.Value != 3000 || !o.UserSupplied {
		t.Errorf("vcpu: %+v", o)
	}
	if o, _ := l.Origin("disk_mb"); o.UserSupplied || o.Grade != "A" || o.From.String() != "2026-02-25" || o.Unit != "MB" {
		t.Errorf("disk: %+v", o)
	}
	if b := l.MaxConcurrent(InstanceType{VCPU1024: 512, MemoryMiB: 4096, DiskMB: 8000}); b.Limit != "disk_mb" || b.Instances != 3750 {
		t.Errorf("without a memory limit: %+v", b)
	}
	if l.MaxInstancesDefault != 20 || l.ImageMB != 0 || asOf(t, "2025-08-10").Limits().ImageMB != 2000 {
		t.Errorf("%+v", l)
	}
	_, err = v.OverrideLimits(map[string]int64{"vcpus": 1, "disk_mb": -4})
	if err == nil || !strings.Contains(err.Error(), `did you mean "vcpu"?`) || !strings.Contains(err.Error(), "disk_mb") {
		t.Errorf("bad overrides: %v", err)
	}
}

func TestWorldsStandOverTheCatalogueAndUnderTheUser(t *testing.T) {
	v := asOf(t, "2026-11-01")
	ws, err := v.Worlds()
	if err != nil || len(ws) != 4 || !ws[0].Default || ws[1].Default {
		t.Fatalf("%v, %v", len(ws), err)
	}
	byName := map[string]World{}
	for _, w := range ws {
		byName[w.Name] = w
	}
	launch, guide, agency := byName["launch-2025"], byName["guide-2026"], byName["agency"]
	if len(launch.Types) != 3 || launch.Limits.VCPU != 40 || launch.CPUMeter != "provisioned" || launch.CustomRule.Access != "none" ||
		launch.ColdStart.Name != "docs-2025" || launch.EgressRegions[1].Label != "Australia, New Zealand, Taiwan, Korea" {
		t.Errorf("launch-2025: %+v", launch)
	}
	g, _ := v.In("guide-2026")
	if b, err := g.Type("basic"); err != nil || b.MemoryMiB != 512 || b.DiskMB != 2000 || b.World != "guide-2026" || b.Grade != "C" {
		t.Errorf("guide-2026 basic: %+v, %v", b, err)
	}
	if _, err := g.Custom(64, 256, 100); err != nil {
		t.Errorf("guide-2026 custom of 1/16 vCPU: %v", err)
	}
	if guide.SleepMode != "suspend" || guide.CPUMeter != "provisioned" || guide.Defaults.SleepAfter != 10*time.Minute || guide.Limits.VCPU != 1500 {
		t.Errorf("guide-2026: %+v", guide)
	}
	if agency.ColdStart.Name != "by-image" || !agency.Defaults.Autoscale || agency.Limits.ImageCompressedMB != 2000 ||
		agency.CustomRule.MemoryMaxMiB != 16384 || agency.Defaults.ContainerHosts != "all" || agency.CPUMeter != "active" {
		t.Errorf("agency: %+v", agency)
	}
	l, _ := v.In("launch-2025")
	m := l.EgressMap()
	if m.Region("FJ", "oceania_kr_tw") != "other" || m.Region("KR", "oceania_kr_tw") != "oceania_kr_tw" || v.EgressMap().Region("FJ", "oceania_kr_tw") != "oceania_kr_tw" {
		t.Error("egress pools of the launch world")
	}
	if _, err := v.In("guide-2025"); err == nil || !strings.Contains(err.Error(), "guide-2026") {
		t.Errorf("unknown world: %v", err)
	}
	mine := asOf(t, "2026-11-01", "types: [{name: basic, vcpu: 1, memory_mib: 999, disk_mb: 1}]")
	mine, _ = mine.In("guide-2026")
	if b, _ := mine.Type("basic"); b.MemoryMiB != 999 || !b.UserSupplied {
		t.Errorf("an overlay in a world: %+v", b)
	}
}

func TestPresets(t *testing.T) {
	v := asOf(t, "2026-11-01")
	if p, err := v.Preset("measured-2026"); err != nil || !p.PollingIncluded || !strings.HasPrefix(p.Distribution, "mixture(0.88:") {
		t.Errorf("%+v, %v", p, err)
	}
	p, err := v.Preset("by-image")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind string
		mb   int64
		want string
	}{{"", 10, "scratch"}, {"", 300, "node"}, {"", 9999, "python-heavy"}, {"alpine", 900, "alpine"}} {
		if d, b := p.ForImage(c.kind, c.mb); b != c.want || d == "" {
			t.Errorf("ForImage(%q, %d) = %q, %q", c.kind, c.mb, d, b)
		}
	}
	if _, err := v.Preset("measured"); err == nil {
		t.Error("an unknown preset")
	}
}

func TestPlacementConstraints(t *testing.T) {
	v := asOf(t, "2026-11-01")
	if got, err := v.Constrain([]string{"weur"}, "eu"); err != nil || len(got) != 1 || got[0] != "WEUR" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := v.Constrain(nil, "us"); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	for _, c := range []struct{ region, jurisdiction, want string }{
		{"AFR", "", "may not stand alone"}, {"ENAM", "eu", "outside jurisdiction eu"}, {"WNAN", "", `did you mean "WNAM"?`}, {"", "uk", "no jurisdiction"},
	} {
		var regions []string
		if c.region != "" {
			regions = []string{c.region}
		}
		if _, err := v.Constrain(regions, c.jurisdiction); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := asOf(t, "2026-04-14").Constrain([]string{"WEUR"}, ""); err == nil {
		t.Error("a region before its day")
	}
	if _, err := asOf(t, "2026-10-01").Constrain(nil, "us"); err == nil {
		t.Error("jurisdiction us before its day")
	}
}

func TestWarnings(t *testing.T) {
	for date, want := range map[string]string{"2025-06-23": "before-launch", "2026-12-02": "after-newest", "2026-11-15": "", "2026-12-01": ""} {
		ws := asOf(t, date).Warnings()
		if (len(ws) == 0) != (want == "") || len(ws) > 0 && ws[0].Code != want {
			t.Errorf("%s: %v", date, ws)
		}
	}
	v := asOf(t, "2026-08-01")
	ws := v.WarningsIn(day(t, "2026-08-01"), day(t, "2026-08-31"))
	if len(ws) != 1 || !strings.Contains(ws[0].Text, "2026-08-10") || !strings.Contains(ws[0].Text, "price do.duration") {
		t.Errorf("%v", ws)
	}
	if ws := asOf(t, "2026-12-01").WarningsIn(day(t, "2026-12-01"), day(t, "2026-12-31")); len(ws) != 0 {
		t.Errorf("a change on the first day is no change inside the month: %v", ws)
	}
	if ws := asOf(t, "2027-03-01", "prices: [{sku: base, rate: 6, from: 2027-01-01}]").Warnings(); len(ws) != 2 || ws[0].Code != "after-newest" || ws[1].Code != "user-supplied" {
		t.Errorf("an overlay knows only what it says: %v", ws)
	}
	if b, err := asOf(t, "2020-01-01").Type("dev"); err != nil || b.Name != "dev" {
		t.Errorf("before the launch the launch holds: %v", err)
	}
}

func TestOverlayPricesInheritAndAreChecked(t *testing.T) {
	v := asOf(t, "2026-11-01", "prices: [{sku: container.memory, rate: 0.000002, from: 2026-11-01}]")
	for _, p := range v.Prices() {
		if p.SKU == "container.memory" && (p.RateText != "0.000002" || p.Included.RatString() != "90000" || !p.UserSupplied || p.Label != "Container memory") {
			t.Errorf("%+v", p)
		}
		if p.SKU == "container.disk" && p.UserSupplied {
			t.Errorf("%+v", p)
		}
	}
	_, err := LoadFiles(Overlay{"mine.yaml", []byte(`prices:
  - {sku: container.memroy, rate: 1}
  - {sku: support, rate: 100, unit: x, meters: [memoy]}
defaults:
  - {name: sleep_after, value: ten}
  - {name: sleep_afer, value: 10m}
  - {name: cpu_meter, value: passive}
aliases:
  - {name: small, of: tiny}
presets:
  - {name: mine, polling_included: false, distribution: "lognormal(median=fast)"}
`)})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"mine.yaml:2:1", `did you mean "container.memory"?`, "mine.yaml:3:1", `did you mean "memory"?`,
		"mine.yaml:5:1", "mine.yaml:6:1", `did you mean "sleep_after"?`, "mine.yaml:7:1", "mine.yaml:9:1", "mine.yaml:11:1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in\n%s", want, err)
		}
	}
}

// TestEveryDayOfTheCatalogueIsWhole walks over every day on which something
// changes, in every world.
func TestEveryDayOfTheCatalogueIsWhole(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, ch := range c.Changes() {
		for _, d := range []data.Date{ch.Date, ch.Date.AddDays(-1)} {
			v := c.AsOf(d)
			ws, err := v.Worlds()
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range ws {
				in, _ := v.In(w.Name)
				if _, err := in.Type(w.Defaults.InstanceType); err != nil {
					t.Errorf("%s %s: the default type: %v", d, w.Name, err)
				}
				if len(w.Limits.List()) != len(data.LimitNames) || len(w.EgressRegions) != 3 || len(in.Settings()) != len(v.Settings()) {
					t.Errorf("%s %s: %d limits, %d pools", d, w.Name, len(w.Limits.List()), len(w.EgressRegions))
				}
			}
			for _, s := range v.Settings() {
				if err := s.check(); err != nil {
					t.Errorf("%s: %v", d, err)
				}
			}
		}
	}
}
