package edge

import (
	"math/rand/v2"

	"berth/models/keepalive"
	"berth/sim"
	"berth/sim/rng"
)

// refKept is what the keep-alive policy of an app remembers of one object.
type refKept struct {
	memory keepalive.Memory
	plan   keepalive.Plan
	idle   bool
	since  sim.Time // idle since
	period int      // of idleness, counted
}

// sleepsAt is when an instance sleeps if nothing happens any more.
func (in *refInstance) sleepsAt() sim.Time {
	c := in.app.m.cfg
	stay := c.SleepAfter
	if in.app.m.keep != nil && in.id != nil {
		switch k := &in.id.kept; {
		case in.served:
			stay = k.plan.Stay
		case in.prewarmed && k.idle && k.plan.Until == sim.Never:
			return sim.Never
		case in.prewarmed && k.idle:
			return max(in.lastFinish, k.since+k.plan.Until) + c.SleepLag
		}
	}
	if stay == sim.Never {
		return sim.Never
	}
	return in.lastFinish + stay + c.SleepLag
}

// becameIdle is the end of a span with requests inside: the object was idle
// until it began, and is idle again.
func (r *reference) becameIdle(in *refInstance) {
	a, id := in.app, in.id
	if a.m.keep == nil || id == nil {
		return
	}
	k := &id.kept
	k.endIdle(in.busySince)
	if k.memory == nil {
		k.memory = a.m.keep.New(a.m.keepSettings)
	}
	k.idle, k.since, k.plan = true, r.now, keepalive.Ask(k.memory)
	k.period++
	in.served = true
	if k.plan.Prewarm == sim.Never || a.m.cfg.End != EndSleep {
		return
	}
	period := k.period
	r.push(r.now+k.plan.Prewarm, refPlatform, func() {
		if k.idle && k.period == period && id.in == nil && !r.past() {
			r.prewarm(a, id)
		}
	})
}

func (k *refKept) endIdle(at sim.Time) {
	if k.idle {
		k.memory.Observe(max(0, at-k.since))
		k.idle = false
	}
}

// askedFor is the moment at which an instance is ready: if requests wait for it,
// the first of them has ended the idleness of its object.
func (r *reference) askedFor(in *refInstance) {
	if in.app.m.keep == nil || in.id == nil || len(in.pend) == 0 {
		return
	}
	first := in.pend[0].atDO
	for _, q := range in.pend {
		first = min(first, q.atDO)
	}
	in.id.kept.endIdle(first)
}

// prewarm starts an instance without a request.
func (r *reference) prewarm(a *refApp, id *refID) {
	in := r.newInstance(a, id)
	in.prewarmed = true
	if !a.m.cfg.Meter.NoDO && r.now >= r.warmup {
		a.used[r.m.popRegion[id.do]].alarms++
	}
	r.tally(&a.prewarms)
	r.tryPlace(in)
}

// keepAliveConfig gives half of the apps a keep-alive policy.
func keepAliveConfig(cfg *Config, r *rand.Rand) {
	cfg.Policies.KeepAlive = []keepalive.Entry{{Name: "erratic", Policy: erratic{}}}
	for i := range cfg.Apps {
		a := &cfg.Apps[i]
		if r.IntN(2) == 0 && a.Route.By != "pool" {
			a.KeepAlive = KeepAlive{Policy: pickOne(r, "erratic", "erratic", "erratic", "hybrid-histogram", "percentile"),
				Range: pickOne(r, 3*sim.Minute, 20*sim.Minute), Head: 0.05, Tail: 0.99, Margin: 0.1, MinCV: pickOne[float64](r, 0, 2)}
		}
		if a.Start.Tries < 0 && a.MaxInstances > 0 && a.KeepAlive.Policy == "erratic" {
			a.KeepAlive.Policy = "percentile" // else those who wait for ever for an instance that stays for ever take minutes
		}
	}
}

// erratic is a keep-alive policy that plans anything at all, but the same after
// the same observations.
type erratic struct{}

func (erratic) New(s keepalive.Settings) keepalive.Memory { return &erraticMemory{s.Standard, 0} }

type erraticMemory struct {
	standard sim.Time
	state    uint64
}

func (m *erraticMemory) Observe(idle sim.Time) { m.state = rng.Hash(m.state, uint64(idle)) }

func (m *erraticMemory) Plan() keepalive.Plan {
	span := func(k uint64) sim.Time { return sim.Time(rng.Hash(m.state, k) % uint64(40*sim.Second)) }
	switch rng.Hash(m.state, 9) % 8 {
	case 0:
		return keepalive.Stay(m.standard)
	case 1:
		return keepalive.Stay(sim.Never)
	case 2:
		return keepalive.Stay(2 * span(1))
	case 3:
		return keepalive.Plan{Stay: 0, Prewarm: span(2), Until: sim.Never}
	case 4:
		return keepalive.Plan{Stay: -1, Prewarm: span(2), Until: -1}
	}
	return keepalive.Plan{Stay: span(1) / 8, Prewarm: span(1)/8 + 2*sim.Second + span(2), Until: 50*sim.Second + span(3)}
}
