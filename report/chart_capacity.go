package report

import (
	"fmt"
	"maps"
)

// maxTargetCharts is how many targets are drawn.
const maxTargetCharts = 4

// targetCharts draw each target against the rate, with its threshold.
func (d *Capacity) targetCharts() []*chart {
	var out []*chart
	for k := 0; k < len(d.Targets) && k < maxTargetCharts; k++ {
		if c := d.targetChart(k); c != nil {
			out = append(out, c)
		}
	}
	return out
}

var rateColours = map[string]string{"met": "good", "violated": "bad", "not proven": "open"}

func (d *Capacity) targetChart(k int) *chart {
	unit, threshold := "", None
	var lines []any
	points := map[string][]any{}
	low, high, moved := None, None, false
	for i := range d.Points {
		p := &d.Points[i]
		if k >= len(p.Lines) || !p.PerSecond.Mean.Known() || !p.Lines[k].Measured.Mean.Known() {
			continue
		}
		l := p.Lines[k]
		if unit, threshold = l.Unit, l.threshold; !low.Known() {
			low, high = p.PerSecond.Mean, p.PerSecond.Mean
		}
		low, high = min(low, p.PerSecond.Mean), max(high, p.PerSecond.Mean)
		moved = moved || l.Measured.Mean != 0
		points[l.Verdict] = append(points[l.Verdict], map[string]any{"name": factor(p.Factor) + ", " + perSecond(p.PerSecond.Mean) + ": " + Quantity(l.Measured.Mean, l.Unit), "value": []any{point(p.PerSecond.Mean), point(l.Measured.Mean)}})
		if l.Measured.Low.Known() {
			lines = append(lines, map[string]any{"type": "line", "name": "interval", "showSymbol": false, "silent": true, "lineStyle": map[string]any{"color": "$var:muted", "width": 1.5},
				"data": []any{[]any{point(p.PerSecond.Mean), point(l.Measured.Low)}, []any{point(p.PerSecond.Mean), point(l.Measured.High)}}})
		}
	}
	if !moved {
		return nil
	}
	lines = append(lines, map[string]any{"type": "line", "name": "target", "showSymbol": false, "silent": true, "lineStyle": map[string]any{"color": "$var:ink", "width": 1.5, "type": "dashed"},
		"data": []any{[]any{point(low), point(threshold)}, []any{point(high), point(threshold)}}})
	legend := maps.Clone(legendTop)
	var names []string
	for _, verdict := range []string{"met", "not proven", "violated"} {
		if len(points[verdict]) > 0 {
			names = append(names, verdict)
			lines = append(lines, map[string]any{"type": "scatter", "name": verdict, "symbolSize": 9, "itemStyle": map[string]any{"color": "$var:" + rateColours[verdict]}, "data": points[verdict]})
		}
	}
	legend["data"] = names
	x, y := axis("value", "rate"), axis("value", formatOf(unit))
	x["scale"], y["scale"] = true, true
	option := map[string]any{"animation": false, "legend": legend, "grid": grid(34, 30), "tooltip": map[string]any{"trigger": "item", "confine": true, "formatter": "$fmt:name"}, "xAxis": x, "yAxis": y, "series": lines}
	return &chart{ID: fmt.Sprintf("target-%d", k+1), Title: fit(d.Targets[k], 60) + ", by requests/s", Height: 260, Option: option,
		Aria: "Measured values of the target over the rate; the table of the rates holds the numbers."}
}

// formatOf is the page's formatter of a unit.
func formatOf(unit string) string {
	if f, ok := map[string]string{"USD": "usd", "s": "seconds", "1": "percent", "/s": "rate"}[unit]; ok {
		return f
	}
	return "count"
}

// loadChart draws a quantile of every type over the load.
func (d *Capacity) loadChart(which, title string) *chart {
	var series []any
	var names []string
	for i := range d.Curves {
		c := &d.Curves[i]
		if len(c.Points) == 0 {
			continue
		}
		var data []any
		for _, p := range c.Points {
			v := p.P99.Mean
			if which == "p50" {
				v = p.P50.Mean
			}
			data = append(data, map[string]any{"name": fit(c.Type, 40) + " at " + Share(p.Load) + ", " + perSecond(p.PerSecond) + ": " + Seconds(v), "value": []any{point(p.Load), point(v)}})
		}
		name := label(c.Type)
		names = append(names, name)
		colour := "$var:" + appColour(len(names)-1)
		width := 1.5
		if c.Own {
			width = 3
		}
		series = append(series, map[string]any{"type": "line", "name": name, "symbolSize": 5, "lineStyle": map[string]any{"color": colour, "width": width}, "itemStyle": map[string]any{"color": colour}, "data": data})
	}
	if len(series) == 0 {
		return nil
	}
	legend := maps.Clone(legendTop)
	legend["data"] = names
	x, y := axis("value", "percent"), logSeconds()
	x["max"] = 1
	x["name"], x["nameLocation"], x["nameGap"] = "load, of saturation", "middle", 26
	option := map[string]any{"animation": false, "legend": legend, "grid": map[string]any{"left": 8, "right": 24, "top": 40, "bottom": 30, "containLabel": true},
		"tooltip": map[string]any{"trigger": "item", "confine": true, "formatter": "$fmt:name"}, "xAxis": x, "yAxis": y, "series": series}
	return &chart{ID: "load-" + which, Title: title + " of one instance by load", Height: 300, Option: option,
		Aria: fmt.Sprintf("%s of %s over the load; the table of every load holds the numbers.", title, plural(len(series), "type", "types"))}
}
