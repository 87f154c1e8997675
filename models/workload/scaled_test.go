package workload

import (
	"testing"

	"berth/sim"
	"berth/sim/dist"
)

func TestScaledTraffic(t *testing.T) {
	c := Config{Kind: Sessions, PerSecond: 2, Total: 100, Count: 7, Shape: Shape{Bursts: []Burst{{Count: 3}, {Count: 10, At: sim.Second}}}}
	s, ok := c.Scaled(1.5)
	if !ok || s.PerSecond != 3 || s.Total != 150 || s.Count != 11 || s.Shape.Bursts[0].Count != 5 || s.Shape.Bursts[1].Count != 15 || s.Shape.Bursts[1].At != sim.Second {
		t.Errorf("%+v, %v", s, ok)
	}
	if c.Shape.Bursts[0].Count != 3 {
		t.Error("the original's bursts changed")
	}
	law, err := dist.NewExponential(0.5, dist.Duration)
	if err != nil {
		t.Fatal(err)
	}
	renewal, ok := Config{Kind: Requests, PerSecond: 2, Interarrival: law}.Scaled(4)
	if !ok || renewal.PerSecond != 8 || renewal.Interarrival.Mean() != 0.125 {
		t.Errorf("%+v, %v", renewal, ok)
	}
	for name, fixed := range map[string]Config{"trace": {Kind: Trace, PerSecond: 1},
		"script": {Kind: Requests, Clients: []Client{{At: []sim.Time{0}}}}} {
		if s, ok := fixed.Scaled(2); ok || s.PerSecond != fixed.PerSecond {
			t.Errorf("%s: %+v, %v", name, s, ok)
		}
		if _, ok := fixed.Scaled(1); !ok {
			t.Errorf("%s does not stay as it is", name)
		}
	}
}
