package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// byNearness lists the limits in the order in which they bind: those that denied
// something, then by the traffic that reaches them, then by use.
func (d *Document) byNearness() []Headroom {
	order := func(n Number) float64 {
		if !n.Known() {
			return math.Inf(1)
		}
		return float64(n)
	}
	out := slices.Clone(d.Headroom)
	slices.SortStableFunc(out, func(a, b Headroom) int {
		return cmp.Or(cmp.Compare(b.Denied, a.Denied), cmp.Compare(order(a.Factor), order(b.Factor)), cmp.Compare(order(-a.Share), order(-b.Share)))
	})
	return out
}

func (d *Document) headroomTable() *table {
	t := &table{ID: "headroom", Title: "Headroom, what binds first at the top", Columns: []column{text("Limit"), text("App"), num("Largest use"), num("Limit is"), num("Used"),
		num("Binds at"), num("Denied"), text("When it binds")}, Brief: []int{0, 1, 2, 3, 4, 5, 6}, Meter: 4, Meters: map[int]meter{}}
	for i, h := range d.byNearness() {
		limit, at := "none", dash
		if h.Max.Known() {
			limit = Quantity(h.Max, h.Unit)
		}
		switch {
		case h.Denied > 0:
			at = "this traffic"
		case h.Factor.Known():
			at = times(h.Factor)
		}
		app := h.App
		if app == "" {
			app = "account"
		}
		if h.Share.Known() {
			m := meter{Percent: int(math.Round(100 * math.Min(1, math.Max(0, float64(h.Share)))))}
			switch {
			case h.Denied > 0 || h.Grows && h.Share >= 1:
				m.Class = "bound"
			case h.Grows && h.Share >= 0.8:
				m.Class = "tight"
			}
			t.Meters[i] = m
		}
		t.add(h.Limit, app, Quantity(h.Used, h.Unit), limit, Share(h.Share), at, Count(Number(h.Denied)), h.Effect)
	}
	t.Note = strings.TrimSpace(d.bindsFirst() + " No number: use does not grow with traffic, or there is no limit.")
	return t
}

// times is a factor of the traffic, in words and no more digits than it deserves.
func times(n Number) string {
	switch {
	case n >= 1000:
		return ">1,000 x"
	case n >= 100:
		return grouped(float64(n), 0) + " x"
	}
	return trimmed(float64(n), 3) + " x"
}

// bindsFirst says in a sentence which limit binds first and at which traffic.
func (d *Document) bindsFirst() string {
	all := d.byNearness()
	if len(all) == 0 {
		return ""
	}
	h := all[0]
	name := fit(h.Limit, 40)
	if h.App != "" && len(d.Apps) > 1 {
		name += " of " + fit(h.App, 40)
	}
	switch {
	case h.Denied > 0:
		return fmt.Sprintf("%s binds already: it refused %s.", upper(name), plural(int(h.Denied), "time", "times"))
	case !h.Factor.Known():
		return "No limit is nearer with more traffic."
	}
	s := fmt.Sprintf("%s binds first, at about %s times this traffic", upper(name), trimmed(float64(h.Factor), 3))
	if t := d.All.Traffic; t.PerMonth.Known() && t.PerMonth > 0 {
		s += fmt.Sprintf(": %s requests a month", Count(Number(math.Round(float64(t.PerMonth*h.Factor)))))
		if c, ok := d.clockOf(); ok {
			high, _ := peak(d.All.Series.Requests)
			s += fmt.Sprintf(", or %s/s in the busiest %s", rate(high/d.All.Series.StepS*h.Factor), c.stepName())
		}
	}
	return s + ", if use grows in proportion."
}

// meter is a bar in a table's row.
type meter struct {
	Percent int
	Class   string // bound, tight or none
}
