package report

import (
	"fmt"
	"math"
	"strings"
)

// sections are the questions of the page, each with its answer first.
func (d *Document) sections() []section {
	all := []section{
		{ID: "where", Heading: "Where it runs", Lead: d.whereLead(), Blocks: blocks(d.mapChart(), d.regionTable())},
		{ID: "how-long", Heading: "How long users wait", Lead: d.howLongLead(), Blocks: blocks(d.latencyChart(), d.tailChart(), wide(d.breakdownChart()), d.latencyTable(), d.appTable())},
		{ID: "when", Heading: "When it happens", Lead: d.whenLead(), Blocks: append(blocks(d.timeCharts()), blocks(d.startTable(), d.failureTable(), d.backgroundTable(), d.observedTable())...)},
		{ID: "how-full", Heading: "How full it is", Lead: d.howFullLead(), Blocks: blocks(wide(d.stateChart()), d.instanceTable(), d.headroomTable())},
		{ID: "how-much", Heading: "How much it costs", Lead: d.howMuchLead(), Blocks: blocks(d.billCharts(), d.billTable(), d.typeTable(), d.unitTable())},
		{ID: "why-believe-it", Heading: "Why believe it", Lead: d.whyLead(), Blocks: append(blocks(d.theoryTable(), d.runTable()),
			block{Warnings: d.pageWarnings()}, block{Table: filled(d.configTable())}, block{Table: filled(d.assumptionTable())}, block{Table: filled(d.originTable())}, block{Text: cut(d.Scenario.Text)})},
	}
	all = append(all, d.sensitivitySections()...)
	var out []section
	for _, s := range all {
		var kept []block
		for _, b := range s.Blocks {
			if b.Chart != nil || b.Table != nil || len(b.Warnings) > 0 || b.Text != "" {
				kept = append(kept, b)
			}
		}
		pair(kept)
		if s.Blocks, s.Lead = kept, together(s.Lead); len(kept) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// pair puts narrow tables that follow each other side by side.
func pair(blocks []block) {
	for i := 0; i+1 < len(blocks); i++ {
		a, b := &blocks[i], &blocks[i+1]
		if a.Table != nil && b.Table != nil && a.Table.Narrow() && b.Table.Narrow() {
			a.Half, b.Half = true, true
			i++
		}
	}
}

// blocks wraps charts and tables, without those that have nothing to show.
func blocks(parts ...any) []block {
	var out []block
	for _, p := range parts {
		switch p := p.(type) {
		case *chart:
			if p != nil {
				out = append(out, block{Chart: p})
			}
		case []*chart:
			for _, c := range p {
				out = append(out, block{Chart: c})
			}
		case *table:
			if t := filled(p); t != nil {
				out = append(out, block{Table: t})
			}
		}
	}
	return out
}

// filled is t if it has rows.
func filled(t *table) *table {
	if t == nil || len(t.Rows) == 0 {
		return nil
	}
	return t
}

func wide(c *chart) *chart {
	if c != nil {
		c.Wide = true
	}
	return c
}

// maxText is how many bytes of the scenario a page shows.
const maxText = 200_000

func cut(s string) string {
	if len(s) > maxText {
		return strings.ToValidUTF8(s[:maxText], "") + "\n(cut here)"
	}
	return s
}

func (d *Document) pageWarnings() []string {
	var out []string
	for _, w := range d.Warnings {
		out = append(out, fit(w, 1000))
	}
	return out
}

func (d *Document) whereLead() string {
	if len(d.All.Regions) == 0 {
		return "No region was recorded."
	}
	top := d.All.Regions[0]
	hosts := 0
	for _, p := range d.All.Pops {
		if p.Served > 0 {
			hosts++
		}
	}
	s := fmt.Sprintf("%s sends the largest part of the requests, %s. Containers served from %s.", fit(regionName(top.Region), 40), Share(top.Share), plural(hosts, "point of presence", "points of presence"))
	if t := d.All.Traffic; t.DistanceMean.Known() {
		s += fmt.Sprintf(" The mean distance from client to container is %s km, and one request in twenty travels more than %s km.", whole(t.DistanceMean), whole(t.DistanceP95))
	}
	return s
}

func (d *Document) howLongLead() string {
	l := d.All.Latency
	if l.Total.Count == 0 {
		return "No request was served."
	}
	s := fmt.Sprintf("Half of the served requests take %s or less; one in a hundred takes more than %s.", Seconds(l.Total.P50), Seconds(l.Total.P99))
	if l.Cold.Count > 0 && l.Warm.Count > 0 {
		s += fmt.Sprintf(" A cold request takes %s at the median, a warm one %s.", Seconds(l.Cold.P50), Seconds(l.Warm.P50))
	}
	for _, b := range l.Breakdown {
		if b.Quantile != "p99" || !(b.TotalS > 0) {
			continue
		}
		best := 0
		for i, p := range b.PartsS {
			if p > b.PartsS[best] {
				best = i
			}
		}
		s += fmt.Sprintf(" Near p99, the largest part is %s, with %s.", partPhrases[l.Parts[best].Name], Share(b.PartsS[best]/b.TotalS))
	}
	return s
}

// partPhrases name the parts of the latency within a sentence.
var partPhrases = map[string]string{"client-worker": "the way between client and Worker", "worker-do": "the way between Worker and Durable Object",
	"do-container": "the way between Durable Object and container", "start": "the wait for a start", "queue": "the wait in a queue", "service": "the service itself"}

func (d *Document) whenLead() string {
	c, ok := d.clockOf()
	if !ok {
		return "The run is too short for a series over time."
	}
	s := d.All.Series
	high, at := peak(s.Requests)
	var mean Number
	for _, v := range s.Requests {
		mean += v / Number(len(s.Requests))
	}
	out := fmt.Sprintf("The busiest %s held %s requests/s on average, %s times the mean of %s/s, from %s.", c.stepName(), rate(high/s.StepS),
		rate(ratio(float64(high), float64(mean))), rate(mean/s.StepS), c.at(at).Format("2 January 15:04 UTC"))
	if bad, at := peak(s.Failed); bad >= 1 {
		out += fmt.Sprintf(" Failures peak with %s in one step, from %s.", Count(Number(math.Round(float64(bad)))), c.at(at).Format("2 January 15:04 UTC"))
	}
	return out
}

func (d *Document) howFullLead() string {
	u := d.All.Utilisation
	if !u.Idle.Known() {
		return "No instance was up."
	}
	s := fmt.Sprintf("Instances spent %s of their time idle and used %s of their vCPU and %s of their memory.", Share(u.Idle), Share(u.VCPU), Share(u.Memory))
	if binds := d.bindsFirst(); binds != "" {
		s += " " + binds
	}
	return s
}

// upper begins a sentence.
func upper(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' || strings.Contains(s, "_") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (d *Document) howMuchLead() string {
	if d.Bill == nil {
		return "No bill was made."
	}
	b := d.Bill
	total := USD(Number(decimal(b.TotalUSD)))
	s := "The month costs " + total
	if b.Total != nil && b.Total.Half().Known() {
		if mean := USD(b.Total.Mean); mean != total {
			s += " for the mean usage; the bills of single replications average " + mean
		}
		s += " " + PlusMinus(b.Total.Half(), "USD")
	}
	s += "."
	var largest BillLine
	for _, l := range b.Lines {
		if decimal(l.ExactUSD) > decimal(largest.ExactUSD) {
			largest = l
		}
	}
	if largest.SKU != "" {
		s += fmt.Sprintf(" The largest line is %s with %s.", fit(largest.Label, 50), USD(Number(decimal(largest.AmountUSD))))
	}
	if idle := b.share("idle time"); idle.Known() && idle > 0 {
		s += fmt.Sprintf(" Of the charges before the base fee, %s pay for idle time.", Share(idle))
	}
	s += d.typesClause()
	if d.Scenario.BudgetUSD.Known() {
		s += fmt.Sprintf(" The budget is %s; %s of the replications are over it.", USD(d.Scenario.BudgetUSD), Share(d.Scenario.OverBudget))
	}
	return s
}

func (d *Document) whyLead() string {
	s := fmt.Sprintf("%s with independent random numbers, %s each measured %s, %s events in all.", plural(d.Scenario.Replications, "replication", "replications"),
		Seconds(d.Scenario.MeasuredS), d.Scenario.warmup(), Count(Number(d.Scenario.Events)))
	if d.Scenario.Replications > 1 {
		s += " Intervals are 95 % confidence intervals over the replications, and a target counts as met or violated only where its whole interval lies on one side."
	} else {
		s += " One replication gives no intervals, so no target can be proven."
	}
	if n := len(d.Scenario.Assumptions); n > 0 {
		s += fmt.Sprintf(" %s below %s thin evidence; each has a grade and a source.", plural(n, "assumption", "assumptions"), verb(n, "rests on", "rest on"))
	}
	return s
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (d *Document) runTable() *table {
	t := &table{ID: "runs", Title: "Replications", Columns: []column{num("Replication"), num("Requests"), num("Failed"), num("Cold"), num("Starts"), num("p50"), num("p99"), num("Bill, USD"), num("Events")}}
	for _, r := range d.Replications {
		t.add(fmt.Sprint(r.Number+1), grouped(float64(r.Requests), 0), grouped(float64(r.Failed), 0), grouped(float64(r.Cold), 0), grouped(float64(r.Starts), 0), Seconds(r.P50), Seconds(r.P99),
			Cents(r.BillUSD), grouped(float64(r.Events), 0))
	}
	return t
}

func (d *Document) originTable() *table {
	t := &table{ID: "origins", Title: "Where each value comes from", Fold: true, Columns: []column{text("Path"), text("Value"), text("From"), text("Grade"), text("Source")}}
	for _, o := range d.Scenario.Origins {
		t.add(o.Path, o.Value, o.From, o.Grade, o.Source)
	}
	return t
}
