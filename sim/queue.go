package sim

import "fmt"

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

// Queue holds pending events and gives them back in the order of Entry. It is
// not safe for concurrent use; one simulated world has one Queue.
type Queue struct {
	heap heap4
	seq  uint64
	now  Time
}

// NewQueue returns an empty queue whose clock stands at time 0.
func NewQueue() *Queue { return &Queue{} }

// Push adds an entry. at must not lie before the time of the last popped entry
// (a clock that runs back is a programming error, so Push panics).
func (q *Queue) Push(at Time, class uint8, data uint64) {
	if at < q.now {
		panic(fmt.Sprintf("sim: event pushed at %d ns, before the present %d ns (class %d)", at, q.now, class))
	}
	q.heap.push(Entry{at, uint64(class)<<classShift | q.seq, data})
	q.seq++
}

// Pop removes and returns the first entry; false when the queue is empty.
func (q *Queue) Pop() (Entry, bool) {
	if len(q.heap.e) == 0 {
		return Entry{}, false
	}
	e := q.heap.pop()
	q.now = e.At
	return e, true
}

// Peek returns the first entry and leaves it; false when the queue is empty.
func (q *Queue) Peek() (Entry, bool) {
	if len(q.heap.e) == 0 {
		return Entry{}, false
	}
	return q.heap.e[0], true
}

// HeadAt is the time of the first entry, Never when the queue is empty.
func (q *Queue) HeadAt() Time {
	if len(q.heap.e) == 0 {
		return Never
	}
	return q.heap.e[0].At
}

// Len is the number of pending entries.
func (q *Queue) Len() int { return len(q.heap.e) }

// Reset empties the queue and sets its clock and sequence back to 0; memory is kept.
func (q *Queue) Reset() {
	q.heap.e = q.heap.e[:0]
	q.seq, q.now = 0, 0
}
