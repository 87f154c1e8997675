package sim

import (
	"math"
)

// pushEarly adds an entry that precedes everything in the wheel: into the
// front, or behind it.
func (q *Queue) pushEarly(e Entry) {
	if q.head == frontBase {
		q.head++
		q.front[q.head] = e
		q.wheel.base = uint64(e.At)
		q.wheelFrom = uint64(e.At) + 1
		return
	}
	if q.followsFront(&e) {
		if uint64(e.At) == q.wheelFrom-1 {
			q.last.push(e)
			return
		}
		q.early.push(e)
		q.earlyPushes++
		q.rewindIfWorthIt()
		return
	}
	if q.head == frontSize-1 {
		q.spill()
		q.pushEarly(e)
		return
	}
	i := q.head
	for before(&q.front[i&(frontSize-1)], &e) != 0 {
		q.front[(i+1)&(frontSize-1)] = q.front[i&(frontSize-1)]
		i--
	}
	q.front[(i+1)&(frontSize-1)] = e
	q.head++
}

// followsFront tells whether e comes after all of a full front, or after
// something that is already waiting behind the front.
func (q *Queue) followsFront(e *Entry) bool {
	return q.head == frontSize-1 && before(&q.front[frontBase+1], e) != 0 ||
		len(q.early.e) > 0 && before(&q.early.e[0], e) != 0 ||
		q.last.size > 0 && before(q.last.peek(), e) != 0
}

// spill moves the later half of a full front to early.
func (q *Queue) spill() {
	const half = frontSize / 2
	front := q.front[frontBase+1 : q.head+1]
	for _, e := range front[:half] {
		q.early.push(e)
	}
	q.head = frontBase + copy(front, front[half:])
	q.earlyPushes += half
}

// rewindIfWorthIt sends everything before wheelFrom through the wheel when the
// present has become much denser than it was when the wheel looked ahead. The
// threshold pays for what a rewind may have to move: a bounded number of
// entries for each push into early.
func (q *Queue) rewindIfWorthIt() {
	if q.earlyPushes <= max(2*frontSize, q.size/8) || q.wheelFrom-uint64(q.now) <= 1 {
		return
	}
	q.wheel.rewind(uint64(q.now))
	for _, e := range q.early.e {
		q.wheel.place(e)
	}
	for _, e := range q.front[frontBase+1 : q.head+1] {
		q.wheel.place(e)
	}
	for q.last.size > 0 {
		q.wheel.place(q.last.pop())
	}
	q.early.e = q.early.e[:0]
	q.earlyPushes = 0
	q.head = frontBase
	q.refill()
}

// refill puts the next entries into the empty front.
func (q *Queue) refill() {
	if len(q.early.e)+q.last.size == 0 {
		if !q.open() {
			q.wheelFrom = math.MaxUint64
		}
		if q.last.size == 0 {
			return
		}
	}
	k := min(len(q.early.e)+q.last.size, frontSize/4)
	for q.head = frontBase + k; k > 0; k-- {
		q.front[frontBase+k] = q.popEarly()
	}
	if len(q.early.e) == 0 {
		q.earlyPushes = 0
	}
}

// popEarly takes the first of what waits between the front and the wheel.
func (q *Queue) popEarly() Entry {
	if q.last.size == 0 || len(q.early.e) > 0 && before(&q.early.e[0], q.last.peek()) != 0 {
		return q.early.pop()
	}
	return q.last.pop()
}

// open moves the earliest slot of the wheel to the front, or, if a crowd is
// due there at one instant, to last; a slot that holds too much is divided
// first. It is false if the wheel is empty. early and last must be empty.
func (q *Queue) open() bool {
	w := &q.wheel
	for {
		d, i, ok := w.first()
		if !ok {
			return false
		}
		l := w.levels[d]
		h := l.take(i)
		span := l.shift + digitBits
		w.base = w.base>>span<<span | i<<l.shift
		w.unstack(d)
		q.wheelFrom = w.base + 1<<l.shift
		if p := &w.chunks[h>>3]; p.next == 0 {
			q.sortChunk(p, h&7)
			p.next, w.free = w.free, h>>3
			return true
		}
		var b batch
		if n := w.gather(h, &b); n <= takeEntries {
			q.sortBatch(&b, n)
			return true
		}
		if at, ok := w.oneInstant(h); ok {
			q.wheelFrom = at + 1
			q.crowd(h)
			return true
		}
		w.stack(d+1, l.shift-w.fineness(l.shift, h, q.now, q.seq-q.line.pushes-uint64(q.size-q.line.n)))
		w.scatter(h)
	}
}

// crowd moves list h, all of it due at the last instant before wheelFrom, to last.
func (q *Queue) crowd(h uint32) {
	w := &q.wheel
	for more := true; more; {
		for _, e := range w.chunks[h>>3].e[h&7:] {
			q.last.push(e)
		}
		h, more = w.release(h)
	}
	q.last.sort()
}
