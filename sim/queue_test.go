package sim

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// pair drives the queue and the oracle together and fails at the first difference.
type pair struct {
	t interface {
		Helper()
		Fatalf(string, ...any)
	}
	q      *Queue
	oracle plainHeap
	now    Time
	data   uint64
}

func (p *pair) push(at Time, class uint8) {
	if p.data%3 == 0 { // which changes nothing but the cost
		p.q.PushInLine(at, class, p.data)
	} else {
		p.q.Push(at, class, p.data)
	}
	p.oracle.Push(at, class, p.data)
	p.data++
	p.checkHead()
}

func (p *pair) pop() {
	p.t.Helper()
	got, ok := p.q.Pop()
	want, wantOK := p.oracle.Pop()
	if got != want || ok != wantOK {
		p.t.Fatalf("Pop = %+v %v, want %+v %v", got, ok, want, wantOK)
	}
	if ok {
		p.now = got.At
	}
	p.checkHead()
}

func (p *pair) checkHead() {
	p.t.Helper()
	if p.q.Len() != len(p.oracle.e) {
		p.t.Fatalf("Len = %d, want %d", p.q.Len(), len(p.oracle.e))
	}
	head, ok := p.q.Peek()
	if len(p.oracle.e) == 0 {
		if ok || p.q.HeadAt() != Never {
			p.t.Fatalf("empty queue: Peek = %+v %v, HeadAt = %d", head, ok, p.q.HeadAt())
		}
		return
	}
	if want := p.oracle.e[0]; !ok || head != want || p.q.HeadAt() != want.At {
		p.t.Fatalf("Peek = %+v %v, HeadAt = %d, want %+v", head, ok, p.q.HeadAt(), want)
	}
}

func (p *pair) reset() {
	p.q.Reset()
	p.oracle = plainHeap{}
	p.now = 0
	p.checkHead()
}

func (p *pair) drain() {
	p.t.Helper()
	for p.q.Len() > 0 {
		p.pop()
	}
	p.pop()
}

// increment draws a delay of a chosen flavour: none, a few ns, around a
// power of two (where slots end), milliseconds, and up to months.
func increment(t *rapid.T) Time {
	switch rapid.IntRange(0, 5).Draw(t, "flavour") {
	case 0:
		return 0
	case 1:
		return Time(rapid.Int64Range(0, 3).Draw(t, "ns"))
	case 2:
		shift := rapid.IntRange(0, 53).Draw(t, "shift")
		return max(0, Time(1)<<shift+Time(rapid.Int64Range(-2, 2).Draw(t, "off")))
	case 3:
		return Time(rapid.Int64Range(0, 100e6).Draw(t, "ms"))
	case 4:
		return Time(rapid.Int64Range(300e9, 301e9).Draw(t, "deadline"))
	default:
		return Time(rapid.Int64Range(0, 90*24*3600e9).Draw(t, "months"))
	}
}

func TestQueueMatchesPlainHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &pair{t: t, q: NewQueue()}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 6).Draw(t, "step") {
			case 0, 1:
				p.push(p.now+increment(t), uint8(rapid.IntRange(0, 3).Draw(t, "class")))
			case 2: // many entries over a span, some of them at equal times
				base, span := p.now+increment(t), increment(t)+1
				r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
				for range rapid.IntRange(1, 400).Draw(t, "burst") {
					p.push(base+Time(r.Int64N(int64(span))), uint8(r.IntN(3)))
				}
			case 3: // many at one instant
				at := p.now + increment(t)
				r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
				for range rapid.IntRange(1, 400).Draw(t, "burst") {
					p.push(at, uint8(r.IntN(256)))
				}
			case 4:
				for range rapid.IntRange(1, 300).Draw(t, "pops") {
					p.pop()
				}
			case 5: // hold: pop one, push one or a few
				span := increment(t) + 1
				r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
				for range rapid.IntRange(1, 300).Draw(t, "holds") {
					p.pop()
					p.push(p.now+Time(r.Int64N(int64(span))), uint8(r.IntN(2)))
				}
			case 6:
				if rapid.IntRange(0, 9).Draw(t, "reset") == 0 {
					p.reset()
				}
			}
		}
		p.drain()
	})
}

func TestQueueOrdersByTimeThenClassThenSequence(t *testing.T) {
	q := NewQueue()
	for _, x := range []struct {
		at    Time
		class uint8
		data  uint64
	}{{5, 2, 4}, {5, 1, 2}, {4, 255, 1}, {5, 2, 5}, {5, 1, 3}, {4, 0, 0}} {
		q.Push(x.at, x.class, x.data)
	}
	var got []uint64
	for e, ok := q.Pop(); ok; e, ok = q.Pop() {
		got = append(got, e.Data)
	}
	if want := []uint64{0, 1, 2, 3, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("order of pops = %v, want %v", got, want)
	}
}

func TestEntryClass(t *testing.T) {
	q := NewQueue()
	for c := range 256 {
		q.Push(Time(c), uint8(c), 0)
	}
	for c := range 256 {
		if e, _ := q.Pop(); e.Class() != uint8(c) {
			t.Errorf("Class() = %d, want %d", e.Class(), c)
		}
	}
}

func TestPushBeforeThePresentPanics(t *testing.T) {
	for _, at := range []Time{9, 0, -1, -Never} {
		q := NewQueue()
		q.Push(10, 0, 1)
		q.Push(20, 0, 4)
		q.Pop()
		q.Push(10, 0, 2) // the present itself is allowed
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Push at %d ns after a pop at 10 ns did not panic", at)
				}
			}()
			q.Push(at, 0, 3)
		}()
		for _, want := range []uint64{2, 4} {
			if e, ok := q.Pop(); !ok || e.Data != want {
				t.Errorf("after the panic Pop = %+v %v, want data %d", e, ok, want)
			}
		}
	}
}

func TestNegativeTimePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Push at -1 ns into a new queue did not panic")
		}
	}()
	NewQueue().Push(-1, 0, 0)
}

func TestTheEndOfTimeIsInOrderToo(t *testing.T) {
	p := &pair{t: t, q: NewQueue()}
	for _, at := range []Time{Never, Never - 1, 0, Never - 40, 1 << 62, 1<<62 - 1, Never} {
		p.push(at, 0)
	}
	p.drain()
	p.push(Never, 1)
	p.push(Never, 0)
	p.drain()
}

// A crowd far ahead is opened early; then the present gets crowded as well, so
// that the wheel has to rewind, again and again.
func TestCrowdedPresentBeforeCrowdedFuture(t *testing.T) {
	p := &pair{t: t, q: NewQueue()}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 1000 {
		p.push(Hour+Time(i&1)*Time(r.IntN(5000)), uint8(r.IntN(3)))
	}
	for _, span := range []int64{1, 100, 1e9, 1e6} {
		for range 1500 {
			p.push(p.now+Time(r.Int64N(span)), uint8(r.IntN(3)))
		}
		for range 1400 {
			p.pop()
		}
	}
	p.drain()
}

// FuzzQueue reads a program of pushes and pops from the input: each 4 bytes
// are an operation, a class and a delay given as a mantissa and a shift.
func FuzzQueue(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{65, 0, 255, 40, 66, 9, 3, 0, 0, 0, 0, 0, 67, 1, 1, 63})
	f.Add([]byte{255, 3, 7, 20, 255, 3, 7, 1, 128, 0, 0, 0, 255, 2, 0, 0, 128, 0, 0, 0})
	f.Fuzz(func(t *testing.T, program []byte) {
		p := &pair{t: t, q: NewQueue()}
		for ; len(program) >= 4 && p.data < 20000; program = program[4:] {
			op, class := program[0], program[1]
			word := binary.LittleEndian.Uint16(program[2:])
			delay := Time(word&1023) << (word >> 10 % 52)
			if p.now > Never/2 {
				return
			}
			switch n := int(op & 63); op >> 6 {
			case 0:
				p.pop()
			case 1: // n+1 entries at one instant
				for range n + 1 {
					p.push(p.now+delay, class)
				}
			case 2: // n+1 pops
				for range n + 1 {
					p.pop()
				}
			case 3: // n+1 entries, delay apart
				at := p.now
				for range n + 1 {
					if at > Never/2 {
						break
					}
					at += delay
					p.push(at, class)
				}
			}
		}
		p.drain()
	})
}
