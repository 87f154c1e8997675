package placement

import (
	"testing"

	"berth/sim/rng"
)

// world is a View of five PoPs in a row, 0 nearest to the request.
type world struct {
	allowed, room, prepared, image map[int]bool
	load, rtt                      map[int]float64
}

func all() world {
	yes := func() map[int]bool { return map[int]bool{0: true, 1: true, 2: true, 3: true, 4: true} }
	return world{yes(), yes(), yes(), yes(), map[int]float64{}, map[int]float64{0: 90, 1: 70, 2: 80, 3: 60, 4: 75}}
}

func (w world) Nearest(pop int) []int16 {
	order := []int16{0, 1, 2, 3, 4}
	if pop == 4 {
		return []int16{4, 3, 2, 1, 0}
	}
	return order
}
func (w world) Allowed(p int) bool      { return w.allowed[p] }
func (w world) Room(p int) bool         { return w.room[p] }
func (w world) Prepared(p int) bool     { return w.prepared[p] }
func (w world) HasImage(p int) bool     { return w.image[p] }
func (w world) Load(p int) float64      { return w.load[p] }
func (w world) MarketRTT(p int) float64 { return w.rtt[p] }

func TestPoliciesChoose(t *testing.T) {
	r := rng.Derive(1, 1)
	q := Query{Near: 0, DO: 4}
	cases := []struct {
		policy string
		change func(world)
		want   int // -1: none fits
	}{
		{"nearest-prefetched", func(world) {}, 0},
		{"nearest-prefetched", func(w world) { w.image[0] = false; w.prepared[1] = false }, 2},
		{"nearest-prefetched", func(w world) { w.room[0], w.allowed[1] = false, false }, 2},
		{"nearest-any", func(w world) { w.image[0] = false }, 0},
		{"nearest-any", func(w world) { w.room[0] = false }, 1},
		{"at-do", func(world) {}, 4},
		{"at-do", func(w world) { w.prepared[4] = false }, 3},
		{"least-loaded", func(w world) { w.load[0], w.load[1] = 0.5, 0.2 }, 2},
		{"latency-optimal", func(world) {}, 3},
		{"latency-optimal", func(w world) { w.room[3] = false }, 1},
		{"nearest-prefetched", func(w world) { clear(w.room) }, -1},
		{"random", func(w world) { clear(w.image); w.image[2] = true }, 2},
		{"random", func(w world) { clear(w.image) }, -1},
	}
	for _, c := range cases {
		e, err := Find(c.policy, nil)
		if err != nil {
			t.Fatal(err)
		}
		w := all()
		c.change(w)
		got := e.Policy.Choose(w, q, &r)
		if got.OK != (c.want >= 0) || got.OK && got.Pop != c.want {
			t.Errorf("%s chose %+v, want %d", c.policy, got, c.want)
		}
	}
}

func TestUnknownPolicyNamesTheKnown(t *testing.T) {
	if _, err := Find("nearest", []Entry{{Name: "mine"}}); err == nil {
		t.Error("an unknown policy was found")
	}
	if e, err := Find("mine", []Entry{{Name: "mine"}}); err != nil || e.Name != "mine" {
		t.Errorf("a policy from outside was not found: %v", err)
	}
}
