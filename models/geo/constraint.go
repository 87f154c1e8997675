package geo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Constraint restricts where an app's containers may run. The zero value restricts nothing.
type Constraint struct {
	Regions      []string // of ENAM WNAM EEUR WEUR APAC SAM ME OC AFR, in either case
	Jurisdiction string   // eu, fedramp or us
	Tiers        []int    // of 1, 2, 3; see Tier
}

// Problem is something wrong with, or doubtful about, a constraint.
type Problem struct {
	Field   string // regions, jurisdiction or tiers
	Value   string
	Reason  string // a sentence for people: what is wrong and what to do
	Warning bool   // usable all the same
}

func (p Problem) Error() string { return fmt.Sprintf("%s: %s", p.Field, p.Reason) }

// Dates from which the platform takes each kind of constraint.
var (
	regionsSince        = time.Date(2026, 4, 15, 0, 0, 0, 0, time.UTC)
	usJurisdictionSince = time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC)
)

// firstRegions came on regionsSince; the others came later, on a day that is not known.
var firstRegions = []Region{ENAM, WNAM, EEUR, WEUR}

// scarceRegions have little capacity and may not stand alone.
var scarceRegions = []Region{ME, OC, AFR}

// jurisdiction is a legal area: regions that may be named inside it, and countries whose PoPs lie in it.
type jurisdiction struct {
	regions   []Region
	countries []string
	since     time.Time
}

// jurisdictions by name. The platform documents the regions; that a PoP must also stand in a member state (so that London and
// Zurich are not eu, nor Toronto us or fedramp) is what the names say (grade I).
var jurisdictions = map[string]jurisdiction{
	"eu":      {[]Region{EEUR, WEUR}, strings.Fields("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"), regionsSince},
	"fedramp": {[]Region{ENAM, WNAM}, []string{"US"}, regionsSince},
	"us":      {[]Region{ENAM, WNAM}, []string{"US"}, usJurisdictionSince},
}

func jurisdictionNames() []string { return []string{"eu", "fedramp", "us"} }

// holds reports whether a PoP lies in the jurisdiction.
func (j jurisdiction) holds(p PoP) bool {
	return slices.Contains(j.regions, p.Region) && slices.Contains(j.countries, p.Country)
}

// Tier returns the tier of a PoP. Tiers are named by the deployment tool (default 1 and 2) but their members are not published;
// here (grade I) tier 1 is the Durable Object hosts, tier 2 the other default container hosts, tier 3 the rest.
func (w *World) Tier(pop int) int {
	if w.PoPs[pop].DOHost {
		return 1
	}
	if hosts, err := w.hosts(); err == nil {
		if _, ok := slices.BinarySearch(hosts, pop); ok {
			return 2
		}
	}
	return 3
}

// Allowed marks the PoPs that satisfy a constraint as the rules stood at asOf. Problems lists everything wrong with it at once;
// the marks mean something only if all problems are warnings.
func (w *World) Allowed(c Constraint, asOf time.Time) (allowed []bool, problems []Problem) {
	regions := c.parseRegions(asOf, &problems)
	j := c.parseJurisdiction(asOf, regions, &problems)
	for _, t := range c.Tiers {
		if t < 1 || t > 3 {
			problems = append(problems, Problem{Field: "tiers", Value: fmt.Sprint(t), Reason: fmt.Sprintf("there is no tier %d; tiers are 1, 2 and 3", t)})
		}
	}
	allowed = make([]bool, len(w.PoPs))
	some := false
	for i, p := range w.PoPs {
		allowed[i] = (len(c.Regions) == 0 || slices.Contains(regions, p.Region)) && (j == nil || j.holds(p)) &&
			(len(c.Tiers) == 0 || slices.Contains(c.Tiers, w.Tier(i)))
		some = some || allowed[i]
	}
	if !some && !slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning }) {
		problems = append(problems, Problem{Field: "regions", Reason: "no PoP in use satisfies the constraint; widen it or use more PoPs"})
	}
	return allowed, problems
}

// parseRegions reads the regions and checks them one by one and together.
func (c Constraint) parseRegions(asOf time.Time, problems *[]Problem) []Region {
	var regions []Region
	add := func(value, reason string, warning bool) {
		*problems = append(*problems, Problem{"regions", value, reason, warning})
	}
	for _, s := range c.Regions {
		r, ok := ParseRegion(s)
		if !ok {
			add(s, unknown("region", s, upperKeys()).Error(), false)
			continue
		}
		regions = append(regions, r)
		if asOf.Before(regionsSince) {
			add(s, fmt.Sprintf("region %s is not available before 2026-04-15", s), false)
		} else if !slices.Contains(firstRegions, r) {
			add(s, fmt.Sprintf("region %s came after 2026-04-15, on a day that is not known", s), true)
		}
	}
	if len(regions) > 0 && !slices.ContainsFunc(regions, func(r Region) bool { return !slices.Contains(scarceRegions, r) }) {
		add(strings.Join(c.Regions, ", "), "ME, OC and AFR have limited capacity and are not allowed alone; add another region", false)
	}
	return regions
}

// parseJurisdiction reads the jurisdiction and checks that every region lies inside it.
func (c Constraint) parseJurisdiction(asOf time.Time, regions []Region, problems *[]Problem) *jurisdiction {
	if c.Jurisdiction == "" {
		return nil
	}
	add := func(field, value, reason string) {
		*problems = append(*problems, Problem{field, value, reason, false})
	}
	j, ok := jurisdictions[strings.ToLower(c.Jurisdiction)]
	if !ok {
		add("jurisdiction", c.Jurisdiction, unknown("jurisdiction", c.Jurisdiction, jurisdictionNames()).Error())
		return nil
	}
	if asOf.Before(j.since) {
		add("jurisdiction", c.Jurisdiction, fmt.Sprintf("jurisdiction %s is not available before %s", c.Jurisdiction, j.since.Format(time.DateOnly)))
	}
	for _, r := range regions {
		if !slices.Contains(j.regions, r) {
			key := strings.ToUpper(r.String())
			add("regions", key, fmt.Sprintf("region %s does not lie in jurisdiction %s; it allows %s", key, c.Jurisdiction, joinRegions(j.regions)))
		}
	}
	return &j
}

func upperKeys() []string {
	var out []string
	for _, k := range regionKeys {
		out = append(out, strings.ToUpper(k))
	}
	return out
}

func joinRegions(list []Region) string {
	var out []string
	for _, r := range list {
		out = append(out, strings.ToUpper(r.String()))
	}
	return strings.Join(out, ", ")
}
