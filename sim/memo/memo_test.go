package memo

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
)

func TestGetComputesOnce(t *testing.T) {
	table := New[int, int](100)
	var calls atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for k := range 50 {
				if got := table.Get(k, func() int { calls.Add(1); return k * k }); got != k*k {
					t.Errorf("%d for %d", got, k)
				}
			}
		})
	}
	wg.Wait()
	if calls.Load() != 50 {
		t.Errorf("%d calls for 50 keys", calls.Load())
	}
}

func TestTableIsBoundedAndKeepsWhatIsUsed(t *testing.T) {
	table := New[int, int](10)
	calls := map[int]int{}
	for i := range 1000 {
		for _, k := range []int{-1, i} { // one key is asked for all the time
			table.Get(k, func() int { calls[k]++; return k })
		}
		if n := len(table.young) + len(table.old); n > 20 {
			t.Fatalf("%d results kept", n)
		}
	}
	if calls[-1] != 1 {
		t.Errorf("what is always in use was computed %d times", calls[-1])
	}
	table.Get(3, func() int { calls[3]++; return 3 })
	if calls[3] != 2 {
		t.Error("what was asked for long ago is still kept")
	}
}

// A function that breaks must break for everybody who asks, not hand out nothing.
func TestPanicIsNotKeptAsAResult(t *testing.T) {
	table := New[int, int](1)
	for range 2 {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			table.Get(1, func() int { panic("broken") })
		}()
	}
}

type point struct{ x, y float64 }

type law interface{ mean() float64 }

func (p point) mean() float64 { return p.x }

type other point

func (p other) mean() float64 { return p.x }

type chain struct {
	name string
	law  law
	next *chain
	list []int
	byID map[string]float64
}

func TestKeyTellsValuesApart(t *testing.T) {
	values := []any{nil, 0, 1, int64(1), uint(1), 1.0, math.Copysign(0, -1), 0.0, "", "1", []int(nil), []int{}, []int{1}, []int{1, 2}, [2]int{1, 2},
		[][]int{{1}, {2}}, [][]int{{1, 2}, {}}, []string{"ab", "c"}, []string{"a", "bc"}, true, false,
		map[string]float64{"a": 1, "b": 2}, map[string]float64{"a": 2, "b": 1}, map[string]float64{"a": 1}, map[string]float64(nil), map[string]float64{},
		point{1, 2}, other{1, 2}, point{2, 1}, &point{1, 2}, (*point)(nil),
		chain{}, chain{law: point{1, 2}}, chain{law: other{1, 2}}, chain{law: &point{1, 2}}, chain{next: &chain{}}, chain{next: &chain{name: "x"}},
		chain{name: "x", next: &chain{}}, chain{byID: map[string]float64{"x": math.Inf(1)}}, chain{list: []int{1}}}
	seen := map[string]string{}
	for i, v := range values {
		key, ok := Key(v)
		if !ok {
			t.Fatalf("%#v has no key", v)
		}
		name := fmt.Sprintf("%d: %#v", i, v)
		if was, twice := seen[key]; twice {
			t.Errorf("%s and %s have one key", was, name)
		}
		seen[key] = name
	}
	one, _ := Key("ab", "c")
	two, _ := Key("a", "bc")
	if one == two {
		t.Error("the values of a list run together")
	}
}

func TestKeyOfEqualValues(t *testing.T) {
	make := func() chain {
		m := map[string]float64{}
		for i := range 50 {
			m[fmt.Sprint(i)] = float64(i)
		}
		return chain{"n", &point{1, 2}, &chain{law: point{3, 4}}, []int{1, 2}, m}
	}
	one, _ := Key(make())
	for range 20 {
		if again, ok := Key(make()); !ok || again != one {
			t.Fatal("equal values have different keys")
		}
	}
}

func TestWhatHasNoKey(t *testing.T) {
	loop := &chain{}
	loop.next = loop
	for _, v := range []any{func() {}, struct{ f func() }{}, make(chan int), loop, map[string]any{"f": func() {}}} {
		if _, ok := Key(v); ok {
			t.Errorf("%T has a key", v)
		}
	}
}
