package sim

import (
	"math/rand/v2"
	"testing"
)

func TestEarliestMatchesAScan(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	e := NewEarliest()
	plain := map[int]Time{}
	for range 20_000 {
		i, at := r.IntN(1+r.IntN(300)), Time(r.IntN(50))
		if r.IntN(3) == 0 {
			at = Never
		}
		e.Set(i, at)
		plain[i] = at
		first, want := 0, Never
		for k, v := range plain {
			if e.Get(k) != v {
				t.Fatalf("place %d has %v, want %v", k, e.Get(k), v)
			}
			if v < want || v == want && k < first {
				first, want = k, v
			}
		}
		if e.At() != want || want != Never && e.First() != first {
			t.Fatalf("first is %d at %v, want %d at %v", e.First(), e.At(), first, want)
		}
	}
}

func BenchmarkEarliest(b *testing.B) {
	for _, n := range []int{16, 256, 4096} {
		b.Run(Time(n).String(), func(b *testing.B) {
			e := NewEarliest()
			r := rand.New(rand.NewPCG(1, 1))
			for i := range n {
				e.Set(i, Time(r.IntN(1000)))
			}
			for b.Loop() {
				e.Set(e.First(), e.At()+Time(r.Uint64()>>54))
			}
		})
	}
}
