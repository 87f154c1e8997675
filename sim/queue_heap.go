package sim

import "math/bits"

// heap4 is a 4-ary min-heap of entries. Choosing the least of four children is
// written without branches (borrow masks), because a branch there is a coin
// toss and a wrong guess costs more than the whole level.
type heap4 struct {
	e []Entry
}

// before is 1 when a comes before b, else 0, from the borrow of a 128-bit
// subtraction. Times are never negative, so they compare as unsigned.
func before(a, b *Entry) uint64 {
	_, c := bits.Sub64(a.Order, b.Order, 0)
	_, c = bits.Sub64(uint64(a.At), uint64(b.At), c)
	return c
}

// push adds x.
func (h *heap4) push(x Entry) {
	h.e = append(h.e, x)
	e := h.e
	i := len(e) - 1
	for i > 0 {
		p := (i - 1) >> 2
		if before(&x, &e[p]) == 0 {
			break
		}
		e[i] = e[p]
		i = p
	}
	e[i] = x
}

// pop removes and returns the least entry; the heap must not be empty.
func (h *heap4) pop() Entry {
	e := h.e
	least := e[0]
	n := len(e) - 1
	x := e[n]
	h.e = e[:n]
	if n > 0 {
		siftDown(e[:n], 0, x)
	}
	return least
}

// siftDown puts x at the hole i or below it.
func siftDown(e []Entry, i int, x Entry) {
	for {
		c := 4*i + 1
		if c+3 >= len(e) {
			break
		}
		m := leastOfFour((*[4]Entry)(e[c : c+4]))
		if before(&x, &e[c+m]) != 0 {
			e[i] = x
			return
		}
		e[i] = e[c+m]
		i = c + m
	}
	for c := 4*i + 1; c < len(e); c = 4*i + 1 {
		m := c
		for k := c + 1; k < len(e) && k < c+4; k++ {
			if before(&e[k], &e[m]) != 0 {
				m = k
			}
		}
		if before(&x, &e[m]) != 0 {
			break
		}
		e[i] = e[m]
		i = m
	}
	e[i] = x
}

// leastOfFour is the index of the least of four entries: two semi-finals and
// a final, all by arithmetic.
func leastOfFour(e *[4]Entry) int {
	i := before(&e[1], &e[0])
	j := 2 + before(&e[3], &e[2])
	final := before(&e[j&3], &e[i&3])
	return int(i ^ (i^j)&-final)
}
