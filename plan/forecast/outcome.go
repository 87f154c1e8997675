package forecast

import (
	"math"
	"math/big"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
	"berth/sim/stats"
)

// outcome is what is kept of the runs of a month.
type outcome struct {
	bill     stats.Interval
	totals   []float64
	usage    []billing.Usage // of the month, by replication
	lines    []result.LineMoney
	apps     []result.AppMoney
	metrics  []result.Metric
	targets  []result.SLOResult
	headroom []result.Headroom
	reached  []float64 // by row of headroom: share of the replications that reach the limit
	effect   float64   // of the change of prices, USD
	warnings []string
}

// kept are the metrics that a forecast tells, for all apps.
var kept = []string{"p50(latency)", "p99(latency)", "errors", "share(cold)", "throughput", "mean(instances)", "max(instances)", "share(idle)", "bill(1000 requests)"}

func newOutcome(cfg *edge.Config, r *result.Result, before billing.Book) *outcome {
	o := &outcome{totals: r.Totals, targets: r.SLO, headroom: r.Headroom, warnings: r.Warnings, reached: make([]float64, len(r.Headroom))}
	o.bill = stats.MeanInterval(r.Totals, result.Confidence)
	for _, name := range kept {
		if m, ok := result.Find(r.Metrics, result.Key{Name: name}); ok {
			o.metrics = append(o.metrics, m)
		}
	}
	var usage billing.Usage
	for _, run := range r.Runs {
		o.usage = append(o.usage, plan.Monthly(cfg, run))
		usage = usage.Add(o.usage[len(o.usage)-1])
		for i, h := range plan.Headroom(cfg, run) {
			if reaches(h) {
				o.reached[i] += 1 / float64(len(r.Runs))
			}
		}
	}
	usage = usage.Scale(big.NewInt(1), big.NewInt(int64(len(r.Runs))))
	o.money(cfg)
	then := billing.Price(usage, before, billing.Options{})
	now := billing.Price(usage, cfg.Book, billing.Options{})
	o.effect = now.Total.Sub(then.Total).Float64()
	return o
}

// money is the mean of the bills' lines and of the apps' parts, so that they add
// up to the mean bill. That of the mean usage would be less where allowances or
// rounding bend the bill.
func (o *outcome) money(cfg *edge.Config) {
	n := float64(len(o.usage))
	for k, usage := range o.usage {
		bill := billing.Price(usage, cfg.Book, billing.Options{})
		for i, l := range bill.Lines {
			if k == 0 {
				o.lines = append(o.lines, result.LineMoney{SKU: l.SKU, Label: l.Label})
			}
			o.lines[i].USD += l.Amount.Float64() / n
		}
		for i, a := range bill.AppParts() {
			if k == 0 {
				o.apps = append(o.apps, result.AppMoney{App: a.Name})
			}
			o.apps[i].USD += a.Amount.Float64() / n
		}
	}
}

// walls are limits that are reached when they are used in full, by name; the
// others only when something was denied.
var walls = map[string]bool{"max_instances": true, "account vCPU": true, "account memory": true, "account disk": true, "image storage": true, "start rate": true,
	"Durable Object requests": true}

// reaches says whether a limit is reached.
func reaches(h result.Headroom) bool {
	return h.Denied > 0 || walls[h.Limit] && h.Max > 0 && h.Used >= h.Max
}

// nan is x, or NaN where it is not known.
func nan(x float64, known bool) float64 {
	if !known {
		return math.NaN()
	}
	return x
}
