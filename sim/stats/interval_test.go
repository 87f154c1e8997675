package stats

import (
	"math"
	"slices"
	"testing"

	"berth/sim/rng"
)

func TestTQuantileKnownValues(t *testing.T) {
	for _, c := range []struct{ conf, df, want float64 }{
		{0.95, 4, 2.7764451052}, {0.95, 9, 2.26215716274}, {0.99, 29, 2.75638590367}, {0.9, 9, 1.83311293265},
		{0.95, 1, 12.7062047362}, {0.95, 1e9, 1.95996398690},
	} {
		near(t, "t", TQuantile(c.conf, c.df), c.want)
	}
	// The two ways of computing it meet where one takes over.
	near(t, "seam", TQuantile(0.95, 9999.999999), TQuantile(0.95, 10000))
	for _, c := range [][2]float64{{0, 5}, {1, 5}, {0.95, 0}, {0.95, -1}, {math.NaN(), 5}} {
		if q := TQuantile(c[0], c[1]); !math.IsNaN(q) {
			t.Errorf("TQuantile%v = %v, want NaN", c, q)
		}
	}
}

func TestReplicationIntervals(t *testing.T) {
	a := []float64{11.2993, 11.4445, 8.9086, 8.9233, 10.3689}
	b := []float64{10.7681, 11.0225, 8.847, 8.7852, 10.1351}
	iv := MeanInterval(a, 0.95)
	near(t, "mean", iv.Mean, 10.18892)
	near(t, "half", iv.Half, 1.53118253747)
	near(t, "lo", iv.Lo, 10.18892-1.53118253747)
	near(t, "hi", iv.Hi, 10.18892+1.53118253747)
	if !iv.Known || iv.N != 5 || iv.Conf != 0.95 {
		t.Errorf("interval %+v", iv)
	}
	near(t, "paired", PairedDifference(a, b, 0.95).Half, 0.242997381467)
	near(t, "welch", Welch(a, b, 0.95).Half, 1.67838876408)
}

func TestTooFewObservationsHaveNoInterval(t *testing.T) {
	for name, iv := range map[string]Interval{
		"one":      MeanInterval([]float64{3}, 0.95),
		"none":     MeanInterval(nil, 0.95),
		"unpaired": PairedDifference([]float64{1, 2}, []float64{1}, 0.95),
		"welch":    Welch([]float64{1, 2, 3}, []float64{1}, 0.95),
		"batches":  BatchMeans([]float64{1, 2, 3}, 20, 0.95).Interval,
		"quantile": QuantileInterval([]float64{1, 2, 3}, 0.99, 0.95),
	} {
		if iv.Known || !math.IsNaN(iv.Half) || !math.IsNaN(iv.Lo) || !math.IsNaN(iv.Hi) {
			t.Errorf("%s: %+v, want no interval", name, iv)
		}
	}
	if iv := MeanInterval([]float64{3}, 0.95); iv.Mean != 3 || iv.N != 1 {
		t.Errorf("one observation: %+v", iv)
	}
	same := Welch([]float64{2, 2}, []float64{1, 1}, 0.95)
	if !same.Known || same.Half != 0 || same.Mean != 1 {
		t.Errorf("no spread: %+v", same)
	}
}

// Intervals have to cover the truth as often as they claim, within the
// binomial band.
func TestIntervalsCover(t *testing.T) {
	const runs = 1000
	s := rng.Derive(11)
	covered, quantileCovered := 0, 0
	for range runs {
		xs := make([]float64, 60)
		for i := range xs {
			xs[i] = s.Norm()
		}
		if iv := MeanInterval(xs[:10], 0.95); iv.Lo <= 0 && 0 <= iv.Hi {
			covered++
		}
		slices.Sort(xs)
		if iv := QuantileInterval(xs, 0.75, 0.95); iv.Lo <= 0.6744897502 && 0.6744897502 <= iv.Hi {
			quantileCovered++
		}
	}
	lo, hi := BinomialBand(runs, 0.95, 1e-3)
	if covered < lo || covered > hi {
		t.Errorf("mean: %d of %d covered, want %d to %d", covered, runs, lo, hi)
	}
	// Order statistics are discrete, so coverage may exceed the claim.
	if quantileCovered < lo {
		t.Errorf("quantile: %d of %d covered, want at least %d", quantileCovered, runs, lo)
	}
}

func TestQuantileIntervalKnownRanks(t *testing.T) {
	xs := make([]float64, 20)
	for i := range xs {
		xs[i] = float64(i + 1)
	}
	// The classic sign-test interval for the median of 20: ranks 6 and 15.
	iv := QuantileInterval(xs, 0.5, 0.95)
	if !iv.Known || iv.Lo != 6 || iv.Hi != 15 || iv.Half != 4.5 || iv.Mean != 10.5 {
		t.Errorf("median of 20: %+v, want 6 to 15", iv)
	}
	near(t, "type 7", QuantileType7(xs, 0.95), 19.05)
	if QuantileType7(xs, 1) != 20 || QuantileType7(xs, 0) != 1 || !math.IsNaN(QuantileType7(nil, 0.5)) {
		t.Error("ends of the type 7 quantile")
	}
}

func TestBinomialBandKnownValues(t *testing.T) {
	for _, c := range []struct {
		n        int
		p, alpha float64
		lo, hi   int
	}{
		{100, 0.95, 0.01, 89, 100}, {200, 0.95, 0.001, 179, 198}, {1000, 0.9, 0.001, 868, 930},
		{10, 1, 0.01, 10, 10}, {10, 0, 0.01, 0, 0}, {0, 0.5, 0.01, 0, 0},
	} {
		if lo, hi := BinomialBand(c.n, c.p, c.alpha); lo != c.lo || hi != c.hi {
			t.Errorf("BinomialBand(%d, %v, %v) = %d to %d, want %d to %d", c.n, c.p, c.alpha, lo, hi, c.lo, c.hi)
		}
	}
}

func TestMSER5(t *testing.T) {
	// Four batches at 100, then twelve around 0: the cut is after the fourth.
	var xs []float64
	for i := range 80 {
		x := float64(i%2*2 - 1)
		if i < 20 {
			x += 100
		}
		xs = append(xs, x)
	}
	got := MSER5(append(xs, 7, 7)) // the two left over are dropped
	if got.Batches != 4 || got.Observations != 20 || !got.Known || math.Abs(got.Mean) > 0.2 {
		t.Errorf("step: %+v", got)
	}
	// A constant series ties everywhere: nothing is dropped.
	if got := MSER5(make([]float64, 100)); got.Batches != 0 || got.Statistic != 0 {
		t.Errorf("constant: %+v", got)
	}
	if got := MSER5([]float64{1, 2, 3}); got.Known || got.Mean != 2 {
		t.Errorf("short: %+v", got)
	}
	direct := MSER5(xs)
	near(t, "statistic", direct.Statistic, mserDirect(xs, direct.Batches))
}

// mserDirect evaluates the criterion from its definition.
func mserDirect(xs []float64, d int) float64 {
	var b []float64
	for i := 0; i+5 <= len(xs); i += 5 {
		b = append(b, (xs[i]+xs[i+1]+xs[i+2]+xs[i+3]+xs[i+4])/5)
	}
	b = b[d:]
	mean, s := 0.0, 0.0
	for _, x := range b {
		mean += x / float64(len(b))
	}
	for _, x := range b {
		s += (x - mean) * (x - mean)
	}
	return s / float64(len(b)*len(b))
}

func TestBatchMeansUsesTheLastObservations(t *testing.T) {
	xs := []float64{1000, 1000}
	for i := range 40 {
		xs = append(xs, float64(i/2))
	}
	b := BatchMeans(xs, 20, 0.95)
	near(t, "mean", b.Mean, 9.5)
	near(t, "variance", b.Variance, 35)
	if len(b.Means) != 20 || b.Means[0] != 0 || b.Means[19] != 19 || b.N != 20 {
		t.Errorf("batches %v", b.Means)
	}
	near(t, "lag 1", b.Lag1, 0.85)
}

func TestBatchMeansVariance(t *testing.T) {
	checkBatchMeans(t, "phi 0.5", 0.5, 10_000, 20, 0.00039888)
	checkBatchMeans(t, "phi 0.9", 0.9, 1000, 20, 0.0802080531343)
}

// checkBatchMeans compares the average of S_b^2 / b over 300 AR(1) series of
// unit noise with its expectation. The estimate is about chi-square with b - 1
// degrees of freedom, which gives its standard error.
func checkBatchMeans(t *testing.T, name string, phi float64, n, batches int, want float64) {
	t.Helper()
	const runs = 300
	s := rng.Derive(12, uint64(n), uint64(batches))
	sum := 0.0
	xs := make([]float64, n)
	for range runs {
		x := s.Norm() / math.Sqrt(1-phi*phi)
		for i := range xs {
			xs[i] = x
			x = phi*x + s.Norm()
		}
		sum += BatchMeans(xs, batches, 0.95).Variance / float64(batches)
	}
	tolerance := 4 * want * math.Sqrt(2/float64(batches-1)/runs)
	if got := sum / runs; math.Abs(got-want) > tolerance {
		t.Errorf("%s: S^2/b averages %v, want %v +- %v", name, got, want, tolerance)
	}
}
