package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"berth/models/result"
)

// Capacity is what a search for the highest rate says, as plain numbers in base
// units.
type Capacity struct {
	SchemaVersion int             `json:"schema_version" jsonschema_description:"Version of this form; additions keep it."`
	Tool          string          `json:"tool"`
	Partial       bool            `json:"partial" jsonschema_description:"The search was interrupted."`
	Verdict       string          `json:"verdict" jsonschema_description:"The answer in one sentence."`
	Scenario      string          `json:"scenario"`
	App           string          `json:"app" jsonschema_description:"Whose traffic grows; empty for all apps together."`
	Seed          uint64          `json:"seed"`
	Confidence    Number          `json:"confidence" jsonschema_description:"That carried is carried and broken is not, both together."`
	Tolerance     Number          `json:"tolerance" jsonschema_description:"Width of the bracket asked for, as a share."`
	Ending        string          `json:"ending" jsonschema:"enum=found,enum=too noisy,enum=whole numbers,enum=no ceiling,enum=no floor"`
	Targets       []string        `json:"targets" jsonschema_description:"Lines that were judged; the last one may be implied."`
	Implied       bool            `json:"implied" jsonschema_description:"The last target is not the scenario's."`
	Carried       *RatePoint      `json:"carried" jsonschema_description:"The highest rate shown to be carried; null where none is."`
	Broken        *RatePoint      `json:"broken" jsonschema_description:"The lowest rate above it shown not to be; null where none is."`
	Points        []RatePoint     `json:"points" jsonschema_description:"Every rate tried, the lowest first."`
	Binds         []Binding       `json:"binds"`
	Limits        []CapacityLimit `json:"limits" jsonschema_description:"Use of the limits at the highest rate carried."`
	Curves        []TypeCurve     `json:"curves" jsonschema_description:"One instance of each type under growing load."`
	NoCurve       string          `json:"no_curve" jsonschema_description:"Why there are no curves."`
	Warnings      []string        `json:"warnings"`
}

// RatePoint is one rate that was tried.
type RatePoint struct {
	Factor       Number       `json:"factor" jsonschema_description:"On the scenario's traffic."`
	PerSecond    Estimate     `json:"requests_per_s"`
	Sets         []string     `json:"sets" jsonschema_description:"Overrides that make it, as --set takes them."`
	Replications int          `json:"replications" jsonschema_description:"0 where analysis alone decided."`
	Verdict      string       `json:"verdict" jsonschema:"enum=met,enum=violated,enum=not proven"`
	Why          string       `json:"why"`
	Lines        []RateTarget `json:"targets"`
}

// RateTarget is one target at a rate.
type RateTarget struct {
	Text     string   `json:"text"`
	Unit     string   `json:"unit"`
	Measured Estimate `json:"measured" jsonschema_description:"With the interval it was judged on."`
	Verdict  string   `json:"verdict"`

	threshold Number
}

// Binding is what the lowest rate that is not carried breaks.
type Binding struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// CapacityLimit is one limit at the highest rate carried.
type CapacityLimit struct {
	Headroom
	Reached   Number `json:"reached_factor" jsonschema_description:"Factor at which it is reached if use grows in proportion; null where it does not."`
	PerSecond Number `json:"reached_requests_per_s"`
}

// TypeCurve is one instance of a type under growing load.
type TypeCurve struct {
	App       string      `json:"app"`
	Type      string      `json:"instance_type"`
	VCPU      Number      `json:"vcpu"`
	MemoryMiB int64       `json:"memory_mib"`
	Own       bool        `json:"own" jsonschema_description:"The scenario's own type."`
	Refused   string      `json:"refused" jsonschema_description:"Why the app does not fit it; empty where it does."`
	InMemory  int64       `json:"requests_in_memory" jsonschema_description:"Requests at once that fit its memory; 0: no bound."`
	PerSecond Number      `json:"saturated_at_requests_per_s" jsonschema_description:"null where nothing saturates."`
	Saturates string      `json:"saturates" jsonschema_description:"vCPU or concurrency."`
	Points    []LoadPoint `json:"points"`
}

// LoadPoint is an instance at a share of its saturation.
type LoadPoint struct {
	Load      Number   `json:"load"`
	PerSecond Number   `json:"requests_per_s"`
	P50       Estimate `json:"p50_s"`
	P99       Estimate `json:"p99_s"`
	Errors    Estimate `json:"errors"`
	InFlight  Estimate `json:"in_flight"`
}

var endings = map[result.Ending]string{result.Found: "found", result.TooNoisy: "too noisy", result.Grainy: "whole numbers", result.NoCeiling: "no ceiling", result.NoFloor: "no floor"}

// NewCapacity makes the document of a search.
func NewCapacity(c *result.Capacity) *Capacity {
	d := &Capacity{SchemaVersion: SchemaVersion, Tool: plain(c.Tool), Partial: c.Partial, Scenario: plain(c.Scenario), App: plain(c.App), Seed: c.Seed, Confidence: Number(c.Confidence),
		Tolerance: Number(c.Tolerance), Ending: endings[c.Ending], Implied: c.Implied, NoCurve: plain(c.NoCurve)}
	for _, t := range c.Targets {
		d.Targets = append(d.Targets, plain(t.Text))
	}
	for _, p := range c.Points {
		d.Points = append(d.Points, newRatePoint(p, c.Targets))
	}
	if c.Carried >= 0 {
		d.Carried = &d.Points[c.Carried]
	}
	if c.Broken >= 0 {
		d.Broken = &d.Points[c.Broken]
	}
	for _, b := range c.Binds {
		d.Binds = append(d.Binds, Binding{plain(b.What), plain(b.Why)})
	}
	for _, l := range c.Limits {
		x := CapacityLimit{Headroom: newHeadroom([]result.Headroom{l.Headroom})[0], Reached: None, PerSecond: None}
		if l.Reached > 0 && d.Carried != nil {
			x.Reached = Number(l.Reached)
			x.PerSecond = d.Carried.PerSecond.Mean * x.Reached / d.Carried.Factor
		}
		d.Limits = append(d.Limits, x)
	}
	for _, x := range c.Curves {
		d.Curves = append(d.Curves, newTypeCurve(x))
	}
	for _, w := range c.Warnings {
		d.Warnings = append(d.Warnings, plain(w))
	}
	list(&d.Targets)
	list(&d.Points)
	list(&d.Binds)
	list(&d.Limits)
	list(&d.Curves)
	list(&d.Warnings)
	d.Verdict = d.verdict()
	return d
}

func newRatePoint(p result.RatePoint, targets []result.Target) RatePoint {
	out := RatePoint{Factor: Number(p.Factor), PerSecond: estimate(p.PerSecond, p.PerSecond.Mean), Replications: p.Replications, Verdict: p.Verdict.String(), Why: plain(p.Why)}
	if p.Replications == 0 {
		out.PerSecond.Mean = None
	}
	for _, x := range p.Sets {
		out.Sets = append(out.Sets, plain(x))
	}
	for i, l := range p.Lines {
		out.Lines = append(out.Lines, RateTarget{Text: plain(l.Text), Unit: plain(l.Metric.Unit), Measured: estimate(l.Metric.Interval, l.Metric.Mean), Verdict: l.Verdict.String(), threshold: Number(targets[i].Threshold)})
	}
	list(&out.Sets)
	list(&out.Lines)
	return out
}

func newTypeCurve(c result.Curve) TypeCurve {
	out := TypeCurve{App: plain(c.App), Type: plain(c.Type), VCPU: Number(c.VCPU), MemoryMiB: c.MemoryMiB, Own: c.Own, Refused: plain(c.Refused), InMemory: c.InMemory, PerSecond: None, Saturates: plain(c.Saturates)}
	if c.PerSecond > 0 {
		out.PerSecond = Number(c.PerSecond)
	}
	of := func(m result.Metric) Estimate {
		if len(m.Values) == 0 {
			return Estimate{Mean: None, Low: None, High: None, Confidence: None}
		}
		return estimate(m.Interval, m.Mean)
	}
	for _, p := range c.Points {
		out.Points = append(out.Points, LoadPoint{Load: Number(p.Load), PerSecond: Number(p.PerSecond), P50: of(p.P50), P99: of(p.P99), Errors: of(p.Errors), InFlight: of(p.InFlight)})
	}
	list(&out.Points)
	return out
}

// who is the app whose traffic grows, within a sentence.
func (d *Capacity) who() string {
	if d.App == "" {
		return "the apps of " + fit(d.Scenario, 40)
	}
	return "app " + fit(d.App, 40)
}

// factor writes a multiple of the traffic: x3.73.
func factor(n Number) string { return "x" + trimmed(float64(n), 4) }

// perSecond writes a rate of requests with four digits.
func perSecond(n Number) string {
	if !n.Known() {
		return dash
	}
	if n >= 1000 {
		return grouped(float64(n), 0) + "/s"
	}
	return trimmed(float64(n), 4) + "/s"
}

// verdict is the answer in one sentence.
func (d *Capacity) verdict() string {
	s := ""
	if d.Partial {
		s = "Partial search, interrupted: "
	}
	sure := fmt.Sprintf("with %s confidence", Share(d.Confidence))
	switch {
	case d.Carried == nil && len(d.Points) > 0:
		s += fmt.Sprintf("%s is not shown to carry any of the rates tried, from %s to %s of the traffic", upper(d.who()), factor(d.Points[0].Factor), factor(d.Points[len(d.Points)-1].Factor))
	case d.Carried == nil:
		s += "No rate was tried"
	case d.Broken == nil:
		s += fmt.Sprintf("%s carries at least %s of the traffic (%s), %s; no rate tried is shown to be too high", upper(d.who()), factor(d.Carried.Factor), perSecond(d.Carried.PerSecond.Mean), sure)
	default:
		s += fmt.Sprintf("%s carries %s of the traffic (%s) and not %s", upper(d.who()), factor(d.Carried.Factor), perSecond(d.Carried.PerSecond.Mean), factor(d.Broken.Factor))
		if d.Broken.PerSecond.Mean.Known() {
			s += " (" + perSecond(d.Broken.PerSecond.Mean) + ")"
		}
		s += ", " + sure
	}
	if len(d.Binds) > 0 {
		s += ": " + fit(d.Binds[0].What, 60) + " binds"
		if d.Binds[0].Why != "" {
			s += " (" + fit(d.Binds[0].Why, 160) + ")"
		}
	}
	return s + "."
}

// JSON writes the answer as indented JSON.
func (d *Capacity) JSON(w io.Writer) error {
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = w.Write(indented(b))
	return err
}

// CSV writes one row for each rate tried and target, then one for each type and
// load.
func (d *Capacity) CSV(w io.Writer) error {
	f := csvFile{header: []string{"kind", "name", "factor_or_load", "requests_per_s", "metric", "unit", "mean", "low", "high", "replications", "verdict", "why"}}
	for _, p := range d.Points {
		lead := []string{"rate", spreadsheet(d.App), cell(p.Factor), cell(p.PerSecond.Mean)}
		if len(p.Lines) == 0 {
			f.add(append(lead, "", "", "", "", "", integer(int64(p.Replications)), p.Verdict, spreadsheet(p.Why))...)
		}
		for _, l := range p.Lines {
			f.add(append(lead[:len(lead):len(lead)], spreadsheet(l.Text), l.Unit, cell(l.Measured.Mean), cell(l.Measured.Low), cell(l.Measured.High), integer(int64(p.Replications)), l.Verdict, "")...)
		}
	}
	for _, c := range d.Curves {
		lead := []string{"instance", spreadsheet(c.Type)}
		if len(c.Points) == 0 {
			f.add(append(lead, "", cell(c.PerSecond), "", "", "", "", "", "0", "", spreadsheet(c.Refused))...)
		}
		for _, p := range c.Points {
			for _, x := range []struct {
				metric, unit string
				of           Estimate
			}{{"p50(latency)", "s", p.P50}, {"p99(latency)", "s", p.P99}, {"errors", "1", p.Errors}, {"mean(in-flight)", "", p.InFlight}} {
				f.add(append(lead[:len(lead):len(lead)], cell(p.Load), cell(p.PerSecond), x.metric, x.unit, cell(x.of.Mean), cell(x.of.Low), cell(x.of.High), integer(int64(x.of.N)), "", strings.TrimSpace(c.Saturates))...)
			}
		}
	}
	return f.write(w)
}
