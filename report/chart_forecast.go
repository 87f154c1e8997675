package report

import "fmt"

// billChart stacks the lines of each month, with the band of the bill, the
// budget and the months in which prices change.
func (d *Forecast) billChart() *chart {
	var months []string
	var mean, low, width []any
	for i := range d.Months {
		m := &d.Months[i]
		months = append(months, m.Month)
		mean = append(mean, point(m.Bill.Mean))
		if m.Low.Known() && m.High.Known() {
			low, width = append(low, point(m.Low)), append(width, point(m.High-m.Low))
		} else {
			low, width = append(low, nil), append(width, nil)
		}
	}
	lines, rest := d.largest()
	var series []any
	bar := func(k int, name string, of func(*ForecastMonth) Number) {
		data := []any{}
		for i := range d.Months {
			data = append(data, point(of(&d.Months[i])))
		}
		series = append(series, map[string]any{"type": "bar", "stack": "bill", "name": label(name), "barMaxWidth": 44, "itemStyle": map[string]any{"color": "$var:" + appColour(k)}, "data": data})
	}
	names := []string{}
	for k, l := range lines {
		bar(k, l.Label, func(m *ForecastMonth) Number { return m.line(l.SKU) })
		names = append(names, label(l.Label))
	}
	if rest {
		bar(len(lines), "others", func(m *ForecastMonth) Number {
			left := m.Bill.Mean
			for _, l := range lines {
				left -= m.line(l.SKU)
			}
			return max(left, 0)
		})
		names = append(names, "others")
	}
	band := func(data []any, opacity float64) map[string]any {
		return map[string]any{"type": "line", "name": "band", "stack": "band", "stackStrategy": "all", "showSymbol": false, "silent": true, "z": 3, "lineStyle": map[string]any{"opacity": 0},
			"areaStyle": map[string]any{"color": "$var:ink", "opacity": opacity}, "tooltip": map[string]any{"show": false}, "data": data}
	}
	total := map[string]any{"type": "line", "name": "bill", "symbolSize": 5, "z": 4, "lineStyle": map[string]any{"color": "$var:ink", "width": 1.5}, "itemStyle": map[string]any{"color": "$var:ink"}, "data": mean}
	total["markLine"] = map[string]any{"silent": true, "symbol": "none", "data": d.marksOf()}
	series = append(series, band(low, 0), band(width, 0.16), total)
	legend := map[string]any{}
	for k, v := range legendTop {
		legend[k] = v
	}
	legend["data"] = append(names, "bill")
	y := axis("value", "usd")
	if d.Budget.Known() { // its line belongs to the picture
		y["max"] = point(roundUp(max(d.Budget, d.most())))
	}
	right := 24
	if d.Budget.Known() {
		right = 52 // its name stands there
	}
	option := map[string]any{"animation": false, "legend": legend, "grid": map[string]any{"left": 12, "right": right, "top": 60, "bottom": 8, "containLabel": true}, "tooltip": tooltip("axis", "usd"),
		"xAxis": map[string]any{"type": "category", "data": months, "axisLabel": map[string]any{"hideOverlap": true}}, "yAxis": y, "series": series}
	return &chart{ID: "bill", Title: "Bill by month and line", Height: 380, Wide: true, Option: option, Aria: "Stacked bars of the bill's lines for each month, with the band of the bill. " + d.Verdict}
}

// most is the highest end of a band or bill.
func (d *Forecast) most() Number {
	most := Number(0)
	for i := range d.Months {
		most = max(most, d.Months[i].Bill.Mean)
		if h := d.Months[i].High; h.Known() {
			most = max(most, h)
		}
	}
	return most
}

// roundUp is the next amount with one or two digits that leaves room above n.
func roundUp(n Number) Number {
	step := Number(1)
	for step*20 < n {
		step *= 10
	}
	for step*20 >= 10*n && n > 0 {
		step /= 10
	}
	top := Number(0)
	for top < n*1.04 {
		top += step
	}
	return top
}

// marksOf are the budget's line and one for each month in which a price changes.
func (d *Forecast) marksOf() []any {
	marks := []any{}
	if d.Budget.Known() {
		marks = append(marks, map[string]any{"yAxis": point(d.Budget), "name": "budget", "lineStyle": map[string]any{"color": "$var:bad", "type": "solid", "width": 2},
			"label": map[string]any{"formatter": "$fmt:name", "position": "end", "color": "$var:bad"}})
	}
	for i := range d.Months {
		if m := &d.Months[i]; d.changed(m.Month) {
			marks = append(marks, map[string]any{"xAxis": i, "name": "prices change", "lineStyle": map[string]any{"color": "$var:muted", "type": "dashed"},
				"label": map[string]any{"formatter": "$fmt:name", "position": "end", "color": "$var:muted"}})
		}
	}
	return marks
}

// overChart draws the probability that the bill is above the budget.
func (d *Forecast) overChart() *chart {
	if !d.Budget.Known() {
		return nil
	}
	var months []string
	var data []any
	for i := range d.Months {
		months, data = append(months, d.Months[i].Month), append(data, point(d.Months[i].Over))
	}
	y := axis("value", "percent")
	y["min"], y["max"] = 0, 1
	option := map[string]any{"animation": false, "legend": noLegend, "grid": grid(16, 20), "tooltip": tooltip("axis", "percent"),
		"xAxis": map[string]any{"type": "category", "data": months, "axisLabel": map[string]any{"hideOverlap": true}}, "yAxis": y,
		"series": []any{map[string]any{"type": "bar", "name": "above the budget", "barMaxWidth": 44, "itemStyle": map[string]any{"color": "$var:bad"}, "data": data}}}
	return &chart{ID: "over", Title: "Probability of a bill above the budget", Height: 220, Wide: true, Option: option, Aria: "The probability for each month; the table of the months holds the numbers."}
}

// limitChart draws how full the limits are that matter, by month.
func (d *Forecast) limitChart() *chart {
	var months []string
	for i := range d.Months {
		months = append(months, d.Months[i].Month)
	}
	var series []any
	last := &d.Months[len(d.Months)-1]
	for k, h := range last.Headroom {
		if !(h.share() >= 0.05) || len(series) == 6 {
			continue
		}
		name := h.Limit
		if h.App != "" {
			name = h.App + ": " + name
		}
		data := []any{}
		for i := range d.Months {
			data = append(data, point(d.Months[i].Headroom[k].share()))
		}
		paint := appColour(len(series))
		series = append(series, map[string]any{"type": "line", "name": label(name), "symbolSize": 5, "lineStyle": map[string]any{"color": "$var:" + paint, "width": 2}, "itemStyle": map[string]any{"color": "$var:" + paint}, "data": data})
	}
	if len(series) == 0 {
		return nil
	}
	series[0].(map[string]any)["markLine"] = map[string]any{"silent": true, "symbol": "none", "data": []any{map[string]any{"yAxis": 1, "name": "the limit",
		"lineStyle": map[string]any{"color": "$var:bad"}, "label": map[string]any{"formatter": "$fmt:name", "position": "insideStartTop", "color": "$var:bad"}}}}
	y := axis("value", "percent")
	y["min"] = 0
	option := map[string]any{"animation": false, "legend": legendTop, "grid": grid(44, 20), "tooltip": tooltip("axis", "percent"),
		"xAxis": map[string]any{"type": "category", "data": months, "axisLabel": map[string]any{"hideOverlap": true}}, "yAxis": y, "series": series}
	return &chart{ID: "limits-used", Title: "Largest use of the limits", Height: 280, Wide: true, Option: option, Aria: fmt.Sprintf("The largest use of %s over the months; the table below holds the last month.", plural(len(series), "limit", "limits"))}
}
