package sensitivity

import (
	"fmt"
	"slices"
	"strings"

	"berth/data"
	"berth/models/edge"
	"berth/models/platform"
	"berth/models/result"
	"berth/scenarios"
	"berth/sim/dist"
)

// ends are the factors at which an input is tried, and an assumption without a
// range of its own.
var ends = []float64{0.5, 2}

const halfAndTwice = "x0.5 and x2"

// change is one end of a factor: what is laid over the scenario.
type change struct {
	value    string
	sets     []string
	overlays []platform.Overlay
}

// variation is a factor and its changes.
type variation struct {
	factor  result.Factor
	changes []change
}

// inputs are what is varied in every scenario, with the keys they are made of.
var inputs = []struct {
	name, text string
	patterns   []string
}{
	{"traffic", "Arrivals, users and bursts of every app.", scenarios.TrafficKeys},
	{"CPU per request", "CPU time of a request, and of a message.", []string{"apps.*.work.cpu", "apps.*.traffic[*].work.cpu", "apps.*.traffic[*].websockets.cpu"}},
	{"start times", "Platform part and init of a cold start.", []string{"apps.*.start.platform", "apps.*.start.init"}},
	{"response size", "Bytes of a response, and of a message.", []string{"apps.*.work.response", "apps.*.traffic[*].work.response", "apps.*.traffic[*].websockets.bytes"}},
	{"host restarts", "Host restarts that an instance meets.", []string{restarts}},
}

const (
	platformPart = "apps.*.start.platform"
	restarts     = "outages.host_restarts"
)

// survey collects what can be varied.
type survey struct {
	cfg      *edge.Config
	ranges   map[string]platform.Range
	patterns []string // of cfg.Origins
	list     []variation
	unvaried []result.Unvaried
}

// variations lists the inputs and the inferred assumptions of a scenario, and
// what of them cannot be varied.
func variations(cfg *edge.Config, view platform.View) ([]variation, []result.Unvaried) {
	s := &survey{cfg: cfg, ranges: map[string]platform.Range{}}
	for _, r := range view.Ranges() {
		s.ranges[r.Key] = r
	}
	for _, o := range cfg.Origins {
		s.patterns = append(s.patterns, scenarios.Pattern(o.Path))
	}
	s.addInputs()
	for _, a := range cfg.Assumptions {
		if a.Grade == "I" {
			s.addAssumption(a)
		}
	}
	return s.list, s.unvaried
}

func (s *survey) skip(name, why string, args ...any) {
	s.unvaried = append(s.unvaried, result.Unvaried{Name: name, Why: fmt.Sprintf(why, args...)})
}

// add keeps a variation that has an end.
func (s *survey) add(v variation) {
	for _, c := range v.changes {
		v.factor.Ends = append(v.factor.Ends, result.End{Value: c.value, Sets: c.sets})
	}
	s.list = append(s.list, v)
}

func (s *survey) addInputs() {
	for _, in := range inputs {
		v := variation{factor: result.Factor{Name: in.name, Text: in.text, Range: halfAndTwice}}
		for _, k := range ends {
			if sets := s.scaled(in.patterns, k); len(sets) > 0 {
				v.changes = append(v.changes, change{value: fmt.Sprintf("x%g", k), sets: sets})
			}
		}
		v.factor.Value = s.only(in.patterns)
		switch {
		case len(v.changes) > 0:
			s.add(v)
		case in.patterns[0] == restarts:
			s.fromRange(v, s.ranges[restarts], []string{restarts})
		default:
			s.skip(in.name, "there is no amount of it that a factor changes")
		}
	}
	for i := range s.cfg.Apps {
		for _, t := range s.cfg.Apps[i].Traffic {
			if scenarios.Replayed(&t) {
				s.skip(s.cfg.Apps[i].Name+"."+t.Name, "a trace or script is replayed as it is; its traffic has no rate to vary")
			}
		}
	}
}

// scaled are the overrides that multiply every amount of some keys.
func (s *survey) scaled(patterns []string, factor float64) []string {
	if patterns[0] == scenarios.TrafficKeys[0] {
		return scenarios.ScaledTraffic(s.cfg, "", factor)
	}
	var sets []string
	for i, o := range s.cfg.Origins {
		switch {
		case !slices.Contains(patterns, s.patterns[i]):
			continue
		case s.patterns[i] == platformPart:
			sets = append(sets, s.startSets(o.Path, factor)...)
			continue
		}
		if text, changes := scenarios.Scaled(o.Path, o.Value, factor); changes {
			sets = append(sets, o.Path+"="+text)
		}
	}
	return sets
}

// startSets multiply the platform's part of a start, which may be a preset. What
// a preset says of polling stays.
func (s *survey) startSets(path string, factor float64) []string {
	start := strings.TrimSuffix(path, ".platform")
	for i := range s.cfg.Apps {
		a := &s.cfg.Apps[i]
		if start != "apps."+a.Name+".start" || a.Start.Platform == nil || a.Start.Platform.Mean() == 0 {
			continue
		}
		law, err := dist.Scale(a.Start.Platform, factor, dist.Duration)
		if err != nil {
			return nil
		}
		sets := []string{fmt.Sprintf("%s=%q", path, law)}
		if a.Start.PollingIn {
			sets = append(sets, start+".polling=included")
		}
		return sets
	}
	return nil
}

// only is the value of the one key that matches, or "".
func (s *survey) only(patterns []string) string {
	value, n := "", 0
	for _, o := range s.cfg.Origins {
		if slices.Contains(patterns, scenarios.AmountKey(o.Path, o.Value)) {
			value, n = o.Value, n+1
		}
	}
	if n != 1 {
		return ""
	}
	return value
}

// addAssumption varies an inferred value within its range, unless an input
// covers it.
func (s *survey) addAssumption(a edge.Assumption) {
	pattern := scenarios.Pattern(a.Path)
	for _, in := range inputs {
		if pattern != platformPart && slices.Contains(in.patterns, scenarios.AmountKey(a.Path, a.Value)) && s.covered(in.name) {
			return
		}
	}
	v := variation{factor: result.Factor{Name: s.short(a.Path), Text: a.Text, Value: a.Value, Grade: a.Grade, Source: a.Source}}
	if a.Path == "account" {
		s.add(ambiguousCountries(v))
		return
	}
	var paths []string
	for i, o := range s.cfg.Origins {
		if s.patterns[i] == pattern && o.Value == a.Value && (o.Path == a.Path || strings.Contains(a.Path, "*")) {
			paths = append(paths, o.Path)
		}
	}
	if r, ok := s.ranges[pattern]; ok {
		s.fromRange(v, r, paths)
		return
	}
	v.factor.Range = halfAndTwice
	for _, k := range ends {
		c := change{}
		for _, p := range paths {
			if text, changes := scenarios.Scaled(p, a.Value, k); changes {
				c.value, c.sets = strings.Trim(text, `"`), append(c.sets, p+"="+text)
			}
		}
		if len(c.sets) > 0 {
			v.changes = append(v.changes, c)
		}
	}
	if len(v.changes) == 0 {
		s.skip(v.factor.Name, "%s is no amount, and the catalogue has no range for it", a.Value)
		return
	}
	s.add(v)
}

// short is a path without what every app's begins with.
func (s *survey) short(path string) string {
	if len(s.cfg.Apps) == 1 {
		return strings.TrimPrefix(path, "apps."+s.cfg.Apps[0].Name+".")
	}
	return strings.TrimPrefix(path, "apps.")
}

func (s *survey) covered(input string) bool {
	return slices.ContainsFunc(s.list, func(v variation) bool { return v.factor.Name == input })
}

// fromRange tries the values of the catalogue.
func (s *survey) fromRange(v variation, r platform.Range, paths []string) {
	v.factor.Range = "catalogue: " + r.Source
	for _, value := range r.Values {
		if value == v.factor.Value {
			continue
		}
		c := change{value: value}
		for _, p := range paths {
			c.sets = append(c.sets, p+"="+value)
		}
		v.changes = append(v.changes, c)
	}
	if len(v.changes) == 0 || len(paths) == 0 {
		s.skip(v.factor.Name, "the catalogue has no other value for it")
		return
	}
	s.add(v)
}

// ambiguousCountries moves the countries whose egress pool is doubtful to either
// of the two pools that they may belong to.
func ambiguousCountries(v variation) variation {
	v.factor.Name, v.factor.Range = "egress pools of countries", "the doubtful countries of the table in one pool"
	for _, pool := range []string{"na_eu", "other"} {
		var b strings.Builder
		b.WriteString("egress_countries:\n")
		for _, c := range data.Countries() {
			if c.EgressAmbiguous {
				fmt.Fprintf(&b, "  - {country: %s, region: %s}\n", c.ISO2, pool)
			}
		}
		v.changes = append(v.changes, change{value: "doubtful ones: " + pool, overlays: []platform.Overlay{{File: "doubtful countries", Source: []byte(b.String())}}})
	}
	return v
}
