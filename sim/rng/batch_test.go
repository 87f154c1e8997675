package rng

import "testing"

// Many draws at once are the same as so many single ones, and leave the stream
// where those would.
func TestBatchesEqualSingleDraws(t *testing.T) {
	for seed := range uint64(20) {
		a, b := Derive(seed), Derive(seed)
		var words [100]uint64
		var exps [1000]float64
		var ints [1000]int32
		n := 3 + int(seed)*7919
		if seed == 7 {
			n = 3 << 29 // rejects a quarter of the words in 32 bits, next to none in 64
		}
		for range 3 {
			a.Words(words[:])
			for _, w := range words {
				if want := b.Uint64(); w != want {
					t.Fatalf("seed %d: word %x, want %x", seed, w, want)
				}
			}
			a.Exps(exps[:])
			for _, x := range exps {
				if want := b.Exp(); x != want {
					t.Fatalf("seed %d: exponential %v, want %v", seed, x, want)
				}
			}
			a.IntsN(ints[:], n)
			for _, k := range ints {
				if want := b.IntN(n); int(k) != want {
					t.Fatalf("seed %d: integer %d, want %d", seed, k, want)
				}
			}
		}
		if a != b {
			t.Fatalf("seed %d: the streams have come apart", seed)
		}
	}
}
