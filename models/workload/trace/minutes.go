package trace

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"

	"berth/sim"
)

// minuteTable is the Azure Functions trace of 2019 (Shahrad et al., USENIX ATC
// 2020): how often each function was invoked in each minute. The n invocations
// of minute m, from 1, arrive at (m-1) x 60000 + floor((2j+1) x 30000 / n) ms,
// j = 0..n-1: evenly, half a gap from the ends. Service is the function's
// Average of the durations file in whole ms. The table is kept packed, about
// two bytes for each minute with calls.
type minuteTable struct {
	rows   []minuteRow
	counts []byte // pairs of uvarints: minutes since the row's last, count
	minute int64  // in hand, from 1
	length int64  // minutes in the table
	active []int32
}

// minuteRow is one function's walk through its counts.
type minuteRow struct {
	key     int32
	service sim.Time
	from    int // of the unread counts
	to      int
	minute  int64 // of the count in hand; 0 after the last
	count   int64
	done    int64    // calls made in that minute
	at      sim.Time // of the next call, ms
}

// maxCount keeps (2j+1) x 30000 within 64 bits.
const maxCount = 1 << 40

// openMinutes reads the counts and the companion files.
func (r *Reader) openMinutes(in *lines, header []byte, name string, opt Options) error {
	t, err := newTable(header)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", name, in.number, err)
	}
	if err := t.want("HashOwner", "HashApp", "HashFunction"); err != nil {
		return fmt.Errorf("%s:%d: %w", name, in.number, err)
	}
	m := &minuteTable{}
	first := t.column("1")
	for m.length = 0; first >= 0 && first+int(m.length) < len(t.header) && t.header[first+int(m.length)] == strconv.FormatInt(m.length+1, 10); {
		m.length++
	}
	if first <= t.last || m.length == 0 || first+int(m.length) != len(t.header) {
		return fmt.Errorf("%s:%d: the header has to end in the minutes 1, 2, 3 and so on, behind HashFunction", name, in.number)
	}
	durations, memory, err := readCompanions(name, opt)
	if err != nil {
		return err
	}
	for {
		line, err := in.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			if err = m.row(t, line, first, r, durations, memory); err == nil {
				continue
			}
			err = r.bad.add(in.number, err)
		}
		if err != nil {
			return err
		}
	}
	for i := range m.rows {
		m.rows[i].step(m.counts)
	}
	r.out = m
	return nil
}

// row packs one line. Nothing of a malformed one stays behind.
func (m *minuteTable) row(t *table, line []byte, first int, r *Reader, durations map[function]sim.Time, memory map[app]float64) error {
	if err := t.split(line); err != nil {
		return err
	}
	f := function{string(t.out[0]), string(t.out[1]), string(t.out[2])}
	from := len(m.counts)
	if err := m.pack(line, first); err != nil {
		m.counts = m.counts[:from]
		return err
	}
	service, ok := durations[f]
	if !ok {
		service = -1
	}
	// Two owners may use one hash: the name shown is the function's, the key is
	// the function of that app and owner.
	key := int32(len(m.rows))
	m.rows = append(m.rows, minuteRow{key: key, service: service, from: from, to: len(m.counts)})
	r.keys.list = append(r.keys.list, f.hash)
	mb, ok := memory[app{f.owner, f.app}]
	if !ok {
		mb = -1
	}
	r.memory = append(r.memory, mb)
	return nil
}

// pack reads the counts behind the first columns of a line, whose number of
// columns is checked.
func (m *minuteTable) pack(line []byte, first int) error {
	t := &table{}
	for range first {
		_, line, _, _ = t.field(line)
	}
	last := int64(0)
	for minute, more := int64(1), true; more; minute++ {
		var field []byte
		var err error
		if field, line, more, err = t.field(line); err != nil {
			return err
		}
		if len(field) == 1 && field[0] == '0' {
			continue
		}
		n, ok := whole(field)
		if !ok || n > maxCount {
			return fmt.Errorf("minute %d: %s is no count from 0 to %d", minute, shown(field), int64(maxCount))
		}
		if n > 0 {
			m.counts = binary.AppendUvarint(m.counts, uint64(minute-last))
			m.counts = binary.AppendUvarint(m.counts, uint64(n))
			last = minute
		}
	}
	return nil
}

// step takes the next count of the row in hand.
func (f *minuteRow) step(counts []byte) {
	f.count, f.done = 0, 0
	if f.from == f.to {
		f.minute = math.MaxInt64
		return
	}
	gap, n := binary.Uvarint(counts[f.from:])
	count, k := binary.Uvarint(counts[f.from+n:])
	f.from += n + k
	f.minute += int64(gap)
	f.count = int64(count)
	f.place()
}

// place computes the instant of the call that is next in the minute.
func (f *minuteRow) place() {
	f.at = sim.Time((f.minute-1)*60000 + (2*f.done+1)*30000/f.count)
}

// next takes the earliest call of the minute in hand; of equal instants that of
// the upper row, then the one that was made first.
func (m *minuteTable) next(c *Call) error {
	for len(m.active) == 0 {
		if m.minute == m.length {
			return io.EOF
		}
		m.minute++
		for i := range m.rows {
			if m.rows[i].minute == m.minute {
				m.active = append(m.active, int32(i))
			}
		}
		for i := len(m.active)/2 - 1; i >= 0; i-- {
			m.sift(i)
		}
	}
	f := &m.rows[m.active[0]]
	*c = Call{At: f.at * sim.Millisecond, Key: f.key, Place: -1, Service: f.service, CPU: -1, Bytes: -1}
	if f.done++; f.done < f.count {
		f.place()
	} else {
		f.step(m.counts)
		n := len(m.active) - 1
		m.active[0] = m.active[n]
		m.active = m.active[:n]
	}
	m.sift(0)
	return nil
}

// sift restores the order of the active rows below i.
func (m *minuteTable) sift(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.active); child++ {
			if m.before(m.active[child], m.active[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.active[i], m.active[least] = m.active[least], m.active[i]
		i = least
	}
}

func (m *minuteTable) before(a, b int32) bool {
	x, y := m.rows[a].at, m.rows[b].at
	return x < y || x == y && a < b
}
