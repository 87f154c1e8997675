package instance

import (
	"math/rand/v2"
	"sort"
	"testing"

	"berth/sim"
)

const work = 1024 // units of CPU work in a vCPU-ns

// deliver sends a request of cpu vCPU-ns and io ns that arrives at at.
func deliver(p *Pool, i int32, seq uint32, at, cpu, io int64) int32 {
	r := p.NewRequest()
	q := &p.Reqs[r]
	q.Seq, q.At, q.CPU, q.IO = seq, sim.Time(at), cpu*work, sim.Time(io)
	p.Deliver(i, r)
	return r
}

func ready(p *Pool) int32 {
	i := p.NewInstance(0)
	p.Insts[i].State = Ready
	return i
}

// finishes advances to the end and returns the finish of each request.
func finishes(t *testing.T, p *Pool, i int32, s *Spec) map[int32]int64 {
	t.Helper()
	out := map[int32]int64{}
	if o, _ := p.Advance(i, s, sim.Hour); o != OK {
		t.Fatalf("outcome %d", o)
	}
	for _, r := range p.Done {
		out[r] = int64(p.Reqs[r].At)
	}
	return out
}

// busyTime adds up the busy periods of a pool's instances.
func busyTime(p *Pool) *sim.Time {
	sum := new(sim.Time)
	p.Busy = func(_ *Instance, from, to sim.Time) { *sum += to - from }
	return sum
}

// Computed by hand: two requests of 100 and 50 ns on one vCPU, the second 20 ns
// later. Alone until 20 (80 left), then each at half speed: the second has its
// 50 at 120, the first 30 left runs alone to 150.
func TestSharingByHand(t *testing.T) {
	p := NewPool()
	i := ready(p)
	busy := busyTime(p)
	a := deliver(p, i, 1, 0, 100, 0)
	b := deliver(p, i, 2, 20, 50, 7)
	got := finishes(t, p, i, &Spec{VCPU1024: 1024, Thread1024: 1024, Queue: -1})
	if got[b] != 127 || got[a] != 150 {
		t.Errorf("finishes %d and %d, want 150 and 127", got[a], got[b])
	}
	if in := &p.Insts[i]; *busy != 150 || in.MaxIn != 2 {
		t.Errorf("busy %d with %d at most, want 150 with 2", *busy, in.MaxIn)
	}
}

// A request of one thread cannot use more than one of two vCPUs, so two run side
// by side at full speed and three share.
func TestThreadsByHand(t *testing.T) {
	p := NewPool()
	i := ready(p)
	r := []int32{deliver(p, i, 1, 0, 90, 0), deliver(p, i, 2, 0, 90, 0), deliver(p, i, 3, 30, 40, 0)}
	got := finishes(t, p, i, &Spec{VCPU1024: 2048, Thread1024: 1024, Queue: -1})
	// From 30 on each gets 2/3: the third has its 40 at 90, when the others have
	// 90-30-40 = 20 left and run on alone: 110.
	if got[r[2]] != 90 || got[r[0]] != 110 || got[r[1]] != 110 {
		t.Errorf("got %v", got)
	}
}

// A sixteenth of a vCPU takes sixteen times as long: 50 CPU-ms are 800 ms.
func TestLiteByHand(t *testing.T) {
	p := NewPool()
	i := ready(p)
	r := deliver(p, i, 1, 0, int64(50*sim.Millisecond), 0)
	if got := finishes(t, p, i, &Spec{VCPU1024: 64, Thread1024: 1024, Queue: -1}); got[r] != int64(800*sim.Millisecond) {
		t.Errorf("took %v, want 800ms", sim.Time(got[r]))
	}
}

// One slot and one place in the queue: the third is refused at once.
func TestSlotsAndQueueByHand(t *testing.T) {
	p := NewPool()
	i := ready(p)
	a := deliver(p, i, 1, 0, 0, 100)
	b := deliver(p, i, 2, 10, 0, 100)
	c := deliver(p, i, 3, 20, 0, 100)
	got := finishes(t, p, i, &Spec{VCPU1024: 1024, Thread1024: 1024, Slots: 1, Queue: 1})
	if got[a] != 100 || got[b] != 200 || got[c] != 20 || p.Reqs[c].Flags&FlagFailed == 0 {
		t.Errorf("got %v", got)
	}
	if p.Reqs[b].Began != 100 {
		t.Errorf("the second began at %d, want 100", p.Reqs[b].Began)
	}
}

// Memory overflows on the arrival that exceeds it, at that time.
func TestMemoryByHand(t *testing.T) {
	p := NewPool()
	i := ready(p)
	for k, at := range []int64{0, 5, 9} {
		r := deliver(p, i, uint32(k), at, 0, 100)
		p.Reqs[r].Mem = 40
		p.Insts[i].Mem += 40
	}
	out, at := p.Advance(i, &Spec{VCPU1024: 1024, Thread1024: 1024, Queue: -1, MemLimit: 100, MemBase: 10}, 50)
	if out != OutOfMemory || at != 9 {
		t.Errorf("outcome %d at %d, want out of memory at 9", out, at)
	}
}

// However often an instance is looked at, its requests finish at the same ns.
func TestLookingChangesNothing(t *testing.T) {
	for seed := uint64(0); seed < 200; seed++ {
		r := rand.New(rand.NewPCG(seed, 9))
		spec := &Spec{VCPU1024: []int64{64, 256, 1000, 4096}[r.IntN(4)], Thread1024: []int64{1024, 2048}[r.IntN(2)],
			Slots: int32(r.IntN(3)), Queue: int32(r.IntN(4) - 1), FullSpeed: r.IntN(4) == 0}
		run := func(looks []sim.Time) map[uint32]sim.Time {
			p := NewPool()
			i := ready(p)
			at := rand.New(rand.NewPCG(seed, 10))
			t0 := int64(0)
			for k := range 30 {
				t0 += int64(at.IntN(900))
				deliver(p, i, uint32(k), t0, int64(at.IntN(400)), int64(at.IntN(300)))
			}
			out := map[uint32]sim.Time{}
			for _, look := range append(looks, sim.Hour) {
				p.Advance(i, spec, look)
				for _, d := range p.Done {
					out[p.Reqs[d].Seq] = p.Reqs[d].At
				}
			}
			return out
		}
		var looks []sim.Time
		for range 60 {
			looks = append(looks, sim.Time(r.IntN(30000)))
		}
		sort.Slice(looks, func(a, b int) bool { return looks[a] < looks[b] })
		once, often := run(nil), run(looks)
		if len(once) != 30 {
			t.Fatalf("seed %d: %d of 30 requests left", seed, len(once))
		}
		for k, at := range once {
			if often[k] != at {
				t.Fatalf("seed %d: request %d leaves at %d, or at %d when looked at more often", seed, k, at, often[k])
			}
		}
	}
}

// The heap gives requests out in the order of (time, sequence).
func TestHeapSorts(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	p := NewPool()
	root := None
	type key struct {
		at  sim.Time
		seq uint32
	}
	var want []key
	for k := range 5000 {
		x := p.NewRequest()
		q := &p.Reqs[x]
		q.At, q.Seq = sim.Time(r.IntN(300)), uint32(k)
		p.push(&root, x)
		want = append(want, key{q.At, q.Seq})
		if r.IntN(3) == 0 {
			sort.Slice(want, func(a, b int) bool {
				return want[a].at < want[b].at || want[a].at == want[b].at && want[a].seq < want[b].seq
			})
			g := &p.Reqs[p.pop(&root)]
			if (key{g.At, g.Seq}) != want[0] {
				t.Fatalf("got %v, want %v", key{g.At, g.Seq}, want[0])
			}
			want = want[1:]
		}
	}
	n := 0
	p.each(root, func(*Request) { n++ })
	if n != len(want) {
		t.Errorf("%d visited, want %d", n, len(want))
	}
}

// A lone request is served alike by the short way and the general one.
func TestAloneIsTheGeneralWay(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 2000 {
		at, cpu, io, until := int64(r.IntN(100)), int64(r.IntN(100)), int64(r.IntN(100)), int64(r.IntN(500))
		spec := Spec{VCPU1024: []int64{64, 777, 2048}[r.IntN(3)], Thread1024: 1024, Queue: -1, FullSpeed: r.IntN(2) == 0}
		general := spec
		general.MemLimit = 1 << 40 // turns the short way off
		var got [2][4]sim.Time
		for k, s := range []*Spec{&spec, &general} {
			p := NewPool()
			i := ready(p)
			busy := busyTime(p)
			deliver(p, i, 1, at, cpu, io)
			p.Advance(i, s, sim.Time(until))
			in := &p.Insts[i]
			got[k] = [4]sim.Time{sim.Time(len(p.Done)), *busy, sim.Time(in.InFlight()), sim.Time(in.Requests)}
			if len(p.Done) > 0 {
				q := &p.Reqs[p.Done[0]]
				got[k][2] = q.At*1000 + q.Began
			}
		}
		if got[0] != got[1] && got[0][0] == 1 {
			t.Fatalf("at %d cpu %d io %d until %d: %v alone, %v in general", at, cpu, io, until, got[0], got[1])
		}
	}
}
