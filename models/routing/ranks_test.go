package routing

import (
	"math/rand/v2"
	"testing"

	"berth/sim"
)

// Ranks against the ordered set of the same pick, whose stale items are skipped.
func TestRanksMatchTheOrderedSet(t *testing.T) {
	for name := range rankedPicks {
		pick, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 2))
		ranks, set := NewRanks(name), pick.New()
		var numbers Numbers
		type member struct {
			started uint64
			idle    bool
			freed   uint32
		}
		members := map[int32]*member{}
		any := func(idle bool) (int32, bool) {
			for n, m := range members { // in any order: which one does not matter
				if m.idle == idle {
					return n, true
				}
			}
			return 0, false
		}
		serial := uint64(0)
		for step := range 60_000 {
			serial++
			switch k := r.IntN(8); {
			case k < 2 && len(members) < 40+step/100:
				n := numbers.Take()
				members[n] = &member{started: serial}
				ranks.Enter(n)
			case k == 2:
				if n, ok := any(r.IntN(2) == 0); ok && len(members) > 20 {
					delete(members, n)
					ranks.Leave(n)
					numbers.Give(n)
				}
			case k < 6:
				if n, ok := any(false); ok {
					m := members[n]
					m.idle, m.freed = true, uint32(serial)
					ranks.Add(n, sim.Time(step+r.IntN(2))) // perhaps from the next step on, which looks no earlier
					set.Add(Item{Inst: n, Number: n, Started: m.started, Idle: serial, Freed: m.freed})
				}
			default:
				got, some := ranks.Pick(sim.Time(step))
				want := int32(-1)
				for want < 0 {
					x, ok := set.Take(nil)
					if !ok {
						break
					}
					if m := members[x.Number]; m != nil && m.idle && m.freed == x.Freed {
						want = x.Number
					}
				}
				if some != (want >= 0) || some && got != want {
					t.Fatalf("%s, step %d: picked %d, %v; the ordered set %d", name, step, got, some, want)
				}
				if some {
					ranks.Remove(got)
					members[got].idle = false
				}
			}
		}
	}
	ranks := NewRanks("newest")
	ranks.Enter(0)
	ranks.Enter(1)
	ranks.Add(1, 30)
	ranks.Add(0, 20)
	if _, ok := ranks.Pick(19); ok || ranks.Next() != 20 {
		t.Errorf("somebody is idle before %v", ranks.Next())
	}
	if n, _ := ranks.Pick(29); n != 0 {
		t.Errorf("picked %d before it is idle", n)
	}
	if NewRanks("random") != nil {
		t.Error("a pick without ranks has some")
	}
}
