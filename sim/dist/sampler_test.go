package dist

import (
	"math"
	"testing"

	"berth/sim/rng"
)

func compiled(t testing.TB, text string, scale float64) (Dist, *Sampler) {
	t.Helper()
	unit := Duration
	if _, err := Parse(text, unit); err != nil {
		unit = Dimensionless
	}
	d, err := Parse(text, unit)
	if err != nil {
		t.Fatal(err)
	}
	return d, Compile(d, scale)
}

// Quantile tables are held to their stated error on words spread over the
// whole range, the extremes of both tails among them.
func TestQuantileTableError(t *testing.T) {
	for _, text := range []string{
		"lognormal(mean=1.2s, cv=0.5)", "lognormal(median=22s, sigma=0.4)", "lognormal(mean=1s, cv=5)",
		"gamma(mean=1s, cv=0.3)", "gamma(mean=1s, cv=1.2)", "weibull(mean=1s, cv=0.2)", "weibull(mean=1s, cv=2)",
		"pareto(mean=1s, shape=1.2)", "pareto(scale=1s, shape=3)",
	} {
		d, s := compiled(t, text, 1e9)
		if s.kind != tableKind {
			t.Errorf("%s is not drawn from a table", text)
			continue
		}
		words := []uint64{0, 1, 1<<63 - 1, 1 << 63, math.MaxUint64, 1 << 47, 1<<47 - 1, 1<<63 | 1<<47}
		for shift := range 63 {
			words = append(words, 1<<shift, 3<<shift, 1<<63|1<<shift, 1<<63|5<<shift>>1)
		}
		r := rng.Derive(31)
		for range 3000 {
			words = append(words, r.Uint64())
		}
		for _, w := range words {
			q := (float64(w&^(1<<63)) + 0.5) * 0x1p-64
			want := 1e9 * d.Quantile(q)
			if w>>63 != 0 {
				want = 1e9 * upperQuantile(d, q)
			}
			want = math.Min(want, maxDraw)
			if got := float64(s.fromTable(w)); math.Abs(got-want) > math.Max(4e-4*want, 1.1e-5*s.Mean()) {
				t.Errorf("%s: word %#x gives %v, want %v", text, w, got, want)
			}
		}
	}
}

func TestQuantileTableIsMonotone(t *testing.T) {
	_, s := compiled(t, "lognormal(mean=1s, cv=1)", 1e9)
	last := int64(0)
	for i := range 1 << 14 {
		if v := s.fromTable(uint64(i) << 49); v < last {
			t.Fatalf("lower side falls at %d", i)
		} else {
			last = v
		}
	}
	for i := 1<<14 - 1; i >= 0; i-- {
		if v := s.fromTable(1<<63 | uint64(i)<<49); v < last {
			t.Fatalf("upper side falls at %d", i)
		} else {
			last = v
		}
	}
}

// The mean of a table is the integral of its lines: it has to agree with the
// distribution's to far below the noise of any run.
func TestQuantileTableMean(t *testing.T) {
	for _, text := range []string{"lognormal(mean=1s, cv=0.5)", "lognormal(mean=1s, cv=1)", "gamma(mean=1s, cv=0.7)", "weibull(mean=1s, cv=1.5)"} {
		_, s := compiled(t, text, 1e9)
		const n = 1 << 20
		sum := 0.0
		for i := range uint64(n) {
			sum += float64(s.fromTable(i<<44 | 1<<43))
		}
		if got := sum / n / 1e9; math.Abs(got-1) > 2e-4 {
			t.Errorf("%s: mean of the table %v", text, got)
		}
	}
}

func TestSteepLawsAreDrawnExactly(t *testing.T) {
	for _, text := range []string{"gamma(mean=1s, cv=20)", "pareto(scale=1s, shape=0.02)"} {
		if _, s := compiled(t, text, 1e9); s.kind != distKind {
			t.Errorf("%s is drawn by kind %d", text, s.kind)
		}
	}
}

func TestSamplerEnds(t *testing.T) {
	r := rng.Derive(32)
	before := r
	for _, c := range []struct {
		text  string
		scale float64
		want  int64
	}{
		{"1.2s", 1e9, 1_200_000_000}, {"0s", 1e9, 0}, {"0.5", 1, 1}, {"0.49", 1, 0}, {"3", 1, 3},
		{"1e30s", 1e9, maxDraw}, {"3s", 0, 0}, {"exponential(mean=3s)", math.NaN(), 0}, {"geometric(p=1)", 10, 10},
	} {
		_, s := compiled(t, c.text, c.scale)
		if v, ok := s.IsConstant(); !ok || v != c.want || s.Int64(&r) != c.want || s.Mean() != float64(c.want) {
			t.Errorf("%s x %v: %d %v, want the constant %d", c.text, c.scale, v, ok, c.want)
		}
	}
	if r != before {
		t.Error("a constant takes random words")
	}
	for _, text := range []string{"exponential(mean=1e20s)", "lognormal(mean=1e20s, cv=1)", "uniform(1e20s, 2e20s)", "pareto(scale=1e15s, shape=0.5)"} {
		_, s := compiled(t, text, 1e9)
		saturated := false
		for range 1000 {
			v := s.Int64(&r)
			if v < 0 || v > maxDraw {
				t.Fatalf("%s draws %d", text, v)
			}
			saturated = saturated || v == maxDraw
		}
		if _, constant := s.IsConstant(); constant || !saturated {
			t.Errorf("%s does not saturate", text)
		}
	}
}

// A law from another package has no sampler of its own and is drawn by Sample.
type foreign struct{ Exponential }

func TestForeignLaw(t *testing.T) {
	d, err := NewExponential(2, Duration)
	if err != nil {
		t.Fatal(err)
	}
	s := Compile(foreign{d}, 1e9)
	r := rng.Derive(33)
	sum := 0.0
	for range 100_000 {
		sum += float64(s.Int64(&r)) / 1e9
	}
	if mean := sum / 100_000; math.Abs(mean-2) > 4*2/math.Sqrt(100_000) {
		t.Errorf("mean %v, want 2", mean)
	}
}

func TestDrawingDoesNotAllocate(t *testing.T) {
	r := rng.Derive(34)
	for _, spec := range specimens() {
		d := spec.parse(t)
		s := Compile(d, 1e9)
		if n := testing.AllocsPerRun(1000, func() { s.Int64(&r) }); n != 0 {
			t.Errorf("%s: %v allocations a draw", spec.text, n)
		}
	}
}

func TestAlias(t *testing.T) {
	for _, weights := range [][]float64{{1}, {1, 1}, {1, 2, 3, 4}, {0, 5, 0, 1e-3}, {1e300, 1e300}, ZipfWeights(100, 1), {0, 0, 7}} {
		a, err := NewAlias(weights)
		if err != nil {
			t.Fatal(err)
		}
		// The table's law follows from its columns, without drawing.
		n := float64(a.Len())
		got := make([]float64, len(weights))
		for i, c := range a.columns {
			keep := float64(c.keep) * 0x1p-32
			got[i] += keep / n
			got[c.other] += (1 - keep) / n
		}
		largest, sum := 0.0, 0.0
		for _, w := range weights {
			largest = max(largest, w)
		}
		for _, w := range weights {
			sum += w / largest
		}
		for i, w := range weights {
			if want := w / largest / sum; math.Abs(got[i]-want) > 1e-9 || (w == 0) != (got[i] == 0) {
				t.Errorf("weights %v: index %d has probability %v, want %v", weights, i, got[i], want)
			}
		}
	}
}

func TestAliasDraws(t *testing.T) {
	weights := ZipfWeights(309, 0.6)
	a, err := NewAlias(weights)
	if err != nil {
		t.Fatal(err)
	}
	const draws = 300_000
	counts := make([]float64, len(weights))
	r := rng.Derive(35)
	for range draws {
		counts[a.Draw(r.Uint64())]++
	}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	for i, w := range weights {
		want := draws * w / sum
		if z := (counts[i] - want) / math.Sqrt(want); math.Abs(z) > 4.5 {
			t.Errorf("index %d: %v draws, want %.1f", i, counts[i], want)
		}
	}
	if a.Draw(0) < 0 || int(a.Draw(math.MaxUint64)) >= a.Len() {
		t.Error("extreme words leave the range")
	}
}

func TestAliasRefusesBadWeights(t *testing.T) {
	for _, weights := range [][]float64{nil, {}, {0, 0}, {-1, 2}, {math.NaN()}, {math.Inf(1), 1}} {
		if _, err := NewAlias(weights); err == nil {
			t.Errorf("weights %v are accepted", weights)
		}
	}
	_, err := NewAlias([]float64{-1, 2, math.NaN()})
	if joined, ok := err.(interface{ Unwrap() []error }); !ok || len(joined.Unwrap()) != 2 {
		t.Errorf("two bad weights give %v", err)
	}
}

var sink int64

func BenchmarkSampler(b *testing.B) {
	for _, text := range []string{
		"constant(3s)", "uniform(1s, 3s)", "exponential(mean=1s)", "lognormal(mean=1s, cv=1)", "gamma(mean=1s, cv=0.5)",
		"pareto(mean=1s, shape=2.5)", "geometric(mean=6)", "zipf(20000, 0.8)", "zipf(1000000, 0.8)", "hyperexponential(mean=1s, cv=2)",
		"mixture(0.88: lognormal(median=1.6s, sigma=0.35), 0.12: lognormal(median=22s, sigma=0.4))",
		"empirical(0: 1s, 0.5: 2s, 0.99: 9s, 1: 20s)",
	} {
		b.Run(text, func(b *testing.B) {
			_, s := compiled(b, text, 1e9)
			r := rng.Derive(1)
			b.ReportAllocs()
			sum := int64(0)
			for range b.N {
				sum += s.Int64(&r)
			}
			sink = sum
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, text := range []string{"lognormal(mean=1s, cv=1)", "gamma(mean=1s, cv=0.5)"} {
		b.Run(text, func(b *testing.B) {
			d, _ := compiled(b, text, 1)
			for range b.N {
				sink += Compile(d, 1e9).fixed
			}
		})
	}
}

func BenchmarkAlias(b *testing.B) {
	for _, n := range []int{309, 2582, 20000} {
		b.Run(formatNumber(float64(n)), func(b *testing.B) {
			a, err := NewAlias(ZipfWeights(n, 0.6))
			if err != nil {
				b.Fatal(err)
			}
			r := rng.Derive(1)
			sum := int64(0)
			for range b.N {
				sum += int64(a.Draw(r.Uint64()))
			}
			sink = sum
		})
	}
}
