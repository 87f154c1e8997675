package scenarios

import (
	"strings"
	"testing"

	"berth/sim"
)

// TestDeploymentIsReadBack: what a deployment is told to write makes, by init, a
// scenario of the same type, limit and constraints.
func TestDeploymentIsReadBack(t *testing.T) {
	for _, set := range []string{"instance_type=basic", "instance_type={vcpu: 1, memory: 3GiB, disk: 5GB}", "placement={regions: [WEUR, ENAM]}", "placement={jurisdiction: eu}", "max_instances=7", "keep_warm=2m"} {
		c := must(t, small, "apps.web."+set)
		wrangler, class := Deployment(&c.Apps[0])
		d, ps := Init("wrangler.jsonc", []byte(wrangler))
		if ps.Failed() || !strings.Contains(class, `sleepAfter = "10m";`) {
			t.Fatalf("%s: %v\n%s%s", set, ps, wrangler, class)
		}
		again := must(t, string(d.YAML))
		a, b := c.Apps[0], again.Apps[0]
		if b.Name != "Web" || a.Type.Name != b.Type.Name || a.Type.MemoryMiB != b.Type.MemoryMiB || a.Type.DiskMB != b.Type.DiskMB || a.MaxInstances != b.MaxInstances ||
			strings.Join(a.Place.Regions, " ") != strings.Join(b.Place.Regions, " ") || a.Place.Jurisdiction != b.Place.Jurisdiction {
			t.Errorf("%s became %+v\n%s", set, b, wrangler)
		}
		if strings.Contains(set, "keep_warm") != strings.Contains(wrangler, `"crons": ["*/2 * * * *"]`) {
			t.Errorf("%s: %s", set, wrangler)
		}
	}
}

func TestDeploymentSaysWhatIsNoSetting(t *testing.T) {
	c := must(t, small, "apps.web.concurrency=4", "apps.web.route={by: random-n, n: 5}", "apps.web.sleep_after=90s", "apps.web.warm_pool=3", "apps.web.placement=random", "apps.web.keep_warm=7m")
	_, class := Deployment(&c.Apps[0])
	for _, want := range []string{"export class Web extends Container {", `sleepAfter = "90s";`, "at most 4 requests in flight", "getRandom(binding, 5)", "pool of 3", "placement random is", "an alarm, since no cron states that period, touches"} {
		if !strings.Contains(class, want) {
			t.Errorf("no %q in\n%s", want, class)
		}
	}
	c = must(t, small, "apps.web.sleep_after=until-host-restart")
	if _, class := Deployment(&c.Apps[0]); !strings.Contains(class, "never sleeps") {
		t.Error(class)
	}
	for text, t0 := range map[string]sim.Time{"2h": 2 * sim.Hour, "10m": 10 * sim.Minute, "61s": 61 * sim.Second, "0s": 0} {
		if got := sleepText(t0); got != text {
			t.Errorf("%v is %q", t0, got)
		}
	}
	for name, want := range map[string]string{"doc-parser": "DocParser", "7 up": "App7Up", "---": "App", "web_2": "Web2"} {
		if got := className(name); got != want {
			t.Errorf("%q is %q", name, got)
		}
	}
}
