package sim

import "berth/sim/rng"

// HoldIncrement is a law of the delays in the hold workload.
type HoldIncrement uint8

// The laws of HoldBenchmark.
const (
	HoldExponential HoldIncrement = iota // exponential with mean 50 ms
	HoldSkewed                           // exponential, mean 50 ms for 90 % and 300 s for 10 %
)

// Hold is the classic workload of event lists: n pending events, and each step
// (a hold) pops the first and pushes it again a random increment later.
type Hold struct {
	queue    *Queue
	draw     rng.Stream
	law      HoldIncrement
	checksum uint64
}

// NewHold fills a queue with n entries.
func NewHold(n int, law HoldIncrement, seed uint64) *Hold {
	h := &Hold{queue: NewQueue(), draw: rng.Derive(seed), law: law}
	for i := range n {
		h.queue.Push(h.increment(), 0, uint64(i))
	}
	return h
}

func (h *Hold) increment() Time {
	mean := 50e6
	if h.law == HoldSkewed && h.draw.Uint32N(10) == 0 {
		mean = 300e9
	}
	return Time(h.draw.Exp() * mean)
}

// Run does the given number of holds and returns a checksum of the order of
// all entries popped so far, equal for every correct queue.
func (h *Hold) Run(holds int) uint64 {
	q, sum := h.queue, h.checksum
	for range holds {
		e, _ := q.Pop()
		sum = sum*0x9e3779b97f4a7c15 + uint64(e.At) ^ e.Data
		q.Push(e.At+h.increment(), 0, e.Data)
	}
	h.checksum = sum
	return sum
}

// RunDraws makes the draws of the given number of holds and does nothing with
// them: the floor under the time of Run.
func (h *Hold) RunDraws(holds int) Time {
	sum := Time(0)
	for range holds {
		sum ^= h.increment()
	}
	return sum
}
