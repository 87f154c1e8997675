package instance

import (
	"math/bits"

	"berth/sim"
)

// A lane is the compact record through which requests pass an instance that
// nothing disturbs. Its guests are requests on their way or inside whose fate is
// still open, since one sent later may overtake them. They are kept as they were
// sent and nothing is simulated until the whole busy period that they make is
// over; then it is settled at once. A lone guest, which is what most are, needs
// no simulation: its finish is known. Two cache lines hold the lane and its first
// guest. Whatever else happens to an instance closes its lane first: what is
// settled by then is added up and the remaining guests become ordinary requests.

// MaxGuests is how many guests a lane holds; with more its instance takes the
// general way.
const MaxGuests = 5

// LaneWork is the most work of a guest, in 1/1024 vCPU-ns: sums of a full lane
// stay far from overflow.
const LaneWork = 1 << 56

// Lane is the compact record of one instance: 128 bytes.
type Lane struct {
	// Due is the end of the first busy period of the guests that are known; of a
	// lone guest its finish. There is nothing to settle before.
	Due        sim.Time
	LastFinish sim.Time // latest settled
	Busy       sim.Time // settled, union of in-flight intervals
	Ready      sim.Time // when the instance became ready
	Hop        int32    // round trip to the Durable Object, ns
	Served     uint32   // settled requests
	DO, Pop    int16
	SamePoP    bool
	Open       bool
	Guests     uint8
	MaxIn      uint8
	more       [MaxGuests - 1]int32 // in Pool.guests

	First Guest
}

// spareGuest is a guest after the first of its lane, or a free record.
type spareGuest struct {
	Guest
	next int32
}

// Guest is a request in a lane; fields are those of Request. It takes 64 bytes.
type Guest struct {
	Sent       sim.Time
	CPU        int64
	IO         sim.Time
	Bytes      int64
	CW, WD, DC int32
	Seq        uint32
	JWD, JDC   float32
	Place      uint16 // LanePlaces at most
	WPop       int16
	Entry      uint8
	Region     uint8
	Cold       bool // waited for the start that ended at Lane.Ready
}

// Clear makes a lane that nobody has passed and that is closed.
func (l *Lane) Clear() {
	*l = Lane{}
}

// LanePlaces is the number of places that guests can come from.
const LanePlaces = 1 << 16

// AtDO is the arrival at the Durable Object.
func (g *Guest) AtDO() sim.Time { return g.Sent + sim.Time(g.CW/2) + sim.Time(g.WD/2) }

// Arrive is the arrival at the instance of the lane.
func (l *Lane) Arrive(g *Guest) sim.Time {
	at := g.AtDO()
	if g.Cold {
		at = l.Ready
	}
	return at + sim.Time(g.DC/2)
}

// StartWait is how long a guest waited for the start of the instance.
func (l *Lane) StartWait(g *Guest) sim.Time {
	if g.Cold {
		return l.Ready - g.AtDO()
	}
	return 0
}

// Admit lets r, which is on no list, be the next guest of a lane that has room.
// It is for one that waited for the instance; the request is freed.
func (p *Pool) Admit(l *Lane, s *Spec, r int32) {
	q, g := &p.Reqs[r], &l.First
	if l.Guests > 0 {
		g = p.Spare(l)
	}
	g.Sent, g.CPU, g.IO, g.Bytes = q.Sent, q.CPU, q.IO, q.Bytes
	g.CW, g.WD, g.DC, g.Seq, g.JWD, g.JDC = q.CW, q.WD, q.DC, q.Seq, q.JWD, q.JDC
	g.Place, g.WPop, g.Entry, g.Region, g.Cold = uint16(q.Place), q.WPop, q.Entry, q.Region, q.Flags&FlagCold != 0
	if l.Guests == 0 {
		l.Due = l.Arrive(g) + g.alone(s)
	}
	l.Guests++
	p.FreeRequest(r)
}

// Network is the time of all hops there and back.
func (g *Guest) Network() sim.Time { return sim.Time(g.CW) + sim.Time(g.WD) + sim.Time(g.DC) }

// Back is how long the answer takes from the instance to the client.
func (g *Guest) Back() sim.Time {
	return sim.Time(g.CW-g.CW/2) + sim.Time(g.WD-g.WD/2) + sim.Time(g.DC-g.DC/2)
}

// Settled is a guest whose fate is known. The first of a busy period has its
// bounds; for the others they are 0.
type Settled struct {
	Guest            *Guest
	Arrive, Finish   sim.Time
	BusyFrom, BusyTo sim.Time
}

// Rate is a speed in 1/1024 vCPU that work is divided by without a division.
// Source: Granlund and Montgomery, "Division by Invariant Integers using
// Multiplication", PLDI 1994; exact for numerators below 2^63.
type Rate struct {
	factor uint64
	shift  uint
}

// LoneRate is the speed at which a request computes alone.
func LoneRate(s *Spec) Rate { return NewRate(min(s.VCPU1024, s.Thread1024)) }

// NewRate prepares to divide by a number above 0.
func NewRate(by int64) Rate {
	shift := uint(bits.Len64(uint64(by) - 1))
	// factor = floor(2^(63+shift) / by) + 1, which fits 64 bits.
	q, _ := bits.Div64(uint64(1)<<shift>>1, uint64(1)<<shift<<63, uint64(by))
	return Rate{q + 1, shift}
}

// Floor is n / rate rounded down, for n >= 0.
func (r Rate) Floor(n int64) int64 {
	hi, _ := bits.Mul64(uint64(n)<<1, r.factor)
	return int64(hi >> (r.shift & 63))
}

// Ceil is n / rate rounded up, 0 for n <= 0.
func (r Rate) Ceil(n int64) int64 {
	if n <= 0 {
		return 0
	}
	return r.Floor(n-1) + 1
}
