package edge

import (
	"math"

	"berth/models/workload"
	"berth/sim"
)

// awake is how many instances of an app are awake at once, about. Room for them is
// made at the start, since slabs that grow are copied. 0 when nothing is known.
func (m *Model) awake(a *app) int {
	n := m.awakeKeyed(a) + m.awakeSessions(a)
	if most := a.cfg.MaxInstances; most > 0 {
		n = min(n, float64(most))
	}
	return int(n)
}

// awakeSessions counts the instances of sessions that have one each: those that
// come within the time that a session and then its idle instance stay.
func (m *Model) awakeSessions(a *app) float64 {
	n, whole := 0.0, m.cfg.Duration.Seconds()
	for _, en := range m.entries {
		if en.app != a.index || a.route != routeSession || en.cfg.Kind != workload.Sessions || en.think == nil && en.gap == nil {
			continue
		}
		length, pause := 1.0, en.think
		if en.perSession != nil {
			length = en.perSession.Mean()
		}
		if pause == nil {
			pause = en.gap
		}
		stay := length*pause.Mean()/perSecond + min(whole, a.cfg.SleepAfter.Seconds())
		n += en.arrivals.Expected(0, m.cfg.Duration) * min(1, stay/whole)
	}
	return n
}

// awakeKeyed counts the ids of an app with fixed ones for which a request has come
// within the time that an instance stays.
func (m *Model) awakeKeyed(a *app) float64 {
	rate := 0.0 // 1/s
	for _, en := range m.entries {
		if en.app == a.index && en.keyed {
			rate += en.arrivals.Expected(0, m.cfg.Duration) / m.cfg.Duration.Seconds()
		}
	}
	stay := m.cfg.Duration
	if after := a.cfg.SleepAfter; after < m.cfg.Duration {
		stay = min(stay, after+sim.Time(a.platform.Mean()+a.init.Mean()))
	}
	if rate == 0 || a.fixedIDs == 0 {
		return 0
	}
	alpha := 0.0
	if a.keys != nil {
		alpha = a.cfg.Route.Alpha
	}
	return awakeIDs(float64(a.fixedIDs), alpha, rate*stay.Seconds())
}

// awakeIDs is the expected number of n ids, asked for in proportion to
// rank^-alpha, that at least one of so many requests asks for. Ranks are taken
// together within a twentieth of their size.
func awakeIDs(n, alpha, requests float64) float64 {
	type group struct{ ids, weight float64 }
	var groups []group
	sum := 0.0
	for from := 1.0; from <= n; {
		to := min(n+1, math.Floor(from*1.05)+1)
		g := group{to - from, math.Pow((from+to-1)/2, -alpha)}
		sum += g.ids * g.weight
		groups = append(groups, g)
		from = to
	}
	awake := 0.0
	for _, g := range groups {
		awake -= g.ids * math.Expm1(-requests*g.weight/sum)
	}
	return awake
}
