// Package routing decides which idle instance of a pool takes the next request.
// A pick is one file and one row of the table Picks. Peers leave the pick
// unsaid, although it moves cold starts a thousandfold (hypothetical: the
// platform has no pools).
package routing

import (
	"berth/models/choice"
	"berth/sim/rng"
)

// Item is an idle instance.
type Item struct {
	Inst    int32
	Gen     uint32 // of the instance
	Freed   uint32 // marks the idle period; a stale item is skipped by its owner
	Number  int32  // given at first start, reused
	Started uint64 // order of starting
	Idle    uint64 // order of becoming idle
}

// Set holds idle instances. Items may go stale while inside; the owner skips
// them as they come out.
type Set interface {
	Add(Item)
	// Take removes the picked item; false when the set is empty.
	Take(r *rng.Stream) (Item, bool)
}

// Pick is a row of the table of picks.
type Pick struct {
	Name, Doc string
	// Asleep says that the pick looks at sleeping instances too: the
	// lowest-numbered that is not busy.
	Asleep bool
	New    func() Set
}

// Picks is the table of picks.
var Picks = []Pick{
	{"newest", "the idle instance started last", false, func() Set { return ordered(func(i Item) int64 { return -int64(i.Started) }) }},
	{"oldest", "the idle instance started first", false, func() Set { return ordered(func(i Item) int64 { return int64(i.Started) }) }},
	{"most-recently-used", "the instance that became idle last", false, func() Set { return ordered(func(i Item) int64 { return -int64(i.Idle) }) }},
	{"least-recently-used", "the instance that has been idle longest", false, func() Set { return ordered(func(i Item) int64 { return int64(i.Idle) }) }},
	{"random", "an idle instance drawn uniformly", false, func() Set { return &anyOf{} }},
	{"lowest-idle", "the idle instance with the lowest number", false, func() Set { return ordered(func(i Item) int64 { return int64(i.Number) }) }},
	{"first-free", "the instance with the lowest number that is not busy, awake or asleep", true, func() Set { return ordered(func(i Item) int64 { return int64(i.Number) }) }},
}

// Find looks a pick up by name.
func Find(name string) (Pick, error) {
	return choice.Find("pick", name, func(p Pick) string { return p.Name }, Picks)
}
