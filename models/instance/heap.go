package instance

import "berth/sim"

// The requests of an instance that wait for a time are kept in pairing heaps
// linked through the slab: one compare to insert, and with the one or two
// requests of an ordinary instance as cheap as a list; an overloaded instance
// with thousands inside costs O(log n) a request.
// Source: Fredman, Sedgewick, Sleator, Tarjan, Algorithmica 1 (1986).

func before(t1 sim.Time, s1 uint32, t2 sim.Time, s2 uint32) bool {
	return t1 < t2 || t1 == t2 && int32(s1-s2) < 0
}

// meld joins two heaps and returns the smaller root.
func (p *Pool) meld(a, b int32) int32 {
	x, y := &p.Reqs[a], &p.Reqs[b]
	if before(y.At, y.Seq, x.At, x.Seq) || y.At == x.At && y.Seq == x.Seq && y.Tries < x.Tries {
		a, b = b, a
		x, y = y, x
	}
	y.Next = x.child
	x.child = b
	return a
}

// push adds a request to a heap.
func (p *Pool) push(root *int32, r int32) {
	q := &p.Reqs[r]
	q.Next, q.child = None, None
	if *root == None {
		*root = r
		return
	}
	*root = p.meld(*root, r)
}

// pop removes the first request of a heap that is not empty.
func (p *Pool) pop(root *int32) int32 {
	r := *root
	q := &p.Reqs[r]
	c := q.child
	q.Next, q.child = None, None
	if c == None || p.Reqs[c].Next == None {
		*root = c
		return r
	}
	// First pass: meld the children in pairs; the pairs form a list, last first.
	pairs := None
	for c != None {
		a := c
		b := p.Reqs[a].Next
		if b == None {
			p.Reqs[a].Next = pairs
			pairs = a
			break
		}
		c = p.Reqs[b].Next
		p.Reqs[a].Next, p.Reqs[b].Next = None, None
		m := p.meld(a, b)
		p.Reqs[m].Next = pairs
		pairs = m
	}
	// Second pass: meld the pairs into one.
	top := pairs
	pairs = p.Reqs[top].Next
	p.Reqs[top].Next = None
	for pairs != None {
		next := p.Reqs[pairs].Next
		p.Reqs[pairs].Next = None
		top = p.meld(top, pairs)
		pairs = next
	}
	*root = top
	return r
}

// each visits every request of a heap, in no order.
func (p *Pool) each(root int32, visit func(*Request)) {
	if root == None {
		return
	}
	todo := append(p.todo[:0], root)
	defer func() { p.todo = todo[:0] }()
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		q := &p.Reqs[r]
		visit(q)
		for _, n := range [...]int32{q.child, q.Next} {
			if n != None {
				todo = append(todo, n)
			}
		}
	}
}

// EachOnItsWay visits every request on its way to instance i, in no order.
func (p *Pool) EachOnItsWay(i int32, visit func(*Request)) { p.each(p.Insts[i].inbox, visit) }
