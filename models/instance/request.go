// Package instance is one container instance seen from inside: requests that
// reach it, processor sharing on a fractional vCPU, in-flight slots, memory and
// the time it was busy. Each instance keeps its own clock and is advanced
// lazily, up to the moment somebody looks at it.
//
// Assumptions: a request first computes (CPU, shared by processor sharing) and
// then waits (I/O, backend), holding its slot and memory to the end. CPU work is
// counted in units of 1/1024 vCPU-ns and time in ns; rates are rounded down to a
// whole unit a step, so that the same arrivals give the same nanoseconds however
// often the instance is looked at.
//
// Source: egalitarian processor sharing, Kleinrock 1967, with the per-request
// cap min(threads, v/k). Not modelled: context switches, cache effects, I/O
// contention.
package instance

import "berth/sim"

// None is the absent index of a request, instance or session.
const None int32 = -1

// Request kinds.
const (
	KindRequest   uint8 = iota
	KindTouch           // keep-warm: not a user's request
	KindConn            // a WebSocket connection, in flight for its whole life
	KindMessage         // a message inside a connection
	KindBatch           // background messages
	KindPrimeOnly       // starts an instance and asks nothing of it (min_instances, warm pool)
)

// Request flags.
const (
	FlagCounted  uint8 = 1 << iota // sent after warm-up
	FlagCold                       // waited for, or caused, a start
	FlagTimedOut                   // the client gave up; it still finishes
	FlagFailed                     // set by Advance when the queue was full
	FlagLast                       // last request of its session
	FlagUndrawn                    // its work is drawn when it is sent to its instance
)

// Request is one request in the system. Network fields are whole round trips of
// the hop in ns; the way out takes half of it rounded down, the way back the
// rest.
type Request struct {
	Key  uint64   // names a connection in hashed random streams
	Sent sim.Time // at the client
	AtDO sim.Time // at the Durable Object
	// At is, by the list it is in: the arrival at the instance (inbox), the
	// virtual work at which its CPU is done (cpu), the finish (io).
	At     sim.Time
	Arrive sim.Time // at the instance
	Began  sim.Time // service began
	CPU    int64    // 1/1024 vCPU-ns
	IO     sim.Time
	Bytes  int64
	Mem    int64 // bytes while in flight

	CW, WD, DC int32 // ns
	StartWait  sim.Time
	Backend    sim.Time // part of IO: round trips to the backend
	JWD, JDC   float32  // jitter of the hops as a share, drawn when sent
	Calls      int32    // to the backend, priced by the container's place

	Self      int32 // its own index
	App       int32
	Place     int32
	ID        int32
	Session   int32
	Inst      int32
	Parent    int32 // connection of a message
	ParentGen uint32
	Next      int32 // next in a list, or sibling in a heap
	child     int32 // first child in a heap
	Gen       uint32
	Seq       uint32 // breaks ties in order of sending
	WPop      int16
	Entry     uint8
	Kind      uint8
	Flags     uint8
	Tries     uint8 // retries made so far
	Region    uint8
	Live      bool
	in        place
}

// Finish is the time a finished request left the instance; valid while the
// request is in Pool.Done.
func (r *Request) Finish() sim.Time { return r.At }

// place is where inside an instance a request is.
type place uint8

const (
	onItsWay place = iota
	inCPU
	inIO
	inWait
	atObject // waits at the Durable Object for the instance
)

// Delivered says that a request that has an instance is inside or on its way,
// not waiting for it at the Durable Object.
func (r *Request) Delivered() bool { return r.in != atObject }
