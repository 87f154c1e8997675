package sim

import (
	"fmt"
	"math"
)

// The event queue: a bitmap wheel that tunes itself, with a sorted front.
//
// What an event list costs on a modern core is not comparisons but branches
// that are guessed wrong (15-20 cycles each, 7 of them in a pop from a binary
// heap of 10^4 entries), and beyond the second-level cache, memory. So:
//
//   - Front. The next few entries wait in a small sorted array. Peek and HeadAt
//     are one load, Pop is a load and a decrement; new entries that precede the
//     wheel are inserted.
//   - Wheel. Everything else lies unsorted in slots of 2^k ns, found by bit
//     scan. Levels split the bits of time, as in a radix heap: one xor with
//     the wheel's base and one count of leading zeros give an entry's level.
//     A slot is sorted when it becomes the front; one with more than 20
//     entries is divided instead. How finely is decided anew at each division,
//     from the rate of pops and the slot's own crowd, so that a final slot gets
//     3 to 6 entries. There is no global width that skewed increments could
//     spoil and no resize. Slots are chains of 128-byte chunks, so that a large
//     queue writes and reads memory in order, and no entry allocates.
//   - No guessing. Choosing a chunk, and sorting up to eight entries, are
//     arithmetic without branches.
//   - Line. Entries that are pushed in the order in which they are due need none of
//     this; a caller says which they are by PushInLine.
//   - Crowds. The wheel may have looked ahead into a far, sparse slot before
//     the present becomes dense. What then overflows the front waits in a
//     4-ary heap, and if it is much, the wheel is rewound to the present. A
//     crowd at one instant goes to lists by class, first in, first out.
//
// Measured against the plain binary heap of the tests (BenchmarkHold and
// BenchmarkPattern, best of 5 to 8, one run, other programs running beside it,
// 2-core Xeon, Go 1.26): ns for a pop and a push, the 5 ns (8 ns skewed) of the
// draw included.
//
//	                         queue  plain heap  ratio
//	exponential  10^3 entries   25          70    2.8
//	             10^4           27          97    3.6
//	             10^5           38         166    4.3
//	             10^6           71         294    4.1
//	skewed       10^3           26          52    2.0
//	             10^4           33          68    2.1
//	             10^5           31          92    2.9
//	             10^6           61         247    4.0
//	one instant                 15          79    5.2
//	bursts of 10^4              25         125    5.0
//	follow-ups at one instant   17          57    3.4
//	whole milliseconds          40         114    2.9
//	far deadlines, dense now    62          89    1.4
//	delays from ns to a day     26          66    2.6
//
// What would be faster still is a tree over a fixed set of entities, one
// pending event each; it cannot hold anonymous events.

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
	line        line
	early       heap4   // what the front had no room for, before wheelFrom
	last        instant // the same, due at the very last instant before wheelFrom
	shown       uint64  // Coming has listed what is due before this time
	showAt      uint64  // and lists more when wheelFrom has come here
	earlyPushes int     // since the wheel was last rewound or early ran dry
}

// NewQueue returns an empty queue whose clock stands at time 0.
func NewQueue() *Queue {
	q := &Queue{head: frontBase, wheelFrom: math.MaxUint64}
	q.front[frontBase], q.line.head = sentinel, sentinel
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
	if before(&q.line.head, &q.front[i&(frontSize-1)]) != 0 {
		return q.popLine(), true
	}
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
	if q.size == 0 {
		return Entry{}, false
	}
	return *q.first(), true
}

// HeadAt is the time of the first entry, Never when the queue is empty.
func (q *Queue) HeadAt() Time {
	return q.first().At
}

// Len is the number of pending entries.
func (q *Queue) Len() int { return q.size }

// Reset empties the queue and sets its clock and sequence back to 0. It keeps
// the memory.
func (q *Queue) Reset() {
	q.head, q.size, q.seq, q.now = frontBase, 0, 0, 0
	q.wheelFrom = math.MaxUint64
	q.early.e = q.early.e[:0]
	q.earlyPushes = 0
	q.shown, q.showAt = 0, 0
	q.line = line{e: q.line.e, head: sentinel}
	q.last.reset()
	q.wheel.reset()
}

func panicPast(at, now Time, class uint8) {
	panic(fmt.Sprintf("sim: event of class %d pushed at %d ns, before the present at %d ns", class, at, now))
}
