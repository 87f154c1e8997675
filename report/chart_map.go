package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// distanceBands colour clients by how far their containers are, km.
var distanceBands = []struct {
	name, colour string
	below        Number
}{{"up to 250 km", "near", 250}, {"up to 1,000 km", "middle", 1000}, {"up to 4,000 km", "far", 4000}, {"farther away", "farther", Number(math.Inf(1))}}

// mapChart shows where clients are, coloured by the distance to their containers,
// where containers serve and where they start; areas are in proportion to shares.
func (d *Document) mapChart() *chart {
	m := mapLayers{geo: charts.NewGeo()}
	m.geo.Tooltip.Formatter = "$fmt:place"
	m.clients(d.All.Places)
	if len(d.All.Places) == 0 {
		m.pops("requests enter", "near", 34, d.All.Pops, func(p Pop) int64 { return p.Entered })
	}
	m.pops("serving", "ink", 24, d.All.Pops, func(p Pop) int64 { return p.Served })
	m.pops("starts", "start", 10, d.All.Pops, func(p Pop) int64 { return p.Starts })
	if m.drawn == 0 {
		return nil
	}
	c := &chart{ID: "map", Title: "Clients by distance to their container (circles), containers that serve (rings) and starts (dots)", Height: 480, Wide: true, Table: d.placeTable()}
	if len(c.Table.Rows) == 0 {
		c.Table = d.popTable()
	}
	c.Aria = fmt.Sprintf("World map of %s and %s. Circles grow with the share of requests from the place, coloured by the mean distance to the container; rings with the share served, dots with the share of starts.",
		plural(len(d.All.Places), "place of clients", "places of clients"), plural(len(d.All.Pops), "point of presence", "points of presence"))
	c.Option = build(m.geo, map[string]any{"legend": legendTop, "tooltip": map[string]any{"trigger": "item", "formatter": "$fmt:place", "confine": true},
		"geo": map[string]any{"map": "world", "silent": true, "roam": false, "left": 0, "right": 0, "top": 42, "bottom": 0, "boundingCoords": []any{[]any{-168, 76}, []any{180, -54}},
			"itemStyle": map[string]any{"areaColor": "$var:land", "borderColor": "$var:border", "borderWidth": 0.6}}})
	sized(c.Option)
	return c
}

// mapLayers collects the layers of the map.
type mapLayers struct {
	geo   *charts.Geo
	drawn int // points
}

func (m *mapLayers) add(name, paint string, data []opts.GeoData, sizes []float64) {
	if len(data) == 0 {
		return
	}
	m.drawn += len(data)
	m.geo.AddSeries(name, "scatter", data, colour(paint))
	m.geo.MultiSeries[len(m.geo.MultiSeries)-1].SymbolSize = sizes
}

// area is the diameter of a circle whose area is in proportion to a share; an
// even spread gets no giant circles.
func area(share, most, largest float64) float64 {
	return short(math.Max(3, largest*math.Sqrt(share/math.Max(0.12, most))))
}

func (m *mapLayers) clients(places []Place) {
	most := 0.0
	for _, p := range places {
		if p.Share.Known() {
			most = math.Max(most, float64(p.Share))
		}
	}
	from := Number(math.Inf(-1))
	for _, band := range distanceBands {
		var data []opts.GeoData
		var sizes []float64
		for _, p := range places {
			if p.Distance >= from && p.Distance < band.below && p.Share > 0 {
				data = append(data, opts.GeoData{Name: label(p.title()), Value: []any{point(p.Lon), point(p.Lat), short(float64(p.PerMonth)), point(p.Share), point(p.Distance)}})
				sizes = append(sizes, area(float64(p.Share), most, 36))
			}
		}
		name := band.name
		if m.drawn == 0 {
			name = "clients " + name
		}
		m.add(name, band.colour, data, sizes)
		from = band.below
	}
}

func (m *mapLayers) pops(name, paint string, largest float64, pops []Pop, of func(Pop) int64) {
	total, most := 0.0, 0.0
	for _, p := range pops {
		if p.Lat.Known() {
			total, most = total+float64(of(p)), math.Max(most, float64(of(p)))
		}
	}
	var data []opts.GeoData
	var sizes []float64
	for _, p := range pops {
		n := of(p)
		if n == 0 || !p.Lat.Known() {
			continue
		}
		share := float64(n) / total
		data = append(data, opts.GeoData{Name: label(strings.TrimSpace(p.Code + " " + p.City)), Value: []any{point(p.Lon), point(p.Lat), n, short(share)}})
		sizes = append(sizes, area(share, most/total, largest))
	}
	m.add(name, paint, data, sizes)
}

// title names a place and says how many it stands for.
func (p Place) title() string {
	if p.Places > 1 {
		return fmt.Sprintf("%s and %d near", p.Name, p.Places-1)
	}
	return p.Name
}

func (d *Document) placeTable() *table {
	t := &table{ID: "places", Title: "Where clients are", Columns: []column{text("Place"), text("Country"), text("Region"), num("Requests/month"), num("Share"), num("Mean km")},
		Note: "Cities within 250 km of a larger one are counted with it. Shares within a region are those of the requests whose distance was measured."}
	for _, p := range d.All.Places {
		t.add(p.title(), p.Country, regionName(p.Region), Count(p.PerMonth), Share(p.Share), whole(p.Distance))
	}
	return t
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
		style, ok := m["itemStyle"].(map[string]any)
		if !ok {
			continue
		}
		style["opacity"] = 0.62
		if m["name"] == "serving" { // a ring, so that what is under it shows
			style["borderColor"], style["borderWidth"], style["color"], style["opacity"] = style["color"], 1.2, "transparent", 0.85
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
