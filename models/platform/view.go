package platform

import (
	"fmt"
	"reflect"
	"sort"

	"berth/data"
)

// Provenance says when a value holds and how that is known.
type Provenance struct {
	From, To     data.Date `json:",omitzero"` // first and last day; zero = open
	Source       string
	Grade        string // A official, B maintainer or measured, C single report, I inference; empty when user-supplied
	Note         string `json:",omitempty"`
	UserSupplied bool   `json:",omitempty"`
	World        string `json:",omitempty"` // the world that sets it, unless official
}

// View is the catalogue on one day in one world.
type View struct {
	cat   *Catalogue
	date  data.Date
	world data.WorldEntry
	user  []data.LimitEntry // contract limits of the account
}

// Date is the day of the view.
func (v View) Date() data.Date { return v.date }

// Catalogue is what the view looks into.
func (v View) Catalogue() *Catalogue { return v.cat }

// WorldName is the name of the view's world.
func (v View) WorldName() string { return v.world.Name }

// In is the same day in another world.
func (v View) In(world string) (View, error) {
	if world == "" || world == Official {
		return View{cat: v.cat, date: v.date, world: v.cat.AsOf(v.date).world, user: v.user}, nil
	}
	for _, w := range v.cat.layers[0].Worlds {
		if w.Name == world {
			return View{cat: v.cat, date: v.date, world: w, user: v.user}, nil
		}
	}
	return View{}, unknown("world", world, v.cat.WorldNames())
}

// effective is the day whose entries hold: the launch for any day before it.
func (v View) effective() data.Date {
	if v.date.Before(v.cat.Launch()) {
		return v.cat.Launch()
	}
	return v.date
}

// found is an entry with where it came from.
type found[E any] struct {
	entry E
	Provenance
	layer int
}

// lookup collects the entries that hold, by name: of each name the one of the
// highest layer, the world counting between the embedded catalogue and overlays
// (what the user writes goes over what a guide says). Lower entries of a name
// are kept below it in the slice, so a price may inherit. The map is shared and
// must not be changed.
func lookup[E any](v View, of func(data.Section) []E, key func(E) (string, data.Dated)) map[string][]found[E] {
	h := holding{entries: reflect.TypeFor[E](), day: v.effective(), world: v.world.Name}
	return v.cat.lookups.Get(h, func() any { return collect(v, of, key) }).(map[string][]found[E])
}

func collect[E any](v View, of func(data.Section) []E, key func(E) (string, data.Dated)) map[string][]found[E] {
	byName := map[string][]found[E]{}
	add := func(s data.Section, layer int, world *data.WorldEntry) {
		for _, e := range of(s) {
			name, d := key(e)
			if !d.In(v.effective()) {
				continue
			}
			p := Provenance{From: d.From, To: d.To, Source: d.Source, Grade: d.Grade, Note: d.Note, UserSupplied: d.UserSupplied}
			if world != nil {
				p.Source, p.Grade, p.World = world.Source, world.Grade, world.Name
			}
			byName[name] = append(byName[name], found[E]{e, p, layer})
		}
	}
	add(v.cat.layers[0].Section, 0, nil)
	add(v.world.Section, 1, &v.world)
	for i, l := range v.cat.layers[1:] {
		add(l.Section, i+2, nil)
	}
	return byName
}

// top is the entry that counts among those of one name.
func top[E any](es []found[E]) found[E] { return es[len(es)-1] }

// sortedNames lists the names in order.
func sortedNames[E any](m map[string][]found[E]) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Warning is something the reader of a result must know.
type Warning struct {
	Code string // before-launch | after-newest | change-in-month | world | user-supplied
	Text string
}

// Warnings says what is unusual about the view's day.
func (v View) Warnings() []Warning {
	var ws []Warning
	if v.date.Before(v.cat.Launch()) {
		ws = append(ws, Warning{"before-launch", fmt.Sprintf(
			"%s is before the launch of Containers (%s): the types, limits and prices of the launch are used", v.date, v.cat.Launch())})
	}
	if newest := v.cat.newestKnown(); newest.Before(v.date) {
		ws = append(ws, Warning{"after-newest", fmt.Sprintf(
			"%s is after the newest change the catalogue knows (%s; sources read up to %s): later changes are not in it", v.date, newest, v.cat.Checked())})
	}
	if v.world.Name != Official {
		ws = append(ws, Warning{"world", fmt.Sprintf("world %s: %s; this is not what the official documentation says", v.world.Name, v.world.Label)})
	}
	if v.cat.Overlaid() || len(v.user) > 0 {
		ws = append(ws, Warning{"user-supplied", "types, limits, prices or defaults are in part user-supplied; they are marked so where they are shown"})
	}
	return ws
}

// WarningsIn adds to Warnings the catalogue entries that change after first, up
// to and including last (usually a month).
func (v View) WarningsIn(first, last data.Date) []Warning {
	ws := v.Warnings()
	for _, ch := range v.cat.Changes() {
		if first.Before(ch.Date) && !last.Before(ch.Date) {
			ws = append(ws, Warning{"change-in-month", fmt.Sprintf(
				"on %s, inside the month, the catalogue changes (%s); the whole run uses what holds on %s", ch.Date, summary(ch.What, 4), v.date)})
		}
	}
	return ws
}

// newestKnown is the last day on which an embedded entry begins: overlays know
// what they say and nothing of the rest.
func (c *Catalogue) newestKnown() data.Date {
	var newest data.Date
	eachDated(c.layers[0].Section, func(_, _ string, e data.Dated) {
		if newest.Before(e.From) {
			newest = e.From
		}
	})
	return newest
}

// summary joins at most n items and counts the rest.
func summary(items []string, n int) string {
	text := ""
	for i, s := range items {
		if i == n {
			return fmt.Sprintf("%s and %d more", text, len(items)-n)
		}
		if i > 0 {
			text += ", "
		}
		text += s
	}
	return text
}
