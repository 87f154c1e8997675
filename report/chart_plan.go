package report

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

// tradeChart draws the bill of every configuration against its p99, with the
// choice and the scenario as it is marked.
func (s *PlanSearch) tradeChart() *chart {
	groups := []struct {
		name, colour string
		size         int
		has          func(c *PlanCell) bool
		points       []any
	}{
		{name: "misses a target", colour: "idle", size: 7},
		{name: "keeps the targets", colour: "app1", size: 8},
		{name: "as it is", colour: "bad", size: 13},
		{name: "the choice", colour: "good", size: 15},
	}
	n, low, high := 0, None, None
	for i := range s.Cells {
		c := &s.Cells[i]
		x, y := c.find("bill").Value.Mean, c.find("p99(latency)").Value.Mean
		if !x.Known() || !y.Known() {
			continue
		}
		g := 1
		switch {
		case c.Cell == s.Chosen:
			g = 3
		case c.AsItIs:
			g = 2
		case s.misses(c):
			g = 0
		}
		groups[g].points = append(groups[g].points, map[string]any{"name": fit(s.short(c)+": "+c.Why, 90), "value": []any{point(x), point(y)}})
		if n++; n == 1 {
			low, high = x, x
		}
		low, high = min(low, x), max(high, x)
	}
	if n < 2 {
		return nil
	}
	legend := maps.Clone(legendTop)
	var names []string
	var series []any
	for _, g := range groups {
		if len(g.points) == 0 {
			continue
		}
		names = append(names, g.name)
		series = append(series, map[string]any{"type": "scatter", "name": g.name, "symbolSize": g.size, "itemStyle": map[string]any{"color": "$var:" + g.colour}, "data": g.points})
	}
	legend["data"] = names
	x, y := axis("log", "usd"), axis("value", "seconds")
	x["name"], x["nameLocation"], x["nameGap"], x["min"], x["max"] = "bill of the month, in equal ratios", "middle", 28, point(low*0.9), point(high*1.1)
	y["name"], y["scale"] = "p99 latency", true
	option := map[string]any{"animation": false, "legend": legend, "grid": map[string]any{"left": 12, "right": 30, "top": 56, "bottom": 30, "containLabel": true},
		"tooltip": map[string]any{"trigger": "item", "confine": true, "formatter": "$fmt:name"}, "xAxis": x, "yAxis": y, "series": series}
	return &chart{ID: "trade-" + identifier(s.App), Title: "Bill against p99 latency of every configuration", Height: 380, Wide: true, Option: option,
		Aria: fmt.Sprintf("Bill against p99 latency of %d configurations, the choice marked; the table holds the numbers.", n)}
}

// misses says whether a cell misses a target on its mean.
func (s *PlanSearch) misses(c *PlanCell) bool {
	for i := range s.Lines {
		l := &s.Lines[i]
		if k := len(c.Metrics) - len(s.Lines) + i; k >= 0 {
			x := c.Metrics[k].Value.Mean
			if !x.Known() || l.above && x < l.threshold || !l.above && x > l.threshold {
				return true
			}
		}
	}
	return false
}

// short is a cell by its values alone.
func (s *PlanSearch) short(c *PlanCell) string {
	if len(c.Values) == 0 {
		return "as it is"
	}
	var words []string
	for _, v := range c.Values {
		words = append(words, compact(v))
	}
	return strings.Join(words, ", ")
}

// maxBars is how many cells the chart of differences shows.
const maxBars = 24

// dearerChart draws what the ranked configurations cost more than the choice,
// with intervals.
func (s *PlanSearch) dearerChart() *chart {
	var list []cellRow
	for _, r := range s.rows() {
		if r.Stage == "ranking" && r.Cell != s.Chosen && r.Dearer.Low.Known() {
			list = append(list, r)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Dearer.Mean < list[j].Dearer.Mean })
	if len(list) > maxBars {
		list = list[:maxBars]
	}
	if len(list) == 0 {
		return nil
	}
	var names []string
	var series []any
	for _, r := range list {
		name := fit(strings.Join(r.values, " | "), 48)
		if slices.Contains(names, name) {
			name = fmt.Sprintf("%s (%d)", name, r.Cell) // a category is drawn once
		}
		names = append(names, name)
		colour := map[string]string{"dearer": "$var:app1", "misses a target": "$var:bad"}[r.Fate]
		if colour == "" {
			colour = "$var:idle"
		}
		series = append(series,
			map[string]any{"type": "line", "name": name, "showSymbol": false, "silent": true, "lineStyle": map[string]any{"color": colour, "width": 3},
				"data": []any{[]any{point(r.Dearer.Low), name}, []any{point(r.Dearer.High), name}}},
			map[string]any{"type": "scatter", "name": name, "symbolSize": 9, "itemStyle": map[string]any{"color": colour}, "data": []any{[]any{point(r.Dearer.Mean), name}}})
	}
	option := map[string]any{"animation": false, "legend": noLegend, "grid": rows(8, 24), "tooltip": map[string]any{"show": false}, "xAxis": axis("value", "usd"), "yAxis": categories(names), "series": series}
	return &chart{ID: "dearer-" + identifier(s.App), Title: "Bill less that of the choice, paired, with 95 % intervals", Height: 60 + 24*len(list), Wide: true, Option: option,
		Aria: fmt.Sprintf("What %s of the ranking cost more than the choice; red ones miss a target.", plural(len(list), "configuration", "configurations"))}
}

// courseChart draws how many configurations are still in the race.
func (s *PlanSearch) courseChart(first int) *chart {
	if s.Replications <= first {
		return nil
	}
	var data []any
	for r := 0; r <= s.Replications; r++ {
		open := 0
		for _, c := range s.Cells {
			if c.Stage == "ranking" && c.Replications > r || c.Cell == s.Chosen || !c.Proven && c.Stage == "ranking" {
				open++
			}
		}
		data = append(data, []any{r, open})
	}
	x, y := axis("value", "count"), axis("value", "count")
	x["name"], x["nameLocation"], x["nameGap"], x["max"] = "replications", "middle", 26, s.Replications
	y["name"] = "still in the race"
	option := map[string]any{"animation": false, "legend": noLegend, "grid": map[string]any{"left": 12, "right": 24, "top": 34, "bottom": 30, "containLabel": true}, "tooltip": tooltip("axis", "count"),
		"xAxis": x, "yAxis": y, "series": []any{map[string]any{"type": "line", "name": "configurations", "step": "end", "showSymbol": false, "lineStyle": map[string]any{"color": "$var:app1", "width": 2},
			"areaStyle": map[string]any{"color": "$var:app1", "opacity": 0.15}, "itemStyle": map[string]any{"color": "$var:app1"}, "data": data}}}
	return &chart{ID: "course-" + identifier(s.App), Title: "The course of the ranking", Height: 240, Wide: true, Option: option,
		Aria: fmt.Sprintf("Configurations still in the race over %s.", plural(s.Replications, "replication", "replications"))}
}
