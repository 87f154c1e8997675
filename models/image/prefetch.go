// Package image says where images are: the order in which PoPs get a deploy, how
// long a pull takes, and which images a PoP's finite cache still holds.
//
// Assumptions (grade I): the registry serves a fixed number of pulls at once; a
// pull takes compressed size / bandwidth + unpacked size / unpack speed; a deploy
// is processed for a fixed time before the first pull.
package image

import (
	"sort"

	"berth/models/choice"
	"berth/sim"
)

// Host is one PoP as the prefetch policies see it.
type Host struct {
	Pop    int
	Region string
	Demand float64 // share of the app's demand nearest to it
}

// Prefetch gives the order in which PoPs pull a new image; PoPs left out never
// get it by themselves.
type Prefetch interface {
	Order(hosts []Host, regions []string) []int
}

// Entry is a row of the table of prefetch policies.
type Entry struct {
	Name, Doc string
	Policy    Prefetch
}

// Policies is the table of prefetch policies.
var Policies = []Entry{
	{"everywhere", "every container host, in the order of their codes (platform default)", Everywhere{}},
	{"by-demand", "every container host, those with most of the app's demand first", ByDemand{}},
	{"regions", "only hosts of the listed regions, by demand", Regions{}},
	{"none", "no host: images are pulled on demand", NoPrefetch{}},
}

// Names lists a table's names in its order.
func Names(table []Entry) []string { return choice.Names(Entry.name, table) }

func (e Entry) name() string { return e.Name }

// Find looks a policy up by name.
func Find(name string, extra []Entry) (Prefetch, error) {
	e, err := choice.Find("prefetch policy", name, Entry.name, Policies, extra)
	return e.Policy, err
}

// Everywhere pulls in every host.
type Everywhere struct{}

// Order implements Prefetch.
func (Everywhere) Order(hosts []Host, _ []string) []int {
	out := make([]int, len(hosts))
	for i, h := range hosts {
		out[i] = h.Pop
	}
	return out
}

// ByDemand pulls where demand is largest first.
type ByDemand struct{}

// Order implements Prefetch.
func (ByDemand) Order(hosts []Host, _ []string) []int {
	return byDemand(hosts)
}

// Regions pulls only in the listed regions.
type Regions struct{}

// Order implements Prefetch.
func (Regions) Order(hosts []Host, regions []string) []int {
	var in []Host
	for _, h := range hosts {
		for _, r := range regions {
			if h.Region == r {
				in = append(in, h)
				break
			}
		}
	}
	return byDemand(in)
}

// NoPrefetch pulls nowhere.
type NoPrefetch struct{}

// Order implements Prefetch.
func (NoPrefetch) Order([]Host, []string) []int { return nil }

func byDemand(hosts []Host) []int {
	sorted := append([]Host(nil), hosts...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Demand > sorted[j].Demand })
	return Everywhere{}.Order(sorted, nil)
}

// Schedule gives the time at which each PoP of an order has the image: the
// deploy is processed until begin+upload, then lanes pulls of length pull run at
// once.
func Schedule(order []int, begin, upload, pull sim.Time, lanes int) map[int]sim.Time {
	at := make(map[int]sim.Time, len(order))
	for i, pop := range order {
		at[pop] = begin + upload + sim.Time(i/lanes+1)*pull
	}
	return at
}

// PullTime is how long a pull takes: MB over Mbit/s plus unpacking at MB/s.
func PullTime(compressedMB, unpackedMB int64, mbps, unpackMBs float64) sim.Time {
	s := 0.0
	if mbps > 0 {
		s += float64(compressedMB) * 8 / mbps
	}
	if unpackMBs > 0 {
		s += float64(unpackedMB) / unpackMBs
	}
	return sim.FromSeconds(s)
}
