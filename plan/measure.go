package plan

import (
	"berth/models/edge"
	"berth/models/result"
)

// Measure is the metrics of one replication, bill included: each has one value.
func Measure(cfg *edge.Config, run *result.Run) []result.Metric {
	return result.Metrics([]*result.Run{run}, []result.Money{newMoney(cfg, run)})
}
