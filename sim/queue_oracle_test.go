package sim

// plainHeap is the oracle and the yardstick: a textbook binary heap of entries
// with ordinary comparisons, short enough to be believed by reading.
type plainHeap struct {
	e   []Entry
	seq uint64
}

func (h *plainHeap) less(i, j int) bool {
	if h.e[i].At != h.e[j].At {
		return h.e[i].At < h.e[j].At
	}
	return h.e[i].Order < h.e[j].Order
}

func (h *plainHeap) Push(at Time, class uint8, data uint64) {
	h.e = append(h.e, Entry{at, uint64(class)<<56 | h.seq, data})
	h.seq++
	for i := len(h.e) - 1; i > 0; {
		p := (i - 1) / 2
		if !h.less(i, p) {
			break
		}
		h.e[i], h.e[p] = h.e[p], h.e[i]
		i = p
	}
}

func (h *plainHeap) Pop() (Entry, bool) {
	if len(h.e) == 0 {
		return Entry{}, false
	}
	x := h.e[0]
	n := len(h.e) - 1
	h.e[0] = h.e[n]
	h.e = h.e[:n]
	for i := 0; ; {
		c := 2*i + 1
		if c >= n {
			break
		}
		if c+1 < n && h.less(c+1, c) {
			c++
		}
		if !h.less(c, i) {
			break
		}
		h.e[i], h.e[c] = h.e[c], h.e[i]
		i = c
	}
	return x, true
}
