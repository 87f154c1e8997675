package scenarios

import (
	"strings"
	"testing"

	"berth/models/platform"
)

func TestScaled(t *testing.T) {
	for _, c := range []struct {
		path, value string
		factor      float64
		want        string // "" for no change
	}{
		{"apps.web.traffic[0].sessions", "167k/month", 2, "334000/month"},
		{"apps.web.traffic[0].requests", "30/min", 0.5, "15/min"},
		{"apps.web.traffic[0].requests", "geometric(mean=5)", 2, ""},
		{"apps.web.traffic[0].requests", "4", 2, "8"},
		{"apps.web.traffic[0].users", "20", 1.13, "23"},
		{"apps.web.traffic[0].users", "1", 0.1, ""},
		{"apps.web.traffic[0].queue.rate", "2/s", 3, "6/s"},
		{"apps.a.b c.work.cpu", "lognormal(mean=150ms, cv=1)", 2, `"lognormal(median=0.21213203435596423s, sigma=0.83255461115`},
		{"apps.web.work.response", "10kB", 0.5, "5kB"},
		{"apps.web.work.io", "0s", 2, ""},
		{"apps.web.work.response", "0", 2, ""},
		{"apps.web.meter.overhead.memory", "0MiB", 2, ""},
		{"apps.web.refill", "30s", 2, "1m"},
		{"apps.web.sleep_after", "10m", 0.5, "5m"},
		{"apps.web.sleep_after", "none", 0.5, ""},
		{"apps.web.meter.idle_cpu", "0", 2, ""},
		{"apps.web.meter.idle_cpu", "1/16", 2, "0.125"},
		{"apps.web.max_instances", "7", 0.5, "4"},
		{"network.rerouted", "10%", 0.5, `"5%"`},
		{"hosts.unpack", "500MB/s", 2, "1000MB/s"},
		{"hosts.pull", "1Gbit/s", 2, "250MB/s"},
		{"hosts.cache", "2TB", 2, "4TB"},
		{"outages.host_restarts", "0/h", 2, ""},
		{"apps.web.placement.near", "request", 2, ""},
		{"apps.web.nothing", "3", 2, ""},
		{"name", "3", 2, ""},
		{"apps.web.work.cpu", "20ms", 0, ""},
		{"apps.web.start.platform", "mixture(0.5: constant(1s), 0.5: constant(3s))", 2, `"mixture(0.5: 2s, 0.5: 6s)"`},
	} {
		got, changes := Scaled(c.path, c.value, c.factor)
		want := c.want
		if want == "" {
			want = c.value
		}
		if !strings.HasPrefix(got, want) || changes != (c.want != "") {
			t.Errorf("%s: %s x %g = %s, %v; want %s", c.path, c.value, c.factor, got, changes, want)
		}
	}
}

func TestPattern(t *testing.T) {
	for path, want := range map[string]string{
		"apps.web.work.cpu": "apps.*.work.cpu", "apps.my.app.traffic[3].work.cpu": "apps.*.traffic[*].work.cpu", "apps.*.traffic[*].requests": "apps.*.traffic[*].requests",
		"hosts.which": "hosts.which", "apps.web.traffic[0].bursts[1].count": "apps.*.traffic[*].bursts[*].count", "hosts.wich": "", "account": "account",
	} {
		if got := Pattern(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// TestInferredKeysHaveARange: whatever the language infers can be varied, by a
// range of the catalogue or by a factor.
func TestInferredKeysHaveARange(t *testing.T) {
	cat, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	ranges := map[string][]string{}
	for _, r := range cat.AsOf(cat.Checked()).Ranges() {
		ranges[r.Key] = r.Values
		if r.Grade != "I" || len(r.Source) < 8 {
			t.Errorf("range of %s: grade %q, source %q", r.Key, r.Grade, r.Source)
		}
	}
	keys, inferred := map[string]bool{}, 0
	for _, k := range Keys() {
		keys[k.Path] = true
		if k.Grade != "I" {
			continue
		}
		inferred++
		def, _, _ := strings.Cut(k.Default, ",")
		if k.Path == "apps.*.image.unpacked" || k.Path == "apps.*.start.platform" { // derived; a preset
			def = "500MB"
		}
		if strings.HasPrefix(k.Default, "exponential(mean=10s)") {
			def = "exponential(mean=10s)"
		}
		if _, changes := Scaled(k.Path, def, 2); !changes && len(ranges[k.Path]) == 0 {
			t.Errorf("%s: the default %q can't be scaled and has no range", k.Path, k.Default)
		}
	}
	if inferred < 40 {
		t.Errorf("only %d inferred keys", inferred)
	}
	for key := range ranges {
		if !keys[key] {
			t.Errorf("range of %s: there is no such key", key)
		}
	}
}
