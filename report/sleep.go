package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"

	"berth/models/billing"
	"berth/models/result"
	"berth/sim"
)

// Sleep is what timeouts would have cost over recorded calls, as plain numbers
// in base units.
type Sleep struct {
	SchemaVersion  int          `json:"schema_version"`
	Tool           string       `json:"tool"`
	Verdict        string       `json:"verdict"`
	Trace          SleepTrace   `json:"trace"`
	Instance       SleepType    `json:"instance"`
	AsOf           string       `json:"as_of"`
	MonthHours     Number       `json:"month_hours"`
	ColdPrice      Number       `json:"cold_price_usd"` // of a call that waits
	Targets        []string     `json:"targets"`
	Met            bool         `json:"met"` // some timeout meets the targets
	From           Number       `json:"searched_from_s"`
	To             Number       `json:"searched_to_s"`
	Step           Number       `json:"searched_step_s"`
	Best           SleepPoint   `json:"best"`
	Now            *SleepPoint  `json:"now"` // with the setting as it is; null where it was not searched
	Points         []SleepPoint `json:"points"`
	ByPrice        []SleepPrice `json:"by_price"`
	Warnings       []string     `json:"warnings"`
	drawn          []SleepPoint
	coldPriceGiven bool
}

// SleepTrace is the record.
type SleepTrace struct {
	File   string `json:"file"`
	Format string `json:"format"`
	Rule   string `json:"rule"`
	Calls  int64  `json:"calls"`
	Keys   int64  `json:"keys"`
	Span   Number `json:"span_s"`
}

// SleepType is the instance that serves a key.
type SleepType struct {
	Type   string `json:"type"`
	VCPU   Number `json:"vcpu"`
	Memory int64  `json:"memory_mib"`
	Disk   int64  `json:"disk_mb"`
	Start  Number `json:"start_s"`
	Init   Number `json:"init_s"`
}

// SleepPoint is one timeout. Counts and times are those of the record, exactly;
// what is a month is scaled to it.
type SleepPoint struct {
	SleepAfter Number      `json:"sleep_after_s"`
	Starts     int64       `json:"starts"`
	Cold       int64       `json:"cold"`
	ColdShare  Number      `json:"cold_share"`
	BusyNs     string      `json:"busy_ns"`
	UpNs       string      `json:"up_ns"`
	BilledMs   string      `json:"billed_ms"`
	MeanUp     Number      `json:"mean_up"` // instances
	StartsPerM Number      `json:"starts_per_month"`
	ColdPerM   Number      `json:"cold_per_month"`
	Bill       Number      `json:"bill_usd"` // a month
	Waiting    Number      `json:"waiting_usd"`
	Cost       Number      `json:"cost_usd"`
	Lines      []SleepLine `json:"lines"`
}

// SleepLine is a line of the bill that is not 0.
type SleepLine struct {
	SKU string `json:"sku"`
	USD Number `json:"usd"`
}

// SleepPrice is the best timeout where a call that waits is worth so much.
type SleepPrice struct {
	USD  Number     `json:"cold_price_usd"`
	Best SleepPoint `json:"best"`
}

// NewSleep makes the document of a curve.
func NewSleep(c *result.SleepCurve) *Sleep {
	d := &Sleep{SchemaVersion: SchemaVersion, Tool: plain(c.Tool), AsOf: c.AsOf, MonthHours: Number(c.MonthHours), ColdPrice: Number(c.ColdPriceUSD), Met: c.Met,
		Trace:    SleepTrace{File: plain(c.Trace), Format: c.Format, Rule: plain(c.Rule), Calls: c.Calls, Keys: c.Keys, Span: seconds(c.Span)},
		Instance: SleepType{Type: plain(c.Type), VCPU: Number(c.VCPU), Memory: c.MemoryMiB, Disk: c.DiskMB, Start: seconds(c.Start), Init: seconds(c.Init)},
		From:     seconds(c.From), To: seconds(c.To), Step: seconds(c.Step), Best: sleepPoint(c, &c.Best), coldPriceGiven: c.ColdPriceUSD > 0}
	if c.Now != nil {
		now := sleepPoint(c, c.Now)
		d.Now = &now
	}
	for i := range c.Points {
		d.Points = append(d.Points, sleepPoint(c, &c.Points[i]))
	}
	for i := range c.Drawn {
		d.drawn = append(d.drawn, sleepPoint(c, &c.Drawn[i]))
	}
	for i := range c.Prices {
		d.ByPrice = append(d.ByPrice, SleepPrice{Number(c.Prices[i].USD), sleepPoint(c, &c.Prices[i].Best)})
	}
	for _, t := range c.Targets {
		d.Targets = append(d.Targets, plain(t.Text))
	}
	for _, w := range c.Warnings {
		d.Warnings = append(d.Warnings, plain(w))
	}
	list(&d.Points)
	list(&d.ByPrice)
	list(&d.Targets)
	list(&d.Warnings)
	d.Verdict = d.verdict()
	return d
}

func seconds(t sim.Time) Number { return Number(t.Seconds()) }

func sleepPoint(c *result.SleepCurve, p *result.SleepPoint) SleepPoint {
	month := Number(c.MonthHours * 3600 / c.Span.Seconds())
	up, _ := new(big.Float).SetInt(p.UpNs).Float64()
	out := SleepPoint{SleepAfter: seconds(p.SleepAfter), Starts: p.Starts, Cold: p.Cold, ColdShare: ratio(float64(p.Cold), float64(c.Calls)),
		BusyNs: p.BusyNs.String(), UpNs: p.UpNs.String(), BilledMs: p.BilledMs.String(), MeanUp: Number(up / float64(c.Span)),
		StartsPerM: Number(p.Starts) * month, ColdPerM: Number(p.ColdMonth.Float64()),
		Bill: Number(p.Bill.Total.Float64()), Waiting: Number(p.Waiting.Float64()), Cost: Number(p.Cost.Float64()), Lines: []SleepLine{}}
	for _, l := range p.Bill.Lines {
		if l.Amount.Sign() > 0 {
			out.Lines = append(out.Lines, SleepLine{plain(l.SKU), Number(l.Amount.Float64())})
		}
	}
	return out
}

// verdict is the choice in one sentence, beside the setting as it is.
func (d *Sleep) verdict() string {
	b := &d.Best
	s := ""
	switch {
	case !d.Met:
		return fmt.Sprintf("No sleepAfter from %s to %s meets %s: at %s, where the fewest calls wait, %s of them do, for %s a month.",
			setting(d.From), setting(d.To), quoted(d.Targets), setting(b.SleepAfter), Share(b.ColdShare), RoundUSD(b.Bill))
	case d.coldPriceGiven:
		s = fmt.Sprintf("sleepAfter %s costs least where a call that waits is worth %s: %s a month, %s of it for the %s of calls that wait",
			setting(b.SleepAfter), USD(d.ColdPrice), RoundUSD(b.Cost), RoundUSD(b.Waiting), Share(b.ColdShare))
	case len(d.Targets) > 0:
		s = fmt.Sprintf("sleepAfter %s is the cheapest that meets %s: %s a month, %s of calls wait", setting(b.SleepAfter), quoted(d.Targets), RoundUSD(b.Bill), Share(b.ColdShare))
	default:
		s = fmt.Sprintf("The bill alone is least at sleepAfter %s: %s a month, %s of calls wait", setting(b.SleepAfter), RoundUSD(b.Bill), Share(b.ColdShare))
	}
	if now := d.Now; now != nil && now.SleepAfter != b.SleepAfter {
		s += fmt.Sprintf("; %s costs %s, %s wait", setting(now.SleepAfter), RoundUSD(now.Cost), Share(now.ColdShare))
	}
	return s + "."
}

func quoted(targets []string) string {
	s := ""
	for i, t := range targets {
		if i > 0 {
			s += " and "
		}
		s += fit(t, 60)
	}
	return s
}

// setting writes a timeout as the scenario language does: 43s, 10m, 1h30m.
func setting(n Number) string { return sim.FromSeconds(float64(n)).String() }

// JSON writes the curve as indented JSON.
func (d *Sleep) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// CSV writes one row for each timeout; the best one is marked, with a row of its
// own where it is not among those asked for.
func (d *Sleep) CSV(w io.Writer) error {
	f := csvFile{header: []string{"sleep_after_s", "best", "starts", "cold", "cold_share", "busy_s", "up_s", "billed_s", "mean_up", "starts_per_month", "cold_per_month",
		"bill_usd", "waiting_usd", "cost_usd"}}
	for _, p := range d.rows() {
		f.add(cell(p.SleepAfter), fmt.Sprint(p.SleepAfter == d.Best.SleepAfter), integer(p.Starts), integer(p.Cold), cell(p.ColdShare), inUnits(p.BusyNs, 9), inUnits(p.UpNs, 9), inUnits(p.BilledMs, 3),
			cell(p.MeanUp), cell(p.StartsPerM), cell(p.ColdPerM), cell(p.Bill), cell(p.Waiting), cell(p.Cost))
	}
	return f.write(w)
}

// rows are the timeouts asked for and, in its place, the best one.
func (d *Sleep) rows() []SleepPoint {
	var out []SleepPoint
	placed := false
	for _, p := range d.Points {
		if !placed && p.SleepAfter >= d.Best.SleepAfter {
			if placed = true; p.SleepAfter > d.Best.SleepAfter {
				out = append(out, d.Best)
			}
		}
		out = append(out, p)
	}
	return out
}

// inUnits writes a whole number of small units in large ones, exactly.
func inUnits(n string, digits int) string {
	x, ok := new(big.Int).SetString(n, 10)
	if !ok {
		return ""
	}
	return billing.ExactRat(new(big.Rat).SetFrac(x, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))).String()
}
