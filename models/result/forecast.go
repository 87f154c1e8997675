package result

import "berth/sim/stats"

// Forecast is the bill of the months to come.
type Forecast struct {
	Tool, Scenario        string
	Seed                  uint64
	Replications          int // of each month and growth
	Growth                string
	LowGrowth, HighGrowth string  // the ends of its stated uncertainty; "" = none
	BudgetUSD             float64 // 0 = none
	Months                []ForecastMonth
	Changes               []DatedChange
	Reached               []Reached
	Partial               bool // interrupted: months at the end are missing
	Warnings              []string
}

// ForecastMonth is one calendar month.
type ForecastMonth struct {
	Month  string // 2026-12
	Days   int
	Factor float64        // of the traffic over the scenario's
	Bill   stats.Interval // of the mean bill at this growth, USD
	Totals []float64      // by replication
	Lines  []LineMoney    // means
	Apps   []AppMoney
	// Low and High hold the month's bill with 95 %: what the growth is, within its
	// stated uncertainty, and chance from month to month. NaN where one replication
	// tells neither.
	Low, High float64
	Over      float64 // probability that the bill is above the budget; NaN without one
	Metrics   []Metric
	Targets   []SLOResult
	Headroom  []Headroom
	// PriceEffect is what the changes of prices since the month before add to this
	// bill, USD.
	PriceEffect float64
	Ends        []ForecastEnd // at both ends of the stated growth
}

// AppMoney is the part of the bill of an app, without the base fee.
type AppMoney struct {
	App string
	USD float64
}

// ForecastEnd is a month at one end of the stated growth.
type ForecastEnd struct {
	Factor float64
	Bill   stats.Interval
}

// DatedChange is something in the catalogue that differs from the month before.
type DatedChange struct {
	Month  string
	Kind   string // price, limit or type
	Name   string // SKU, limit, or app and its type
	Label  string
	What   string // begins, ends, or old and new terms
	Source string
}

// Reached is the first month in which a limit, the budget or a target gives way.
// A month is "" where that is not within the horizon.
type Reached struct {
	Kind  string // budget, risk (the budget's, from a chance of 5 % on), limit or target
	App   string
	What  string
	Month string // as grown
	// Early and Late are the months at the high and the low end of the stated
	// growth; both are Month where none is stated. A risk has neither.
	Early, Late string
	Share       float64 // of the replications of Month in which a limit is reached; of the budget, the probability
	Used, Max   float64 // in Month; NaN where there is no number
	Unit        string
	Effect      string
}
