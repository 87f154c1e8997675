package result

import (
	"math"

	"berth/sim/stats"
)

// Confidence is that of every interval in a Result.
const Confidence = 0.95

// Money is the money side of one replication: the bill of its usage scaled to
// the month.
type Money struct {
	Bill  BillMoney            // all apps, with the base fee
	Apps  map[string]BillMoney // by app, without it
	Units map[string]UnitCosts // by app; "" for all apps
}

// BillMoney is a total and its lines in USD, in the order of the price book.
type BillMoney struct {
	Total float64
	Lines []LineMoney
}

// LineMoney is one line of a bill, USD.
type LineMoney struct {
	SKU, Label string
	USD        float64
}

// Metrics are the reported numbers of the replications: for all apps, then for
// each app where there are several. money may be nil; else it holds one entry
// for each run. A metric that no run has a value of is left out; one that some
// lack (NaN in Values) has its interval over the others.
func Metrics(runs []*Run, money []Money) []Metric {
	if len(runs) == 0 {
		return nil
	}
	names := []string{""}
	if len(runs[0].Apps) > 1 {
		for i := range runs[0].Apps {
			names = append(names, runs[0].Apps[i].Name)
		}
	}
	var out []Metric
	for _, app := range names {
		out = append(out, appMetrics(app, runs)...)
		out = append(out, moneyMetrics(app, money)...)
	}
	return out
}

func appMetrics(app string, runs []*Run) []Metric {
	samples := make([]sample, len(runs))
	for i, r := range runs {
		samples[i] = sampleOf(app, r)
	}
	var out []Metric
	add := func(m Metric) {
		if m.estimate() {
			out = append(out, m)
		}
	}
	for _, s := range singles {
		m := Metric{Key: Key{app, s.name}, Label: s.label, Unit: s.unit, Better: s.better}
		for i := range samples {
			m.Values = append(m.Values, s.value(&samples[i]))
			m.Count += s.count(samples[i].app)
		}
		add(m)
	}
	for _, d := range distributions {
		for _, st := range distStats {
			m := Metric{Key: Key{app, st.name + "(" + d.name + ")"}, Label: statLabel(st.name) + " " + d.label, Unit: d.unit, Better: d.better}
			for i := range samples {
				h := d.hist(samples[i].app)
				m.Values = append(m.Values, st.of(h)/d.scale)
				m.Count += int64(h.Count())
			}
			add(m)
		}
	}
	return out
}

// statLabel is a statistic in words.
func statLabel(stat string) string {
	if stat == "max" {
		return "largest"
	}
	return stat
}

func sampleOf(app string, r *Run) sample {
	s := sample{spanS: nan((r.To - r.From).Seconds())}
	if app == "" {
		s.app, s.usage = AllApps(r), r.Usage.Apps
		return s
	}
	for i := range r.Apps {
		if r.Apps[i].Name == app {
			s.app = &r.Apps[i]
		}
	}
	if s.app == nil {
		s.app = &AppRun{Name: app}
	}
	for _, u := range r.Usage.Apps {
		if u.App == app {
			s.usage = append(s.usage, u)
		}
	}
	return s
}

// estimate fills mean and interval from the values; false if there is none.
func (m *Metric) estimate() bool {
	known := make([]float64, 0, len(m.Values))
	for _, v := range m.Values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			known = append(known, v)
		}
	}
	m.Interval = stats.MeanInterval(known, Confidence)
	m.Mean = m.Interval.Mean
	return len(known) > 0
}

// moneyMetrics are the bill, its lines and the unit costs of an app, or of all.
func moneyMetrics(app string, money []Money) []Metric {
	var out []Metric
	add := func(name, label string, value func(Money) float64) {
		m := Metric{Key: Key{app, name}, Label: label, Unit: "USD", Better: -1, Count: int64(len(money))}
		for _, x := range money {
			m.Values = append(m.Values, value(x))
		}
		if m.estimate() {
			out = append(out, m)
		}
	}
	if len(money) == 0 {
		return nil
	}
	bill := func(x Money) BillMoney {
		if app == "" {
			return x.Bill
		}
		return x.Apps[app]
	}
	add("bill", "bill of the month", func(x Money) float64 { return bill(x).Total })
	for _, l := range money[0].Bill.Lines {
		add("bill("+l.SKU+")", "bill: "+l.Label, func(x Money) float64 { return bill(x).line(l.SKU) })
	}
	for _, u := range unitMetrics {
		add("bill("+u.name+")", "average cost of "+u.label, func(x Money) float64 { return costOf(u.of(x.Units[app]), false) })
		add("marginal("+u.name+")", "marginal cost of "+u.label, func(x Money) float64 { return costOf(u.of(x.Units[app]), true) })
	}
	return out
}

// unitMetrics are the units that costs are for.
var unitMetrics = []struct {
	name, label string
	of          func(UnitCosts) Cost
}{
	{"1000 requests", "1,000 requests", func(u UnitCosts) Cost { return u.PerThousandRequests }},
	{"session", "a session", func(u UnitCosts) Cost { return u.PerSession }},
	{"start", "a start", func(u UnitCosts) Cost { return u.PerStart }},
}

func costOf(c Cost, marginal bool) float64 {
	switch {
	case !c.Known:
		return math.NaN()
	case marginal:
		return c.Marginal
	}
	return c.Average
}

// line is the amount of a SKU; 0 where the bill has no such line.
func (b BillMoney) line(sku string) float64 {
	for _, l := range b.Lines {
		if l.SKU == sku {
			return l.USD
		}
	}
	return 0
}

// Find is the metric of a key.
func Find(metrics []Metric, k Key) (Metric, bool) {
	for _, m := range metrics {
		if m.Key == k {
			return m, true
		}
	}
	return Metric{}, false
}
