package workload

import (
	"math"
	"sort"
	"strings"
	"testing"
	"time"

	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
)

// A Monday before both changes of the clock in March 2026 (8th US, 29th EU).
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

var world = []Place{{3, "Europe/Berlin"}, {2, "America/New_York"}, {1, "Asia/Kathmandu"}, {1.5, "Europe/Paris"}, {2.5, "Asia/Tokyo"}}

func daily(t testing.TB, name string) []float64 {
	t.Helper()
	p, ok := DailyProfile(name)
	if !ok {
		t.Fatalf("no profile %q", name)
	}
	return p.Normalised()
}

func arrivals(t testing.TB, cfg Config, places []Place, start time.Time, horizon sim.Time) *Arrivals {
	t.Helper()
	a, err := NewArrivals(cfg, places, start, horizon)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

type point struct {
	at    sim.Time
	place int32
}

// run lists every arrival of one replication and checks their order.
func run(t testing.TB, a *Arrivals, seed uint64) []point {
	t.Helper()
	gap, place := rng.Derive(seed, 1), rng.Derive(seed, 2)
	c := a.Cursor(&gap, &place)
	var out []point
	last := sim.Time(0)
	for {
		at, pl := c.Next()
		if at == sim.Never {
			break
		}
		if at < last || at >= a.horizon {
			t.Fatalf("arrival %d at %v after %v, horizon %v", len(out), at, last, a.horizon)
		}
		last = at
		out = append(out, point{at, pl})
	}
	for range 3 {
		if at, _ := c.Next(); at != sim.Never {
			t.Fatalf("an arrival at %v after the end", at)
		}
	}
	return out
}

// cases covers each factor alone and all of them at once.
func cases(t testing.TB) map[string]Config {
	office := daily(t, "office")
	week, _ := WeeklyProfile("weekdays")
	flash := []Flash{{At: 30 * sim.Hour, Ramp: 20 * sim.Minute, Hold: sim.Hour, Decay: 2 * sim.Hour, Factor: 8}}
	table := []TablePoint{{5 * sim.Hour, 0}, {7*sim.Hour + 1, 2.5}, {90 * sim.Hour, 1}}
	all := Shape{Daily: office, Weekly: week.Normalised(), SineAmplitude: 0.7, SinePeriod: 7 * sim.Hour, Growth: 0.5, Flash: flash, Table: table}
	return map[string]Config{
		"flat":   {PerSecond: 0.05},
		"daily":  {PerSecond: 0.05, Shape: Shape{Daily: office}},
		"weekly": {PerSecond: 0.05, Shape: Shape{Weekly: week.Normalised()}},
		"sine":   {PerSecond: 0.05, Shape: Shape{SineAmplitude: 1, SinePeriod: 5 * sim.Hour}},
		"growth": {PerSecond: 0.05, Shape: Shape{Growth: 20}},
		"flash":  {PerSecond: 0.05, Shape: Shape{Flash: flash}},
		"table":  {PerSecond: 0.05, Shape: Shape{Table: table}},
		"all":    {PerSecond: 0.05, Shape: all},
		"total":  {Total: 25_000, Shape: all},
	}
}

// By the time-rescaling theorem (D. L. Snyder, 1975) the arrivals, mapped by the
// expected number before each, form a Poisson process of rate 1: their gaps are
// exponential, and uncorrelated.
func TestTimeRescaling(t *testing.T) {
	for name, cfg := range cases(t) {
		a := arrivals(t, cfg, world, monday.Add(7*time.Minute), 8*sim.Day)
		points := run(t, a, 11)
		var gaps []float64
		last := 0.0
		for _, p := range points {
			now := a.Expected(0, p.at)
			gaps = append(gaps, now-last)
			last = now
		}
		n := float64(len(gaps))
		if n < 5000 {
			t.Fatalf("%s: only %v arrivals", name, n)
		}
		product := 0.0
		for i := 1; i < len(gaps); i++ {
			product += (gaps[i] - 1) * (gaps[i-1] - 1)
		}
		if r := product / n; math.Abs(r) > 4/math.Sqrt(n) {
			t.Errorf("%s: neighbouring gaps have correlation %.4f", name, r)
		}
		if d := ksExponential(gaps); d > 1.95/math.Sqrt(n) { // level 0.001
			t.Errorf("%s: rescaled gaps are not exponential: KS %.4f of %v", name, d, n)
		}
		want := a.Expected(0, a.horizon)
		if math.Abs(n-want) > 4*math.Sqrt(want) {
			t.Errorf("%s: %v arrivals, expected %.1f", name, n, want)
		}
	}
}

func ksExponential(x []float64) float64 {
	sort.Float64s(x)
	d, n := 0.0, float64(len(x))
	for i, v := range x {
		f := -math.Expm1(-v)
		d = math.Max(d, math.Max(f-float64(i)/n, float64(i+1)/n-f))
	}
	return d
}

func TestExpectedIsTheIntegralOfTheRate(t *testing.T) {
	for name, cfg := range cases(t) {
		a := arrivals(t, cfg, world, monday, 8*sim.Day)
		from, to := 3*sim.Hour+17, 150*sim.Hour+5
		sum, peak := 0.0, 0.0
		const step = 5 * sim.Second
		for at := from; at < to; at += step {
			sum += a.MeanRate(at+step/2) * step.Seconds()
			peak = math.Max(peak, a.MeanRate(at))
		}
		if got := a.Expected(from, to); math.Abs(got/sum-1) > 2e-4 {
			t.Errorf("%s: Expected %v, sum of the rate %v", name, got, sum)
		}
		if p := a.PeakRate(); p < peak*(1-1e-9) || p > peak*1.6 {
			t.Errorf("%s: PeakRate %v, largest rate seen %v", name, p, peak)
		}
		if a.MeanRate(-1) != 0 || a.MeanRate(a.horizon) != 0 {
			t.Errorf("%s: a rate outside the run", name)
		}
		if parts, whole := a.Expected(0, from)+a.Expected(from, a.horizon), a.Expected(-5, 2*a.horizon); math.Abs(parts/whole-1) > 1e-12 {
			t.Errorf("%s: parts %v, whole %v", name, parts, whole)
		}
	}
}

func TestTotalIsKept(t *testing.T) {
	for name, cfg := range cases(t) {
		cfg.PerSecond, cfg.Total = 123, 2_000_000
		// A month with a change of the clock, and a run that ends within a quarter.
		for _, horizon := range []sim.Time{31 * sim.Day, 36*sim.Hour + 1} {
			a := arrivals(t, cfg, world, monday, horizon)
			if got := a.Expected(0, horizon); math.Abs(got/cfg.Total-1) > 1e-10 {
				t.Errorf("%s over %v: %v arrivals expected instead of %v", name, horizon, got, cfg.Total)
			}
		}
	}
}

func TestCyclesHaveMeanOne(t *testing.T) {
	week, _ := WeeklyProfile("weekdays")
	for _, p := range DailyProfiles() {
		s := Shape{Daily: p.Values, Weekly: week.Values} // not normalised: the cycle is
		sum := 0.0
		for q := range 7 * 96 {
			sum += s.quarterFactor(q) / (7 * 96)
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("%s: mean %v", p.Name, sum)
		}
	}
}

// The office peak is at 10:30 local time: 9:30 UTC in Berlin's winter and 8:30
// in its summer, in the same run.
func TestDaylightSaving(t *testing.T) {
	spike := make([]float64, 24)
	spike[10] = 24
	start := time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC) // the Friday before the change
	a := arrivals(t, Config{PerSecond: 1, Shape: Shape{Daily: spike}}, []Place{{1, "Europe/Berlin"}}, start, 5*sim.Day)
	for day, hour := range []float64{9.5, 9.5, 8.5, 8.5, 8.5} {
		noon := sim.Time(day)*sim.Day + sim.Time(hour*float64(sim.Hour))
		around := a.Expected(noon-sim.Hour, noon+sim.Hour)
		all := a.Expected(sim.Time(day)*sim.Day, sim.Time(day+1)*sim.Day)
		if math.Abs(around/all-1) > 1e-9 || math.Abs(all-86400) > 1e-6 {
			t.Errorf("day %d: %v of %v arrivals within an hour of %v UTC", day, around, all, hour)
		}
	}
}

func TestOffsetsOfQuarterHours(t *testing.T) {
	spike := make([]float64, 24)
	spike[12] = 24
	a := arrivals(t, Config{PerSecond: 1, Shape: Shape{Daily: spike}}, []Place{{1, "Asia/Kathmandu"}}, monday, sim.Day)
	centre := 6*sim.Hour + 45*sim.Minute // 12:30 at UTC+5:45
	before, after := a.MeanRate(centre-1), a.MeanRate(centre)
	if before != after || before != a.PeakRate() {
		t.Errorf("rates around the peak are %v and %v, peak %v", before, after, a.PeakRate())
	}
}

// Each place gets the arrivals of its own local day.
func TestPlaceShares(t *testing.T) {
	cfg := Config{PerSecond: 2, Shape: Shape{Daily: daily(t, "office")}}
	whole := arrivals(t, cfg, world, monday, 2*sim.Day)
	points := run(t, whole, 5)
	for _, span := range [][2]sim.Time{{0, 2 * sim.Day}, {8 * sim.Hour, 10 * sim.Hour}, {30 * sim.Hour, 31 * sim.Hour}} {
		counts := make([]float64, len(world))
		for _, p := range points {
			if p.at >= span[0] && p.at < span[1] {
				counts[p.place]++
			}
		}
		for i, pl := range world {
			alone := cfg
			alone.PerSecond *= pl.Weight / 10
			want := arrivals(t, alone, world[i:i+1], monday, 2*sim.Day).Expected(span[0], span[1])
			if math.Abs(counts[i]-want) > 4*math.Sqrt(want)+1e-9 {
				t.Errorf("%v to %v: %v from %s, expected %.1f", span[0], span[1], counts[i], pl.TZ, want)
			}
		}
	}
}

// The thinned arrivals of a sine, binned by phase, follow the sine itself.
func TestSinePhases(t *testing.T) {
	a := arrivals(t, Config{PerSecond: 3, Shape: Shape{SineAmplitude: 0.8, SinePeriod: 100 * sim.Second}}, world, monday, sim.Day/2)
	counts := make([]float64, 20)
	for _, p := range run(t, a, 3) {
		counts[p.at%(100*sim.Second)/(5*sim.Second)]++
	}
	for i, n := range counts {
		from := sim.Time(i) * 5 * sim.Second
		want := a.Expected(from, from+5*sim.Second) * 432
		if math.Abs(n-want) > 4*math.Sqrt(want) {
			t.Errorf("phase %v: %v arrivals, expected %.1f", from, n, want)
		}
	}
}

func TestBursts(t *testing.T) {
	shape := Shape{Bursts: []Burst{
		{At: sim.Hour, Count: 50},
		{At: 90 * sim.Minute, Over: 10 * sim.Minute, Every: 2 * sim.Hour, Count: 400},
		{At: 23*sim.Hour + 58*sim.Minute, Over: 4 * sim.Minute, Count: 100},
		{At: 2 * sim.Day, Count: 9},
	}}
	base := run(t, arrivals(t, Config{PerSecond: 0.1}, world, monday, sim.Day), 8)
	a := arrivals(t, Config{PerSecond: 0.1, Shape: shape}, world, monday, sim.Day)
	points := run(t, a, 8)
	if len(arrivals(t, Config{Shape: shape}, nil, monday, sim.Day).segments) == 0 {
		t.Fatal("a run without segments")
	}
	left := map[sim.Time]int{}
	for _, p := range points {
		left[p.at]++
	}
	for _, p := range base {
		if left[p.at]--; left[p.at] < 0 {
			t.Fatalf("the arrival at %v is lost when bursts are added", p.at)
		}
	}
	if left[sim.Hour] != 50 {
		t.Errorf("%d arrivals at once, want 50", left[sim.Hour])
	}
	sum, squares := 0.0, 0.0
	n := 0
	for at, k := range left {
		if r := at - 90*sim.Minute; k > 0 && r >= 0 && r%(2*sim.Hour) < 10*sim.Minute && at < 23*sim.Hour+50*sim.Minute {
			u := float64(r%(2*sim.Hour)) / float64(10*sim.Minute)
			sum, squares, n = sum+u, squares+u*u, n+k
		}
	}
	if n != 12*400 {
		t.Errorf("%d arrivals in the repeated burst, want 4800", n)
	}
	if mean, second := sum/4800, squares/4800; math.Abs(mean-0.5) > 0.02 || math.Abs(second-1.0/3) > 0.02 {
		t.Errorf("the burst is not uniform: mean %v, second moment %v", mean, second)
	}
	want := a.Expected(0, sim.Day)
	if clean := 8640 + 50 + 4800 + 50.0; math.Abs(want-clean) > 1e-6 {
		t.Errorf("Expected says %v, want %v", want, clean)
	}
	if only := run(t, arrivals(t, Config{Shape: Shape{Bursts: shape.Bursts[:1]}}, world, monday, sim.Day), 1); len(only) != 50 {
		t.Errorf("%d arrivals of a burst without a rate", len(only))
	}
}

func TestRenewal(t *testing.T) {
	law, err := dist.NewGammaMeanCV(2, 0.5, dist.Duration)
	if err != nil {
		t.Fatal(err)
	}
	a := arrivals(t, Config{Interarrival: law}, world, monday, 20_000*sim.Second)
	points := run(t, a, 4)
	last := sim.Time(0)
	sum, squares := 0.0, 0.0
	for _, p := range points {
		x := (p.at - last).Seconds()
		last = p.at
		sum, squares = sum+x, squares+x*x
	}
	n := float64(len(points))
	mean := sum / n
	if math.Abs(mean-2) > 4/math.Sqrt(n) || math.Abs(squares/n-mean*mean-1) > 0.15 {
		t.Errorf("mean %v, variance %v, want 2 and 1", mean, squares/n-mean*mean)
	}
	if math.Abs(a.Expected(0, a.horizon)-10_000) > 1e-6 || a.MeanRate(5) != 0.5 || a.PeakRate() != 0.5 {
		t.Errorf("expected %v at rate %v", a.Expected(0, a.horizon), a.MeanRate(5))
	}
}

func TestScript(t *testing.T) {
	cfg := Config{PerSecond: 5, Clients: []Client{
		{Name: "a", At: []sim.Time{0, 10, 10, 500}, Weight: 1},
		{Name: "b", At: []sim.Time{5, 10, sim.Hour}, Weight: 1},
	}}
	places := append(append([]Place(nil), world...), Place{1, "UTC"}, Place{1, "UTC"})
	got := run(t, arrivals(t, cfg, places, monday, sim.Minute), 1)
	want := []point{{0, 5}, {5, 6}, {10, 5}, {10, 5}, {10, 6}, {500, 5}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("arrival %d is %v, want %v", i, got[i], want[i])
		}
	}
	if n := arrivals(t, cfg, places, monday, sim.Minute).Expected(0, 11); n != 5 {
		t.Errorf("Expected says %v, want 5", n)
	}
}

func TestSameSeedSameArrivals(t *testing.T) {
	for name, cfg := range cases(t) {
		cfg.Shape.Bursts = []Burst{{At: sim.Hour, Over: sim.Hour, Every: 3 * sim.Hour, Count: 10}}
		a := arrivals(t, cfg, world, monday, 2*sim.Day)
		b := arrivals(t, cfg, world, monday, 2*sim.Day)
		x, y, z := run(t, a, 9), run(t, b, 9), run(t, a, 10)
		if len(x) != len(y) {
			t.Fatalf("%s: %d and %d arrivals", name, len(x), len(y))
		}
		same := len(x) == len(z)
		for i := range x {
			if x[i] != y[i] {
				t.Fatalf("%s: arrival %d is %v and %v", name, i, x[i], y[i])
			}
			same = same && x[i] == z[i]
		}
		if same {
			t.Errorf("%s: two seeds give the same arrivals", name)
		}
	}
}

func TestNoPlacesAndNoTime(t *testing.T) {
	a := arrivals(t, Config{PerSecond: 1, Shape: Shape{Daily: daily(t, "night")}}, nil, monday, sim.Hour)
	for _, p := range run(t, a, 1) {
		if p.place != -1 {
			t.Fatalf("place %d of none", p.place)
		}
	}
	if n := len(run(t, arrivals(t, Config{PerSecond: 1}, world, monday, 0), 1)); n != 0 {
		t.Errorf("%d arrivals in no time", n)
	}
	// Places of weight 0 take no arrival, and their zones need not be known.
	some := []Place{{0, "UTC"}, {1, "Asia/Tokyo"}, {0, "no/where"}, {2, "Europe/Berlin"}}
	for _, shape := range []Shape{{}, {Daily: daily(t, "office")}} {
		for _, p := range run(t, arrivals(t, Config{PerSecond: 1, Shape: shape}, some, monday, 3*sim.Hour), 1) {
			if some[p.place].Weight == 0 {
				t.Fatalf("an arrival from place %d of weight 0", p.place)
			}
		}
	}
	if n := len(run(t, arrivals(t, Config{}, world, monday, sim.Hour), 1)); n != 0 {
		t.Errorf("%d arrivals at rate 0", n)
	}
}

func TestEveryProblemIsTold(t *testing.T) {
	law, _ := dist.NewExponential(1, dist.Duration)
	cfg := Config{Name: "traffic[3]", PerSecond: math.NaN(), Total: -1, Interarrival: law, Shape: Shape{
		Daily: []float64{1, 2}, Weekly: make([]float64, 7), SineAmplitude: 1.5, Growth: math.Inf(1),
		Bursts: []Burst{{At: -1, Count: 1}, {Over: 3, Every: 2}}, Flash: []Flash{{Factor: -1}}, Table: []TablePoint{{5, 1}, {5, 1}},
	}}
	_, err := NewArrivals(cfg, []Place{{Weight: 0}}, monday, -1)
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"the run lasts", "rate per second", "total", "weight 0", "daily", "weekly", "amplitude", "period", "growth",
		"burst 1", "burst 2", "flash crowd 1", "step 2", "interarrival"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not among the problems:\n%v", part, err)
		}
	}
	cfg = Config{PerSecond: 1, Shape: Shape{Daily: daily(t, "office")}}
	if _, err = NewArrivals(cfg, []Place{{1, "Mars/Olympus"}}, monday, sim.Day); err == nil || !strings.Contains(err.Error(), "Mars/Olympus") {
		t.Errorf("an unknown zone gives %v", err)
	}
	zero := Config{Total: 5, Shape: Shape{Table: []TablePoint{{0, 0}}}}
	if _, err = NewArrivals(zero, world, monday, sim.Day); err == nil {
		t.Error("a total without any rate passes")
	}
}

func TestNextDoesNotAllocate(t *testing.T) {
	cfg := cases(t)["all"]
	cfg.Shape.Bursts = []Burst{{At: 0, Over: sim.Minute, Every: sim.Hour, Count: 50}}
	a := arrivals(t, cfg, world, monday, 8*sim.Day)
	gap, place := rng.Derive(1), rng.Derive(2)
	c := a.Cursor(&gap, &place)
	if n := testing.AllocsPerRun(5000, func() { c.Next() }); n != 0 {
		t.Errorf("%v allocations per arrival", n)
	}
}

func BenchmarkNext(b *testing.B) {
	places := make([]Place, 2582)
	for i := range places {
		places[i] = Place{1 / float64(i+1), world[i%len(world)].TZ}
	}
	for name, shape := range map[string]Shape{"flat": {}, "daily": {Daily: daily(b, "internet")}, "sine": {SineAmplitude: 0.5, SinePeriod: sim.Day}} {
		b.Run(name, func(b *testing.B) {
			a := arrivals(b, Config{PerSecond: 1000, Shape: shape}, places, monday, 30*sim.Day)
			gap, place := rng.Derive(1), rng.Derive(2)
			c := a.Cursor(&gap, &place)
			sum := sim.Time(0)
			b.ReportAllocs()
			for b.Loop() {
				at, pl := c.Next()
				if at == sim.Never {
					b.StopTimer()
					c = a.Cursor(&gap, &place)
					b.StartTimer()
				}
				sum += at + sim.Time(pl)
			}
			if sum == 0 {
				b.Fatal("no arrivals")
			}
		})
	}
}

func BenchmarkNewArrivals(b *testing.B) {
	names := []string{"Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Asia/Tokyo", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo"}
	places := make([]Place, 2582)
	for i := range places {
		places[i] = Place{1 / float64(i+1), names[i%len(names)]}
	}
	for b.Loop() {
		arrivals(b, Config{PerSecond: 1000, Shape: Shape{Daily: daily(b, "internet")}}, places, monday, 31*sim.Day)
	}
}
