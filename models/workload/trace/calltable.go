package trace

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"berth/sim"
)

// role is what a column of a csv trace holds.
type role int8

const (
	timeRole role = iota
	keyRole
	placeRole
	serviceRole
	cpuRole
	bytesRole
	numRoles
)

var roleNames = [numRoles]string{"time", "key", "place", "service", "cpu", "bytes"}

// unit scales a column to ns or bytes: value x 10^digits x 1024^binary.
type unit struct {
	digits int
	binary int
}

var timeUnits = map[string]unit{"s": {digits: 9}, "ms": {digits: 6}, "us": {digits: 3}, "ns": {}}

var byteUnits = map[string]unit{"": {}, "B": {}, "kB": {digits: 3}, "KB": {digits: 3}, "MB": {digits: 6}, "GB": {digits: 9},
	"KiB": {binary: 1}, "MiB": {binary: 2}, "GiB": {binary: 3}}

// calendar marks a time column without a unit, which holds dates.
const calendar = -1

// epoch is the offset, three years, from which a first instant is taken for
// Unix time.
const epoch = 3 * 365 * sim.Day

// callTable reads csv: one call a line, columns found by name.
type callTable struct {
	*table
	keys, places *names
	units        [numRoles]unit
	have         [numRoles]bool
	clock        *clockOrigin
}

// newCallTable reads the header. Every problem with it comes back at once.
func newCallTable(header []byte, keys, places *names, mapping map[string]string) (*callTable, error) {
	t, err := newTable(header)
	if err != nil {
		return nil, err
	}
	p := &callTable{table: t, keys: keys, places: places, clock: new(clockOrigin)}
	var errs []error
	for _, as := range slices.Sorted(maps.Keys(mapping)) {
		errs = append(errs, p.mapped(as, mapping[as]))
	}
	for column, name := range t.header {
		role, suffix, ok := splitRole(name)
		if ok && !p.have[role] && t.slot[column] < 0 {
			errs = append(errs, p.assign(role, suffix, column))
		}
	}
	for _, r := range []role{timeRole, keyRole} {
		if !p.have[r] {
			errs = append(errs, fmt.Errorf("no column for %s among %s: name one %s or map it with %s=COLUMN",
				roleNames[r], strings.Join(t.header, ", "), [...]string{"time_s", "key"}[r], roleNames[r]))
		}
	}
	return p, errors.Join(errs...)
}

// mapped gives a role, with or without a unit, to a column.
func (p *callTable) mapped(as, name string) error {
	r, suffix, ok := splitRole(as)
	if !ok {
		return fmt.Errorf("%q is no role of a column: there are %s", as, strings.Join(roleNames[:], ", "))
	}
	column := p.column(name)
	switch {
	case column < 0:
		return fmt.Errorf("no column %q among %s", name, strings.Join(p.header, ", "))
	case p.have[r]:
		return fmt.Errorf("two columns are mapped to %s", roleNames[r])
	case p.slot[column] >= 0:
		return fmt.Errorf("column %q is mapped twice", name)
	}
	if suffix == "" {
		suffix = suffixOf(name)
	}
	return p.assign(r, suffix, column)
}

// splitRole takes "time_ms" for time in ms; a suffix may follow any role.
func splitRole(name string) (r role, suffix string, ok bool) {
	for i, n := range roleNames {
		if rest, found := strings.CutPrefix(name, n); found && (rest == "" || rest[0] == '_') {
			return role(i), strings.TrimPrefix(rest, "_"), true
		}
	}
	return 0, "", false
}

func suffixOf(column string) string {
	if i := strings.LastIndexByte(column, '_'); i >= 0 {
		s := column[i+1:]
		if _, ok := timeUnits[s]; ok {
			return s
		}
		if _, ok := byteUnits[s]; ok {
			return s
		}
	}
	return ""
}

func (p *callTable) assign(r role, suffix string, column int) error {
	u, ok := unit{}, true
	switch r {
	case timeRole, serviceRole, cpuRole:
		u, ok = timeUnits[suffix]
		if suffix == "" && r == timeRole {
			u, ok = unit{digits: calendar}, true
		}
	case bytesRole:
		u, ok = byteUnits[suffix]
	}
	p.have[r] = true
	p.take(column, int(r))
	if !ok {
		return fmt.Errorf("column %q: its unit is not known: name it %s_s, _ms, _us or _ns (bytes: _B, _kB, _MB, _GB, _KiB, _MiB, _GiB), or map %s_ms=%s",
			p.header[column], roleNames[r], roleNames[r], p.header[column])
	}
	p.units[r] = u
	return nil
}

func (p *callTable) parse(line []byte, row int64, c *Call) error {
	if err := p.split(line); err != nil {
		return err
	}
	at, ok := p.instant()
	if !ok {
		return p.wrong(timeRole)
	}
	if row == 0 && at >= epoch {
		*p.clock = fromEpoch
	}
	*c = Call{At: at, Place: -1, Service: -1, CPU: -1, Bytes: -1}
	if p.have[serviceRole] {
		v, ok := p.amount(serviceRole)
		if !ok {
			return p.wrong(serviceRole)
		}
		c.Service = sim.Time(v)
	}
	if p.have[cpuRole] {
		v, ok := p.amount(cpuRole)
		if !ok {
			return p.wrong(cpuRole)
		}
		c.CPU = sim.Time(v)
	}
	if p.have[bytesRole] {
		if c.Bytes, ok = p.amount(bytesRole); !ok {
			return p.wrong(bytesRole)
		}
	}
	if p.have[placeRole] && len(p.out[placeRole]) > 0 {
		c.Place = p.places.of(p.out[placeRole])
	}
	c.Key = p.keys.of(p.out[keyRole])
	return nil
}

func (p *callTable) instant() (sim.Time, bool) {
	b := p.out[timeRole]
	if p.units[timeRole].digits == calendar {
		return moment(b)
	}
	v, ok := decimal(b, p.units[timeRole].digits)
	return sim.Time(v), ok && v >= 0 && v < 1<<62
}

// amount reads a value of at least 0; an empty field is unknown, -1.
func (p *callTable) amount(r role) (int64, bool) {
	b, u := p.out[r], p.units[r]
	if len(b) == 0 {
		return -1, true
	}
	if u.binary > 0 {
		f, ok := float(b)
		for range u.binary {
			f *= 1024
		}
		return int64(f + 0.5), ok && f >= 0 && f < 1<<60
	}
	v, ok := decimal(b, u.digits)
	return v, ok && v >= 0 && v < 1<<60
}

func (p *callTable) wrong(r role) error {
	if r == timeRole && p.units[r].digits == calendar {
		return fmt.Errorf("time %s is no date such as 2026-11-01T08:00:00Z; for a number the header needs a unit, such as time_s", shown(p.out[r]))
	}
	return fmt.Errorf("%s %s is not a number of at least 0", roleNames[r], shown(p.out[r]))
}
