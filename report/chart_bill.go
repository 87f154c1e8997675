package report

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// billPart is what a waterfall begins with: a line, an app or a region.
type billPart struct {
	name  string
	steps Steps
	cents string // USD, adding up to the bill's total with the base fee
}

// lineParts are the lines that cost anything at their rates, the base fee apart.
func (b *Bill) lineParts() []billPart {
	var out []billPart
	for _, l := range b.Lines {
		if len(l.Apps) > 0 && decimal(l.Steps.GrossUSD) > 0 {
			out = append(out, billPart{l.Label, l.Steps, l.AmountUSD})
		}
	}
	return out
}

func (b *Bill) appParts() []billPart {
	var out []billPart
	for _, a := range b.Apps {
		if a.App != "" {
			out = append(out, billPart{a.App, a.Steps, a.AmountUSD})
		}
	}
	return out
}

func (b *Bill) regionParts() []billPart {
	var out []billPart
	for _, r := range b.Regions {
		if r.Region != "" {
			out = append(out, billPart{regionName(r.Region), r.Steps, r.AmountUSD})
		}
	}
	return out
}

// step is one bar of a waterfall.
type step struct {
	name   string
	amount float64
	kind   string // part, saved, added, total
}

// steps go from the parts at their rates over the allowance to what is billable,
// and over rounding and the base fee to the amount.
func (b *Bill) steps(parts []billPart) []step {
	var gross, allowance, rounding float64
	var out []step
	for _, p := range parts {
		g := decimal(p.steps.GrossUSD)
		gross, allowance, rounding = gross+g, allowance+decimal(p.steps.AllowanceUSD), rounding+decimal(p.steps.RoundingUSD)
		out = append(out, step{p.name, g, "part"})
	}
	out = append(out, step{"Gross usage", gross, "total"}, step{"Allowance", -allowance, "saved"}, step{"Billable", gross - allowance, "total"})
	if rounding > 0.005 {
		out = append(out, step{"Rounding up", rounding, "added"})
	}
	total := decimal(b.TotalUSD)
	return append(out, step{"Base fee", total - (gross - allowance + rounding), "added"}, step{"Amount", total, "total"})
}

// smallPart is the share of gross usage below which a chart shows parts together;
// their table has each.
const smallPart = 0.01

// gathered puts small parts together at the end where there are several.
func gathered(parts []billPart) []billPart {
	gross := 0.0
	for _, p := range parts {
		gross += decimal(p.steps.GrossUSD)
	}
	var large []billPart
	var g, a, r big.Rat
	small := 0
	for _, p := range parts {
		if decimal(p.steps.GrossUSD) >= smallPart*gross {
			large = append(large, p)
			continue
		}
		small++
		g.Add(&g, ratOf(p.steps.GrossUSD))
		a.Add(&a, ratOf(p.steps.AllowanceUSD))
		r.Add(&r, ratOf(p.steps.RoundingUSD))
	}
	if small < 2 {
		return parts
	}
	return append(large, billPart{name: fmt.Sprintf("%d smaller ones", small), steps: Steps{GrossUSD: g.RatString(), AllowanceUSD: a.RatString(), RoundingUSD: r.RatString()}})
}

// waterfall draws the way of a bill from its parts to the amount.
func (b *Bill) waterfall(id, what string, parts []billPart) *chart {
	if len(parts) == 0 {
		return nil
	}
	steps := b.steps(gathered(parts))
	var names []string
	var hidden, shown []opts.BarData
	level := 0.0
	for _, s := range steps {
		names = append(names, label(s.name))
		low, high, text := level, level+s.amount, signed(s.amount)
		paint := map[string]string{"part": "app1", "saved": "saved", "added": "start", "total": "busy"}[s.kind]
		switch s.kind {
		case "total":
			low, high, text = 0, s.amount, grouped(s.amount, 2)
		case "part":
			text = grouped(s.amount, 2)
		case "saved":
			low, high = level+s.amount, level
		}
		level = high
		if s.kind == "saved" {
			level = low
		}
		hidden = append(hidden, opts.BarData{Value: short(math.Max(0, low))})
		shown = append(shown, opts.BarData{Name: text, Value: short(high - low), ItemStyle: &opts.ItemStyle{Color: "$var:" + paint}})
	}
	bar := charts.NewBar()
	stack := func(s *charts.SingleSeries) { s.Stack, s.BarWidth = "w", "62%" }
	bar.AddSeries("below", hidden, stack)
	bar.AddSeries("USD", shown, stack)
	c := &chart{ID: id, Title: "From gross usage to the amount, by " + what + ", USD", Height: 46 + 26*len(steps), Table: b.stepTable(what, parts)}
	x := axis("value", "usd")
	c.Option = build(bar, map[string]any{"legend": noLegend, "grid": rows(8, 64), "tooltip": map[string]any{"show": false}, "xAxis": x, "yAxis": categories(names)})
	series := c.Option["series"].([]any)
	series[0].(map[string]any)["itemStyle"] = map[string]any{"color": "transparent"}
	series[0].(map[string]any)["silent"] = true
	series[1].(map[string]any)["label"] = map[string]any{"show": true, "position": "right", "formatter": "$fmt:name", "color": "$var:ink", "fontSize": 11}
	c.Aria = fmt.Sprintf("Waterfall by %s: %s of gross usage at its rates, less allowances of %s, make with rounding and the base fee %s.", what,
		USD(Number(totalOf(steps, "Gross usage"))), USD(Number(-totalOf(steps, "Allowance"))), USD(Number(decimal(b.TotalUSD))))
	return c
}

func totalOf(steps []step, name string) float64 {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].name == name && steps[i].kind != "part" {
			return steps[i].amount
		}
	}
	return 0
}

// stepTable is the table of a waterfall: exact to the cent in its total.
func (b *Bill) stepTable(what string, parts []billPart) *table {
	t := &table{ID: "bill-by-" + what, Title: "Bill by " + what + ", USD", Total: true, Columns: []column{text(strings.ToUpper(what[:1]) + what[1:]), num("Gross"), num("Allowance"), num("Billable"),
		num("Rounding"), num("Amount"), num("Share")}}
	total := decimal(b.TotalUSD)
	var sum [5]float64
	for _, p := range parts {
		cells := []string{p.name}
		for i, x := range []string{p.steps.GrossUSD, p.steps.AllowanceUSD, p.steps.BillableUSD, p.steps.RoundingUSD, p.cents} {
			v := decimal(x)
			sum[i] += v
			cells = append(cells, grouped(v, 2))
		}
		t.add(append(cells, Share(ratio(decimal(p.cents), total)))...)
	}
	base := grouped(total-sum[4], 2)
	t.add("base fee of the account", "", "", "", "", base, Share(ratio(total-sum[4], total)))
	t.add("total", grouped(sum[0], 2), grouped(sum[1], 2), grouped(sum[2], 2), grouped(sum[3], 2), grouped(total, 2), Share(ratio(total, total)))
	if what == "region" {
		t.Note = "Container lines belong to the region where the container ran, Worker, object and log requests to the one where they entered; allowances in proportion to use."
	}
	return t
}

// billCharts are the waterfalls by line, app and region; those of one part tell
// nothing.
func (d *Document) billCharts() []*chart {
	if d.Bill == nil {
		return nil
	}
	out := []*chart{}
	if c := d.Bill.waterfall("waterfall", "line", d.Bill.lineParts()); c != nil {
		out = append(out, wide(c))
	}
	var half []*chart
	if parts := d.Bill.appParts(); len(parts) > 1 {
		half = append(half, d.Bill.waterfall("waterfall-app", "app", parts), d.lineChart())
	}
	if parts := d.Bill.regionParts(); len(parts) > 1 {
		half = append(half, d.Bill.waterfall("waterfall-region", "region", parts))
	}
	if len(half)%2 == 1 {
		wide(half[len(half)-1])
	}
	return append(out, half...)
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
	cells := make([][]string, len(lines))
	for i, l := range lines {
		cells[i] = []string{l.Label}
	}
	add := func(name, paint string, of func(BillLine) float64) {
		var values []opts.BarData
		for i, l := range lines {
			v := of(l)
			values = append(values, opts.BarData{Value: short(v)})
			cells[i] = append(cells[i], grouped(v, 2))
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
	t.Rows = cells
	c.Table = t
	c.Option = build(bar, map[string]any{"legend": legendTop, "grid": rows(34, 18), "tooltip": tooltip("axis", "usd"), "xAxis": axis("value", "usd"), "yAxis": categories(names)})
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
	c.Option = build(bar, map[string]any{"legend": legendTop, "grid": rows(34, 18), "tooltip": tooltip("axis", "percent"), "xAxis": x, "yAxis": categories(names)})
	c.Option["tooltip"].(map[string]any)["axisPointer"] = map[string]any{"type": "shadow"}
	return c
}
