package routing

import "berth/sim/rng"

// heap is a binary heap of items by a key, ties by the order of becoming idle.
// Keys are worked out once, as an item comes in.
type heap struct {
	key   func(Item) int64
	items []keyed
}

type keyed struct {
	key  int64
	item Item
}

func ordered(key func(Item) int64) Set { return &heap{key: key} }

func less(a, b *keyed) bool {
	return a.key < b.key || a.key == b.key && a.item.Idle < b.item.Idle
}

// Add implements Set.
func (h *heap) Add(x Item) {
	k := keyed{h.key(x), x}
	h.items = append(h.items, k)
	i := len(h.items) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !less(&k, &h.items[up]) {
			break
		}
		h.items[i] = h.items[up]
		i = up
	}
	h.items[i] = k
}

// Take implements Set.
func (h *heap) Take(*rng.Stream) (Item, bool) {
	if len(h.items) == 0 {
		return Item{}, false
	}
	top := h.items[0].item
	last := len(h.items) - 1
	k := h.items[last]
	h.items = h.items[:last]
	if last == 0 {
		return top, true
	}
	i := 0
	for {
		c := 2*i + 1
		if c >= last {
			break
		}
		if c+1 < last && less(&h.items[c+1], &h.items[c]) {
			c++
		}
		if !less(&h.items[c], &k) {
			break
		}
		h.items[i] = h.items[c]
		i = c
	}
	h.items[i] = k
	return top, true
}

// anyOf gives out its items in random order.
type anyOf struct{ items []Item }

// Add implements Set.
func (s *anyOf) Add(x Item) { s.items = append(s.items, x) }

// Take implements Set.
func (s *anyOf) Take(r *rng.Stream) (Item, bool) {
	n := len(s.items)
	if n == 0 {
		return Item{}, false
	}
	k := r.IntN(n)
	x := s.items[k]
	s.items[k] = s.items[n-1]
	s.items = s.items[:n-1]
	return x, true
}

// Numbers gives out the lowest free number from 0 on.
type Numbers struct {
	next int32
	free heap
	init bool
}

// Lowest is the number that Take would give.
func (n *Numbers) Lowest() int32 {
	if len(n.free.items) > 0 {
		return n.free.items[0].item.Number
	}
	return n.next
}

// Take takes the lowest free number.
func (n *Numbers) Take() int32 {
	if len(n.free.items) > 0 {
		x, _ := n.free.Take(nil)
		return x.Number
	}
	n.next++
	return n.next - 1
}

// Give gives a number back.
func (n *Numbers) Give(number int32) {
	if !n.init {
		n.init, n.free.key = true, func(i Item) int64 { return int64(i.Number) }
	}
	n.free.Add(Item{Number: number})
}
