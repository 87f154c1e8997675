package dist

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"berth/sim"
)

// problems flattens a joined error into its parse errors.
func problems(t testing.TB, err error) []*ParseError {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%T is not a joined error", err)
	}
	var out []*ParseError
	for _, e := range joined.Unwrap() {
		var pe *ParseError
		if !errors.As(e, &pe) {
			t.Fatalf("%T is not a ParseError", e)
		}
		out = append(out, pe)
	}
	return out
}

func TestParseProblems(t *testing.T) {
	type problem struct {
		offset int
		part   string // of the message or hint
	}
	for _, c := range []struct {
		text string
		unit Unit
		want []problem
	}{
		{"", Duration, []problem{{0, "distribution is wanted"}}},
		{"3", Duration, []problem{{1, "needs a unit"}}},
		{"3s", Dimensionless, []problem{{1, "without a unit"}}},
		{"3MB", Duration, []problem{{1, "not a unit of a duration"}}},
		{"5 min", Duration, []problem{{2, "did you mean m?"}}},
		{"7KB", Bytes, []problem{{1, "did you mean kB?"}}},
		{"-3s", Duration, []problem{{0, "negative"}}},
		{"NaN", Duration, []problem{{0, "not a finite number"}}},
		{"1e999s", Duration, []problem{{0, "too large"}}},
		{"3s extra", Duration, []problem{{3, "unexpected"}}},
		{"lognormol(mean=1s, cv=1)", Duration, []problem{{0, "did you mean lognormal?"}}},
		{"exp(mean=1s)", Duration, []problem{{0, "did you mean exponential?"}}},
		{"lognormal(maen=1s, cv=1)", Duration, []problem{{10, "did you mean mean?"}}},
		{"lognormal(mean=1, cv=-1)", Duration, []problem{{16, "needs a unit"}, {21, "negative"}}},
		{"lognormal(mean=0s, cv=0)", Duration, []problem{{15, "above 0"}, {22, "above 0"}}},
		{"lognormal(mean=1s, sigma=1)", Duration, []problem{{19, "contradicts"}}},
		{"lognormal(mean=1s, median=1s, cv=1, sigma=2)", Duration, []problem{{19, "contradicts"}, {36, "contradicts"}}},
		{"lognormal(mean=1s)", Duration, []problem{{0, "lacks cv"}}},
		{"lognormal(1s, 2)", Duration, []problem{{10, "name the parameters"}, {14, "name the parameters"}}},
		{"gamma(mean=1s, mean=1s, cv=1)", Duration, []problem{{15, "given twice"}}},
		{"gamma(mean: 1s)", Duration, []problem{{6, "takes ="}}},
		{"uniform(3s, 1s)", Duration, []problem{{12, "below min"}}},
		{"uniform(1s, 1s)", Duration, []problem{{12, "constant"}}},
		{"uniform(1s, 2s, 3s)", Duration, []problem{{16, "too many"}}},
		{"exponential(mean=gamma(mean=1s, cv=1))", Duration, []problem{{17, "not a distribution"}}},
		{"exponential(rate=2/fortnight)", Duration, []problem{{18, "unit of a rate"}}},
		{"exponential(rate=2/s)", Bytes, []problem{{18, "bare number"}}},
		{"geometric(mean=0.5)", Dimensionless, []problem{{15, "at least 1"}}},
		{"geometric(mean=6)", Duration, []problem{{0, "not a law of a duration"}}},
		{"zipf(2.5, 1)", Dimensionless, []problem{{5, "whole number"}}},
		{"pareto(mean=1s, shape=1)", Duration, []problem{{22, "finite mean"}}},
		{"hyperexponential(mean=1s, cv=0.5)", Duration, []problem{{29, "at least 1"}}},
		{"mixture(0.5: 1s, 0.6: 2s)", Duration, []problem{{0, "add up to 1.1"}}},
		{"mixture(1s)", Duration, []problem{{8, "no weight"}}},
		{"mixture(0: 1s, 1: 2)", Duration, []problem{{19, "needs a unit"}}},
		{"mixture(0: 1s, 1: 2s)", Duration, []problem{{8, "above 0"}}},
		{"mixture()", Duration, []problem{{0, "at least one part"}}},
		{"empirical(0.1: 1s, 1: 2s)", Duration, []problem{{10, "probability 0"}}},
		{"empirical(0: 2s, 0.5: 1s, 0.4: 3s, 1: 4s)", Duration, []problem{{17, "value below"}, {26, "not above the one before"}}},
		{"shifted(1s)", Duration, []problem{{0, "takes a value and a distribution"}}},
		{"exponential", Duration, []problem{{0, "in brackets"}}},
		{"exponential(mean=1s", Duration, []problem{{19, "comma or )"}}},
		{strings.Repeat("mixture(1: ", 20) + "1s", Duration, []problem{{176, "inside each other"}}},
		{"exponential(mean=1s)\x00", Duration, []problem{{20, "unexpected"}}},
	} {
		d, err := Parse(c.text, c.unit)
		got := problems(t, err)
		if d != nil || len(got) != len(c.want) {
			t.Errorf("%q gives %v and problems %v, want %d", c.text, d, err, len(c.want))
			continue
		}
		for i, w := range c.want {
			if got[i].Offset != w.offset || !strings.Contains(got[i].Error(), w.part) {
				t.Errorf("%q: problem %q, want offset %d and %q", c.text, got[i], w.offset, w.part)
			}
		}
	}
}

func TestParseForms(t *testing.T) {
	for _, c := range []struct {
		text, canonical string
		unit            Unit
	}{
		{"3s", "3s", Duration}, {"0", "0s", Duration}, {" 90s ", "1m30s", Duration}, {"1h 30m", "1h30m", Duration},
		{"constant(value=0.3s)", "300ms", Duration}, {"1500us", "1.5ms", Duration}, {"2.5e-7s", "250ns", Duration},
		{"40MiB", "40MiB", Bytes}, {"1500kB", "1.5MB", Bytes}, {"0", "0B", Bytes}, {"1048577B", "1048577B", Bytes},
		{"uniform(1s,3s)", "uniform(min=1s, max=3s)", Duration}, {"uniform(max=3, min=1)", "uniform(min=1, max=3)", Dimensionless},
		{"exponential(300ms)", "exponential(mean=300ms)", Duration}, {"exponential(rate=120/min)", "exponential(rate=2)", Duration},
		{"zipf(1000, 0.8)", "zipf(n=1000, alpha=0.8)", Dimensionless},
		{"mixture(3: 1s, 1: exponential(2s))", "mixture(3: 1s, 1: exponential(mean=2s))", Duration},
	} {
		d, err := Parse(c.text, c.unit)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
		} else if d.String() != c.canonical {
			t.Errorf("%q is written %q, want %q", c.text, d, c.canonical)
		}
	}
}

// anyDist draws a valid distribution's text by naming parameters at random.
func anyDist(unit Unit) *rapid.Generator[string] {
	value := rapid.Custom(func(t *rapid.T) string {
		v := rapid.Float64Range(1e-3, 1e6).Draw(t, "value")
		return unit.format(v)
	})
	number := rapid.Custom(func(t *rapid.T) string { return formatNumber(rapid.Float64Range(0.05, 5).Draw(t, "number")) })
	return rapid.Custom(func(t *rapid.T) string {
		v := func() string { return value.Draw(t, "v") }
		n := func() string { return number.Draw(t, "n") }
		simple := []func() string{
			v,
			func() string { return "exponential(mean=" + v() + ")" },
			func() string { return "exponential(rate=" + n() + ")" },
			func() string { return "lognormal(mean=" + v() + ", cv=" + n() + ")" },
			func() string { return "lognormal(median=" + v() + ", sigma=" + n() + ")" },
			func() string { return "gamma(shape=" + n() + ", scale=" + v() + ")" },
			func() string { return "gamma(mean=" + v() + ", cv=" + n() + ")" },
			func() string { return "weibull(mean=" + v() + ", cv=" + n() + ")" },
			func() string { return "weibull(scale=" + v() + ", shape=1" + n() + ")" },
			func() string { return "pareto(scale=" + v() + ", shape=" + n() + ")" },
			func() string { return "pareto(mean=" + v() + ", shape=1" + n() + ")" },
			func() string { return "hyperexponential(mean=" + v() + ", cv=1" + n() + ")" },
			func() string { return "hyperexponential(p=0.25, mean1=" + v() + ", mean2=" + v() + ")" },
			func() string { return "hyperexponential(p=0.1, rate1=" + n() + ", rate2=" + n() + ")" },
			func() string { return "uniform(" + unit.format(0) + ", " + v() + ")" },
		}
		pick := func() string { return rapid.SampledFrom(simple).Draw(t, "law")() }
		switch rapid.IntRange(0, 5).Draw(t, "shape") {
		case 0:
			return "mixture(0.25: " + pick() + ", 0.75: " + pick() + ")"
		case 1:
			return "shifted(" + v() + ", mixture(1" + n() + ": " + pick() + ", 2: " + pick() + "))"
		case 2:
			return "empirical(0: " + unit.format(0) + ", 0.5: " + unit.format(0.0005) + ", 1: " + v() + ")"
		default:
			return pick()
		}
	})
}

func TestCanonicalTextRoundTrips(t *testing.T) {
	for _, unit := range []Unit{Dimensionless, Duration, Bytes} {
		texts := anyDist(unit)
		rapid.Check(t, func(t *rapid.T) {
			text := texts.Draw(t, "text")
			checkRoundTrip(t, text, unit)
		})
	}
	for _, s := range specimens() {
		checkRoundTrip(t, s.text, s.unit)
	}
}

// fataler is what testing.T and rapid.T share.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func checkRoundTrip(t fataler, text string, unit Unit) {
	t.Helper()
	d, err := Parse(text, unit)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	back, err := Parse(d.String(), unit)
	if err != nil {
		t.Fatalf("%q is written %q, which fails: %v", text, d, err)
	}
	if !reflect.DeepEqual(d, back) {
		t.Fatalf("%q is written %q, which is another distribution", text, d)
	}
}

func TestValuesAreWrittenExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := math.Abs(rapid.Float64().Draw(t, "v"))
		if rapid.Bool().Draw(t, "round") {
			v = float64(rapid.Uint32().Draw(t, "whole")) / 1000
		}
		for _, unit := range []Unit{Duration, Bytes, Dimensionless} {
			text := unit.format(v)
			if back, ok := readExactly(text, unit); !ok || back != v {
				t.Fatalf("%v is written %q, read as %v", v, text, back)
			}
		}
	})
}

func TestParseDuration(t *testing.T) {
	for _, c := range []struct {
		text string
		want sim.Time
	}{
		{"0", 0}, {"10m", 10 * sim.Minute}, {"1h30m", 90 * sim.Minute}, {"2d", 2 * sim.Day}, {"1.5h", 90 * sim.Minute},
		{"0.1s", 100 * sim.Millisecond}, {"1.0000000005s", sim.Second + 1}, {"0.4ns", 0}, {"9223372036854775807ns", sim.Never},
		{"100d 1ns", 100*sim.Day + 1}, {"3\u00b5s", 3 * sim.Microsecond}, {"1e3ms", sim.Second},
	} {
		if got, err := ParseDuration(c.text); err != nil || got != c.want {
			t.Errorf("%q = %d, %v; want %d", c.text, got, err, c.want)
		}
	}
	for text, offset := range map[string]int{"": 0, "10": 2, "-1s": 0, "1w": 1, "1s!": 2, "9223372036854775808ns": 0, "1e999s": 0, "1e-9e9s": 4, "1m30": 4} {
		_, err := ParseDuration(text)
		if got := problems(t, err); len(got) != 1 || got[0].Offset != offset {
			t.Errorf("%q gives %v, want one problem at %d", text, err, offset)
		}
	}
}

func TestParseBytes(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
	}{
		{"0", 0}, {"350MB", 350e6}, {"3GiB", 3 << 30}, {"1.5kB", 1500}, {"1.1GiB", 1181116006}, {"2 TB", 2e12}, {"7B", 7},
	} {
		if got, err := ParseBytes(c.text); err != nil || got != c.want {
			t.Errorf("%q = %d, %v; want %d", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "350", "350Mb", "1e30B", "-1B", "1B 2"} {
		if n, err := ParseBytes(text); err == nil {
			t.Errorf("%q = %d", text, n)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, math.MaxInt64).Draw(t, "n") >> rapid.IntRange(0, 62).Draw(t, "shift")
		if back, err := ParseBytes(FormatBytes(n)); err != nil || back != n {
			t.Fatalf("%d is written %q, read as %d, %v", n, FormatBytes(n), back, err)
		}
		span := sim.Time(n)
		if span == sim.Never {
			return
		}
		if back, err := ParseDuration(span.String()); err != nil || back != span {
			t.Fatalf("%d is written %q, read as %d, %v", int64(span), span, back, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range specimens() {
		f.Add(s.text, uint8(s.unit))
	}
	f.Add("lognormal(mean=1, cv=-1", uint8(1))
	f.Add("mixture(1e308: 1s, 1e308: 2s)", uint8(1))
	f.Fuzz(func(t *testing.T, text string, unit uint8) {
		u := Unit(unit % 3)
		d, err := Parse(text, u)
		if err != nil {
			for _, p := range problems(t, err) {
				if p.Offset < 0 || p.Offset > len(text) || p.Msg == "" {
					t.Fatalf("%q: problem %+v", text, p)
				}
			}
			return
		}
		checkRoundTrip(t, d.String(), u)
		if m := d.Mean(); !(m >= 0) {
			t.Fatalf("%q has mean %v", text, m)
		}
		if d.CDF(-1) != 0 {
			t.Fatalf("%q: CDF(-1) = %v", text, d.CDF(-1))
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"0", "1h30m", "1.5s", "-1s", "9e99d", "1e-400s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		span, err := ParseDuration(text)
		if err != nil {
			problems(t, err)
			return
		}
		if back, err := ParseDuration(span.String()); span < 0 || span != sim.Never && (err != nil || back != span) {
			t.Fatalf("%q = %d, written %q, read as %d, %v", text, int64(span), span, back, err)
		}
	})
}

func FuzzParseBytes(f *testing.F) {
	for _, text := range []string{"0", "350MB", "3GiB", "1.5kB", "-1B", "9e99TB"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseBytes(text)
		if err != nil {
			problems(t, err)
			return
		}
		if back, err := ParseBytes(FormatBytes(n)); n < 0 || err != nil || back != n {
			t.Fatalf("%q = %d, written %q, read as %d, %v", text, n, FormatBytes(n), back, err)
		}
	})
}
