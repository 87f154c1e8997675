package geo

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// DefaultContainerHosts is how many PoPs host containers by default (grade I).
const DefaultContainerHosts = 120

// seenContainers are PoPs outside the object hosts, or among them, in which a container was seen running or that the
// platform's documentation names.
var seenContainers = []string{"AKL", "LIS", "MSP", "SEA", "EZE"}

// HostSpec says which PoPs host containers. Which do is not published. The zero value is the default rule: every Durable Object
// host and the PoPs in which containers were seen, filled up to 120 by demand, region by region in proportion to each region's
// PoPs (grade I). At most one field may be set.
type HostSpec struct {
	Pops  []string // exactly these, by code
	Count int      // the default rule, filled up to this many
	Share float64  // the default rule, filled up to this share of the PoPs in use, 0 < Share <= 1
	All   bool     // every PoP in use
}

// ContainerHosts returns the PoPs that host containers, in ascending order. In a hand-picked world that lacks all PoPs the
// default rule starts from, it fills by demand alone.
func (w *World) ContainerHosts(spec HostSpec) ([]int, error) {
	count, err := w.hostCount(spec)
	if err != nil {
		return nil, err
	}
	switch {
	case spec.Pops != nil:
		return w.Indices(spec.Pops)
	case count >= len(w.PoPs):
		all := make([]int, len(w.PoPs))
		for i := range all {
			all[i] = i
		}
		return all, nil
	}
	return slices.Clone(w.filled.Get(count, func() []int { return w.fillHosts(count) })), nil
}

// hostCount returns how many hosts the default rule has to fill up to, and checks the specification.
func (w *World) hostCount(spec HostSpec) (int, error) {
	set := 0
	for _, on := range []bool{spec.Pops != nil, spec.Count != 0, spec.Share != 0, spec.All} {
		if on {
			set++
		}
	}
	if set > 1 {
		return 0, errors.New("container hosts: give a list of PoPs, a count, a share, or all, not several of them")
	}
	switch {
	case spec.Pops != nil && len(spec.Pops) == 0:
		return 0, errors.New("container hosts: the list of PoPs is empty")
	case spec.Count < 0:
		return 0, fmt.Errorf("container hosts: count is %d, want at least 1", spec.Count)
	case !(spec.Share >= 0 && spec.Share <= 1):
		return 0, fmt.Errorf("container hosts: share is %g, want more than 0 and at most 1", spec.Share)
	case spec.All:
		return len(w.PoPs), nil
	case spec.Count > 0:
		return spec.Count, nil
	case spec.Share > 0:
		return max(1, int(math.Round(spec.Share*float64(len(w.PoPs))))), nil
	}
	return DefaultContainerHosts, nil
}

// fillHosts starts from the known hosts (the busiest ones, if they are more than count) and gives each further place to the
// region that is furthest behind its proportional part, by the Sainte-Lague quotient PoPs / (2 hosts + 1), and in it to the
// PoP with most demand.
func (w *World) fillHosts(count int) []int {
	demand := w.PopDemand(nil)
	byDemand := make([]int, len(w.PoPs))
	for i := range byDemand {
		byDemand[i] = i
	}
	slices.SortStableFunc(byDemand, func(a, b int) int {
		switch {
		case demand[a] > demand[b]:
			return -1
		case demand[a] < demand[b]:
			return 1
		}
		return a - b
	})
	var pops, hosts [NumRegions]int
	var waiting [NumRegions][]int
	var chosen []int
	for _, i := range byDemand {
		p := w.PoPs[i]
		pops[p.Region]++
		if (p.DOHost || slices.Contains(seenContainers, p.IATA)) && len(chosen) < count {
			chosen = append(chosen, i)
			hosts[p.Region]++
		} else {
			waiting[p.Region] = append(waiting[p.Region], i)
		}
	}
	for len(chosen) < count {
		next := Region(-1)
		for r := range Region(NumRegions) {
			if len(waiting[r]) > 0 && (next < 0 || pops[r]*(2*hosts[next]+1) > pops[next]*(2*hosts[r]+1)) {
				next = r
			}
		}
		if next < 0 {
			break
		}
		chosen = append(chosen, waiting[next][0])
		waiting[next] = waiting[next][1:]
		hosts[next]++
	}
	slices.Sort(chosen)
	return chosen
}
