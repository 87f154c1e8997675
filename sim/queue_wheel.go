package sim

import "math/bits"

const (
	chunkEntries = 5  // with the link, 128 bytes: two cache lines
	takeEntries  = 20 // a slot with more is divided, not sorted
	digitBits    = 12
	digits       = 1 << digitBits
	maxLevels    = 32 // 63 bits at no fewer than minBits each, rounded up to a power of two
	minBits      = 4
)

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
// divides a single slot of the level above, the one that holds base.
type wheel struct {
	base    uint64
	top     int        // the finest level
	levelOf [64]*level // by the bit length of at^base
	levels  [maxLevels]*level
	chunks  []chunk
	free    uint32

	markAt   uint64 // time and number of pops when the density was last looked at
	markPops uint64
	gap      uint64 // mean ns between pops, 0 when unknown
}

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

// open moves the earliest slot of the wheel to the front, or, if it holds one
// crowded instant, to early. It reports false if the wheel is empty.
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
		var batch [takeEntries + 12]Entry
		if n := w.gather(h, &batch); n <= takeEntries {
			q.sortFront(&batch, n)
			return true
		}
		if l.shift == 0 {
			for more := true; more; {
				p := &w.chunks[h>>3]
				for k := h & 7; k < chunkEntries; k++ {
					q.early.push(p.e[k])
				}
				h, more = w.release(h)
			}
			return true
		}
		w.stack(d+1, l.shift-w.newBits(l.shift, h, q.now, q.seq-uint64(q.size)))
		w.scatter(h)
	}
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

// sortChunk sorts the entries of one chunk into the empty front. It is one
// straight line for any number of entries: places that hold none get keys
// above all others, and what they leave below the front is wiped.
func (q *Queue) sortChunk(p *chunk, room uint32) {
	var k [chunkEntries]uint64
	for i := range uint64(chunkEntries) {
		none := uint64(int64(i-uint64(room)) >> 63)
		k[i] = (uint64(p.e[i].At)-q.wheel.base)<<3&^none | none&(1<<62|i<<3) | i
	}
	a, b, c, d, e := k[0], k[1], k[2], k[3], k[4]
	a, d = inOrder(a, d)
	b, e = inOrder(b, e)
	a, c = inOrder(a, c)
	b, d = inOrder(b, d)
	a, b = inOrder(a, b)
	c, e = inOrder(c, e)
	b, c = inOrder(b, c)
	d, e = inOrder(d, e)
	c, d = inOrder(c, d)
	n := chunkEntries - int(room)
	q.head = frontBase + n
	f := (*[chunkEntries]Entry)(q.front[n:])
	f[4] = p.e[a&7]
	f[3] = p.e[b&7]
	f[2] = p.e[c&7]
	f[1] = p.e[d&7]
	f[0] = p.e[e&7]
	q.front[frontBase] = sentinel
	if (a^b)>>3 == 0 || (b^c)>>3 == 0 || (c^d)>>3 == 0 || (d^e)>>3 == 0 {
		sortEntries(q.front[frontBase+1 : q.head+1])
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

// gather copies the entries of list h to batch and frees it; if there are
// more than takeEntries it leaves the list alone and returns a larger number.
func (w *wheel) gather(h uint32, batch *[takeEntries + 12]Entry) int {
	n, c := 0, h>>3
	room := h & 7
	for {
		p := &w.chunks[c]
		for k := room; k < chunkEntries; k++ {
			batch[n&31] = p.e[k]
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

// sortFront sorts n entries into the empty front.
func (q *Queue) sortFront(batch *[takeEntries + 12]Entry, n int) {
	var keys [takeEntries + 12]uint64
	for i := range min(n, len(keys)) {
		keys[i] = (uint64(batch[i].At)-q.wheel.base)<<5 | uint64(i)
	}
	for i := n; i < 8; i++ {
		keys[i] = 1 << 62
	}
	if n <= 8 {
		sort8((*[8]uint64)(keys[:]))
	} else {
		sortKeys(keys[:n])
	}
	tied := uint64(0)
	last := uint64(1<<64 - 1)
	for i := range min(n, len(keys)) {
		k := keys[i]
		_, borrow := bits.Sub64((last^k)>>5, 1, 0)
		tied |= borrow
		last = k
		q.front[(frontBase+n-i)&(frontSize-1)] = batch[k&31]
	}
	q.head = frontBase + n
	if tied != 0 {
		sortEntries(q.front[frontBase+1 : q.head+1])
	}
}

// inOrder returns the smaller of two keys below 1<<63 and the larger, without
// a branch.
func inOrder(a, b uint64) (uint64, uint64) {
	d := (b - a) & uint64(int64(b-a)>>63)
	return a + d, b - d
}

// sort8 is Batcher's odd-even merge sort of eight keys.
func sort8(k *[8]uint64) {
	a, b, c, d, e, f, g, h := k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7]
	a, b = inOrder(a, b)
	c, d = inOrder(c, d)
	e, f = inOrder(e, f)
	g, h = inOrder(g, h)

	a, c = inOrder(a, c)
	b, d = inOrder(b, d)
	e, g = inOrder(e, g)
	f, h = inOrder(f, h)

	b, c = inOrder(b, c)
	f, g = inOrder(f, g)

	a, e = inOrder(a, e)
	b, f = inOrder(b, f)
	c, g = inOrder(c, g)
	d, h = inOrder(d, h)

	c, e = inOrder(c, e)
	d, f = inOrder(d, f)

	b, c = inOrder(b, c)
	d, e = inOrder(d, e)
	f, g = inOrder(f, g)
	*k = [8]uint64{a, b, c, d, e, f, g, h}
}

func sortKeys(k []uint64) {
	for i := 1; i < len(k); i++ {
		x := k[i]
		j := i
		for ; j > 0 && x < k[j-1]; j-- {
			k[j] = k[j-1]
		}
		k[j] = x
	}
}

// sortEntries sorts a short list, nearly in order, from the last to the first.
func sortEntries(e []Entry) {
	for i := 1; i < len(e); i++ {
		x := e[i]
		j := i
		for ; j > 0 && before(&e[j-1], &x) != 0; j-- {
			e[j] = e[j-1]
		}
		e[j] = x
	}
}

// newBits chooses how finely to divide a slot of 1<<shift ns that holds list h:
// so that the finest slots get about three entries, by the rate of
// pops or, if it is higher, by what the slot holds already.
func (w *wheel) newBits(shift uint, h uint32, now Time, pops uint64) uint {
	if d := pops - w.markPops; d >= 256 {
		w.gap = (uint64(now) - w.markAt) / d
		w.markAt, w.markPops = uint64(now), pops
	}
	limit := uint64(1 << 14)
	if w.gap != 0 {
		limit = 1 << 8
	}
	n := uint64(0)
	for c := h >> 3; c != 0 && n < limit; c = w.chunks[c].next {
		n += chunkEntries
	}
	gap := uint64(1) << shift / n
	if w.gap != 0 {
		gap = min(gap, w.gap)
	}
	fine := uint(bits.Len64(gap*6|1)) - 1 // slots of 3 to 6 gaps
	b := max(minBits, shift-min(fine, shift))
	if b >= 2*digitBits {
		return digitBits
	}
	if b >= digitBits+minBits {
		return b - digitBits
	}
	return min(b, shift, digitBits)
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
