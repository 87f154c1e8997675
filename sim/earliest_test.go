package sim

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestEarliestMatchesAScan(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	e := NewEarliest()
	plain := make([]Time, 300)
	for i := range plain {
		plain[i] = Never
	}
	for range 20_000 {
		i, at := r.IntN(1+r.IntN(len(plain))), Time(r.IntN(50))
		if r.IntN(3) == 0 {
			at = Never
		}
		e.Set(i, at)
		plain[i] = at
		by, least := Time(r.IntN(60)), Never
		first, last := -1, -1
		for k, v := range plain {
			if e.Get(k) != v {
				t.Fatalf("place %d has %v, want %v", k, e.Get(k), v)
			}
			least = min(least, v)
			if v <= by {
				last = k
				if first < 0 {
					first = k
				}
			}
		}
		gotFirst, some := e.FirstBy(by)
		gotLast, some2 := e.LastBy(by)
		if e.At() != least || some != (first >= 0) || some2 != some || some && (gotFirst != first || gotLast != last) {
			t.Fatalf("earliest %v, by %v first %d, last %d, %v; want %v, %d, %d", e.At(), by, gotFirst, gotLast, some, least, first, last)
		}
	}
}

func BenchmarkEarliest(b *testing.B) {
	for _, n := range []int{16, 256, 4096} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e := NewEarliest()
			r := rand.New(rand.NewPCG(1, 1))
			for i := range n {
				e.Set(i, Time(r.IntN(1000)))
			}
			for b.Loop() {
				i, _ := e.LastBy(e.At())
				e.Set(i, e.At()+Time(r.Uint64()>>54))
			}
		})
	}
}
