package sim

// line holds entries that were pushed in the order in which they are due, as events
// after a constant delay are: a ring, first in, first out, beside the front and the
// wheel. Pushing and popping are a store and a load.
type line struct {
	head    Entry   // the earliest, sentinel when there is none
	e       []Entry // the others, and head where there is one; as many as a power of two
	from, n int
	pushes  uint64 // so far
}

// last is the latest entry; there must be one.
func (l *line) last() *Entry { return &l.e[(l.from+l.n-1)&(len(l.e)-1)] }

func (l *line) push(e Entry) {
	if l.n == len(l.e) {
		larger := make([]Entry, max(64, 2*l.n))
		for i := range l.n {
			larger[i] = l.e[(l.from+i)&(len(l.e)-1)]
		}
		l.e, l.from = larger, 0
	}
	if l.n == 0 {
		l.head = e
	}
	l.n++
	l.pushes++
	*l.last() = e
}

// pop removes the earliest entry; there must be one.
func (l *line) pop() Entry {
	e := l.head
	l.from++
	l.n--
	l.head = sentinel
	if l.n > 0 {
		l.head = l.e[l.from&(len(l.e)-1)]
	}
	return e
}

// PushInLine adds an entry as Push does, at less cost if it is due after the one
// last added so. It is for events that come a constant delay after others.
func (q *Queue) PushInLine(at Time, class uint8, data uint64) {
	e := Entry{at, uint64(class)<<classShift | q.seq, data}
	if at < q.now || q.line.n > 0 && before(q.line.last(), &e) == 0 {
		q.Push(at, class, data)
		return
	}
	q.seq++
	q.size++
	q.line.push(e)
}

// first is the first entry of all, or sentinel.
func (q *Queue) first() *Entry {
	e := &q.front[q.head&(frontSize-1)]
	if before(&q.line.head, e) != 0 {
		e = &q.line.head
	}
	return e
}

// popLine removes the first entry of the line; there must be one.
func (q *Queue) popLine() Entry {
	e := q.line.pop()
	q.size--
	q.now = e.At
	return e
}
