package forecast

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"berth/models/result"
	"berth/sim"
)

// atRisk is the probability from which on a bill above the budget is told.
const atRisk = 0.05

// result is the forecast of the complete months.
func (f *forecaster) result() *result.Forecast {
	cfg := f.cfg
	out := &result.Forecast{Tool: f.opt.Tool, Scenario: cfg.Name, Seed: cfg.Seed, Replications: f.opt.N, Growth: f.opt.Growth.Text, BudgetUSD: budget(f)}
	if len(f.opt.Ends) > 0 {
		out.LowGrowth, out.HighGrowth = f.opt.Ends[0].Text, f.opt.Ends[1].Text
	}
	before := f.before
	for i := range f.months {
		m := &f.months[i]
		if !m.complete() {
			f.months, out.Partial = f.months[:i], true
			break
		}
		out.Months = append(out.Months, f.month(m, out.BudgetUSD))
		out.Changes = append(out.Changes, changes(m.name(), before, m.middle().cfg)...)
		before = m.middle().cfg
	}
	if len(out.Months) > 0 {
		out.Reached = f.reached(out)
	}
	out.Warnings = f.warnings()
	return out
}

// budget is that of the scenario, else the strictest target of the bill.
func budget(f *forecaster) float64 {
	b := f.cfg.BudgetUSD
	for _, s := range f.cfg.SLO {
		if s.Metric == "bill" && s.App == "" && strings.HasPrefix(s.Op, "<") && (b == 0 || f.cfg.BudgetUSD == 0 && s.Threshold < b) {
			b = s.Threshold
		}
	}
	return b
}

// name is the month as 2026-12.
func (m *month) name() string { return fmt.Sprintf("%04d-%02d", m.first.Year, m.first.Month) }

func (f *forecaster) month(m *month, budget float64) result.ForecastMonth {
	mid := m.middle()
	o := mid.done
	x := result.ForecastMonth{Month: m.name(), Days: m.first.MonthDays(), Factor: mid.factor, Bill: o.bill, Totals: o.totals, Lines: o.lines, Apps: o.apps, Metrics: o.metrics,
		Targets: o.targets, Headroom: o.headroom, PriceEffect: o.effect}
	for i := range m.levels {
		if len(m.levels) > 1 && i != len(m.levels)/2 {
			x.Ends = append(x.Ends, result.ForecastEnd{Factor: m.levels[i].factor, Bill: m.levels[i].done.bill})
		}
	}
	band := newMixture(len(m.levels) == 1, m.bills)
	x.Low, x.High = band.quantile((1-result.Confidence)/2), band.quantile((1+result.Confidence)/2)
	x.Over = nan(band.above(budget), budget > 0)
	return x
}

// first is the first month in which something holds at a growth, or "".
func (f *forecaster) first(pick func(*month) *level, holds func(*level) bool) string {
	for i := range f.months {
		if m := &f.months[i]; holds(pick(m)) {
			return m.name()
		}
	}
	return ""
}

// when fills in the months in which something holds at each growth.
func (f *forecaster) when(r result.Reached, holds func(*level) bool) result.Reached {
	r.Month = f.first((*month).middle, holds)
	r.Early = f.first(func(m *month) *level { return &m.levels[len(m.levels)-1] }, holds)
	r.Late = f.first(func(m *month) *level { return &m.levels[0] }, holds)
	return r
}

// reached lists what gives way within the horizon at some growth.
func (f *forecaster) reached(out *result.Forecast) []result.Reached {
	var list []result.Reached
	add := func(r result.Reached) {
		if r.Month != "" || r.Early != "" || r.Late != "" {
			list = append(list, r)
		}
	}
	if b := out.BudgetUSD; b > 0 {
		r := f.when(result.Reached{Kind: "budget", What: "bill above the budget", Unit: "USD", Max: b}, func(l *level) bool { return l.done.bill.Mean > b })
		if m := f.at(r.Month); m >= 0 {
			r.Used, r.Share = out.Months[m].Bill.Mean, out.Months[m].Over
		}
		add(r)
		risk := result.Reached{Kind: "risk", What: fmt.Sprintf("a chance of %.0f %% of it", 100*atRisk), Unit: "USD", Max: b}
		for i := range out.Months {
			if m := &out.Months[i]; m.Over >= atRisk {
				risk.Month, risk.Used, risk.Share = m.Month, m.Bill.Mean, m.Over
				break
			}
		}
		if risk.Month != r.Month {
			add(risk)
		}
	}
	for i, h := range f.months[0].middle().done.headroom {
		r := f.when(result.Reached{Kind: "limit", App: h.App, What: h.Limit, Unit: h.Unit, Max: h.Max, Used: math.NaN(), Effect: h.Effect}, func(l *level) bool { return l.done.reached[i] > 0 })
		if m := f.at(r.Month); m >= 0 {
			o := f.months[m].middle().done
			r.Used, r.Max, r.Share, r.Effect = o.headroom[i].Used, o.headroom[i].Max, o.reached[i], o.headroom[i].Effect
		}
		add(r)
	}
	for i, t := range f.months[0].middle().done.targets {
		if t.Metric.Key.Name == "bill" && t.Metric.Key.App == "" && out.BudgetUSD > 0 {
			continue // the budget says it
		}
		r := f.when(result.Reached{Kind: "target", App: t.Metric.Key.App, What: t.Text, Unit: t.Metric.Unit, Max: t.Threshold, Used: math.NaN()},
			func(l *level) bool { return l.done.targets[i].Verdict == result.Violated })
		if m := f.at(r.Month); m >= 0 {
			r.Used = f.months[m].middle().done.targets[i].Metric.Mean
		}
		add(r)
	}
	return list
}

// at is the place of a month, or -1.
func (f *forecaster) at(name string) int {
	return slices.IndexFunc(f.months, func(m month) bool { return m.name() == name })
}

// warnings are those of the months, once for all months that share one.
func (f *forecaster) warnings() []string {
	var list []string
	months := map[string][]string{}
	for i := range f.months {
		m := &f.months[i]
		for l := range m.levels {
			for _, w := range m.levels[l].done.warnings {
				w = strings.ReplaceAll(w, m.first.String(), "the first day of the month")
				if names := months[w]; names == nil {
					list = append(list, w)
				}
				if names := months[w]; len(names) == 0 || names[len(names)-1] != m.name() {
					months[w] = append(names, m.name())
				}
			}
		}
	}
	for i, w := range list {
		switch names := months[w]; {
		case len(names) == len(f.months):
		case len(names) == 1:
			list[i] = names[0] + ": " + w
		default:
			list[i] = fmt.Sprintf("%d months from %s on: %s", len(names), names[0], w)
		}
	}
	return append(f.trafficWarnings(), list...)
}

// trafficWarnings name traffic that does not grow, or not as one might think.
func (f *forecaster) trafficWarnings() []string {
	var list []string
	cfg := f.cfg
	for i := range cfg.Apps {
		for _, t := range cfg.Apps[i].Traffic {
			if _, ok := t.Scaled(2); !ok {
				list = append(list, fmt.Sprintf("%s.%s does not grow: a trace or a script has no rate that a factor changes", cfg.Apps[i].Name, t.Name))
			}
			if d := cfg.Duration; t.Shape.Weekly != nil && d < 28*sim.Day && d%(7*sim.Day) != 0 {
				list = append(list, fmt.Sprintf("%s.%s has a weekly shape, and each month is simulated from its first day for %v: months differ by their weekdays; take whole weeks", cfg.Apps[i].Name, t.Name, d))
			}
			if t.Shape.Growth != 0 && f.opt.Growth.Text != "flat" {
				list = append(list, fmt.Sprintf("%s.%s grows within each month too; the forecast's growth sets the level at which a month begins", cfg.Apps[i].Name, t.Name))
			}
		}
	}
	return list
}
