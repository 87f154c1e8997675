package scenarios

import (
	"slices"
	"strings"
	"testing"

	"berth/sim"
)

const planned3 = small + `plan:
  confidence: 90%
  horizon: 1h
  apps:
    web:
      instance_type: [lite, {vcpu: 1, memory: 3GiB, disk: 5GB}]
      sleep_after: [30s..2m/log3, 10m]
      max_instances: 2..4/lin3
      concurrency: [1, unlimited]
      keep_warm: [none, 2m]
      placement: [random, {policy: fixed, pops: [FRA]}]
      route: {by: random-n, n: 4}
`

func TestLoadPlan(t *testing.T) {
	cfg, p, ps := LoadPlan("x.yaml", []byte(planned3), Options{Sets: []string{"plan.finalists=7"}})
	if ps.Failed() {
		t.Fatal(ps)
	}
	web, ok := p.App("web")
	if !ok || !p.Written || p.Confidence != 0.9 || p.Indifference != 0.01 || p.Finalists != 7 || p.Horizon != sim.Hour || cfg == nil {
		t.Errorf("%+v", p)
	}
	for path, want := range map[string][]string{
		"apps.web.instance_type": {"lite", "{vcpu: 1, memory: 3GiB, disk: 5GB}"},
		"apps.web.sleep_after":   {"30s", "60s", "2m", "10m"},
		"apps.web.max_instances": {"2", "3", "4"},
		"apps.web.concurrency":   {"1", "unlimited"},
		"apps.web.keep_warm":     {"[]", "2m"},
		"apps.web.placement":     {"random", "{policy: fixed, pops: [FRA]}"},
		"apps.web.route":         {`{by: random-n, "n": 4}`},
	} {
		i := slices.IndexFunc(web.Axes, func(a PlanAxis) bool { return a.Path == path })
		if i < 0 || !slices.Equal(web.Axes[i].Values, want) {
			t.Errorf("%s: %q in %+v", path, want, web.Axes)
			continue
		}
		for _, v := range want {
			if _, ps := Load("x.yaml", []byte(small), Options{Sets: []string{path + "=" + v}}); ps.Failed() {
				t.Errorf("%s=%s is no override: %v", path, v, ps)
			}
		}
	}
	again, p2, ps := LoadPlan("x.yaml", []byte(cfg.Text), Options{})
	if ps.Failed() || again.Text != cfg.Text || len(p2.Apps) != 1 || len(p2.Apps[0].Axes) != len(web.Axes) {
		t.Errorf("the resolved scenario reads otherwise: %v\n%s", ps, cfg.Text)
	}
}

func TestPlanWithoutABlock(t *testing.T) {
	_, p, ps := LoadPlan("x.yaml", []byte(small), Options{})
	if ps.Failed() || p.Written || len(p.Apps) != 0 || p.Finalists != 40 || p.Confidence != 0.95 || p.Tolerance != 0.02 || p.Replications != 100 || p.WholeHorizon {
		t.Errorf("%+v %v", p, ps)
	}
	if _, p, _ := LoadPlan("x.yaml", []byte(small+"plan: {apps: {web: keep}, horizon: whole}\n"), Options{}); !p.Apps[0].Keep || !p.WholeHorizon {
		t.Errorf("%+v", p)
	}
	if _, p, ps := LoadPlan("x.yaml", []byte(small+"plan: {apps: {web: {instance_type: all}}}\n"), Options{}); ps.Failed() || len(p.Apps[0].Axes[0].Values) != 6 {
		t.Errorf("%+v %v", p, ps)
	}
}

func TestPlanBlockSaysWhatIsWrong(t *testing.T) {
	for block, want := range map[string]string{
		"{app: {}}":                                   `did you mean "apps"?`,
		"{apps: {wbe: keep}}":                         `did you mean "web"?`,
		"{apps: {web: {}}}":                           "nothing varies",
		"{apps: {web: {sleep: [1m]}}}":                `did you mean "sleep_after"?`,
		"{apps: {web: {sleep_after: [1m, 1m]}}}":      "1m is there twice",
		"{apps: {web: {sleep_after: 1m..2m}}}":        "is not a range",
		"{apps: {web: {sleep_after: 1m..2x/log3}}}":   "not two amounts",
		"{apps: {web: {sleep_after: []}}}":            "no values to try",
		"{apps: {web: {max_instances: 0.5..2/lin4}}}": "not a whole number",
		"{apps: {web: {instance_type: [basci]}}}":     `did you mean "basic"?`,
		"{apps: {web: {placement: [randm]}}}":         `did you mean "random"?`,
		"{confidence: 120%}":                          "must be at most",
		"{finalists: 1}":                              "must be at least 2",
		"{horizon: 9000h}":                            "longer than the run",
		"{indifference: 0}":                           "must be above 0",
		"5":                                           "is not a mapping",
	} {
		_, _, ps := LoadPlan("x.yaml", []byte(small+"plan: "+block+"\n"), Options{})
		if text := ps.Error(); !ps.Failed() || !strings.Contains(text, want) || !strings.HasPrefix(text, "x.yaml:") {
			t.Errorf("%s: %q, want %q", block, text, want)
		}
	}
}

func FuzzPlanBlock(f *testing.F) {
	for _, s := range []string{"{apps: {web: keep}}", "{apps: {web: {sleep_after: 30s..1h/log8}}}", "{apps: {web: {route: [{by: key}]}}, finalists: 3}", "[]", "{apps: {web: {keep_warm: [none]}}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, block string) {
		cfg, p, ps := LoadPlan("x.yaml", []byte(small+"plan: "+block+"\n"), Options{})
		if (cfg == nil) != ps.Failed() {
			t.Errorf("%q: configuration %v with %v", block, cfg != nil, ps)
		}
		for _, a := range p.Apps {
			for _, axis := range a.Axes {
				if len(axis.Values) == 0 || slices.Contains(axis.Values, "") {
					t.Errorf("%q: %+v", block, axis)
				}
			}
		}
	})
}
