package timeout

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"berth/sim"
)

// recorded is a call of a test.
type recorded struct {
	key         int32
	at, service sim.Time
}

// replayed is what one timeout does, told run by run.
func replayed(calls []recorded, r Rules, timeout sim.Time) Tally {
	t := Tally{Timeout: timeout, BusyNs: new(big.Int), UpNs: new(big.Int), BilledMs: new(big.Int)}
	type instance struct{ begin, ready, end sim.Time }
	up := map[int32]*instance{}
	stop := func(in *instance) {
		length := in.end + timeout - in.begin
		t.Starts++
		t.UpNs.Add(t.UpNs, big.NewInt(int64(length)))
		t.BilledMs.Add(t.BilledMs, big.NewInt(int64((length+9_999_999)/10_000_000*10)))
		if r.Alarm > 0 {
			t.Alarms += int64((length + r.Alarm - 1) / r.Alarm)
		}
	}
	for _, c := range calls {
		in := up[c.key]
		if in != nil && in.end+timeout < c.at {
			stop(in)
			in = nil
		}
		if in == nil {
			in = &instance{c.at, c.at + r.Start, c.at + r.Start}
			up[c.key] = in
			t.Cold++
		} else if c.at < in.ready {
			t.Cold++
		}
		begin := max(c.at, in.ready)
		if end := begin + c.service; end > in.end {
			t.BusyNs.Add(t.BusyNs, big.NewInt(int64(end-max(begin, in.end))))
			in.end = end
		}
	}
	for _, in := range up {
		stop(in)
	}
	return t
}

func equal(a, b Tally) bool {
	return a.Timeout == b.Timeout && a.Starts == b.Starts && a.Cold == b.Cold && a.Alarms == b.Alarms &&
		a.BusyNs.Cmp(b.BusyNs) == 0 && a.UpNs.Cmp(b.UpNs) == 0 && a.BilledMs.Cmp(b.BilledMs) == 0
}

// curveOf is the finished curve of calls.
func curveOf(r Rules, calls []recorded) *Curve {
	c := New(r)
	for _, x := range calls {
		c.Add(x.key, x.at, x.service)
	}
	c.Finish()
	return c
}

// equalsReplay holds every timeout of the curve against a replay.
func equalsReplay(t *testing.T, r Rules, calls []recorded) *Curve {
	t.Helper()
	c := curveOf(r, calls)
	for i := range c.Len() {
		if got, want := c.At(i), replayed(calls, r, sim.Time(i)*r.Step); !equal(got, want) {
			t.Fatalf("%+v, timeout %v: %+v, replayed %+v", r, want.Timeout, got, want)
		}
	}
	return c
}

// rounds is a tenth in short tests.
func rounds(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// randomCalls are bursts, ties, long services and long silences.
func randomCalls(r *rand.Rand, n, keys int, unit sim.Time) []recorded {
	var calls []recorded
	at := sim.Time(0)
	for range n {
		switch r.IntN(5) {
		case 0:
		case 1:
			at += sim.Time(r.Int64N(int64(unit)))
		case 2:
			at += sim.Time(r.Int64N(10)) * unit // at the very deadline, often
		default:
			at += sim.Time(r.ExpFloat64() * float64(3*unit))
		}
		service := sim.Time(r.ExpFloat64() * float64(unit))
		if r.IntN(3) == 0 {
			service = sim.Time(r.IntN(4)) * unit
		}
		calls = append(calls, recorded{int32(r.IntN(keys)), at, service})
	}
	return calls
}

// TestEveryTimeoutEqualsItsReplay holds all timeouts of the one pass against a
// replay of the calls for each of them.
func TestEveryTimeoutEqualsItsReplay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	starts := []sim.Time{0, 0, 3 * sim.Second, 2500 * sim.Millisecond, 40 * sim.Second}
	for round := range rounds(300) {
		rules := Rules{Step: sim.Second, Longest: sim.Time(1+r.IntN(60)) * sim.Second, Start: starts[round%len(starts)], Alarm: sim.Time(r.IntN(3)) * 6 * sim.Second}
		if round%4 == 0 {
			rules.Step, rules.Longest = 10*sim.Millisecond, rules.Longest/100
			rules.Start /= 100
		}
		if err := rules.Check(); err != nil {
			t.Fatal(err)
		}
		calls := randomCalls(r, 1+r.IntN(150), 1+r.IntN(4), rules.Step)
		c := equalsReplay(t, rules, calls)
		if c.Calls != int64(len(calls)) || c.Len() != int(rules.Longest/rules.Step)+1 {
			t.Fatalf("%d calls and %d timeouts of %d calls, %+v", c.Calls, c.Len(), len(calls), rules)
		}
	}
}

// TestMemoryGrowsWithKeys adds a million calls of one key.
func TestMemoryGrowsWithKeys(t *testing.T) {
	c := New(Rules{Step: sim.Second, Longest: 2 * 3600 * sim.Second, Start: 2 * sim.Second})
	r := rand.New(rand.NewPCG(3, 4))
	at, most := sim.Time(0), 0
	for range rounds(1_000_000) {
		at += sim.Time(r.ExpFloat64() * 60e9)
		c.Add(0, at, sim.Second)
		most = max(most, len(c.spans[0]))
	}
	if most < 2 || most > 40 {
		t.Errorf("the key had up to %d spans", most)
	}
}

// TestLongerTimeoutsWithoutStartTimes is the law of instances that start in no
// time: fewer starts, more time up.
func TestLongerTimeoutsWithoutStartTimes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range rounds(50) {
		c := curveOf(Rules{Step: sim.Second, Longest: 50 * sim.Second}, randomCalls(r, 200, 3, sim.Second))
		for i := 1; i < c.Len(); i++ {
			a, b := c.At(i-1), c.At(i)
			if b.Starts > a.Starts || b.Cold != b.Starts || b.UpNs.Cmp(a.UpNs) < 0 || b.BusyNs.Cmp(a.BusyNs) != 0 {
				t.Fatalf("%+v after %+v", b, a)
			}
		}
	}
}

func TestRulesThatAreNotExact(t *testing.T) {
	for _, r := range []Rules{{}, {Step: 5 * sim.Millisecond}, {Step: sim.Second, Alarm: 2500 * sim.Millisecond}, {Step: sim.Second, Longest: 1500 * sim.Millisecond},
		{Step: 10 * sim.Millisecond, Longest: 100_000 * sim.Second}, {Step: sim.Second, Start: -1}} {
		if r.Check() == nil {
			t.Errorf("%+v pass", r)
		}
	}
}

// FuzzCurve replays whatever calls the bytes make.
func FuzzCurve(f *testing.F) {
	f.Add([]byte{1, 2, 3, 40, 5, 6}, uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, start uint8) {
		rules := Rules{Step: sim.Second, Longest: 30 * sim.Second, Start: sim.Time(start) * 100 * sim.Millisecond, Alarm: 5 * sim.Second}
		var calls []recorded
		at := sim.Time(0)
		for chunk := range slices.Chunk(b, 2) {
			at += sim.Time(chunk[0]) * 250 * sim.Millisecond
			service := sim.Time(0)
			if len(chunk) > 1 {
				service = sim.Time(chunk[1]) * 100 * sim.Millisecond
			}
			calls = append(calls, recorded{int32(chunk[0]) % 2, at, service})
		}
		equalsReplay(t, rules, calls)
	})
}
