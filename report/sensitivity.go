package report

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"

	"berth/models/result"
)

// Sensitivity is what a sensitivity study says, as plain numbers in base units.
type Sensitivity struct {
	SchemaVersion int            `json:"schema_version" jsonschema_description:"Version of this form; additions keep it."`
	Tool          string         `json:"tool"`
	Partial       bool           `json:"partial" jsonschema_description:"The study was interrupted."`
	Verdict       string         `json:"verdict" jsonschema_description:"The study in one sentence."`
	Scenario      string         `json:"scenario"`
	Seed          uint64         `json:"seed"`
	Replications  int            `json:"replications"`
	Base          []Metric       `json:"base" jsonschema_description:"The metrics that are looked at, of the scenario as it is."`
	Factors       []Factor       `json:"factors" jsonschema_description:"What was varied, one at a time."`
	Rankings      []Ranking      `json:"rankings" jsonschema_description:"The factors by their swing, for each metric."`
	Unvaried      []UnvariedItem `json:"unvaried"`
	Warnings      []string       `json:"warnings"`
}

// Factor is one input or assumption and the values tried in its place.
type Factor struct {
	Name   string      `json:"name"`
	Text   string      `json:"text"`
	Value  string      `json:"value" jsonschema_description:"In force; empty for several."`
	Grade  string      `json:"grade" jsonschema_description:"Of an assumption; empty for an input."`
	Source string      `json:"source"`
	Range  string      `json:"range" jsonschema_description:"How the values tried were chosen."`
	Ends   []FactorEnd `json:"ends"`
}

// FactorEnd is one value in place of the one in force.
type FactorEnd struct {
	Value        string       `json:"value"`
	Sets         []string     `json:"sets" jsonschema_description:"Overrides that make it, as --set takes them."`
	Refused      string       `json:"refused" jsonschema_description:"Why it could not be simulated; empty where it was."`
	Replications int          `json:"replications" jsonschema_description:"Fewer than those of the base where the first equal the base's."`
	Differences  []Difference `json:"differences"`
}

// Ranking is the order of the factors in one metric.
type Ranking struct {
	Metric string `json:"metric"`
	Rows   []Rank `json:"rows" jsonschema_description:"Largest swing first; factors without a difference shown last."`
}

// Rank is the place of one factor.
type Rank struct {
	Factor int    `json:"factor" jsonschema_description:"Index into factors."`
	Swing  Number `json:"swing" jsonschema_description:"From the lowest to the highest of the values tried and the one in force."`
	Shown  bool   `json:"shown" jsonschema_description:"The interval of a value tried excludes no difference."`
}

// UnvariedItem could not be varied.
type UnvariedItem struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// NewSensitivity makes the document of a study.
func NewSensitivity(s *result.Sensitivity) *Sensitivity {
	d := &Sensitivity{SchemaVersion: SchemaVersion, Tool: plain(s.Tool), Partial: s.Partial, Scenario: plain(s.Scenario), Seed: s.Seed, Replications: s.Replications}
	for _, m := range s.Base {
		d.Base = append(d.Base, newMetric(m))
		r := Ranking{Metric: plain(m.Key.Name), Rows: []Rank{}}
		for _, i := range s.Order(m.Key) {
			r.Rows = append(r.Rows, Rank{Factor: i, Swing: Number(s.Factors[i].Swing(m.Key)), Shown: s.Factors[i].Shown(m.Key)})
		}
		d.Rankings = append(d.Rankings, r)
	}
	for _, f := range s.Factors {
		out := Factor{Name: plain(f.Name), Text: plain(f.Text), Value: plain(f.Value), Grade: plain(f.Grade), Source: plain(f.Source), Range: plain(f.Range), Ends: []FactorEnd{}}
		for _, e := range f.Ends {
			end := FactorEnd{Value: plain(e.Value), Refused: plain(e.Refused), Replications: e.Runs}
			for _, x := range e.Sets {
				end.Sets = append(end.Sets, plain(x))
			}
			for _, x := range e.Differences {
				end.Differences = append(end.Differences, newDifference(x))
			}
			list(&end.Sets)
			list(&end.Differences)
			out.Ends = append(out.Ends, end)
		}
		d.Factors = append(d.Factors, out)
	}
	for _, u := range s.Unvaried {
		d.Unvaried = append(d.Unvaried, UnvariedItem{plain(u.Name), plain(u.Why)})
	}
	for _, w := range s.Warnings {
		d.Warnings = append(d.Warnings, plain(w))
	}
	list(&d.Base)
	list(&d.Factors)
	list(&d.Rankings)
	list(&d.Unvaried)
	list(&d.Warnings)
	d.Verdict = d.verdict()
	return d
}

// difference is what an end does to a metric of all apps.
func (e *FactorEnd) difference(metric string) (Difference, bool) {
	for _, x := range e.Differences {
		if x.App == "" && x.Metric == metric {
			return x, true
		}
	}
	return Difference{}, false
}

// isShown says whether a difference is one that its interval shows.
func isShown(x Difference) bool {
	return x.Change != "unknown" && x.Change != "equal" && x.Change != "no difference shown"
}

// verdict is the study in one sentence: what each metric depends on most, and
// which assumption matters most.
func (d *Sensitivity) verdict() string {
	s := ""
	if d.Partial {
		s = "Partial study, interrupted: "
	}
	var parts []string
	for k, m := range d.Base {
		rows := d.Rankings[k].Rows
		what := "the " + lower(m.Label) + ", " + Quantity(m.Value.Mean, m.Unit) + ","
		first := d.first(rows, func(*Factor) bool { return true })
		if first < 0 {
			parts = append(parts, what+" moves with nothing that was varied, so far as is shown")
			continue
		}
		part := what + " depends most on " + d.phrase(first, m.Name)
		if d.Factors[first].Grade == "" {
			if a := d.first(rows, func(f *Factor) bool { return f.Grade != "" }); a >= 0 {
				part += ", and of the assumptions on " + d.phrase(a, m.Name)
			}
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return s + "There is no metric to look at."
	}
	return s + "T" + strings.TrimPrefix(strings.Join(parts, "; "), "t") + "."
}

// first is the highest-ranked factor of a kind with a difference shown, or -1.
func (d *Sensitivity) first(rows []Rank, kind func(*Factor) bool) int {
	for _, r := range rows {
		if r.Shown && kind(&d.Factors[r.Factor]) {
			return r.Factor
		}
	}
	return -1
}

// phrase is a factor with what its values do: traffic (-$7.66 to +$11.22).
func (d *Sensitivity) phrase(factor int, metric string) string {
	f := &d.Factors[factor]
	var shown []Difference
	for i := range f.Ends {
		if x, ok := f.Ends[i].difference(metric); ok && isShown(x) {
			shown = append(shown, x)
		}
	}
	sort.SliceStable(shown, func(i, j int) bool { return shown[i].Delta.Mean < shown[j].Delta.Mean })
	s := shift(shown[0].Delta.Mean, shown[0].Unit)
	if last := len(shown) - 1; last > 0 {
		s += " to " + shift(shown[last].Delta.Mean, shown[last].Unit)
	}
	return fit(f.Name, 40) + " (" + s + ")"
}

// head says what was varied and how.
func (d *Sensitivity) head() string {
	assumptions := 0
	for _, f := range d.Factors {
		if f.Grade != "" {
			assumptions++
		}
	}
	return fmt.Sprintf("%s, %s and %s of grade I varied one at a time, %s each, seed %d: common random numbers.", fit(d.Scenario, maxName),
		plural(len(d.Factors)-assumptions, "input", "inputs"), plural(assumptions, "assumption", "assumptions"), plural(d.Replications, "replication", "replications"), d.Seed)
}

// JSON writes the study as indented JSON.
func (d *Sensitivity) JSON(w io.Writer) error {
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = w.Write(indented(b))
	return err
}

// CSV writes one row for each metric, factor and value, in the order of the
// rankings.
func (d *Sensitivity) CSV(w io.Writer) error {
	f := csvFile{header: []string{"metric", "unit", "rank", "factor", "grade", "in_force", "value", "base_mean", "difference", "low", "high", "relative", "confidence", "pairs", "change", "swing", "range", "refused"}}
	for k, m := range d.Base {
		for rank, r := range d.Rankings[k].Rows {
			x := &d.Factors[r.Factor]
			for i := range x.Ends {
				e := &x.Ends[i]
				diff, ok := e.difference(m.Name)
				if !ok {
					diff = Difference{Delta: Estimate{Mean: None, Low: None, High: None, Confidence: None}, Relative: Estimate{Mean: None}, Change: "unknown"}
				}
				f.add(spreadsheet(m.Name), m.Unit, integer(int64(rank+1)), spreadsheet(x.Name), x.Grade, spreadsheet(x.Value), spreadsheet(e.Value), cell(m.Value.Mean), cell(diff.Delta.Mean),
					cell(diff.Delta.Low), cell(diff.Delta.High), cell(diff.Relative.Mean), cell(diff.Delta.Confidence), integer(int64(diff.Delta.N)), diff.Change, cell(r.Swing), spreadsheet(x.Range), spreadsheet(e.Refused))
			}
		}
	}
	return f.write(w)
}

// consistent checks that rankings name factors that are there; nil is.
func (d *Sensitivity) consistent() error {
	if d == nil {
		return nil
	}
	if len(d.Rankings) != len(d.Base) {
		return fmt.Errorf("not a result file: sensitivity: %d rankings of %d metrics", len(d.Rankings), len(d.Base))
	}
	for _, f := range d.Factors {
		if len(f.Ends) == 0 {
			return fmt.Errorf("not a result file: sensitivity: nothing was tried for %q", fit(f.Name, 40))
		}
	}
	for _, r := range d.Rankings {
		for _, x := range r.Rows {
			if x.Factor < 0 || x.Factor >= len(d.Factors) {
				return fmt.Errorf("not a result file: sensitivity: there is no factor %d", x.Factor)
			}
		}
	}
	return nil
}
