package sim

import (
	"math"
	"testing"
)

func TestFromSecondsRoundsAndSaturates(t *testing.T) {
	for _, c := range []struct {
		s    float64
		want Time
	}{
		{0, 0}, {1, Second}, {-1, -Second}, {0.5e-9, 1}, {-0.5e-9, -1}, {0.4e-9, 0},
		{1.2, 1200 * Millisecond}, {86400, Day}, {math.Inf(1), Never}, {1e300, Never},
		{9223372036.9, Never}, {math.Inf(-1), math.MinInt64}, {-1e300, math.MinInt64}, {math.NaN(), 0},
	} {
		if got := FromSeconds(c.s); got != c.want {
			t.Errorf("FromSeconds(%v) = %d, want %d", c.s, got, c.want)
		}
	}
	if got := (90 * Minute).Seconds(); got != 5400 {
		t.Errorf("90 min = %v s, want 5400", got)
	}
}

func TestTimeString(t *testing.T) {
	for _, c := range []struct {
		t    Time
		want string
	}{
		{0, "0s"}, {1, "1ns"}, {1500, "1.5us"}, {350 * Millisecond, "350ms"}, {1200 * Millisecond, "1.2s"},
		{10 * Minute, "10m"}, {90 * Minute, "1h30m"}, {2 * Day, "2d"}, {Minute + Millisecond, "1m1ms"},
		{-90 * Second, "-1m30s"}, {Second + 1, "1.000000001s"}, {Never, "never"}, {math.MinInt64, "-106751d23h47m16.854775808s"},
	} {
		if got := c.t.String(); got != c.want {
			t.Errorf("String(%d) = %q, want %q", int64(c.t), got, c.want)
		}
	}
}
