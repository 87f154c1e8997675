package edge

import (
	"testing"

	"berth/models/workload"
	"berth/sim"
)

// A pool that keeps two instances under a limit of one start a second, for which
// nothing has been saved up at time 0. Both starts are refused; a look after one
// second starts one and is refused the other; after two seconds both are up.
func TestPoolMinimumAfterFailedStarts(t *testing.T) {
	cfg := plain(t)
	cfg.Account.StartsPerSec = 1
	a := &cfg.Apps[0]
	a.Route, a.Min.N = Route{By: "pool", PerInstance: 1, Pick: "newest", Queue: -1}, 2
	a.Traffic = []workload.Config{at(nil, law(t, "1s"), 30*sim.Minute)}
	e := runEngine(t, cfg)
	o := e.apps[0].out
	if o.FailedStarts != 3 || o.Starts != 2 || o.Cold != 0 || e.apps[0].slots != 2 {
		t.Errorf("%d failed starts, %d starts, %d cold, %d up; want 3, 2, 0, 2", o.FailedStarts, o.Starts, o.Cold, e.apps[0].slots)
	}
}

// A kept instance of a pool that its host takes away is started again, also when
// no request comes.
func TestPoolMinimumAfterHostRestarts(t *testing.T) {
	cfg := plain(t)
	cfg.Outages.HostRestartsPerHour = 6
	a := &cfg.Apps[0]
	a.Route, a.Min.N = Route{By: "pool", PerInstance: 1, Pick: "newest", Queue: -1, SetupPerWaiting: true}, 3
	a.Traffic = []workload.Config{at(nil, law(t, "1s"), 59*sim.Minute)}
	e := runEngine(t, cfg)
	o := e.apps[0].out
	if o.Starts < 10 || e.apps[0].slots != 3 || o.Cold != 0 {
		t.Errorf("%d starts, %d up at the end, %d cold; want about 18 more, 3, 0", o.Starts, e.apps[0].slots, o.Cold)
	}
}
