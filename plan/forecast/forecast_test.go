package forecast

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"berth/data"
	"berth/models/platform"
	"berth/models/result"
	"berth/sim/stats"
)

// on is one instance that runs all month: what it uses is known by hand.
const on = `name: on
month: 2026-11
network: none
apps:
  app:
    instance_type: basic
    sleep_after: 100000h
    start: {platform: 0s, init: 0s, polling: none}
    work: {cpu: 0s, io: 0s, response: 0}
    meter: {durable_object: false}
    route: {by: singleton}
    traffic:
      - clients: [{name: a, at: Berlin, times: [0s]}]
`

// busy has traffic that grows, with a cap on instances and a budget.
const busy = `name: busy
month: 2026-11
duration: 12h
apps:
  web:
    instance_type: basic
    max_instances: 30
    sleep_after: 1m
    start: {platform: 1s, init: 0s, polling: none}
    work: {cpu: 20ms, io: 100ms}
    traffic:
      - {sessions: 2/min, requests: 3, think: "exponential(mean=10s)"}
slo: ["errors < 1%", "bill < 60 USD"]
`

func growth(t *testing.T, text string) Growth {
	t.Helper()
	g, err := ParseGrowth(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func forecast(t *testing.T, source, text string, months, n int, change ...func(*Options)) *result.Forecast {
	t.Helper()
	opt := Options{Name: "test.yaml", Source: []byte(source), Months: months, Growth: growth(t, text), N: n}
	for _, c := range change {
		c(&opt)
	}
	f, err := Run(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func line(m *result.ForecastMonth, sku string) float64 {
	for _, l := range m.Lines {
		if l.SKU == sku {
			return l.USD
		}
	}
	return 0
}

// TestMonthsByHand prices an instance that is always on: 28 to 31 days, each
// month less the allowances once, whether the month is simulated whole or from
// three days.
func TestMonthsByHand(t *testing.T) {
	for _, sets := range [][]string{nil, {"duration=3d"}} {
		f := forecast(t, on, "flat", 16, 1, func(o *Options) { o.Sets = sets })
		if len(f.Months) != 16 || f.Months[0].Month != "2026-11" || f.Months[3].Days != 28 || f.Months[15].Days != 29 || f.Months[15].Month != "2028-02" {
			t.Fatalf("%d months from %s, %d days in %s", len(f.Months), f.Months[0].Month, f.Months[15].Days, f.Months[15].Month)
		}
		for i := range f.Months {
			m := &f.Months[i]
			seconds := float64(m.Days) * 86400
			for sku, want := range map[string]float64{"base": 5, "container.memory": (seconds - 90_000) * 0.0000025, "container.disk": (4*seconds - 720_000) * 0.00000007} {
				if got := line(m, sku); math.Abs(got-want) > 1e-9 {
					t.Errorf("%v, %s: %s is %.9f USD, by hand %.9f", sets, m.Month, sku, got, want)
				}
			}
		}
	}
}

// TestFlatMonthsOfOneLengthAreEqual: the same random numbers, the same length,
// no growth; only what depends on the weekday moves.
func TestFlatMonthsOfOneLengthAreEqual(t *testing.T) {
	f := forecast(t, busy, "flat", 11, 3, func(o *Options) { o.First = data.Date{Year: 2026, Month: 12, Day: 1} })
	for i := range f.Months {
		m := &f.Months[i]
		if m.Days == f.Months[0].Days && m.Bill.Mean != f.Months[0].Bill.Mean {
			t.Errorf("%s costs %v, %s %v", m.Month, m.Bill.Mean, f.Months[0].Month, f.Months[0].Bill.Mean)
		}
	}
	if testing.Short() {
		return
	}
	weekly := strings.Replace(busy, "requests: 3,", "requests: 3, weekly: [1, 1, 1, 1, 1, 0.2, 0.2],", 1)
	f = forecast(t, weekly, "flat", 3, 5, func(o *Options) { o.Sets = []string{"duration=7d"}; o.First = data.Date{Year: 2027, Month: 4, Day: 1} })
	april, june := f.Months[0].Totals, f.Months[2].Totals
	if d := stats.PairedDifference(april, june, 0.999); d.Mean == 0 || !(d.Lo <= 0 && d.Hi >= 0) {
		t.Errorf("a week from a Thursday and one from a Tuesday, scaled to 30 days, differ by %.3f ± %.3f USD", d.Mean, d.Half)
	}
}

// TestPricesChangeInTheirMonth takes the change that is announced, and one of a
// user's own.
func TestPricesChangeInTheirMonth(t *testing.T) {
	logging := strings.Replace(busy, "    traffic:", "    logs: {events: 200, bytes: 1MB}\n    traffic:", 1)
	f := forecast(t, logging, "flat", 3, 2)
	for i, want := range []struct{ events, ingest bool }{{true, false}, {false, true}, {false, true}} {
		m := &f.Months[i]
		if got := line(m, "logs.events") > 0; got != want.events {
			t.Errorf("%s pays for log events: %v", m.Month, got)
		}
		if got := line(m, "logs.ingest") > 0; got != want.ingest {
			t.Errorf("%s pays for log data: %v", m.Month, got)
		}
	}
	if f.Months[0].PriceEffect != 0 || f.Months[2].PriceEffect != 0 || !(f.Months[1].PriceEffect > 0) {
		t.Errorf("effects %v, %v, %v", f.Months[0].PriceEffect, f.Months[1].PriceEffect, f.Months[2].PriceEffect)
	}
	var names []string
	for _, c := range f.Changes {
		names = append(names, c.Month+" "+c.Name)
	}
	if got := strings.Join(names, ", "); got != "2026-12 logs.ingest, 2026-12 logs.storage, 2026-12 logs.events" {
		t.Errorf("changes: %s", got)
	}

	dearer := platform.Overlay{File: "dearer.yaml", Source: []byte("prices:\n  - {sku: container.memory, rate: \"0.000005\", from: 2027-02-01}\n")}
	f = forecast(t, on, "flat", 5, 1, func(o *Options) { o.Overlays = []platform.Overlay{dearer} })
	for i := range f.Months {
		m := &f.Months[i]
		rate, effect := 0.0000025, 0.0
		if m.Month >= "2027-02" {
			rate = 0.000005
		}
		if m.Month == "2027-02" {
			effect = (28*86400 - 90_000) * 0.0000025
		}
		if got, want := line(m, "container.memory"), (float64(m.Days)*86400-90_000)*rate; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: memory %.9f, by hand %.9f", m.Month, got, want)
		}
		if math.Abs(m.PriceEffect-effect) > 1e-9 {
			t.Errorf("%s: the changed price adds %.9f, by hand %.9f", m.Month, m.PriceEffect, effect)
		}
	}
}

func TestBillsRiseWithGrowthAndSomethingGivesWay(t *testing.T) {
	f := forecast(t, busy, "40%/month", 6, 3, func(o *Options) {
		o.Ends, o.Sets = []Growth{growth(t, "15%/month"), growth(t, "65%/month")}, []string{"duration=4h"}
	})
	for i := range f.Months {
		m := &f.Months[i]
		if math.Abs(m.Factor-math.Pow(1.4, float64(i))) > 1e-9 {
			t.Errorf("%s: factor %v", m.Month, m.Factor)
		}
		low, high := m.Ends[0].Bill.Mean, m.Ends[1].Bill.Mean
		if i > 0 && !(low < m.Bill.Mean && m.Bill.Mean < high && m.Low < m.Bill.Mean && m.Bill.Mean < m.High) {
			t.Errorf("%s: %v < %v < %v, band %v to %v", m.Month, low, m.Bill.Mean, high, m.Low, m.High)
		}
		if i > 1 && m.Days >= f.Months[i-1].Days && !(m.Bill.Mean > f.Months[i-1].Bill.Mean) {
			t.Errorf("%s costs %v after %v", m.Month, m.Bill.Mean, f.Months[i-1].Bill.Mean)
		}
		if i > 0 && m.Over < f.Months[i-1].Over-1e-9 && m.Days >= f.Months[i-1].Days {
			t.Errorf("%s: over the budget with %v after %v", m.Month, m.Over, f.Months[i-1].Over)
		}
	}
	if f.BudgetUSD != 60 {
		t.Errorf("budget %v", f.BudgetUSD)
	}
	seen := map[string]bool{}
	for _, r := range f.Reached {
		seen[r.Kind+" "+r.What] = true
		if r.Kind == "limit" && r.Month != "" && (r.Early == "" || r.Early > r.Month || r.Late != "" && r.Late < r.Month) {
			t.Errorf("%s: %s, %s at high growth, %s at low growth", r.What, r.Month, r.Early, r.Late)
		}
		if r.What == "max_instances" && (r.Used != 30 || r.Max != 30 || !(r.Share > 0)) {
			t.Errorf("%+v", r)
		}
	}
	if !seen["limit max_instances"] || !seen["budget bill above the budget"] || !seen["target errors < 1%"] {
		t.Errorf("reached: %v", seen)
	}
}

// TestWorkersChangeNothing compares whole forecasts.
func TestWorkersChangeNothing(t *testing.T) {
	text := func(workers int) string {
		f := forecast(t, busy, "1,2,3", 3, 2, func(o *Options) { o.Workers = workers; o.Ends = []Growth{growth(t, "1,1.5,2"), growth(t, "1,2.5,4")} })
		for i := range f.Months {
			f.Months[i].Metrics = f.Months[i].Metrics[:2] // the others may be NaN, which JSON refuses
		}
		for i := range f.Reached {
			f.Reached[i].Used = 0
		}
		b, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if one, four := text(1), text(4); one != four {
		t.Errorf("1 worker:\n%s\n4 workers:\n%s", one, four)
	}
}

func TestInterruptedForecastIsPartial(t *testing.T) {
	for _, after := range []int{0, 2} {
		ctx, cancel := context.WithCancel(context.Background())
		opt := Options{Name: "test.yaml", Source: []byte(busy), Months: 6, Growth: growth(t, "20%/month"), N: 1, Workers: 1,
			Progress: func(done, _ int) {
				if done == after {
					cancel()
				}
			}}
		if after == 0 {
			cancel()
		}
		f, err := Run(ctx, opt)
		if err != nil || !f.Partial || len(f.Months) != after {
			t.Errorf("%d months, partial %v, %v", len(f.Months), f.Partial, err)
		}
		cancel()
	}
}

func TestRunRefuses(t *testing.T) {
	for name, opt := range map[string]Options{
		"no month":       {Months: 0, Growth: growth(t, "flat"), Source: []byte(on)},
		"too many":       {Months: 500, Growth: growth(t, "flat"), Source: []byte(on)},
		"list":           {Months: 3, Growth: growth(t, "1,2"), Source: []byte(on)},
		"ends":           {Months: 3, Growth: growth(t, "5%/month"), Ends: []Growth{growth(t, "6%/month"), growth(t, "7%/month")}, Source: []byte(on)},
		"explosion":      {Months: 100, Growth: growth(t, "5x/month"), Source: []byte(on)},
		"wrong scenario": {Months: 2, Growth: growth(t, "flat"), Source: []byte("name: x\nmonth: 2026-11\naps: {}\n")},
	} {
		opt.Name = "test.yaml"
		f, err := Run(context.Background(), opt)
		var refused *RefusedError
		if err == nil {
			t.Errorf("%s: %d months", name, len(f.Months))
		} else if errors.As(err, &refused) != strings.HasPrefix(name, "wrong") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTrafficThatCannotGrowIsNamed(t *testing.T) {
	f := forecast(t, on, "5%/month", 2, 1)
	if w := fmt.Sprint(f.Warnings); !strings.Contains(w, "does not grow") {
		t.Errorf("warnings: %s", w)
	}
}
