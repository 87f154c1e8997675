package report

import (
	"fmt"
	"strings"

	"berth/models/result"
)

// name is a cell's values in words.
func (s *PlanSearch) name(c *PlanCell) string {
	if len(c.Values) == 0 {
		return "as it is"
	}
	var words []string
	for a, v := range c.Values {
		words = append(words, s.axisName(s.Axes[a].Path)+" "+v)
	}
	return strings.Join(words, ", ")
}

// axisName is the last key of a path, or all of it where two axes end alike.
func (s *PlanSearch) axisName(path string) string {
	var paths []string
	for _, a := range s.Axes {
		paths = append(paths, a.Path)
	}
	return shortPath(path, paths)
}

// shortPath is the last key of a path, or all of it where another ends alike.
func shortPath(path string, all []string) string {
	last := func(s string) string { return s[strings.LastIndexByte(s, '.')+1:] }
	for _, p := range all {
		if p != path && last(p) == last(path) {
			return path
		}
	}
	return last(path)
}

// why says why a cell was not chosen, or that it was.
func why(c *result.PlanCell, d PlanCell, lines []PlanLine) string {
	one := ""
	if c.Stage == result.StageScreen {
		one = "one run: "
	}
	switch c.Fate {
	case result.FateChosen:
		return "chosen"
	case result.FateRefused, result.FateLimit:
		return plain(c.Why)
	case result.FateMissed:
		return missed(c, d, lines)
	case result.FateDearer:
		if c.Runs == 0 {
			return "costs " + USD(Number(c.Least)) + " at least, by the keep-alive formula"
		}
		return one + "dearer by " + dearer(d)
	case result.FateEqual:
		if d.Dearer.Mean == 0 && d.Dearer.Half() == 0 {
			return "the same bill in every run"
		}
		return "no cheaper: " + moreOrLess(d)
	}
	switch {
	case c.Line >= 0:
		return one + missed(c, d, lines)
	case d.Dearer.Mean.Known():
		return one + moreOrLess(d)
	}
	return "not run"
}

// dearer is the difference to the choice as a share and with its interval.
func dearer(d PlanCell) string {
	s := USD(magnitude(d.Dearer.Mean))
	if h := d.Dearer.Half(); h.Known() {
		s += " ± " + USD(rounded(h))
	}
	if bill := d.find("bill").Value.Mean - d.Dearer.Mean; bill > 0 {
		s = strings.TrimPrefix(percentage(magnitude(d.Dearer.Mean)/bill), "+") + ", " + s
	}
	return s
}

// magnitude is a number without its sign.
func magnitude(n Number) Number { return max(n, -n) }

// moreOrLess is the difference to the choice as dearer or cheaper.
func moreOrLess(d PlanCell) string {
	if d.Dearer.Mean < 0 {
		return "cheaper by " + dearer(d)
	}
	return "dearer by " + dearer(d)
}

// near is how far beyond its threshold a mean may be and still be called near.
const near = 0.001

// missed says which target a cell misses and by how much.
func missed(c *result.PlanCell, d PlanCell, lines []PlanLine) string {
	if c.Line < 0 || c.Line >= len(lines) || c.Line >= len(c.Targets) {
		return "misses a target"
	}
	l := lines[c.Line]
	x := Number(c.Targets[c.Line].Mean)
	if beyond := l.beyond(x); c.Proven && beyond.Known() && beyond < near {
		return fmt.Sprintf("too near %s: %s", fit(l.Text, 40), Quantity(x, l.Unit))
	}
	kind := "misses its target"
	switch {
	case l.Metric == "bill":
		kind = "too dear"
	case l.Unit == "s":
		kind = "too slow"
	case strings.HasPrefix(l.Metric, "errors"):
		kind = "fails too often"
	case l.Metric == "share(cold)":
		kind = "too often cold"
	}
	s := fmt.Sprintf("%s: %s, %s", kind, Quantity(x, l.Unit), fit(l.Text, 40))
	if beyond := l.beyond(x); beyond.Known() && beyond > 0 {
		s += " by " + Share(beyond)
	}
	return s
}

// beyond is how far a value is past the threshold, as a share of it.
func (l *PlanLine) beyond(x Number) Number {
	if !x.Known() || l.threshold == 0 {
		return None
	}
	d := (x - l.threshold) / l.threshold
	if l.above {
		d = -d
	}
	return d
}

// candidate finds one by name.
func (d *Plan) candidate(name string) *Candidate {
	for i := range d.Candidates {
		if d.Candidates[i].Name == name {
			return &d.Candidates[i]
		}
	}
	return nil
}

func (c *Candidate) mean(metric string) string {
	for _, m := range c.Metrics {
		if m.App == "" && m.Name == metric {
			return Quantity(m.Value.Mean, m.Unit)
		}
	}
	return dash
}

func (c *Candidate) find(metric string) (Difference, bool) {
	v := Variant{Differences: c.Differences}
	return v.find(metric)
}

// kept counts the targets by verdict.
func (c *Candidate) kept() (met, open, violated int) {
	for _, t := range c.Targets {
		switch t.Verdict {
		case "met":
			met++
		case "violated":
			violated++
		default:
			open++
		}
	}
	return met, open, violated
}

// verdict is the plan in one sentence.
func (d *Plan) verdict() string {
	choice, base := d.candidate("choice"), d.candidate("as it is")
	switch {
	case d.Partial:
		return "Partial plan, interrupted: nothing is chosen."
	case choice == nil || base == nil:
		return "Nothing was found."
	case !d.Feasible:
		return d.obstacle(choice)
	}
	s := "Keep it as it is: " + choice.mean("bill") + " a month"
	if len(d.Changes) > 0 {
		s = "Take " + d.changes() + ": " + choice.mean("bill") + " a month instead of " + base.mean("bill")
		if x, ok := choice.find("bill"); ok && x.Delta.Low.Known() {
			s += fmt.Sprintf(" (%s, %s)", x.interval(), percentage(x.Relative.Mean))
		}
	}
	return s + "; " + d.targetsWords(choice) + "; " + d.sure() + "."
}

// changes lists what the choice changes.
func (d *Plan) changes() string {
	var words, paths []string
	for _, c := range d.Changes {
		paths = append(paths, c.Path)
	}
	for _, c := range d.Changes {
		words = append(words, shortPath(c.Path, paths)+" "+fit(c.To, 40))
	}
	return fit(strings.Join(words, ", "), 160)
}

func (d *Plan) targetsWords(c *Candidate) string {
	met, open, _ := c.kept()
	switch n := len(c.Targets); {
	case n == 0:
		return "cheapest by the bill alone, since the scenario has no slo: lines"
	case open == 0 && n == 1:
		return "meets its target"
	case open == 0:
		return fmt.Sprintf("meets all %d targets", n)
	default:
		return fmt.Sprintf("meets %d of %s, %d not proven", met, plural(n, "target", "targets"), open)
	}
}

// sure says how sure the choice is.
func (d *Plan) sure() string {
	ranked, left, open := 0, 0, 0
	proven := true
	for i := range d.Searches {
		s := &d.Searches[i]
		proven = proven && s.Proven
		for _, c := range s.Cells {
			switch {
			case c.Stage == "ranking" || c.Stage == "confirmation":
				ranked++
				if c.Fate == "not proven" {
					open++
				}
			case c.Stage == "one run":
				left++
			}
		}
	}
	if !proven {
		return fmt.Sprintf("not proven: %s not told apart after %d replications (--max-replications makes more)", plural(open, "other", "others"), d.Rules.Most)
	}
	s := fmt.Sprintf("shown cheapest of %d ranked, or within %s of it, at %s confidence", ranked, Share(d.Rules.Indifference), Share(d.Rules.Confidence))
	if left > 0 {
		s += fmt.Sprintf("; %d left after one run", left)
	}
	return s
}

// obstacle says why nothing is feasible and what comes closest.
func (d *Plan) obstacle(choice *Candidate) string {
	s := "No configuration meets all targets"
	var worst *PlanLine
	for i := range d.Searches {
		for k := range d.Searches[i].Lines {
			l := &d.Searches[i].Lines[k]
			if worst == nil || l.Kept < worst.Kept {
				worst = l
			}
		}
	}
	switch {
	case worst == nil:
		s = "The choice did not keep its targets on the whole horizon"
	case worst.Kept == 0:
		s += fmt.Sprintf(": the obstacle is %s, which none keeps (best %s)", fit(worst.Text, 60), Quantity(worst.Best, worst.Unit))
	default:
		s += fmt.Sprintf(": the obstacle is %s, which %s, but not with the others", fit(worst.Text, 60), verb(worst.Kept, "1 keeps", fmt.Sprintf("%d keep", worst.Kept)))
	}
	as := "the scenario as it is"
	if len(d.Changes) > 0 {
		as = d.changes()
	}
	s += "; closest is " + as + " at " + choice.mean("bill")
	for _, t := range choice.Targets {
		if t.Verdict == "violated" {
			s += fmt.Sprintf(", %s %s", t.Metric.Name, Quantity(t.Metric.Value.Mean, t.Metric.Unit))
		}
	}
	return s + "."
}
