package timeout

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/models/workload/trace"
	"berth/sim"
)

// Options say what is searched, for which app.
type Options struct {
	Tool string
	// Config holds prices and the billed month, App the type, the meter and the
	// setting as it is. The app's traffic and start are not used.
	Config *edge.Config
	App    *edge.App
	Start  sim.Time // from the first call to ready
	Init   sim.Time // the last part of Start, which burns CPU
	// Service and CPU are those of calls whose record has none. Such a Service is
	// that beside computing: the CPU time at the speed of the type is added.
	Service, CPU sim.Time
	Span         sim.Time // of the record; 0 = to its last call
	Step         sim.Time // between timeouts that are tried; 0 = 1 s
	// Sleep lists the timeouts to show, multiples of Step. The search goes over
	// every multiple between the least and the greatest.
	Sleep []sim.Time
	// ColdPrice is what a call that waits for a start is worth, in USD.
	ColdPrice billing.Exact
	Targets   []result.Target // of share(cold) and bill
}

// DefaultStep is the resolution of sleep_after in seconds, as the class takes it.
const DefaultStep = sim.Second

// worths are the prices of a wait, one USD over each, for which the best timeout
// is always told.
var worths = []int64{100_000, 10_000, 1000, 100, 10}

// maxDrawn is the most points of a picture.
const maxDrawn = 240

// Find reads the calls of a trace to their end and finds the curve. The error
// is the reader's, or says which option makes no sense; a trace without calls is
// one too.
func Find(r *trace.Reader, opt Options) (*result.SleepCurve, error) {
	if opt.Step == 0 {
		opt.Step = DefaultStep
	}
	if err := opt.check(); err != nil {
		return nil, err
	}
	rules := Rules{Step: opt.Step, Longest: slices.Max(opt.Sleep), Start: opt.Start, Alarm: opt.App.Meter.AlarmEvery}
	if err := rules.Check(); err != nil {
		return nil, err
	}
	rec := record{curve: New(rules), opt: &opt, cpuNs: new(big.Int)}
	if err := rec.read(r); err != nil {
		return nil, err
	}
	return rec.result(r)
}

func (o *Options) check() error {
	var errs []error
	if len(o.Sleep) == 0 {
		errs = append(errs, errors.New("no timeout to look at"))
	}
	for _, t := range o.Sleep {
		if t < 0 || t%o.Step != 0 {
			errs = append(errs, fmt.Errorf("the timeout of %v is not a multiple of the step of %v", t, o.Step))
		}
	}
	if o.Start < 0 || o.Init < 0 || o.Init > o.Start {
		errs = append(errs, fmt.Errorf("a start of %v cannot hold %v of the image's own start", o.Start, o.Init))
	}
	for _, t := range o.Targets {
		if t.Metric != "share(cold)" && t.Metric != "bill" {
			errs = append(errs, fmt.Errorf("%q: the gaps of a trace tell share(cold) and bill; simulate the trace for other targets", t.Text))
		}
	}
	return errors.Join(errs...)
}

// record is a trace being read.
type record struct {
	curve     *Curve
	opt       *Options
	last      sim.Time
	cpuNs     *big.Int
	noService int64
}

func (c *record) read(r *trace.Reader) error {
	cpuS, cpuNs := int64(0), int64(0)
	speed := math.Min(c.opt.App.Threads, c.opt.App.Type.VCPU())
	for {
		call, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if call.CPU < 0 {
			call.CPU = c.opt.CPU
		}
		if call.Service < 0 {
			call.Service = c.opt.Service + sim.Time(math.Round(float64(call.CPU)/speed))
			c.noService++
		}
		cpuS, cpuNs = cpuS+int64(call.CPU/sim.Second), cpuNs+int64(call.CPU%sim.Second)
		c.last = call.At
		c.curve.Add(call.Key, call.At, call.Service)
	}
	c.cpuNs = nanoseconds(cpuS, cpuNs)
	c.curve.Finish()
	switch {
	case c.curve.Calls == 0:
		return errors.New("the trace holds no call")
	case c.opt.Span == 0 && c.last == 0:
		return errors.New("all calls of the trace are at its beginning, so nothing says how long it is; give its span")
	case c.opt.Span > 0 && c.opt.Span < c.last:
		return fmt.Errorf("the last call is at %v, after the end of a span of %v", c.last, c.opt.Span)
	}
	return nil
}

func (c *record) span() sim.Time {
	if c.opt.Span > 0 {
		return c.opt.Span
	}
	return c.last
}

// result prices the timeouts that are shown and finds the best of all.
func (c *record) result(r *trace.Reader) (*result.SleepCurve, error) {
	o, app := c.opt, c.opt.App
	hours := o.Config.MonthHours
	out := &result.SleepCurve{Tool: o.Tool, Format: r.Format(), Rule: r.Rule(), Calls: c.curve.Calls, Keys: c.curve.Keys, Span: c.span(),
		AsOf: o.Config.AsOf.Format("2006-01-02"), MonthHours: hours, Type: app.Type.Name, VCPU: app.Type.VCPU(), MemoryMiB: app.Type.MemoryMiB, DiskMB: app.Type.DiskMB,
		Start: o.Start, Init: o.Init, Step: o.Step, From: slices.Min(o.Sleep), To: slices.Max(o.Sleep),
		ColdPriceUSD: o.ColdPrice.Float64(), Targets: o.Targets}
	p := &pricing{app: app, book: o.Config.Book, init: o.Init, start: o.Start, calls: c.curve.Calls, cpuNs: c.cpuNs,
		monthNs: big.NewInt(int64(math.Round(hours * 3600e9))), spanNs: big.NewInt(int64(c.span()))}
	s := newSearch(c.curve, p, int(out.From/o.Step), int(out.To/o.Step))
	sleep := slices.Compact(slices.Sorted(slices.Values(o.Sleep)))
	for _, t := range sleep {
		out.Points = append(out.Points, s.at(int(t/o.Step), o.ColdPrice))
	}
	step, met := s.best(o.Targets, o.ColdPrice)
	out.Best, out.Met = s.at(step, o.ColdPrice), met
	if now := app.SleepAfter; now >= out.From && now <= out.To && now%o.Step == 0 {
		p := s.at(int(now/o.Step), o.ColdPrice)
		out.Now = &p
	}
	for _, step := range s.thinned(maxDrawn) {
		out.Drawn = append(out.Drawn, s.at(step, o.ColdPrice))
	}
	for _, one := range worths {
		usd := billing.ExactFrac(1, one)
		step, _ := s.best(nil, usd)
		out.Prices = append(out.Prices, result.SleepPrice{USD: usd.Float64(), Best: s.at(step, usd)})
	}
	out.Warnings = c.warnings(out, r)
	return out, nil
}

func (c *record) warnings(out *result.SleepCurve, r *trace.Reader) []string {
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if n := r.Bad(); n > 0 {
		add("%d malformed lines were skipped", n)
	}
	if n := c.noService; n > 0 {
		add("%d of %d calls have no time in service: %v was taken, and their CPU time at the speed of %s", n, out.Calls, c.opt.Service, out.Type)
	}
	if best := out.Best; best.Cold > 0 && out.Keys*5 > best.Cold {
		add("%d of the %d calls that wait at %v are the first of their key, which no timeout helps; over a longer record their share may be smaller", out.Keys, best.Cold, best.SleepAfter)
	}
	if out.Span < 3*out.To {
		add("the record spans %v, less than three times the longest timeout of %v: what happens after its end weighs much", out.Span, out.To)
	}
	if out.Met && out.Best.SleepAfter == out.To && out.To > out.From {
		add("the best timeout is the longest that was looked at: a longer one may be better")
	}
	return list
}
