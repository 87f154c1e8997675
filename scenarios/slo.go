package scenarios

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"berth/models/edge"
	"berth/scenarios/internal/quantity"
)

// metricUnit is what a threshold of a metric is written in.
type metricUnit uint8

const (
	inSeconds metricUnit = iota
	inShare
	inUSD
	inCount
	inKm
	inPerSecond
)

// aggregates are the statistics of a distribution that a target may name.
var aggregates = []string{"mean", "p50", "p90", "p95", "p99", "p99.9", "max"}

// distributions are what an aggregate may be taken of.
var distributions = map[string]metricUnit{
	"latency": inSeconds, "cold-latency": inSeconds, "warm-latency": inSeconds, "client-worker": inSeconds, "worker-do": inSeconds,
	"do-container": inSeconds, "start": inSeconds, "queue": inSeconds, "service": inSeconds, "network": inSeconds, "start-time": inSeconds,
	"run-length": inSeconds, "distance": inKm, "instances": inCount, "backlog": inSeconds,
}

// single metrics have no aggregate. Short names stand for the canonical key.
var singles = map[string]metricUnit{
	"errors": inShare, "share(cold)": inShare, "bill": inUSD, "bill(1000 requests)": inUSD, "bill(session)": inUSD, "bill(start)": inUSD,
	"goodput": inPerSecond, "throughput": inPerSecond, "utilisation(cpu)": inShare, "utilisation(memory)": inShare, "share(idle)": inShare,
	"requests": inCount, "starts": inCount, "failures": inCount, "retries": inCount,
}

var metricAliases = map[string]string{"cold": "share(cold)", "cold-starts": "share(cold)", "error-rate": "errors", "cost": "bill"}

var sloLine = regexp.MustCompile(`^(?:([A-Za-z0-9_. -]+):\s*)?([a-z0-9.-]+(?:\([a-z0-9 -]+\))?)\s*(<=|>=|<|>)\s*(.+)$`)

var aggregated = regexp.MustCompile(`^([a-z0-9.]+)\(([a-z-]+)\)$`)

// parseSLO reads a target line such as "p99(latency) < 3 s" or, for one app,
// "web: errors < 1%".
func parseSLO(line string) (any, error) {
	t := strings.TrimSpace(line)
	if why := badText(t, 200); why != "" {
		return nil, fmt.Errorf("%s", why)
	}
	m := sloLine.FindStringSubmatch(t)
	if m == nil {
		return nil, fmt.Errorf(`%q is not a target; write one such as "p99(latency) < 3s", "errors < 1%%" or "bill < 400 USD"`, clip(t))
	}
	s := edge.SLO{Text: t, App: strings.TrimSpace(m[1]), Metric: m[2], Op: m[3]}
	if full, ok := metricAliases[s.Metric]; ok {
		s.Metric = full
	}
	unit, err := metricUnitOf(s.Metric)
	if err != nil {
		return nil, err
	}
	s.Threshold, err = threshold(strings.TrimSpace(m[4]), unit)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func metricUnitOf(metric string) (metricUnit, error) {
	if unit, ok := singles[metric]; ok {
		return unit, nil
	}
	if m := aggregated.FindStringSubmatch(metric); m != nil {
		unit, known := distributions[m[2]]
		for _, a := range aggregates {
			if known && a == m[1] {
				return unit, nil
			}
		}
	}
	hint := ""
	if near := nearest(metric, Metrics()); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return 0, fmt.Errorf("there is no metric %q%s", clip(metric), hint)
}

// Metrics lists the canonical names of the metrics that a target may use, in a
// fixed order.
func Metrics() []string {
	var names []string
	for _, what := range sortedMapKeys(distributions) {
		for _, a := range aggregates {
			names = append(names, a+"("+what+")")
		}
	}
	return append(sortedMapKeys(singles), names...)
}

// threshold reads the right side in the metric's base unit.
func threshold(text string, unit metricUnit) (float64, error) {
	switch unit {
	case inSeconds:
		s, err := quantity.Span(text)
		return s.Seconds(), err
	case inShare:
		return quantity.Share(text)
	case inUSD:
		return quantity.USD(text)
	case inPerSecond:
		r, err := quantity.ParseRate(text)
		return r.PerSecond(30.4375 * 86400), err
	case inKm:
		km, ok := strings.CutSuffix(text, "km")
		x, err := strconv.ParseFloat(strings.TrimSpace(km), 64)
		if !ok || err != nil || !(x >= 0 && x < 1e9) {
			return 0, fmt.Errorf("%q is not a distance; write one such as 500 km", clip(text))
		}
		return x, nil
	}
	return quantity.Count(text)
}

func (b *builder) slos() {
	lines := b.root.at("slo")
	for _, item := range itemsOf(lines) {
		s := get[edge.SLO](item)
		if s.App != "" && b.root.at("apps", s.App) == nil {
			hint := ""
			var names []string
			for _, k := range b.apps() {
				names = append(names, k.key)
			}
			if near := nearest(s.App, names); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			b.fail(item, hint, "there is no app %q", clip(s.App))
		}
		if s.App != "" && s.Metric == "bill" {
			b.warn(item, "", "an app's bill is its part of the account's lines, before allowances are shared out")
		}
		b.cfg.SLO = append(b.cfg.SLO, s)
	}
}
