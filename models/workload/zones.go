package workload

import (
	"errors"
	"fmt"
	"sort"
	"time"
	_ "time/tzdata" // the program has to know the zones on machines that don't

	"berth/sim"
)

// zones groups places whose clocks show the same time throughout the run. An
// era is a span in which no clock of any place is put forward or back.
type zones struct {
	groups  []zoneGroup
	eras    []sim.Time // start of each era; the first is 0
	startNs int64      // Unix time of the run's start
}

// zoneGroup is one set of places with one local time.
type zoneGroup struct {
	members []int32
	weight  float64
	offset  []int64 // seconds east of UTC, by era
}

// onlyUTC is one group of all places, for rates that look at no clock.
func onlyUTC(places []Place, start time.Time) *zones {
	g := zoneGroup{offset: []int64{0}}
	for i, p := range places {
		if p.Weight > 0 {
			g.members = append(g.members, int32(i))
			g.weight += p.Weight
		}
	}
	if g.weight == 0 {
		g = zoneGroup{members: []int32{0}, weight: 1, offset: g.offset}
	}
	return &zones{groups: []zoneGroup{g}, eras: []sim.Time{0}, startNs: start.UnixNano()}
}

// newZones reads the offsets, daylight saving included, of every place's zone
// over [start, start+horizon).
func newZones(entry string, places []Place, start time.Time, horizon sim.Time) (*zones, error) {
	locations := map[string]*time.Location{}
	var names []string
	p := &problems{entry: entry}
	for i, pl := range places {
		if _, seen := locations[pl.TZ]; seen || pl.Weight == 0 {
			continue
		}
		loc, err := time.LoadLocation(pl.TZ)
		if err != nil {
			p.add("place %d: unknown time zone %q: use an IANA name such as Europe/Berlin", i, pl.TZ)
			loc = time.UTC
		}
		locations[pl.TZ] = loc
		names = append(names, pl.TZ)
	}
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	z := &zones{eras: []sim.Time{0}, startNs: start.UnixNano()}
	for _, name := range names {
		z.eras = append(z.eras, changes(locations[name], start, horizon)...)
	}
	z.eras = sortedUnique(z.eras)
	z.group(places, locations, start)
	return z, nil
}

// changes lists the instants within the run at which a zone's offset changes.
func changes(loc *time.Location, start time.Time, horizon sim.Time) (at []sim.Time) {
	end := start.Add(time.Duration(horizon))
	for t := start; ; {
		_, next := t.In(loc).ZoneBounds()
		if next.IsZero() || !next.Before(end) {
			return at
		}
		at = append(at, sim.Time(next.Sub(start)))
		t = next
	}
}

// group puts places with equal offsets in all eras together, in the order in
// which the places name them.
func (z *zones) group(places []Place, locations map[string]*time.Location, start time.Time) {
	byZone, byOffsets := map[string]int{}, map[string]int{}
	for i, p := range places {
		if p.Weight == 0 {
			continue // whole markets are out of most entries
		}
		g, ok := byZone[p.TZ]
		if !ok {
			offset := make([]int64, len(z.eras))
			for e, from := range z.eras {
				_, sec := start.Add(time.Duration(from)).In(locations[p.TZ]).Zone()
				offset[e] = int64(sec)
			}
			key := fmt.Sprint(offset)
			if g, ok = byOffsets[key]; !ok {
				g = len(z.groups)
				byOffsets[key] = g
				z.groups = append(z.groups, zoneGroup{offset: offset})
			}
			byZone[p.TZ] = g
		}
		z.groups[g].members = append(z.groups[g].members, int32(i))
		z.groups[g].weight += p.Weight
	}
}

// quarter is the quarter of an hour within the local week, Monday 0:00 being 0,
// of group g at instant t in era e.
func (z *zones) quarter(g, e int, t sim.Time) int {
	const week = 7 * 96
	sec := floorDiv(z.startNs+int64(t), int64(sim.Second)) + z.groups[g].offset[e]
	// 1 January 1970 was a Thursday.
	q := (floorDiv(sec, 900) + 3*96) % week
	return int((q + week) % week)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func sortedUnique(ts []sim.Time) []sim.Time {
	sort.Slice(ts, func(i, j int) bool { return ts[i] < ts[j] })
	out := ts[:0]
	for i, t := range ts {
		if i == 0 || t != ts[i-1] {
			out = append(out, t)
		}
	}
	return out
}
