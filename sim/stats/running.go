package stats

import (
	"math"

	"berth/sim"
)

// Welford keeps count, mean and variance of a stream of numbers without
// storing them (B. P. Welford, "Note on a Method for Calculating Corrected
// Sums of Squares and Products", 1962). Its last digits depend on the order of
// the numbers; use Histogram where merges have to be exact.
type Welford struct {
	n       uint64
	mean, s float64
}

// Add counts x.
func (w *Welford) Add(x float64) {
	w.n++
	d := x - w.mean
	w.mean += d / float64(w.n)
	w.s += d * (x - w.mean)
}

// Merge adds the numbers of o (T. F. Chan, G. H. Golub and R. J. LeVeque, 1979).
func (w *Welford) Merge(o Welford) {
	if o.n == 0 {
		return
	}
	n := w.n + o.n
	d := o.mean - w.mean
	w.s += o.s + d*d*float64(w.n)*float64(o.n)/float64(n)
	w.mean += d * float64(o.n) / float64(n)
	w.n = n
}

// Count is the number of values.
func (w *Welford) Count() uint64 { return w.n }

// Mean is the average, NaN if there is none.
func (w *Welford) Mean() float64 {
	if w.n == 0 {
		return math.NaN()
	}
	return w.mean
}

// Variance is unbiased (divided by n - 1), NaN below two values.
func (w *Welford) Variance() float64 {
	if w.n < 2 {
		return math.NaN()
	}
	return w.s / float64(w.n-1)
}

// StdDev is the square root of Variance.
func (w *Welford) StdDev() float64 { return math.Sqrt(w.Variance()) }

// TimeWeighted integrates a non-negative integer level over the clock,
// exactly: nanoseconds x level in 128 bits. The zero value is level 0 from
// instant 0 on.
type TimeWeighted struct {
	start, last sim.Time
	level, max  int64
	area        Sum128
	// Refused counts steps back in time and negative levels; the first are
	// taken at the present, the second as 0.
	Refused uint64
}

// Start empties the tally and begins it at now with the given level.
func (w *TimeWeighted) Start(now sim.Time, level int64) {
	*w = TimeWeighted{start: now, last: now}
	w.Set(now, level)
}

// Set changes the level at now.
func (w *TimeWeighted) Set(now sim.Time, level int64) {
	w.advance(now)
	if level < 0 {
		w.Refused++
		level = 0
	}
	w.level = level
	w.max = max(w.max, level)
}

// Add changes the level by delta at now.
func (w *TimeWeighted) Add(now sim.Time, delta int64) {
	w.Set(now, w.level+delta)
}

func (w *TimeWeighted) advance(now sim.Time) {
	if now < w.last {
		w.Refused++
		return
	}
	w.area.AddMul(uint64(now-w.last), uint64(w.level))
	w.last = now
}

// Level is the present level.
func (w *TimeWeighted) Level() int64 { return w.level }

// Max is the largest level so far.
func (w *TimeWeighted) Max() int64 { return w.max }

// Integral is nanoseconds x level from the start to now, which is not before
// the last change.
func (w *TimeWeighted) Integral(now sim.Time) Sum128 {
	area := w.area
	if now > w.last {
		area.AddMul(uint64(now-w.last), uint64(w.level))
	}
	return area
}

// Mean is the time average from the start to now, NaN over no time.
func (w *TimeWeighted) Mean(now sim.Time) float64 {
	if now <= w.start {
		return math.NaN()
	}
	return w.Integral(now).Float64() / float64(now-w.start)
}
