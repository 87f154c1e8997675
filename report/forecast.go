package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"berth/models/result"
	"berth/sim/stats"
)

// Forecast is the bill of the months to come, as plain numbers in base units.
type Forecast struct {
	SchemaVersion int             `json:"schema_version"`
	Tool          string          `json:"tool"`
	Partial       bool            `json:"partial"`
	Verdict       string          `json:"verdict"`
	Scenario      string          `json:"scenario"`
	Seed          uint64          `json:"seed"`
	Replications  int             `json:"replications"`
	Growth        string          `json:"growth"`
	LowGrowth     string          `json:"low_growth"` // ends of its stated uncertainty, "" where there is none
	HighGrowth    string          `json:"high_growth"`
	Budget        Number          `json:"budget_usd"` // null where there is none
	Total         Number          `json:"total_usd"`  // of the mean bills
	Months        []ForecastMonth `json:"months"`
	Changes       []DatedChange   `json:"changes"`
	Reached       []Reached       `json:"reached"`
	Warnings      []string        `json:"warnings"`
}

// ForecastMonth is one calendar month.
type ForecastMonth struct {
	Month    string           `json:"month"`
	Days     int              `json:"days"`
	Factor   Number           `json:"traffic_factor"` // over the scenario's own traffic
	Bill     Estimate         `json:"bill_usd"`       // the mean at this growth
	Low      Number           `json:"band_low_usd"`   // of this month's bill, growth and chance, 95 %
	High     Number           `json:"band_high_usd"`
	Over     Number           `json:"probability_over_budget"`
	Effect   Number           `json:"price_change_usd"` // what changed prices add to this bill
	Lines    []ForecastLine   `json:"lines"`
	Apps     []ForecastApp    `json:"apps"`
	Metrics  []SweepMetric    `json:"metrics"`
	Targets  []ForecastTarget `json:"targets"`
	Headroom []ForecastLimit  `json:"headroom"`
	AtLow    *ForecastEnd     `json:"at_low_growth"` // null where the growth is certain
	AtHigh   *ForecastEnd     `json:"at_high_growth"`
}

// ForecastLine is a line of the bill that is not 0 in every month.
type ForecastLine struct {
	SKU   string `json:"sku"`
	Label string `json:"label"`
	USD   Number `json:"usd"`
}

// ForecastApp is an app's part of the bill; the base fee belongs to none.
type ForecastApp struct {
	App string `json:"app"`
	USD Number `json:"usd"`
}

// ForecastTarget is a target as judged in a month.
type ForecastTarget struct {
	Text    string   `json:"text"`
	Verdict string   `json:"verdict"`
	Value   Estimate `json:"value"`
}

// ForecastLimit is a limit and its largest use in a month.
type ForecastLimit struct {
	App    string `json:"app"`
	Limit  string `json:"limit"`
	Unit   string `json:"unit"`
	Used   Number `json:"used"`
	Max    Number `json:"max"` // 0 = none
	Denied int64  `json:"denied"`
}

// ForecastEnd is a month at one end of the stated growth.
type ForecastEnd struct {
	Factor Number   `json:"traffic_factor"`
	Bill   Estimate `json:"bill_usd"`
}

// DatedChange is something of the catalogue that differs from the month before.
type DatedChange struct {
	Month  string `json:"month"`
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Label  string `json:"label"`
	What   string `json:"what"`
	Source string `json:"source"`
}

// Reached is the first month in which something gives way.
type Reached struct {
	Kind   string `json:"kind"` // budget, risk, limit or target
	App    string `json:"app"`
	What   string `json:"what"`
	Month  string `json:"month"` // "" where not within the horizon
	Early  string `json:"month_at_high_growth"`
	Late   string `json:"month_at_low_growth"`
	Share  Number `json:"share"`
	Used   Number `json:"used"`
	Max    Number `json:"max"`
	Unit   string `json:"unit"`
	Effect string `json:"effect"`
}

// NewForecast makes the document of a forecast.
func NewForecast(f *result.Forecast) *Forecast {
	d := &Forecast{SchemaVersion: SchemaVersion, Tool: plain(f.Tool), Partial: f.Partial, Scenario: plain(f.Scenario), Seed: f.Seed, Replications: f.Replications,
		Growth: plain(f.Growth), LowGrowth: plain(f.LowGrowth), HighGrowth: plain(f.HighGrowth), Budget: None}
	if f.BudgetUSD > 0 {
		d.Budget = Number(f.BudgetUSD)
	}
	used := map[string]bool{}
	for i := range f.Months {
		d.Total += Number(f.Months[i].Bill.Mean)
		for _, l := range f.Months[i].Lines {
			used[l.SKU] = used[l.SKU] || l.USD > 0
		}
	}
	for i := range f.Months {
		d.Months = append(d.Months, forecastMonth(&f.Months[i], used))
	}
	for _, c := range f.Changes {
		d.Changes = append(d.Changes, DatedChange{c.Month, c.Kind, plain(c.Name), plain(c.Label), plain(c.What), plain(c.Source)})
	}
	for _, r := range f.Reached {
		d.Reached = append(d.Reached, Reached{Kind: r.Kind, App: plain(r.App), What: plain(r.What), Month: r.Month, Early: r.Early, Late: r.Late, Share: Number(r.Share),
			Used: Number(r.Used), Max: Number(r.Max), Unit: plain(r.Unit), Effect: plain(r.Effect)})
	}
	for _, w := range f.Warnings {
		d.Warnings = append(d.Warnings, plain(w))
	}
	list(&d.Months)
	list(&d.Changes)
	list(&d.Reached)
	list(&d.Warnings)
	d.Verdict = d.verdict()
	return d
}

func forecastMonth(m *result.ForecastMonth, used map[string]bool) ForecastMonth {
	mean := func(i stats.Interval) Estimate { return estimate(i, i.Mean) }
	x := ForecastMonth{Month: m.Month, Days: m.Days, Factor: Number(m.Factor), Bill: mean(m.Bill), Low: Number(m.Low), High: Number(m.High), Over: Number(m.Over), Effect: Number(m.PriceEffect)}
	for _, l := range m.Lines {
		if used[l.SKU] {
			x.Lines = append(x.Lines, ForecastLine{plain(l.SKU), plain(l.Label), Number(l.USD)})
		}
	}
	for _, a := range m.Apps {
		x.Apps = append(x.Apps, ForecastApp{plain(a.App), Number(a.USD)})
	}
	for _, k := range m.Metrics {
		y := newMetric(k)
		x.Metrics = append(x.Metrics, SweepMetric{App: y.App, Metric: y.Name, Label: y.Label, Unit: y.Unit, Value: y.Value})
	}
	for _, t := range m.Targets {
		x.Targets = append(x.Targets, ForecastTarget{plain(t.Text), t.Verdict.String(), mean(t.Metric.Interval)})
	}
	for _, h := range m.Headroom {
		x.Headroom = append(x.Headroom, ForecastLimit{plain(h.App), plain(h.Limit), plain(h.Unit), Number(h.Used), Number(h.Max), h.Denied})
	}
	if len(m.Ends) == 2 {
		x.AtLow, x.AtHigh = &ForecastEnd{Number(m.Ends[0].Factor), mean(m.Ends[0].Bill)}, &ForecastEnd{Number(m.Ends[1].Factor), mean(m.Ends[1].Bill)}
	}
	list(&x.Lines)
	list(&x.Apps)
	list(&x.Metrics)
	list(&x.Targets)
	list(&x.Headroom)
	return x
}

// find is a metric of all apps; without a value where there is none.
func (m *ForecastMonth) find(metric string) SweepMetric {
	c := SweepCell{Metrics: m.Metrics}
	return c.find(metric)
}

// line is the amount of a line.
func (m *ForecastMonth) line(sku string) Number {
	for _, l := range m.Lines {
		if l.SKU == sku {
			return l.USD
		}
	}
	return 0
}

// verdict is the forecast in one sentence: from where to where the bill goes, and
// what gives way first.
func (d *Forecast) verdict() string {
	if len(d.Months) == 0 {
		return "Interrupted before a month was complete."
	}
	s := ""
	if d.Partial {
		s = "Partial forecast, interrupted: "
	}
	first, last := &d.Months[0], &d.Months[len(d.Months)-1]
	if first == last {
		s += fmt.Sprintf("The bill of %s is %s", first.Month, RoundUSD(first.Bill.Mean))
	} else {
		s += fmt.Sprintf("The bill goes from %s in %s to %s in %s (%s), %s in all", RoundUSD(first.Bill.Mean), first.Month, RoundUSD(last.Bill.Mean), last.Month,
			percentage(Number(float64(last.Bill.Mean)/float64(first.Bill.Mean)-1)), RoundUSD(d.Total))
	}
	var gives []string
	for _, r := range d.Reached {
		if r.Month != "" && r.Kind != "risk" && len(gives) <= maxNamed {
			gives = append(gives, d.clause(&r))
		}
	}
	switch {
	case len(gives) > 0:
		s += "; " + strings.Join(gives, "; ")
	case len(d.Reached) > 0:
		s += "; within the horizon nothing gives way unless it grows faster"
	case d.Budget.Known():
		s += "; the budget of " + RoundUSD(d.Budget) + " holds and no limit is reached"
	default:
		s += "; no limit is reached"
	}
	return s + "."
}

// clause says what gives way when.
func (d *Forecast) clause(r *Reached) string {
	name := fit(r.What, 60)
	if r.App != "" {
		name = fit(r.App, 24) + ": " + name
	}
	switch r.Kind {
	case "budget":
		return fmt.Sprintf("above the budget of %s from %s on", RoundUSD(d.Budget), r.Month)
	case "target":
		return fmt.Sprintf("%s is missed from %s on", name, r.Month)
	}
	return fmt.Sprintf("%s is reached in %s", name, r.Month)
}

// JSON writes the forecast as indented JSON.
func (d *Forecast) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// skus are the lines of the bill that some month has, in the order of the price
// books.
func (d *Forecast) skus() []ForecastLine {
	var out []ForecastLine
	seen := map[string]bool{}
	for i := range d.Months {
		for _, l := range d.Months[i].Lines {
			if !seen[l.SKU] {
				seen[l.SKU] = true
				out = append(out, l)
			}
		}
	}
	return out
}

// CSV writes one row for each month, with a column for each line of the bill.
func (d *Forecast) CSV(w io.Writer) error {
	f := csvFile{header: []string{"month", "days", "traffic_factor", "bill_usd", "bill_low", "bill_high", "band_low", "band_high", "probability_over_budget", "price_change_usd",
		"low_growth_bill_usd", "high_growth_bill_usd"}}
	lines := d.skus()
	for _, l := range lines {
		f.header = append(f.header, spreadsheet(l.SKU)+"_usd")
	}
	var metrics []string
	if len(d.Months) > 0 {
		for _, m := range d.Months[0].Metrics {
			metrics = append(metrics, m.Metric)
		}
	}
	f.header = append(f.header, metrics...)
	for i := range d.Months {
		m := &d.Months[i]
		low, high := None, None
		if m.AtLow != nil && m.AtHigh != nil {
			low, high = m.AtLow.Bill.Mean, m.AtHigh.Bill.Mean
		}
		row := []string{m.Month, integer(int64(m.Days)), cell(m.Factor), cell(m.Bill.Mean), cell(m.Bill.Low), cell(m.Bill.High), cell(m.Low), cell(m.High), cell(m.Over), cell(m.Effect), cell(low), cell(high)}
		for _, l := range lines {
			row = append(row, cell(m.line(l.SKU)))
		}
		for _, name := range metrics {
			row = append(row, cell(m.find(name).Value.Mean))
		}
		f.add(row...)
	}
	return f.write(w)
}
