package instance

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"berth/sim"
)

// A lane and its first guest are two cache lines.
func TestLaneSize(t *testing.T) {
	if n := unsafe.Sizeof(Lane{}); n != 128 {
		t.Errorf("a lane takes %d bytes, want 128", n)
	}
	if n := unsafe.Sizeof(Guest{}); n != 64 {
		t.Errorf("a guest takes %d bytes, want 64", n)
	}
}

func randomSpec(r *rand.Rand) *Spec {
	rates := []int64{64, 300, 1024, 1500, 4096}
	return &Spec{VCPU1024: rates[r.IntN(5)], Thread1024: rates[r.IntN(5)], FullSpeed: r.IntN(4) == 0, Queue: -1}
}

// laneCase is a lane and an ordinary instance to which the same requests go.
type laneCase struct {
	lane, general *Pool
	spec          *Spec
	finish        map[uint32]sim.Time // in the general way, by Seq
	settled       map[uint32]sim.Time
	busy          sim.Time
	generalBusy   *sim.Time
}

func newLaneCase(r *rand.Rand) *laneCase {
	c := &laneCase{lane: NewPool(), general: NewPool(), spec: randomSpec(r), finish: map[uint32]sim.Time{}, settled: map[uint32]sim.Time{}}
	c.lane.HasLanes = true
	for _, p := range []*Pool{c.lane, c.general} {
		p.NewInstance(0)
	}
	c.lane.Lanes[0].Open = true
	c.generalBusy = busyTime(c.general)
	return c
}

// send lets a request of random work and delay pass at now, if there is room.
func (c *laneCase) send(r *rand.Rand, now sim.Time, seq uint32) {
	l := &c.lane.Lanes[0]
	if l.Guests == MaxGuests {
		return
	}
	g := Guest{Sent: now, CPU: r.Int64N(40) * r.Int64N(2000), IO: sim.Time(r.IntN(30)), CW: int32(r.IntN(40)), DC: int32(r.IntN(2)), Seq: seq}
	if r.IntN(3) == 0 {
		g.CPU, g.CW = 0, 0
	}
	if l.Guests == 0 {
		l.First = g
		l.Due = l.Arrive(&g) + g.alone(c.spec)
	} else {
		*c.lane.Spare(l) = g
	}
	l.Guests++
	c.general.readmit(0, l, &g)
}

// look brings both up to now.
func (c *laneCase) look(now sim.Time) {
	c.general.Advance(0, c.spec, now)
	for _, k := range c.general.Done {
		c.finish[c.general.Reqs[k].Seq] = c.general.Reqs[k].At
		c.general.FreeRequest(k)
	}
	l := &c.lane.Lanes[0]
	c.lane.Settle(l, c.spec, now)
	for _, s := range c.lane.Left {
		c.settled[s.Guest.Seq] = s.Finish
		c.busy += s.BusyTo - s.BusyFrom
	}
	c.lane.Clear(l)
}

// Guests leave when the same requests would leave in the general way, whenever
// somebody looks.
func TestLanesEqualTheGeneralWay(t *testing.T) {
	crowded := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := newLaneCase(r)
		now := sim.Time(0)
		for seq := range uint32(30) {
			now += sim.Time(r.IntN(30) * r.IntN(3))
			c.look(now)
			for s := range c.settled {
				if c.settled[s] > now {
					t.Fatalf("seed %d: settled at %d what ends at %d", seed, now, c.settled[s])
				}
			}
			c.send(r, now, seq)
		}
		c.look(now + sim.Second)
		if len(c.settled) != len(c.finish) || c.lane.Lanes[0].Guests != 0 {
			t.Fatalf("seed %d: %d settled of %d", seed, len(c.settled), len(c.finish))
		}
		for seq, at := range c.finish {
			if c.settled[seq] != at {
				t.Fatalf("seed %d: request %d leaves at %d, in the general way at %d (%+v)", seed, seq, c.settled[seq], at, c.spec)
			}
		}
		l, in := &c.lane.Lanes[0], &c.general.Insts[0]
		if c.busy != *c.generalBusy || int32(l.MaxIn) != in.MaxIn {
			t.Fatalf("seed %d: busy %d, in the general way %d; at most %d inside, %d", seed, c.busy, *c.generalBusy, l.MaxIn, in.MaxIn)
		}
		if l.MaxIn > 2 {
			crowded++
		}
	}
	if crowded < 500 {
		t.Errorf("only %d cases had more than two inside", crowded)
	}
}

// A dissolved lane leaves its guests to the general way.
func TestDissolvedGuestsGoOn(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		c := newLaneCase(r)
		now := sim.Time(0)
		for seq := range uint32(MaxGuests) {
			now += sim.Time(r.IntN(10))
			c.look(now)
			c.send(r, now, seq)
		}
		c.lane.Dissolve(0)
		c.lane.Advance(0, c.spec, now+sim.Second)
		for _, k := range c.lane.Done {
			c.settled[c.lane.Reqs[k].Seq] = c.lane.Reqs[k].At
		}
		c.general.Advance(0, c.spec, now+sim.Second)
		for _, k := range c.general.Done {
			c.finish[c.general.Reqs[k].Seq] = c.general.Reqs[k].At
		}
		for seq, at := range c.finish {
			if c.settled[seq] != at {
				t.Fatalf("seed %d: request %d leaves at %d, in the general way at %d", seed, seq, c.settled[seq], at)
			}
		}
		if len(c.settled) != MaxGuests {
			t.Fatalf("seed %d: %d requests left", seed, len(c.settled))
		}
	}
}
