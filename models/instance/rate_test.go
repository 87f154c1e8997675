package instance

import (
	"math/rand/v2"
	"testing"
)

// Dividing by a prepared rate is dividing.
func TestRateDivides(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, by := range []int64{1, 2, 3, 64, 256, 1000, 1024, 1<<20 + 7, 1<<40 - 1, 1 << 62} {
		rate := NewRate(by)
		for k := range 20_000 {
			n := r.Int64() >> (k % 63)
			switch k % 4 {
			case 1:
				n -= n % by
			case 2:
				n = max(0, n-n%by-1)
			}
			if got, want := rate.Floor(n), n/by; got != want {
				t.Fatalf("%d / %d = %d, want %d", n, by, got, want)
			}
			if got, want := rate.Ceil(n), ceilDiv(n, by); got != want {
				t.Fatalf("ceil(%d / %d) = %d, want %d", n, by, got, want)
			}
		}
	}
}
