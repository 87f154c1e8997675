package scenarios

// The table of keys: the planner's search space and rules.

// planned are the keys of an app that the planner can vary.
var planned = []struct{ name, doc string }{
	{"instance_type", "Types to try, named or custom; all is every named type of the day."},
	{"sleep_after", "Times to try."},
	{"max_instances", "Limits to try."},
	{"concurrency", "Limits of requests in flight to try."},
	{"warm_pool", "Sizes of an own warm pool to try."},
	{"keep_warm", "Periods of a cron to try; none is no cron."},
	{"placement", "Placements to try."},
	{"route", "Routings to try, where the application's code allows another."},
}

func planField() *field {
	return &field{name: "plan", doc: "Search space and rules of the planner (berth plan).", fields: []*field{
		{name: "apps", freeKey: "app to plan", free: planAppField(), doc: "What is tried for each app. An app that is not named here is planned over all types that fit and eight times of sleep_after."},
		{name: "indifference", kind: share, min: bound(0), max: bound(0.5), positive: true, doc: "Difference in the bill that is worth no further runs, as a share of the bill.", def: "1%", source: own},
		{name: "confidence", kind: share, min: bound(0.5), max: bound(0.9999), doc: "Probability with which the choice is the cheapest of those ranked, or within the indifference of it.", def: "95%", source: own},
		{name: "tolerance", kind: share, min: bound(0), max: bound(0.5), positive: true, doc: "Margin to a target's threshold within which a configuration may count as missing it, as a share of the threshold.", def: "2%", source: own},
		{name: "finalists", kind: integer, min: bound(2), max: bound(10_000), doc: "Configurations that are ranked after one run of each.", def: "40", source: own},
		{name: "replications", kind: integer, min: bound(2), max: bound(100_000), doc: "Most replications of one finalist.", def: "100", source: own},
		{name: "horizon", kind: span, any: []string{"whole"}, positive: true, doc: "Span that the runs of the search measure; whole is the scenario's own.", defDoc: "whole cycles of the traffic with about 100,000 requests", source: own},
	}}
}

// planAppField is the search space of an app: each key takes values of the
// app's own key of that name.
func planAppField() *field {
	out := &field{name: "planned_app", kind: word, any: []string{"keep"}, doc: "Search space of one app; keep leaves the app as it is."}
	app := appField()
	for _, p := range planned {
		own := app.child(p.name)
		if own.elem != nil {
			own = own.elem
		}
		value := own.bare()
		value.name, value.doc = p.name+"_choice", ""
		value.ranges = value.kind == span || value.kind == integer
		if p.name == "keep_warm" {
			value.child("every").any = []string{"none"}
		}
		out.fields = append(out.fields, &field{name: p.name, many: true, elem: value, doc: p.doc})
	}
	return out
}

// bare is a copy of the field that fills in no default.
func (f *field) bare() *field {
	c := *f
	c.def, c.setting, c.derived, c.defDoc, c.source, c.grade = "", "", nil, "", "", ""
	c.fields = nil
	for _, k := range f.fields {
		c.fields = append(c.fields, k.bare())
	}
	if f.elem != nil {
		c.elem = f.elem.bare()
	}
	if f.free != nil {
		c.free = f.free.bare()
	}
	return &c
}
