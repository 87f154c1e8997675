package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is an estimate with its two-sided confidence interval. One
// replication alone has no interval: Known is false and the bounds are NaN.
type Interval struct {
	Mean, Half   float64
	Lo, Hi, Conf float64
	N            int // observations, pairs or batches behind it; of Welch, of both samples
	Known        bool
}

// TQuantile is the two-sided critical value of Student's t: the share conf of
// the distribution with df degrees of freedom (above 0, not only whole) lies
// within it. NaN outside 0 < conf < 1, df > 0.
func TQuantile(conf, df float64) float64 {
	if !(conf > 0 && conf < 1 && df > 0) {
		return math.NaN()
	}
	// Solving in the lower tail keeps the precision of 1 - conf.
	if df < 1e4 {
		return -distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile((1 - conf) / 2)
	}
	return tFromNormal(-mathext.NormalQuantile((1-conf)/2), df)
}

// tFromNormal is the expansion of Student's quantile in powers of 1/df around
// the normal one (Abramowitz and Stegun 26.7.5): for many degrees of freedom
// it is exact to rounding, where the incomplete beta function is not.
func tFromNormal(z, df float64) float64 {
	z2 := z * z
	g1 := (z2 + 1) * z / 4
	g2 := ((5*z2+16)*z2 + 3) * z / 96
	g3 := (((3*z2+19)*z2+17)*z2 - 15) * z / 384
	return z + (g1+(g2+g3/df)/df)/df
}

// around builds the interval of an estimate, its standard error and df.
func around(mean, standardError, df, conf float64, n int) Interval {
	iv := Interval{Mean: mean, Conf: conf, N: n}
	half := TQuantile(conf, df) * standardError
	iv.Known = !math.IsNaN(half) && !math.IsInf(half, 0)
	if !iv.Known {
		half = math.NaN()
	}
	iv.Half, iv.Lo, iv.Hi = half, mean-half, mean+half
	return iv
}

// MeanInterval is the t interval of the mean of independent observations, one
// per replication (A. M. Law and W. D. Kelton, "Simulation Modeling and
// Analysis", ch. 4). Without observations the mean is NaN.
func MeanInterval(xs []float64, conf float64) Interval {
	mean, variance := moments(xs)
	n := len(xs)
	return around(mean, math.Sqrt(variance/float64(n)), float64(n-1), conf, n)
}

// PairedDifference is the t interval of the mean of a[i] - b[i], for two
// variants run on common random numbers. Samples of different length have no
// interval and a NaN mean.
func PairedDifference(a, b []float64, conf float64) Interval {
	if len(a) != len(b) {
		return around(math.NaN(), math.NaN(), math.NaN(), conf, 0)
	}
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return MeanInterval(d, conf)
}

// Welch is the interval of mean(a) - mean(b) for independent samples of
// unequal variance (B. L. Welch, 1938; degrees of freedom by Satterthwaite).
func Welch(a, b []float64, conf float64) Interval {
	ma, va := moments(a)
	mb, vb := moments(b)
	ea, eb := va/float64(len(a)), vb/float64(len(b))
	df := (ea + eb) * (ea + eb) / (ea*ea/float64(len(a)-1) + eb*eb/float64(len(b)-1))
	if ea+eb == 0 {
		df = float64(len(a) + len(b) - 2)
	}
	return around(ma-mb, math.Sqrt(ea+eb), df, conf, len(a)+len(b))
}

// moments returns the mean and the unbiased variance, in two passes; NaN where
// there are too few values.
func moments(xs []float64) (mean, variance float64) {
	if len(xs) == 0 {
		return math.NaN(), math.NaN()
	}
	n := float64(len(xs))
	for _, x := range xs {
		mean += x / n
	}
	if len(xs) == 1 {
		return mean, math.NaN()
	}
	var squares, rest float64
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
		rest += x - mean
	}
	return mean, (squares - rest*rest/n) / (n - 1)
}
