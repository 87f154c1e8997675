package result

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"berth/data/strict"
	"berth/sim/dist"
)

// Target is one parsed SLO line: Metric Op Threshold, the threshold in the
// metric's unit (seconds, shares of one, USD, km, GB, counts, per second).
type Target struct {
	Text      string // as written
	Metric    string // canonical name, see MetricNames
	App       string // "" = all apps
	Op        string // < <= > >=
	Threshold float64
	Unit      string
}

// Key is the metric's key.
func (t Target) Key() Key { return Key{App: t.App, Name: t.Metric} }

// TargetError says what is wrong with a target line, at which byte, and what to
// write.
type TargetError struct {
	Offset  int
	Message string
	Hint    string // may be empty
}

func (e *TargetError) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

// aliases are other words for a metric.
var aliases = map[string]string{"cold": "share(cold)", "cold-starts": "share(cold)", "error-rate": "errors", "cost": "bill",
	"idle": "share(idle)", "utilisation(vcpu)": "utilisation(cpu)", "utilization(cpu)": "utilisation(cpu)",
	"utilization(vcpu)": "utilisation(cpu)", "utilization(memory)": "utilisation(memory)"}

// maxTarget is the longest line that is read, in bytes.
const maxTarget = 300

// ParseTarget reads a target such as "p99(latency) < 3s", "errors < 1%" or
// "bill < 400 USD"; for one app "web: errors < 1%" or
// "p99(latency, app=web) < 3s". The error is a *TargetError.
func ParseTarget(text string) (Target, error) {
	t := Target{Text: strings.TrimSpace(text)}
	fail := func(offset int, hint, format string, args ...any) (Target, error) {
		return Target{}, &TargetError{offset, fmt.Sprintf(format, args...), hint}
	}
	if len(text) > maxTarget {
		return fail(maxTarget, "", "the line is longer than %d bytes", maxTarget)
	}
	at := strings.IndexAny(text, "<>")
	if at < 0 {
		return fail(len(text), `such as "p99(latency) < 3s", "errors < 1%" or "bill < 400 USD"`, "a target compares a metric with a number: no < or > in %q", clip(t.Text))
	}
	t.Op = text[at : at+1]
	rest := at + 1
	if strings.HasPrefix(text[rest:], "=") {
		t.Op, rest = t.Op+"=", rest+1
	}
	left, app, offset, err := splitApp(text[:at])
	if err != nil {
		return Target{}, err
	}
	t.App = app
	t.Metric, t.Unit, err = canonical(left, offset)
	if err != nil {
		return Target{}, err
	}
	value := strings.TrimSpace(text[rest:])
	lead := rest + strings.Index(text[rest:], value)
	if value == "" {
		return fail(len(text), thresholdHint(t.Unit), "the threshold is missing")
	}
	x, ok := threshold(value, t.Unit)
	if !ok || math.IsInf(x, 0) || math.IsNaN(x) || x < 0 {
		return fail(lead, thresholdHint(t.Unit), "%q is not a threshold of %s", clip(value), t.Metric)
	}
	t.Threshold = x
	return t, nil
}

// ParseMetric reads a metric alone, as a target names it: "p99(latency)",
// "web: errors", "mean(latency, app=web)". The error is a *TargetError.
func ParseMetric(text string) (k Key, unit string, err error) {
	if len(text) > maxTarget {
		return Key{}, "", &TargetError{maxTarget, fmt.Sprintf("the name is longer than %d bytes", maxTarget), ""}
	}
	name, app, offset, err := splitApp(text)
	if err != nil {
		return Key{}, "", err
	}
	name, unit, err = canonical(name, offset)
	if err != nil {
		return Key{}, "", err
	}
	return Key{App: app, Name: name}, unit, nil
}

// splitApp takes the app off the left side: "web: metric" or
// "stat(what, app=web)". offset is where the metric begins.
func splitApp(left string) (metric, app string, offset int, err error) {
	metric = left
	if before, after, found := strings.Cut(left, ":"); found {
		app, metric, offset = strings.TrimSpace(before), after, len(before)+1
		if app == "" {
			return "", "", 0, &TargetError{0, "there is no app before the colon", "such as web: errors < 1%"}
		}
	}
	if head, tail, found := strings.Cut(metric, ","); found {
		name, closed := strings.CutSuffix(strings.TrimSpace(tail), ")")
		key, value, set := strings.Cut(name, "=")
		if !closed || !set || strings.TrimSpace(key) != "app" || strings.TrimSpace(value) == "" || app != "" {
			return "", "", 0, &TargetError{offset + len(head) + 1, fmt.Sprintf("%q is not a choice of an app", clip(strings.TrimSpace(tail))),
				"such as p99(latency, app=web) < 3s"}
		}
		app, metric = strings.TrimSpace(value), head+")"
	}
	lead := len(metric) - len(strings.TrimLeft(metric, " \t"))
	return strings.TrimSpace(metric), app, offset + lead, nil
}

// canonical is the name and unit of a metric.
func canonical(word string, offset int) (name, unit string, err error) {
	if word == "" {
		return "", "", &TargetError{offset, "the metric is missing", `such as "p99(latency)", "errors" or "bill"`}
	}
	name = strings.ReplaceAll(strings.ToLower(word), " ", "")
	if name == "bill(1000requests)" || name == "marginal(1000requests)" {
		name = strings.Replace(name, "1000r", "1000 r", 1)
	}
	if full, ok := aliases[name]; ok {
		name = full
	}
	if unit, ok := unitOf(name); ok {
		return name, unit, nil
	}
	hint := "such as p99(latency), errors, share(cold), bill"
	if _, known := findDistribution(name); known {
		hint = fmt.Sprintf("which statistic of it? such as p99(%s) or mean(%s)", name, name)
	} else if near := strict.Suggest(name, MetricNames()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return "", "", &TargetError{offset, fmt.Sprintf("there is no metric %q", clip(word)), hint}
}

func findDistribution(name string) (distribution, bool) {
	for _, d := range distributions {
		if d.name == name {
			return d, true
		}
	}
	return distribution{}, false
}

// unitOf is the unit of a metric by its canonical name.
func unitOf(name string) (string, bool) {
	for _, s := range singles {
		if s.name == name {
			return s.unit, true
		}
	}
	head, inner, found := strings.Cut(strings.TrimSuffix(name, ")"), "(")
	if name == "bill" || found && (head == "bill" || head == "marginal") && strings.HasSuffix(name, ")") && isMoney(head, inner) {
		return "USD", true
	}
	if d, ok := findDistribution(inner); ok && found && strings.HasSuffix(name, ")") {
		for _, s := range distStats {
			if s.name == head {
				return d.unit, true
			}
		}
	}
	return "", false
}

// isMoney says whether bill(inner) or marginal(inner) can be: a unit of work, or
// for bill a SKU such as container.memory.
func isMoney(head, inner string) bool {
	for _, u := range unitMetrics {
		if u.name == inner {
			return true
		}
	}
	return head == "bill" && (inner == "base" || strings.Contains(inner, ".")) && strings.Trim(inner, "abcdefghijklmnopqrstuvwxyz._0123456789") == ""
}

// MetricNames lists the canonical names of the metrics in the order of reports.
// Beside these, bill(SKU) names a line of the bill.
func MetricNames() []string {
	var names []string
	for _, s := range singles {
		names = append(names, s.name)
	}
	for _, d := range distributions {
		for _, s := range distStats {
			names = append(names, s.name+"("+d.name+")")
		}
	}
	names = append(names, "bill")
	for _, u := range unitMetrics {
		names = append(names, "bill("+u.name+")", "marginal("+u.name+")")
	}
	return names
}

// IsMetric reports whether name is a canonical metric name, and its unit.
func IsMetric(name string) (unit string, ok bool) { return unitOf(name) }

func thresholdHint(unit string) string {
	switch unit {
	case "s":
		return "a span such as 800ms, 3s or 2m"
	case "1":
		return "a share such as 3% or 0.03"
	case "USD":
		return "an amount such as 400 USD"
	case "km":
		return "a distance such as 500 km"
	case "GB":
		return "an amount such as 20 GB"
	case "/s":
		return "a rate such as 10/s or 600/min"
	}
	return "a number such as 100, 20k or 1.5M"
}

// threshold reads the right side in the metric's unit.
func threshold(text, unit string) (float64, bool) {
	switch unit {
	case "s":
		d, err := dist.ParseDuration(compact(text))
		return d.Seconds(), err == nil
	case "1":
		if percent, ok := strings.CutSuffix(text, "%"); ok {
			x, ok := number(percent)
			return x / 100, ok && x <= 100
		}
		x, ok := number(text)
		return x, ok && x <= 1
	case "USD":
		amount, found := strings.CutPrefix(text, "$")
		if !found {
			amount, found = strings.CutSuffix(text, "USD")
		}
		x, ok := number(strings.ReplaceAll(amount, ",", ""))
		return x, ok && found
	case "km", "GB":
		amount, found := strings.CutSuffix(text, unit)
		x, ok := number(amount)
		return x, ok && found
	case "/s":
		return rate(text)
	}
	return scaled(text)
}

// compact drops the blank between a number and its unit.
func compact(s string) string { return strings.Join(strings.Fields(s), "") }

// number reads a plain decimal of 0 or more.
func number(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil
}

// scaled reads a count that may carry k, M or G.
func scaled(text string) (float64, bool) {
	for suffix, factor := range map[string]float64{"k": 1e3, "M": 1e6, "G": 1e9} {
		if head, ok := strings.CutSuffix(text, suffix); ok {
			x, ok := number(head)
			return x * factor, ok
		}
	}
	return number(text)
}

// rate reads events per time as events a second.
func rate(text string) (float64, bool) {
	amount, per, found := strings.Cut(text, "/")
	seconds := map[string]float64{"s": 1, "min": 60, "h": 3600, "day": 86400}[strings.TrimSpace(per)]
	x, ok := scaled(strings.TrimSpace(amount))
	if !found || !ok || seconds == 0 {
		return 0, false
	}
	return x / seconds, true
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
