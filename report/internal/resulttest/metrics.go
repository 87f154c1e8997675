package resulttest

import (
	"berth/models/result"
	"berth/sim/stats"
)

func addMetrics(r *result.Result) {
	over := func(f func(*result.Run) float64) []float64 {
		var out []float64
		for _, run := range r.Runs {
			out = append(out, f(run))
		}
		return out
	}
	latency := func(run *result.Run) *stats.Histogram {
		var h stats.Histogram
		for i := range run.Apps {
			h.Merge(&run.Apps[i].Latency)
		}
		return &h
	}
	sum := func(f func(*result.AppRun) int64) func(*result.Run) float64 {
		return func(run *result.Run) float64 {
			var n int64
			for i := range run.Apps {
				n += f(&run.Apps[i])
			}
			return float64(n)
		}
	}
	requests := sum(func(a *result.AppRun) int64 { return a.Requests })
	add := func(name, label, unit string, better int8, values []float64) {
		i := interval(values)
		r.Metrics = append(r.Metrics, result.Metric{Key: result.Key{Name: name}, Label: label, Unit: unit, Values: values, Mean: i.Mean, Interval: i, Count: 4_700_000, Better: better})
	}
	add("requests", "requests", "", 0, over(requests))
	for _, q := range []struct {
		name string
		p    float64
	}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}} {
		add(q.name+"(latency)", q.name+" latency", "s", -1, over(func(run *result.Run) float64 { return float64(latency(run).Quantile(q.p)) / 1e9 }))
	}
	add("mean(latency)", "Mean latency", "s", -1, over(func(run *result.Run) float64 { return latency(run).Mean() / 1e9 }))
	add("errors", "Failed requests", "1", -1, over(func(run *result.Run) float64 {
		return sum(func(a *result.AppRun) int64 {
			return a.Failed[result.FailMaxInstances] + a.Failed[result.FailStartClock]
		})(run) / requests(run)
	}))
	add("share(cold)", "Cold requests", "1", -1, over(func(run *result.Run) float64 {
		return sum(func(a *result.AppRun) int64 { return a.Cold })(run) / requests(run)
	}))
	add("mean(instances)", "Instances up, mean", "", 0, over(func(run *result.Run) float64 { return 25 + float64(run.Replication)/4 }))
	add("utilisation(cpu)", "vCPU used", "1", 1, over(func(*result.Run) float64 { return 0.11 }))
	add("share(idle)", "Idle instance time", "1", -1, over(func(run *result.Run) float64 { return 0.74 + float64(run.Replication)/1000 }))
	add("bill", "Bill for the month", "USD", -1, r.Totals)
}

func addJudgements(r *result.Result) {
	find := func(name string) result.Metric {
		for _, m := range r.Metrics {
			if m.Key.Name == name {
				return m
			}
		}
		return result.Metric{}
	}
	r.SLO = []result.SLOResult{
		{Text: "p99(latency) < 3 s", Metric: find("p99(latency)"), Op: "<", Threshold: 3, Verdict: result.Violated, Why: "the whole interval is above 3 s"},
		{Text: "errors < 3 %", Metric: find("errors"), Op: "<", Threshold: 0.03, Verdict: result.Met, Why: "the whole interval is below 3 %"},
		{Text: "bill < 600 USD", Metric: find("bill"), Op: "<", Threshold: 600, Verdict: result.NotProven, Why: "600 USD is inside the interval"},
	}
	r.Headroom = []result.Headroom{
		{App: "parser", Limit: "max_instances", Used: 100, Max: 100, Denied: 3100, Grows: true, Effect: "500: no instance may start", Source: "scenario"},
		{App: "nightly", Limit: "max_instances", Used: 9, Max: 60, Grows: true, Effect: "500: no instance may start", Source: "scenario"},
		{Limit: "account vCPU", Unit: "vCPU", Used: 38, Max: 1500, Grows: true, Effect: "503: no place", Source: "limits of 2026-11-01"},
		{Limit: "account memory", Unit: "MiB", Used: 84_000, Max: 6 * 1024 * 1024, Grows: true, Effect: "503: no place", Source: "limits of 2026-11-01"},
		{Limit: "image storage", Unit: "GB", Used: 5.4, Max: 50, Effect: "the deploy fails", Source: "limits of 2026-11-01"},
		{App: "parser", Limit: "requests to one Durable Object", Unit: "/s", Used: 38, Max: 1000, Effect: "503: overloaded", Source: "soft limit"},
		{Limit: "start rate", Unit: "/s", Used: 3, Effect: "429"},
	}
	r.Theory = []result.TheoryRow{{App: "preview", Formula: "M/G/inf", Quantity: "instances up, mean", Theory: 4.87, Simulated: find("mean(instances)"), Note: "sessions overlap on one instance"}}
	r.Scenario.Assumptions = []result.AssumptionInfo{
		{Path: "hosts", Text: "which PoPs run containers is not published", Value: "120 PoPs", Grade: "I", Source: "every Durable Object host, filled up by demand"},
		{Path: "apps.*.start.platform", Text: "time from start command to a running VM", Value: "measured-2026", Grade: "B", Source: "measurements of 2026"},
		{Path: "apps.*.shutdown", Text: "time from SIGTERM to exit", Value: "1 s", Grade: "I", Source: "assumed"},
	}
	r.Scenario.Origins = []result.OriginInfo{{Path: "apps.parser.sleep_after", Value: "10m", From: "scenario:8:18", Grade: "A", Source: "documentation"}}
	r.Warnings = []string{"preview: expected concurrency 44 is above max_instances 40; requests will be refused at peak.", "The month holds a price change on 2026-11-15; prices of 2026-11-01 are used throughout."}
}
