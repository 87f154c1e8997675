package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"berth/models/result"
)

// Sweep is what a sweep says, as plain numbers in base units.
type Sweep struct {
	Tool, Scenario string
	Replications   int
	Partial        bool
	Axes           []result.SweepAxis
	Cells          []SweepCell
}

// SweepCell is one point of the grid. Its NDJSON form is one line.
type SweepCell struct {
	Cell         int               `json:"cell"`
	Values       map[string]string `json:"values"`
	Replications int               `json:"replications"`
	Refused      string            `json:"refused,omitempty"`
	Front        bool              `json:"front"` // on the front of bill against p99
	Metrics      []SweepMetric     `json:"metrics"`

	values []string
}

// SweepMetric is one metric of a cell.
type SweepMetric struct {
	App    string   `json:"app"`
	Metric string   `json:"metric"`
	Label  string   `json:"label"`
	Unit   string   `json:"unit"`
	Value  Estimate `json:"value"`
}

// NewSweep makes the document of a sweep.
func NewSweep(s *result.Sweep) *Sweep {
	d := &Sweep{Tool: plain(s.Tool), Scenario: plain(s.Scenario), Replications: s.Replications, Partial: s.Partial, Axes: s.Axes}
	for _, c := range s.Cells {
		out := SweepCell{Cell: c.Index, Values: map[string]string{}, Replications: c.Runs, Refused: plain(c.Refused), Front: c.Front, Metrics: []SweepMetric{}}
		for a, axis := range s.Axes {
			out.values = append(out.values, plain(c.Values[a]))
			out.Values[plain(axis.Path)] = plain(c.Values[a])
		}
		for _, m := range c.Metrics {
			x := newMetric(m)
			out.Metrics = append(out.Metrics, SweepMetric{App: x.App, Metric: x.Name, Label: x.Label, Unit: x.Unit, Value: x.Value})
		}
		d.Cells = append(d.Cells, out)
	}
	return d
}

// find is a metric of all apps; without a value where there is none.
func (c *SweepCell) find(metric string) SweepMetric {
	for _, m := range c.Metrics {
		if m.App == "" && m.Metric == metric {
			return m
		}
	}
	return SweepMetric{Metric: metric, Value: Estimate{Mean: None, Low: None, High: None, Confidence: None}}
}

func (c *SweepCell) mean(metric string) string {
	m := c.find(metric)
	return Quantity(m.Value.Mean, m.Unit)
}

// name is the cell's values in words.
func (c *SweepCell) name() string { return strings.Join(c.values, ", ") }

// refused counts the cells that could not be simulated.
func (d *Sweep) refused() int {
	n := 0
	for _, c := range d.Cells {
		if c.Refused != "" {
			n++
		}
	}
	return n
}

// verdict is the sweep in one sentence: the cheapest cell and the fastest.
func (d *Sweep) verdict() string {
	s := ""
	if d.Partial {
		s = "Partial sweep, interrupted: "
	}
	cheap, fast := d.least("bill"), d.least("p99(latency)")
	if cheap == nil || fast == nil {
		return s + "no cell has both a bill and a latency."
	}
	if cheap == fast {
		return s + fmt.Sprintf("%s is cheapest and has the lowest p99: %s a month, p99 %s.", fit(cheap.name(), 80), cheap.mean("bill"), cheap.mean("p99(latency)"))
	}
	return s + fmt.Sprintf("Cheapest is %s at %s a month with a p99 of %s; the lowest p99 has %s, %s at %s.", fit(cheap.name(), 80), cheap.mean("bill"), cheap.mean("p99(latency)"),
		fit(fast.name(), 80), fast.mean("p99(latency)"), fast.mean("bill"))
}

// least is the first cell with the lowest mean of a metric, or nil.
func (d *Sweep) least(metric string) *SweepCell {
	var best *SweepCell
	for i := range d.Cells {
		x := d.Cells[i].find(metric).Value.Mean
		if x.Known() && (best == nil || x < best.find(metric).Value.Mean) {
			best = &d.Cells[i]
		}
	}
	return best
}

// head says what was swept.
func (d *Sweep) head() string {
	s := fmt.Sprintf("%s over %s, %s of %s each", fit(d.Scenario, maxName), plural(len(d.Axes), "axis", "axes"), plural(len(d.Cells), "cell", "cells"),
		plural(d.Replications, "replication", "replications"))
	if n := d.refused(); n > 0 {
		s += fmt.Sprintf("; %d cannot be simulated", n)
	}
	return s + ". All cells meet the same random numbers."
}

// NDJSON writes one line for each cell.
func (d *Sweep) NDJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	for i := range d.Cells {
		if err := e.Encode(&d.Cells[i]); err != nil {
			return err
		}
	}
	return nil
}

// CSV writes one row for each cell and metric.
func (d *Sweep) CSV(w io.Writer) error {
	f := csvFile{header: []string{"cell"}}
	for _, a := range d.Axes {
		f.header = append(f.header, spreadsheet(a.Path))
	}
	f.header = append(f.header, "app", "metric", "unit", "mean", "low", "high", "replications", "front", "refused")
	for _, c := range d.Cells {
		lead := []string{integer(int64(c.Cell))}
		for _, v := range c.values {
			lead = append(lead, spreadsheet(v))
		}
		lead = lead[:len(lead):len(lead)]
		if len(c.Metrics) == 0 {
			f.add(append(lead, "", "", "", "", "", "", integer(int64(c.Replications)), "false", spreadsheet(c.Refused))...)
		}
		for _, m := range c.Metrics {
			f.add(append(lead, spreadsheet(m.App), spreadsheet(m.Metric), m.Unit, cell(m.Value.Mean), cell(m.Value.Low), cell(m.Value.High), integer(int64(m.Value.N)),
				fmt.Sprint(c.Front), "")...)
		}
	}
	return f.write(w)
}
