package trace

import (
	"fmt"
	"io"

	"berth/sim"
)

// Window is how many calls may stand between a call and its place in time
// before Options.Sort is needed.
const Window = 1 << 15

// window puts calls in order that are a little out of it, within a fixed
// buffer. Calls that come in order wait in a ring; a call that is earlier than
// the ring's newest waits in a heap. Of equal instants the ring's goes first: a
// call is in the heap only while the ring holds a later one, so what the ring
// has at the same instant came before it in the file.
type window struct {
	in   located
	size int
	ring []Call
	head int
	held int // calls in the ring
	late lateHeap
	last sim.Time // emitted last
	any  bool     // something was emitted
	end  error    // of the input
}

// located is a source that can say where it stands.
type located interface {
	source
	position() (file string, line int64)
}

func newWindow(in located, size int) *window {
	return &window{in: in, size: size, ring: make([]Call, size)}
}

func (w *window) next(c *Call) error {
	for w.end == nil && w.held+len(w.late.calls) < w.size {
		if w.end = w.in.next(c); w.end == nil {
			w.end = w.take(c)
		}
	}
	// What came before an error is still good.
	switch {
	case w.held == 0 && len(w.late.calls) == 0:
		return w.end
	case len(w.late.calls) > 0 && (w.held == 0 || w.late.calls[0].At < w.ring[w.head].At):
		*c = w.late.pop()
	default:
		*c = w.ring[w.head]
		if w.head++; w.head == w.size {
			w.head = 0
		}
		w.held--
	}
	w.last, w.any = c.At, true
	return nil
}

func (w *window) take(c *Call) error {
	if w.any && c.At < w.last {
		file, line := w.in.position()
		return &LineError{file, line, fmt.Sprintf("the call is %v earlier than one that stands more than %d calls before it: sort the file by time", w.last-c.At, w.size)}
	}
	if w.held > 0 {
		tail := w.head + w.held - 1
		if tail >= w.size {
			tail -= w.size
		}
		if c.At < w.ring[tail].At {
			w.late.push(*c)
			return nil
		}
	}
	at := w.head + w.held
	if at >= w.size {
		at -= w.size
	}
	w.ring[at] = *c
	w.held++
	return nil
}

// lateHeap is a binary heap of calls by instant and, within it, by arrival.
type lateHeap struct {
	calls []lateCall
	count int64
}

type lateCall struct {
	Call
	order int64
}

func (a *lateCall) before(b *lateCall) bool {
	return a.At < b.At || a.At == b.At && a.order < b.order
}

func (h *lateHeap) push(c Call) {
	h.calls = append(h.calls, lateCall{c, h.count})
	h.count++
	for i := len(h.calls) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.calls[i].before(&h.calls[up]) {
			return
		}
		h.calls[i], h.calls[up] = h.calls[up], h.calls[i]
		i = up
	}
}

func (h *lateHeap) pop() Call {
	first := h.calls[0].Call
	n := len(h.calls) - 1
	h.calls[0] = h.calls[n]
	h.calls = h.calls[:n]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < n; child++ {
			if h.calls[child].before(&h.calls[least]) {
				least = child
			}
		}
		if least == i {
			return first
		}
		h.calls[i], h.calls[least] = h.calls[least], h.calls[i]
		i = least
	}
}

var _ located = (*lineSource)(nil)

// drain reads a source to its end.
func drain(in source, each func(*Call) error) error {
	var c Call
	for {
		err := in.next(&c)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = each(&c)
		}
		if err != nil {
			return err
		}
	}
}
