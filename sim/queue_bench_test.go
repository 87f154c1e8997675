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

func BenchmarkHold(b *testing.B) {
	for _, law := range []struct {
		name string
		law  HoldIncrement
	}{{"exponential", HoldExponential}, {"skewed", HoldSkewed}} {
		for _, n := range []int{1e3, 1e4, 1e5, 1e6} {
			b.Run(fmt.Sprintf("%s/%d/queue", law.name, n), func(b *testing.B) {
				h := NewHold(n, law.law, 1)
				h.Run(5 * n)
				b.ReportAllocs()
				b.ResetTimer()
				h.Run(b.N)
			})
			b.Run(fmt.Sprintf("%s/%d/plain", law.name, n), func(b *testing.B) {
				run := plainHold(n, law.law, 1)
				run(n)
				b.ReportAllocs()
				b.ResetTimer()
				run(b.N)
			})
		}
	}
}
