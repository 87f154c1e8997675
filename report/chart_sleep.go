package report

import "fmt"

// costChart draws bill and cost over the timeout, the best one marked.
func (d *Sleep) costChart() *chart {
	var series []any
	draw := func(name, paint string, of func(*SleepPoint) Number) {
		series = append(series, map[string]any{"type": "line", "name": name, "showSymbol": false, "lineStyle": map[string]any{"color": "$var:" + paint, "width": 2},
			"itemStyle": map[string]any{"color": "$var:" + paint}, "data": d.curve(of)})
	}
	draw("bill", "app1", func(p *SleepPoint) Number { return p.Bill })
	if d.coldPriceGiven {
		draw("waits", "app2", func(p *SleepPoint) Number { return p.Waiting })
		draw("cost: both", "app3", func(p *SleepPoint) Number { return p.Cost })
	}
	return d.overTimeouts("cost", "A month over the timeout", "usd", series, "The bill over the timeout, the best timeout marked; the table below holds the numbers.")
}

// coldChart draws the share of calls that wait.
func (d *Sleep) coldChart() *chart {
	series := []any{map[string]any{"type": "line", "name": "calls that wait", "showSymbol": false, "lineStyle": map[string]any{"color": "$var:app4", "width": 2},
		"itemStyle": map[string]any{"color": "$var:app4"}, "areaStyle": map[string]any{"color": "$var:app4", "opacity": 0.12}, "data": d.curve(func(p *SleepPoint) Number { return p.ColdShare })}}
	c := d.overTimeouts("cold", "Share of calls that wait for a start", "percent", series, "The share of calls that wait over the timeout; the table below holds the numbers.")
	c.Option["yAxis"].(map[string]any)["min"] = 0
	return c
}

// curve is a value over the timeouts; a logarithmic axis has no 0.
func (d *Sleep) curve(of func(*SleepPoint) Number) []any {
	out := []any{}
	for i := range d.drawn {
		if p := &d.drawn[i]; p.SleepAfter > 0 {
			out = append(out, []any{point(p.SleepAfter), point(of(p))})
		}
	}
	return out
}

// overTimeouts is a chart over the timeouts with the best and the present one
// marked.
func (d *Sleep) overTimeouts(id, title, format string, series []any, aria string) *chart {
	mark := func(name string, p *SleepPoint, paint string, above int) any {
		return map[string]any{"xAxis": point(p.SleepAfter), "name": fmt.Sprintf("%s %s", name, setting(p.SleepAfter)),
			"lineStyle": map[string]any{"color": "$var:" + paint, "type": "dashed"}, "label": map[string]any{"formatter": "$fmt:name", "color": "$var:" + paint, "position": "end", "distance": above}}
	}
	var marks []any
	if d.Best.SleepAfter > 0 && d.Met {
		marks = append(marks, mark("best", &d.Best, "ink", 4))
	}
	if d.Now != nil && d.Now.SleepAfter > 0 && d.Now.SleepAfter != d.Best.SleepAfter {
		marks = append(marks, mark("as set", d.Now, "muted", 18))
	}
	if len(marks) > 0 {
		series[0].(map[string]any)["markLine"] = map[string]any{"silent": true, "symbol": "none", "data": marks}
	}
	x := axis("log", "seconds")
	x["min"], x["max"], x["name"], x["nameLocation"], x["nameGap"] = "dataMin", "dataMax", "sleep_after", "middle", 28
	ticks := d.ticks()
	x["axisTick"] = map[string]any{"customValues": ticks}
	label := x["axisLabel"].(map[string]any)
	label["customValues"] = ticks
	x["splitLine"] = map[string]any{"show": false}
	legend := noLegend
	if len(series) > 1 {
		legend = legendTop
	}
	tip := tooltip("axis", format)
	tip["axisPointer"] = map[string]any{"label": map[string]any{"formatter": "$fmt:pointerSeconds"}}
	option := map[string]any{"animation": false, "useUTC": true, "legend": legend, "grid": map[string]any{"left": 12, "right": 24, "top": 60, "bottom": 30, "containLabel": true},
		"tooltip": tip, "xAxis": x, "yAxis": axis("value", format), "series": series}
	return &chart{ID: id, Title: title, Height: 320, Wide: true, Option: option, Aria: aria}
}

// roundTimes are the timeouts that people say, in seconds.
var roundTimes = []Number{0.01, 0.1, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 6 * 3600, 24 * 3600, 7 * 24 * 3600}

// ticks are the round times within the range.
func (d *Sleep) ticks() []Number {
	var out []Number
	for _, t := range roundTimes {
		if t >= d.From && t <= d.To {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		out = append(out, d.From)
	}
	return out
}
