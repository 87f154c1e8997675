package report

import (
	"fmt"
	"strings"
)

// verdict is the result in one sentence: the targets, then the money.
func verdict(d *Document) string {
	clause, named := targetsClause(d)
	parts := []string{clause}
	if money := moneyClause(d, named); money != "" {
		parts = append(parts, money)
	}
	s := strings.Join(parts, "; ") + "."
	if d.Partial {
		s = "Partial result, interrupted: " + s
	}
	return s
}

// opposite is what a missed target's value is to its threshold.
var opposite = map[string]string{"<": ">=", "<=": ">", ">": "<=", ">=": "<"}

// shortTarget says a target's value against its threshold: p99 latency 4.1 s >
// 3 s where it is missed, p99 latency 2.9 s, target < 3 s where that is open.
func shortTarget(t Target) string {
	name := lower(t.Metric.Label)
	if name == "" {
		name = t.Text
	}
	name = fit(name, 40)
	if t.Metric.App != "" {
		name = fit(t.Metric.App, 24) + ": " + name
	}
	value, threshold := Quantity(t.Metric.Value.Mean, t.Metric.Unit), strings.TrimSuffix(Quantity(t.Threshold, t.Metric.Unit), ".00")
	sign := opposite[t.Op]
	if t.Verdict == "violated" && sign != "" {
		if value != threshold {
			sign = sign[:1]
		}
		return name + " " + value + " " + sign + " " + threshold
	}
	return name + " " + value + ", target " + t.Op + " " + threshold
}

// lower makes the first letter of a label small, within a sentence.
func lower(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// maxNamed is how many targets a sentence names; the rest is counted.
const maxNamed = 2

// targetsClause says how many targets are missed or open, and which. It returns
// the targets that it names.
func targetsClause(d *Document) (string, []Target) {
	var violated, open []Target
	for _, t := range d.Targets {
		switch t.Verdict {
		case "violated":
			violated = append(violated, t)
		case "not proven":
			open = append(open, t)
		}
	}
	n := len(d.Targets)
	switch {
	case n == 0:
		return "No targets set: " + headline(d), nil
	case len(violated) > 0:
		s := fmt.Sprintf("Misses %d of %s: %s", len(violated), plural(n, "target", "targets"), enumerate(violated))
		if len(open) > 0 {
			s += fmt.Sprintf("; %d not proven", len(open))
		}
		return s, violated[:min(maxNamed, len(violated))]
	case len(open) > 0:
		return fmt.Sprintf("Meets %d of %s, %d not proven: %s", n-len(open), plural(n, "target", "targets"), len(open), enumerate(open)), open[:min(maxNamed, len(open))]
	case n == 1:
		return "Meets its target: " + headline(d), nil
	}
	if n == 2 {
		return "Meets both targets: " + headline(d), nil
	}
	return fmt.Sprintf("Meets all %d targets: %s", n, headline(d)), nil
}

// enumerate joins the first targets and counts the rest.
func enumerate(targets []Target) string {
	var s []string
	for _, t := range targets[:min(maxNamed, len(targets))] {
		s = append(s, shortTarget(t))
	}
	if rest := len(targets) - len(s); rest > 0 {
		s = append(s, fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(s, "; ")
}

func headline(d *Document) string {
	t := d.All.Traffic
	if b := d.All.Background; t.Requests == 0 && b != nil {
		return fmt.Sprintf("%s of %s background messages done, the oldest after %s", Count(Number(b.Done)), Count(Number(b.In)), Seconds(b.Age.Max))
	}
	if t.Requests == 0 {
		return "no request was sent"
	}
	if t.Served == 0 {
		return "no request was served"
	}
	p99 := d.All.Latency.Total.P99
	if m, ok := d.metric("", "p99(latency)"); ok && m.Value.Mean.Known() {
		p99 = m.Value.Mean // as the targets are judged: the mean over replications
	}
	failed, waited := Share(t.ErrorShare)+" of requests failed", Share(t.ColdShare)+" waited for a start"
	if t.Failed == 0 {
		failed = "no request failed"
	}
	if t.Cold == 0 {
		waited = "none waited for a start"
	}
	return fmt.Sprintf("p99 latency %s, %s, %s", Seconds(p99), failed, waited)
}

// moneyClause says what the month costs, unless a target named before says it,
// and how much of that is idle time.
func moneyClause(d *Document, named []Target) string {
	if d.Bill == nil {
		return ""
	}
	total := decimal(d.Bill.TotalUSD)
	said := false
	for _, t := range named {
		said = said || t.Metric.Name == "bill" && t.Metric.App == ""
	}
	mean := Number(total)
	if e := d.Bill.Total; e != nil && e.Mean.Known() {
		mean = e.Mean // as the targets are judged
	}
	amount := "about " + RoundUSD(mean) + " a month"
	idle := d.Bill.share("idle time")
	if !(total > 0 && idle.Known() && idle > 0) {
		if said {
			return ""
		}
		return amount
	}
	// The share is of the bill before the base fee; say it of the whole.
	share := Share(idle * Number((total-d.Bill.base())/total))
	if said {
		return share + " of the bill is idle time"
	}
	return amount + ", " + share + " of it idle time"
}
