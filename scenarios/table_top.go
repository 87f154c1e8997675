package scenarios

import "sync"

// The table of keys: top level. Sources name the page that a default comes
// from; grades are A official, B maintainer or measured, C single report,
// I inference.

const (
	own       = "berth's own choice"
	classCode = "Container class source"
)

// language returns the root of the table, built once and never changed.
var language = sync.OnceValue(languageTable)

func languageTable() *field {
	return &field{doc: "A scenario: one account, its apps and their traffic.", fields: []*field{
		{name: "name", kind: nameText, doc: "Name of the scenario in reports.", defDoc: "the file's name", derived: func(r *resolver, _ *value) string { return r.defaultName() }, source: own},
		{name: "description", kind: freeText, doc: "What the scenario is about; any text."},
		{name: "month", kind: month, doc: "Calendar month simulated and billed; prices as of its first day unless as_of is given."},
		{name: "duration", kind: span, positive: true, doc: "Horizon; beside month a part of it, and usage is scaled to the month.", defDoc: "the whole month"},
		{name: "as_of", kind: date, doc: "Date of prices, instance types and limits.", defDoc: "the first day of month"},
		{name: "start", kind: date, doc: "Calendar instant of simulated time 0, UTC.", defDoc: "the first day of month, or as_of"},
		{name: "month_hours", kind: span, any: []string{"calendar"}, positive: true, doc: "Length of the billed month that usage is scaled to.", defDoc: "calendar with month, else 730h",
			derived: func(_ *resolver, v *value) string {
				if v.has("month") {
					return "calendar"
				}
				return "730h"
			}, source: own},
		{name: "warmup", kind: span, doc: "Time at the beginning that is simulated but not counted.", def: "0s", source: own},
		{name: "seed", kind: integer, min: bound(0), doc: "Seed of all random numbers.", def: "1", source: own},
		{name: "world", kind: word, any: worldNames(), doc: "Whose description of the platform holds: types, limits, meter, presets, sleep mode and defaults at once.", def: "official", source: "official documentation", grade: "A"},
		networkField(),
		hostsField(),
		accountField(),
		outagesField(),
		{name: "apps", freeKey: "app name", free: appField(), needed: true, doc: "The apps of the account."},
		{name: "observe", many: true, elem: &field{kind: span}, doc: "Instants, in order, at which busy instances and requests in flight are counted."},
		{name: "slo", many: true, elem: &field{kind: slo}, doc: `Target lines, such as "p99(latency) < 3s", "errors < 1%", "bill < 400 USD"; before the metric "app:" restricts it to one app.`},
		{name: "budget", kind: usd, doc: "Budget of the month; the report says how likely the bill exceeds it."},
		{name: "end", kind: word, any: []string{"cut", "drain"}, doc: "At the horizon open runs are cut, or no request arrives any more and every instance runs to its own end.", def: "cut", source: own},
		planField(),
	}}
}

func networkField() *field {
	return &field{name: "network", kind: word, any: []string{"none", "model"}, short: "hops", def: "{}", doc: "The network between clients, PoPs and instances; none makes every hop take no time.", fields: []*field{
		{name: "hops", kind: word, any: []string{"none", "model"}, doc: "Whether hops take time.", def: "model", source: own},
		{name: "jitter", kind: share, min: bound(0), max: bound(10), doc: "Mean of the exponential jitter of a hop, as a share of its round trip.", def: "5%", source: "inference; published matrices hold medians only", grade: "I"},
		{name: "same_pop", kind: span, max: bound(1), doc: "Round trip inside a PoP.", def: "500us", source: "inference", grade: "I"},
		{name: "rerouted", kind: share, min: bound(0), max: bound(0.5), doc: "Share of requests that reach not the nearest PoP but one of the next; more at loaded PoPs.", def: "10%", source: "inference; anycast is not geography", grade: "I"},
		{name: "china", kind: boolean, doc: "The partner PoPs in mainland China are on.", def: "false", source: "they serve customers of the China Network alone", grade: "A"},
	}}
}

func hostsField() *field {
	return &field{name: "hosts", kind: word, any: []string{"default", "all"}, short: "which", def: "{}", doc: "Which PoPs run containers, how many places they have and how they pull images.", elem: &field{kind: text}, fields: []*field{
		{name: "which", setting: "container_hosts", kind: word, any: []string{"default", "all"}, elem: &field{kind: text}, doc: "default (every Durable Object host, five PoPs known to run containers, filled by demand), all, or a list of PoPs.", def: "default", source: "not published", grade: "I"},
		{name: "share", kind: share, min: bound(0), max: bound(1), positive: true, doc: "Instead of which: this share of all PoPs, chosen like the default."},
		{name: "count", kind: integer, min: bound(1), max: bound(400), doc: "Number of PoPs of the default rule.", def: "120", source: "not published; a subset of tiers 1 and 2", grade: "I"},
		{name: "places", kind: integer, min: bound(1), any: []string{"unlimited"}, doc: "Instances all hosts can hold together, spread by demand.", def: "20000", source: "not published; the largest account may hold 15,000 instances", grade: "I"},
		{name: "min_places", kind: integer, min: bound(0), doc: "Places every host has at least.", def: "20", source: "inference", grade: "I"},
		{name: "cache", kind: size, any: []string{"unlimited"}, positive: true, doc: "Image cache of one PoP.", def: "2TB", source: "not published", grade: "I"},
		{name: "cache_warm", kind: boolean, doc: "Caches hold the images before the start.", def: "true", source: own},
		{name: "pull", kind: speed, doc: "Bandwidth at which one PoP pulls images.", def: "1Gbit/s", source: "30 GB in 4 minutes, container platform preview post of 2024-09-27", grade: "C"},
		{name: "unpack", kind: speed, doc: "Speed of unpacking, of unpacked size.", def: "500MB/s", source: "inference", grade: "I"},
	}}
}

func accountField() *field {
	limit := func(name string, k kind, doc string) *field {
		return &field{name: name, kind: k, any: []string{"none"}, positive: true, doc: doc, defDoc: "by date, from the catalogue"}
	}
	return &field{name: "account", def: "{}", doc: "Limits, prices and discount of the account; all its apps share them.", fields: []*field{
		{name: "limits", doc: "Overrides of the account's limits; customers get more by contract.", fields: []*field{
			limit("vcpu", vcpu, "Concurrent vCPU."),
			limit("memory", size, "Concurrent memory."),
			limit("disk", size, "Concurrent disk."),
			limit("image_storage", size, "Stored images."),
			limit("starts", rate, "Starts a second before 429."),
			limit("do_requests", rate, "Soft limit of requests at one Durable Object."),
		}},
		{name: "prices", freeKey: "SKU of the price book", free: &field{kind: decimal, min: bound(0)}, doc: "Own rates by SKU (berth list prices)."},
		{name: "cpu_meter", setting: "cpu_meter", kind: word, any: []string{"active", "provisioned"}, doc: "CPU that is billed: the time used, or the type's CPU while awake.", def: "active", source: "changelog of 2025-11-21", grade: "A"},
		{name: "discount", kind: share, min: bound(0), max: bound(1), doc: "Discount on every line but the base.", def: "0%", source: own},
	}}
}

func outagesField() *field {
	return &field{name: "outages", def: "{}", doc: "Failures of hosts and PoPs.", fields: []*field{
		{name: "host_restarts", setting: "host_restarts_per_hour", kind: rate, doc: "Host restarts an instance meets while it runs.", def: "0/h", source: "irregular, no rate published", grade: "I"},
		{name: "pops", kind: rate, doc: "Outages of one PoP.", def: "0/h", source: "none unless asked for", grade: "I"},
		{name: "pop_duration", kind: law, unit: unitSeconds, doc: "How long an outage of a PoP lasts.", def: "exponential(mean=1h)", source: "inference", grade: "I"},
	}}
}
