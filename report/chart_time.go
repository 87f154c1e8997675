package report

import (
	"fmt"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// clock places the steps of a series in calendar time.
type clock struct {
	start time.Time
	step  time.Duration
	n     int
}

// clockOf is the clock of the document's series; false where there is none.
func (d *Document) clockOf() (clock, bool) {
	s := d.All.Series
	if len(s.Requests) < 2 || !(s.StepS > 0) {
		return clock{}, false
	}
	start, err := time.Parse(time.RFC3339, s.Start)
	if err != nil {
		start = time.Unix(0, 0).UTC()
	}
	return clock{start: start.UTC(), step: time.Duration(float64(s.StepS) * float64(time.Second)), n: len(s.Requests)}, true
}

// ms is the middle of step i in milliseconds since 1970.
func (c clock) ms(i int) int64 {
	return c.start.Add(time.Duration(i)*c.step + c.step/2).UnixMilli()
}

// stepName is the length of a step within a sentence.
func (c clock) stepName() string {
	switch c.step {
	case time.Second:
		return "second"
	case time.Minute:
		return "minute"
	case time.Hour:
		return "hour"
	}
	return Seconds(Number(c.step.Seconds()))
}

// at is the start of step i.
func (c clock) at(i int) time.Time { return c.start.Add(time.Duration(i) * c.step) }

// curve is a series over time thinned without losing peaks, its values divided
// by unit.
func (c clock) curve(v []Number, unit Number) []opts.LineData {
	var out []opts.LineData
	for _, i := range extremes(v) {
		out = append(out, opts.LineData{Value: []any{c.ms(i), point(v[i] / unit)}})
	}
	return out
}

// layer is a series over time thinned to means.
func (c clock) layer(v []Number) []opts.LineData {
	w := window(len(v))
	var out []opts.LineData
	for i, x := range averages(v, w) {
		out = append(out, opts.LineData{Value: []any{c.ms(i*w + w/2), point(x)}})
	}
	return out
}

// shade marks the weekends of a long span, every other day of a shorter one.
func (c clock) shade() map[string]any {
	end := c.start.Add(time.Duration(c.n) * c.step)
	days := end.Sub(c.start).Hours() / 24
	if days < 1.5 || days > 100 {
		return nil
	}
	data := []any{}
	for day := c.start.Truncate(24 * time.Hour); day.Before(end); day = day.AddDate(0, 0, 1) {
		dark := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if days <= 10 {
			dark = day.YearDay()%2 == 0
		}
		if dark {
			from, to := day, day.AddDate(0, 0, 1)
			if from.Before(c.start) {
				from = c.start
			}
			if to.After(end) {
				to = end
			}
			data = append(data, []any{map[string]any{"xAxis": from.UnixMilli()}, map[string]any{"xAxis": to.UnixMilli()}})
		}
	}
	return map[string]any{"silent": true, "itemStyle": map[string]any{"color": "$var:shade"}, "data": data}
}

// overTime finishes a chart over calendar time.
func (c clock) overTime(line *charts.Line, format string) map[string]any {
	x := map[string]any{"type": "time", "axisLabel": map[string]any{"hideOverlap": true}, "splitLine": map[string]any{"show": false}}
	o := build(line, map[string]any{"legend": legendTop, "grid": grid(36, 14), "tooltip": tooltip("axis", format), "xAxis": x, "yAxis": axis("value", format)})
	if shade := c.shade(); shade != nil {
		if list, ok := o["series"].([]any); ok && len(list) > 0 {
			list[0].(map[string]any)["markArea"] = shade
		}
	}
	return o
}

// timeCharts are load, instances, cold starts with failures, and mean latency.
func (d *Document) timeCharts() []*chart {
	c, ok := d.clockOf()
	if !ok {
		return nil
	}
	all := []*chart{d.loadChart(c), d.instanceChart(c), d.troubleChart(c), d.slownessChart(c)}
	t := d.timeTable(c)
	columns := [][]int{{0, 1, 2}, {0, 6, 7, 8}, {0, 3, 4, 5}, {0, 9}}
	var out []*chart
	for i, ch := range all {
		if ch != nil {
			ch.Wide, ch.Table = true, t.only(columns[i]...)
			out = append(out, ch)
		}
	}
	return out
}

func (d *Document) loadChart(c clock) *chart {
	line := charts.NewLine()
	step := d.All.Series.StepS
	if len(d.Apps) <= maxLines {
		for i, a := range d.Apps {
			line.AddSeries(label(a.Name), c.curve(a.Series.Requests, step), stroke(appColour(i), 1.2, 0))
		}
	} else {
		line.AddSeries("all apps", c.curve(d.All.Series.Requests, step), stroke("app1", 1.2, 0.1))
	}
	high, at := peak(d.All.Series.Requests)
	return &chart{ID: "load", Title: "Load, requests per second", Height: 230, Option: c.overTime(line, "rate"),
		Aria: fmt.Sprintf("Requests per second over time. The highest step holds %s requests per second, at %s.", rate(high/step), c.at(at).Format("2 January 15:04 UTC"))}
}

// peak is the largest value and its place.
func peak(v []Number) (Number, int) {
	best, at := Number(0), 0
	for i, x := range v {
		if x.Known() && x > best {
			best, at = x, i
		}
	}
	return best, at
}

func (d *Document) instanceChart(c clock) *chart {
	s := d.All.Series
	idle := make([]Number, len(s.Up))
	for i := range idle {
		idle[i] = max(0, s.Up[i]-s.Busy[i])
	}
	line := charts.NewLine()
	stack := func(s *charts.SingleSeries) { s.Stack = "state" }
	line.AddSeries("busy", c.layer(s.Busy), stroke("busy", 0.5, 0.75), stack)
	line.AddSeries("up, not busy", c.layer(idle), stroke("idle", 0.5, 0.6), stack)
	line.AddSeries("peak", c.curve(s.Peak, 1), stroke("start", 1, 0))
	high, _ := peak(s.Peak)
	mean := d.All.Instances.Mean
	return &chart{ID: "instances-over-time", Title: "Instances up", Height: 230, Option: c.overTime(line, "count"),
		Aria: fmt.Sprintf("Instances up over time, busy and not busy. %s on average, %s at most in one step.", rate(mean), whole(high))}
}

func (d *Document) troubleChart(c clock) *chart {
	s := d.All.Series
	line := charts.NewLine()
	line.AddSeries("cold requests", c.curve(s.Cold, 1), stroke("start", 1.1, 0.15))
	line.AddSeries("failed requests", c.curve(s.Failed, 1), stroke("failed", 1.3, 0.15))
	return &chart{ID: "trouble", Title: "Cold and failed requests per " + c.stepName(), Height: 200, Option: c.overTime(line, "count"),
		Aria: fmt.Sprintf("Cold and failed requests over time. Of all requests, %s were cold and %s failed.", Share(d.All.Traffic.ColdShare), Share(d.All.Traffic.ErrorShare))}
}

func (d *Document) slownessChart(c clock) *chart {
	line := charts.NewLine()
	known := false
	for i, a := range d.Apps {
		if i >= maxLines || a.Traffic.Served == 0 {
			continue
		}
		known = true
		line.AddSeries(label(a.Name), c.curve(a.Series.Latency, 1), stroke(appColour(i), 1.1, 0))
	}
	if !known {
		return nil
	}
	return &chart{ID: "slowness", Title: "Mean latency by time sent", Height: 200, Option: c.overTime(line, "seconds"),
		Aria: "Mean latency of the requests sent in each step, by app."}
}

// timeRows is how many rows the table of the series has at most, days apart from it.
const timeRows = 62

func (d *Document) timeTable(c clock) *table {
	s := d.All.Series
	w := (c.n + timeRows - 1) / timeRows
	if perDay := int(24 * time.Hour / c.step); perDay > w && c.n/max(perDay, 1) >= 5 {
		w = perDay
	}
	t := &table{ID: "time", Columns: []column{text("From, UTC"), num("Requests"), num("Peak/s"), num("Cold"), num("Failed"), num("Starts"), num("Up, mean"), num("Busy, mean"), num("Up, peak"), num("Mean latency")}}
	sum := func(v []Number) Number {
		var total Number
		for _, x := range v {
			total += x
		}
		return total
	}
	for from := 0; from < c.n; from += w {
		to := min(from+w, c.n)
		k := Number(to - from)
		high, _ := peak(s.Requests[from:to])
		up, _ := peak(s.Peak[from:to])
		var weighted, weight Number
		for i := from; i < to; i++ {
			if served := s.Requests[i] - s.Failed[i]; s.Latency[i].Known() && served > 0 {
				weighted += s.Latency[i] * served
				weight += served
			}
		}
		t.add(c.at(from).Format("2006-01-02 15:04"), Count(Number(float64(int64(sum(s.Requests[from:to])+0.5)))), rate(high/s.StepS), whole(sum(s.Cold[from:to])), whole(sum(s.Failed[from:to])),
			whole(sum(s.Starts[from:to])), rate(sum(s.Up[from:to])/k), rate(sum(s.Busy[from:to])/k), whole(up), Seconds(ratio(float64(weighted), float64(weight))))
	}
	t.Note = "Means over the replications; peaks of the steps."
	return t
}
