package rng

// Hash returns 64 well-mixed bits that depend on every key, on their order and
// on their number. It has no state: equal keys give equal bits in every run,
// which makes it the source for draws that belong to an entity rather than to
// a moment. Each step folds one key into the state and applies Stafford's
// variant 13 of the MurmurHash3 finaliser, a bijection in which every input
// bit flips every output bit with a probability close to one half.
func Hash(keys ...uint64) uint64 {
	h := uint64(len(keys)) * golden
	for _, k := range keys {
		h = mix(h ^ k)
	}
	return mix(h ^ 0xd1b54a32d192ed03)
}

// Derive returns the stream that belongs to a seed and a path of keys, for
// instance (seed, replication, traffic entry, purpose). Streams of different
// paths start at unrelated points of one cycle of length 2^128: the chance
// that any two of a million streams of 2^40 words overlap is below 1e-14.
// It does not allocate.
func Derive(seed uint64, keys ...uint64) Stream {
	hi := mix(seed ^ 0x8cb92ba72f3d8dd7)
	lo := mix(seed + 0x2545f4914f6cdd1d)
	for _, k := range keys {
		hi = mix(hi + golden ^ k)
		lo = mix(lo ^ k*0xd6e8feb86659fd93)
	}
	n := uint64(len(keys))
	return New(mix(hi^n), mix(lo+n))
}

// Family is the streams of one act of an entity, one for each purpose: of the
// k-th request of a session, say. Deriving one takes a single step of mixing.
type Family uint64

// golden is the odd number nearest to 2^64 over the golden ratio.
const golden = 0x9e3779b97f4a7c15

// FamilyOf returns the family of the number-th act of an entity; key is a Hash.
// The families of one entity are a SplitMix64 sequence (G. Steele, D. Lea and
// C. Flood, "Fast Splittable Pseudorandom Number Generators", 2014) from its
// key on. Of 10^9 families two are the same with a probability of 3 %.
func FamilyOf(key, number uint64) Family { return Family(mix(key + number*golden)) }

// Stream returns the family's stream for a purpose below 2^63. The streams of a
// family share one half of their states; the other half is well mixed, and each
// word depends on it in all of its bits.
func (f Family) Stream(purpose uint64) Stream {
	// A state of 0 would need f = 0 and a purpose that times an odd number is 0:
	// with the highest bit set there is none.
	return Stream{mix(uint64(f) + (purpose|1<<63)*0xd6e8feb86659fd93), uint64(f)}
}

// mix is a bijection of 64-bit words with full avalanche (D. Stafford, "Better
// Bit Mixing", 2011, variant 13).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
