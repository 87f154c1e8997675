//go:build !unix

package bench

import "time"

// cpuTime stands in with the wall clock where the system does not tell.
func cpuTime() time.Duration { return time.Since(started) }
