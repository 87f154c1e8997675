package result

import (
	"math"
	"strings"
	"testing"
)

func TestParseGate(t *testing.T) {
	for text, want := range map[string]Gate{
		"bill>+10%":                    {Key: Key{Name: "bill"}, Unit: "USD", Rise: true, Amount: 0.1, Share: true},
		"p99>+5%":                      {Key: Key{Name: "p99(latency)"}, Unit: "s", Rise: true, Amount: 0.05, Share: true},
		"web: p99 > + 5 %":             {Key: Key{App: "web", Name: "p99(latency)"}, Unit: "s", Rise: true, Amount: 0.05, Share: true},
		"p99(latency, app=web)>+200ms": {Key: Key{App: "web", Name: "p99(latency)"}, Unit: "s", Rise: true, Amount: 0.2},
		"throughput<-5%":               {Key: Key{Name: "throughput"}, Unit: "/s", Amount: 0.05, Share: true},
		"errors>+0.5pp":                {Key: Key{Name: "errors"}, Unit: "1", Rise: true, Amount: 0.005},
		"bill(do.duration)>+50 USD":    {Key: Key{Name: "bill(do.duration)"}, Unit: "USD", Rise: true, Amount: 50},
		"starts>+100":                  {Key: Key{Name: "starts"}, Unit: "", Rise: true, Amount: 100},
	} {
		g, err := ParseGate(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		want.Text = text
		if math.Abs(g.Amount-want.Amount) < 1e-12 {
			g.Amount = want.Amount
		}
		if g != want {
			t.Errorf("%s: %+v, want %+v", text, g, want)
		}
	}
}

func TestParseGateSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"bill":           "no < or >",
		"bil>+10%":       `did you mean "bill"`,
		"bill>10%":       "begins with +",
		"bill<+10%":      "begins with -",
		"bill>+":         "not a change of bill",
		"bill>+ten":      "an amount such as 400 USD",
		"errors>+1ms":    "percentage points such as 0.5pp",
		"latency>+1%":    "which statistic",
		">+1%":           "the metric is missing",
		"bill>++10%":     "not a change",
		"bill>+-10%":     "not a change",
		"bill>+NaN%":     "not a change",
		"p99(latency)>+": "a span such as",
	} {
		if _, err := ParseGate(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := ParseGate(strings.Repeat("a", maxTarget+1)); err == nil {
		t.Error("a long line is read")
	}
}

func FuzzParseGate(f *testing.F) {
	for _, s := range []string{"bill>+10%", "web: p99>+5%", "errors>+0.5pp", "throughput<-5%", "a>", "<-", "p99(latency, app=x)>+1s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := ParseGate(text)
		if err == nil && (!(g.Amount >= 0) || math.IsInf(g.Amount, 0) || g.Key.Name == "") {
			t.Errorf("%q: %+v", text, g)
		}
	})
}

// resultOf is a result whose metrics have the given values.
func resultOf(better int8, values map[string][]float64) *Result {
	r := &Result{}
	n := 0
	for name, xs := range values {
		m := Metric{Key: Key{Name: name}, Unit: "s", Better: better, Values: xs}
		m.estimate()
		r.Metrics = append(r.Metrics, m)
		n = max(n, len(xs))
	}
	for i := range n {
		r.Runs = append(r.Runs, &Run{Replication: i})
	}
	return r
}

func TestDifferencesArePaired(t *testing.T) {
	for _, c := range []struct {
		name          string
		base, variant []float64
		better        int8
		want          Change
	}{
		// The replications vary far more than the variant does.
		{"narrow", []float64{100, 200, 300}, []float64{101, 201.1, 300.9}, -1, Worse},
		{"narrow, up is good", []float64{100, 200, 300}, []float64{101, 201.1, 300.9}, 1, Better},
		{"neutral", []float64{100, 200, 300}, []float64{101, 201.1, 300.9}, 0, Higher},
		{"neutral, down", []float64{101, 201.1, 300.9}, []float64{100, 200, 300}, 0, Lower},
		{"down", []float64{101, 201.1, 300.9}, []float64{100, 200, 300}, -1, Better},
		{"wide", []float64{100, 200, 300}, []float64{90, 230, 290}, -1, NotShown},
		{"equal", []float64{1, 2, 3}, []float64{1, 2, 3}, -1, Equal},
		{"rounding", []float64{1, 2, 3}, []float64{1 + 2e-16, 2, 3}, -1, Equal},
		{"one pair", []float64{1}, []float64{2}, -1, Unknown},
		{"one pair with a value", []float64{1, math.NaN(), 3}, []float64{2, 3, math.NaN()}, -1, Unknown},
	} {
		ds := Differences(resultOf(c.better, map[string][]float64{"x": c.base}), resultOf(c.better, map[string][]float64{"x": c.variant}))
		if len(ds) != 1 || ds[0].Change != c.want {
			t.Errorf("%s: %+v, want %v", c.name, ds, c.want)
		}
	}
	d := Differences(resultOf(-1, map[string][]float64{"x": {100, 200, 300}}), resultOf(-1, map[string][]float64{"x": {101, 201.1, 300.9}}))[0]
	// Differences 1, 1.1, 0.9: mean 1, s 0.1, t(0.975, 2) = 4.302653, half 4.302653 * 0.1 / sqrt 3.
	if math.Abs(d.Delta.Mean-1) > 1e-9 || math.Abs(d.Delta.Half-0.248413) > 1e-5 || math.Abs(d.Relative-0.005) > 1e-9 || math.Abs(d.RelativeHi-(1.248413/200)) > 1e-7 {
		t.Errorf("%+v", d)
	}
}

func TestBillLineThatOneSideLacksIsZero(t *testing.T) {
	base := resultOf(-1, map[string][]float64{"bill": {5, 6, 7}})
	variant := resultOf(-1, map[string][]float64{"bill": {8, 9, 10}, "bill(warm.pool)": {3, 3, 3}, "bill(session)": {1, 1, 1}})
	for _, pair := range [][2]*Result{{base, variant}, {variant, base}} {
		found := false
		for _, d := range Differences(pair[0], pair[1]) {
			switch d.Base.Key.Name {
			case "bill(warm.pool)":
				found = math.Abs(math.Abs(d.Delta.Mean)-3) < 1e-12
			case "bill(session)":
				t.Error("a unit cost that one side lacks is compared")
			}
		}
		if !found {
			t.Error("a line of one side alone is not compared")
		}
	}
}

func TestEveryGateCanFailAndPass(t *testing.T) {
	base := []float64{100, 102, 104}
	times := func(k ...float64) []float64 {
		out := make([]float64, len(base))
		for i := range base {
			out[i] = base[i] * k[i]
		}
		return out
	}
	for _, c := range []struct {
		gate    string
		variant []float64
		want    GateVerdict
	}{
		{"x>+10%", times(1.2, 1.21, 1.2), GateFailed},
		{"x>+10%", times(1.05, 1.05, 1.06), GatePassed},
		{"x>+10%", times(1.0, 1.2, 1.09), GateOpen},
		{"x>+10%", times(1.1, 1.1, 1.1), GatePassed}, // exactly at it
		{"x>+10%", times(0.5, 0.5, 0.5), GatePassed},
		{"x<-10%", times(0.8, 0.8, 0.81), GateFailed},
		{"x<-10%", times(0.95, 0.95, 0.96), GatePassed},
		{"x<-10%", times(2, 2, 2), GatePassed},
		{"x>+5", []float64{107, 109.2, 111}, GateFailed},
		{"x>+5", []float64{103, 105.2, 107}, GatePassed},
		{"x<-5", []float64{90, 92.1, 94}, GateFailed},
		{"x<-5", []float64{98, 100.1, 102}, GatePassed},
		{"x>+0%", times(1, 1, 1), GatePassed},
		{"x>+0%", times(1.01, 1.01, 1.01), GateFailed},
	} {
		text := strings.Replace(c.gate, "x", "starts", 1)
		g, err := ParseGate(text)
		if err != nil {
			t.Fatal(err)
		}
		b := Compared{Name: "base", Result: resultOf(-1, map[string][]float64{"starts": base})}
		v := Compared{Name: "variant", Result: resultOf(-1, map[string][]float64{"starts": c.variant})}
		v.Differences = Differences(b.Result, v.Result)
		if r := JudgeGate(g, &b, &v); r.Verdict != c.want || r.Why == "" {
			t.Errorf("%s with %v: %v (%s), want %v", c.gate, c.variant, r.Verdict, r.Why, c.want)
		}
		v.Result.Partial = true
		if r := JudgeGate(g, &b, &v); r.Verdict != GateOpen {
			t.Errorf("%s: a partial comparison is %v", c.gate, r.Verdict)
		}
	}
	g, _ := ParseGate("bill>+1%")
	empty := Compared{Result: resultOf(-1, nil)}
	if r := JudgeGate(g, &empty, &empty); r.Verdict != GateOpen || r.Why == "" {
		t.Errorf("a gate on nothing is %v", r.Verdict)
	}
}
