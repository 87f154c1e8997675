package sim

import (
	"testing"

	"berth/sim/rng"
)

// Coming lists nearly every entry before it is popped, none twice, and leaves the
// queue as it is.
func TestComingListsEntriesOnceBeforeTheyArePopped(t *testing.T) {
	for _, mean := range []float64{50e6, 60e9} {
		r := rng.Derive(11, uint64(mean))
		var q, plain = NewQueue(), NewQueue()
		push := func(at Time, data uint64) {
			q.Push(at, uint8(data%3), data)
			plain.Push(at, uint8(data%3), data)
		}
		next := uint64(0)
		for range 20_000 {
			push(Time(r.Exp()*mean), next)
			next++
		}
		listed, popped, known := map[uint64]bool{}, 0, 0
		var coming []Entry
		for range 200_000 {
			coming = q.Coming(coming[:0])
			for _, e := range coming {
				if listed[e.Data] {
					t.Fatalf("entry %d was listed twice", e.Data)
				}
				listed[e.Data] = true
			}
			got, ok := q.Pop()
			want, _ := plain.Pop()
			if !ok || got != want {
				t.Fatalf("popped %v, want %v", got, want)
			}
			popped++
			if listed[got.Data] {
				known++
			}
			delete(listed, got.Data)
			push(got.At+Time(r.Exp()*mean), next)
			next++
		}
		if known < popped*9/10 {
			t.Errorf("of %d entries %d were listed before", popped, known)
		}
	}
}
