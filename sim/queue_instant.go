package sim

import (
	"math/bits"
	"slices"
)

// instant holds a crowd of entries that are due at one and the same time: a
// first-in-first-out list for each class. Since later pushes have higher
// sequence numbers, appending keeps each list in order.
type instant struct {
	size     int
	nonempty [4]uint64 // bit c: class c has entries
	class    [256]fifo
}

// fifo is the entries e[head:].
type fifo struct {
	e    []Entry
	head int
}

// push appends an entry to its class.
func (t *instant) push(e Entry) {
	c := e.Class()
	f := &t.class[c]
	if f.head > frontSize && 2*f.head > len(f.e) {
		f.e = f.e[:copy(f.e, f.e[f.head:])]
		f.head = 0
	}
	f.e = append(f.e, e)
	t.nonempty[c>>6] |= 1 << (c & 63)
	t.size++
}

// first is the list of the lowest class that has entries; there must be one.
func (t *instant) first() (*fifo, uint8) {
	w := 0
	for t.nonempty[w&3] == 0 {
		w++
	}
	c := uint8(w<<6 | bits.TrailingZeros64(t.nonempty[w&3]))
	return &t.class[c], c
}

// peek returns the first entry; there must be one.
func (t *instant) peek() *Entry {
	f, _ := t.first()
	return &f.e[f.head]
}

// pop removes and returns the first entry; there must be one.
func (t *instant) pop() Entry {
	f, c := t.first()
	e := f.e[f.head]
	f.head++
	t.size--
	if f.head == len(f.e) {
		t.empty(c)
	}
	return e
}

func (t *instant) empty(c uint8) {
	f := &t.class[c]
	f.e, f.head = f.e[:0], 0
	t.nonempty[c>>6] &^= 1 << (c & 63)
}

// sort puts each list in order after entries were pushed in any order.
func (t *instant) sort() {
	for w, set := range t.nonempty {
		for ; set != 0; set &= set - 1 {
			f := &t.class[w<<6|bits.TrailingZeros64(set)]
			slices.SortFunc(f.e[f.head:], func(a, b Entry) int {
				if a.Order < b.Order {
					return -1
				}
				return 1
			})
		}
	}
}

// reset drops all entries and keeps the memory.
func (t *instant) reset() {
	for w := range t.nonempty {
		for t.nonempty[w] != 0 {
			t.empty(uint8(w<<6 | bits.TrailingZeros64(t.nonempty[w])))
		}
	}
	t.size = 0
}
