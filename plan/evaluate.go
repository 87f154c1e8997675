package plan

import (
	"berth/models/edge"
	"berth/models/result"
)

// Evaluate makes the result of finished runs of a scenario, in the order of
// their replication numbers: metrics with intervals, bill, verdicts, headroom
// and warnings. It runs nothing, so merged shards are evaluated the same way.
func Evaluate(cfg *edge.Config, runs []*result.Run, opt ReplicateOptions) *result.Result {
	r := &result.Result{SchemaVersion: result.SchemaVersion, Tool: opt.Tool, Runs: runs, Scenario: scenarioInfo(cfg, len(runs))}
	r.Pooled = result.Merge(runs)
	r.Partial = r.Pooled.Partial || len(runs) == 0 || len(runs) < opt.N
	var money []result.Money
	for _, run := range runs {
		money = append(money, newMoney(cfg, run))
	}
	r.Metrics = result.Metrics(runs, money)
	fillBill(r, cfg, money)
	for _, s := range cfg.SLO {
		unit, _ := result.IsMetric(s.Metric)
		t := result.Target{Text: s.Text, Metric: s.Metric, App: s.App, Op: s.Op, Threshold: s.Threshold, Unit: unit}
		if len(cfg.Apps) == 1 {
			t.App = "" // one app is all apps
		}
		r.SLO = append(r.SLO, result.Judge(t, r.Metrics, r.Partial))
	}
	r.Headroom = headroom(cfg, r.Pooled)
	r.Theory = theoryRows(cfg, r.Metrics)
	r.Warnings = warnings(cfg, r, opt)
	return r
}
