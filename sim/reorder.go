package sim

import "fmt"

// Reorder puts a log in order that is produced slightly out of order: parts of
// the simulated world that run ahead or catch up late push their records as
// they find them, and records come out by time, those of equal time in the
// order of pushing. It holds only the records that may still be overtaken, and
// allocates only while that number grows. The zero value is ready for use; it
// is not safe for concurrent use.
type Reorder[T any] struct {
	heap  []reorderKey // binary min-heap: small keys move, records stay where they are
	slots []T
	free  []uint32 // slots without a record
	seq   uint64
	floor Time // nothing may be pushed before this
}

type reorderKey struct {
	at   Time
	seq  uint64
	slot uint32
}

func (a reorderKey) before(b reorderKey) bool {
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

// Push adds a record. at must not lie before the time up to which records have
// been given out: the log could no longer be in order, which is a programming
// error, so Push panics.
func (r *Reorder[T]) Push(at Time, v T) {
	if at < r.floor {
		panic(fmt.Sprintf("sim: log record of %d ns pushed after the log was given out up to %d ns", at, r.floor))
	}
	k := reorderKey{at: at, seq: r.seq}
	r.seq++
	if n := len(r.free); n > 0 {
		k.slot = r.free[n-1]
		r.free = r.free[:n-1]
		r.slots[k.slot] = v
	} else {
		k.slot = uint32(len(r.slots))
		r.slots = append(r.slots, v)
	}
	r.heap = append(r.heap, k)
	h := r.heap
	i := len(h) - 1
	for i > 0 && k.before(h[(i-1)/2]) {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = k
}

// Advance gives out, in order, every record up to and including safe. By
// calling it the producer promises that no record before safe is still to
// come; records at safe itself may, since they follow the earlier ones anyway.
// emit may push.
func (r *Reorder[T]) Advance(safe Time, emit func(Time, T)) {
	r.floor = max(r.floor, safe)
	for len(r.heap) > 0 && r.heap[0].at <= safe {
		at, v := r.pop()
		emit(at, v)
	}
}

// Flush gives out all records that are left, in order. What is pushed later
// must not lie before the last of them.
func (r *Reorder[T]) Flush(emit func(Time, T)) {
	for len(r.heap) > 0 {
		at, v := r.pop()
		r.floor = max(r.floor, at)
		emit(at, v)
	}
}

// Len is the number of records held.
func (r *Reorder[T]) Len() int { return len(r.heap) }

// pop removes the first record; there must be one.
func (r *Reorder[T]) pop() (Time, T) {
	var none T
	first := r.heap[0]
	v := r.slots[first.slot]
	r.slots[first.slot] = none // so that what it points to can be collected
	r.free = append(r.free, first.slot)

	n := len(r.heap) - 1
	h, k := r.heap[:n], r.heap[n]
	r.heap = h
	for i := 0; n > 0; {
		c := 2*i + 1
		if c+1 < n && h[c+1].before(h[c]) {
			c++
		}
		if c >= n || k.before(h[c]) {
			h[i] = k
			break
		}
		h[i] = h[c]
		i = c
	}
	return first.at, v
}
