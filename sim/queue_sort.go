package sim

import "math/bits"

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
	// Equal times are put right by class and sequence afterwards.
	if (a^b)>>3 == 0 || (b^c)>>3 == 0 || (c^d)>>3 == 0 || (d^e)>>3 == 0 {
		sortEntries(q.front[frontBase+1 : q.head+1])
	}
}

// sortBatch sorts the first n entries of b into the empty front. Keys are the
// time within the slot and the place in b, so that whole entries move once.
func (q *Queue) sortBatch(b *batch, n int) {
	var keys [len(b)]uint64
	for i := range min(n, len(keys)) {
		keys[i] = (uint64(b[i].At)-q.wheel.base)<<5 | uint64(i)
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
		q.front[(frontBase+n-i)&(frontSize-1)] = b[k%uint64(len(b))]
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

// sortKeys sorts a short list by insertion.
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
