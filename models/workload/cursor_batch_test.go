package workload

import (
	"testing"

	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
)

// Arrivals drawn many at a time are those drawn one by one.
func TestFillEqualsNext(t *testing.T) {
	all := cases(t)
	burst := all["daily"]
	burst.Shape.Bursts = []Burst{{At: 5 * sim.Hour, Every: 7 * sim.Hour, Count: 90, Over: sim.Minute}}
	all["bursts"] = burst
	law, err := dist.Parse("exponential(mean=20s)", dist.Duration)
	if err != nil {
		t.Fatal(err)
	}
	all["renewal"] = Config{Interarrival: law}
	all["dense"] = Config{PerSecond: 3}
	for name, cfg := range all {
		for _, places := range [][]Place{world, world[:1], nil} {
			a := arrivals(t, cfg, places, monday, 2*sim.Day)
			want := run(t, a, 5)
			gap, place := rng.Derive(5, 1), rng.Derive(5, 2)
			c := a.Cursor(&gap, &place)
			var at [64]sim.Time
			var pl [64]int32
			got, into := 0, pl[:]
			if one, ok := a.OnePlace(); ok {
				for k := range pl {
					pl[k] = one
				}
				into = nil
			}
			for at[0] != sim.Never {
				n := c.Fill(at[:], into)
				for k := range n {
					if at[k] == sim.Never {
						break
					}
					if got == len(want) || want[got] != (point{at[k], pl[k]}) {
						t.Fatalf("%s with %d places: arrival %d is at %v from %d, want %v", name, len(places), got, at[k], pl[k], want[min(got, len(want)-1)])
					}
					got++
				}
			}
			if got != len(want) {
				t.Errorf("%s with %d places: %d arrivals, want %d", name, len(places), got, len(want))
			}
		}
	}
}
