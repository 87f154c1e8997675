package stats

import "math"

// Batches is the result of the batch means method on one long series.
type Batches struct {
	Interval // of the mean, from the means of the batches
	Means    []float64
	Variance float64 // of the batch means, unbiased
	// Lag1 is the autocorrelation of neighbouring batch means; well above 0 it
	// says that the interval is too narrow, since the batches are too short.
	Lag1 float64
}

// BatchMeans cuts the last batches x floor(n / batches) observations of a
// stationary series into equal batches and treats their means as independent
// (Law and Kelton, ch. 9; 20 batches is a good choice). Fewer observations
// than batches, or fewer than 2 batches, give no interval.
func BatchMeans(xs []float64, batches int, conf float64) Batches {
	if batches < 2 || len(xs) < batches {
		mean, _ := moments(xs)
		return Batches{Interval: around(mean, math.NaN(), math.NaN(), conf, 0), Variance: math.NaN(), Lag1: math.NaN()}
	}
	size := len(xs) / batches
	xs = xs[len(xs)-batches*size:]
	means := make([]float64, batches)
	for i := range means {
		means[i], _ = moments(xs[i*size : (i+1)*size])
	}
	_, variance := moments(means)
	return Batches{MeanInterval(means, conf), means, variance, lag1(means)}
}

// lag1 is the autocorrelation at lag 1, both sums around the common mean.
func lag1(xs []float64) float64 {
	mean, _ := moments(xs)
	var between, within float64
	for i, x := range xs {
		within += (x - mean) * (x - mean)
		if i > 0 {
			between += (x - mean) * (xs[i-1] - mean)
		}
	}
	return between / within
}

// Truncation is where a series is taken to have forgotten its start.
type Truncation struct {
	Batches      int     // batches of 5 to drop
	Observations int     // the same in observations
	Statistic    float64 // the smallest value of the criterion
	Mean         float64 // of the batches that are kept
	Known        bool    // false below 10 observations, where nothing is dropped
}

// mserBatch is the batch size of MSER-5.
const mserBatch = 5

// MSER5 finds the warm-up of a series: over batches of 5 (an incomplete last
// one is dropped), the d <= k/2 that minimises
// sum_{i>d} (b_i - mean_{>d})^2 / (k-d)^2, the smallest on ties (K. P. White,
// "An Effective Truncation Heuristic for Bias Reduction in Simulation Output",
// 1997). A d at the end of its range means that the run is too short.
func MSER5(xs []float64) Truncation {
	k := len(xs) / mserBatch
	if k < 2 {
		mean, _ := moments(xs)
		return Truncation{Statistic: math.NaN(), Mean: mean}
	}
	b := make([]float64, k)
	for i := range b {
		b[i], _ = moments(xs[i*mserBatch : (i+1)*mserBatch])
	}
	best := Truncation{Statistic: math.Inf(1), Known: true}
	stat := make([]float64, k/2+1)
	mean := make([]float64, k/2+1)
	var tail Welford // of b[d:], grown from the end
	for d := k - 1; d >= 0; d-- {
		tail.Add(b[d])
		if d <= k/2 {
			n := float64(k - d)
			stat[d], mean[d] = tail.s/(n*n), tail.mean
		}
	}
	for d := range stat {
		if stat[d] < best.Statistic {
			best.Batches, best.Statistic, best.Mean = d, stat[d], mean[d]
		}
	}
	best.Observations = best.Batches * mserBatch
	return best
}
