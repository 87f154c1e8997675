package scenarios

import (
	"berth/models/workload"
	"berth/models/workload/trace"
)

// The table of keys: traffic entries.

// trafficKinds are the keys of which exactly one says what an entry is.
var trafficKinds = []string{"requests", "sessions", "users", "population", "queue", "websockets", "trace", "script"}

// trafficKind is the variant of an entry. requests beside sessions is how many
// a session makes; clients with times and no rate are a script.
func trafficKind(v *value) string {
	for _, k := range []string{"sessions", "users", "population", "queue", "websockets", "trace", "requests"} {
		if v.has(k) {
			return k
		}
	}
	if v.has("clients") {
		return "script"
	}
	return ""
}

func profileNames(profiles []workload.Profile) []string {
	var names []string
	for _, p := range profiles {
		names = append(names, p.Name)
	}
	return names
}

var traceFormats = append([]string{"auto"}, trace.Formats...)

func trafficField() *field {
	open := []string{"requests", "sessions", "queue", "websockets"}
	placed := []string{"requests", "sessions", "users", "population", "queue", "websockets", "script", "trace"}
	return &field{variant: trafficKind, doc: "One stream of demand. Exactly one of requests, sessions, users, population, queue, websockets, trace, or clients with times.", fields: []*field{
		{name: "name", kind: nameText, doc: "Name in reports.", defDoc: "traffic[i]"},
		{name: "requests", kind: rateOrLaw, unit: unitCount, only: []string{"requests", "sessions"}, doc: "Open arrivals at a rate; with sessions: requests of a session.", derived: sessionRequestsDefault, defDoc: "with sessions: geometric(mean=5)", source: "depends on the app", grade: "I"},
		{name: "sessions", kind: rate, doc: "Arrivals of sessions, each a chain of requests to one id."},
		{name: "users", kind: count, min: bound(1), max: bound(1e7), doc: "A closed population that asks, waits, thinks and asks again."},
		{name: "population", kind: count, min: bound(1), max: bound(1e7), doc: "Named ids, each off for a while, then up for a while; a refused start goes back to off."},
		{name: "queue", kind: rate, short: "rate", doc: "Background messages that wait for capacity instead of failing.", fields: []*field{
			{name: "rate", kind: rate, needed: true, doc: "Arrivals of messages."},
			{name: "batch", kind: integer, min: bound(1), max: bound(1e6), doc: "Messages a request carries at most.", def: "1", source: own},
			{name: "batch_wait", kind: span, doc: "A part-filled batch waits this long at most.", def: "5s", source: "Queues default", grade: "A"},
			{name: "max_concurrency", kind: integer, any: []string{"unlimited"}, min: bound(1), doc: "Batches in flight at most.", def: "unlimited", source: own},
			{name: "retries", kind: integer, min: bound(0), max: bound(1000), doc: "Further tries of a message.", def: "3", source: "Queues default", grade: "A"},
			{name: "retention", kind: span, positive: true, doc: "Older messages are dropped.", def: "4d", source: "Queues default", grade: "A"},
		}},
		{name: "websockets", kind: rate, short: "rate", doc: "Arrivals of connections, each one long request with messages.", fields: []*field{
			{name: "rate", kind: rate, needed: true, doc: "Arrivals of connections."},
			{name: "duration", kind: law, unit: unitSeconds, doc: "How long a connection lasts.", def: "exponential(mean=10m)", source: "depends on the app", grade: "I"},
			{name: "messages", kind: rate, doc: "Incoming messages of a connection.", def: "1/s", source: "depends on the app", grade: "I"},
			{name: "outgoing", kind: rate, doc: "Outgoing messages of a connection.", def: "1/s", source: "depends on the app", grade: "I"},
			{name: "cpu", kind: law, unit: unitSeconds, doc: "CPU time of a message.", def: "1ms", source: "depends on the app", grade: "I"},
			{name: "bytes", kind: law, unit: unitBytes, doc: "Bytes of an outgoing message.", def: "1kB", source: "depends on the app", grade: "I"},
		}},
		{name: "trace", kind: text, short: "file", doc: "Replay of a file.", fields: []*field{
			{name: "file", kind: text, needed: true, doc: "Path of the trace, from the working directory; .gz and .zst are read directly. library:NAME is one the program carries."},
			{name: "format", kind: word, any: traceFormats, doc: "Format of the trace; auto looks at the file.", def: "auto", source: own},
			{name: "columns", freeKey: "column berth knows", free: &field{kind: text}, doc: "Names of the columns in the file."},
			{name: "rule", kind: text, doc: "Named rule that makes keys and service times."},
			{name: "max_bad", kind: integer, min: bound(0), doc: "Malformed lines skipped at most.", def: "0", source: own},
			{name: "speed", kind: number, positive: true, min: bound(0), doc: "Time compression.", def: "1", source: own},
		}},

		{name: "think", kind: law, unit: unitSeconds, only: []string{"sessions", "users"}, doc: "Time from a response to the next request (closed).", derived: thinkDefault, defDoc: "exponential(mean=10s) without gap or length", source: "depends on the app", grade: "I"},
		{name: "gap", kind: law, unit: unitSeconds, only: []string{"sessions"}, doc: "Time from a request to the next (open)."},
		{name: "length", kind: law, unit: unitSeconds, only: []string{"sessions"}, doc: "Instead: every session is one request held for so long."},
		{name: "off", kind: law, unit: unitSeconds, only: []string{"population"}, doc: "Time an id is off."},
		{name: "up", kind: law, unit: unitSeconds, only: []string{"population"}, doc: "Time an id is up."},
		{name: "interarrival", kind: law, unit: unitSeconds, only: []string{"requests", "sessions"}, doc: "A renewal process of this law instead of Poisson arrivals."},

		{name: "markets", kind: word, any: []string{"world"}, only: placed, freeKey: "country, region or city", free: &field{kind: count}, doc: "Weights of countries (DE), regions or cities; each is a share of demand.", defDoc: "every city by its internet users"},
		{name: "clients", many: true, only: placed, elem: &field{fields: []*field{
			{name: "name", kind: nameText, doc: "Name of the place."},
			{name: "at", kind: placeText, needed: true, doc: `City, PoP or "latitude,longitude".`},
			{name: "weight", kind: count, doc: "Share of demand beside markets and other clients.", def: "1", source: own},
			{name: "times", many: true, elem: &field{kind: span}, doc: "Exact instants of this client's requests; the entry is then a script."},
			{name: "key", kind: text, doc: "The id that scripted requests ask for.", defDoc: "a"},
		}}, doc: "Fixed places of clients."},
		{name: "daily", kind: word, any: profileNames(workload.DailyProfiles()), only: open, elem: &field{kind: number, min: bound(0)}, doc: "Shape over the day in each city's local time: a name or 24 numbers.", def: "flat", source: own},
		{name: "weekly", kind: word, any: profileNames(workload.WeeklyProfiles()), only: open, elem: &field{kind: number, min: bound(0)}, doc: "Shape over the week, local time: a name or 7 numbers from Monday.", def: "flat", source: own},
		{name: "sine", only: open, doc: "rate x (1 + amplitude sin(2 pi t / period)).", fields: []*field{
			{name: "amplitude", kind: share, needed: true, min: bound(0), max: bound(1), doc: "Amplitude as a share of the mean."},
			{name: "period", kind: span, needed: true, positive: true, doc: "Period."},
		}},
		{name: "growth", kind: growth, only: open, doc: "Growth a month, compounded from the start.", def: "0%/month", source: own},
		{name: "bursts", many: true, only: []string{"requests", "sessions", "queue", "websockets"}, elem: &field{fields: []*field{
			{name: "at", kind: span, needed: true, doc: "When the burst begins."},
			{name: "count", kind: count, needed: true, min: bound(1), max: bound(1e9), doc: "Arrivals it adds."},
			{name: "over", kind: span, doc: "Spread at random over so long; 0s is one instant.", def: "0s", source: own},
			{name: "every", kind: span, doc: "Repeats it; 0s does not.", def: "0s", source: own},
		}}, doc: "Extra arrivals."},
		{name: "flash", many: true, only: open, elem: &field{fields: []*field{
			{name: "at", kind: span, needed: true, doc: "When the crowd begins to come."},
			{name: "factor", kind: number, needed: true, min: bound(0), doc: "Factor on the rate at the peak."},
			{name: "ramp", kind: span, doc: "Linear rise.", def: "5m", source: own},
			{name: "hold", kind: span, doc: "Time at the peak.", def: "10m", source: own},
			{name: "decay", kind: span, doc: "Time constant of the decay.", def: "30m", source: own},
		}}, doc: "Flash crowds."},
		{name: "table", many: true, only: open, elem: &field{fields: []*field{
			{name: "from", kind: span, needed: true, doc: "From when on."},
			{name: "factor", kind: number, needed: true, min: bound(0), doc: "Factor on the rate."},
		}}, doc: "Step function of factors."},
		{name: "work", doc: "Overrides of the app's work for this entry.", fields: workFields(false)},
	}}
}
