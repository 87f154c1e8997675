// Package scenarios reads the scenario language: YAML in, one fully resolved
// configuration out, with the origin of every value and every problem at its
// line and column. It also explains a scenario, writes the language's schema
// and reference page, carries the library of scenario files, and starts a
// scenario from a deployment's own configuration.
//
// One table of keys (language) drives the reader, the defaults, overrides, the
// explanation, the schema and the reference page.
package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"berth/data"
	"berth/data/strict"
	"berth/models/edge"
	"berth/models/geo"
	"berth/models/platform"
	"berth/scenarios/internal/node"
)

// Options of Load.
type Options struct {
	// Sets are overrides path=value, applied in order.
	Sets []string
	// Overlays are user-supplied catalogues of prices, types and limits.
	Overlays []platform.Overlay
	// Policies are policies from outside the project that the scenario may name.
	// The configuration carries them to edge.Compile.
	Policies edge.Extra
}

// Load reads a scenario. name is the file's name for messages. The
// configuration is nil when a problem is an error; warnings come with it.
func Load(name string, src []byte, opts Options) (*edge.Config, Problems) {
	var b *builder
	return load(name, src, opts, &b)
}

// load also gives the builder, which holds what is not the run's.
func load(name string, src []byte, opts Options, b **builder) (*edge.Config, Problems) {
	r := &resolver{file: name, name: name, sources: map[string][]string{name: strings.Split(string(src), "\n")},
		order: map[string]int{name: 0}, policies: opts.Policies}
	cfg := r.load(src, opts, b)
	ps := r.problems.sorted(r.order)
	if ps.Failed() {
		return nil, ps
	}
	for _, p := range ps {
		if cfg == nil {
			break
		}
		text := p.Message
		if p.Path != "" {
			text = p.Path + ": " + text
		}
		cfg.Warnings = append(cfg.Warnings, text)
	}
	return cfg, ps
}

func (r *resolver) load(src []byte, opts Options, to **builder) *edge.Config {
	root, faults := node.Parse(r.file, src)
	for _, f := range faults {
		r.report(Error, &node.Node{File: r.file, Line: f.Line, Col: f.Col}, "", "", "%s", f.Message)
	}
	if root == nil {
		return nil
	}
	if root.Kind != node.Map {
		r.report(Error, root, "", "start with apps:", "a scenario is a mapping of keys")
		return nil
	}
	for i, set := range opts.Sets {
		r.override(root, i, set)
	}
	r.spread(root)
	catalogue := r.catalogue(opts.Overlays)
	r.findView(catalogue, root)
	v := r.read(language(), root, nil, "", "", "")
	r.fill(v)
	if v.form != mapping || !r.viewOK {
		return nil
	}
	b := &builder{resolver: r, root: v}
	*to = b
	return b.build()
}

// catalogue is the embedded catalogue under the overlays.
func (r *resolver) catalogue(overlays []platform.Overlay) *platform.Catalogue {
	c, err := platform.LoadFiles(overlays...)
	if err == nil {
		return c
	}
	for _, o := range overlays {
		r.sources[o.File] = strings.Split(string(o.Source), "\n")
	}
	var ps strict.Problems
	if errors.As(err, &ps) {
		for _, p := range ps {
			r.report(Error, &node.Node{File: p.File, Line: p.Line, Col: p.Column}, "", p.Hint, "%s", p.Text)
		}
	} else {
		r.report(Error, &node.Node{File: r.file, Line: 1, Col: 1}, "", "", "the catalogue cannot be read: %v", err)
	}
	c, _ = platform.Load()
	return c
}

// findView looks ahead at the date and the world, on which defaults depend.
func (r *resolver) findView(c *platform.Catalogue, root *node.Node) {
	if c == nil {
		return
	}
	day := data.Date{Year: 2026, Month: 11, Day: 1}
	for _, key := range []string{"as_of", "month", "start"} {
		if n := root.Get(key); n != nil && n.Kind == node.Scalar {
			f := language().child(key)
			if t, message, _ := parseScalar(f, n, r); message == "" {
				day = dataDate(&value{parsed: t})
				break
			}
		}
	}
	view := c.AsOf(day)
	r.asOf = day
	if n := root.Get("world"); n != nil && n.Kind == node.Scalar {
		if in, err := view.In(n.Text); err == nil {
			view = in
		}
	}
	r.view, r.viewOK = view, true
	r.checkRanges()
}

// checkRanges reports a user's ranges of keys that the language does not have.
func (r *resolver) checkRanges() {
	for _, x := range r.view.Ranges() {
		if !x.UserSupplied || Pattern(x.Key) == x.Key {
			continue
		}
		var known []string
		for _, k := range Keys() {
			known = append(known, k.Path)
		}
		hint := "keys are written as in the reference of the language: apps.*.meter.idle_cpu"
		if near := nearest(x.Key, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		r.report(Error, &node.Node{File: x.File, Line: x.Line, Col: 1}, "ranges", hint, "there is no key %q", clip(x.Key))
	}
}

// spread moves the short keys of an app to where they belong: near into
// placement, retry into clocks.
func (r *resolver) spread(root *node.Node) {
	apps := root.Get("apps")
	if apps == nil || apps.Kind != node.Map {
		return
	}
	app := language().child("apps").free
	for _, p := range apps.Pairs {
		r.moveKey(p.Value, p.Key.Text, "near", app.child("placement"))
		r.moveKey(p.Value, p.Key.Text, "retry", app.child("clocks"))
	}
}

func (r *resolver) moveKey(app *node.Node, name, key string, into *field) {
	n := app.Get(key)
	if n == nil {
		return
	}
	w := setter{r: r, set: join("apps", name), at: n}
	target := app.Get(into.name)
	if target != nil && target.Kind == node.List {
		return // reported as a wrong type by the reader
	}
	m := w.asMap(target, into)
	if m.Get(key) != nil {
		r.report(Error, n, join(join("apps", name), key), "", "%s.%s says the same; write one of the two", into.name, key)
		return
	}
	m.Set(key, n)
	app.Set(into.name, m)
	for i, p := range app.Pairs {
		if p.Key.Text == key {
			app.Pairs = append(app.Pairs[:i], app.Pairs[i+1:]...)
			break
		}
	}
}

// builder turns resolved values into a configuration and checks what they mean
// together.
type builder struct {
	*resolver
	root  *value
	world *geo.World
	hosts []int
	cfg   *edge.Config
	plan  Plan
}

// joined reports every line of a joined error.
func (b *builder) joined(v *value, err error) {
	if err == nil || v == nil || v.bad {
		return
	}
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		for _, e := range many.Unwrap() {
			b.joined(v, e)
			v.bad = false
		}
		v.bad = true
		return
	}
	b.failMore(v, "", "%s", strings.TrimSpace(fmt.Sprint(err)))
}
