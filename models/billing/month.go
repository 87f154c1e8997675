package billing

import (
	"math/big"
	"time"

	"berth/data"
)

// Month is the length of a billed month.
type Month struct {
	First data.Date // first day; zero for a nominal month
	Hours int64
}

// MonthOf is the calendar month of a day: 28 to 31 days of 24 hours.
func MonthOf(d data.Date) Month {
	return Month{First: d.FirstOfMonth(), Hours: int64(d.MonthDays()) * 24}
}

// NominalMonth is the month of 730 hours, a twelfth of 365 days.
func NominalMonth() Month { return Month{Hours: 730} }

// Duration is the length of the month.
func (m Month) Duration() time.Duration { return time.Duration(m.Hours) * time.Hour }

// ScaleToMonth stretches usage measured over a span (ns, above 0) to the month.
// One-off usage inside it, such as that of a deploy, is taken out first and added
// back unstretched.
func (u Usage) ScaleToMonth(oneOff Usage, measuredNs int64, m Month) Usage {
	num, den := big.NewInt(int64(m.Duration())), big.NewInt(measuredNs)
	return u.Sub(oneOff).Scale(num, den).Add(oneOff)
}

// BilledRun is the billed length of a run: rounded up to whole steps (10 ms),
// once. Runs of 0 cost nothing; step must be above 0.
func BilledRun(run, step time.Duration) time.Duration {
	if run <= 0 {
		return 0
	}
	return (run + step - 1) / step * step
}
