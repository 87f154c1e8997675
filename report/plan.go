package report

import (
	"encoding/json"
	"io"
	"regexp"

	"berth/models/result"
)

// Plan is what a search for the cheapest configuration says, as plain numbers in
// base units.
type Plan struct {
	SchemaVersion int          `json:"schema_version" jsonschema_description:"Version of this form; additions keep it."`
	Tool          string       `json:"tool"`
	Partial       bool         `json:"partial" jsonschema_description:"The search was interrupted: nothing is proven."`
	Verdict       string       `json:"verdict" jsonschema_description:"The plan in one sentence."`
	Scenario      string       `json:"scenario"`
	Seed          uint64       `json:"seed"`
	Rules         PlanRules    `json:"rules"`
	Targets       []string     `json:"targets"`
	Feasible      bool         `json:"feasible" jsonschema_description:"The choice keeps every target; else it is what comes closest."`
	Changes       []PlanChange `json:"changes" jsonschema_description:"What the choice changes in the scenario; empty: nothing."`
	Candidates    []Candidate  `json:"candidates" jsonschema_description:"As it is, the choice and the runner-up, on the scenario's own horizon."`
	Searches      []PlanSearch `json:"searches"`
	Advice        []PlanAdvice `json:"advice"`
	Warnings      []string     `json:"warnings"`
}

// PlanRules are the rules of the search; shares are fractions of one.
type PlanRules struct {
	Confidence   Number `json:"confidence" jsonschema_description:"That the choice is the cheapest of those ranked, or within the indifference of it."`
	Indifference Number `json:"indifference" jsonschema_description:"Share of the bill that is worth no further runs."`
	Tolerance    Number `json:"tolerance" jsonschema_description:"Margin to a target's threshold, as a share of it."`
	Finalists    int    `json:"finalists"`
	First        int    `json:"first_replications"`
	Most         int    `json:"most_replications"`
}

// PlanChange is a value of the scenario that the choice changes.
type PlanChange struct {
	Path string `json:"path"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Candidate is a configuration that ran on the scenario's own horizon.
type Candidate struct {
	Name         string       `json:"name" jsonschema_description:"as it is, choice or runner-up."`
	Replications int          `json:"replications"`
	Metrics      []Metric     `json:"metrics"`
	Targets      []Target     `json:"slo"`
	Headroom     []Headroom   `json:"headroom"`
	Differences  []Difference `json:"differences" jsonschema_description:"Against the scenario as it is, paired."`
}

// PlanSearch is one search over a grid.
type PlanSearch struct {
	App          string     `json:"app" jsonschema_description:"Empty: several at once."`
	Axes         []PlanAxis `json:"axes"`
	Default      bool       `json:"default_space" jsonschema_description:"The axes are the planner's own choice."`
	SpanS        Number     `json:"span_s" jsonschema_description:"Measured by each run of the search."`
	WarmupS      Number     `json:"warmup_s"`
	Whole        bool       `json:"whole_horizon"`
	ZoneUSD      Number     `json:"zone_usd" jsonschema_description:"Indifference zone."`
	Chosen       int        `json:"chosen" jsonschema_description:"Cell; -1: none."`
	RunnerUp     int        `json:"runner_up"`
	AsItIs       int        `json:"as_it_is"`
	Feasible     bool       `json:"feasible"`
	Proven       bool       `json:"proven" jsonschema_description:"The choice is shown best of those ranked."`
	Replications int        `json:"replications" jsonschema_description:"Of the cell ranked longest."`
	Runs         int        `json:"runs"`
	Lines        []PlanLine `json:"targets"`
	Cells        []PlanCell `json:"cells"`

	cheaperMissed int
	edges         []result.PlanEdge
}

// PlanAxis is a key that varies.
type PlanAxis struct {
	Path   string   `json:"path"`
	Values []string `json:"values"`
}

// PlanLine is a target as the cells of a search keep it.
type PlanLine struct {
	Text   string `json:"text"`
	Metric string `json:"metric"`
	Unit   string `json:"unit"`
	Kept   int    `json:"kept_by" jsonschema_description:"Cells on whose mean it is kept."`
	Best   Number `json:"best" jsonschema_description:"Best mean of any cell."`
	Cell   int    `json:"best_cell"`

	threshold Number
	above     bool
}

// PlanCell is one configuration of a search.
type PlanCell struct {
	Cell         int          `json:"cell"`
	Values       []string     `json:"values" jsonschema_description:"In the order of the axes; empty of the scenario as it is, where it is no point of the grid."`
	AsItIs       bool         `json:"as_it_is"`
	Fate         string       `json:"fate" jsonschema:"enum=not proven,enum=chosen,enum=refused,enum=infeasible,enum=misses a target,enum=dearer,enum=no cheaper"`
	Stage        string       `json:"stage" jsonschema:"enum=analysis,enum=one run,enum=ranking,enum=confirmation"`
	Proven       bool         `json:"proven"`
	Why          string       `json:"why"`
	Front        bool         `json:"front" jsonschema_description:"No other cell has both a lower bill and a lower p99."`
	Replications int          `json:"replications"`
	Metrics      []PlanMetric `json:"metrics"`
	Dearer       Estimate     `json:"dearer_usd" jsonschema_description:"Bill less that of the choice, paired."`
	Least        Number       `json:"least_bill_usd" jsonschema_description:"Lower bound of the bill by formula; null where none applies."`
}

// PlanMetric is a measure of a cell.
type PlanMetric struct {
	App    string   `json:"app"`
	Metric string   `json:"metric"`
	Unit   string   `json:"unit"`
	Value  Estimate `json:"value"`
}

// PlanAdvice is what to write into a deployment.
type PlanAdvice struct {
	App      string `json:"app"`
	Wrangler string `json:"wrangler_jsonc"`
	Class    string `json:"container_class"`
}

// NewPlan makes the document of a plan.
func NewPlan(p *result.Plan) *Plan {
	r := p.Rules
	d := &Plan{SchemaVersion: SchemaVersion, Tool: plain(p.Tool), Partial: p.Partial, Scenario: plain(p.Scenario), Seed: p.Seed, Feasible: p.Feasible,
		Rules: PlanRules{Number(r.Confidence), Number(r.Indifference), Number(r.Tolerance), r.Finalists, r.First, r.Most}}
	for _, t := range p.Targets {
		d.Targets = append(d.Targets, plain(t.Text))
	}
	for _, c := range p.Changes {
		d.Changes = append(d.Changes, PlanChange{plain(c.Path), plain(c.From), plain(c.To)})
	}
	d.candidates(p)
	for i := range p.Searches {
		d.Searches = append(d.Searches, newSearch(&p.Searches[i]))
	}
	for _, a := range p.Advice {
		d.Advice = append(d.Advice, PlanAdvice{plain(a.App), clean(a.Wrangler, true), clean(a.Class, true)})
	}
	for _, w := range p.Warnings {
		d.Warnings = append(d.Warnings, plain(w))
	}
	list(&d.Targets)
	list(&d.Changes)
	list(&d.Candidates)
	list(&d.Searches)
	list(&d.Advice)
	list(&d.Warnings)
	d.Verdict = d.verdict()
	return d
}

func (d *Plan) candidates(p *result.Plan) {
	if p.Base.Result == nil {
		return
	}
	all := []*result.Compared{&p.Base, p.Choice, p.RunnerUp}
	for _, c := range all {
		if c == nil || c.Result == nil {
			continue
		}
		doc := New(c.Result)
		out := Candidate{Name: plain(c.Name), Replications: len(c.Result.Runs), Metrics: doc.Metrics, Targets: doc.Targets, Headroom: doc.Headroom, Differences: []Difference{}}
		for _, x := range c.Differences {
			out.Differences = append(out.Differences, newDifference(x))
		}
		d.Candidates = append(d.Candidates, out)
	}
}

func newSearch(s *result.Search) PlanSearch {
	out := PlanSearch{App: plain(s.App), Default: s.Default, SpanS: Number(s.Span.Seconds()), WarmupS: Number(s.Warmup.Seconds()), Whole: s.Whole, ZoneUSD: Number(s.ZoneUSD),
		Chosen: s.Chosen, RunnerUp: s.RunnerUp, AsItIs: s.Base, Feasible: s.Feasible, Proven: s.Proven, Replications: s.Replications, Runs: s.Runs, cheaperMissed: s.CheaperMissed, edges: s.Edges}
	for _, a := range s.Axes {
		axis := PlanAxis{Path: plain(a.Path)}
		for _, v := range a.Values {
			axis.Values = append(axis.Values, choice(v))
		}
		out.Axes = append(out.Axes, axis)
	}
	for _, l := range s.Lines {
		out.Lines = append(out.Lines, PlanLine{Text: plain(l.Target.Text), Metric: plain(l.Target.Metric), Unit: plain(l.Target.Unit), Kept: l.Kept, Best: Number(l.Best), Cell: l.Cell,
			threshold: Number(l.Target.Threshold), above: l.Target.Op == ">" || l.Target.Op == ">="})
	}
	for i := range s.Cells {
		out.Cells = append(out.Cells, newPlanCell(s, &s.Cells[i], out.Lines))
	}
	list(&out.Axes)
	list(&out.Lines)
	list(&out.Cells)
	return out
}

// quotedKey is a key that YAML needs quotes for where it stands alone.
var quotedKey = regexp.MustCompile(`"([a-z_]+)":`)

// choice is the value of an axis as people write it.
func choice(v string) string {
	if v == "[]" {
		return "none"
	}
	return plain(quotedKey.ReplaceAllString(v, "$1:"))
}

func newPlanCell(s *result.Search, c *result.PlanCell, lines []PlanLine) PlanCell {
	out := PlanCell{Cell: c.Index, AsItIs: c.Base, Fate: c.Fate.String(), Stage: c.Stage.String(), Proven: c.Proven, Front: c.Front, Replications: c.Runs,
		Values: []string{}, Metrics: []PlanMetric{}, Dearer: Estimate{Mean: None, Low: None, High: None, Confidence: None}, Least: None}
	for _, v := range c.Values {
		out.Values = append(out.Values, choice(v))
	}
	if c.Least > 0 {
		out.Least = Number(c.Least)
	}
	if c.Runs > 0 {
		for _, m := range append([]result.Metric{c.Bill, c.P99, c.Errors, c.Cold}, c.Targets...) {
			x := newMetric(m)
			out.Metrics = append(out.Metrics, PlanMetric{App: x.App, Metric: x.Name, Unit: x.Unit, Value: x.Value})
		}
		if c.Index != s.Chosen {
			out.Dearer = estimate(c.Dearer, c.Dearer.Mean)
		}
	}
	out.Why = why(c, out, lines)
	return out
}

// find is a measure of a cell; without a value where it never ran.
func (c *PlanCell) find(metric string) PlanMetric {
	for _, m := range c.Metrics {
		if m.App == "" && m.Metric == metric {
			return m
		}
	}
	return PlanMetric{Metric: metric, Value: Estimate{Mean: None, Low: None, High: None, Confidence: None}}
}

func (c *PlanCell) mean(metric string) string {
	m := c.find(metric)
	return Quantity(m.Value.Mean, m.Unit)
}

// JSON writes the plan as indented JSON.
func (d *Plan) JSON(w io.Writer) error {
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = w.Write(indented(b))
	return err
}

// CSV writes one row for each cell of each search.
func (d *Plan) CSV(w io.Writer) error {
	f := csvFile{header: []string{"search", "cell", "values", "as_it_is", "fate", "stage", "proven", "why", "replications", "bill_usd", "bill_low", "bill_high", "p99_latency_s", "errors", "cold",
		"dearer_usd", "dearer_low", "dearer_high", "front"}}
	for _, s := range d.Searches {
		for i := range s.Cells {
			c := &s.Cells[i]
			bill := c.find("bill").Value
			f.add(spreadsheet(s.App), integer(int64(c.Cell)), spreadsheet(s.name(c)), yes(c.AsItIs), c.Fate, c.Stage, yes(c.Proven), spreadsheet(c.Why), integer(int64(c.Replications)),
				cell(bill.Mean), cell(bill.Low), cell(bill.High), cell(c.find("p99(latency)").Value.Mean), cell(c.find("errors").Value.Mean), cell(c.find("share(cold)").Value.Mean),
				cell(c.Dearer.Mean), cell(c.Dearer.Low), cell(c.Dearer.High), yes(c.Front))
		}
	}
	return f.write(w)
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
