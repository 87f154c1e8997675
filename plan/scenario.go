package plan

import (
	"strings"

	"berth/models/edge"
	"berth/models/result"
)

// scenarioInfo is what a report says of the scenario itself.
func scenarioInfo(cfg *edge.Config, replications int) result.ScenarioInfo {
	s := result.ScenarioInfo{Name: cfg.Name, World: cfg.World, Seed: cfg.Seed, Start: cfg.Start, Month: cfg.Month, AsOf: cfg.AsOf,
		Duration: cfg.Duration, Warmup: cfg.Warmup, MonthHours: cfg.MonthHours, Replications: replications, Text: cfg.Text,
		UserData: cfg.UserData, BudgetUSD: cfg.BudgetUSD}
	for i := range cfg.Apps {
		s.Apps = append(s.Apps, appInfo(&cfg.Apps[i]))
	}
	for _, o := range cfg.Origins {
		s.Origins = append(s.Origins, result.OriginInfo(o))
	}
	for _, a := range cfg.Assumptions {
		s.Assumptions = append(s.Assumptions, result.AssumptionInfo(a))
	}
	return s
}

func appInfo(a *edge.App) result.AppInfo {
	info := result.AppInfo{Name: a.Name, Type: a.Type.Name, VCPU: a.Type.VCPU(), MemoryMiB: a.Type.MemoryMiB, DiskMB: a.Type.DiskMB,
		MaxInstances: a.MaxInstances, SleepAfter: a.SleepAfter, Route: a.Route.By, Placement: placementText(&a.Place), Hypothetical: hypothetical(a)}
	if a.KeepAlive.Adaptive() {
		info.KeepAlive = a.KeepAlive.Policy
	}
	return info
}

// placementText is the policy with its constraints.
func placementText(p *edge.Placement) string {
	words := []string{p.Policy}
	if len(p.Pops) > 0 {
		words = append(words, "at "+strings.Join(p.Pops, ", "))
	}
	if len(p.Regions) > 0 {
		words = append(words, "in "+strings.Join(p.Regions, ", "))
	}
	if p.Jurisdiction != "" {
		words = append(words, "under "+p.Jurisdiction)
	}
	return strings.Join(words, " ")
}

// hypothetical names what the platform does not offer.
func hypothetical(a *edge.App) []string {
	var list []string
	if a.Route.Hypothetical {
		list = append(list, "route: "+a.Route.By)
	}
	if a.Min.N > 0 || len(a.Min.ByRegion) > 0 {
		list = append(list, "min_instances")
	}
	if a.SleepMode == edge.SleepSuspend {
		list = append(list, "sleep_mode: suspend")
	}
	if a.KeepAlive.Adaptive() {
		list = append(list, "keep_alive: "+a.KeepAlive.Policy)
	}
	return list
}
