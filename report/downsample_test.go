package report

import (
	"testing"

	"pgregory.net/rapid"
)

func TestThinningKeepsPeaksAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 6000).Draw(t, "n")
		seed := rapid.Uint64().Draw(t, "seed")
		v := make([]Number, n)
		for i := range v {
			seed = seed*6364136223846793005 + 1442695040888963407
			v[i] = Number(seed >> 40)
			if seed>>33%11 == 0 {
				v[i] = None
			}
		}
		at := extremes(v)
		if len(at) > 2*maxSteps {
			t.Fatalf("%d points", len(at))
		}
		high, low := None, None
		for _, x := range v {
			if x.Known() && (!high.Known() || x > high) {
				high = x
			}
			if x.Known() && (!low.Known() || x < low) {
				low = x
			}
		}
		gotHigh, gotLow := None, None
		for k, i := range at {
			if k > 0 && at[k-1] >= i {
				t.Fatal("not in order")
			}
			if !gotHigh.Known() || v[i] > gotHigh {
				gotHigh = v[i]
			}
			if !gotLow.Known() || v[i] < gotLow {
				gotLow = v[i]
			}
		}
		if high.Known() && (gotHigh != high || gotLow != low) {
			t.Fatalf("extremes %v %v, want %v %v", gotLow, gotHigh, low, high)
		}
	})
}

func TestAverages(t *testing.T) {
	got := averages([]Number{1, 3, None, 5, None, None, 7}, 2)
	want := []Number{2, 5, None, 7}
	if len(got) != len(want) {
		t.Fatal(got)
	}
	for i := range want {
		if got[i] != want[i] && got[i].Known() == want[i].Known() && want[i].Known() {
			t.Errorf("%v, want %v", got, want)
		}
		if got[i].Known() != want[i].Known() {
			t.Errorf("%v, want %v", got, want)
		}
	}
}
