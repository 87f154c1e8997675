package dist

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"berth/sim/rng"
)

// specimen is a distribution under test, with what is known of it elsewhere.
type specimen struct {
	text           string
	unit           Unit
	mean, variance float64
	oracle         interface {
		CDF(float64) float64
		Quantile(float64) float64
	}
	discrete bool
}

// specimens cover every law and every form. Means and variances are written
// out from the textbook formulas, not from this package.
func specimens() []specimen {
	h2p := (1 + math.Sqrt(3.0/5)) / 2
	h2 := (h2p*2/math.Pow(2*h2p, 2) + (1-h2p)*2/math.Pow(2*(1-h2p), 2))
	return []specimen{
		{"constant(3s)", Duration, 3, 0, nil, true},
		{"350MB", Bytes, 350e6, 0, nil, true},
		{"uniform(1s, 3s)", Duration, 2, 4.0 / 12, distuv.Uniform{Min: 1, Max: 3}, false},
		{"exponential(mean=300ms)", Duration, 0.3, 0.09, distuv.Exponential{Rate: 1 / 0.3}, false},
		{"exponential(rate=2)", Duration, 0.5, 0.25, distuv.Exponential{Rate: 2}, false},
		{"lognormal(mean=1.2s, cv=0.5)", Duration, 1.2, 0.36, distuv.LogNormal{Mu: math.Log(1.2) - math.Log(1.25)/2, Sigma: math.Sqrt(math.Log(1.25))}, false},
		{"lognormal(median=1.6s, sigma=0.35)", Duration, 1.6 * math.Exp(0.06125), 2.56 * math.Exp(0.1225) * math.Expm1(0.1225), distuv.LogNormal{Mu: math.Log(1.6), Sigma: 0.35}, false},
		{"gamma(mean=150ms, cv=0.5)", Duration, 0.15, 0.0225 * 0.25, distuv.Gamma{Alpha: 4, Beta: 4 / 0.15}, false},
		{"gamma(shape=0.5, scale=2)", Dimensionless, 1, 2, distuv.Gamma{Alpha: 0.5, Beta: 0.5}, false},
		{"gamma(mean=2, cv=4)", Dimensionless, 2, 64, distuv.Gamma{Alpha: 1.0 / 16, Beta: 1.0 / 32}, false},
		{"weibull(shape=2, scale=10ms)", Duration, 0.01 * math.Sqrt(math.Pi) / 2, 1e-4 * (1 - math.Pi/4), distuv.Weibull{K: 2, Lambda: 0.01}, false},
		{"weibull(mean=1s, cv=1)", Duration, 1, 1, distuv.Exponential{Rate: 1}, false},
		{"weibull(mean=40kB, cv=1.5)", Bytes, 40e3, 3.6e9, nil, false},
		{"pareto(scale=1s, shape=2.5)", Duration, 2.5 / 1.5, 2.5 / (1.5 * 1.5 * 0.5), distuv.Pareto{Xm: 1, Alpha: 2.5}, false},
		{"pareto(mean=3s, shape=1.5)", Duration, 3, math.Inf(1), distuv.Pareto{Xm: 1, Alpha: 1.5}, false},
		{"pareto(scale=1s, shape=0.9)", Duration, math.Inf(1), math.Inf(1), distuv.Pareto{Xm: 1, Alpha: 0.9}, false},
		{"geometric(mean=6)", Dimensionless, 6, 30, nil, true},
		{"geometric(p=1)", Dimensionless, 1, 0, nil, true},
		{"zipf(3, 1)", Dimensionless, 18.0 / 11, 36.0/11 - 324.0/121, nil, true},
		{"zipf(100000, 0)", Dimensionless, 50000.5, (1e10 - 1) / 12, nil, true},
		{"hyperexponential(mean=1s, cv=2)", Duration, 1, h2 - 1, nil, false},
		{"hyperexponential(p=0.25, mean1=1s, mean2=5s)", Duration, 4, 2*(0.25+0.75*25) - 16, nil, false},
		{"hyperexponential(p=1, rate1=2, rate2=1)", Duration, 0.5, 0.25, distuv.Exponential{Rate: 2}, false},
		{"mixture(0.25: exponential(mean=1s), 0.75: exponential(mean=5s))", Duration, 4, 2*(0.25+0.75*25) - 16, nil, false},
		{"mixture(2: constant(1), 1: constant(4), 1: uniform(0, 2))", Dimensionless, 1.75, (2*1+16+4.0/3)/4.0 - 1.75*1.75, nil, true},
		{"empirical(0: 1s, 0.5: 2s, 1: 4s)", Duration, 0.5*1.5 + 0.5*3, (1.0/12+4.0/12)/2 + (1.5-2.25)*(1.5-2.25), nil, false},
		{"shifted(1s, exponential(mean=2s))", Duration, 3, 4, nil, false},
	}
}

func (s specimen) parse(t *testing.T) Dist {
	t.Helper()
	d, err := Parse(s.text, s.unit)
	if err != nil {
		t.Fatalf("%s: %v", s.text, err)
	}
	return d
}

func TestEveryLawHasASpecimen(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range specimens() {
		for _, l := range laws {
			if len(s.text) > len(l.name) && s.text[:len(l.name)] == l.name {
				seen[l.name] = true
			}
		}
	}
	for _, l := range laws {
		if !seen[l.name] {
			t.Errorf("%s is not tested", l.name)
		}
	}
	if len(Laws()) != len(laws) {
		t.Error("Laws does not list every law")
	}
}

func TestMoments(t *testing.T) {
	for _, s := range specimens() {
		d := s.parse(t)
		if !close(d.Mean(), s.mean, 1e-12) {
			t.Errorf("%s: mean %v, want %v", s.text, d.Mean(), s.mean)
		}
		if !close(d.Variance(), s.variance, 1e-10) {
			t.Errorf("%s: variance %v, want %v", s.text, d.Variance(), s.variance)
		}
	}
}

func TestQuantileInvertsCDF(t *testing.T) {
	for _, s := range specimens() {
		d := s.parse(t)
		for _, p := range []float64{1e-9, 1e-4, 0.01, 0.1, 0.25, 0.5, 0.63, 0.9, 0.99, 0.9999, 1 - 1e-9} {
			x := d.Quantile(p)
			if !s.discrete {
				if f := d.CDF(x); math.Abs(f-p) > 1e-9 {
					t.Errorf("%s: CDF(Quantile(%v)) = %v", s.text, p, f)
				}
				continue
			}
			below := math.Nextafter(x, math.Inf(-1))
			if d.CDF(x) < p || d.CDF(below) >= p {
				t.Errorf("%s: Quantile(%v) = %v is not the smallest value of that probability: CDF %v, below %v", s.text, p, x, d.CDF(x), d.CDF(below))
			}
		}
		for _, p := range []float64{-0.1, 1.1, math.NaN()} {
			if !math.IsNaN(d.Quantile(p)) {
				t.Errorf("%s: Quantile(%v) = %v", s.text, p, d.Quantile(p))
			}
		}
		if d.Quantile(0) < 0 || d.Quantile(1) < d.Quantile(0.999) || math.IsNaN(d.Quantile(1)) {
			t.Errorf("%s: ends %v, %v", s.text, d.Quantile(0), d.Quantile(1))
		}
		if d.CDF(-1) != 0 || !close(d.CDF(math.Inf(1)), 1, 1e-15) {
			t.Errorf("%s: CDF(-1) = %v, CDF(Inf) = %v", s.text, d.CDF(-1), d.CDF(math.Inf(1)))
		}
	}
}

func TestUpperQuantileKeepsItsPrecision(t *testing.T) {
	for _, s := range specimens() {
		d := s.parse(t)
		if _, ok := d.(tailed); !ok {
			continue
		}
		for _, q := range []float64{0.5, 0.1, 1e-3} {
			if a, b := upperQuantile(d, q), d.Quantile(1-q); !close(a, b, 1e-9) {
				t.Errorf("%s: upper quantile %v is %v, from below %v", s.text, q, a, b)
			}
		}
		if far := upperQuantile(d, 1e-30); !(far > d.Quantile(1-1e-15)) || math.IsInf(far, 1) {
			t.Errorf("%s: upper quantile of 1e-30 is %v", s.text, far)
		}
	}
}

func TestAgreementWithGonum(t *testing.T) {
	for _, s := range specimens() {
		if s.oracle == nil {
			continue
		}
		d := s.parse(t)
		for p := 0.001; p < 1; p += 0.0371 {
			x := s.oracle.Quantile(p)
			// gonum's root finder for gamma works to an absolute error.
			if got := d.Quantile(p); !close(got, x, 1e-8) && math.Abs(got-x) > 1e-13*s.mean {
				t.Errorf("%s: quantile %v is %v, gonum's %v", s.text, p, got, x)
			}
			if got := d.CDF(x); math.Abs(got-s.oracle.CDF(x)) > 1e-10 {
				t.Errorf("%s: CDF %v is %v, gonum's %v", s.text, x, got, s.oracle.CDF(x))
			}
		}
	}
}

const lawDraws = 100_000

// TestSampleLaw and TestSamplerLaw hold the two ways of drawing against the
// distribution function, and their means against the mean.
func TestSampleLaw(t *testing.T) {
	for i, s := range specimens() {
		d := s.parse(t)
		r := rng.Derive(21, uint64(i))
		xs := make([]float64, lawDraws)
		for j := range xs {
			xs[j] = d.Sample(&r)
		}
		for _, problem := range lawProblems(s, d, xs, 0) {
			t.Errorf("%s: Sample %s", s.text, problem)
		}
	}
}

func TestSamplerLaw(t *testing.T) {
	for i, s := range specimens() {
		d := s.parse(t)
		// Scaled so finely that rounding can't be seen in the law.
		scale := 1e9
		if s.discrete {
			scale = 1000
		}
		sampler := Compile(d, scale)
		r := rng.Derive(22, uint64(i))
		xs := make([]float64, lawDraws)
		for j := range xs {
			xs[j] = float64(sampler.Int64(&r)) / scale
		}
		for _, problem := range lawProblems(s, d, xs, 1/scale) {
			t.Errorf("%s: Sampler %s", s.text, problem)
		}
		if want := scale * d.Mean(); !close(sampler.Mean(), want, 1e-9) {
			t.Errorf("%s: Sampler.Mean = %v, want %v", s.text, sampler.Mean(), want)
		}
	}
}

// lawProblems is a z-test of the mean and a Kolmogorov-Smirnov test at level
// 1e-4: sqrt(n) D stays below sqrt(-ln(1e-4 / 2) / 2) = 2.225. Steps of the
// distribution function are compared on both of their sides; draws were rounded
// to multiples of grain, so they lay within half of it.
func lawProblems(s specimen, d Dist, xs []float64, grain float64) (problems []string) {
	n := float64(len(xs))
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	if !math.IsInf(s.variance, 1) {
		off := sum/n - s.mean
		if z := off / math.Sqrt(s.variance/n); math.Abs(z) > 4 && math.Abs(off) > 1e-9*s.mean {
			problems = append(problems, fmt.Sprintf("has mean %v, want %v (z = %.1f)", sum/n, s.mean, z))
		}
	}
	slices.Sort(xs)
	worst := 0.0
	for i := 0; i < len(xs); {
		j := i
		for j < len(xs) && xs[j] == xs[i] {
			j++
		}
		low := d.CDF(math.Nextafter(xs[i]-grain*0.5000001, math.Inf(-1)))
		high := d.CDF(xs[i] + grain*0.5000001)
		worst = max(worst, float64(i)/n-low, high-float64(j)/n)
		if s.discrete {
			worst = max(worst, low-float64(i)/n, float64(j)/n-high)
		} else {
			worst = max(worst, low-float64(j)/n, float64(i)/n-high)
		}
		i = j
	}
	if ks := worst * math.Sqrt(n); ks > 2.225 {
		problems = append(problems, fmt.Sprintf("fails Kolmogorov and Smirnov with %.2f", ks))
	}
	return problems
}

// The test itself has to fail a law that is off by 3 %.
func TestLawTestHasForce(t *testing.T) {
	truth, err := NewExponential(1, Duration)
	if err != nil {
		t.Fatal(err)
	}
	r := rng.Derive(23)
	xs := make([]float64, lawDraws)
	for i := range xs {
		xs[i] = 1.03 * truth.Sample(&r)
	}
	if got := lawProblems(specimen{mean: 1, variance: 1}, truth, xs, 0); len(got) != 2 {
		t.Errorf("a law 3 %% off gives %q", got)
	}
}

func TestZipfSumsAndSampler(t *testing.T) {
	for _, c := range []struct{ n, s float64 }{{10, 0.8}, {31, 1}, {32, 1}, {33, 2}, {1000, 0.8}, {5000, 1}, {5000, -1}, {5000, -2}, {3000, 7.5}} {
		want := 0.0
		for k := c.n; k >= 1; k-- {
			want += math.Pow(k, -c.s)
		}
		if got := powerSum(c.n, c.s); !close(got, want, 1e-13) {
			t.Errorf("sum of k^-%v to %v = %.17g, want %.17g", c.s, c.n, got, want)
		}
	}
	for _, alpha := range []float64{0, 0.5, 1, 1.5, 3} {
		const n, draws = 50, 100_000
		d, err := NewZipf(n, alpha)
		if err != nil {
			t.Fatal(err)
		}
		alias := Compile(d, 1)
		r := rng.Derive(24, math.Float64bits(alpha))
		var rejection, table [n + 1]float64
		for range draws {
			rejection[int(d.Sample(&r))]++
			table[alias.Int64(&r)]++
		}
		for name, counts := range map[string]*[n + 1]float64{"rejection": &rejection, "alias": &table} {
			for k := 1; k <= n; k++ {
				p := d.CDF(float64(k)) - d.CDF(float64(k-1))
				if z := (counts[k] - draws*p) / math.Sqrt(draws*p+1); math.Abs(z) > 5 {
					t.Errorf("alpha %v: %s draws rank %d %v times, want %.1f", alpha, name, k, counts[k], draws*p)
				}
			}
		}
	}
}

func close(got, want, relative float64) bool {
	return got == want || math.Abs(got-want) <= relative*math.Abs(want)
}
