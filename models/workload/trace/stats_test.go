package trace

import (
	"math"
	"strings"
	"testing"

	"berth/sim"
)

func TestStatsByHand(t *testing.T) {
	// Gaps 30, 30, 120 s: mean 60, population variance (900+900+3600)/3 = 1800.
	// Bins of 60 s from the first arrival: 2, 1, 0, 1.
	r, err := text("time_s,key,service_ms\n100,a,5\n130,b,\n160,a,1\n280,a,9\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Stats(r)
	if err != nil {
		t.Fatal(err)
	}
	want := TraceStats{Requests: 4, Keys: 2, SpanS: 180, MeanInterarrivalS: 60, CVInterarrival: math.Sqrt(1800) / 60, PeakPerMinute: 2,
		IndexOfDispersion: 0.5, TopKeyShare: 0.75, Services: 3, MeanServiceMs: 5, ServiceP50Ms: 5, ServiceP95Ms: 9, ServiceP99Ms: 9, MaxMs: 9}
	if math.Abs(s.CVInterarrival-want.CVInterarrival) > 1e-15 {
		t.Errorf("cv %v, want %v", s.CVInterarrival, want.CVInterarrival)
	}
	s.CVInterarrival = want.CVInterarrival
	if s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
}

func TestStatsOfLittle(t *testing.T) {
	for rows, requests := range map[string]int64{"": 0, "5,a\n": 1, "5,a\n5,a\n": 2} {
		r, err := text("time_s,key\n"+rows, Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := Stats(r)
		if err != nil || s.Requests != requests || !math.IsNaN(s.CVInterarrival) || !math.IsNaN(s.MeanServiceMs) || !math.IsNaN(s.ServiceP50Ms) {
			t.Errorf("%d calls: %+v, %v", requests, s, err)
		}
	}
}

// Instants that are large and close together lose their spread in floating
// point: here the gaps are 1 and 3 ns at 290 years.
func TestStatsDoNotCancel(t *testing.T) {
	g := gatherer{services: map[sim.Time]int64{}}
	for _, at := range []sim.Time{1 << 62, 1<<62 + 1, 1<<62 + 4} {
		g.add(&Call{At: at, Service: -1})
	}
	if s := g.result(); s.CVInterarrival != 0.5 {
		t.Errorf("cv %v, want 0.5", s.CVInterarrival)
	}
}

func TestRatesByHand(t *testing.T) {
	s, err := ratesFrom(strings.NewReader("minute,requests\n10,4\n11,0\n14,0\n15,2\n16,0\n"), "test.csv")
	if err != nil {
		t.Fatal(err)
	}
	// 4 0 0 0 0 2 0: mean 6/7, mean square 20/7.
	want := RateStats{Minutes: 7, Requests: 6, MeanPerMinute: 6.0 / 7, PeakPerMinute: 4, ZeroMinutes: 5, LongestZeroRun: 4,
		IndexOfDispersion: (20.0/7 - 36.0/49) / (6.0 / 7)}
	if math.Abs(s.IndexOfDispersion-want.IndexOfDispersion) > 1e-15 {
		t.Errorf("index of dispersion %v, want %v", s.IndexOfDispersion, want.IndexOfDispersion)
	}
	s.IndexOfDispersion = want.IndexOfDispersion
	if s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
	for _, bad := range []string{"", "minute,requests\n", "minute,requests\n1,2\n1,2\n", "minute,requests\n1,x\n", "minute,n\n1,2\n"} {
		if s, err := ratesFrom(strings.NewReader(bad), "test.csv"); err == nil {
			t.Errorf("%q gives %+v", bad, s)
		}
	}
}
