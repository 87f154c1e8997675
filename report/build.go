package report

import (
	"time"

	"berth/models/result"
	"berth/sim"
	"berth/sim/stats"
)

// New makes the Document of a result. It works on partial and empty results
// too: what is not there comes out as no value.
func New(r *result.Result) *Document {
	d := &Document{SchemaVersion: SchemaVersion, Tool: plain(r.Tool), Partial: r.Partial}
	pooled := r.Pooled
	if pooled == nil {
		pooled = &result.Run{}
	}
	span := spanOf(r)
	d.Scenario = newScenario(r, span)
	for _, m := range r.Metrics {
		d.Metrics = append(d.Metrics, newMetric(m))
	}
	for _, t := range r.SLO {
		d.Targets = append(d.Targets, Target{Text: plain(t.Text), Metric: newMetric(t.Metric), Op: t.Op, Threshold: Number(t.Threshold),
			Verdict: t.Verdict.String(), Why: plain(t.Why)})
	}
	for i := range pooled.Apps {
		d.Apps = append(d.Apps, newApp(&pooled.Apps[i], span))
	}
	d.All = newApp(result.AllApps(pooled), span)
	d.Bill, d.Types = newResultBill(r), newTypes(r)
	d.Headroom = newHeadroom(r.Headroom)
	for _, t := range r.Theory {
		d.Theory = append(d.Theory, Theory{App: plain(t.App), Formula: plain(t.Formula), Quantity: plain(t.Quantity), Unit: plain(t.Unit),
			Theory: Number(t.Theory), Simulated: estimate(t.Simulated.Interval, t.Simulated.Mean), Note: plain(t.Note)})
	}
	for i, run := range r.Runs {
		d.Replications = append(d.Replications, newReplication(run, r.Totals, i))
	}
	for _, w := range r.Warnings {
		d.Warnings = append(d.Warnings, plain(w))
	}
	if r.Sensitivity != nil {
		d.Sensitivity = NewSensitivity(r.Sensitivity)
	}
	d.Verdict = verdict(d)
	return d.filled()
}

// filled replaces nil lists, so that JSON has [] and never null for a list.
func (d *Document) filled() *Document {
	list(&d.Metrics)
	list(&d.Targets)
	list(&d.Apps)
	list(&d.Headroom)
	list(&d.Types)
	list(&d.Theory)
	list(&d.Replications)
	list(&d.Warnings)
	list(&d.Scenario.Apps)
	list(&d.Scenario.Assumptions)
	list(&d.Scenario.Origins)
	return d
}

func list[T any](p *[]T) {
	if *p == nil {
		*p = []T{}
	}
}

// span is what turns pooled sums into means and months.
type span struct {
	total  float64 // s measured, all replications
	runs   float64
	scale  float64 // month over one replication's span
	hours  float64 // of the month
	origin time.Time
}

// month is a pooled count as the mean of a replication scaled to the month.
func (s span) month(pooled float64) Number {
	if s.runs == 0 || s.scale <= 0 {
		return None
	}
	return Number(pooled / s.runs * s.scale)
}

func spanOf(r *result.Result) span {
	s := span{runs: float64(len(r.Runs)), hours: r.Scenario.MonthHours, origin: r.Scenario.Start, scale: r.BillScale}
	for _, run := range r.Runs {
		s.total += (run.To - run.From).Seconds()
	}
	if s.scale <= 0 && s.total > 0 && s.hours > 0 {
		s.scale = s.hours * 3600 / (s.total / s.runs)
	}
	return s
}

func newScenario(r *result.Result, sp span) Scenario {
	in := r.Scenario
	s := Scenario{Name: plain(in.Name), World: plain(in.World), Seed: in.Seed, Start: stamp(in.Start), DurationS: Number(in.Duration.Seconds()),
		WarmupS: Number(in.Warmup.Seconds()), MeasuredS: ratio(sp.total, sp.runs), MonthHours: Number(in.MonthHours),
		MonthScale: Number(sp.scale), Replications: len(r.Runs), UserSupplied: in.UserData, BudgetUSD: None, OverBudget: None,
		Text: clean(in.Text, true)}
	if !in.Month.IsZero() {
		s.Month = in.Month.UTC().Format("2006-01")
	}
	if !in.AsOf.IsZero() {
		s.AsOf = in.AsOf.UTC().Format("2006-01-02")
	}
	if r.HasBudget {
		s.BudgetUSD, s.OverBudget = Number(in.BudgetUSD), Number(r.OverBudget)
	}
	if r.Pooled != nil {
		s.Events = r.Pooled.Events
	}
	for _, a := range in.Apps {
		s.Apps = append(s.Apps, newAppHead(a))
	}
	for _, a := range in.Assumptions {
		s.Assumptions = append(s.Assumptions, Assumption{plain(a.Path), plain(a.Text), plain(a.Value), plain(a.Grade), plain(a.Source)})
	}
	for _, o := range in.Origins {
		s.Origins = append(s.Origins, Origin{plain(o.Path), plain(o.Value), plain(o.From), plain(o.Source), plain(o.Grade)})
	}
	return s
}

func newAppHead(a result.AppInfo) AppHead {
	h := AppHead{Name: plain(a.Name), Type: plain(a.Type), VCPU: Number(a.VCPU), MemoryMiB: a.MemoryMiB, DiskMB: a.DiskMB,
		MaxInstances: a.MaxInstances, SleepAfterS: Number(a.SleepAfter.Seconds()), KeepAlive: plain(a.KeepAlive), Route: plain(a.Route), Placement: plain(a.Placement),
		Hypothetical: []string{}}
	if a.SleepAfter == sim.Never {
		h.SleepAfterS = None
	}
	for _, t := range a.Hypothetical {
		h.Hypothetical = append(h.Hypothetical, plain(t))
	}
	return h
}

// stamp writes an instant, or nothing for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func estimate(i stats.Interval, mean float64) Estimate {
	e := Estimate{Mean: Number(mean), Low: None, High: None, Confidence: None, N: i.N}
	if i.Known {
		e.Low, e.High, e.Confidence = Number(i.Lo), Number(i.Hi), Number(i.Conf)
	}
	return e
}

func newMetric(m result.Metric) Metric {
	out := Metric{App: plain(m.Key.App), Name: plain(m.Key.Name), Label: plain(m.Label), Unit: plain(m.Unit),
		Value: estimate(m.Interval, m.Mean), Values: []Number{}, Count: m.Count, Better: m.Better}
	if out.Label == "" {
		out.Label = out.Name
	}
	for _, v := range m.Values {
		out.Values = append(out.Values, Number(v))
	}
	return out
}

func newHeadroom(in []result.Headroom) []Headroom {
	var out []Headroom
	for _, h := range in {
		o := Headroom{App: plain(h.App), Limit: plain(h.Limit), Unit: plain(h.Unit), Used: Number(h.Used), Max: None, Share: None,
			Denied: h.Denied, Grows: h.Grows, Factor: None, Effect: plain(h.Effect), Source: plain(h.Source)}
		if h.Max > 0 {
			o.Max, o.Share = Number(h.Max), ratio(h.Used, h.Max)
			if h.Grows {
				o.Factor = ratio(h.Max, h.Used)
			}
		}
		out = append(out, o)
	}
	return out
}

func newReplication(run *result.Run, totals []float64, i int) Replication {
	out := Replication{Number: run.Replication, Seed: run.Seed, Partial: run.Partial, Events: run.Events, BillUSD: None}
	all := result.AllApps(run)
	out.Requests, out.Served, out.Failed = all.Requests, all.Served, failed(all)
	out.Cold, out.Starts = all.Cold, all.Starts
	q := quantiles(&all.Latency)
	out.P50, out.P99, out.Mean = q.P50, q.P99, q.Mean
	if i < len(totals) {
		out.BillUSD = Number(totals[i])
	}
	return out
}

// metric finds a metric by its key.
func (d *Document) metric(app, name string) (Metric, bool) {
	for _, m := range d.Metrics {
		if m.App == app && m.Name == name {
			return m, true
		}
	}
	return Metric{}, false
}
