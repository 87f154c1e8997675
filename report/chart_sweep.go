package report

import (
	"fmt"
	"maps"
	"slices"
	"sort"
)

// swept are the metrics that a sweep draws, with the formatter of their values.
var swept = []struct{ metric, title, format string }{
	{"bill", "Bill of the month", "usd"},
	{"p99(latency)", "p99 latency", "seconds"},
	{"mean(latency)", "Mean latency", "seconds"},
	{"share(cold)", "Share of cold requests", "percent"},
	{"errors", "Share of failed requests", "percent"},
	{"mean(instances)", "Mean instances up", "count"},
}

// heatScale runs from low to high; it is legible on light and dark pages.
var heatScale = []string{"#2f6f9f", "#8fb8d6", "#f3e7c4", "#dd8a33", "#b3372b"}

// frontChart draws the bill against p99 with the front.
func (d *Sweep) frontChart() *chart {
	var rest, front []any
	var line [][2]Number
	for i := range d.Cells {
		c := &d.Cells[i]
		x, y := c.find("bill").Value.Mean, c.find("p99(latency)").Value.Mean
		if !x.Known() || !y.Known() {
			continue
		}
		p := map[string]any{"name": label(c.name()), "value": []any{point(x), point(y)}}
		if c.Front {
			front = append(front, p)
			line = append(line, [2]Number{x, y})
		} else {
			rest = append(rest, p)
		}
	}
	if len(front) == 0 {
		return nil
	}
	sort.Slice(line, func(i, j int) bool {
		return line[i][0] < line[j][0] || line[i][0] == line[j][0] && line[i][1] > line[j][1]
	})
	var joined []any
	for _, p := range line {
		joined = append(joined, []any{point(p[0]), point(p[1])})
	}
	paint := func(name string) map[string]any { return map[string]any{"color": "$var:" + name} }
	x, y := axis("value", "usd"), axis("value", "seconds")
	x["name"], x["nameLocation"], x["nameGap"], x["scale"] = "bill of the month", "middle", 28, true
	y["name"], y["scale"] = "p99 latency", true
	legend := maps.Clone(legendTop)
	legend["data"] = []string{"other cells", "cells of the front"}
	option := map[string]any{"animation": false, "legend": legend, "grid": map[string]any{"left": 12, "right": 30, "top": 56, "bottom": 30, "containLabel": true},
		"tooltip": map[string]any{"trigger": "item", "confine": true, "formatter": "$fmt:name"}, "xAxis": x, "yAxis": y,
		"series": []any{
			map[string]any{"type": "scatter", "name": "other cells", "symbolSize": 8, "itemStyle": paint("idle"), "data": nonNil(rest)},
			map[string]any{"type": "line", "name": "front", "showSymbol": false, "silent": true, "step": "end", "lineStyle": map[string]any{"color": "$var:app1", "width": 1.5}, "itemStyle": paint("app1"), "data": joined},
			map[string]any{"type": "scatter", "name": "cells of the front", "symbolSize": 11, "itemStyle": paint("app1"), "data": front},
		}}
	return &chart{ID: "front", Title: "Bill against p99 latency", Height: 360, Wide: true, Option: option,
		Aria: fmt.Sprintf("Bill against p99 latency of the cells; %d are on the front.", len(front))}
}

func nonNil(list []any) []any {
	if list == nil {
		return []any{}
	}
	return list
}

// bandCharts draw each metric over the one axis, the interval as a band.
func (d *Sweep) bandCharts() []*chart {
	var out []*chart
	for k, s := range swept {
		var mean, low, width []any
		known := false
		for i := range d.Cells {
			v := d.Cells[i].find(s.metric).Value
			mean = append(mean, point(v.Mean))
			if v.Low.Known() && v.High.Known() {
				low, width = append(low, point(v.Low)), append(width, point(v.High-v.Low))
			} else {
				low, width = append(low, nil), append(width, nil)
			}
			known = known || v.Mean.Known()
		}
		if !known {
			continue
		}
		band := func(data []any, opacity float64) map[string]any {
			return map[string]any{"type": "line", "name": "band", "stack": "band", "stackStrategy": "all", "showSymbol": false, "silent": true, "lineStyle": map[string]any{"opacity": 0},
				"areaStyle": map[string]any{"color": "$var:app1", "opacity": opacity}, "tooltip": map[string]any{"show": false}, "data": data}
		}
		y := axis("value", s.format)
		y["scale"] = true
		option := map[string]any{"animation": false, "legend": noLegend, "grid": grid(16, 20), "tooltip": tooltip("item", s.format),
			"xAxis": map[string]any{"type": "category", "data": d.labels(0), "boundaryGap": false}, "yAxis": y,
			"series": []any{band(low, 0), band(width, 0.22),
				map[string]any{"type": "line", "name": s.title, "symbolSize": 6, "lineStyle": map[string]any{"color": "$var:app1", "width": 2}, "itemStyle": map[string]any{"color": "$var:app1"}, "data": mean}}}
		out = append(out, &chart{ID: fmt.Sprintf("band-%d", k), Title: s.title + " over " + fit(d.axisName(d.Axes[0].Path), 40), Height: 240, Option: option,
			Aria: s.title + " for each value of the axis, with its interval; the table of the cells holds the numbers."})
	}
	return out
}

// labels are the values of an axis as charts show them.
func (d *Sweep) labels(a int) []string {
	var out []string
	for _, v := range d.Axes[a].Values {
		out = append(out, label(plain(v)))
	}
	return out
}

// heatMaps draw each metric over the first two axes.
func (d *Sweep) heatMaps() []*chart {
	var out []*chart
	for k, s := range swept {
		least := map[[2]int]Number{}
		for i := range d.Cells {
			c := &d.Cells[i]
			at := [2]int{slices.Index(d.Axes[1].Values, d.raw(i, 1)), slices.Index(d.Axes[0].Values, d.raw(i, 0))}
			v := c.find(s.metric).Value.Mean
			if old, ok := least[at]; v.Known() && (!ok || v < old) {
				least[at] = v
			}
		}
		var data []any
		low, high := None, None
		for x := range d.Axes[1].Values {
			for y := range d.Axes[0].Values {
				if v, ok := least[[2]int{x, y}]; ok {
					data = append(data, []any{x, y, point(v)})
					if !low.Known() || v < low {
						low = v
					}
					if !high.Known() || v > high {
						high = v
					}
				}
			}
		}
		if len(data) == 0 {
			continue
		}
		ends := []string{quantityBy(s.format, high), quantityBy(s.format, low)}
		if low == high {
			low, high = low-1, high+1 // one colour, the middle one
		}
		yAxis := categories(d.labels(0))
		yAxis["name"], yAxis["nameLocation"] = fit(d.axisName(d.Axes[0].Path), 30), "start"
		option := map[string]any{"animation": false, "legend": noLegend, "grid": map[string]any{"left": 12, "right": 12, "top": 26, "bottom": 76, "containLabel": true},
			"tooltip": tooltip("item", s.format), "yAxis": yAxis,
			"xAxis": map[string]any{"type": "category", "data": d.labels(1), "name": fit(d.axisName(d.Axes[1].Path), 30), "nameLocation": "middle", "nameGap": 26},
			"visualMap": map[string]any{"min": point(low), "max": point(high), "calculable": false, "orient": "horizontal", "left": "center", "bottom": 0, "itemHeight": 120, "itemWidth": 12, "text": ends,
				"inRange": map[string]any{"color": heatScale}, "textStyle": map[string]any{"color": "$var:muted", "fontSize": 11}},
			"series": []any{map[string]any{"type": "heatmap", "name": s.title, "data": data, "itemStyle": map[string]any{"borderColor": "$var:panel", "borderWidth": 1}}}}
		out = append(out, &chart{ID: fmt.Sprintf("heat-%d", k), Title: s.title, Height: 150 + 24*min(len(d.Axes[0].Values), 20), Option: option,
			Aria: s.title + " over both axes, from " + ends[1] + " to " + ends[0] + "."})
	}
	return out
}

// raw is the value of a cell on an axis as it was written.
func (d *Sweep) raw(i, a int) string {
	rest := d.Cells[i].Cell
	for b := len(d.Axes) - 1; b > a; b-- {
		rest /= len(d.Axes[b].Values)
	}
	return d.Axes[a].Values[rest%len(d.Axes[a].Values)]
}

func quantityBy(format string, n Number) string {
	return Quantity(n, map[string]string{"usd": "USD", "seconds": "s", "percent": "1"}[format])
}
