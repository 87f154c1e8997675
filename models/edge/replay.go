package edge

import (
	"errors"
	"fmt"
	"io"

	"berth/models/instance"
	"berth/models/workload"
	"berth/models/workload/trace"
	"berth/sim"
	"berth/sim/rng"
)

// replay is a trace being read: the next call and the ids of its keys.
type replay struct {
	r    *trace.Reader
	next trace.Call
	ids  []int32 // by key
	at   []int32 // client place by the trace's place
}

// openTraces opens the files of trace entries and reads their first calls.
func (e *engine) openTraces() error {
	e.replays = make([]replay, len(e.entries))
	var errs []error
	for i := range e.entries {
		c := e.entries[i].en.cfg
		if c.Kind != workload.Trace {
			continue
		}
		r, err := trace.Open(c.TracePath, trace.Options{Format: c.TraceFormat, Columns: c.TraceColumns, Rule: c.TraceRule, MaxBad: c.MaxBad, Data: c.TraceData})
		if err != nil {
			errs = append(errs, err)
			continue
		}
		e.replays[i].r = r
		errs = append(errs, e.readCall(i))
	}
	return errors.Join(errs...)
}

func (e *engine) closeTraces() {
	for i := range e.replays {
		if r := e.replays[i].r; r != nil {
			r.Close()
		}
	}
}

// readCall reads the next call of a trace.
func (e *engine) readCall(ei int) error {
	es, p := &e.entries[ei], &e.replays[ei]
	call, err := p.r.Next()
	switch {
	case err == io.EOF:
		es.nextAt = sim.Never
		if n := p.r.Bad(); n > 0 {
			e.warn(fmt.Sprintf("%s: %d malformed lines were skipped", es.en.cfg.TracePath, n))
		}
		return nil
	case err != nil:
		return err
	}
	if s := es.en.cfg.Speed; s > 0 && s != 1 {
		call.At = sim.Time(float64(call.At) / s)
	}
	p.next = call
	es.nextAt = call.At
	return nil
}

// traceArrival replays the next call of a trace.
func (e *engine) traceArrival(ei int) error {
	es, p := &e.entries[ei], &e.replays[ei]
	call := p.next
	if err := e.readCall(ei); err != nil {
		return err
	}
	a := &e.apps[es.en.app]
	pl, err := e.tracePlace(ei, p, call)
	if err != nil {
		return err
	}
	r := e.newRequest(ei, pl, e.now, &es.d)
	q := &e.pool.Reqs[r]
	if call.Service >= 0 {
		q.CPU, q.IO = 0, call.Service
	}
	if call.CPU >= 0 {
		q.CPU = int64(call.CPU) * 1024
	}
	if call.Bytes >= 0 {
		q.Bytes = call.Bytes
	}
	if a.m.route == routeSession || a.m.route == routeKey {
		q.ID = e.keyID(a, p, int(call.Key), ei)
	}
	e.send(r)
	return nil
}

// keyID is the id of a trace's key; it can be asked for again for ever.
func (e *engine) keyID(a *appState, p *replay, key, ei int) int32 {
	for len(p.ids) <= key {
		p.ids = append(p.ids, instance.None)
	}
	if p.ids[key] == instance.None {
		p.ids[key] = a.newID(rng.Hash(e.seed, uint64(ei), pKey, uint64(key)), true)
	}
	return p.ids[key]
}

// tracePlace is the client place of a call: the city, country or region that the
// trace names (in a country or region its largest city), or one drawn from the
// entry's demand.
func (e *engine) tracePlace(ei int, p *replay, call trace.Call) (int32, error) {
	if call.Place < 0 {
		es := &e.entries[ei]
		return es.en.places.Draw(es.d.place.Uint64()), nil
	}
	for len(p.at) <= int(call.Place) {
		name := p.r.Places()[len(p.at)]
		cities, err := e.m.World.Market(name)
		if err != nil {
			return 0, fmt.Errorf("%s: place %q: %w", e.entries[ei].en.cfg.TracePath, name, err)
		}
		p.at = append(p.at, int32(cities[0]))
	}
	return p.at[call.Place], nil
}
