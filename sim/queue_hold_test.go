package sim

import (
	"fmt"
	"testing"

	"berth/sim/rng"
)

// plainHold is the hold workload on the plain heap.
func plainHold(n int, law HoldIncrement, seed uint64) func(holds int) uint64 {
	draws := Hold{draw: rng.Derive(seed), law: law}
	var q plainHeap
	for i := range n {
		q.Push(draws.increment(), 0, uint64(i))
	}
	sum := uint64(0)
	return func(holds int) uint64 {
		for range holds {
			e, _ := q.Pop()
			sum = sum*0x9e3779b97f4a7c15 + uint64(e.At) ^ e.Data
			q.Push(e.At+draws.increment(), 0, e.Data)
		}
		return sum
	}
}

var holdLaws = []struct {
	name string
	law  HoldIncrement
}{{"exponential", HoldExponential}, {"skewed", HoldSkewed}}

func TestHoldPopsTheSameSequenceAsThePlainHeap(t *testing.T) {
	for _, law := range holdLaws {
		for _, n := range []int{1, 2, 30, 1000, 20000} {
			h, plain := NewHold(n, law.law, 7), plainHold(n, law.law, 7)
			for range 4 {
				if got, want := h.Run(30000), plain(30000); got != want {
					t.Errorf("%s, %d entries: checksum %x, want %x", law.name, n, got, want)
				}
			}
		}
	}
}

func TestHoldDrawsDoNotDependOnTheQueue(t *testing.T) {
	h, floor := NewHold(100, HoldSkewed, 3), NewHold(100, HoldSkewed, 3)
	h.Run(1000)
	floor.RunDraws(1000)
	if h.draw != floor.draw {
		t.Error("Run and RunDraws leave the random stream in different states")
	}
}

func TestHoldAllocatesNothingInSteadyState(t *testing.T) {
	for _, law := range holdLaws {
		h := NewHold(3000, law.law, 5)
		h.Run(300000)
		if n := testing.AllocsPerRun(20, func() { h.Run(10000) }); n != 0 {
			t.Errorf("%s: %v allocations in 10000 holds, want 0", law.name, n)
		}
	}
}

func BenchmarkHold(b *testing.B) {
	for _, law := range holdLaws {
		for exponent, n := 3, 1000; exponent <= 6; exponent, n = exponent+1, 10*n {
			b.Run(fmt.Sprintf("1e%d/%s/queue", exponent, law.name), func(b *testing.B) {
				h := NewHold(n, law.law, 1)
				h.Run(5 * n)
				b.ReportAllocs()
				b.ResetTimer()
				h.Run(b.N)
			})
			b.Run(fmt.Sprintf("1e%d/%s/plain", exponent, law.name), func(b *testing.B) {
				run := plainHold(n, law.law, 1)
				run(5 * n)
				b.ReportAllocs()
				b.ResetTimer()
				run(b.N)
			})
		}
	}
	b.Run("draws", func(b *testing.B) { NewHold(1, HoldExponential, 1).RunDraws(b.N) })
}

// eventList is what a pattern below needs of a queue.
type eventList interface {
	Push(at Time, class uint8, data uint64)
	Pop() (Entry, bool)
}

// patterns are the habits of simulations that hurt one event list or another;
// each returns a step that is worth the given number of pops.
var patterns = []struct {
	name  string
	pops  int
	start func(q eventList, r *rng.Stream) (step func())
}{
	{"one-instant", 1, func(q eventList, _ *rng.Stream) func() {
		for i := range 10000 {
			q.Push(5, uint8(i&3), 0)
		}
		return func() {
			e, _ := q.Pop()
			q.Push(e.At, e.Class(), 0)
		}
	}},
	{"bursts", 10000, func(q eventList, r *rng.Stream) func() {
		at := Time(0)
		return func() {
			at += Second
			for range 10000 {
				q.Push(at, uint8(r.Uint32N(4)), 0)
			}
			for range 10000 {
				q.Pop()
			}
		}
	}},
	{"follow-ups", 4000, func(q eventList, _ *rng.Stream) func() {
		at := Time(0)
		return func() {
			at += Millisecond
			for range 1000 {
				q.Push(at, 9, 0)
			}
			for range 1000 {
				q.Pop()
				for c := range uint8(3) {
					q.Push(at, c, 0)
				}
				for range 3 {
					q.Pop()
				}
			}
		}
	}},
	{"whole-milliseconds", 1, func(q eventList, r *rng.Stream) func() {
		delay := func() Time { return Time(r.Exp()*50) * Millisecond }
		for range 10000 {
			q.Push(delay(), uint8(r.Uint32N(4)), 0)
		}
		return func() {
			e, _ := q.Pop()
			q.Push(e.At+delay(), e.Class(), 0)
		}
	}},
	{"far-deadlines", 200, func(q eventList, r *rng.Stream) func() {
		for range 10000 {
			q.Push(10*Minute+Time(r.Exp()*50e9), 0, 1)
		}
		now := Time(0)
		return func() {
			for range 200 {
				q.Push(now+Time(r.Exp()*1e6), 0, 0)
			}
			for range 200 {
				e, _ := q.Pop()
				if now = e.At; e.Data == 1 {
					q.Push(now+10*Minute, 0, 1)
				}
			}
		}
	}},
	{"all-scales", 1, func(q eventList, r *rng.Stream) func() {
		delay := func() Time { return Time(1)<<r.Uint32N(46) + Time(r.Uint32N(1000)) }
		for range 10000 {
			q.Push(delay(), 0, 0)
		}
		return func() {
			e, _ := q.Pop()
			q.Push(e.At+delay(), 0, 0)
		}
	}},
}

// recorder keeps a checksum of what is popped.
type recorder struct {
	eventList
	sum uint64
}

func (r *recorder) Pop() (Entry, bool) {
	e, ok := r.eventList.Pop()
	r.sum = r.sum*0x9e3779b97f4a7c15 + uint64(e.At) ^ e.Order
	return e, ok
}

func TestPatternsPopTheSameSequenceAsThePlainHeap(t *testing.T) {
	for _, p := range patterns {
		var sums [2]uint64
		for i, q := range []eventList{NewQueue(), &plainHeap{}} {
			rec, r := &recorder{eventList: q}, rng.Derive(3)
			step := p.start(rec, &r)
			for range 100000 / p.pops {
				step()
			}
			sums[i] = rec.sum
		}
		if sums[0] != sums[1] {
			t.Errorf("%s: checksum %x, want %x", p.name, sums[0], sums[1])
		}
	}
}

func BenchmarkPattern(b *testing.B) {
	for _, p := range patterns {
		for _, list := range []struct {
			name string
			make func() eventList
		}{
			{"queue", func() eventList { return NewQueue() }},
			{"plain", func() eventList { return &plainHeap{} }},
		} {
			b.Run(p.name+"/"+list.name, func(b *testing.B) {
				r := rng.Derive(3)
				step := p.start(list.make(), &r)
				for range 200000 / p.pops {
					step()
				}
				b.ReportAllocs()
				b.ResetTimer()
				for i := 0; i < b.N; i += p.pops {
					step()
				}
			})
		}
	}
}
