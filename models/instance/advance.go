package instance

import (
	"math/bits"

	"berth/sim"
)

// Advance brings instance i up to the time until: arrivals, CPU completions,
// finishes and slots freed, in the order (time; CPU completions, finishes,
// arrivals; sequence). Requests that leave are put into p.Done, which Advance
// first empties. When memory or disk overflows on an arrival, Advance stops
// there and says so: the caller kills the instance at that time.
func (p *Pool) Advance(i int32, s *Spec, until sim.Time) (Outcome, sim.Time) {
	p.Done = p.Done[:0]
	in := &p.Insts[i]
	if in.Inboxn == 1 && in.CPUn|in.IOn|in.Waitn == 0 && p.alone(in, s, until) {
		return OK, until
	}
	for {
		tc, tf, ta := sim.Never, sim.Never, sim.Never
		if in.CPUn > 0 {
			tc = p.cpuDone(in, s)
		}
		if in.IOn > 0 {
			tf = p.Reqs[in.io].At
		}
		if in.inbox != None {
			ta = p.Reqs[in.inbox].At
		}
		switch {
		case tc <= tf && tc <= ta:
			if tc > until || tc == sim.Never {
				return OK, until
			}
			p.finishCPU(in, s, tc)
		case tf <= ta:
			if tf > until {
				return OK, until
			}
			p.finishIO(in, s, tf)
		default:
			if ta > until {
				return OK, until
			}
			if out := p.arrive(i, in, s, ta); out != OK {
				return out, ta
			}
		}
	}
}

// alone serves a single request that comes to an idle instance and leaves by
// until with nobody else about, which is what most instances do most of the
// time; false when the general way has to be taken.
func (p *Pool) alone(in *Instance, s *Spec, until sim.Time) bool {
	r := in.inbox
	q := &p.Reqs[r]
	if q.Kind == KindMessage || q.Kind == KindConn || s.MemLimit > 0 || s.DiskSlack > 0 {
		return false
	}
	done := q.At + sim.Time(ceilDiv(q.CPU, min(s.VCPU1024, s.Thread1024)))
	if fin := done + q.IO; fin > until {
		return false
	}
	in.inbox = None
	in.Inboxn = 0
	in.Mem -= q.Mem
	in.Requests++
	in.MaxIn = max(in.MaxIn, 1)
	q.Arrive, q.Began = q.At, q.At
	in.busyFrom = q.At
	q.At = done + q.IO
	in.LastFinish = max(in.LastFinish, q.At)
	p.Done = append(p.Done, r)
	p.closeBusy(in, q.At)
	return true
}

// NextChange is a lower bound of the next time something happens inside,
// exact as long as nothing more is delivered; sim.Never when nothing will.
func (p *Pool) NextChange(i int32, s *Spec) sim.Time {
	in := &p.Insts[i]
	t := sim.Never
	if in.CPUn > 0 {
		t = p.cpuDone(in, s)
	}
	if in.IOn > 0 {
		t = min(t, p.Reqs[in.io].At)
	}
	if in.inbox != None {
		t = min(t, p.Reqs[in.inbox].At)
	}
	return t
}

// Earliest is a lower bound of the time request r, inside or on its way to an
// instance that was advanced to now, can leave it.
func (p *Pool) Earliest(r int32, s *Spec, now sim.Time) sim.Time {
	q := &p.Reqs[r]
	in := &p.Insts[q.Inst]
	rate := min(s.VCPU1024, s.Thread1024)
	switch {
	case q.in == inIO:
		return q.At
	case q.in == inCPU:
		left := int64(q.At) - p.virtualAt(in, s, now)
		if left < 0 {
			left = 0
		}
		return now + sim.Time(ceilDiv(left, rate)) + q.IO
	default:
		from := q.At
		if q.in == inWait { // waits for a slot: not before something inside changes
			from = p.NextChange(q.Inst, s)
		}
		return max(now, from+sim.Time(ceilDiv(q.CPU, rate))+q.IO)
	}
}

func (p *Pool) virtualAt(in *Instance, s *Spec, t sim.Time) int64 {
	return in.v + gained(int64(t-in.last), int64(in.CPUn), s)
}

// gained is the work each of k computing requests gets in dt ns.
func gained(dt, k int64, s *Spec) int64 {
	if k <= 0 || dt <= 0 {
		return 0
	}
	if k*s.Thread1024 <= s.VCPU1024 {
		return dt * s.Thread1024
	}
	if k == 1 {
		return dt * s.VCPU1024
	}
	hi, lo := bits.Mul64(uint64(dt), uint64(s.VCPU1024))
	if hi == 0 {
		return int64(lo / uint64(k))
	}
	if hi >= uint64(k) {
		return 1 << 62
	}
	q, _ := bits.Div64(hi, lo, uint64(k))
	return int64(q)
}

// timeFor is the ns in which each of k computing requests gets work.
func timeFor(work, k int64, s *Spec) int64 {
	if work <= 0 {
		return 0
	}
	if k*s.Thread1024 <= s.VCPU1024 {
		return ceilDiv(work, s.Thread1024)
	}
	hi, lo := bits.Mul64(uint64(work), uint64(k))
	if hi == 0 {
		return int64((lo + uint64(s.VCPU1024) - 1) / uint64(s.VCPU1024))
	}
	if hi >= uint64(s.VCPU1024) {
		return 1 << 62
	}
	q, r := bits.Div64(hi, lo, uint64(s.VCPU1024))
	if r > 0 {
		q++
	}
	return int64(q)
}

func ceilDiv(a, b int64) int64 {
	if a <= 0 {
		return 0
	}
	return (a-1)/b + 1
}

// cpuDone is when the first of the computing requests has its work.
func (p *Pool) cpuDone(in *Instance, s *Spec) sim.Time {
	left := int64(p.Reqs[in.cpu].At) - in.v
	return in.last + sim.Time(timeFor(left, int64(in.CPUn), s))
}

// step moves the virtual clock of the CPU set to t.
func (in *Instance) step(s *Spec, t sim.Time) {
	in.v += gained(int64(t-in.last), int64(in.CPUn), s)
	in.last = t
}

// rebase keeps the virtual work far from overflow.
const rebase = 1 << 60

func (p *Pool) rebase(in *Instance) {
	p.each(in.cpu, func(q *Request) { q.At -= sim.Time(in.v) })
	in.v = 0
}

func (p *Pool) arrive(i int32, in *Instance, s *Spec, t sim.Time) Outcome {
	r := in.inbox
	q := &p.Reqs[r]
	if s.MemLimit > 0 && q.Kind != KindMessage && s.MemBase+in.MemIn+q.Mem > s.MemLimit {
		return OutOfMemory
	}
	if s.DiskSlack > 0 && q.Kind != KindMessage && in.Requests >= s.DiskSlack {
		return DiskFull
	}
	p.pop(&in.inbox)
	q.Arrive = t
	if q.Kind == KindMessage {
		in.Msgn++
		p.beginCPU(in, s, r, t)
		return OK
	}
	in.Inboxn--
	in.Requests++
	if in.InFlight() == 0 {
		in.busyFrom = t
	}
	in.MemIn += q.Mem
	in.MaxIn = max(in.MaxIn, in.InFlight()+1)
	in.maxMem = max(in.maxMem, in.MemIn)
	if s.Slots > 0 && in.CPUn-in.Msgn+in.IOn >= s.Slots {
		if s.Queue >= 0 && in.Waitn >= s.Queue {
			in.MemIn -= q.Mem
			in.Mem -= q.Mem
			q.Flags |= FlagFailed
			q.At = t
			p.Done = append(p.Done, r)
			return OK
		}
		if in.waitTail == None {
			in.waitHead = r
		} else {
			p.Reqs[in.waitTail].Next = r
		}
		in.waitTail = r
		q.in = inWait
		in.Waitn++
		return OK
	}
	p.begin(i, in, s, r, t)
	return OK
}

// begin starts the service of a request.
func (p *Pool) begin(i int32, in *Instance, s *Spec, r int32, t sim.Time) {
	q := &p.Reqs[r]
	q.Began = t
	if q.Kind == KindConn && p.Messages != nil {
		p.firstMessage(i, r, t)
		in, q = &p.Insts[i], &p.Reqs[r] // the slabs may have moved
	}
	if q.CPU == 0 {
		p.toIO(in, r, t)
		return
	}
	if s.FullSpeed {
		p.toIO(in, r, t+sim.Time(ceilDiv(q.CPU, min(s.VCPU1024, s.Thread1024))))
		return
	}
	p.beginCPU(in, s, r, t)
}

func (p *Pool) beginCPU(in *Instance, s *Spec, r int32, t sim.Time) {
	q := &p.Reqs[r]
	q.Began = t
	if in.CPUn == 0 {
		in.v, in.last = 0, t
	} else {
		in.step(s, t)
		if in.v > rebase {
			p.rebase(in)
		}
	}
	q.At = sim.Time(in.v + q.CPU)
	in.CPUn++
	q.in = inCPU
	p.push(&in.cpu, r)
}

// toIO lets a request whose CPU is done at t wait out its I/O.
func (p *Pool) toIO(in *Instance, r int32, t sim.Time) {
	q := &p.Reqs[r]
	q.At = t + q.IO
	in.LastFinish = max(in.LastFinish, q.At)
	in.IOn++
	q.in = inIO
	p.push(&in.io, r)
}

func (p *Pool) finishCPU(in *Instance, s *Spec, t sim.Time) {
	in.step(s, t)
	r := in.cpu
	q := &p.Reqs[r]
	p.pop(&in.cpu)
	in.CPUn--
	if q.Kind == KindMessage {
		in.Msgn--
		p.finishMessage(in, r, t)
		return
	}
	p.toIO(in, r, t)
}

func (p *Pool) finishIO(in *Instance, s *Spec, t sim.Time) {
	r := in.io
	q := &p.Reqs[r]
	p.pop(&in.io)
	in.IOn--
	in.Mem -= q.Mem
	in.MemIn -= q.Mem
	q.At = t
	p.Done = append(p.Done, r)
	if w := in.waitHead; w != None {
		i := q.Inst
		in.waitHead = p.Reqs[w].Next
		if in.waitHead == None {
			in.waitTail = None
		}
		p.Reqs[w].Next = None
		in.Waitn--
		p.begin(i, in, s, w, t)
		in = &p.Insts[i]
	}
	if in.InFlight() == 0 {
		p.closeBusy(in, t)
	}
}

func (p *Pool) closeBusy(in *Instance, t sim.Time) {
	if p.Busy != nil {
		p.Busy(in, in.busyFrom, t)
	}
}

// firstMessage opens the stream of messages of a connection: one message record
// that is delivered again and again.
func (p *Pool) firstMessage(i, c int32, t sim.Time) {
	m := p.NewRequest()
	conn, q := &p.Reqs[c], &p.Reqs[m]
	q.Kind, q.Parent, q.Inst, q.App, q.Entry, q.Flags = KindMessage, c, i, conn.App, conn.Entry, conn.Flags&FlagCounted
	q.ParentGen, q.Seq, q.Key = conn.Gen, conn.Seq, conn.Key
	p.nextMessage(m, t)
}

// nextMessage delivers the next message after t, or forgets the record.
func (p *Pool) nextMessage(m int32, t sim.Time) {
	q := &p.Reqs[m]
	at := p.Messages.NextMessage(&p.Reqs[q.Parent], q, t)
	if at == sim.Never {
		p.FreeRequest(m)
		return
	}
	q.At = at
	p.push(&p.Insts[q.Inst].inbox, m)
}

// finishMessage tallies a message through Done and delivers the next; a
// message whose connection has meanwhile ended is the last.
func (p *Pool) finishMessage(in *Instance, m int32, t sim.Time) {
	q := &p.Reqs[m]
	arrived, began := q.Arrive, q.Began
	q.At = t
	in.LastFinish = max(in.LastFinish, t) // one that outlives its connection keeps the instance awake
	done := p.NewRequest()
	q = &p.Reqs[m]
	d := &p.Reqs[done]
	gen, seq, self := d.Gen, d.Seq, d.Self
	*d = *q
	d.Gen, d.Seq, d.Self, d.Next = gen, seq, self, None
	d.Arrive, d.Began = arrived, began
	p.Done = append(p.Done, done)
	// The next message is drawn from this one's arrival, so that messages are a
	// stream of their own and do not wait for each other; one that is already
	// due arrives now.
	p.nextMessageAfter(m, arrived, t)
}

func (p *Pool) nextMessageAfter(m int32, from, now sim.Time) {
	q := &p.Reqs[m]
	parent := q.Parent
	// The connection may have ended within the same Advance and not be freed yet.
	if c := &p.Reqs[parent]; c.Gen != q.ParentGen || now > c.Began+c.IO {
		p.FreeRequest(m)
		return
	}
	at := p.Messages.NextMessage(&p.Reqs[parent], q, from)
	if at == sim.Never {
		p.FreeRequest(m)
		return
	}
	q.At = max(at, now)
	p.push(&p.Insts[q.Inst].inbox, m)
}

// WorkLeft is the CPU work that the requests inside an instance advanced to t
// still have before them, in 1/1024 vCPU-ns, and the work they came with.
func (p *Pool) WorkLeft(i int32, s *Spec, t sim.Time) (left, total int64) {
	in := &p.Insts[i]
	v := p.virtualAt(in, s, t)
	p.each(in.cpu, func(q *Request) {
		left += max(0, int64(q.At)-v)
		total += q.CPU
	})
	for r := in.waitHead; r != None; r = p.Reqs[r].Next {
		left += p.Reqs[r].CPU
		total += p.Reqs[r].CPU
	}
	p.each(in.io, func(q *Request) {
		total += q.CPU
		if s.FullSpeed { // its work is spread over its CPU time
			left += min(q.CPU, max(0, int64(q.At-q.IO-t)*min(s.VCPU1024, s.Thread1024)))
		}
	})
	return left, total
}

// Empty removes every request inside (computing, in I/O, waiting) as of time t
// and returns the work that their CPU has done, in 1/1024 vCPU-ns. They are listed in
// p.Done; requests on their way stay in the inbox, but messages of connections
// are forgotten.
func (p *Pool) Empty(i int32, s *Spec, t sim.Time) (workDone int64) {
	p.Done = p.Done[:0]
	in := &p.Insts[i]
	left, total := p.WorkLeft(i, s, t)
	if in.InFlight() > 0 {
		if in.CPUn > 0 {
			in.step(s, t)
		}
		p.closeBusy(in, t)
	}
	for in.cpu != None {
		p.lost(in, p.pop(&in.cpu), t)
	}
	for in.io != None {
		p.lost(in, p.pop(&in.io), t)
	}
	for r := in.waitHead; r != None; {
		next := p.Reqs[r].Next
		p.Reqs[r].Next = None
		p.lost(in, r, t)
		r = next
	}
	in.waitHead, in.waitTail = None, None
	in.CPUn, in.Msgn, in.IOn, in.Waitn, in.MemIn = 0, 0, 0, 0, 0
	p.dropMessages(in)
	return total - left
}

// lost lists a request as gone at t; messages are forgotten.
func (p *Pool) lost(in *Instance, r int32, t sim.Time) {
	q := &p.Reqs[r]
	if q.Kind == KindMessage {
		p.FreeRequest(r)
		return
	}
	q.At = t
	in.Mem -= q.Mem
	p.Done = append(p.Done, r)
}

// dropMessages forgets the messages on their way to an instance.
func (p *Pool) dropMessages(in *Instance) {
	var keep []int32
	for in.inbox != None {
		r := p.pop(&in.inbox)
		if p.Reqs[r].Kind == KindMessage {
			p.FreeRequest(r)
			continue
		}
		keep = append(keep, r)
	}
	for _, r := range keep {
		p.push(&in.inbox, r)
	}
}
