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
		{Limit: "account vCPU", Unit: "vCPU", Used: float64(u.MaxVCPU1024) / 1024, Max: float64(lim.VCPU1024) / 1024, Effect: refused},
		{Limit: "account memory", Unit: "MiB", Used: float64(u.MaxMemoryMiB), Max: float64(lim.MemoryMiB), Effect: refused},
		{Limit: "account disk", Unit: "MB", Used: float64(u.MaxDiskMB), Max: float64(lim.DiskMB), Effect: refused},
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
		result.Headroom{Limit: "start rate", Unit: "starts/s", Used: float64(u.MaxStartsPerSec), Max: lim.StartsPerSec, Denied: rate, Effect: "HTTP 429"},
		result.Headroom{Limit: "Durable Object requests", Unit: "requests/s", Used: float64(busiest), Max: float64(lim.DORequestsPerS), Denied: overload,
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
	rows := []result.Headroom{
		{App: a.Name, Limit: "max_instances", Unit: "instances", Used: float64(a.MaxInstances), Max: float64(c.MaxInstances),
			Denied: a.Failed[result.FailMaxInstances], Effect: startEffect(&c.Start, c.Start.MaxStatus)},
		{App: a.Name, Limit: "requests in flight", Unit: "requests", Used: float64(a.MaxInFlight), Max: float64(c.Concurrency),
			Denied: a.Failed[result.FailQueueFull], Effect: queueEffect(c)},
		{App: a.Name, Limit: "memory (mean while up)", Unit: "MiB", Used: meanMemory(c, a), Max: float64(c.Type.MemoryMiB),
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

// meanMemory is the memory in use while up, averaged over time and instances;
// the peak is not tallied, only whether it killed an instance.
func meanMemory(c *edge.App, a *result.AppRun) float64 {
	given := a.GivenMemory.Float64()
	if given == 0 {
		return 0
	}
	return a.UsedMemory.Float64() / given * float64(c.Type.MemoryMiB)
}

// limitPaths are where the limits stand in a scenario.
var limitPaths = map[string]string{"account vCPU": "account.limits.vcpu", "account memory": "account.limits.memory", "account disk": "account.limits.disk",
	"image storage": "account.limits.image_storage", "start rate": "account.limits.starts", "Durable Object requests": "account.limits.do_requests",
	"max_instances": "max_instances", "requests in flight": "concurrency", "memory (mean while up)": "instance_type", "disk": "instance_type"}

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
