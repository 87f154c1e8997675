package plan

import (
	"strings"

	"berth/models/edge"
	"berth/models/platform"
)

// MostInstances is how many instances of an app can be up at once, by its
// routing, max_instances or the account's totals, and which of them it is; 0
// where nothing bounds it.
func MostInstances(cfg *edge.Config, a *edge.App) (n int64, limit string) {
	n = platform.Unbounded
	take := func(m int64, what string) {
		if m > 0 && m < n {
			n, limit = m, what
		}
	}
	switch a.Route.By {
	case "singleton":
		take(1, "route: singleton")
	case "random-n", "least-in-flight":
		take(int64(a.Route.N), "route: "+a.Route.By)
	}
	take(int64(a.MaxInstances), "max_instances")
	account := platform.AccountLimits{VCPU: (cfg.Account.VCPU1024 + 1023) / 1024, MemoryMiB: cfg.Account.MemoryMiB, DiskMB: cfg.Account.DiskMB}
	bound := account.MaxConcurrent(a.Type)
	take(bound.Instances, "the account's "+strings.NewReplacer("vcpu", "vCPU", "memory_mib", "memory", "disk_mb", "disk").Replace(bound.Limit))
	if n == platform.Unbounded {
		return 0, ""
	}
	return n, limit
}
