package scenarios

import (
	"fmt"
	"strings"

	"berth/data"
	"berth/models/platform"
)

// platformDefault is a dated setting of the catalogue (or of the world or the
// user's overlay) as scenario text.
type platformDefault struct {
	text, from, source, grade string
}

// setting looks a default up on the scenario's date in its world.
func (r *resolver) setting(name string) (platformDefault, bool) {
	s, err := r.view.Setting(name)
	if err != nil {
		return platformDefault{}, false
	}
	d := platformDefault{text: r.settingText(s), from: "default", source: s.Source, grade: s.Grade}
	switch {
	case s.UserSupplied:
		d.from, d.grade = "catalogue overlay", ""
	case s.World != "":
		d.from = "world " + s.World
	}
	return d, true
}

// settingText puts a setting into the words of the scenario language where the
// two differ.
func (r *resolver) settingText(s platform.Setting) string {
	switch s.Name {
	case "egress_key":
		return strings.TrimSuffix(strings.TrimSuffix(s.Value, "-pop"), "-country")
	case "start_cpu":
		if s.Value == "full-type-during-init" {
			return "full"
		}
	case "overhead_memory_mib":
		return s.Value + "MiB"
	case "host_restarts_per_hour":
		return s.Value + "/h"
	case "rollout_steps":
		return r.rolloutSteps(s.Value)
	case "min_instances":
		return r.minInstances(s.Value)
	}
	return s.Value
}

// rolloutSteps writes steps as cumulative percentages: the form before August
// 2026 (10, 90) counts each step alone.
func (r *resolver) rolloutSteps(steps string) string {
	if steps == "10,90" {
		steps = "10,100"
	}
	return "[" + strings.ReplaceAll(steps, ",", ", ") + "]"
}

// minInstances reads a count, or the one-per-region of another world.
func (r *resolver) minInstances(value string) string {
	if value == "0" {
		return ""
	}
	if value != "1-per-region" {
		return value
	}
	var parts []string
	for _, region := range r.view.Regions() {
		parts = append(parts, fmt.Sprintf("%s: 1", region.Name))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// preset is the preset that a start names.
func (v *value) preset() (platform.Preset, bool) {
	if v == nil {
		return platform.Preset{}, false
	}
	p, ok := v.parsed.(platform.Preset)
	return p, ok
}

func (r *resolver) parsePreset(name string) (any, error) {
	if !r.viewOK {
		return nil, nil
	}
	p, err := r.view.Preset(name)
	if err != nil {
		var known []string
		for _, k := range r.view.Presets() {
			known = append(known, k.Name)
		}
		hint := "known: " + strings.Join(known, ", ")
		if near := nearest(name, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return nil, fmt.Errorf("there is no cold-start preset %q; %s", clip(name), hint)
	}
	return p, nil
}

// worldNames lists the worlds of the embedded catalogue.
func worldNames() []string {
	c, err := platform.Load()
	if err != nil {
		return []string{platform.Official}
	}
	return c.WorldNames()
}

func dataDate(v *value) data.Date { return data.DateOf(v.when()) }
