package plan

import (
	"fmt"

	"berth/models/edge"
	"berth/models/result"
)

// headroom is how far each limit is, from the largest use in any replication.
// Account totals come first, then each app's own limits.
func headroom(cfg *edge.Config, pooled *result.Run) []result.Headroom {
	rows := accountRows(cfg, pooled)
	for i := range pooled.Apps {
		if c, ok := appConfig(cfg, pooled.Apps[i].Name); ok {
			rows = append(rows, appRows(cfg, c, &pooled.Apps[i])...)
		}
	}
	for i := range rows {
		rows[i].Source = sourceOf(cfg, rows[i])
	}
	return rows
}

func accountRows(cfg *edge.Config, pooled *result.Run) []result.Headroom {
	u, lim := &pooled.Account, &cfg.Account
	refused := "a start that does not fit is tried again, then HTTP 503"
	if len(cfg.Apps) > 0 {
		refused = startEffect(&cfg.Apps[0].Start, cfg.Apps[0].Start.NoPlaceStatus)
	}
	totals := []result.Headroom{
		{Limit: "account vCPU", Grows: true, Unit: "vCPU", Used: float64(u.MaxVCPU1024) / 1024, Max: float64(lim.VCPU1024) / 1024, Effect: refused},
		{Limit: "account memory", Grows: true, Unit: "MiB", Used: float64(u.MaxMemoryMiB), Max: float64(lim.MemoryMiB), Effect: refused},
		{Limit: "account disk", Grows: true, Unit: "MB", Used: float64(u.MaxDiskMB), Max: float64(lim.DiskMB), Effect: refused},
	}
	// Which total refused a start is not told apart: the fullest gets the count.
	fullest, share := 0, -1.0
	for i, t := range totals {
		if t.Max > 0 && t.Used/t.Max > share {
			fullest, share = i, t.Used/t.Max
		}
	}
	totals[fullest].Denied = u.Denied
	rate, overload := int64(0), int64(0)
	busiest := int64(0)
	for i := range pooled.Apps {
		rate += pooled.Apps[i].Failed[result.FailStartRate]
		overload += pooled.Apps[i].Failed[result.FailDOOverload]
		busiest = max(busiest, pooled.Apps[i].MaxDORate)
	}
	return append(totals,
		result.Headroom{Limit: "image storage", Unit: "MB", Used: float64(u.ImageStorageMB), Max: float64(lim.ImageStorageMB), Effect: "a deploy is refused until older images are deleted"},
		result.Headroom{Limit: "start rate", Grows: true, Unit: "starts/s", Used: float64(u.MaxStartsPerSec), Max: lim.StartsPerSec, Denied: rate, Effect: "HTTP 429"},
		result.Headroom{Limit: "Durable Object requests", Grows: sharedIDs(cfg.Apps), Unit: "requests/s", Used: float64(busiest), Max: float64(lim.DORequestsPerS), Denied: overload,
			Effect: "the object is overloaded: HTTP 503"})
}

// startEffect says what a request gets when its start is refused.
func startEffect(s *edge.Start, status int) string {
	switch {
	case s.Tries < 0:
		return "the start waits until there is room"
	case s.Tries == 0 || s.RetryEvery == 0:
		return fmt.Sprintf("HTTP %d at once", status)
	}
	return fmt.Sprintf("HTTP %d after %d tries %v apart", status, s.Tries, s.RetryEvery)
}

func appRows(cfg *edge.Config, c *edge.App, a *result.AppRun) []result.Headroom {
	shared := sharedIDs([]edge.App{*c})
	rows := []result.Headroom{
		{App: a.Name, Limit: "max_instances", Grows: growsInNumber(c), Unit: "instances", Used: float64(a.MaxInstances), Max: float64(c.MaxInstances),
			Denied: a.Failed[result.FailMaxInstances], Effect: startEffect(&c.Start, c.Start.MaxStatus)},
		{App: a.Name, Limit: "requests in flight", Grows: shared, Unit: "requests", Used: float64(a.MaxInFlight), Max: float64(c.Concurrency),
			Denied: a.Failed[result.FailQueueFull], Effect: queueEffect(c)},
		{App: a.Name, Limit: "memory", Grows: shared && a.MaxMemoryBytes > c.Work.BaseMemoryMiB<<20, Unit: "MiB", Used: float64(a.MaxMemoryBytes) / (1 << 20), Max: float64(c.Type.MemoryMiB),
			Denied: a.Failed[result.FailOOM], Effect: "the instance is killed with all requests inside; the next one waits for a start"},
		{App: a.Name, Limit: "disk", Unit: "MB", Used: float64(a.MaxDiskMB), Max: float64(c.Type.DiskMB),
			Denied: a.Failed[result.FailDisk], Effect: "the instance is killed with all requests inside; the next one waits for a start"},
	}
	return rows
}

func queueEffect(c *edge.App) string {
	switch {
	case c.QueueLimit < 0:
		return "the request waits at the instance"
	case c.QueueLimit == 0:
		return "HTTP 503 at once"
	}
	return fmt.Sprintf("%d requests wait at the instance, more get HTTP 503", c.QueueLimit)
}

// sharedIDs says whether any app's traffic meets in fixed instances, so that more
// of it means more inside each; elsewhere more traffic means more instances.
func sharedIDs(apps []edge.App) bool {
	for i := range apps {
		switch r := &apps[i].Route; r.By {
		case "singleton", "random-n", "key", "least-in-flight":
			return true
		case "autoscale", "pool":
			return r.N > 0 || r.MaxN > 0
		}
	}
	return false
}

// growsInNumber says whether more traffic means more instances.
func growsInNumber(c *edge.App) bool {
	switch c.Route.By {
	case "singleton", "random-n", "least-in-flight":
		return false
	}
	return true
}

// limitPaths are where the limits stand in a scenario.
var limitPaths = map[string]string{"account vCPU": "account.limits.vcpu", "account memory": "account.limits.memory", "account disk": "account.limits.disk",
	"image storage": "account.limits.image_storage", "start rate": "account.limits.starts", "Durable Object requests": "account.limits.do_requests",
	"max_instances": "max_instances", "requests in flight": "concurrency", "memory": "instance_type", "disk": "instance_type"}

// sourceOf is where a limit comes from, by the scenario's origins.
func sourceOf(cfg *edge.Config, h result.Headroom) string {
	path := limitPaths[h.Limit]
	if h.App != "" {
		path = "apps." + h.App + "." + path
	}
	for _, o := range cfg.Origins {
		if o.Path == path || o.Path == path+".name" {
			if o.Source != "" {
				return o.From + ": " + o.Source
			}
			return o.From
		}
	}
	if h.App == "" {
		return "catalogue as of " + cfg.AsOf.Format("2006-01-02")
	}
	return ""
}
