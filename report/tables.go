package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// tables are the tables of a report in the order in which a reader asks.
func (d *Document) tables() []*table {
	var out []*table
	for _, t := range append([]*table{d.configTable(), d.targetTable(), d.keyTable(), d.latencyTable(), d.breakdownTable(), d.regionTable(),
		d.appTable(), d.startTable(), d.failureTable(), d.instanceTable(), d.backgroundTable(), d.observedTable(), d.billTable(), d.billAppTable(), d.billRegionTable(),
		d.typeTable(), d.unitTable(), d.headroomTable(), d.theoryTable(), d.assumptionTable()}, d.sensitivityTables()...) {
		if t != nil && len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// appName names an app in tables, or all of them.
func appName(name string) string {
	if name == "" {
		return "all apps"
	}
	return name
}

func (d *Document) configTable() *table {
	t := &table{ID: "apps", Title: "Apps", Columns: []column{text("App"), text("Type"), num("vCPU"), num("Memory"), num("Disk, GB"),
		num("Max inst."), num("sleepAfter"), text("Route"), text("Placement")}}
	for _, a := range d.Scenario.Apps {
		limit := grouped(float64(a.MaxInstances), 0)
		if a.MaxInstances == 0 {
			limit = "none"
		}
		sleep := "never"
		if a.SleepAfterS.Known() {
			sleep = Seconds(a.SleepAfterS)
		}
		if a.KeepAlive != "" {
			sleep = "by policy"
		}
		t.add(a.Name, a.Type, trimmed(float64(a.VCPU), 3), MiB(Number(a.MemoryMiB)), trimmed(float64(a.DiskMB)/1000, 3), limit, sleep, a.Route, a.Placement)
	}
	return t
}

func (d *Document) targetTable() *table {
	t := &table{ID: "slo", Title: "Targets", Columns: []column{text("Target"), num("Measured"), num("± 95 %"), text("Verdict"), text("Why")}}
	for _, s := range d.Targets {
		t.add(s.Text, Quantity(s.Metric.Value.Mean, s.Metric.Unit), half(s.Metric.Value, s.Metric.Unit), s.Verdict, s.Why)
	}
	return t
}

// half is half the width of an interval as a cell.
func half(e Estimate, unit string) string {
	if s := PlusMinus(e.Half(), unit); s != "" {
		return s
	}
	return dash
}

// keys are the metrics of the table of key figures, in its order, with labels
// short enough for a figure.
var keys = []struct{ name, label string }{{"bill", "Bill for the month"}, {"p99(latency)", "p99 latency"}, {"p50(latency)", "p50 latency"}, {"errors", "Failed requests"},
	{"share(cold)", "Cold requests"}, {"requests", "Requests measured"}, {"mean(instances)", "Instances up, mean"}, {"share(idle)", "Idle instance time"},
	{"utilisation(cpu)", "vCPU used"}, {"utilisation(memory)", "Memory used"}}

func (d *Document) keyMetrics() []Metric {
	var out []Metric
	for _, k := range keys {
		if m, ok := d.metric("", k.name); ok && m.Value.Mean.Known() {
			m.Label = k.label
			out = append(out, m)
		}
	}
	return out
}

func (d *Document) keyTable() *table {
	t := &table{ID: "key", Title: "Key figures", Columns: []column{text("Figure"), num("Mean"), num("± 95 %"), num("Replications")}}
	for _, m := range d.keyMetrics() {
		t.add(m.Label, Quantity(m.Value.Mean, m.Unit), half(m.Value, m.Unit), grouped(float64(len(m.Values)), 0))
	}
	return t
}

// timeUnit chooses one unit for a table of times, so that its columns align.
func timeUnit(largest Number) (name string, show func(Number) string) {
	unit, scale, decimals := "s", 1.0, 3
	switch v := float64(largest); {
	case v < 1:
		unit, scale, decimals = "ms", 1e3, 1
	case v >= 1000:
		decimals = 1
	}
	return unit, func(n Number) string {
		if !n.Known() {
			return dash
		}
		return grouped(float64(n)*scale, decimals)
	}
}

func (d *Document) latencyTable() *table {
	l := d.All.Latency
	unit, show := timeUnit(l.Total.P99)
	t := &table{ID: "latency", Title: "Latency of served requests, " + unit, Columns: []column{text("Part"), num("p50"), num("p90"), num("p95"),
		num("p99"), num("p99.9"), num("mean"), num("max"), num("Requests")}, Note: "Network parts are whole round trips. Quantiles are within 0.4 %."}
	if l.Total.Count == 0 {
		return nil
	}
	row := func(name string, q Quantiles) {
		t.add(name, show(q.P50), show(q.P90), show(q.P95), show(q.P99), show(q.P999), show(q.Mean), show(q.Max), Count(Number(q.Count)))
	}
	row("total", l.Total)
	if cells, ok := d.intervalCells(show); ok {
		t.add(cells...)
	}
	if l.Cold.Count > 0 {
		row("cold", l.Cold)
		row("warm", l.Warm)
	}
	for _, p := range l.Parts {
		row(p.Name, p.Time)
	}
	if l.Message.Count > 0 {
		row("WebSocket message", l.Message)
	}
	return t
}

// intervalCells is the row of half-widths under the total.
func (d *Document) intervalCells(show func(Number) string) ([]string, bool) {
	cells, any := []string{"  ± 95 %"}, false
	for _, q := range []string{"p50", "p90", "p95", "p99", "p99.9", "mean", "max"} {
		m, ok := d.metric("", q+"(latency)")
		h := m.Value.Half()
		if !ok || !h.Known() {
			cells = append(cells, "")
			continue
		}
		cells, any = append(cells, show(h)), true
	}
	return append(cells, ""), any
}

func (d *Document) breakdownTable() *table {
	l := d.All.Latency
	unit, show := timeUnit(l.Total.P99)
	t := &table{ID: "breakdown", Title: "What a request near each quantile waits for, " + unit, Columns: []column{text("Quantile")}}
	for _, p := range l.Parts {
		t.Columns = append(t.Columns, num(p.Name))
	}
	t.Columns = append(t.Columns, num("total"))
	for _, b := range l.Breakdown {
		cells := []string{b.Quantile}
		for _, p := range b.PartsS {
			cells = append(cells, show(p))
		}
		t.add(append(cells, show(b.TotalS))...)
	}
	return t
}

func (d *Document) regionTable() *table {
	unit, show := timeUnit(d.All.Latency.Total.P99)
	t := &table{ID: "regions", Title: "By client region, counts a month, latency in " + unit, Columns: []column{text("Region"), num("Requests"), num("Share"), num("Failed"),
		num("Cold"), num("p50"), num("p99"), num("Network"), num("km"), num("Egress")}}
	for _, r := range d.All.Regions {
		t.add(regionName(r.Region), Count(r.PerMonth), Share(r.Share), Share(r.ErrorShare), Share(r.ColdShare), show(r.Latency.P50), show(r.Latency.P99),
			show(r.NetworkS), whole(r.DistanceKm), Size(r.EgressMonth))
	}
	return t
}

// regionNames are the names of the platform's location hints.
var regionNames = map[string]string{"wnam": "Western North America", "enam": "Eastern North America", "sam": "South America", "weur": "Western Europe",
	"eeur": "Eastern Europe", "apac": "Asia-Pacific", "oc": "Oceania", "afr": "Africa", "me": "Middle East"}

// regionName is the name of a region where its code is known, else the code.
func regionName(code string) string {
	if name, ok := regionNames[code]; ok {
		return name
	}
	return code
}

// whole writes n without decimals.
func whole(n Number) string {
	if !n.Known() {
		return dash
	}
	return grouped(float64(n), 0)
}

// each lists the apps and, where there are several, their sum last.
func (d *Document) each() []App {
	if len(d.Apps) > 1 {
		return append(append([]App(nil), d.Apps...), d.All)
	}
	return d.Apps
}

func (d *Document) appTable() *table {
	unit, show := timeUnit(d.All.Latency.Total.P99)
	t := &table{ID: "by-app", Title: "By app, latency in " + unit, Total: len(d.Apps) > 1, Columns: []column{text("App"), num("Requests/month"), num("Failed"),
		num("Retries"), num("Cold"), num("p50"), num("p99"), num("Goodput/s"), num("Client km")}}
	for _, a := range d.each() {
		goodput := a.Traffic.PerSecond * ratio(float64(a.Traffic.Good), float64(a.Traffic.Requests))
		t.add(appName(a.Name), Count(a.Traffic.PerMonth), Share(a.Traffic.ErrorShare), Count(Number(a.Traffic.Retries)), Share(a.Traffic.ColdShare),
			show(a.Latency.Total.P50), show(a.Latency.Total.P99), rate(goodput), whole(a.Traffic.DistanceMean))
	}
	return t
}

// rate writes a rate with three significant digits.
func rate(n Number) string {
	if !n.Known() {
		return dash
	}
	return trimmed(float64(n), 3)
}

func (d *Document) startTable() *table {
	t := &table{ID: "starts", Title: "Cold starts", Total: len(d.Apps) > 1, Columns: []column{text("App"), num("Starts/month"), num("Failed"), num("Start p50"),
		num("Start p99"), num("Cold p50"), num("Cold p99"), num("Pulls"), num("In cache"), num("Pool")}}
	prewarmed := slices.ContainsFunc(d.Apps, func(a App) bool { return a.Starts.Prewarms > 0 })
	if prewarmed {
		t.Columns = append(t.Columns, num("Pre-warmed"))
	}
	for _, a := range d.each() {
		s := a.Starts
		if s.Count == 0 && s.Failed == 0 {
			continue
		}
		cells := []string{appName(a.Name), Count(s.PerMonth), Count(Number(s.Failed)), Seconds(s.Time.P50), Seconds(s.Time.P99), Seconds(a.Latency.Cold.P50),
			Seconds(a.Latency.Cold.P99), Count(Number(s.Pulls)), Share(ratio(float64(s.CacheHits), float64(s.Count))), Count(Number(s.WarmClaims))}
		if prewarmed {
			cells = append(cells, Count(Number(s.Prewarms)))
		}
		t.add(cells...)
	}
	return t
}

func (d *Document) failureTable() *table {
	t := &table{ID: "failures", Title: "Failures by cause", Columns: []column{text("Cause"), text("App"), num("Status"), num("Requests"), num("Share")}}
	for _, a := range d.Apps {
		for _, f := range a.Failures {
			status := fmt.Sprint(f.Status)
			if f.Status == 0 {
				status = "none"
			}
			t.add(f.Cause, a.Name, status, Count(Number(f.Count)), Share(f.Share))
		}
	}
	return t
}

func (d *Document) instanceTable() *table {
	t := &table{ID: "instances", Title: "Instances and utilisation", Total: len(d.Apps) > 1, Columns: []column{text("App"), num("Mean"), num("p95"), num("Max"),
		num("Hours/month"), num("Busy"), num("Idle"), num("Starting"), num("Draining"), num("vCPU used"), num("Memory used"),
		num("In flight")}, Brief: []int{0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11}}
	for _, a := range d.each() {
		share := map[string]Number{}
		for _, s := range a.Instances.States {
			share[s.State] = s.Share
		}
		t.add(appName(a.Name), rate(a.Instances.Mean), rate(a.Instances.P95), grouped(float64(a.Instances.Max), 0), Count(a.Instances.HoursMonth),
			Share(share["busy"]), Share(share["idle"]), Share(share["starting"]), Share(share["draining"]), Share(a.Utilisation.VCPU), Share(a.Utilisation.Memory), rate(a.Instances.InFlight))
	}
	return t
}

func (d *Document) backgroundTable() *table {
	t := &table{ID: "background", Title: "Background messages", Columns: []column{text("App"), num("In"), num("Done"), num("Lost"), num("Max backlog"),
		num("Age p50"), num("Age p99"), num("Age max")}}
	for _, a := range d.Apps {
		if b := a.Background; b != nil {
			t.add(a.Name, Count(Number(b.In)), Count(Number(b.Done)), Count(Number(b.Lost)), Count(Number(b.MaxBacklog)), Seconds(b.Age.P50), Seconds(b.Age.P99), Seconds(b.Age.Max))
		}
	}
	return t
}

func (d *Document) observedTable() *table {
	t := &table{ID: "observed", Title: "At chosen instants, means over the replications", Columns: []column{text("App"), num("After"), num("Busy instances"), num("Requests inside")}}
	for _, a := range d.Apps {
		for _, o := range a.Observed {
			t.add(a.Name, Seconds(o.AtS), rate(o.Busy), rate(o.InFlight))
		}
	}
	return t
}

func (d *Document) theoryTable() *table {
	t := &table{ID: "theory", Title: "Theory beside simulation", Columns: []column{text("Formula"), text("App"), text("Quantity"), num("Theory"), num("Simulated"), num("± 95 %"), text("Note")}, Brief: []int{0, 1, 2, 3, 4, 5}}
	said := map[string]bool{}
	for _, r := range d.Theory {
		if !said[r.Note] && r.Note != "" {
			t.Short += upper(r.Note) + ". "
		}
		said[r.Note] = true
		t.add(r.Formula, r.App, r.Quantity, Quantity(r.Theory, r.Unit), Quantity(r.Simulated.Mean, r.Unit), half(r.Simulated, r.Unit), r.Note)
	}
	return t
}

func (d *Document) assumptionTable() *table {
	t := &table{ID: "assumptions", Title: "Assumptions", Columns: []column{text("Parameter"), text("Value"), text("Grade"), text("What is assumed"), text("Source")},
		Note: "Grades: A official, B measured or by a maintainer, C a single report, I inference.", Brief: []int{0, 1, 2}, Short: "berth explain tells what each means, and its source."}
	for _, a := range d.Scenario.Assumptions {
		t.add(a.Path, a.Value, a.Grade, a.Text, a.Source)
	}
	return t
}

// warmup says how much was left out at the start.
func (s Scenario) warmup() string {
	if s.WarmupS > 0 {
		return "after " + Seconds(s.WarmupS) + " of warm-up"
	}
	return "without a warm-up"
}

// head is what the first lines of a report say of the scenario.
func (d *Document) head() []string {
	s := d.Scenario
	var lines []string
	prices := "prices as of " + s.AsOf
	if s.Month != "" {
		prices = "month " + s.Month + ", " + prices
	}
	if s.UserSupplied {
		prices += ", with user-supplied rates or limits"
	}
	lines = append(lines, fmt.Sprintf("World %s; %s.", fit(s.World, 40), prices))
	how := fmt.Sprintf("%s of %s measured %s, seed %d", plural(s.Replications, "replication", "replications"), Seconds(s.MeasuredS), s.warmup(), s.Seed)
	if s.MonthScale.Known() && math.Abs(float64(s.MonthScale)-1) > 0.0005 {
		how += fmt.Sprintf("; usage is scaled by %s to a month of %s hours", rate(s.MonthScale), grouped(float64(s.MonthHours), 0))
	}
	lines = append(lines, how+".")
	var guessed []string
	for _, a := range s.Apps {
		for _, h := range a.Hypothetical {
			guessed = append(guessed, fit(a.Name, 24)+": "+fit(h, 80))
		}
	}
	if len(guessed) > 0 {
		lines = append(lines, "Hypothetical, not offered by the platform: "+strings.Join(guessed, "; ")+".")
	}
	return lines
}
