// Package placement decides in which PoP an instance starts. A policy is one
// file and one row of the table Policies; research code passes its own Policy.
package placement

import (
	"berth/models/choice"
	"berth/sim/rng"
)

// View is what a policy may see of the world at the moment of a start.
type View interface {
	// Nearest lists every container host by round trip from a PoP, nearest first.
	Nearest(pop int) []int16
	// Allowed says whether the app's regions, jurisdiction and PoP list admit a
	// PoP and it is up.
	Allowed(pop int) bool
	// Room says whether the PoP has a free place.
	Room(pop int) bool
	// Prepared says whether the PoP has a prepared place for the image.
	Prepared(pop int) bool
	// HasImage says whether the image has been distributed to the PoP.
	HasImage(pop int) bool
	// Load is the share of the PoP's places in use; 0 where they are unlimited.
	Load(pop int) float64
	// MarketRTT is the mean round trip in ms from the app's whole market (and its
	// backend, weighted by calls) to a PoP.
	MarketRTT(pop int) float64
}

// Query is one start.
type Query struct {
	Near int // PoP that the policy measures from: the request's Worker PoP, or the Durable Object's
	DO   int // PoP of the Durable Object
}

// Choice is a policy's answer.
type Choice struct {
	Pop int
	OK  bool // false: none fits
}

// Policy chooses a PoP for one start. It must not keep state between runs; r is
// the start's own random stream.
type Policy interface {
	Choose(v View, q Query, r *rng.Stream) Choice
}

// Entry is a row of the table of policies.
type Entry struct {
	Name, Doc string
	// OnDemand says that the policy may start where the image has to be pulled
	// first.
	OnDemand bool
	Policy   Policy
}

// Policies is the table of the built-in policies.
var Policies = []Entry{
	{"nearest-prefetched", "nearest host that holds the image and has a prepared place (platform default)", false, NearestPrefetched{}},
	{"nearest-any", "nearest host with a free place; pulls the image where it is missing", true, NearestAny{}},
	{"least-loaded", "host with the image and the smallest share of its places in use, nearest first among equals", false, LeastLoaded{}},
	{"random", "a host with the image drawn uniformly", false, Random{}},
	{"at-do", "the Durable Object's own PoP when it can, else the nearest to it", false, AtDO{}},
	{"fixed", "only the PoPs or regions listed, nearest first", false, NearestPrefetched{}},
	{"latency-optimal", "the host with the smallest mean round trip to the app's whole market and backend", false, LatencyOptimal{}},
}

// Names lists a table's names in its order.
func Names(table []Entry) []string { return choice.Names(Entry.name, table) }

func (e Entry) name() string { return e.Name }

// Find looks a policy up by name.
func Find(name string, extra []Entry) (Entry, error) {
	return choice.Find("placement policy", name, Entry.name, Policies, extra)
}

// fits is what every policy that needs a distributed image asks for.
func fits(v View, pop int) bool {
	return v.Allowed(pop) && v.HasImage(pop) && v.Room(pop) && v.Prepared(pop)
}

// firstFit is the first PoP of an order that fits.
func firstFit(v View, order []int16) Choice {
	for _, p := range order {
		if fits(v, int(p)) {
			return Choice{int(p), true}
		}
	}
	return Choice{}
}
