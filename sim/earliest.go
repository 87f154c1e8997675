package sim

// Earliest holds one time for each of a number of places, in a tree of minima: a
// change walks one path from leaf to root, whose addresses are known in advance,
// without a branch to guess.
type Earliest struct {
	at []Time // a tree: 1 is the root, 2k and 2k+1 the children of k
	n  int    // leaves, a power of two
}

// NewEarliest returns a tree in which every place has Never.
func NewEarliest() *Earliest {
	e := &Earliest{}
	e.grow(1)
	return e
}

func (e *Earliest) grow(n int) {
	old, was := e.at, e.n
	e.n = max(16, e.n)
	for e.n < n {
		e.n *= 2
	}
	e.at = make([]Time, 2*e.n)
	for i := range e.at {
		e.at[i] = Never
	}
	for i := range was {
		if t := old[was+i]; t != Never {
			e.Set(i, t)
		}
	}
}

// Set gives place i, at least 0, the time t; Never takes it out.
func (e *Earliest) Set(i int, t Time) {
	if i >= e.n {
		e.grow(i + 1)
	}
	at := e.at
	for k := e.n + i; k < len(at); {
		at[k] = t
		if k == 1 {
			return
		}
		t = min(t, at[k^1])
		k >>= 1
	}
}

// Get is the time of place i.
func (e *Earliest) Get(i int) Time {
	if i >= e.n {
		return Never
	}
	return e.at[e.n+i]
}

// At is the first time of all, Never when there is none.
func (e *Earliest) At() Time { return e.at[1] }

// FirstBy is the lowest place whose time is t or before; false when there is
// none.
func (e *Earliest) FirstBy(t Time) (int, bool) {
	at, k := e.at, 1
	for k < e.n && 2*k < len(at) {
		later := 0 // a number, since a branch would be guessed wrong half of the time
		if at[2*k] > t {
			later = 1
		}
		k = 2*k + later
	}
	return k - e.n, at[1] <= t
}

// LastBy is the highest place whose time is t or before; false when there is
// none.
func (e *Earliest) LastBy(t Time) (int, bool) {
	at, k := e.at, 1
	for k < e.n && 2*k+1 < len(at) {
		later := 0
		if at[2*k+1] <= t {
			later = 1
		}
		k = 2*k + later
	}
	return k - e.n, at[1] <= t
}
