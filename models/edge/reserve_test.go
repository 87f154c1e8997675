package edge

import (
	"math"
	"testing"
)

// By hand: with even shares each of n ids is asked for by r of r x n requests on
// average, so a share exp(-r) of them sleeps; with one request there is one awake.
func TestAwakeIDs(t *testing.T) {
	for _, c := range []struct{ n, alpha, requests, want float64 }{
		{1000, 0, 1000, 1000 * (1 - math.Exp(-1))},
		{1000, 0, 0, 0},
		{10, 0, 1e9, 10},
		{100_000, 0.5, 1, 1},
	} {
		if got := awakeIDs(c.n, c.alpha, c.requests); math.Abs(got-c.want) > 1e-3*c.want {
			t.Errorf("of %v ids with alpha %v, %v are awake after %v requests, want %v", c.n, c.alpha, got, c.requests, c.want)
		}
	}
	exact, sum := 0.0, 0.0
	for k := 1.0; k <= 2000; k++ {
		sum += math.Pow(k, -0.8)
	}
	for k := 1.0; k <= 2000; k++ {
		exact -= math.Expm1(-3000 * math.Pow(k, -0.8) / sum)
	}
	if got := awakeIDs(2000, 0.8, 3000); math.Abs(got/exact-1) > 0.01 {
		t.Errorf("%v awake by groups, %v one by one", got, exact)
	}
}
