package quantity

import (
	"math"
	"testing"

	"berth/sim"
)

func TestSpan(t *testing.T) {
	good := map[string]sim.Time{
		"0": 0, "0s": 0, "300ms": 300 * sim.Millisecond, "1h30m": 90 * sim.Minute, "2d": 2 * sim.Day, "1.5s": 1500 * sim.Millisecond,
		"730h": 730 * sim.Hour, "0.1s": 100 * sim.Millisecond,
	}
	for text, want := range good {
		if got, err := Span(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "10", "-5m", "5 months", "m", "nan", "5000000h", "1h x", "1M"} {
		if got, err := Span(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	type reader func(string) (float64, error)
	size := func(s string) (float64, error) {
		n, err := Bytes(s)
		return float64(n), err
	}
	perSecond := func(s string) (float64, error) {
		r, err := ParseRate(s)
		return r.PerSecond(30 * 86400), err
	}
	cases := []struct {
		read reader
		text string
		want float64
	}{
		{size, "350MB", 350e6}, {size, "3GiB", 3 << 30}, {size, "1.5kB", 1500}, {size, "0", 0}, {size, "2 GB", 2e9},
		{perSecond, "4/min", 4.0 / 60}, {perSecond, "2M/month", 2e6 / (30 * 86400)}, {perSecond, "0.5/s", 0.5}, {perSecond, "30k/day", 30000.0 / 86400}, {perSecond, "7/w", 1.0 / 86400},
		{Speed, "400Mbit/s", 50e6}, {Speed, "50 MB/s", 50e6}, {Share, "3%", 0.03}, {Share, "0.5", 0.5}, {USD, "400 USD", 400}, {USD, "$12.5", 12.5},
		{VCPU, "1/16", 0.0625}, {VCPU, "0.25", 0.25}, {VCPU, "2 vCPU", 2}, {Number, "-1.5e3", -1500}, {Count, "10k", 1e4},
	}
	for _, c := range cases {
		if got, err := c.read(c.text); err != nil || math.Abs(got-c.want) > 1e-12*math.Abs(c.want) {
			t.Errorf("%q: %v, %v; want %v", c.text, got, err, c.want)
		}
	}
	bad := []struct {
		read reader
		text string
	}{
		{size, "350"}, {size, "-1MB"}, {size, "5 m"}, {size, "1e300GB"}, {perSecond, "4"}, {perSecond, "4/fortnight"}, {perSecond, "-4/s"}, {perSecond, "x/s"},
		{Share, "x"}, {Speed, "400"}, {Speed, "0MB/s"}, {perSecond, "4/m"}, {USD, "400"}, {USD, "-1 USD"}, {VCPU, "1/0"}, {VCPU, "fast"}, {Number, ".nan"}, {Number, ".inf"}, {Number, "1e999"}, {Count, "-1"},
	}
	for _, c := range bad {
		if got, err := c.read(c.text); err == nil {
			t.Errorf("%q was read as %v", c.text, got)
		}
	}
}

func TestCalendar(t *testing.T) {
	if m, err := Month("2026-11"); err != nil || m.Format("2006-01-02") != "2026-11-01" {
		t.Error(m, err)
	}
	for _, text := range []string{"2026", "2026-13", "November", "2026-11-01"} {
		if _, err := Month(text); err == nil {
			t.Errorf("%q is no month", text)
		}
	}
	if d, err := Date("2026-11-05T08:30"); err != nil || d.Hour() != 8 {
		t.Error(d, err)
	}
}

func FuzzQuantities(f *testing.F) {
	for _, s := range []string{"1h30m", "350MB", "4/min", "3%", "$4", "1/16", "9223372036s", "99999999999999999999s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := Span(s); err == nil && v < 0 {
			t.Errorf("span %q is negative: %v", s, v)
		}
		for _, read := range []func(string) (float64, error){Speed, Share, USD, VCPU, Number, Count} {
			if v, err := read(s); err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
				t.Errorf("%q gave %v", s, v)
			}
		}
		if r, err := ParseRate(s); err == nil && !(r.PerSecond(2592000) >= 0) {
			t.Errorf("rate %q gave %v", s, r)
		}
	})
}
