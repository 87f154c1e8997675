package search

import (
	"fmt"
	"slices"
	"strings"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan/sweep"
	"berth/scenarios"
)

// space is the grid of one search.
type space struct {
	app  string // "" = several at once
	axes []result.SweepAxis
	own  bool // the planner's own choice
}

// cells is the number of points of the grid.
func (s space) cells() int {
	n := 1
	for _, a := range s.axes {
		n *= len(a.Values)
	}
	return n
}

// spaces are the grids to search, one an app: those of the plan: block, with
// axes of --vary added or in their place; for an app that neither names, the
// default, unless anything was named by --vary. An axis that belongs to no app
// puts all axes into one grid.
func spaces(cfg *edge.Config, rules scenarios.Plan, opt Options) ([]space, error) {
	var out []space
	if err := knownApps(cfg, opt.Apps); err != nil {
		return nil, err
	}
	vary := expanded(opt.Vary, rules.Types)
	taken := 0
	for i := range cfg.Apps {
		a := &cfg.Apps[i]
		s := space{app: a.Name}
		block, named := rules.App(a.Name)
		for _, x := range block.Axes {
			s.axes = append(s.axes, result.SweepAxis{Path: x.Path, Values: x.Values})
		}
		for _, v := range vary {
			if strings.HasPrefix(v.Path, "apps."+a.Name+".") {
				s.axes = withAxis(s.axes, v)
				taken++
			}
		}
		if !named && len(opt.Vary) == 0 {
			s.axes, s.own = defaultAxes(a, rules.Types), true
		}
		if len(s.axes) > 0 && (len(opt.Apps) == 0 || slices.Contains(opt.Apps, a.Name)) {
			out = append(out, s)
		}
	}
	if taken < len(opt.Vary) {
		out = []space{joined(out, vary)}
	}
	if len(out) == 0 {
		return nil, mistake("nothing varies: name values in plan: {apps: ...} or by --vary apps.web.sleep_after=1m..30m/log8")
	}
	for _, s := range out {
		if n := s.cells(); n > sweep.MaxCells {
			return nil, mistake("the grid of %s has more than %d cells; take fewer values", title(s.app), sweep.MaxCells)
		}
		if err := sweep.CheckGrid(s.axes); err != nil {
			return nil, mistake("%v", err)
		}
	}
	return out, nil
}

// expanded puts every named type in the place of the word all.
func expanded(vary []result.SweepAxis, types []string) []result.SweepAxis {
	out := slices.Clone(vary)
	for i, v := range out {
		if strings.HasSuffix(v.Path, ".instance_type") && slices.Equal(v.Values, []string{"all"}) {
			out[i].Values = types
		}
	}
	return out
}

func title(app string) string {
	if app == "" {
		return "all apps"
	}
	return app
}

func knownApps(cfg *edge.Config, names []string) error {
	var known []string
	for i := range cfg.Apps {
		known = append(known, cfg.Apps[i].Name)
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return mistake("there is no app %q to plan; the apps are %s", n, strings.Join(known, ", "))
		}
	}
	return nil
}

// withAxis puts an axis in the place of the one of its path, or adds it.
func withAxis(axes []result.SweepAxis, a result.SweepAxis) []result.SweepAxis {
	for i := range axes {
		if axes[i].Path == a.Path {
			axes[i] = a
			return axes
		}
	}
	return append(axes, a)
}

// joined is one grid of all axes.
func joined(list []space, vary []result.SweepAxis) space {
	var s space
	for _, x := range list {
		s.axes = append(s.axes, x.axes...)
	}
	for _, v := range vary {
		s.axes = withAxis(s.axes, v)
	}
	return s
}

// defaultSleeps are the times tried where the user names none: in equal ratios
// from half a minute to an hour.
var defaultSleeps = []string{"30s", "60s", "2m", "4m", "8m", "15m", "30m", "1h"}

// defaultAxes is the search space of an app for which the user names none: every
// named type (those too small are refused with the reason), eight times of
// sleep_after, and the app's own limit of requests in flight, halved and
// doubled. Routing, placement and max_instances stay as they are.
func defaultAxes(a *edge.App, types []string) []result.SweepAxis {
	path := "apps." + a.Name + "."
	axes := []result.SweepAxis{{Path: path + "instance_type", Values: types}}
	if a.End == edge.EndSleep {
		axes = append(axes, result.SweepAxis{Path: path + "sleep_after", Values: defaultSleeps})
	}
	if c := a.Concurrency; c > 0 {
		values := []string{}
		for _, n := range []int{c / 2, c, 2 * c} {
			if n > 0 {
				values = append(values, fmt.Sprint(n))
			}
		}
		axes = append(axes, result.SweepAxis{Path: path + "concurrency", Values: slices.Compact(values)})
	}
	return axes
}
