package instance

import (
	"slices"

	"berth/sim"
)

// State is where an instance is in its life.
type State uint8

// The states. Free slots of the slab are Gone.
const (
	Gone State = iota
	Placing
	Starting // pulling, platform start, init
	Ready
	Draining  // SIGTERM sent, exit pending
	Suspended // memory kept, not billed
)

// Instance is one instance. It takes 256 bytes or less, in cache lines of 64: two
// for its life, and two that nobody touches unless requests come to it that do not
// pass through its lane.
type Instance struct {
	life
	inside
}

// life is what the life of every instance needs.
type life struct {
	State    State
	Wake     bool // starting from suspension
	Warm     bool // unassigned member of a warm pool
	Armed    bool // a sleep deadline is in the global queue
	Pin      bool // never sleeps (min_instances)
	Ver      uint8
	Slot     bool // counts against max_instances and the account
	Metered  bool // its run has been metered
	Redeploy bool // takes the place of one that a rollout replaced
	Region   uint8
	SamePoP  bool // its Durable Object is in the same PoP
	StopWhy  uint8
	Pop      int16
	opened   bool // inside has been used, and is to be cleared for the next owner
	Foreseen bool // starting, and ready at ReadyAt though no event will tell
	App      int32
	ID       int32
	Gen      uint32
	Hop      int32 // round trip to its Durable Object, ns

	// In-flight state.
	CPUn   int32 // computing, messages included
	IOn    int32 // in I/O
	Waitn  int32 // waiting for a slot
	Inboxn int32 // on their way, messages of connections apart
	Pendn  int32

	inbox    int32 // heap of requests by (At, Seq), as cpu and io
	pendHead int32 // waiting at the Durable Object for ready, by AtDO

	Tries      int32
	LastFinish sim.Time // latest finish known
	Placed     sim.Time // start command
	ReadyAt    sim.Time
	InitTime   sim.Time
	ConnAt     sim.Time // first became connected
	BusyIn     sim.Time // busy time of this run after warm-up
	Requests   int64    // that reached it
	MaxIn      int32    // most requests inside at once in this run
	Starts     uint32   // number of its last start
}

// inside is what requests need that do not pass through the lane, and pools.
type inside struct {
	pendTail           int32 // valid while there is a pendHead
	Msgn               int32 // messages computing; they take no slot
	cpu, io            int32
	waitHead, waitTail int32

	last     sim.Time // of the last change of the CPU set
	v        int64    // virtual work: 1/1024 vCPU-ns a computing request has got
	busyFrom sim.Time
	Mem      int64 // bytes of all requests inside or on their way
	MemIn    int64 // bytes of the requests inside
	maxMem   int64 // most bytes of the requests inside at once in this run

	Num      int32    // pool: number of the instance, see SetNum
	Assigned int32    // pool: requests the Durable Object has sent and not got back
	FreeAt   sim.Time // pool: when a look is queued for a slot that frees
	Freed    uint32   // pool: marks an entry of the idle set as current
}

// nobodyInside is what inside holds when it has not been used.
var nobodyInside = inside{cpu: None, io: None, waitHead: None, waitTail: None, Num: None}

// Spec is what Advance needs to know of an instance's app.
type Spec struct {
	VCPU1024   int64 // of the type
	Thread1024 int64 // most that one request can use
	FullSpeed  bool
	Slots      int32 // 0 = unlimited
	Queue      int32 // -1 = unlimited
	MemLimit   int64 // bytes; 0 = not checked
	MemBase    int64
	DiskSlack  int64 // requests until the disk is full; 0 = not checked
}

// Outcome says what Advance met.
type Outcome uint8

// The outcomes.
const (
	OK          Outcome = iota
	OutOfMemory         // at the time returned: the request that arrived last overflowed
	DiskFull
)

// Pool holds instances and requests in slabs with free lists; indices are
// stable, memory grows with what is live.
type Pool struct {
	Insts []Instance
	Reqs  []Request
	// Lanes are by instance where HasLanes says so, else there are none.
	Lanes    []Lane
	HasLanes bool
	// Left lists the guests of a lane that Settle found to have left.
	Left []Settled
	// Done lists the requests that left the instance in the last Advance, in
	// time order; those with FlagFailed were refused by a full queue.
	Done []int32
	// Messages, when not nil, gives the next message of a connection: the gap
	// to it and its work; see NextMessage.
	Messages MessageSource

	todo                []int32 // scratch of each
	crowd               crowd   // scratch of Settle
	guests              []spareGuest
	freeGuest           int32
	freeInst, freeReq   int32
	LiveInsts, LiveReqs int
	seq                 uint32
	// Busy receives every closed in-flight interval of an instance, request
	// time every stay; nil means nobody asks.
	Busy func(inst *Instance, from, to sim.Time)
}

// MessageSource draws the messages inside WebSocket connections.
type MessageSource interface {
	// NextMessage fills in CPU and Bytes of message m of connection c and returns
	// its arrival at the instance, or sim.Never when the connection ends before.
	NextMessage(c, m *Request, after sim.Time) sim.Time
}

// NewPool returns an empty pool.
func NewPool() *Pool {
	return &Pool{freeInst: None, freeReq: None, freeGuest: None}
}

// roomy makes room for one more. It grows by a tenth, less than what append
// does, since what is kept in reserve counts against the memory of an instance.
func roomy[T any](slab []T) []T {
	n := len(slab)
	if n < cap(slab) {
		return slab
	}
	larger := make([]T, n+n/10+64) // and copy at once, which clears no more than needed
	copy(larger, slab)
	return larger[:n]
}

// Reserve makes room for n instances at once.
func (p *Pool) Reserve(n int) {
	p.Insts = slices.Grow(p.Insts, max(0, n-len(p.Insts)))
	if p.HasLanes {
		p.Lanes = slices.Grow(p.Lanes, max(0, n-len(p.Lanes)))
	}
}

// NewInstance takes a fresh instance; its generation differs from that of the
// slot's former owners.
func (p *Pool) NewInstance(app int32) int32 {
	i := p.freeInst
	if i == None {
		p.Insts = append(roomy(p.Insts), Instance{inside: nobodyInside})
		if p.HasLanes {
			p.Lanes = append(roomy(p.Lanes), Lane{})
		}
		i = int32(len(p.Insts) - 1)
	} else {
		p.freeInst = p.Insts[i].inbox
	}
	in := &p.Insts[i]
	if in.opened {
		in.inside = nobodyInside
	}
	gen := in.Gen + 1
	in.life = life{} // cleared in place: a value made first would be copied through the stack
	in.App, in.Gen, in.ID, in.Pop = app, gen, None, -1
	in.inbox, in.pendHead = None, None
	p.LiveInsts++
	return i
}

// FreeInstance gives an instance back; it must hold no request.
func (p *Pool) FreeInstance(i int32) {
	in := &p.Insts[i]
	if !in.Idle() || in.pendHead != None || in.CanPass() && p.HasLanes && p.Lanes[i].Open {
		panic("instance: freed with requests inside")
	}
	in.State = Gone
	in.Gen++
	in.inbox = p.freeInst
	p.freeInst = i
	p.LiveInsts--
}

// NewRequest takes a fresh request; its owner sets Seq.
func (p *Pool) NewRequest() int32 {
	r := p.freeReq
	if r == None {
		p.Reqs = append(roomy(p.Reqs), Request{})
		r = int32(len(p.Reqs) - 1)
	} else {
		p.freeReq = p.Reqs[r].Next
	}
	q := &p.Reqs[r]
	gen := q.Gen + 1
	*q = Request{} // cleared in place, as in NewInstance
	q.Self, q.Gen, q.Live = r, gen, true
	q.Next, q.child, q.Session, q.Inst, q.Parent, q.ID = None, None, None, None, None, None
	p.LiveReqs++
	return r
}

// FreeRequest gives a request back.
func (p *Pool) FreeRequest(r int32) {
	q := &p.Reqs[r]
	q.Live = false
	q.Gen++
	q.Next = p.freeReq
	p.freeReq = r
	p.LiveReqs--
}

// InFlight is the number of requests inside the instance as of its own clock.
func (in *Instance) InFlight() int32 {
	n := in.IOn + in.Waitn
	if in.CPUn > 0 {
		n += in.CPUn - in.Msgn
	}
	return n
}

// CanPass says whether the lane of the instance may be open: it is closed when the
// instance stops, and nobody needs to look at it from then on.
func (in *Instance) CanPass() bool { return in.State == Starting || in.State == Ready }

// Idle says that nobody is inside or on the way.
func (in *Instance) Idle() bool { return in.CPUn|in.IOn|in.Waitn == 0 && in.inbox == None }

// SetNum gives the instance a number.
func (in *Instance) SetNum(n int32) { in.opened, in.Num = true, n }

// BeginRun forgets what was measured of the run before.
func (in *Instance) BeginRun() {
	in.BusyIn, in.MaxIn = 0, 0
	if in.opened {
		in.maxMem = 0
	}
}

// MaxMem is the most bytes of the requests inside at once in this run.
func (in *Instance) MaxMem() int64 {
	if !in.opened {
		return 0
	}
	return in.maxMem
}

// BusyFrom is when the open in-flight interval began.
func (in *Instance) BusyFrom() sim.Time { return in.busyFrom }

// Held is the number of requests inside, on their way and waiting for ready.
func (in *Instance) Held() int32 { return in.InFlight() + in.Inboxn + in.Pendn }

// Deliver puts a request on its way to the instance: r.At must be its arrival.
func (p *Pool) Deliver(i, r int32) {
	in, q := &p.Insts[i], &p.Reqs[r]
	q.Inst, q.in = i, onItsWay
	in.opened = true
	in.Inboxn++
	in.Mem += q.Mem
	p.push(&in.inbox, r)
}

// Pend makes a request wait at the Durable Object until the instance is ready,
// ordered by its arrival there.
func (p *Pool) Pend(i, r int32) {
	in, q := &p.Insts[i], &p.Reqs[r]
	q.Inst, q.in = i, atObject
	in.Pendn++
	if in.pendHead == None {
		in.pendHead, in.pendTail = r, r
		return
	}
	if t := in.pendTail; before(p.Reqs[t].AtDO, p.Reqs[t].Seq, q.AtDO, q.Seq) {
		p.Reqs[t].Next = r
		in.pendTail = r
		return
	}
	at := &in.pendHead
	for before(p.Reqs[*at].AtDO, p.Reqs[*at].Seq, q.AtDO, q.Seq) {
		at = &p.Reqs[*at].Next
	}
	q.Next = *at
	*at = r
}

// PendHead is the request that has waited longest for ready, or None.
func (in *Instance) PendHead() int32 { return in.pendHead }

// Unpend removes and returns the request that has waited longest, or None.
func (p *Pool) Unpend(i int32) int32 {
	in := &p.Insts[i]
	r := in.pendHead
	if r == None {
		return None
	}
	q := &p.Reqs[r]
	in.pendHead = q.Next
	q.Next = None
	in.Pendn--
	return r
}

// TakeInbox removes and returns the next request still on its way, or None.
func (p *Pool) TakeInbox(i int32) int32 {
	in := &p.Insts[i]
	r := in.inbox
	if r == None {
		return None
	}
	p.pop(&in.inbox)
	in.Inboxn--
	in.Mem -= p.Reqs[r].Mem
	return r
}

// InboxHead is the next request still on its way, or None.
func (in *Instance) InboxHead() int32 { return in.inbox }
