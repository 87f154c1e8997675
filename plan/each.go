package plan

import (
	"sync"
	"sync/atomic"
)

// Each calls f with 0 to n-1, on several workers at a time, and returns when all
// calls have. In which order they are made is not said: what f(i) writes should
// be of i alone.
func Each(workers, n int, f func(i int)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(workers, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}
