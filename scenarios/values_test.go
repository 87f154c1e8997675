package scenarios

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"berth/models/edge"
	"berth/models/image"
	"berth/models/keepalive"
	"berth/models/placement"
	"berth/models/platform"
	"berth/models/workload"
	"berth/sim"
)

// must loads a scenario that has to load.
func must(t *testing.T, src string, sets ...string) *edge.Config {
	t.Helper()
	cfg, ps := Load("test.yaml", []byte(src), Options{Sets: sets})
	if cfg == nil {
		t.Fatalf("%v\n%s", ps, src)
	}
	return cfg
}

const small = "month: 2026-11\napps: {web: {traffic: [{requests: 720k/month}]}}\n"

func TestCalendar(t *testing.T) {
	c := must(t, small)
	if c.Duration != 720*sim.Hour || c.MonthHours != 720 || !c.Month.Equal(c.Start) || c.Start.Format(time.DateOnly) != "2026-11-01" {
		t.Errorf("month: %+v", c)
	}
	if tr := c.Apps[0].Traffic[0]; tr.Total != 720_000 || math.Abs(tr.PerSecond-720_000.0/(720*3600)) > 1e-12 {
		t.Errorf("a month of 720 h: %+v", tr)
	}
	c = must(t, strings.Replace(small, "2026-11", "2026-02", 1), "duration=7d")
	if tr := c.Apps[0].Traffic[0]; tr.Total != 180_000 || c.Duration != 7*sim.Day || c.MonthHours != 672 {
		t.Errorf("a week of February: total %v of %v", tr.Total, c.Duration)
	}
	c = must(t, "duration: 36h\nas_of: 2026-04-15\nwarmup: 2h\n"+strings.SplitN(small, "\n", 2)[1])
	if !c.Month.IsZero() || c.MonthHours != 730 || c.AsOf.Format(time.DateOnly) != "2026-04-15" || c.Warmup != 2*sim.Hour {
		t.Errorf("a duration: %+v", c)
	}
}

func TestClocks(t *testing.T) {
	cases := []struct {
		app   string
		tries int
		every sim.Time
		clock sim.Time
	}{
		{"", 27, 300 * sim.Millisecond, 20 * sim.Second},
		{"retry: 0s", 0, 0, 20 * sim.Second},
		{"clocks: off", -1, 300 * sim.Millisecond, 0},
		{"clocks: {first: off, second: 60s}", -1, 300 * sim.Millisecond, 60 * sim.Second},
		{"clocks: {tries: 3, retry: 1s, second: off}", 3, sim.Second, 0},
	}
	for _, c := range cases {
		app := c.app
		if app != "" {
			app += ", "
		}
		s := must(t, strings.Replace(small, "{traffic", "{"+app+"traffic", 1)).Apps[0].Start
		if s.Tries != c.tries || s.RetryEvery != c.every || s.Clock != c.clock {
			t.Errorf("%q: tries %d every %v, clock %v", c.app, s.Tries, s.RetryEvery, s.Clock)
		}
	}
}

func TestStartPresets(t *testing.T) {
	s := must(t, small).Apps[0].Start
	if s.PresetName != "measured-2026" || !s.PollingIn || s.Poll != 0 || math.Abs(s.Platform.Quantile(0.5)-1.7) > 0.05 {
		t.Errorf("default: %+v", s)
	}
	s = must(t, small, "apps.web.start=docs-2026").Apps[0].Start
	if s.PollingIn || s.Poll != 300*sim.Millisecond || s.Platform.Mean() != 2 {
		t.Errorf("docs-2026: %+v", s)
	}
	s = must(t, small, "apps.web.start=by-image", "apps.web.image.kind=alpine").Apps[0].Start
	if s.PresetName != "by-image (alpine)" || s.Platform.Mean() != 0.1 {
		t.Errorf("by-image: %+v", s)
	}
	s = must(t, small, "apps.web.start.platform=3s", "apps.web.start.polling=none").Apps[0].Start
	if s.PresetName != "" || s.Platform.Mean() != 3 || s.PollingIn || s.Poll != 0 {
		t.Errorf("constant: %+v", s)
	}
}

func TestSleepReadings(t *testing.T) {
	for text, want := range map[string]sim.Time{"90s": 90 * sim.Second, "soon": 30 * sim.Second, "class-default": 10 * sim.Minute,
		"none": 10 * sim.Minute, "until-host-restart": sim.Never, "0s": 0} {
		if got := must(t, small, "apps.web.sleep_after="+text).Apps[0].SleepAfter; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestKeepAlive(t *testing.T) {
	if got := must(t, small).Apps[0].KeepAlive; got.Policy != "fixed" {
		t.Errorf("the default is %+v", got)
	}
	got := must(t, small, "apps.web.keep_alive=hybrid-histogram", "apps.web.keep_alive.head=10%").Apps[0].KeepAlive
	if want := (edge.KeepAlive{Policy: "hybrid-histogram", Range: 4 * sim.Hour, Head: 0.1, Tail: 0.99, Margin: 0.1, MinCV: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Policies from outside are names like those inside, in their own key alone.
func TestPoliciesFromOutside(t *testing.T) {
	mine := edge.Extra{
		Placement: []placement.Entry{{Name: "my-place", Policy: placement.Random{}}},
		Prefetch:  []image.Entry{{Name: "my-prefetch", Policy: image.ByDemand{}}},
		KeepAlive: []keepalive.Entry{{Name: "my-stay", Policy: keepalive.Percentile{}}},
	}
	sets := []string{"apps.web.placement=my-place", "apps.web.prefetch=my-prefetch", "apps.web.keep_alive={policy: my-stay, tail: 50%}"}
	cfg, ps := Load("small.yaml", []byte(small), Options{Sets: sets, Policies: mine})
	if cfg == nil {
		t.Fatal(ps)
	}
	a := &cfg.Apps[0]
	if a.Place.Policy != "my-place" || a.Image.Prefetch != "my-prefetch" || a.KeepAlive.Policy != "my-stay" || a.KeepAlive.Tail != 0.5 {
		t.Errorf("%+v %+v %+v", a.Place, a.Image, a.KeepAlive)
	}
	if _, err := edge.Compile(cfg); err != nil {
		t.Errorf("the configuration does not carry them: %v", err)
	}
	_, ps = Load("small.yaml", []byte(small), Options{Sets: []string{"apps.web.placement=my-stay", "apps.web.keep_alive=my-stax"}, Policies: mine})
	if text := ps.Error(); !strings.Contains(text, "latency-optimal, my-place") || !strings.Contains(text, `did you mean "my-stay"?`) {
		t.Errorf("got\n%s", text)
	}
	if _, ps := Load("small.yaml", []byte(small), Options{Sets: sets}); !ps.Failed() {
		t.Error("names from outside are known without them")
	}
}

func TestWorldsSetDefaults(t *testing.T) {
	c := must(t, small, "world=guide-2026", "apps.web.instance_type=basic")
	a := c.Apps[0]
	if a.Type.MemoryMiB != 512 || a.SleepMode != edge.SleepSuspend || !a.Meter.CPUProvisioned || a.Start.PresetName != "docs-2025" || c.World != "guide-2026" {
		t.Errorf("guide-2026: %+v", a)
	}
	if from := originOf(c, "apps.web.sleep_mode"); from != "world guide-2026" {
		t.Errorf("sleep_mode comes from %q", from)
	}
	if c = must(t, small, "world=guide-2026", "apps.web.sleep_mode=stop"); c.Apps[0].SleepMode != edge.SleepStop {
		t.Error("a key does not override the world")
	}
	c = must(t, small, "world=agency")
	if c.Hosts.Mode != "all" || len(c.Apps[0].Min.ByRegion) == 0 || c.Apps[0].Route.By != "autoscale" {
		t.Errorf("agency: %+v", c.Apps[0].Route)
	}
}

func TestDefaultsFollowTheDate(t *testing.T) {
	app := "apps: {web: {max_instances: 3, instance_type: basic, traffic: {requests: 1/min}}}\n"
	before := must(t, "duration: 1d\nas_of: 2025-11-20\n"+app)
	after := must(t, "duration: 1d\nas_of: 2025-11-21\n"+app)
	if !before.Apps[0].Meter.CPUProvisioned || after.Apps[0].Meter.CPUProvisioned {
		t.Error("the CPU meter did not change on 2025-11-21")
	}
	if before.Account.VCPU1024 != 100*1024 || must(t, small).Account.VCPU1024 != 1500*1024 {
		t.Errorf("account vCPU %d", before.Account.VCPU1024)
	}
}

func originOf(c *edge.Config, path string) string {
	for _, o := range c.Origins {
		if o.Path == path {
			return o.From
		}
	}
	return ""
}

func TestOrigins(t *testing.T) {
	c := must(t, small, "apps.web.sleep_after=5m")
	for path, want := range map[string]string{"apps.web.sleep_after": "--set", "month": "test.yaml:1:8", "apps.web.traffic[0].requests": "test.yaml:2:35",
		"apps.web.shutdown": "default", "account.limits.vcpu": "default"} {
		if got := originOf(c, path); got != want {
			t.Errorf("%s comes from %q, want %q", path, got, want)
		}
	}
	var b bytes.Buffer
	if err := Explain(&b, c); err != nil {
		t.Fatal(err)
	}
	values := 0
	for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		if !strings.HasPrefix(line, " ") { // not what goes on from the line above
			values++
		}
		if n := utf8.RuneCountInString(line); n > 100 && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if values != len(c.Origins) {
		t.Errorf("%d values are explained, of %d", values, len(c.Origins))
	}
}

func TestOverrides(t *testing.T) {
	c := must(t, small, "apps.web.placement=random", "apps.web.placement.near=do", "apps.*.max_instances=7", "apps.web.traffic[1].sessions=2/min", "apps.web.traffic[0].name=a")
	a := c.Apps[0]
	if a.Place.Policy != "random" || a.Place.Near != "do" || a.MaxInstances != 7 || len(a.Traffic) != 2 || a.Traffic[1].Kind != workload.Sessions || a.Traffic[0].Name != "a" {
		t.Errorf("%+v", a)
	}
}

func TestCustomTypeAndSizes(t *testing.T) {
	a := must(t, small, "apps.web.instance_type={vcpu: 1, memory: 3GiB, disk: 10GB}", "apps.web.image={compressed: 350MB, unpacked: 900MB, growth: 3kB}").Apps[0]
	if a.Type.VCPU1024 != 1024 || a.Type.MemoryMiB != 3072 || a.Type.DiskMB != 10000 || !a.Type.Custom {
		t.Errorf("%+v", a.Type)
	}
	if a.Image.CompressedMB != 350 || a.Image.UnpackedMB != 900 || a.Image.ChangedMB != 350 || a.Image.GrowthKB != 3 {
		t.Errorf("%+v", a.Image)
	}
}

func TestTrafficKinds(t *testing.T) {
	src := `month: 2026-11
apps:
  web:
    traffic:
      - {users: 500, think: 3s}
      - {population: 30, off: 1000s, up: 600s}
      - {queue: {rate: 2/s, batch: 10}, bursts: [{at: 1h, count: 5k}]}
      - {websockets: {rate: 6/min, messages: 2/s}}
      - {trace: {file: calls.csv, format: csv, columns: {key: function}}}
      - {clients: [{at: "-41.1,-71.3", times: [0s, 5m], key: room}, {at: San Diego, times: [1m]}]}
      - {sessions: 1/min, requests: 3, gap: 5s, daily: office, weekly: [1, 1, 1, 1, 1, 0, 0], growth: 8%/month}
`
	tr := must(t, src).Apps[0].Traffic
	want := []workload.Kind{workload.Users, workload.Population, workload.Queue, workload.WebSockets, workload.Trace, workload.Requests, workload.Sessions}
	for i, k := range want {
		if tr[i].Kind != k {
			t.Errorf("entry %d is %v, want %v", i, tr[i].Kind, k)
		}
	}
	if tr[0].Count != 500 || tr[1].Up.Mean() != 600 || tr[2].Batch != 10 || tr[2].Shape.Bursts[0].Count != 5000 || tr[3].MessagesPerSec != 2 || tr[4].TraceColumns["key"] != "function" {
		t.Errorf("%+v", tr)
	}
	script := tr[5]
	if script.PerSecond != 0 || len(script.Clients) != 2 || script.Clients[0].At[1] != 5*sim.Minute || script.Clients[0].Key != "room" || math.Abs(script.Clients[1].Lat-32.7) > 0.1 {
		t.Errorf("script: %+v", script.Clients)
	}
	shape := tr[6].Shape
	if len(shape.Daily) != 24 || shape.DailyName != "office" || math.Abs(shape.Weekly[0]-1.4) > 1e-12 || shape.Weekly[6] != 0 || shape.Growth != 0.08 {
		t.Errorf("shape: %+v", shape)
	}
}

func TestOverlay(t *testing.T) {
	overlay := platform.Overlay{File: "mine.yaml", Source: []byte("defaults:\n  - {name: sleep_after, value: 2m}\n")}
	cfg, ps := Load("test.yaml", []byte(small), Options{Overlays: []platform.Overlay{overlay}})
	if cfg == nil {
		t.Fatal(ps)
	}
	if cfg.Apps[0].SleepAfter != 2*sim.Minute || !cfg.UserData || originOf(cfg, "apps.web.sleep_after") != "catalogue overlay" {
		t.Errorf("sleep_after %v from %q", cfg.Apps[0].SleepAfter, originOf(cfg, "apps.web.sleep_after"))
	}
	bad := platform.Overlay{File: "mine.yaml", Source: []byte("defualts: []\n")}
	if _, ps = Load("test.yaml", []byte(small), Options{Overlays: []platform.Overlay{bad}}); !ps.Failed() || ps[len(ps)-1].File != "mine.yaml" {
		t.Errorf("a bad overlay gives %v", ps)
	}
}

func TestAssumptionsNameTheirGrade(t *testing.T) {
	c := must(t, small)
	if len(c.Assumptions) < 10 {
		t.Fatalf("only %d assumptions", len(c.Assumptions))
	}
	for _, a := range c.Assumptions {
		if a.Grade != "I" && a.Grade != "C" || a.Source == "" || a.Text == "" || a.Value == "" {
			t.Errorf("%+v", a)
		}
	}
	written := must(t, small, "apps.web.meter.idle_cpu=0.01")
	if len(written.Assumptions) != len(c.Assumptions)-1 {
		t.Errorf("a user's own number is still an assumption: %d of %d", len(written.Assumptions), len(c.Assumptions))
	}
}

func TestSchemaAndTargetsAgree(t *testing.T) {
	c := must(t, small+"slo: [\"web: p99(latency) < 3 s\", cold < 5%]\n")
	if c.SLO[0].App != "web" || c.SLO[0].Threshold != 3 || c.SLO[1].Metric != "share(cold)" || c.SLO[1].Threshold != 0.05 {
		t.Errorf("%+v", c.SLO)
	}
}

func TestDescriptionMayBeAnything(t *testing.T) {
	c := must(t, small+"description: \"\\e[31m</script>|`\\u202E\\n\\0\"\n")
	if again := must(t, c.Text); again.Text != c.Text {
		t.Errorf("%q became %q", c.Text, again.Text)
	}
}

func TestFind(t *testing.T) {
	if name, src, err := Find("first"); err != nil || name != "first.yaml" || len(src) == 0 {
		t.Errorf("first: %q %v", name, err)
	}
	if _, src, err := Find("library/first.yaml"); err != nil || len(src) == 0 {
		t.Error(err)
	}
	if _, _, err := Find("frist"); err == nil || !strings.Contains(err.Error(), `did you mean "first"?`) {
		t.Errorf("a misspelt name gives %v", err)
	}
	if _, _, err := Find("library"); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("a directory gives %v", err)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"instance_type", "max_instances", "sleep_after", "sleep_mode"}
	for word, want := range map[string]string{"tpye": "instance_type", "sleepAfter": "sleep_after", "max-instances": "max_instances", "sleep": "sleep_after", "qqq": ""} {
		if got := nearest(word, words); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

func TestTerminalCodesAreRefusedOrShownHarmless(t *testing.T) {
	_, ps := Load("x\x1b[31m.yaml", []byte("apps: {\"a\\e[31mb\": {traffic: {requests: 1/s}}}\nname: \"\\u202Eevil\"\ndescription: \"ok\\eno\"\n"), Options{})
	text := ps.Error()
	if !ps.Failed() || strings.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("%q", text)
	}
}
