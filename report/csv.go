package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"berth/models/result"
)

// CSV writes the result as CSV files with a header row into dir, which is made
// if it is not there: metrics, bill, series, regions, pops, latency, failures,
// runs. Each file is written beside its place and renamed when all are complete.
func CSV(dir string, r *result.Result) error {
	return New(r).CSV(dir)
}

// CSV writes the document as CSV files into dir.
func (d *Document) CSV(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var temporary []string
	defer func() {
		for _, name := range temporary {
			os.Remove(name) // those renamed are gone already
		}
	}()
	for _, f := range d.csvFiles() {
		tmp := filepath.Join(dir, "."+f.name+".part")
		temporary = append(temporary, tmp)
		if err := writeCSV(tmp, f); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	for _, f := range d.csvFiles() {
		if err := os.Rename(filepath.Join(dir, "."+f.name+".part"), filepath.Join(dir, f.name)); err != nil {
			return err
		}
	}
	return nil
}

// csvFile is one file: a header and its rows.
type csvFile struct {
	name   string
	header []string
	rows   [][]string
}

func (f *csvFile) add(cells ...string) { f.rows = append(f.rows, cells) }

func writeCSV(path string, f csvFile) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := f.write(out); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

func (f *csvFile) write(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write(f.header); err != nil {
		return err
	}
	return c.WriteAll(f.rows)
}

// cell writes a number, empty where it has no value.
func cell(n Number) string {
	if !n.Known() {
		return ""
	}
	b, err := n.MarshalJSON()
	if err != nil {
		return ""
	}
	return string(b)
}

func integer(n int64) string { return strconv.FormatInt(n, 10) }

func (d *Document) csvFiles() []csvFile {
	files := []csvFile{d.metricsCSV(), d.seriesCSV(), d.regionsCSV(), d.popsCSV(), d.latencyCSV(), d.failuresCSV(), d.runsCSV()}
	if d.Bill != nil {
		files = append(files, d.Bill.csv())
	}
	return files
}

// MetricsCSV writes the metrics alone, one a row.
func MetricsCSV(w io.Writer, r *result.Result) error {
	f := New(r).metricsCSV()
	return f.write(w)
}

func (d *Document) metricsCSV() csvFile {
	f := csvFile{name: "metrics.csv", header: []string{"app", "metric", "unit", "mean", "low", "high", "confidence", "replications", "observations"}}
	for _, m := range d.Metrics {
		f.add(spreadsheet(m.App), spreadsheet(m.Name), spreadsheet(m.Unit), cell(m.Value.Mean), cell(m.Value.Low), cell(m.Value.High), cell(m.Value.Confidence),
			integer(int64(len(m.Values))), integer(m.Count))
	}
	return f
}

func (d *Document) seriesCSV() csvFile {
	f := csvFile{name: "series.csv", header: []string{"app", "time_s", "time", "step_s", "requests", "failed", "cold", "starts", "instances_up", "instances_busy",
		"instances_peak", "in_flight", "latency_mean_s", "backlog"}}
	for _, a := range d.Apps {
		s := a.Series
		start, err := time.Parse(time.RFC3339, s.Start)
		for i := range s.Requests {
			at := ""
			if err == nil {
				at = stamp(start.Add(time.Duration(float64(i) * float64(s.StepS) * float64(time.Second))))
			}
			f.add(spreadsheet(a.Name), cell(Number(i)*s.StepS), at, cell(s.StepS), cell(s.Requests[i]), cell(s.Failed[i]), cell(s.Cold[i]), cell(s.Starts[i]),
				cell(s.Up[i]), cell(s.Busy[i]), cell(s.Peak[i]), cell(s.InFlight[i]), cell(s.Latency[i]), cell(s.Backlog[i]))
		}
	}
	return f
}

func (d *Document) regionsCSV() csvFile {
	f := csvFile{name: "regions.csv", header: []string{"app", "region", "requests", "served", "failed", "share", "error_share", "cold_share", "p50_s", "p90_s",
		"p95_s", "p99_s", "p99_9_s", "mean_s", "max_s", "network_mean_s", "distance_mean_km", "egress_bytes"}}
	for _, a := range d.Apps {
		for _, r := range a.Regions {
			row := append([]string{spreadsheet(a.Name), spreadsheet(r.Region), integer(r.Requests), integer(r.Served), integer(r.Failed), cell(r.Share), cell(r.ErrorShare),
				cell(r.ColdShare)}, r.Latency.cells()...)
			f.add(append(row, cell(r.NetworkS), cell(r.DistanceKm), integer(r.EgressBytes))...)
		}
	}
	return f
}

// cells are p50 to max.
func (q Quantiles) cells() []string {
	return []string{cell(q.P50), cell(q.P90), cell(q.P95), cell(q.P99), cell(q.P999), cell(q.Mean), cell(q.Max)}
}

func (d *Document) popsCSV() csvFile {
	f := csvFile{name: "pops.csv", header: []string{"app", "pop", "city", "country", "lat", "lon", "entered", "served", "starts"}}
	for _, a := range d.Apps {
		for _, p := range a.Pops {
			f.add(spreadsheet(a.Name), spreadsheet(p.Code), p.City, p.Country, cell(p.Lat), cell(p.Lon), integer(p.Entered), integer(p.Served), integer(p.Starts))
		}
	}
	return f
}

func (d *Document) latencyCSV() csvFile {
	f := csvFile{name: "latency.csv", header: []string{"app", "low_s", "high_s", "count", "cold"}}
	for _, a := range d.Apps {
		for _, b := range a.Latency.Histogram {
			f.add(spreadsheet(a.Name), cell(b.LowS), cell(b.HighS), integer(b.Count), integer(b.Cold))
		}
	}
	return f
}

func (d *Document) failuresCSV() csvFile {
	f := csvFile{name: "failures.csv", header: []string{"app", "cause", "status", "count", "share"}}
	for _, a := range d.Apps {
		for _, x := range a.Failures {
			f.add(spreadsheet(a.Name), x.Cause, integer(int64(x.Status)), integer(x.Count), cell(x.Share))
		}
	}
	return f
}

func (d *Document) runsCSV() csvFile {
	f := csvFile{name: "runs.csv", header: []string{"replication", "seed", "partial", "events", "requests", "served", "failed", "cold", "starts", "p50_s", "p99_s", "mean_s", "bill_usd"}}
	for _, r := range d.Replications {
		f.add(integer(int64(r.Number)), strconv.FormatUint(r.Seed, 10), strconv.FormatBool(r.Partial), integer(r.Events), integer(r.Requests), integer(r.Served),
			integer(r.Failed), integer(r.Cold), integer(r.Starts), cell(r.P50), cell(r.P99), cell(r.Mean), cell(r.BillUSD))
	}
	return f
}

func (b *Bill) csv() csvFile {
	f := csvFile{name: "bill.csv", header: []string{"sku", "label", "unit", "gross", "included", "allowance_used", "over", "billable", "rounding", "rate_usd", "rate_per",
		"discount_percent", "list_usd", "exact_usd", "amount_usd"}}
	for _, l := range b.Lines {
		f.add(spreadsheet(l.SKU), spreadsheet(l.Label), spreadsheet(l.Unit), plainDecimal(l.Gross), plainDecimal(l.Included), plainDecimal(l.Allowance), plainDecimal(l.Over),
			plainDecimal(l.Billable), spreadsheet(l.Rounding), plainDecimal(l.Rate), integer(l.Per), plainDecimal(l.Discount), plainDecimal(l.ListUSD), plainDecimal(l.ExactUSD), l.AmountUSD)
	}
	return f
}
