package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"berth/models/edge"
	"berth/scenarios/internal/node"
	"berth/sim"
)

// Plan is the plan: block of a scenario, with the defaults of its rules.
type Plan struct {
	Written bool // there is a block
	Apps    []PlanApp
	// Indifference is a share of the bill, Tolerance one of a target's
	// threshold.
	Indifference, Confidence, Tolerance float64
	Finalists, Replications             int
	Horizon                             sim.Time // 0 = chosen by the planner
	WholeHorizon                        bool
	Types                               []string // named types of the day, smallest first
}

// PlanApp is the search space of one app.
type PlanApp struct {
	Name string
	Keep bool // nothing of it varies
	Axes []PlanAxis
}

// PlanAxis is one key of an app with the values to try, written so that
// "path=value" is an override.
type PlanAxis struct {
	Path   string
	Values []string
}

// App is the search space of an app; false where the block does not name it.
func (p Plan) App(name string) (PlanApp, bool) {
	for _, a := range p.Apps {
		if a.Name == name {
			return a, true
		}
	}
	return PlanApp{}, false
}

// LoadPlan reads a scenario with its plan: block. Where there is none, the plan
// holds the defaults of the rules and no app.
func LoadPlan(name string, src []byte, opts Options) (*edge.Config, Plan, Problems) {
	var b *builder
	cfg, problems := load(name, src, opts, &b)
	if cfg == nil {
		return nil, Plan{}, problems
	}
	return cfg, b.plan, problems
}

// planBlock reads the block and checks it against the apps.
func (b *builder) planBlock() {
	v := b.root.at("plan")
	b.plan.Written = v != nil
	if v == nil {
		f := b.root.f.child("plan")
		n := &node.Node{Kind: node.Map, File: b.root.n.File, Line: b.root.n.Line, Col: b.root.n.Col}
		v = b.read(f, n, b.root, f.name, f.name, f.name)
		b.fill(v)
	}
	p := &b.plan
	p.Types = b.namedTypes()
	p.Indifference, p.Confidence, p.Tolerance = v.at("indifference").num(), v.at("confidence").num(), v.at("tolerance").num()
	p.Finalists, p.Replications = int(v.at("finalists").int()), int(v.at("replications").int())
	p.Horizon, p.WholeHorizon = v.at("horizon").span(), v.at("horizon").word() == "whole"
	if h := v.at("horizon"); p.Horizon > b.cfg.Duration {
		b.fail(h, "at most "+b.cfg.Duration.String()+", or whole", "is longer than the run")
	}
	if apps := v.at("apps"); apps != nil {
		for _, k := range apps.kids {
			p.Apps = append(p.Apps, b.planApp(k))
		}
	}
}

func (b *builder) planApp(v *value) PlanApp {
	p := PlanApp{Name: v.key, Keep: v.word() == "keep"}
	var names []string
	for _, k := range b.apps() {
		names = append(names, k.key)
	}
	if !slices.Contains(names, v.key) {
		hint := "the apps are " + joinSome(names, 12)
		if near := nearest(v.key, names); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		b.fail(v, hint, "there is no app %q", clip(v.key))
		return p
	}
	if v.form == mapping && len(v.kids) == 0 {
		b.fail(v, "name keys such as sleep_after: 30s..1h/log8, write keep, or leave the app out for the default space", "nothing varies")
	}
	for _, k := range v.kids {
		if axis := b.planAxis(k, v.key); len(axis.Values) > 0 {
			p.Axes = append(p.Axes, axis)
		}
	}
	return p
}

func (b *builder) planAxis(v *value, app string) PlanAxis {
	axis := PlanAxis{Path: join(join("apps", app), v.key)}
	if v.form == list && len(v.items) == 0 {
		b.fail(v, "", "there are no values to try")
	}
	for _, item := range itemsOf(v) {
		for _, text := range b.choices(v.key, item) {
			if slices.Contains(axis.Values, text) {
				b.fail(item, "", "%s is there twice", clip(text))
				continue
			}
			axis.Values = append(axis.Values, text)
		}
	}
	return axis
}

// choices are the overrides that one item of an axis stands for.
func (b *builder) choices(key string, item *value) []string {
	if r, ok := item.parsed.(ranged); ok {
		return r
	}
	text := strings.TrimSpace(node.Flow(item.n))
	switch {
	case key == "keep_warm" && text == "none":
		return []string{"[]"}
	case key == "instance_type" && item.n.Kind == node.Scalar:
		return b.typeNames(item)
	}
	return []string{text}
}

// typeNames checks the name of a type; all is every named one.
func (b *builder) typeNames(item *value) []string {
	name := strings.TrimSpace(item.n.Text)
	if name != "all" {
		if _, err := b.view.Type(name); err != nil {
			b.fail(item, "", "%v", err)
		}
		return []string{name}
	}
	return b.namedTypes()
}

func (b *builder) namedTypes() []string {
	var names []string
	for _, t := range b.view.Types() {
		names = append(names, t.Name)
	}
	return names
}
