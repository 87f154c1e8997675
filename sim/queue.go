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
	frontSize = 64               // a power of two, so that an index needs a mask and no check
	frontBase = chunkEntries - 1 // room below for what sortChunk leaves behind
)

// sentinel stands where an empty front has its head.
var sentinel = Entry{At: Never, Order: math.MaxUint64}

// Queue holds pending events and gives them back in the order of Entry. Make
// one with NewQueue. It is not safe for concurrent use: a simulated world has
// one Queue and one goroutine.
type Queue struct {
	// The front runs backwards: front[head] is the first entry of all,
	// front[frontBase+1] the last of the front, front[frontBase] a sentinel at
	// Never. head is frontBase only when the whole queue is empty.
	front [frontSize]Entry
	head  int

	wheelFrom uint64 // entries at this instant or later go to the wheel; MaxUint64 when the queue is empty
	now       Time   // time of the last popped entry
	seq       uint64 // pushes so far, which is the next sequence number
	size      int

	wheel       wheel
	early       heap4   // what the front had no room for, before wheelFrom
	last        instant // the same, due at the very last instant before wheelFrom
	earlyPushes int     // since the wheel was last rewound or early ran dry
}

// NewQueue returns an empty queue whose clock stands at time 0.
func NewQueue() *Queue {
	q := &Queue{head: frontBase, wheelFrom: math.MaxUint64}
	q.front[frontBase] = sentinel
	q.wheel.init()
	return q
}

// Push adds an entry. at must not lie before the time of the last popped entry,
// or before 0: a clock that runs back is a programming error, so Push panics.
func (q *Queue) Push(at Time, class uint8, data uint64) {
	if at < q.now {
		panicPast(at, q.now, class)
	}
	e := Entry{at, uint64(class)<<classShift | q.seq, data}
	q.seq++
	q.size++
	if uint64(at) >= q.wheelFrom {
		q.wheel.place(e)
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

// Reset empties the queue and sets its clock and sequence back to 0. It keeps
// the memory.
func (q *Queue) Reset() {
	q.head, q.size, q.seq, q.now = frontBase, 0, 0, 0
	q.wheelFrom = math.MaxUint64
	q.early.e = q.early.e[:0]
	q.earlyPushes = 0
	q.last.reset()
	q.wheel.reset()
}

func panicPast(at, now Time, class uint8) {
	panic(fmt.Sprintf("sim: event of class %d pushed at %d ns, before the present at %d ns", class, at, now))
}
