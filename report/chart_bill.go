package report

import (
	"fmt"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// step is one step of the way from usage to the amount due.
type step struct {
	name   string
	amount float64
	total  bool // drawn from zero
}

// waterfall goes from gross usage at list rates to the total.
func (b *Bill) waterfall() []step {
	var list, allowance, rounding, base float64
	for _, l := range b.Lines {
		if len(l.Apps) == 0 { // the account's own: the base fee
			base += decimal(l.ExactUSD)
			continue
		}
		gross := decimal(l.Gross)
		usd := decimal(l.ListUSD)
		list += usd
		if gross > 0 {
			allowance += usd * decimal(l.Allowance) / gross
			rounding += decimal(l.ExactUSD) - usd*decimal(l.Over)/gross
		}
	}
	out := []step{{"Gross", list, true}, {"Allowance", -allowance, false}}
	if rounding > 0.005 {
		out = append(out, step{"Rounding", rounding, false})
	}
	return append(out, step{"Base fee", base, false}, step{"Amount", decimal(b.TotalUSD), true})
}

func (d *Document) waterfallChart() *chart {
	if d.Bill == nil {
		return nil
	}
	c := &chart{ID: "waterfall", Title: "From gross usage to the amount, USD", Height: 290}
	t := &table{Columns: []column{text("Step"), num("USD")}}
	steps := d.Bill.waterfall()
	var names []string
	var hidden, shown []opts.BarData
	level := 0.0
	for _, s := range steps {
		names = append(names, s.name)
		low, high, paint, name := level, level+s.amount, "start", signed(s.amount)
		switch {
		case s.total:
			low, high, paint, name = 0, s.amount, "busy", grouped(s.amount, 2)
		case s.amount < 0:
			low, high, paint = level+s.amount, level, "saved"
		}
		t.add(s.name, name)
		level = high
		if s.amount < 0 {
			level = low
		}
		hidden = append(hidden, opts.BarData{Value: short(low)})
		shown = append(shown, opts.BarData{Name: name, Value: short(high - low), ItemStyle: &opts.ItemStyle{Color: "$var:" + paint}})
	}
	bar := charts.NewBar()
	stack := func(s *charts.SingleSeries) { s.Stack, s.BarWidth = "w", "58%" }
	bar.AddSeries("below", hidden, stack)
	bar.AddSeries("USD", shown, stack)
	x := map[string]any{"type": "category", "data": names, "axisTick": map[string]any{"show": false}, "axisLabel": map[string]any{"interval": 0}}
	c.Option = build(bar, map[string]any{"legend": noLegend, "grid": grid(24, 8), "tooltip": map[string]any{"show": false}, "xAxis": x, "yAxis": axis("value", "usd")})
	series := c.Option["series"].([]any)
	series[0].(map[string]any)["itemStyle"] = map[string]any{"color": "transparent"}
	series[0].(map[string]any)["silent"] = true
	series[1].(map[string]any)["label"] = map[string]any{"show": true, "position": "top", "formatter": "$fmt:name", "color": "$var:ink"}
	c.Table = t
	c.Aria = fmt.Sprintf("Waterfall from gross usage of %s at list rates through allowances to the amount of %s.", USD(Number(steps[0].amount)), USD(Number(decimal(d.Bill.TotalUSD))))
	return c
}

// lineChart is the amount of each line, stacked by app.
func (d *Document) lineChart() *chart {
	if d.Bill == nil {
		return nil
	}
	var lines []BillLine
	for _, l := range d.Bill.Lines {
		if decimal(l.ExactUSD) > 0 {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	c := &chart{ID: "bill-lines", Title: "Amount by line and app, USD", Height: 90 + 30*len(lines)}
	c.Aria = "Billed amount of each line item, stacked by app."
	var names []string
	for _, l := range lines {
		names = append(names, label(l.Label))
	}
	t := &table{Columns: []column{text("Line")}}
	bar := charts.NewBar()
	rows := make([][]string, len(lines))
	for i, l := range lines {
		rows[i] = []string{l.Label}
	}
	add := func(name, paint string, of func(BillLine) float64) {
		var values []opts.BarData
		for i, l := range lines {
			v := of(l)
			values = append(values, opts.BarData{Value: short(v)})
			rows[i] = append(rows[i], grouped(v, 2))
		}
		t.Columns = append(t.Columns, num(name+", USD"))
		bar.AddSeries(label(name), values, colour(paint), func(s *charts.SingleSeries) { s.Stack, s.BarWidth = "lines", "60%" })
	}
	seen := map[string]bool{}
	for i, a := range d.Bill.Apps {
		if a.App == "" || seen[a.App] {
			continue
		}
		seen[a.App] = true
		add(a.App, appColour(i), func(l BillLine) float64 { return l.of(a.App) })
	}
	add("account", "idle", func(l BillLine) float64 {
		if len(l.Apps) == 0 {
			return decimal(l.ExactUSD)
		}
		return 0
	})
	t.Rows = rows
	c.Table = t
	c.Option = build(bar, map[string]any{"legend": legendTop, "grid": grid(34, 18), "tooltip": tooltip("axis", "usd"), "xAxis": axis("value", "usd"), "yAxis": categories(names)})
	c.Option["tooltip"].(map[string]any)["axisPointer"] = map[string]any{"type": "shadow"}
	return c
}

// of is an app's part of a line, USD.
func (l BillLine) of(app string) float64 {
	sum := 0.0
	for _, a := range l.Apps {
		if a.App == app {
			sum += decimal(a.ExactUSD)
		}
	}
	return sum
}

// stateChart is what instances did with their hours, by app.
func (d *Document) stateChart() *chart {
	bar := charts.NewBar()
	var names []string
	var apps []App
	for _, a := range d.Apps {
		if a.Instances.HoursMonth.Known() && a.Instances.HoursMonth > 0 {
			apps = append(apps, a)
			names = append(names, label(a.Name))
		}
	}
	if len(apps) == 0 {
		return nil
	}
	for _, state := range []string{"starting", "busy", "idle", "draining"} {
		var values []opts.BarData
		for _, a := range apps {
			var v Number
			for _, s := range a.Instances.States {
				if s.State == state && s.Share.Known() {
					v = s.Share
				}
			}
			values = append(values, opts.BarData{Value: point(v)})
		}
		paint := state
		if state == "starting" {
			paint = "start"
		}
		bar.AddSeries(state, values, colour(paint), func(s *charts.SingleSeries) { s.Stack, s.BarWidth = "state", "56%" })
	}
	x := axis("value", "percent")
	x["max"] = 1
	c := &chart{ID: "states", Title: "What instances do with their time", Height: 80 + 36*len(apps), Table: d.instanceTable()}
	c.Aria = fmt.Sprintf("Shares of instance time by state and app. Over all apps %s of the time is idle.", Share(d.All.Utilisation.Idle))
	c.Option = build(bar, map[string]any{"legend": legendTop, "grid": grid(34, 18), "tooltip": tooltip("axis", "percent"), "xAxis": x, "yAxis": categories(names)})
	c.Option["tooltip"].(map[string]any)["axisPointer"] = map[string]any{"type": "shadow"}
	return c
}
