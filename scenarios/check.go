package scenarios

import (
	"fmt"
	"math"

	"berth/data"
	"berth/models/edge"
	"berth/models/platform"
	"berth/models/workload"
	"berth/sim"
)

// warnings says what a careful reader would ask about: nothing here forbids a
// run.
func (b *builder) warnings() {
	if b.problems.Failed() {
		return
	}
	b.dateWarnings()
	total := 0
	for i, v := range b.apps() {
		a := &b.cfg.Apps[i]
		b.hypotheticals(v, a)
		b.routeWarnings(v, a)
		b.sleepWarnings(v, a)
		if b.capacityWarnings(v, a) {
			total++
		}
		b.loadWarnings(v, a)
	}
	if total == 0 {
		b.sharedTotals()
	}
}

// dateWarnings are those of the catalogue: before the launch, after the newest
// known change, a change inside the run, another world.
func (b *builder) dateWarnings() {
	first, last := b.view.Date(), b.lastDay()
	list := b.view.Warnings()
	if first.Before(last) {
		list = b.view.WarningsIn(first, last)
	}
	for _, w := range list {
		at := b.firstOf("as_of", "month", "start")
		if w.Code == "world" {
			at = b.root.at("world")
		}
		b.warn(at, "", "%s", w.Text)
	}
	if b.cfg.UserData {
		b.warn(b.firstOf("account"), "", "user-supplied prices, limits or types are in force")
	}
}

// hypotheticals labels what the platform does not have.
func (b *builder) hypotheticals(v *value, a *edge.App) {
	label := func(at *value, what string) {
		b.warn(at, "", "hypothetical: %s", what)
	}
	if a.Route.Hypothetical {
		label(v.at("route", "by"), "the platform has no "+a.Route.By+" routing")
	}
	if a.Min.N > 0 || len(a.Min.ByRegion) > 0 {
		label(v.at("min_instances"), "the platform has no min_instances")
	}
	if a.KeepAlive.Adaptive() {
		label(v.at("keep_alive", "policy"), "the platform has no keep-alive policy but sleep_after; "+a.KeepAlive.Policy+" would be code of the app's own object")
	}
	if a.SleepMode == edge.SleepSuspend {
		label(v.at("sleep_mode"), "no official source describes an instance whose memory survives sleep")
	}
	if since := (data.Date{Year: 2026, Month: 9, Day: 30}); a.SleepMode == edge.SleepSnapshot && b.asOf.Before(since) {
		label(v.at("sleep_mode"), "snapshots came as a beta on 2026-09-30")
	}
}

// routeWarnings are about traffic whose ids the routing ignores.
func (b *builder) routeWarnings(v *value, a *edge.App) {
	for i, t := range a.Traffic {
		named := t.Kind == workload.Population || len(t.Clients) > 0 && t.Clients[0].At != nil && t.Clients[0].Key != "a"
		if named && a.Route.By != "session" {
			b.warn(v.at("route"), "write route: session", "the ids of %s have no meaning with %s routing", a.Traffic[i].Name, a.Route.By)
		}
	}
}

// sleepWarnings are about instances that will not sleep, or not exit.
func (b *builder) sleepWarnings(v *value, a *edge.App) {
	idle := a.SleepAfter + a.SleepLag
	adaptive := a.KeepAlive.Adaptive()
	if a.SleepAfter == sim.Never && !adaptive {
		b.warn(v.at("sleep_after"), "", "instances run, and are billed, until a host restart or the end of the run")
	}
	for i, t := range a.Touches {
		if a.SleepAfter != sim.Never && !adaptive && t.Every <= idle {
			b.warn(v.at("keep_warm").items[i], "", "touches the instances every %v, more often than sleep_after (%v): they never sleep", t.Every, a.SleepAfter)
		}
	}
	if a.IgnoreTerm {
		b.warn(v.at("shutdown"), "handle SIGTERM in the image", "every stop takes %v until SIGKILL; the instance holds its place and is billed meanwhile", a.KillAfter)
	}
	n := fixedInstances(a)
	if n == 0 || adaptive || a.SleepAfter == sim.Never || a.End != edge.EndSleep {
		return
	}
	perInstance := arrivals(a) / float64(n)
	if gaps := perInstance * idle.Seconds(); gaps > 1 {
		each := "it"
		if n > 1 {
			each = fmt.Sprintf("each of the %d instances", n)
		}
		b.warn(v.at("route"), "fewer instances, or a shorter sleep_after", "%s is asked every %v on average, more often than sleep_after (%v), so it hardly ever sleeps: an idle gap is long enough with probability %s",
			each, sim.FromSeconds(roundTo(1/perInstance, 3)), a.SleepAfter, smallShare(math.Exp(-gaps)))
	}
}

// fixedInstances is the number of instances a routing names in advance, or 0.
func fixedInstances(a *edge.App) int {
	switch a.Route.By {
	case "singleton":
		return 1
	case "random-n", "least-in-flight":
		return a.Route.N
	}
	return 0
}

// capacityWarnings compares max_instances with the account's totals.
func (b *builder) capacityWarnings(v *value, a *edge.App) bool {
	if a.MaxInstances == 0 || a.Type.VCPU1024 == 0 {
		return false
	}
	bound := accountBound(b.cfg.Account, a.Type)
	if int64(a.MaxInstances) <= bound.Instances {
		return false
	}
	b.warn(v.at("max_instances"), "", "%d x %s is above the account's total of %s, which allows %d", a.MaxInstances, a.Type.Name, bound.Limit, bound.Instances)
	return true
}

func accountBound(acc edge.Account, t platform.InstanceType) platform.Bound {
	least := platform.Bound{Limit: "none", Instances: platform.Unbounded}
	for _, x := range []struct {
		name        string
		total, each int64
	}{{"vCPU", acc.VCPU1024, t.VCPU1024}, {"memory", acc.MemoryMiB, t.MemoryMiB}, {"disk", acc.DiskMB, t.DiskMB}} {
		if x.total > 0 && x.each > 0 && x.total/x.each < least.Instances {
			least = platform.Bound{Limit: x.name, Instances: x.total / x.each}
		}
	}
	return least
}

// sharedTotals warns when the apps fit the account one by one but not together.
func (b *builder) sharedTotals() {
	var vcpu, memory, disk int64
	for _, a := range b.cfg.Apps {
		n := int64(a.MaxInstances)
		vcpu, memory, disk = vcpu+n*a.Type.VCPU1024, memory+n*a.Type.MemoryMiB, disk+n*a.Type.DiskMB
	}
	acc := b.cfg.Account
	for _, x := range []struct {
		name       string
		used, most int64
	}{{"vCPU", vcpu, acc.VCPU1024}, {"memory", memory, acc.MemoryMiB}, {"disk", disk, acc.DiskMB}} {
		if x.most > 0 && x.used > x.most && len(b.cfg.Apps) > 1 {
			b.warn(b.root.at("apps"), "", "the max_instances of all apps together need %.0f %% of the account's total of %s", 100*float64(x.used)/float64(x.most), x.name)
		}
	}
}

// loadWarnings compares the mean load with what may run.
func (b *builder) loadWarnings(v *value, a *edge.App) {
	if a.MaxInstances > 0 {
		if up, why := expectedInstances(a); up > float64(a.MaxInstances) {
			b.warn(v.at("max_instances"), "", "about %.0f instances are expected at once (%s), above max_instances %d: requests will fail", up, why, a.MaxInstances)
		}
	}
	rate := arrivals(a)
	if n := fixedInstances(a); n > 0 && a.Work.CPU != nil && a.Service == edge.ProcessorSharing {
		if load := rate * a.Work.CPU.Mean() / (float64(n) * a.Type.VCPU()); load >= 1 {
			b.warn(v.at("route"), "more instances, or a larger type", "the requests need %.2g times the CPU of %s", load, instancesText(n, a.Type.Name))
		}
		if limit := b.cfg.Account.DORequestsPerS; limit > 0 && rate/float64(n) > float64(limit) {
			b.warn(v.at("route"), "spread the requests over more objects", "a Durable Object gets %.0f requests/s, above its soft limit of %d", rate/float64(n), limit)
		}
	}
}

func instancesText(n int, name string) string {
	if n == 1 {
		return "one " + name
	}
	return fmt.Sprintf("%d x %s", n, name)
}

// imageStorage checks the account's stored images.
func (b *builder) imageStorage() {
	if b.cfg.Account.ImageStorageMB == 0 || len(b.cfg.Apps) != len(b.apps()) {
		return
	}
	total := int64(0)
	for i, v := range b.apps() {
		im := b.cfg.Apps[i].Image
		if im.External {
			continue
		}
		total += im.CompressedMB * int64(im.Versions)
		if total > b.cfg.Account.ImageStorageMB {
			b.fail(v.at("image", "compressed"), "retain fewer versions", "the stored images reach %d MB, above the account's %d MB", total, b.cfg.Account.ImageStorageMB)
			return
		}
	}
}

func smallShare(p float64) string {
	if p < 1e-6 {
		return "below 0.000001"
	}
	return fmt.Sprintf("%.2g", p)
}

func roundTo(x float64, digits int) float64 {
	if x <= 0 {
		return 0
	}
	scale := math.Pow(10, float64(digits-1)-math.Floor(math.Log10(x)))
	return math.Round(x*scale) / scale
}
