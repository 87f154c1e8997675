package result

import (
	"math/big"

	"berth/models/billing"
	"berth/sim"
)

// SleepCurve is what timeouts would have cost over recorded calls, and how many
// calls would have waited for a start.
type SleepCurve struct {
	Tool, Trace, Format, Rule string
	Calls, Keys               int64
	Span                      sim.Time // of the record
	AsOf                      string   // day of prices and types
	MonthHours                float64  // of the bill
	Type                      string
	VCPU                      float64
	MemoryMiB, DiskMB         int64
	Start, Init               sim.Time // of every start; Init, its last part, burns CPU
	Step                      sim.Time // the search knows every multiple of it
	From, To                  sim.Time // ends of the search

	ColdPriceUSD float64 // of a call that waits for a start; 0 = none
	Targets      []Target
	Points       []SleepPoint // in order of the timeout
	// Best costs least, waits included, of all multiples of Step between the ends
	// that meet the targets. Met is false where none does: Best then keeps the
	// fewest calls waiting.
	Best SleepPoint
	Met  bool
	// Now is the app's own setting; nil where it was not searched.
	Now *SleepPoint
	// Drawn are points enough for a picture of the whole range.
	Drawn []SleepPoint
	// Prices holds the best timeout, targets apart, for some prices of a wait.
	Prices   []SleepPrice
	Warnings []string
}

// SleepPoint is what one timeout does.
type SleepPoint struct {
	SleepAfter sim.Time
	Starts     int64 // of the record
	Cold       int64 // calls of the record that wait for a start
	BusyNs     *big.Int
	UpNs       *big.Int
	BilledMs   *big.Int
	Bill       billing.Bill  // of the month
	Waiting    billing.Exact // USD a month for the calls that wait
	Cost       billing.Exact // USD a month: both
	ColdMonth  billing.Exact // calls that wait, a month
}

// SleepPrice is the best timeout where a call that waits is worth so much.
type SleepPrice struct {
	USD  float64
	Best SleepPoint
}
