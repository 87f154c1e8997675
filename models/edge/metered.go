package edge

import (
	"math/big"

	"berth/models/billing"
	"berth/models/geo"
	"berth/models/instance"
	"berth/models/result"
	"berth/sim/stats"
)

// metered is what containers of one region used, as the bill reads it. Sums over
// the regions are the app's.
type metered struct {
	work      stats.Sum128 // of requests, 1/1024 vCPU-ns; what was done before warm-up is taken back in minusWork
	runMs     stats.Sum128 // billed ms
	startWork stats.Sum128 // 1/1024 vCPU-ns
	idleWork  stats.Sum128
	doAwakeNs stats.Sum128
	alarms    int64
	egress    [billing.NumEgress]stats.Sum128 // bytes
}

func (m *metered) add(o *metered) {
	m.work.AddSum(o.work)
	m.runMs.AddSum(o.runMs)
	m.startWork.AddSum(o.startWork)
	m.idleWork.AddSum(o.idleWork)
	m.doAwakeNs.AddSum(o.doAwakeNs)
	m.alarms += o.alarms
	for r := range o.egress {
		m.egress[r].AddSum(o.egress[r])
	}
}

// metered is what the app used in all regions.
func (a *appState) metered() *metered {
	var sum metered
	for r := range a.used {
		sum.add(&a.used[r])
	}
	return &sum
}

// usedAt are the tallies of the region of an instance that runs.
func (e *engine) usedAt(a *appState, in *instance.Instance) *metered {
	return &a.used[e.m.popRegion[in.Pop]]
}

// usageIn is the app's usage in one region: what containers used where they ran,
// and requests where they entered.
func (a *appState) usageIn(r geo.Region, entered int64) billing.AppUsage {
	return a.meters(&a.used[r], a.used[r].cpu(), entered, entered).Usage(a.out.Name)
}

// cpu is active CPU of all kinds, 1/1024 vCPU-ns.
func (m *metered) cpu() *big.Int {
	sum := m.work
	sum.AddSum(m.startWork)
	sum.AddSum(m.idleWork)
	return sum.BigInt()
}

// usageByRegion tallies usage by region for a bill that is split over them.
func (e *engine) usageByRegion() {
	for r := geo.Region(0); r < geo.NumRegions; r++ {
		var u billing.Usage
		seen := false
		for i := range e.apps {
			a := &e.apps[i]
			entered := int64(0)
			for p, n := range a.workerAt {
				if geo.Region(e.m.popRegion[p]) == r {
					entered += n
				}
			}
			u.Apps = append(u.Apps, a.usageIn(r, entered))
			seen = seen || entered > 0 || a.used[r].alarms > 0 || a.used[r].runMs != stats.Sum128{}
		}
		if seen {
			e.out.UsageIn = append(e.out.UsageIn, billing.RegionUsage{Region: r.String(), Usage: u})
		}
	}
}

// placeTally counts measured requests of one client place.
type placeTally struct{ n, metres int64 }

// placeRuns lists the places whose requests were measured.
func (e *engine) placeRuns(a *appState) []result.PlaceRun {
	var out []result.PlaceRun
	for i, t := range a.asked {
		if t.n == 0 {
			continue
		}
		o := &e.m.origin[i]
		out = append(out, result.PlaceRun{Name: o.Name, Country: o.Country, Region: o.Region.String(), Lat: o.Point.Lat, Lon: o.Point.Lon, Measured: t.n, Metres: t.metres})
	}
	result.SortPlaces(out)
	return out
}
