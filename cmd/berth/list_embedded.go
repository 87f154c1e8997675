package main

import (
	"slices"
	"strconv"
	"strings"

	"berth/data"
	"berth/models/geo"
	"berth/models/image"
	"berth/models/keepalive"
	"berth/models/placement"
	"berth/models/platform"
	"berth/models/routing"
	"berth/scenarios"
)

// listPops shows every point of presence, those of the partner network in China
// included, and which host containers by the default rule.
func listPops(v platform.View) (listing, error) {
	l := listing{title: "Points of presence; hosts of containers by the default rule, an inference",
		heads: []string{"Code", "City", "Country", "Region", "Egress", "Objects", "Containers", "Network", "Latitude", "Longitude"}, detail: 2}
	world, err := geo.Default()
	if err != nil {
		return l, err
	}
	hosts, err := world.ContainerHosts(geo.HostSpec{})
	if err != nil {
		return l, err
	}
	m := v.EgressMap()
	for _, p := range data.Pops() {
		i, known := world.Index(p.IATA)
		network := "global"
		if p.China {
			network = "China (off)"
		}
		l.add(p.IATA, p.City, p.Country, p.Region, m.Region(p.Country, string(p.Egress)), yes(p.DOHost), yes(known && slices.Contains(hosts, i)),
			network, strconv.FormatFloat(p.Lat, 'f', 4, 64), strconv.FormatFloat(p.Lon, 'f', 4, 64))
	}
	return l, nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// listPolicies shows every name that a policy key takes.
func listPolicies(platform.View) (listing, error) {
	l := listing{title: "Policies; hypothetical ones do not exist on the platform", heads: []string{"Decision", "Name", "What it does"}}
	for _, r := range routings {
		l.add("route", r[0], r[1])
	}
	for _, p := range placement.Policies {
		l.add("placement", p.Name, p.Doc)
	}
	for _, p := range routing.Picks {
		l.add("pool pick", p.Name, p.Doc)
	}
	for _, p := range image.Policies {
		l.add("prefetch", p.Name, p.Doc)
	}
	for _, p := range keepalive.Policies {
		l.add("keep-alive", p.Name, p.Doc)
	}
	return l, nil
}

// routings are the values of route.by in words.
var routings = [][2]string{
	{"session", "one Durable Object and instance a user session"},
	{"key", "one a key, keys by Zipf popularity"},
	{"random-n", "one of N fixed instances, drawn uniformly without regard to load or place"},
	{"singleton", "one for everything"},
	{"per-request", "a fresh one a request: jobs"},
	{"least-in-flight", "hypothetical: of N fixed instances the one with the fewest requests inside"},
	{"autoscale", "hypothetical: nearest ready instance, a new one above the target use"},
	{"pool", "hypothetical: instances behind one central queue"},
}

func listScenarios(platform.View) (listing, error) {
	l := listing{title: "Library of scenarios: berth run NAME", heads: []string{"Name", "Question"}}
	for _, e := range scenarios.Library() {
		l.add(e.Name, strings.TrimSpace(e.Question))
	}
	return l, nil
}
