package report

import (
	"fmt"
	"maps"
)

// tornadoChart draws the changes by the values tried, the largest swing on top,
// with their intervals.
func (d *Sensitivity) tornadoChart(k int) *chart {
	m := d.Base[k]
	shown, _, _, _ := d.split(k)
	if len(shown) == 0 {
		return nil
	}
	if len(shown) > tornadoRows {
		shown = shown[:tornadoRows]
	}
	var names []string
	bars := [2][]any{}
	var intervals []any
	for _, i := range shown {
		f := &d.Factors[i]
		name := label(f.Name)
		names = append(names, name)
		for side := range bars {
			value := map[string]any{"value": nil, "name": name}
			if side < len(f.Ends) {
				if x, ok := f.Ends[side].difference(m.Name); ok && isShown(x) {
					value = map[string]any{"value": point(x.Delta.Mean), "name": name + ", " + label(f.Ends[side].Value) + ": " + shift(x.Delta.Mean, x.Unit)}
					intervals = append(intervals, map[string]any{"type": "line", "name": "interval", "showSymbol": false, "silent": true, "z": 5, "lineStyle": map[string]any{"color": "$var:ink", "width": 1.5},
						"data": []any{[]any{point(x.Delta.Low), name}, []any{point(x.Delta.High), name}}})
				}
			}
			bars[side] = append(bars[side], value)
		}
	}
	series := []any{}
	titles := [2]string{"first value tried", "second value tried"}
	for side, data := range bars {
		series = append(series, map[string]any{"type": "bar", "name": titles[side], "barGap": "-100%", "barWidth": 12, "itemStyle": map[string]any{"color": fmt.Sprintf("$var:app%d", side+1), "opacity": 0.85}, "data": data})
	}
	legend := maps.Clone(legendTop)
	legend["data"] = titles[:]
	y := categories(names)
	y["axisLine"] = map[string]any{"show": false}
	option := map[string]any{"animation": false, "legend": legend, "grid": grid(34, 24), "tooltip": map[string]any{"trigger": "item", "confine": true, "formatter": "$fmt:name"},
		"xAxis": axis("value", formatOf(m.Unit)), "yAxis": y, "series": append(series, intervals...)}
	return &chart{ID: fmt.Sprintf("tornado-%d", k+1), Title: "Change of the " + lower(m.Label) + " against the scenario as it is, with 95 % intervals", Height: 90 + 26*len(shown), Wide: true, Option: option,
		Aria: fmt.Sprintf("Tornado of %s; the table below holds the numbers.", plural(len(shown), "factor", "factors"))}
}
