package scenarios

import (
	"fmt"
	"strings"

	"berth/models/edge"
	"berth/models/geo"
)

func (b *builder) route(v *value, maxInstances int) edge.Route {
	rt := v.at("route")
	by := rt.at("by").word()
	r := edge.Route{
		By: by, N: rt.at("n").intOr(0), Keys: int(rt.at("keys").num()), Alpha: rt.at("alpha").num(),
		TargetCPU: rt.at("target_cpu").num(), TargetMemory: rt.at("target_memory").num(), MinN: int(rt.at("min").int()), MaxN: maxInstances,
		PerInstance: rt.at("per_instance").intOr(0), Pick: rt.at("pick").word(), Queue: rt.at("queue").intOr(-1),
		SetupPerWaiting: rt.at("setup").word() == "one-per-waiting",
		Hint:            v.at("location_hint").word(), Jurisdiction: v.at("jurisdiction").word(),
		At: b.pop(rt.at("at")), Hypothetical: hypotheticalRoutings[by],
	}
	if by != "pool" {
		r.Queue = 0
	}
	if rt.has("max") {
		r.MaxN = int(rt.at("max").int())
	}
	if by == "autoscale" && r.MaxN > 0 && r.MinN > r.MaxN {
		b.fail(rt.at("min"), "", "min %d is above max %d", r.MinN, r.MaxN)
	}
	if (by == "random-n" || by == "least-in-flight") && r.N == 0 {
		b.fail(rt.at("n"), "", "only a pool may be unlimited")
	}
	if r.Hint == "" && r.Jurisdiction == "" {
		return r
	}
	if _, err := b.world.NewDOPlacement(geo.DOSpec{Hint: r.Hint, Jurisdiction: r.Jurisdiction}); err != nil {
		at := v.at("jurisdiction")
		if at == nil {
			at = v.at("location_hint")
		}
		b.joined(at, err)
	}
	return r
}

func (b *builder) placement(v *value) edge.Placement {
	p := v.at("placement")
	pl := edge.Placement{
		Policy: p.at("policy").word(), Near: p.at("near").word(), Regions: upper(p.at("regions").texts()), Jurisdiction: p.at("jurisdiction").word(),
		Pops: upper(p.at("pops").texts()), SmartWorker: v.at("worker", "placement").word() == "smart",
	}
	if t := p.at("tiers"); t != nil {
		for _, item := range t.items {
			pl.Tiers = append(pl.Tiers, int(item.int()))
		}
	}
	switch {
	case pl.Policy == "fixed" && len(pl.Pops) == 0 && len(pl.Regions) == 0:
		b.fail(p.at("policy"), "such as {policy: fixed, pops: [IAD, FRA]}", "the policy fixed needs pops or regions")
	case pl.Policy != "fixed" && len(pl.Pops) > 0:
		b.fail(p.at("pops"), "write policy: fixed", "pops have no meaning with the policy %s", pl.Policy)
	}
	b.someHost(p, pl)
	return pl
}

// someHost checks that a container PoP satisfies the constraint.
func (b *builder) someHost(p *value, pl edge.Placement) {
	if _, err := b.view.Constrain(pl.Regions, pl.Jurisdiction); err != nil {
		at := p.at("regions")
		if at == nil {
			at = p.at("jurisdiction")
		}
		b.joined(at, err)
		return
	}
	at := p
	for _, key := range []string{"pops", "tiers", "jurisdiction", "regions"} {
		if p.has(key) {
			at = p.at(key)
		}
	}
	allowed, problems := b.world.Allowed(geo.Constraint{Regions: pl.Regions, Jurisdiction: pl.Jurisdiction, Tiers: pl.Tiers}, b.cfg.AsOf)
	failed := false
	for _, x := range problems {
		if !x.Warning {
			failed = true
			b.fail(at, "", "%s", x.Reason)
		}
	}
	if len(pl.Pops) > 0 {
		if _, err := b.world.Indices(pl.Pops); err != nil {
			b.joined(p.at("pops"), err)
			return
		}
	}
	if failed || b.hosts == nil {
		return
	}
	some := false
	listed := map[string]bool{}
	for _, code := range pl.Pops {
		listed[code] = true
	}
	hosts := map[string]bool{}
	for _, h := range b.hosts {
		code := b.world.PoPs[h].IATA
		hosts[code] = true
		some = some || allowed[h] && (len(pl.Pops) == 0 || listed[code])
	}
	for i, code := range pl.Pops {
		if !hosts[code] {
			item := p.at("pops")
			if item.form == list && i < len(item.items) {
				item = item.items[i]
			}
			b.fail(item, "add it to hosts, or name another PoP", "%s hosts no containers", code)
		}
	}
	if !some && len(pl.Pops) == 0 {
		b.fail(at, "widen the constraint, or hosts", "no PoP that hosts containers satisfies it (%s)", constraintText(pl))
	}
}

func constraintText(pl edge.Placement) string {
	var parts []string
	if len(pl.Regions) > 0 {
		parts = append(parts, "regions "+strings.Join(pl.Regions, ", "))
	}
	if pl.Jurisdiction != "" {
		parts = append(parts, "jurisdiction "+pl.Jurisdiction)
	}
	if len(pl.Tiers) > 0 {
		parts = append(parts, fmt.Sprintf("tiers %v", pl.Tiers))
	}
	if len(parts) == 0 {
		return "hosts"
	}
	return strings.Join(parts, "; ")
}
