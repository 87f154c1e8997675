// Package memo keeps results of pure functions: what many scenarios of one grid
// share is computed once, by whichever goroutine asks first.
package memo

import "sync"

// Table holds at least the last limit results that were asked for and at most
// twice as many. Any number of goroutines may use it.
type Table[K comparable, V any] struct {
	limit int

	mu sync.Mutex
	// Results asked for since young was last empty, and those before: when young
	// is full it becomes old, and what was old is forgotten.
	young, old map[K]func() V
}

// New returns an empty table; limit is at least 1.
func New[K comparable, V any](limit int) *Table[K, V] {
	return &Table[K, V]{limit: max(1, limit), young: map[K]func() V{}}
}

// Get returns what make returned for an equal key, calling it the first time.
// Goroutines that ask for a key meanwhile wait for it; other keys do not. The
// result is shared, so nobody may change it.
func (t *Table[K, V]) Get(key K, make func() V) V {
	return t.entry(key, make)()
}

func (t *Table[K, V]) entry(key K, compute func() V) func() V {
	t.mu.Lock()
	defer t.mu.Unlock()
	get, ok := t.young[key]
	if ok {
		return get
	}
	if get, ok = t.old[key]; !ok {
		get = sync.OnceValue(compute)
	}
	if len(t.young) >= t.limit {
		t.old, t.young = t.young, make(map[K]func() V, t.limit)
	}
	t.young[key] = get
	return get
}
