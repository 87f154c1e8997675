// Package platform is the dated catalogue: which instance types, custom-type
// rules, limits, cold-start presets and defaults hold on a day, in the official
// world or in one that another guide describes.
//
// Source: the embedded catalogue (each entry with dates, source and grade) and
// the overlays a user supplies. Later layers win; within a layer one entry holds
// on a day. Prices are carried here and read by package billing.
package platform

import (
	"fmt"
	"reflect"
	"sort"
	"sync"

	"berth/data"
	"berth/data/strict"
	"berth/sim/memo"
)

// Official is the name of the default world: the dated official documentation.
const Official = "official"

// Catalogue is the embedded catalogue under any overlays. It is immutable.
type Catalogue struct {
	layers  []data.CatalogueLayer     // embedded first
	lookups *memo.Table[holding, any] // what holds, see lookup
	changes func() []Change           // see Changes
}

// holding names the entries of one type that hold on a day in a world.
type holding struct {
	entries reflect.Type
	day     data.Date
	world   string
}

// maxCatalogues and maxHoldings bound what is kept for the next scenario of the
// same grid: catalogues under overlays, and entries of one kind, day and world.
const (
	maxCatalogues = 8
	maxHoldings   = 500
)

var catalogues = memo.New[string, loaded](maxCatalogues)

type loaded struct {
	catalogue *Catalogue
	err       error
}

// Overlay is a user's catalogue file.
type Overlay struct {
	File   string // for messages
	Source []byte
}

var embedded = sync.OnceValues(data.EmbeddedCatalogue)

// Load gives the embedded catalogue under the overlays, named overlay 1, 2, ...
// in messages. The error lists every problem with its line and column.
func Load(overlays ...[]byte) (*Catalogue, error) {
	files := make([]Overlay, len(overlays))
	for i, src := range overlays {
		files[i] = Overlay{File: fmt.Sprintf("overlay %d", i+1), Source: src}
	}
	return LoadFiles(files...)
}

// LoadFiles is Load with file names for messages. Equal overlays give the same
// catalogue.
func LoadFiles(overlays ...Overlay) (*Catalogue, error) {
	key, _ := memo.Key(overlays)
	l := catalogues.Get(key, func() loaded {
		c, err := loadFiles(overlays)
		return loaded{c, err}
	})
	return l.catalogue, l.err
}

func loadFiles(overlays []Overlay) (*Catalogue, error) {
	base, err := embedded()
	if err != nil {
		return nil, err
	}
	c := &Catalogue{layers: []data.CatalogueLayer{base}, lookups: memo.New[holding, any](maxHoldings)}
	c.changes = sync.OnceValue(c.listChanges)
	var problems strict.Problems
	for _, o := range overlays {
		layer, err := data.ParseCatalogue(o.File, o.Source)
		if ps, ok := err.(strict.Problems); ok {
			problems = append(problems, ps...)
			continue
		} else if err != nil {
			return nil, err
		}
		c.layers = append(c.layers, layer)
	}
	problems = append(problems, c.crossCheck()...)
	if len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

// Launch is the first day of the public beta.
func (c *Catalogue) Launch() data.Date { return c.layers[0].Launch }

// Checked is the date of the newest source text behind the embedded entries.
func (c *Catalogue) Checked() data.Date { return c.layers[0].Checked }

// Overlaid reports whether any user-supplied entry is in force on some day.
func (c *Catalogue) Overlaid() bool { return len(c.layers) > 1 }

// WorldNames lists the worlds, the official one first.
func (c *Catalogue) WorldNames() []string {
	names := []string{Official}
	for _, w := range c.layers[0].Worlds {
		names = append(names, w.Name)
	}
	return names
}

// Meters lists what can be priced.
func (c *Catalogue) Meters() []data.MeterEntry {
	return append([]data.MeterEntry(nil), c.layers[0].Meters...)
}

// AsOf is the catalogue of the official world on a day. Before the launch it is
// that of the launch, with a warning.
func (c *Catalogue) AsOf(date data.Date) View {
	return View{cat: c, date: date, world: data.WorldEntry{Name: Official, Label: "official documentation"}}
}

// Change is a day on which entries begin or end to hold.
type Change struct {
	Date data.Date
	What []string // entries that begin on it, such as "price do.duration"
}

// Changes lists the days on which some dated entry begins, in order. The list is
// shared and must not be changed.
func (c *Catalogue) Changes() []Change { return c.changes() }

func (c *Catalogue) listChanges() []Change {
	byDay := map[data.Date][]string{}
	add := func(kind, name string, e data.Dated) {
		if !e.From.IsZero() {
			byDay[e.From] = append(byDay[e.From], kind+" "+name)
		}
	}
	for _, l := range c.layers {
		eachDated(l.Section, add)
	}
	var changes []Change
	for day, what := range byDay {
		sort.Strings(what)
		changes = append(changes, Change{day, what})
	}
	sort.Slice(changes, func(i, j int) bool { return changes[i].Date.Before(changes[j].Date) })
	return changes
}

// eachDated visits every entry of a section.
func eachDated(s data.Section, visit func(kind, name string, e data.Dated)) {
	for _, e := range s.Types {
		visit("type", e.Name, e.Dated)
	}
	for _, e := range s.Aliases {
		visit("alias", e.Name, e.Dated)
	}
	for _, e := range s.CustomRules {
		visit("custom-type rule", e.Access, e.Dated)
	}
	for _, e := range s.Limits {
		visit("limit", e.Name, e.Dated)
	}
	for _, e := range s.Prices {
		visit("price", e.SKU, e.Dated)
	}
	for _, e := range s.Presets {
		visit("preset", e.Name, e.Dated)
	}
	for _, e := range s.Settings {
		visit("default", e.Name, e.Dated)
	}
	for _, e := range s.Regions {
		visit("region", e.Name, e.Dated)
	}
	for _, e := range s.Jurisdictions {
		visit("jurisdiction", e.Name, e.Dated)
	}
	for _, e := range s.EgressRegions {
		visit("egress region", e.Name, e.Dated)
	}
	for _, e := range s.EgressCountries {
		visit("egress country", e.Country, e.Dated)
	}
}
