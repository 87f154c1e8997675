package sim

import "math/bits"

const (
	chunkEntries = 5  // with the link, 128 bytes: two cache lines
	takeEntries  = 20 // a slot with more is divided, not sorted
	digitBits    = 12 // a level has 4096 slots: their heads fit the first-level cache
	digits       = 1 << digitBits
	minBits      = 4  // a division into fewer slots would not pay
	maxLevels    = 20 // 63 bits, minBits at a time, and the last few bits
)

// batch takes the entries of a slot that is to be sorted; its length is a
// power of two, so that an index needs a mask and no check.
type batch [32]Entry

// chunk is a piece of a slot's list.
type chunk struct {
	e    [chunkEntries]Entry
	next uint32 // the chunk filled before this one, or the next free one; 0 for none
}

// level divides an aligned stretch of time into at most 4096 slots of
// 1<<shift ns. A slot is chunk<<3 | places left in that chunk; 0, which is
// chunk 0 with no place left, is the empty slot.
type level struct {
	shift    uint
	nonempty uint64 // bit w: some of words[w]
	words    [digits / 64]uint64
	slots    [digits]uint32
}

// wheel keeps the entries that are not near. Its levels are a stack: each one
// divides a single slot of the level above, the one that holds base. The level
// of an entry is therefore given by the highest bit in which its time and base
// differ; all entries of a finer level precede those of a coarser one.
type wheel struct {
	base    uint64
	top     int        // the finest level
	levelOf [64]*level // by the bit length of at^base
	levels  [maxLevels]*level
	chunks  []chunk // chunks[0] is the full chunk of every empty slot
	free    uint32  // first free chunk, never 0

	markAt   uint64 // time and number of pops when the density was last looked at
	markPops uint64
	gap      uint64 // mean ns between pops, 0 when unknown
}

// init makes the first levels: days, minutes, tenths of a second, and 33 us.
func (w *wheel) init() {
	w.chunks = make([]chunk, 1, 64)
	for d, shift := range [...]uint{51, 39, 27, 15} {
		w.stack(d, shift)
	}
	w.grow()
}

// stack makes level d, with slots of 1<<shift ns, the finest one.
func (w *wheel) stack(d int, shift uint) {
	if w.levels[d] == nil {
		w.levels[d] = new(level)
	}
	w.levels[d].shift = shift
	above := uint(63)
	if d > 0 {
		above = w.levels[d-1].shift
	}
	for b := range above + 1 {
		w.levelOf[b&63] = w.levels[d]
	}
	w.top = d
}

// unstack makes level d the finest again; the levels below it must be empty.
func (w *wheel) unstack(d int) {
	if d == w.top {
		return
	}
	for b := range w.levels[d].shift + 1 {
		w.levelOf[b&63] = w.levels[d]
	}
	w.top = d
}

// grow doubles the chunks.
func (w *wheel) grow() {
	n := len(w.chunks)
	w.chunks = append(w.chunks, make([]chunk, max(63, n))...)
	for i := n; i < len(w.chunks); i++ {
		w.chunks[i].next = w.free
		w.free = uint32(i)
	}
}

// place adds an entry that is due at wheelFrom or later. Whether its slot's
// chunk is full is as good as random, so the choice of the chunk is arithmetic.
func (w *wheel) place(e Entry) {
	l := w.levelOf[bits.Len64(uint64(e.At)^w.base)&63]
	i := uint64(e.At) >> (l.shift & 63) & (digits - 1)
	h := l.slots[i]
	room := h & 7
	full := uint32(int32(room-1) >> 31) // all ones when a new chunk is needed
	c := h >> 3
	c ^= (c ^ w.free) & full
	room = (room | chunkEntries&full) - 1
	p := &w.chunks[c]
	next := p.next
	w.free ^= (w.free ^ next) & full
	p.next = next ^ (next^h>>3)&full
	p.e[room] = e
	l.slots[i] = c<<3 | room
	l.words[i>>6] |= 1 << (i & 63)
	l.nonempty |= 1 << (i >> 6)
	if w.free == 0 {
		w.grow()
	}
}

// first finds the earliest nonempty slot.
func (w *wheel) first() (d int, i uint64, ok bool) {
	for d = w.top; d >= 0; d-- {
		l := w.levels[d]
		if l.nonempty != 0 {
			word := bits.TrailingZeros64(l.nonempty)
			return d, uint64(word<<6 | bits.TrailingZeros64(l.words[word])), true
		}
	}
	return 0, 0, false
}

// take empties a slot and returns its list.
func (l *level) take(i uint64) uint32 {
	h := l.slots[i]
	l.slots[i] = 0
	l.words[i>>6] &^= 1 << (i & 63)
	if l.words[i>>6] == 0 {
		l.nonempty &^= 1 << (i >> 6)
	}
	return h
}

// oneInstant tells whether all entries of list h are due at the same time.
func (w *wheel) oneInstant(h uint32) (at uint64, ok bool) {
	at = uint64(w.chunks[h>>3].e[chunkEntries-1].At)
	for c, room := h>>3, h&7; c != 0; c, room = w.chunks[c].next, 0 {
		for _, e := range w.chunks[c].e[room:] {
			if uint64(e.At) != at {
				return 0, false
			}
		}
	}
	return at, true
}

// scatter frees list h and places its entries anew.
func (w *wheel) scatter(h uint32) {
	for more := true; more; {
		p := &w.chunks[h>>3]
		for k := h & 7; k < chunkEntries; k++ {
			w.place(p.e[k])
		}
		h, more = w.release(h)
	}
}

// release frees the first chunk of list h and returns the rest.
func (w *wheel) release(h uint32) (rest uint32, more bool) {
	c := h >> 3
	rest = w.chunks[c].next << 3
	w.chunks[c].next = w.free
	w.free = c
	return rest, rest != 0
}

// gather copies the entries of list h to b and frees it; if there are
// more than takeEntries, it leaves the list alone and returns a larger number.
func (w *wheel) gather(h uint32, b *batch) int {
	n, c := 0, h>>3
	room := h & 7
	for {
		p := &w.chunks[c]
		for k := room; k < chunkEntries; k++ {
			b[n%len(b)] = p.e[k]
			n++
		}
		if p.next == 0 {
			p.next = w.free
			w.free = h >> 3
			return n
		}
		if n+chunkEntries > takeEntries {
			return takeEntries + 1
		}
		c, room = p.next, 0
	}
}

// fineness is the number of bits by which to divide a slot of 1<<shift ns that
// holds list h: so many that the finest slots get 3 to 6 entries, judged by the
// rate of recent pops or, if that is higher, by what the list holds already.
// A stretch too long for one level leaves a full level for the next division.
func (w *wheel) fineness(shift uint, h uint32, now Time, pops uint64) uint {
	if d := pops - w.markPops; d >= 256 {
		w.gap = (uint64(now) - w.markAt) / d
		w.markAt, w.markPops = uint64(now), pops
	}
	gap := uint64(1) << shift / w.count(h)
	if w.gap != 0 {
		gap = min(gap, w.gap)
	}
	fine := uint(bits.Len64(gap*6|1)) - 1
	b := max(minBits, shift-min(fine, shift))
	switch {
	case b >= 2*digitBits:
		return digitBits
	case b >= digitBits+minBits:
		return b - digitBits
	}
	return min(b, digitBits, shift)
}

// count is roughly the length of list h. It stops early when the rate of pops
// is known: walking a long list costs more than dividing twice.
func (w *wheel) count(h uint32) uint64 {
	limit := uint64(1 << 14)
	if w.gap != 0 {
		limit = 1 << 8
	}
	n := uint64(0)
	for c := h >> 3; c != 0 && n < limit; c = w.chunks[c].next {
		n += chunkEntries
	}
	return n
}

// rewind moves the base back to now; whatever the finer levels hold returns to
// the level where now and the old base part.
func (w *wheel) rewind(now uint64) {
	old, d := w.top, 0
	for w.levels[d] != w.levelOf[bits.Len64(now^w.base)&63] {
		d++
	}
	w.unstack(d)
	w.base = now
	for _, l := range w.levels[d+1 : old+1] {
		for l.nonempty != 0 {
			word := bits.TrailingZeros64(l.nonempty)
			w.scatter(l.take(uint64(word<<6 | bits.TrailingZeros64(l.words[word]))))
		}
	}
}

// reset empties the wheel and keeps its memory.
func (w *wheel) reset() {
	for _, l := range w.levels {
		if l != nil {
			l.nonempty, l.words, l.slots = 0, [digits / 64]uint64{}, [digits]uint32{}
		}
	}
	w.free = 0
	for i := range w.chunks[1:] {
		w.chunks[i+1].next = w.free
		w.free = uint32(i + 1)
	}
	w.base, w.markAt, w.markPops, w.gap = 0, 0, 0, 0
}
