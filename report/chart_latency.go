package report

import (
	"fmt"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// latencyChart is the distribution on a logarithmic axis, cold and warm apart.
func (d *Document) latencyChart() *chart {
	l := d.All.Latency
	if l.Total.Count == 0 {
		return nil
	}
	c := &chart{ID: "latency-distribution", Title: "Latency distribution, share of requests", Height: 280, Table: d.histogramTable()}
	c.Aria = fmt.Sprintf("Distribution of latency on a logarithmic axis. Half of the requests take %s or less, 95 percent %s or less, 99 percent %s or less.",
		Seconds(l.Total.P50), Seconds(l.Total.P95), Seconds(l.Total.P99))
	var warm, cold []opts.LineData
	last := Number(0)
	total := float64(l.Total.Count)
	for _, b := range l.Histogram {
		if last > 0 && b.LowS > last*1.01 { // nothing between: down to zero and up again
			for _, x := range []Number{last, b.LowS} {
				warm = append(warm, opts.LineData{Value: []any{point(x), 0}})
				cold = append(cold, opts.LineData{Value: []any{point(x), 0}})
			}
		}
		last = b.HighS
		mid := point((b.LowS + b.HighS) / 2)
		warm = append(warm, opts.LineData{Value: []any{mid, short(float64(b.Count-b.Cold) / total)}})
		cold = append(cold, opts.LineData{Value: []any{mid, short(float64(b.Cold) / total)}})
	}
	line := charts.NewLine()
	line.AddSeries("warm", warm, stroke("service", 1.5, 0.25))
	line.AddSeries("cold", cold, stroke("start", 1.5, 0.35))
	x := logSeconds()
	c.Option = build(line, map[string]any{"legend": legendTop, "grid": grid(48, 18), "tooltip": tooltip("axis", "percent"), "xAxis": x, "yAxis": axis("value", "percent")})
	mark(c.Option, 0, []markLine{{"p50", l.Total.P50}, {"p95", l.Total.P95}, {"p99", l.Total.P99}})
	c.Option["tooltip"].(map[string]any)["axisPointer"] = map[string]any{"label": map[string]any{"formatter": "$fmt:pointerSeconds"}}
	return c
}

type markLine struct {
	name string
	at   Number
}

// mark draws named vertical lines into a series.
func mark(option map[string]any, series int, lines []markLine) {
	data := []any{}
	for _, l := range lines {
		if l.at.Known() {
			data = append(data, map[string]any{"name": l.name, "xAxis": point(l.at)})
		}
	}
	s := option["series"].([]any)[series].(map[string]any)
	s["markLine"] = map[string]any{"silent": true, "symbol": "none", "data": data, "lineStyle": map[string]any{"color": "$var:muted", "type": "dashed", "width": 1},
		"label": map[string]any{"formatter": "$fmt:name", "color": "$var:muted", "fontSize": 11}}
}

func (d *Document) histogramTable() *table {
	t := &table{ID: "histogram", Title: "Histogram", Columns: []column{num("From"), num("To"), num("Requests"), num("of them cold"), num("Share")}}
	for _, b := range d.All.Latency.Histogram {
		t.add(Seconds(b.LowS), Seconds(b.HighS), grouped(float64(b.Count), 0), grouped(float64(b.Cold), 0), Share(ratio(float64(b.Count), float64(d.All.Latency.Total.Count))))
	}
	return t
}

// tailChart is the share of requests slower than each latency, one line an app.
func (d *Document) tailChart() *chart {
	c := &chart{ID: "latency-tail", Title: "Share of requests slower than", Height: 280}
	t := &table{Columns: []column{text("App"), num("p50"), num("p90"), num("p95"), num("p99"), num("p99.9"), num("max")}}
	line := charts.NewLine()
	drawn := 0
	for i, a := range d.Apps {
		q := a.Latency.Total
		if q.Count == 0 {
			continue
		}
		t.add(a.Name, Seconds(q.P50), Seconds(q.P90), Seconds(q.P95), Seconds(q.P99), Seconds(q.P999), Seconds(q.Max))
		if drawn++; drawn > maxLines {
			continue
		}
		line.AddSeries(label(a.Name), tail(a.Latency), stroke(appColour(i), 1.8, 0))
	}
	if drawn == 0 {
		return nil
	}
	c.Aria = "For each app, the share of requests that are slower than a given latency; both axes are logarithmic."
	c.Table = t
	y := axis("log", "percent")
	y["max"] = 1
	y["min"] = 0.0001
	x := logSeconds()
	c.Option = build(line, map[string]any{"legend": legendTop, "grid": grid(48, 18), "tooltip": tooltip("axis", "percent"), "xAxis": x, "yAxis": y})
	c.Option["tooltip"].(map[string]any)["axisPointer"] = map[string]any{"label": map[string]any{"formatter": "$fmt:pointerSeconds"}}
	return c
}

// maxLines is how many apps a chart tells apart.
const maxLines = 6

// tail is the complement of the distribution function at the ends of the bars.
func tail(l Latency) []opts.LineData {
	var out []opts.LineData
	total, left := float64(l.Total.Count), float64(l.Total.Count)
	for i, b := range l.Histogram {
		if i == 0 {
			out = append(out, opts.LineData{Value: []any{point(b.LowS), 1}})
		}
		left -= float64(b.Count)
		if left <= 0 {
			break // zero has no place on a logarithmic axis
		}
		out = append(out, opts.LineData{Value: []any{point(b.HighS), short(left / total)}})
	}
	return out
}

// breakdownChart says what requests near each quantile wait for.
func (d *Document) breakdownChart() *chart {
	l := d.All.Latency
	if len(l.Breakdown) == 0 {
		return nil
	}
	c := &chart{ID: "latency-parts", Title: "What a request near each quantile waits for", Height: 250, Table: d.breakdownTable()}
	c.Aria = "Shares of the latency parts in requests near p50, p90, p95, p99 and p99.9."
	var names []string
	for _, b := range l.Breakdown {
		names = append(names, b.Quantile+"  "+Seconds(b.TotalS))
	}
	bar := charts.NewBar()
	for p, part := range l.Parts {
		var values []opts.BarData
		for _, b := range l.Breakdown {
			share := ratio(float64(b.PartsS[p]), float64(b.TotalS))
			values = append(values, opts.BarData{Value: point(share)})
		}
		bar.AddSeries(part.Name, values, colour(part.Name), func(s *charts.SingleSeries) { s.Stack, s.BarWidth = "parts", "62%" })
	}
	x := axis("value", "percent")
	x["max"] = 1
	c.Option = build(bar, map[string]any{"legend": legendTop, "grid": rows(34, 18), "tooltip": tooltip("axis", "percent"), "xAxis": x, "yAxis": categories(names)})
	c.Option["tooltip"].(map[string]any)["axisPointer"] = map[string]any{"type": "shadow"}
	return c
}
