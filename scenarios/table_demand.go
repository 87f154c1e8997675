package scenarios

// The table of keys: what an app does with a request, where it runs and what it
// pays. Traffic has a file of its own.

func demandFields() []*field {
	return []*field{
		{name: "work", def: "{}", doc: "What one request asks for.", fields: workFields(true)},
		{name: "backend", doc: "A data store that every request calls.", fields: []*field{
			{name: "at", kind: placeText, needed: true, any: []string{"nearest", "r2"}, doc: "City, PoP, region, nearest, r2 or coordinates."},
			{name: "calls", kind: law, unit: unitCount, doc: "Round trips a request makes.", def: "1", source: own},
			{name: "bytes", kind: law, unit: unitBytes, doc: "Bytes a request reads.", def: "0", source: own},
			{name: "throughput", kind: speed, any: []string{"unlimited"}, doc: "Speed of reading.", def: "35MB/s", source: "one user's measurement from a container to R2", grade: "C"},
			{name: "connect", kind: word, any: []string{"per-start", "per-call"}, doc: "One more round trip at each start, or at each call.", def: "per-start", source: own},
		}},
		{name: "client", def: "{}", doc: "Patience of the clients.", fields: []*field{
			{name: "timeout", kind: span, any: []string{"none"}, positive: true, doc: "When a client gives up; the request still finishes and is billed.", def: "none", source: own},
			{name: "retries", kind: integer, min: bound(0), max: bound(20), doc: "Further tries after a failure or time-out.", def: "0", source: own},
			{name: "backoff", kind: law, unit: unitSeconds, doc: "Wait before each further try.", def: "1s", source: own},
		}},
		routeField(),
		{name: "location_hint", kind: word, any: hints, doc: "Location hint of the Durable Objects."},
		{name: "jurisdiction", kind: word, any: jurisdictions, doc: "Jurisdiction of the Durable Objects."},
		{name: "placement", kind: word, any: placements, short: "policy", def: "{}", doc: "Where instances start.", fields: []*field{
			{name: "policy", kind: word, any: placements, outside: outsidePlacement, doc: "The placement policy.", def: "nearest-prefetched", source: "Containers architecture page", grade: "A"},
			{name: "near", kind: word, any: []string{"request", "do"}, doc: "What the place is near to: the request's Worker PoP or the Durable Object.", def: "request", source: "newest architecture page; an older one says the Durable Object", grade: "I"},
			{name: "regions", many: true, elem: &field{kind: text}, doc: "Regions allowed, such as WEUR; any of them."},
			{name: "jurisdiction", kind: word, any: jurisdictions, doc: "Jurisdiction of the instances."},
			{name: "pops", many: true, elem: &field{kind: text}, doc: "PoPs of the policy fixed."},
			{name: "tiers", many: true, elem: &field{kind: integer, min: bound(1), max: bound(3)}, doc: "Tiers of PoPs allowed; container hosts are tiers 1 and 2, so 3 alone is refused."},
		}},
		{name: "near", kind: word, any: []string{"request", "do"}, doc: "Short for placement: {near: ...}."},
		{name: "worker", kind: word, any: []string{"nearest", "smart"}, short: "placement", def: "{}", doc: "The Worker in front.", fields: []*field{
			{name: "placement", kind: word, any: []string{"nearest", "smart"}, doc: "Where the Worker runs.", def: "nearest", source: "Workers run at the PoP of the request", grade: "A"},
			{name: "cpu", kind: span, doc: "Worker CPU time a request.", def: "1ms", source: "inference", grade: "I"},
		}},
		{name: "traffic", many: true, needed: true, elem: trafficField(), doc: "Who asks, when, from where and for what."},
	}
}

// workFields are the keys of work; an app has defaults, a traffic entry only
// overrides.
func workFields(app bool) []*field {
	fs := []*field{
		{name: "cpu", kind: law, unit: unitSeconds, doc: "CPU time of a request (vCPU-time).", def: "exponential(mean=50ms)", source: "depends on the app", grade: "I"},
		{name: "io", kind: law, unit: unitSeconds, doc: "Time a request waits for something else.", def: "0s", source: own},
		{name: "memory", kind: law, unit: unitBytes, doc: "Memory of a request while in flight.", def: "0", source: own},
		{name: "response", kind: law, unit: unitBytes, doc: "Bytes of the response.", def: "10kB", source: "depends on the app", grade: "I"},
	}
	if app {
		return append(fs,
			&field{name: "base_memory", kind: size, doc: "Memory of the idle app.", def: "64MiB", source: "depends on the app", grade: "I"},
			&field{name: "threads", kind: number, positive: true, min: bound(0), max: bound(64), doc: "vCPUs that one request can use at most.", def: "1", source: own})
	}
	for _, f := range fs {
		f.def, f.source, f.grade, f.defDoc = "", "", "", "the app's own"
	}
	return fs
}

func routeField() *field {
	return &field{name: "route", kind: word, any: routings, short: "by", def: "{}", doc: "Which instance a request goes to.", variant: func(v *value) string { return v.at("by").word() }, fields: []*field{
		{name: "by", kind: word, any: routings, doc: "session, key, random-n, singleton, per-request; hypothetical: least-in-flight, autoscale, pool.", derived: routeDefault, defDoc: "session with sessions, users, a population, a trace or a script, else singleton", source: classCode, grade: "A"},
		{name: "n", kind: integer, any: []string{"unlimited"}, min: bound(1), only: []string{"random-n", "least-in-flight", "pool"}, doc: "Number of instances; of a pool unlimited is allowed.", defDoc: "3; a pool's is unlimited", derived: routeNDefault, source: "getRandom of the Container class", grade: "A"},
		{name: "keys", kind: count, min: bound(1), max: bound(1e8), only: []string{"key"}, doc: "Number of keys.", def: "1000", source: own},
		{name: "alpha", kind: number, min: bound(0), max: bound(5), only: []string{"key"}, doc: "Zipf exponent of the keys' popularity; 0 is uniform.", def: "0.9", source: "typical of web keys", grade: "I"},
		{name: "target_cpu", kind: share, min: bound(0), max: bound(1), positive: true, only: []string{"autoscale"}, doc: "Mean CPU share that starts another instance.", def: "70%", source: "one guide's autoscaler", grade: "C"},
		{name: "target_memory", kind: share, min: bound(0), max: bound(1), positive: true, only: []string{"autoscale"}, doc: "Mean memory share that starts another instance.", def: "80%", source: "one guide's autoscaler", grade: "C"},
		{name: "min", kind: integer, min: bound(0), only: []string{"autoscale"}, doc: "Instances it keeps at least.", def: "0", source: own},
		{name: "max", kind: integer, min: bound(1), only: []string{"autoscale"}, doc: "Instances it starts at most.", defDoc: "max_instances"},
		{name: "per_instance", kind: integer, any: []string{"unlimited"}, min: bound(1), only: []string{"pool"}, doc: "Requests an instance takes at once.", def: "1", source: own},
		{name: "pick", kind: word, any: picks, only: []string{"pool"}, doc: "Which idle instance takes the next request.", def: "newest", source: "other simulators' default", grade: "C"},
		{name: "queue", kind: integer, any: []string{"unlimited"}, min: bound(0), only: []string{"pool"}, doc: "Central first-come queue.", def: "unlimited", source: own},
		{name: "setup", kind: word, any: []string{"one-per-request", "one-per-waiting"}, only: []string{"pool"}, doc: "A start belongs to its request, or there are as many starts as waiting requests and surplus ones are cancelled.", def: "one-per-request", source: own},
		{name: "at", kind: placeText, only: []string{"pool"}, doc: "PoP or city of the pool's one Durable Object.", defDoc: "drawn at the first touch"},
	}}
}

// accountingFields are the keys of meters.
func accountingFields() []*field {
	return []*field{
		{name: "api", setting: "do_api", kind: word, any: []string{"class", "raw"}, doc: "Under the Container class the Durable Object stays awake while the instance runs; under the raw API it does not.", def: "class", source: classCode, grade: "A"},
		{name: "meter", def: "{}", doc: "What is billed how.", fields: []*field{
			{name: "billed_from", setting: "billed_from", kind: word, any: []string{"start-command", "vm-up"}, doc: "When a run begins to be billed.", def: "start-command", source: "pricing page: charges start when a request is sent to the container", grade: "I"},
			{name: "failed_starts", setting: "failed_start_billed", kind: boolean, doc: "Failed starts are billed for the time they held an instance.", def: "true", source: "inference", grade: "I"},
			{name: "start_cpu", setting: "start_cpu", kind: vcpu, any: []string{"full"}, doc: "vCPU busy during the image's init.", def: "full", source: "inference", grade: "I"},
			{name: "idle_cpu", setting: "idle_cpu", kind: vcpu, doc: "vCPU busy while the instance runs.", def: "0", source: "inference", grade: "I"},
			{name: "overhead", def: "{}", doc: "Use of the VM around the container.", fields: []*field{
				{name: "cpu", setting: "overhead_cpu", kind: vcpu, doc: "vCPU of the VM while it runs.", def: "0", source: "billed, but no figure published", grade: "I"},
				{name: "memory", setting: "overhead_memory_mib", kind: size, doc: "Memory of the VM.", def: "0", source: "no figure published", grade: "I"},
			}},
			{name: "drain_billed", setting: "draining_billed", kind: boolean, doc: "An instance is billed between SIGTERM and its exit.", def: "true", source: "inference", grade: "I"},
			{name: "drain_holds_slot", setting: "draining_holds_slot", kind: boolean, doc: "It counts against max_instances meanwhile.", def: "true", source: "inference", grade: "I"},
			{name: "durable_object", kind: boolean, doc: "Durable Object and Worker lines are part of the bill.", def: "true", source: own},
			{name: "alarm_every", setting: "do_alarm_every", kind: span, positive: true, doc: "Period of the class's alarm.", def: "3m", source: classCode, grade: "A"},
		}},
		{name: "logs", def: "{}", doc: "What a request logs.", fields: []*field{
			{name: "events", kind: number, min: bound(0), doc: "Log events a request.", def: "1", source: "invocation log of the Worker", grade: "I"},
			{name: "bytes", kind: size, doc: "Bytes logged a request.", def: "1kB", source: "inference", grade: "I"},
		}},
		{name: "egress", kind: word, any: []string{"container", "client"}, short: "by", def: "{}", doc: "What counts as egress, and in which pool.", fields: []*field{
			{name: "by", setting: "egress_key", kind: word, any: []string{"container", "client"}, doc: "The place that decides the pool.", def: "container", source: "not stated", grade: "I"},
			{name: "counts", kind: share, min: bound(0), max: bound(1), doc: "Share of response bytes that counts.", def: "100%", source: "not stated", grade: "I"},
		}},
		{name: "arch", kind: text, doc: "Only linux/amd64 runs.", def: "amd64", source: "Containers limits page", grade: "A"},
		{name: "gpu", kind: text, doc: "Not available.", why: "the platform has no GPU"},
	}
}
