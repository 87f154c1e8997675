package report

import (
	"fmt"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// mapChart shows where requests enter, where containers serve them and where
// instances start; areas are in proportion to shares.
func (d *Document) mapChart() *chart {
	var entered, served, starts int64
	placed := 0
	for _, p := range d.All.Pops {
		if p.Lat.Known() {
			placed++
			entered, served, starts = entered+p.Entered, served+p.Served, starts+p.Starts
		}
	}
	if placed == 0 {
		return nil
	}
	c := &chart{ID: "map", Title: "Where requests enter and containers run", Height: 460, Wide: true, Table: d.popTable()}
	c.Aria = fmt.Sprintf("World map of %s. Circles grow with the share of requests entering, requests served by containers, and instance starts.", plural(placed, "point of presence", "points of presence"))
	geo := charts.NewGeo()
	geo.Tooltip.Formatter = "$fmt:place"
	for _, s := range []struct {
		name, colour string
		total        int64
		of           func(Pop) int64
		largest      float64
	}{
		{"requests enter", "client-worker", entered, func(p Pop) int64 { return p.Entered }, 34},
		{"containers serve", "busy", served, func(p Pop) int64 { return p.Served }, 25},
		{"starts", "start", starts, func(p Pop) int64 { return p.Starts }, 13},
	} {
		var data []opts.GeoData
		var sizes []float64
		most := 0.12 * float64(s.total) // an even spread gets no giant circles
		for _, p := range d.All.Pops {
			most = math.Max(most, float64(s.of(p)))
		}
		for _, p := range d.All.Pops {
			n := s.of(p)
			if n == 0 || !p.Lat.Known() {
				continue
			}
			name := p.Code
			if p.City != "" {
				name += " " + p.City
			}
			data = append(data, opts.GeoData{Name: label(name), Value: []any{point(p.Lon), point(p.Lat), n, short(float64(n) / float64(s.total))}})
			sizes = append(sizes, short(math.Max(3, s.largest*math.Sqrt(float64(n)/most))))
		}
		geo.AddSeries(s.name, "scatter", data, colour(s.colour))
		size(geo, sizes)
	}
	c.Option = build(geo, map[string]any{"legend": legendTop, "tooltip": map[string]any{"trigger": "item", "formatter": "$fmt:place", "confine": true},
		"geo": map[string]any{"map": "world", "silent": true, "roam": false, "left": 0, "right": 0, "top": 38, "bottom": 0, "boundingCoords": []any{[]any{-168, 78}, []any{180, -56}},
			"itemStyle": map[string]any{"areaColor": "$var:land", "borderColor": "$var:border", "borderWidth": 0.6}}})
	sized(c.Option)
	return c
}

// size carries the sizes of a series' symbols until the option is plain data.
func size(geo *charts.Geo, sizes []float64) {
	geo.MultiSeries[len(geo.MultiSeries)-1].SymbolSize = sizes
}

// sized moves the sizes to the points, where the library wants them.
func sized(option map[string]any) {
	for _, s := range option["series"].([]any) {
		m := s.(map[string]any)
		sizes, _ := m["symbolSize"].([]any)
		delete(m, "symbolSize")
		m["coordinateSystem"] = "geo"
		points, _ := m["data"].([]any)
		for i, p := range points {
			p.(map[string]any)["symbolSize"] = sizes[i]
		}
		if style, ok := m["itemStyle"].(map[string]any); ok {
			style["opacity"] = 0.62
		}
	}
}

func (d *Document) popTable() *table {
	t := &table{ID: "pops", Title: "Points of presence", Columns: []column{text("PoP"), text("City"), text("Country"), num("Requests enter"), num("Containers serve"), num("Instances start")}}
	for _, p := range d.All.Pops {
		t.add(p.Code, p.City, p.Country, grouped(float64(p.Entered), 0), grouped(float64(p.Served), 0), grouped(float64(p.Starts), 0))
	}
	return t
}
