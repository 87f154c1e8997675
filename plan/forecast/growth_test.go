package forecast

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestGrowthForms(t *testing.T) {
	for _, c := range []struct {
		text  string
		month int
		want  float64
	}{
		{"flat", 7, 1}, {"8%/month", 0, 1}, {"8%/month", 12, math.Pow(1.08, 12)}, {"2x/year", 12, 2}, {"2x/year", 6, math.Sqrt2}, {"2x / Year", 24, 4},
		{"-5%/month", 1, 0.95}, {"+50%/year", 12, 1.5}, {"10%/quarter", 3, 1.1}, {"1,1.1,1.5x", 2, 1.5}, {"0.5x/year", 12, 0.5},
	} {
		g, err := ParseGrowth(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := g.Factor(c.month); math.Abs(got/c.want-1) > 1e-12 {
			t.Errorf("%s after %d months: %v, want %v", c.text, c.month, got, c.want)
		}
	}
	for text, want := range map[string]string{"8%": "8%/month", "": "8%/month", "8%/week": "month, a quarter or a year", "-100%/month": "no traffic", "0x/year": "no traffic", "1,two": "not a number", "1,0": "above 0",
		"NaN%/month": "8%/month", "1e9x/month": "8%/month", "99999999x/month": "no traffic, or more than a million"} {
		if _, err := ParseGrowth(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestSpreads(t *testing.T) {
	for _, c := range []struct {
		text, spread string
		low, high    float64 // after 1 month
		names        string
	}{
		{"8%/month", "3%", 1.05, 1.11, "5%/month 11%/month"}, {"8%/month", "±3%/month", 1.05, 1.11, "5%/month 11%/month"}, {"flat", "2%", 0.98, 1.02, "-2%/month 2%/month"},
		{"2x/year", "0.5x", math.Pow(1.5, 1.0/12), math.Pow(2.5, 1.0/12), "1.5x/year 2.5x/year"}, {"1,2", "10%", 1.8, 2.2, "the list -10% the list +10%"},
	} {
		g := growth(t, c.text)
		low, high, err := g.Spread(c.spread)
		if err != nil {
			t.Errorf("%s ± %s: %v", c.text, c.spread, err)
			continue
		}
		if a, b := low.Factor(1), high.Factor(1); math.Abs(a/c.low-1) > 1e-12 || math.Abs(b/c.high-1) > 1e-12 || low.Text+" "+high.Text != c.names {
			t.Errorf("%s ± %s: %v to %v, %s to %s", c.text, c.spread, a, b, low.Text, high.Text)
		}
	}
	for _, c := range [][2]string{{"8%/month", "3"}, {"8%/month", "0.5x"}, {"8%/month", "-3%"}, {"2x/year", "3%"}, {"8%/month", "120%"}, {"2x/year", "2x"}, {"1,2", "100%"}, {"flat", "NaN%"}} {
		g := growth(t, c[0])
		if low, high, err := g.Spread(c[1]); err == nil {
			t.Errorf("%s ± %s: %s to %s", c[0], c[1], low.Text, high.Text)
		}
	}
}

func FuzzGrowth(f *testing.F) {
	for _, s := range []string{"8%/month", "2x/year", "1,2,3", "flat", "-3%/month"} {
		f.Add(s, "3%")
	}
	f.Fuzz(func(t *testing.T, text, spread string) {
		g, err := ParseGrowth(text)
		if err != nil {
			return
		}
		months := max(1, len(g.factors))
		if g.Check(months) == nil {
			if x := g.Factor(months - 1); !(x > 0) || math.IsInf(x, 0) {
				t.Fatalf("%q: factor %v", text, x)
			}
		}
		low, high, err := g.Spread(spread)
		if err == nil && !(low.Factor(months-1) > 0 && low.Factor(months-1) <= high.Factor(months-1)) {
			t.Fatalf("%q ± %q: %v to %v", text, spread, low.Factor(months-1), high.Factor(months-1))
		}
	})
}

// TestBandHoldsFurtherMonths draws months whose bill is known and counts how
// often the band of few replications holds one more.
func TestBandHoldsFurtherMonths(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const rounds, n = 4000, 5
	held := 0
	for range rounds {
		draw := func() float64 { return 100 + 5*r.NormFloat64() }
		var totals []float64
		for range n {
			totals = append(totals, draw())
		}
		m := newMixture(true, func(float64) []float64 { return totals })
		if x := draw(); m.quantile(0.025) <= x && x <= m.quantile(0.975) {
			held++
		}
	}
	if share, sd := float64(held)/rounds, math.Sqrt(0.95*0.05/rounds); math.Abs(share-0.95) > 4*sd {
		t.Errorf("%.4f of the bands hold a further month", share)
	}
}

func TestBandOfUncertainGrowth(t *testing.T) {
	m := newMixture(false, func(z float64) []float64 {
		x := 100 + 20*z
		if z > 0 {
			x = 100 + 50*z
		}
		return []float64{x, x, x}
	})
	for p, want := range map[float64]float64{0.025: 80, 0.5: 100, 0.975: 150} {
		if got := m.quantile(p); math.Abs(got-want) > 1 {
			t.Errorf("quantile %v is %v, want %v", p, got, want)
		}
	}
	if p := m.above(150); math.Abs(p-0.025) > 0.003 {
		t.Errorf("above the high end with %v", p)
	}
	if p := m.above(99.99); math.Abs(p-0.5) > 0.003 {
		t.Errorf("above the middle with %v", p)
	}
	one := newMixture(true, func(float64) []float64 { return []float64{42} })
	if q := one.quantile(0.9); !math.IsNaN(q) || one.above(41) != 1 || one.above(43) != 0 {
		t.Errorf("one replication: quantile %v, above %v, %v", q, one.above(41), one.above(43))
	}
}
