package keepalive

import (
	"slices"
	"testing"

	"berth/sim"
)

// published are the settings of the publication, but for the standard time.
var published = Settings{Standard: 10 * sim.Minute, Range: 4 * sim.Hour, Head: 0.05, Tail: 0.99, Margin: 0.1, MinCV: 2}

func after(p Policy, s Settings, idle ...sim.Time) Plan {
	m := p.New(s)
	for _, x := range idle {
		m.Observe(x)
	}
	return Ask(m)
}

func many(n int, idle sim.Time) []sim.Time { return slices.Repeat([]sim.Time{idle}, n) }

// A cron of half an hour: every idle time is in bin 30, [30, 31) min. The head,
// 30 min, is cut by a tenth to 27 min; the tail, 31 min, grows to 34 min 6 s.
func TestHistogramOfACron(t *testing.T) {
	got := after(HybridHistogram{}, published, many(20, 30*sim.Minute+10*sim.Second)...)
	want := Plan{Stay: 0, Prewarm: 27 * sim.Minute, Until: 34*sim.Minute + 6*sim.Second}
	if got != want {
		t.Errorf("plan %+v, want %+v", got, want)
	}
}

// One call in ten comes within the first minute, so the head is zero and the
// instance stays up, until a tenth after the end of bin 7.
func TestHistogramWithAnEarlyHeadStaysUp(t *testing.T) {
	idle := append(many(9, 7*sim.Minute+30*sim.Second), 20*sim.Second)
	if got, want := after(HybridHistogram{}, published, idle...), Stay(8*sim.Minute+48*sim.Second); got != want {
		t.Errorf("plan %+v, want %+v", got, want)
	}
}

// The percentiles are ranks: of 100 idle times the fifth and the 99th count.
func TestHistogramPercentilesAreRanks(t *testing.T) {
	idle := append(append(many(4, 2*sim.Minute), many(95, 60*sim.Minute)...), 200*sim.Minute)
	got := after(HybridHistogram{}, published, idle...)
	if want := (Plan{Prewarm: 54 * sim.Minute, Until: 67*sim.Minute + 6*sim.Second}); got != want {
		t.Errorf("plan %+v, want %+v", got, want)
	}
	idle[50] = 2 * sim.Minute // now the fifth is at 2 min
	if got := after(HybridHistogram{}, published, idle...); got.Prewarm != 108*sim.Second {
		t.Errorf("pre-warming after %v, want 1m48s", got.Prewarm)
	}
}

func TestHistogramFallsBack(t *testing.T) {
	var flat []sim.Time
	for k := range 240 {
		flat = append(flat, sim.Time(k)*sim.Minute)
	}
	for name, idle := range map[string][]sim.Time{
		"nothing seen":            nil,
		"only beyond the range":   many(5, 5*sim.Hour),
		"mostly beyond the range": append(many(5, 5*sim.Hour), many(4, sim.Minute)...),
		"all bins alike":          flat,
	} {
		if got := after(HybridHistogram{}, published, idle...); got != Stay(published.Standard) {
			t.Errorf("%s: plan %+v, want sleep_after", name, got)
		}
	}
	even := append(many(5, 5*sim.Hour), many(5, sim.Minute)...)
	if got := after(HybridHistogram{}, published, even...); got == Stay(published.Standard) {
		t.Error("half of the idle times within the range are enough, but were not asked")
	}
}

// The coefficient of variation, kept in one step for each idle time, against its
// definition. Counts 3, 1, 0, 0: mean 1, variance 1.5.
func TestVariationByDefinition(t *testing.T) {
	h := HybridHistogram{}.New(Settings{Range: 4 * sim.Minute, MinCV: 2}).(*histogram)
	for _, x := range []sim.Time{0, sim.Second, 90 * sim.Second, 59 * sim.Second} {
		h.Observe(x)
	}
	if v := h.variation(); v*v < 1.4999999 || v*v > 1.5000001 {
		t.Errorf("variation %v, want the root of 1.5", v)
	}
}

func TestPercentileOfTheLastIdleTimes(t *testing.T) {
	if got := after(Percentile{}, published, many(4, sim.Second)...); got != Stay(published.Standard) {
		t.Errorf("after four: %+v, want sleep_after", got)
	}
	idle := append(many(remembered, sim.Hour), many(remembered, 10*sim.Second)...)
	if got := after(Percentile{}, published, idle...); got != Stay(11*sim.Second) {
		t.Errorf("old idle times count: %+v, want 11s", got)
	}
	if got := after(Percentile{}, published, many(9, 5*sim.Hour)...); got != Stay(published.Standard) {
		t.Errorf("beyond the range: %+v, want sleep_after", got)
	}
}

type bare struct{ plan Plan }

func (bare) Observe(sim.Time) {}
func (b bare) Plan() Plan     { return b.plan }

func TestAskPutsTimesInOrder(t *testing.T) {
	for _, c := range []struct{ plan, want Plan }{
		{Plan{Stay: -5, Prewarm: 10, Until: 3}, Plan{Stay: 0, Prewarm: 10, Until: 10}},
		{Plan{Stay: 20, Prewarm: 10, Until: 30}, Stay(20)},
		{Plan{Stay: 1, Prewarm: 2, Until: 3}, Plan{Stay: 1, Prewarm: 2, Until: 3}},
	} {
		if got := Ask(bare{c.plan}); got != c.want {
			t.Errorf("%+v became %+v, want %+v", c.plan, got, c.want)
		}
	}
}

// Whatever is observed, a built-in policy plans times in order, and the same
// after the same.
func FuzzPlans(f *testing.F) {
	f.Add([]byte{1, 30, 30, 200, 0, 31})
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, e := range Policies {
			a, b := e.Policy.New(published), e.Policy.New(published)
			for _, x := range data {
				idle := sim.Time(x) * 97 * sim.Second
				a.Observe(idle)
				b.Observe(idle)
			}
			p := a.Plan()
			if p != b.Plan() || p.Stay < 0 || p.Prewarm != sim.Never && (p.Prewarm <= p.Stay || p.Until < p.Prewarm) {
				t.Fatalf("%s plans %+v", e.Name, p)
			}
		}
	})
}
