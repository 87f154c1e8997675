package plan

import (
	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
)

// Monthly is the usage of a run stretched to the billed month, one-off effects
// apart and added once.
func Monthly(cfg *edge.Config, run *result.Run) billing.Usage { return monthly(cfg, run) }

// Headroom is how far each limit is in one replication.
func Headroom(cfg *edge.Config, run *result.Run) []result.Headroom { return headroom(cfg, run) }
