package scenarios

import (
	"slices"
	"strings"

	"berth/models/edge"
	"berth/models/workload"
)

// TrafficKeys are the amounts that an app's traffic is made of. The first one
// is a rate only where it has a slash: beside sessions, requests is how many a
// session makes.
var TrafficKeys = []string{"apps.*.traffic[*].requests", "apps.*.traffic[*].sessions", "apps.*.traffic[*].users", "apps.*.traffic[*].population",
	"apps.*.traffic[*].queue.rate", "apps.*.traffic[*].websockets.rate", "apps.*.traffic[*].bursts[*].count"}

const interarrival = "apps.*.traffic[*].interarrival"

// AmountKey is the pattern of a value's key, or "" for requests that are no
// rate.
func AmountKey(path, value string) string {
	pattern := Pattern(path)
	if pattern == TrafficKeys[0] && !strings.Contains(value, "/") {
		return ""
	}
	return pattern
}

// ScaledTraffic are the overrides that multiply the traffic of an app, or of all
// for "": rates, users and bursts, and the gaps of renewal processes by the
// inverse. Whole numbers are rounded. Traces and scripts are left as they are.
func ScaledTraffic(cfg *edge.Config, app string, factor float64) []string {
	var sets []string
	for _, o := range cfg.Origins {
		k := factor
		switch p := AmountKey(o.Path, o.Value); {
		case app != "" && !strings.HasPrefix(o.Path, "apps."+app+".traffic["), !slices.Contains(TrafficKeys, p) && p != interarrival:
			continue
		case p == interarrival:
			k = 1 / factor // the law has to agree with the rate
		}
		if text, changes := Scaled(o.Path, o.Value, k); changes {
			sets = append(sets, o.Path+"="+text)
		}
	}
	return sets
}

// Replayed says whether an entry is a trace or a script, which has no rate.
func Replayed(t *workload.Config) bool {
	return t.Kind == workload.Trace || len(t.Clients) > 0 && t.Clients[0].At != nil
}
