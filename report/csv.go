package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"berth/data"
	"berth/models/result"
)

// CSV writes the result as CSV and NDJSON files into dir; see Document.CSV.
func CSV(dir string, r *result.Result) error {
	return New(r).CSV(dir)
}

// csvFile is a CSV file alone: a header and its rows.
type csvFile struct {
	header []string
	rows   [][]string
}

func (f *csvFile) add(cells ...string) { f.rows = append(f.rows, cells) }

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

// named is a name in a data file. Readers take an empty cell for no value, so
// what belongs to all or to none says so.
func named(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return name
}

// dataFiles are the tables of the directory of results. Each is there whatever
// the result holds, without rows if need be.
func (d *Document) dataFiles() []*dataFile {
	return []*dataFile{d.metricsFile(), d.targetsFile(), d.seriesFile(), d.regionsFile(), d.placesFile(), d.popsFile(), d.latencyFile(), d.failuresFile(),
		d.headroomFile(), d.runsFile(), d.Bill.file(), d.billPartsFile(), d.typesFile()}
}

// MetricsCSV writes the metrics alone, one a row.
func MetricsCSV(w io.Writer, r *result.Result) error {
	return New(r).metricsFile().csv(w)
}

func (d *Document) metricsFile() *dataFile {
	f := newDataFile("metrics", "every metric, over the replications", cols(textColumn("app"), textColumn("metric"), textColumn("unit")),
		valueColumns("as named in unit", "mean", "low", "high"), cols(valueColumn("confidence", "share"), countColumn("replications"), countColumn("observations")))
	for _, m := range d.Metrics {
		f.add(named(m.App, "(all)"), m.Name, named(m.Unit, "count"), cell(m.Value.Mean), cell(m.Value.Low), cell(m.Value.High), cell(m.Value.Confidence), integer(int64(len(m.Values))), integer(m.Count))
	}
	return f
}

func (d *Document) targetsFile() *dataFile {
	f := newDataFile("slo", "targets and verdicts", cols(textColumn("target"), textColumn("app"), textColumn("metric"), textColumn("op"), textColumn("unit")),
		valueColumns("as named in unit", "threshold", "mean", "low", "high"), cols(textColumn("verdict")))
	for _, t := range d.Targets {
		v := t.Metric.Value
		f.add(t.Text, named(t.Metric.App, "(all)"), t.Metric.Name, t.Op, named(t.Metric.Unit, "count"), cell(t.Threshold), cell(v.Mean), cell(v.Low), cell(v.High), t.Verdict)
	}
	return f
}

func (d *Document) seriesFile() *dataFile {
	f := newDataFile("series", "the run over time, means over the replications; peaks and backlogs are the largest", cols(textColumn("app"), valueColumn("time_s", "s"), instantColumn("time"), valueColumn("step_s", "s")),
		valueColumns("requests", "requests", "failed", "cold"), valueColumns("starts", "starts"), valueColumns("instances", "instances_up", "instances_busy", "instances_peak"),
		cols(valueColumn("in_flight", "requests"), valueColumn("latency_mean_s", "s"), valueColumn("backlog", "requests")))
	for _, a := range d.Apps {
		s := a.Series
		start, err := time.Parse(time.RFC3339, s.Start)
		for i := range s.Requests {
			at := ""
			if err == nil {
				at = stamp(start.Add(time.Duration(float64(i) * float64(s.StepS) * float64(time.Second))))
			}
			f.add(a.Name, cell(Number(i)*s.StepS), at, cell(s.StepS), cell(s.Requests[i]), cell(s.Failed[i]), cell(s.Cold[i]), cell(s.Starts[i]),
				cell(s.Up[i]), cell(s.Busy[i]), cell(s.Peak[i]), cell(s.InFlight[i]), cell(s.Latency[i]), cell(s.Backlog[i]))
		}
	}
	return f
}

// quantileColumns are those of Quantiles.cells.
var quantileColumns = valueColumns("s", "p50_s", "p90_s", "p95_s", "p99_s", "p99_9_s", "mean_s", "max_s")

// cells are p50 to max.
func (q Quantiles) cells() []string {
	return []string{cell(q.P50), cell(q.P90), cell(q.P95), cell(q.P99), cell(q.P999), cell(q.Mean), cell(q.Max)}
}

func (d *Document) regionsFile() *dataFile {
	f := newDataFile("regions", "client regions, all replications", cols(textColumn("app"), textColumn("region"), countColumn("requests"), countColumn("served"), countColumn("failed")),
		valueColumns("share", "share", "error_share", "cold_share"), quantileColumns, cols(valueColumn("network_mean_s", "s"), valueColumn("distance_mean_km", "km"), countColumn("egress_bytes")))
	for _, a := range d.Apps {
		for _, r := range a.Regions {
			row := append([]string{a.Name, r.Region, integer(r.Requests), integer(r.Served), integer(r.Failed), cell(r.Share), cell(r.ErrorShare), cell(r.ColdShare)}, r.Latency.cells()...)
			f.add(append(row, cell(r.NetworkS), cell(r.DistanceKm), integer(r.EgressBytes))...)
		}
	}
	return f
}

// countryNames are the names of the countries: a code such as NA is no value to
// some readers.
func countryNames() func(string) string {
	names := map[string]string{}
	for _, c := range data.Countries() {
		names[c.ISO2] = c.Name
	}
	return func(code string) string { return named(names[code], "(none)") }
}

func (d *Document) placesFile() *dataFile {
	f := newDataFile("places", "where clients are: cities with those within 250 km", cols(textColumn("app"), textColumn("place"), textColumn("country"), textColumn("region"),
		valueColumn("lat", "degrees"), valueColumn("lon", "degrees"), countColumn("places"), valueColumn("requests_per_month", "requests"), valueColumn("share", "share"),
		valueColumn("distance_mean_km", "km"), countColumn("measured")))
	country := countryNames()
	for _, a := range d.Apps {
		for _, p := range a.Places {
			f.add(a.Name, p.Name, country(p.Country), p.Region, cell(p.Lat), cell(p.Lon), integer(int64(p.Places)), cell(p.PerMonth), cell(p.Share), cell(p.Distance), integer(p.Measured))
		}
	}
	return f
}

func (d *Document) popsFile() *dataFile {
	f := newDataFile("pops", "points of presence, all replications", cols(textColumn("app"), textColumn("pop"), textColumn("city"), textColumn("country"), valueColumn("lat", "degrees"), valueColumn("lon", "degrees"),
		countColumn("entered"), countColumn("served"), countColumn("starts")))
	country := countryNames()
	for _, a := range d.Apps {
		for _, p := range a.Pops {
			f.add(a.Name, p.Code, named(p.City, "(unknown)"), country(p.Country), cell(p.Lat), cell(p.Lon), integer(p.Entered), integer(p.Served), integer(p.Starts))
		}
	}
	return f
}

func (d *Document) latencyFile() *dataFile {
	f := newDataFile("latency", "histogram of latency, all replications", cols(textColumn("app"), valueColumn("low_s", "s"), valueColumn("high_s", "s"), countColumn("count"), countColumn("cold")))
	for _, a := range d.Apps {
		for _, b := range a.Latency.Histogram {
			f.add(a.Name, cell(b.LowS), cell(b.HighS), integer(b.Count), integer(b.Cold))
		}
	}
	return f
}

func (d *Document) failuresFile() *dataFile {
	f := newDataFile("failures", "failed requests by cause, all replications; status 0 is none", cols(textColumn("app"), textColumn("cause"), countColumn("status"), countColumn("count"), valueColumn("share", "share")))
	for _, a := range d.Apps {
		for _, x := range a.Failures {
			f.add(a.Name, x.Cause, integer(int64(x.Status)), integer(x.Count), cell(x.Share))
		}
	}
	return f
}

func (d *Document) headroomFile() *dataFile {
	f := newDataFile("headroom", "how far each limit is", cols(textColumn("app"), textColumn("limit"), textColumn("unit")), valueColumns("as named in unit", "used", "max"),
		cols(valueColumn("share", "share"), flagColumn("grows"), valueColumn("traffic_factor", "times this traffic"), countColumn("denied")))
	for _, h := range d.Headroom {
		f.add(named(h.App, "(account)"), h.Limit, named(h.Unit, "count"), cell(h.Used), cell(h.Max), cell(h.Share), strconv.FormatBool(h.Grows), cell(h.Factor), integer(h.Denied))
	}
	return f
}

func (d *Document) runsFile() *dataFile {
	f := newDataFile("runs", "the replications", cols(countColumn("replication"), countColumn("seed"), flagColumn("partial"), countColumn("events"), countColumn("requests"), countColumn("served"), countColumn("failed"),
		countColumn("cold"), countColumn("starts")), valueColumns("s", "p50_s", "p99_s", "mean_s"), valueColumns("USD", "bill_usd"))
	for _, r := range d.Replications {
		f.add(integer(int64(r.Number)), strconv.FormatUint(r.Seed, 10), strconv.FormatBool(r.Partial), integer(r.Events), integer(r.Requests), integer(r.Served),
			integer(r.Failed), integer(r.Cold), integer(r.Starts), cell(r.P50), cell(r.P99), cell(r.Mean), cell(r.BillUSD))
	}
	return f
}

// file is the table of the bill's lines; a nil bill has none.
func (b *Bill) file() *dataFile {
	f := newDataFile("bill", "lines of the month's bill", cols(textColumn("sku"), textColumn("label"), textColumn("unit")),
		valueColumns("as named in unit", "gross", "included", "allowance_used", "over", "billable"), cols(textColumn("rounding"), valueColumn("rate_usd", "USD"), countColumn("rate_per"),
			valueColumn("discount_percent", "%")), valueColumns("USD", "list_usd", "exact_usd", "amount_usd"))
	if b == nil {
		return f
	}
	for _, l := range b.Lines {
		f.add(l.SKU, l.Label, l.Unit, plainDecimal(l.Gross), plainDecimal(l.Included), plainDecimal(l.Allowance), plainDecimal(l.Over),
			plainDecimal(l.Billable), l.Rounding, plainDecimal(l.Rate), integer(l.Per), plainDecimal(l.Discount), plainDecimal(l.ListUSD), plainDecimal(l.ExactUSD), l.AmountUSD)
	}
	return f
}

func (d *Document) billPartsFile() *dataFile {
	f := newDataFile("bill_parts", "the bill by line, app and region; each way adds up to it", cols(textColumn("by"), textColumn("name")),
		valueColumns("USD", "gross_usd", "allowance_usd", "billable_usd", "rounding_usd", "exact_usd", "amount_usd"))
	if d.Bill == nil {
		return f
	}
	add := func(by, name string, s Steps, cents string) {
		f.add(by, named(name, "(account)"), plainDecimal(s.GrossUSD), plainDecimal(s.AllowanceUSD), plainDecimal(s.BillableUSD), plainDecimal(s.RoundingUSD), plainDecimal(s.AmountUSD), cents)
	}
	for _, l := range d.Bill.Lines {
		add("line", l.SKU, l.Steps, l.AmountUSD)
	}
	for _, a := range d.Bill.Apps {
		add("app", a.App, a.Steps, a.AmountUSD)
	}
	for _, r := range d.Bill.Regions {
		add("region", r.Region, r.Steps, r.AmountUSD)
	}
	return f
}

func (d *Document) typesFile() *dataFile {
	f := newDataFile("instance_types", "the month with one app under each type; no total where the type is too small", cols(textColumn("app"), textColumn("instance_type"), valueColumn("vcpu", "vCPU"),
		countColumn("memory_mib"), countColumn("disk_mb"), flagColumn("in_use"), valueColumn("total_usd", "USD"), valueColumn("change_usd", "USD"), textColumn("sure"), textColumn("why")))
	for _, t := range d.Types {
		f.add(t.App, t.Type, cell(t.VCPU), integer(t.MemoryMiB), integer(t.DiskMB), strconv.FormatBool(t.InUse), cell(t.TotalUSD), cell(t.ChangeUSD), t.Sure, named(t.Why, "(none)"))
	}
	return f
}
