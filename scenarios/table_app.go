package scenarios

import (
	"berth/models/image"
	"berth/models/keepalive"
	"berth/models/placement"
)

// The table of keys: apps.

// routings are the values of route.by; the hypothetical ones do not exist on
// the platform.
var routings = []string{"session", "key", "random-n", "singleton", "per-request", "least-in-flight", "autoscale", "pool"}

var hypotheticalRoutings = map[string]bool{"least-in-flight": true, "autoscale": true, "pool": true}

var picks = []string{"newest", "oldest", "most-recently-used", "least-recently-used", "random", "lowest-idle", "first-free"}

// The policies by name; a file loaded with policies from outside may name those
// too.
var (
	placements = placement.Names(placement.Policies)
	prefetches = image.Names(image.Policies)
	keepAlives = keepalive.Names(keepalive.Policies)
)

var jurisdictions = []string{"eu", "fedramp", "us"}

var hints = []string{"wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"}

func appField() *field {
	return &field{doc: "One app: a container image behind a Worker and Durable Objects.", fields: append(append([]*field{
		{name: "description", kind: freeText, doc: "What the app is; any text."},
		{name: "instance_type", kind: nameText, short: "name", def: "{}", doc: "Named type, or a custom one.", fields: []*field{
			{name: "name", kind: nameText, doc: "Name of the type (berth list types).", setting: "instance_type", def: "lite", source: "Wrangler configuration, containers", grade: "A", derived: typeNameDefault},
			{name: "vcpu", kind: vcpu, positive: true, doc: "vCPU of a custom type."},
			{name: "memory", kind: size, positive: true, doc: "Memory of a custom type."},
			{name: "disk", kind: size, positive: true, doc: "Disk of a custom type."},
		}},
		{name: "max_instances", kind: integer, any: []string{"unlimited"}, min: bound(0), doc: "Running instances the app may have.", setting: "max_instances", def: "20", source: "Wrangler configuration, containers", grade: "A"},
		{name: "concurrency", kind: integer, any: []string{"unlimited"}, min: bound(1), doc: "Requests in flight at one instance at most.", def: "unlimited", source: "the platform has no such limit", grade: "A"},
		{name: "queue", kind: integer, any: []string{"unlimited"}, min: bound(0), doc: "Requests that may wait at an instance beyond concurrency; more get 503.", def: "unlimited", source: own},
		{name: "service", kind: word, any: []string{"processor-sharing", "full-speed", "fifo"}, doc: "How requests share the CPU of an instance.", def: "processor-sharing", source: "CPU is throttled by share", grade: "I"},
	}, append(lifeFields(), imageFields()...)...), append(demandFields(), accountingFields()...)...)}
}

// lifeFields are the keys of an instance's life.
func lifeFields() []*field {
	return []*field{
		{name: "sleep_after", kind: span, any: []string{"none", "soon", "class-default", "until-host-restart"}, doc: "Idle time after which an instance sleeps; none, soon (30 s), class-default (10 m) and until-host-restart are the readings of a setting left out.", setting: "sleep_after", def: "10m", source: classCode, grade: "A"},
		keepAliveField(),
		{name: "sleep_lag", setting: "sleep_lag", kind: span, doc: "Delay between the deadline and the stop.", def: "0s", source: "seconds of lag from alarm polling were observed", grade: "I"},
		{name: "sleep_mode", kind: word, any: []string{"stop", "snapshot", "suspend"}, doc: "What sleeping keeps: nothing, the disk, or memory and place (hypothetical).", setting: "sleep_mode", def: "stop", source: "Containers architecture page", grade: "A"},
		{name: "end", kind: word, any: []string{"sleep", "stop", "destroy"}, doc: "After the last request of a session or job: sleep later, SIGTERM now, SIGKILL now.", def: "sleep", source: classCode, grade: "A"},
		{name: "shutdown", setting: "shutdown", kind: law, unit: unitSeconds, any: []string{"ignores-sigterm"}, doc: "Time from SIGTERM to exit.", def: "1s", source: "inference", grade: "I"},
		{name: "kill_after", setting: "sigkill_after", kind: span, doc: "Time from SIGTERM to SIGKILL.", def: "15m", source: "Containers architecture page", grade: "A"},
		{name: "start", kind: law, unit: unitSeconds, short: "platform", any: nil, def: "{}", doc: "The cold start.", fields: []*field{
			{name: "platform", kind: law, unit: unitSeconds, doc: "Platform part: a preset (berth list presets) or a distribution.", setting: "cold_start", def: "measured-2026", source: "fit to a public benchmark of 2026-07", grade: "I"},
			{name: "init", kind: law, unit: unitSeconds, doc: "The image's own initialisation on an instance of full speed.", def: "500ms", source: "depends on the image", grade: "I"},
			{name: "wake", setting: "suspend_wake", kind: law, unit: unitSeconds, doc: "Wake of a suspended instance (sleep_mode: suspend).", def: "500ms", source: "sub-second according to one guide", grade: "C"},
			{name: "polling", kind: span, any: []string{"included", "none"}, doc: "Readiness polling: an interval, none, or included in the platform part.", defDoc: "included in a preset that contains it, else 300ms", derived: pollingDefault, source: classCode, grade: "A"},
			{name: "probe_cap", setting: "ready_probe_cap", kind: span, doc: "Longest wait of one readiness probe.", def: "5s", source: classCode, grade: "A"},
			{name: "probe_hang", kind: share, min: bound(0), max: bound(1), doc: "Share of starts whose first probe hangs to the cap.", def: "0%", source: "one report of 2026-09", grade: "C"},
		}},
		{name: "clocks", kind: word, any: []string{"on", "off"}, short: "first", def: "{}", doc: "The two clocks of a start; off switches both off.", fields: []*field{
			{name: "first", kind: word, any: []string{"on", "off"}, doc: "The clock of getting an instance; off waits for ever.", def: "on", source: classCode, grade: "A"},
			{name: "retry", setting: "start_retry_interval", kind: span, doc: "Time between tries for an instance; 0s refuses at once.", def: "300ms", source: classCode, grade: "A"},
			{name: "tries", setting: "start_retry_tries", kind: integer, min: bound(1), max: bound(1e6), doc: "Tries before the request fails.", def: "27", source: classCode, grade: "A"},
			{name: "second", setting: "ready_timeout", kind: span, any: []string{"off"}, positive: true, doc: "Time in which the instance must be ready.", def: "20s", source: classCode, grade: "A"},
			{name: "no_place_status", setting: "status_no_place", kind: integer, min: bound(400), max: bound(599), doc: "Status of a request that found no place or a full account.", def: "503", source: classCode, grade: "A"},
			{name: "max_status", setting: "status_max_instances", kind: integer, min: bound(400), max: bound(599), doc: "Status of a request that met max_instances.", def: "500", source: "the runtime's text is not matched by the class", grade: "C"},
		}},
		{name: "retry", kind: span, doc: "Short for clocks: {retry: ...}; 0s refuses at once."},
		{name: "warm_pool", kind: integer, min: bound(0), short: "n", doc: "An application's own pool of started, unassigned instances.", fields: []*field{
			{name: "n", kind: integer, min: bound(0), doc: "Instances kept ready.", def: "0", source: own},
			{name: "batch", kind: integer, min: bound(1), doc: "Instances started at once when refilling.", def: "5", source: "warm-pool example", grade: "B"},
			{name: "every", kind: span, doc: "Time between refills; 0s refills at each claim.", def: "0s", source: own},
			{name: "at", kind: placeText, doc: "PoP or city from which they are started.", defDoc: "by demand"},
		}},
		{name: "min_instances", kind: integer, min: bound(0), freeKey: "region or PoP", free: &field{kind: integer, min: bound(0)}, doc: "Instances kept running and billed, in all or by region (hypothetical).", setting: "min_instances"},
		{name: "keep_warm", many: true, elem: &field{kind: span, short: "every", fields: []*field{
			{name: "every", kind: span, positive: true, needed: true, doc: "Period of the cron."},
			{name: "from", kind: placeText, doc: "PoP or city at which it runs.", defDoc: "the app's busiest PoP"},
			{name: "ids", kind: integer, any: []string{"all"}, min: bound(1), doc: "The first so many instances, or all that ever ran.", def: "all", source: own},
			{name: "cpu", kind: law, unit: unitSeconds, doc: "CPU time of a touch.", def: "1ms", source: "inference", grade: "I"},
		}}, doc: "Crons that touch the instances."},
		{name: "rollouts", many: true, elem: &field{fields: []*field{
			{name: "at", kind: span, needed: true, doc: "When the new image is rolled out."},
			{name: "steps", elem: &field{kind: integer, min: bound(1), max: bound(100)}, doc: "Cumulative percentages.", defDoc: "[10, 100]; [100] with max_instances below 2", derived: stepsDefault, setting: "rollout_steps", source: "Containers rollouts page", grade: "A"},
			{name: "interval", kind: span, doc: "Time between steps.", def: "5m", source: "inference", grade: "I"},
			{name: "grace", setting: "rollout_grace", kind: span, doc: "Instances connected for less than this are not replaced.", def: "0s", source: "Containers rollouts page", grade: "A"},
			{name: "changed", kind: size, doc: "Compressed size of what changed.", defDoc: "image.changed"},
		}}, doc: "Deploys of a new image during the run."},
		{name: "first_deploy", kind: boolean, doc: "The image is nowhere at the start and is distributed from time 0.", def: "false", source: own},
	}
}

// keepAliveField is the key of the keep-alive policy.
func keepAliveField() *field {
	adaptive := []string{"hybrid-histogram", "percentile"}
	paper := "Shahrad et al., USENIX ATC 2020"
	return &field{name: "keep_alive", kind: word, any: keepAlives, short: "policy", def: "{}", doc: "What decides how long an idle instance stays: sleep_after, or a policy that learns (hypothetical).", variant: keepAliveVariant, fields: []*field{
		{name: "policy", kind: word, any: keepAlives, outside: outsideKeepAlive, doc: "The keep-alive policy (berth list policies); sleep_after is the time that those fall back to.", def: "fixed", source: classCode, grade: "A"},
		{name: "range", kind: span, positive: true, only: adaptive, doc: "Longest idle time that the policy tells apart.", def: "4h", source: paper},
		{name: "head", kind: share, min: bound(0), max: bound(1), only: adaptive[:1], doc: "Percentile of the idle times before which an instance is started again.", def: "5%", source: paper},
		{name: "tail", kind: share, min: bound(0), max: bound(1), only: adaptive, doc: "Percentile of the idle times up to which an instance stays.", def: "99%", source: paper},
		{name: "margin", kind: share, min: bound(0), max: bound(1), only: adaptive, doc: "Share by which the head is shortened and the tail lengthened.", def: "10%", source: paper},
		{name: "min_cv", kind: number, min: bound(0), only: adaptive[:1], doc: "Least coefficient of variation of the histogram's counts; below it sleep_after holds.", def: "2", source: paper},
	}}
}

// keepAliveVariant is whose settings a keep-alive policy takes: a policy from
// outside may use all.
func keepAliveVariant(v *value) string {
	policy := v.at("policy")
	if policy == nil {
		return "fixed"
	}
	switch name := policy.word(); name {
	case "", "fixed", "percentile":
		return name
	}
	return "hybrid-histogram"
}

// imageFields are the keys of the image and of warm capacity.
func imageFields() []*field {
	return []*field{
		{name: "image", def: "{}", doc: "The app's image and its use of disk.", fields: []*field{
			{name: "compressed", kind: size, positive: true, doc: "Size in the registry.", def: "200MB", source: "inference", grade: "I"},
			{name: "unpacked", kind: size, positive: true, doc: "Size on disk.", defDoc: "2.5 x compressed", derived: unpackedDefault, source: "inference", grade: "I"},
			{name: "changed", kind: size, doc: "Compressed size that a deploy changes.", defDoc: "compressed", derived: changedDefault, source: own},
			{name: "registry", kind: word, any: []string{"cloudflare", "external"}, doc: "Images of an external registry are not cached: every start pulls.", def: "cloudflare", source: "image management guide", grade: "A"},
			{name: "versions", kind: integer, min: bound(1), doc: "Retained versions that count as image storage.", def: "1", source: own},
			{name: "scratch", kind: size, doc: "Disk the app uses beside its image.", def: "0", source: own},
			{name: "growth", kind: size, doc: "Disk that a request adds until the instance stops.", def: "0", source: own},
			{name: "kind", kind: word, any: []string{"scratch", "alpine", "python-slim", "node", "python-heavy"}, doc: "Class of image for presets that tell classes apart.", defDoc: "by compressed size"},
			{name: "catalogue", kind: popularity, doc: "Every start draws one of n equal images with Zipf popularity: zipf(n=10000, alpha=0.8)."},
		}},
		{name: "prefetch", kind: word, any: prefetches, short: "policy", def: "{}", doc: "Which PoPs pull the image ahead of demand, and in which order.", fields: []*field{
			{name: "policy", kind: word, any: prefetches, outside: outsidePrefetch, doc: "The prefetch policy.", def: "everywhere", source: "images are pre-fetched across the network", grade: "I"},
			{name: "regions", many: true, elem: &field{kind: text}, doc: "Regions of the policy regions."},
		}},
		{name: "prepared_places", kind: integer, any: []string{"unlimited"}, min: bound(1), doc: "Prepared places of the image over all PoPs.", def: "1000", source: "finite, no number published", grade: "I"},
		{name: "refill", kind: law, unit: unitSeconds, doc: "Time in which the platform prepares another place.", def: "30s", source: "inference", grade: "I"},
		{name: "refill_elsewhere", kind: boolean, doc: "A place is prepared at the next-best PoP when its own is full.", def: "true", source: "inference", grade: "I"},
	}
}
