package report

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// chart is one figure of the page. Option holds data only: functions and colours
// are named ($fmt:seconds, $var:busy) and looked up in fixed tables by the page's
// own script.
type chart struct {
	ID     string
	Title  string
	Aria   string // what the chart shows, for those who do not see it
	Height int    // px
	Wide   bool   // takes the whole row
	Option map[string]any
	Table  *table // the same numbers
}

// build is a builder's configuration as plain data, with some keys replaced and
// without what the page sets for all charts.
func build(c interface{ JSON() map[string]any }, replace map[string]any) map[string]any {
	// Every value below is a string, a bool or a finite number, so neither step
	// can fail on data.
	b, err := json.Marshal(c.JSON())
	if err != nil {
		panic("chart option: " + err.Error())
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		panic("chart option: " + err.Error())
	}
	for _, key := range []string{"title", "toolbox", "color", "backgroundColor"} {
		delete(m, key)
	}
	m["animation"] = false
	m["useUTC"] = true
	for key, v := range replace {
		m[key] = v
	}
	return m
}

// Script is the option as JSON that is safe inside a script element.
func (c *chart) Script() (template.JS, error) {
	b, err := json.Marshal(c.Option)
	return template.JS(b), err
}

// Legends and grids are set on every chart: the library's defaults move between
// its versions.
var legendTop = map[string]any{"show": true, "type": "scroll", "top": 0, "left": 0, "icon": "roundRect", "itemWidth": 12, "itemHeight": 8, "itemGap": 12}

var noLegend = map[string]any{"show": false}

func grid(top, right int) map[string]any {
	return map[string]any{"left": 8, "right": right, "top": top, "bottom": 8, "containLabel": true}
}

// rows is a grid beside categories; the page's script sets its left side by the
// width of their names.
func rows(top, right int) map[string]any {
	return map[string]any{"left": "$names", "right": right, "top": top, "bottom": 24, "containLabel": false}
}

// tooltip shows the values under the pointer through a named formatter.
func tooltip(trigger, format string) map[string]any {
	return map[string]any{"trigger": trigger, "valueFormatter": "$fmt:" + format, "confine": true}
}

// axis is an axis of the given type; its labels go through a named formatter.
func axis(kind, format string) map[string]any {
	a := map[string]any{"type": kind}
	if format != "" {
		a["axisLabel"] = map[string]any{"formatter": "$fmt:" + format, "hideOverlap": true}
	}
	return a
}

// logSeconds is a logarithmic axis of times as wide as its data, without labels
// at its odd ends.
func logSeconds() map[string]any {
	a := axis("log", "seconds")
	a["min"], a["max"] = "dataMin", "dataMax"
	label := a["axisLabel"].(map[string]any)
	label["showMinLabel"], label["showMaxLabel"] = false, false
	return a
}

// categories is an axis of names, the first at the top.
func categories(names []string) map[string]any {
	return map[string]any{"type": "category", "data": names, "inverse": true, "axisTick": map[string]any{"show": false},
		"axisLabel": map[string]any{"overflow": "truncate"}}
}

// colour paints a series with a named colour of the page.
func colour(name string) charts.SeriesOpts {
	return charts.WithItemStyleOpts(opts.ItemStyle{Color: "$var:" + name})
}

// stroke draws a line series with a named colour, without symbols.
func stroke(name string, width, fill float32) charts.SeriesOpts {
	return func(s *charts.SingleSeries) {
		s.ItemStyle = &opts.ItemStyle{Color: "$var:" + name}
		s.LineStyle = &opts.LineStyle{Color: "$var:" + name, Width: width}
		s.ShowSymbol = opts.Bool(false)
		if fill > 0 {
			s.AreaStyle = &opts.AreaStyle{Color: "$var:" + name, Opacity: opts.Float(fill)}
		}
	}
}

// appColour is the colour of the i-th app.
func appColour(i int) string { return fmt.Sprintf("app%d", i%6+1) }

// label is a name as charts show it.
func label(s string) string { return fit(s, 28) }

// point is a value of a chart that has no place where it is not finite.
func point(n Number) any {
	if !n.Known() {
		return nil
	}
	return short(float64(n))
}

// short drops the digits that no screen shows, which halves the page.
func short(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	scale := math.Pow10(4 - int(math.Floor(math.Log10(math.Abs(v)))))
	if math.IsInf(scale, 0) || scale == 0 {
		return v
	}
	return math.Round(v*scale) / scale
}
