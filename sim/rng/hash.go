package rng

// Hash returns 64 well-mixed bits that depend on every key, on their order and
// on their number. It has no state: equal keys give equal bits in every run,
// which makes it the source for draws that belong to an entity rather than to
// a moment. Each step folds one key into the state and applies Stafford's
// variant 13 of the MurmurHash3 finaliser, a bijection in which every input
// bit flips every output bit with a probability close to one half.
func Hash(keys ...uint64) uint64 {
	h := uint64(len(keys)) * 0x9e3779b97f4a7c15
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
		hi = mix(hi + 0x9e3779b97f4a7c15 ^ k)
		lo = mix(lo ^ k*0xd6e8feb86659fd93)
	}
	n := uint64(len(keys))
	return Stream{mix(hi ^ n), mix(lo + n)}
}

// mix is a bijection of 64-bit words with full avalanche (D. Stafford, "Better
// Bit Mixing", 2011, variant 13).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
