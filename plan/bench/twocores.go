package bench

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// twoCores is how many times as fast n independent tasks are done by two workers
// on two cores as by one on one, in wall time; the faster of two tries counts on
// each side. It is 0 on a machine with one core.
func twoCores(n int, task func(i int) error) (float64, error) {
	if runtime.NumCPU() < 2 {
		return 0, nil
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	best := [3]time.Duration{}
	for try := range 2 {
		for workers := 1; workers <= 2; workers++ {
			runtime.GOMAXPROCS(workers)
			begin := time.Now()
			if err := share(n, workers, task); err != nil {
				return 0, err
			}
			if wall := time.Since(begin); try == 0 || wall < best[workers] {
				best[workers] = wall
			}
		}
	}
	return best[1].Seconds() / best[2].Seconds(), nil
}

// share does n tasks with several workers, each taking the next when it is free.
func share(n, workers int, task func(i int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, workers)
	for w := range workers {
		wg.Go(func() {
			for i := next.Add(1) - 1; int(i) < n && errs[w] == nil; i = next.Add(1) - 1 {
				errs[w] = task(int(i))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
