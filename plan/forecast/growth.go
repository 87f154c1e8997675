package forecast

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// maxFactor bounds how much larger a month's traffic may be than the scenario's.
const maxFactor = 1e6

// Growth is how traffic grows: the factor of each month over the scenario's own
// traffic.
type Growth struct {
	Text    string
	kind    byte    // '%' or 'x' a period, 'l' list, 'f' flat
	amount  float64 // of a period: 0.08, or 2 of x
	months  float64 // of the period
	factors []float64
}

var rateForm = regexp.MustCompile(`^([+-]?[0-9]*\.?[0-9]+)\s*([%x])\s*/\s*([a-z]+)$`)

// periods are the lengths of growth periods in months.
var periods = map[string]float64{"month": 1, "months": 1, "quarter": 3, "year": 12, "years": 12}

// ParseGrowth reads 8%/month, 2x/year, flat, or a list of factors, one for each
// month, such as 1,1.1,1.3. The error says what to write.
func ParseGrowth(text string) (Growth, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	g := Growth{Text: s}
	if s == "flat" || s == "0" {
		g.kind, g.Text = 'f', "flat"
		return g, nil
	}
	if strings.Contains(s, ",") {
		return g.list(s)
	}
	m := rateForm.FindStringSubmatch(s)
	if m == nil {
		return g, fmt.Errorf("%q is not a growth: write 8%%/month, 2x/year, flat, or a factor for each month such as 1,1.1,1.3", clip(text))
	}
	g.kind, g.months = m[2][0], periods[m[3]]
	if g.months == 0 {
		return g, fmt.Errorf("%q: growth is a month, a quarter or a year", clip(text))
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return g, fmt.Errorf("%q: %w", clip(text), err)
	}
	if g.amount = x; g.kind == '%' {
		g.amount = x / 100
	}
	if base := g.base(); !(base > 0) || base > maxFactor {
		return g, fmt.Errorf("%q leaves no traffic, or more than a million times as much: take less", clip(text))
	}
	g.Text = strings.ReplaceAll(s, " ", "")
	return g, nil
}

func (g Growth) list(s string) (Growth, error) {
	g.kind = 'l'
	for piece := range strings.SplitSeq(s, ",") {
		x, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(piece), "x"), 64)
		if err != nil || !(x > 0) || x > maxFactor {
			return g, fmt.Errorf("%q in the list of factors is not a number above 0, such as 1.1", clip(piece))
		}
		g.factors = append(g.factors, x)
	}
	return g, nil
}

// clip keeps a user's text short in messages.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "..."
	}
	return s
}

// base is the factor of one period.
func (g Growth) base() float64 {
	if g.kind == 'x' {
		return g.amount
	}
	return 1 + g.amount
}

// Factor is that of month m, counted from 0.
func (g Growth) Factor(m int) float64 {
	switch g.kind {
	case 'f':
		return 1
	case 'l':
		return g.factors[m]
	}
	return math.Pow(g.base(), float64(m)/g.months)
}

// Check reports a growth that does not fit so many months.
func (g Growth) Check(months int) error {
	if g.kind == 'l' && len(g.factors) != months {
		return fmt.Errorf("the list has %d factors for %d months", len(g.factors), months)
	}
	if f := g.Factor(months - 1); f > maxFactor || f < 1/maxFactor {
		return fmt.Errorf("%s makes the traffic of month %d %.3g times that of the scenario: take fewer months or less growth", g.Text, months, f)
	}
	return nil
}

// Spread are the growths at both ends of an uncertainty in the growth's own
// terms: 3% of 8%/month is 5%/month to 11%/month, 0.5x of 2x/year is 1.5x/year to
// 2.5x/year, 10% of a list is each factor less and more a tenth. 3% of flat is
// -3%/month to 3%/month.
func (g Growth) Spread(text string) (low, high Growth, err error) {
	s := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "±"), "+-")
	s, _, _ = strings.Cut(s, "/")
	s = strings.TrimSpace(s)
	unit := byte('%')
	if g.kind == 'x' {
		unit = 'x'
	}
	x, errNumber := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(s, string(unit))), 64)
	if errNumber != nil || !strings.HasSuffix(s, string(unit)) || !(x > 0) || math.IsInf(x, 0) {
		return low, high, fmt.Errorf("%q is not the uncertainty of %s: write a number above 0 with %c, such as %s", clip(text), g.Text, unit, map[byte]string{'%': "3%", 'x': "0.5x"}[unit])
	}
	if unit == '%' {
		x /= 100
	}
	low, high = g, g
	if g.kind == 'l' {
		low.factors, high.factors = nil, nil
		for _, f := range g.factors {
			low.factors, high.factors = append(low.factors, f*(1-x)), append(high.factors, f*(1+x))
		}
	}
	if g.kind == 'f' {
		low.kind, low.months, high.kind, high.months = '%', 1, '%', 1
	}
	low.amount, high.amount = g.amount-x, g.amount+x
	low.Text, high.Text = low.name(g, "-", s), high.name(g, "+", s)
	if g.kind == 'l' && x >= 1 || g.kind != 'l' && !(low.base() > 0) {
		return low, high, fmt.Errorf("%s less %s leaves no traffic", g.Text, clip(text))
	}
	return low, high, nil
}

// name writes an end of an uncertainty.
func (g Growth) name(of Growth, sign, spread string) string {
	if g.kind == 'l' {
		return "the list " + sign + spread
	}
	amount := strconv.FormatFloat(math.Round(g.amount*1e10)/1e10, 'f', -1, 64) + "x"
	if g.kind == '%' {
		amount = strconv.FormatFloat(math.Round(g.amount*1e10)/1e8, 'f', -1, 64) + "%"
	}
	period := "month"
	if _, after, found := strings.Cut(of.Text, "/"); found {
		period = after
	}
	return amount + "/" + period
}
