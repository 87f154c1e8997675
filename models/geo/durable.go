package geo

import (
	"fmt"
	"sort"
	"strings"

	"berth/data"
)

// DOSpec restricts where Durable Objects are created. The zero value restricts nothing.
type DOSpec struct {
	Hint         string // a location hint, such as weur; "" for none
	Jurisdiction string // eu, fedramp or us; "" for none
}

// hintStandIn is the region that serves a hint whose own region hosts no objects: the one whose measured first-call latencies
// are the same as the hint's, to a few ms, from every Worker PoP.
var hintStandIn = map[Region]Region{SAM: ENAM, AFR: WEUR, ME: EEUR}

// DOPlacement draws where an object is created, by the PoP of the Worker that touches it first.
type DOPlacement struct {
	rows []doRow // per Worker PoP
}

type doRow struct {
	pops []int32
	cum  []float64 // the last one is 1
}

// objectDraws is what NewDOPlacement makes.
type objectDraws struct {
	*DOPlacement
	err error
}

// NewDOPlacement prepares the draws: measured likelihoods where there are any, else the nearest object host. Under a restriction
// only matching hosts keep their likelihood, renormalised; where none of them was measured, the nearest matching host is taken.
// Equal restrictions share one.
func (w *World) NewDOPlacement(spec DOSpec) (*DOPlacement, error) {
	d := w.object.Get(spec, func() objectDraws {
		d, err := w.newDOPlacement(spec)
		return objectDraws{d, err}
	})
	return d.DOPlacement, d.err
}

func (w *World) newDOPlacement(spec DOSpec) (*DOPlacement, error) {
	allowed, err := w.doHosts(spec)
	if err != nil {
		return nil, err
	}
	d := &DOPlacement{rows: make([]doRow, len(w.PoPs))}
	for _, m := range data.DOPlacement() {
		worker, ok := w.index[m.Worker]
		object, ok2 := w.index[m.Object]
		if !ok || !ok2 || !allowed[object] || m.Likelihood <= 0 {
			continue
		}
		r := &d.rows[worker]
		sum := m.Likelihood
		if n := len(r.cum); n > 0 {
			sum += r.cum[n-1]
		}
		r.pops, r.cum = append(r.pops, int32(object)), append(r.cum, sum)
	}
	for worker := range d.rows {
		r := &d.rows[worker]
		if len(r.pops) == 0 {
			host, _ := w.NearestTo(worker, func(p int) bool { return allowed[p] })
			r.pops, r.cum = []int32{int32(host)}, []float64{1}
		}
		total := r.cum[len(r.cum)-1]
		for k := range r.cum {
			r.cum[k] /= total
		}
	}
	return d, nil
}

// doHosts marks the PoPs in which an object may be created; there is at least one.
func (w *World) doHosts(spec DOSpec) ([]bool, error) {
	allowed := make([]bool, len(w.PoPs))
	for i, p := range w.PoPs {
		allowed[i] = p.DOHost
	}
	if spec.Jurisdiction != "" {
		j, ok := jurisdictions[strings.ToLower(spec.Jurisdiction)]
		if !ok {
			return nil, unknown("jurisdiction", spec.Jurisdiction, jurisdictionNames())
		}
		if !keep(allowed, func(i int) bool { return j.holds(w.PoPs[i]) }) {
			return nil, fmt.Errorf("no PoP in use that hosts Durable Objects lies in jurisdiction %s", spec.Jurisdiction)
		}
	}
	if spec.Hint == "" {
		return allowed, nil
	}
	hint, ok := ParseRegion(spec.Hint)
	if !ok {
		return nil, unknown("location hint", spec.Hint, regionKeys[:])
	}
	for {
		if keep(allowed, func(i int) bool { return w.PoPs[i].Region == hint }) {
			return allowed, nil
		}
		standIn, ok := hintStandIn[hint]
		if !ok {
			break
		}
		hint = standIn
	}
	if spec.Jurisdiction != "" {
		return nil, fmt.Errorf("location hint %s has no Durable Object host in jurisdiction %s: drop one of the two", spec.Hint, spec.Jurisdiction)
	}
	return allowed, nil // a hand-picked world without hosts there: a hint is best effort
}

// keep clears the marks for which ok is false, unless that would leave none; it reports whether it did.
func keep(marks []bool, ok func(i int) bool) bool {
	some := false
	for i, m := range marks {
		some = some || m && ok(i)
	}
	if some {
		for i := range marks {
			marks[i] = marks[i] && ok(i)
		}
	}
	return some
}

// Pick returns the PoP of a new object first touched from a Worker PoP, for u uniform in [0, 1).
func (d *DOPlacement) Pick(worker int, u float64) int {
	r := &d.rows[worker]
	return int(r.pops[min(sort.SearchFloat64s(r.cum, u), len(r.pops)-1)])
}

// Choices returns the PoPs of Pick with their cumulative probabilities; the last one is 1. They must not be changed.
func (d *DOPlacement) Choices(worker int) (pops []int32, cumulative []float64) {
	return d.rows[worker].pops, d.rows[worker].cum
}
