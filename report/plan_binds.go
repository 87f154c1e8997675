package report

import (
	"fmt"
	"strings"
)

// nearLimit is the share of a limit from which on it is named.
const nearLimit = 0.7

// bindTable says what keeps the choice from being cheaper or better.
func (d *Plan) bindTable() *table {
	t := &table{ID: "binds", Title: "What binds", Columns: []column{text("What"), text("How")}}
	choice := d.candidate("choice")
	if choice == nil {
		return t
	}
	if line, slack := choice.nearest(); line != nil {
		how := fmt.Sprintf("the choice has %s, %s of the threshold away", Quantity(line.Metric.Value.Mean, line.Metric.Unit), Share(slack))
		if slack < 0 {
			how = fmt.Sprintf("the choice has %s, %s of the threshold beyond", Quantity(line.Metric.Value.Mean, line.Metric.Unit), Share(-slack))
		}
		t.add(line.Text, how)
	}
	for i := range d.Searches {
		s := &d.Searches[i]
		if k := s.cheaperMissed; k >= 0 && k < len(s.Cells) {
			c := &s.Cells[k]
			t.add("cheaper, but not allowed", fmt.Sprintf("%s at %s: %s", fit(s.short(c), 40), c.mean("bill"), c.Why))
		}
		for _, e := range s.edges {
			end := "highest"
			if e.Lowest {
				end = "lowest"
			}
			t.add(s.axisName(plain(e.Path)), fmt.Sprintf("%s is the %s value tried; one beyond may be better", plain(e.Value), end))
		}
	}
	for _, h := range choice.Headroom {
		if h.Share.Known() && h.Share >= nearLimit || h.Denied > 0 {
			what := h.Limit
			if h.App != "" && h.App != "account" {
				what += " of " + fit(h.App, 40)
			}
			t.add(what, fmt.Sprintf("at most %s of %s in use, %s denied", Quantity(h.Used, h.Unit), Quantity(h.Max, h.Unit), Count(Number(h.Denied))))
		}
	}
	if len(t.Rows) == 0 {
		t.add("nothing", "no target, limit or end of the values tried is near")
	}
	return t
}

// nearest is the target with the least distance to its threshold, as a share of
// that; negative where it is missed.
func (c *Candidate) nearest() (*Target, Number) {
	var best *Target
	least := None
	for i := range c.Targets {
		t := &c.Targets[i]
		x := t.Metric.Value.Mean
		if !x.Known() || t.Threshold == 0 {
			continue
		}
		slack := (t.Threshold - x) / t.Threshold
		if strings.HasPrefix(t.Op, ">") {
			slack = -slack
		}
		if best == nil || slack < least {
			best, least = t, slack
		}
	}
	return best, least
}

// sureTable says how the choice was made and how sure it is.
func (d *Plan) sureTable() *table {
	t := &table{ID: "sure", Title: "How sure", Columns: []column{text("What"), text("How")}}
	if d.Partial {
		return t
	}
	for i := range d.Searches {
		s := &d.Searches[i]
		n := s.stages()
		name := ""
		if s.App != "" && len(d.Searches) > 1 {
			name = fit(s.App, 30) + ": "
		}
		if k := n["analysis"]; k > 0 {
			t.add(name+"left out by analysis", fmt.Sprintf("%d, for certain or by a bound", k))
		}
		if k := n["one run"]; k > 0 {
			t.add(name+"left after one run", fmt.Sprintf("%d, not proven; --finalists N ranks more", k))
		}
		ranked := fmt.Sprintf("%d, over %s at most, on common random numbers", n["ranking"]+n["confirmation"], plural(s.Replications, "replication", "replications"))
		t.add(name+"ranked", ranked)
		if s.ZoneUSD > 0 {
			t.add(name+"indifference zone", fmt.Sprintf("%s a month, %s of the cheapest bill", USD(s.ZoneUSD), Share(d.Rules.Indifference)))
		}
		how := "shown cheapest of the ranked, or within the zone, with " + Share(d.Rules.Confidence) + " confidence"
		switch {
		case !s.Feasible && s.Proven:
			how = "closest; each ranked one is shown to miss a target, with " + Share(d.Rules.Confidence) + " confidence"
		case !s.Feasible:
			how = "comes closest to the targets; not proven"
		case !s.Proven:
			how = "lowest mean bill; not proven"
		}
		t.add(name+"choice", how)
	}
	t.add("confirmed by", fmt.Sprintf("%s on other random numbers, those of berth run", plural(d.confirmations(), "replication", "replications")))
	return t
}

func (d *Plan) confirmations() int {
	if len(d.Candidates) == 0 {
		return 0
	}
	return d.Candidates[0].Replications
}
