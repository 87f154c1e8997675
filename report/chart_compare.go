package report

import (
	"fmt"
	"slices"
)

// changeColours paint what an interval shows.
var changeColours = map[string]string{"better": "good", "worse": "bad", "higher": "app1", "lower": "app1"}

// changeChart draws the relative changes of a variant with their intervals, one
// line a metric. Changes beyond a factor of ten are left to the table.
func (d *Comparison) changeChart(i int) *chart {
	var shown []Difference
	for _, x := range d.Variants[i].Differences {
		wanted := slices.Contains(compared, x.Metric) || x.Metric == "bill"
		if r := x.Relative; x.App == "" && wanted && x.isShown() && r.Low.Known() && r.High.Known() && r.Low > -10 && r.High < 10 {
			shown = append(shown, x)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	var names []string
	var series []any
	for _, x := range shown {
		name := label(x.name())
		names = append(names, name)
		colour := "$var:idle"
		if c, ok := changeColours[x.Change]; ok {
			colour = "$var:" + c
		}
		series = append(series,
			map[string]any{"type": "line", "name": name, "showSymbol": false, "silent": true, "lineStyle": map[string]any{"color": colour, "width": 3},
				"data": []any{[]any{point(x.Relative.Low), name}, []any{point(x.Relative.High), name}}},
			map[string]any{"type": "scatter", "name": name, "symbolSize": 9, "itemStyle": map[string]any{"color": colour}, "data": []any{[]any{point(x.Relative.Mean), name}}})
	}
	option := map[string]any{"animation": false, "legend": noLegend, "grid": rows(8, 24), "tooltip": map[string]any{"show": false},
		"xAxis": axis("value", "percent"), "yAxis": categories(names), "series": series}
	return &chart{ID: fmt.Sprintf("change-%d", i+1), Title: "Change against " + fit(d.Base, 40) + ", with 95 % intervals", Height: 60 + 24*len(shown), Wide: true, Option: option,
		Aria: fmt.Sprintf("Relative change of %s with its interval; those that cross zero show no difference.", plural(len(shown), "metric", "metrics"))}
}
