package sim

import (
	"fmt"
	"math"
)

// Entry is one pending event. Entries are totally ordered by (At, Order), which
// is (time, class, push sequence): at one instant the lower class comes first,
// and within a class the entry that was pushed first.
type Entry struct {
	At    Time
	Order uint64 // class in the top 8 bits, push sequence in the 56 below
	Data  uint64 // the caller's own packing; the queue never reads it
}

const classShift = 56

// Class is the class the entry was pushed with.
func (e Entry) Class() uint8 { return uint8(e.Order >> classShift) }

const (
	frontSize = 64 // a power of two, so that an index needs a mask and no check
	frontBase = chunkEntries - 1
)

var sentinel = Entry{At: Never, Order: math.MaxUint64}

// Queue holds pending events and gives them back in the order of Entry. It is
// not safe for concurrent use; one simulated world has one Queue.
type Queue struct {
	// The front runs backwards: front[head] is the first entry of all,
	// front[frontBase+1] the last of the front, front[frontBase] a sentinel at
	// Never. head is frontBase only when the whole queue is empty.
	front [frontSize]Entry
	head  int

	wheelFrom uint64 // entries at or after this instant go to the wheel; MaxUint64 when the queue is empty
	now       Time   // time of the last popped entry
	seq       uint64 // pushes so far
	size      int

	wheel
	early       heap4 // what did not fit into the front but precedes wheelFrom
	earlyPushes int   // since the wheel was last rewound or early last ran dry
}

// NewQueue returns an empty queue whose clock stands at time 0.
func NewQueue() *Queue {
	q := &Queue{head: frontBase, wheelFrom: math.MaxUint64}
	q.front[frontBase] = sentinel
	q.wheel.init()
	return q
}

// Push adds an entry. at must not lie before the time of the last popped entry
// (a clock that runs back is a programming error, so Push panics).
func (q *Queue) Push(at Time, class uint8, data uint64) {
	e := Entry{at, uint64(class)<<classShift | q.seq, data}
	q.seq++
	q.size++
	if uint64(at) >= q.wheelFrom {
		q.place(e)
		return
	}
	q.pushEarly(e)
}

// Pop removes and returns the first entry; false when the queue is empty.
func (q *Queue) Pop() (Entry, bool) {
	i := q.head
	if i == frontBase {
		return Entry{}, false
	}
	e := q.front[i&(frontSize-1)]
	q.head = i - 1
	q.size--
	q.now = e.At
	if i == frontBase+1 {
		q.refill()
	}
	return e, true
}

// Peek returns the first entry and leaves it; false when the queue is empty.
func (q *Queue) Peek() (Entry, bool) {
	if q.head == frontBase {
		return Entry{}, false
	}
	return q.front[q.head&(frontSize-1)], true
}

// HeadAt is the time of the first entry, Never when the queue is empty.
func (q *Queue) HeadAt() Time { return q.front[q.head&(frontSize-1)].At }

// Len is the number of pending entries.
func (q *Queue) Len() int { return q.size }

// Reset empties the queue and sets its clock and sequence back to 0; memory is
// kept.
func (q *Queue) Reset() {
	q.head, q.size, q.seq, q.now = frontBase, 0, 0, 0
	q.wheelFrom = math.MaxUint64
	q.early.e = q.early.e[:0]
	q.earlyPushes = 0
	q.wheel.reset()
}

// pushEarly adds an entry that precedes everything in the wheel.
func (q *Queue) pushEarly(e Entry) {
	if e.At < q.now {
		q.seq--
		q.size--
		panic(fmt.Sprintf("sim: event of class %d pushed at %d ns, before the present at %d ns", e.Class(), e.At, q.now))
	}
	if q.head == frontBase {
		q.head++
		q.front[q.head] = e
		q.wheel.base = uint64(e.At)
		q.wheelFrom = uint64(e.At) + 1
		return
	}
	if q.head == frontSize-1 {
		q.spill()
	}
	if len(q.early.e) > 0 && before(&q.early.e[0], &e) != 0 {
		q.early.push(e)
		q.earlyPushes++
		q.rewindIfWorthIt()
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
		q.place(e)
	}
	for _, e := range q.front[frontBase+1 : q.head+1] {
		q.place(e)
	}
	q.early.e = q.early.e[:0]
	q.earlyPushes = 0
	q.head = frontBase
	q.refill()
}

// refill puts the next entries into the empty front.
func (q *Queue) refill() {
	if len(q.early.e) == 0 && !q.open() {
		q.wheelFrom = math.MaxUint64
		return
	}
	if k := min(len(q.early.e), frontSize/4); k > 0 {
		for q.head = frontBase + k; k > 0; k-- {
			q.front[frontBase+k] = q.early.pop()
		}
		if len(q.early.e) == 0 {
			q.earlyPushes = 0
		}
	}
}
