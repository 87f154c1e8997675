package routing

import (
	"sort"
	"testing"

	"berth/sim/rng"
)

// Every pick must give out what its doc says, from the same idle instances.
func TestPicks(t *testing.T) {
	items := []Item{
		{Inst: 1, Number: 2, Started: 10, Idle: 5},
		{Inst: 2, Number: 0, Started: 30, Idle: 7},
		{Inst: 3, Number: 3, Started: 20, Idle: 9},
		{Inst: 4, Number: 1, Started: 40, Idle: 3},
	}
	want := map[string][]int32{
		"newest": {4, 2, 3, 1}, "oldest": {1, 3, 2, 4}, "most-recently-used": {3, 2, 1, 4}, "least-recently-used": {4, 1, 2, 3},
		"lowest-idle": {2, 4, 1, 3}, "first-free": {2, 4, 1, 3},
	}
	for _, p := range Picks {
		set := p.New()
		for _, x := range items {
			set.Add(x)
		}
		r := rng.Derive(1, 2)
		var got []int32
		for {
			x, ok := set.Take(&r)
			if !ok {
				break
			}
			got = append(got, x.Inst)
		}
		if p.Name == "random" {
			sort.Slice(got, func(i, j int) bool { return got[i] < got[j] })
			for k, inst := range got {
				if inst != int32(k+1) {
					t.Errorf("random gave out %v", got)
				}
			}
			continue
		}
		for k := range want[p.Name] {
			if got[k] != want[p.Name][k] {
				t.Errorf("%s gave out %v, want %v", p.Name, got, want[p.Name])
				break
			}
		}
	}
}

func TestRandomPickIsUniform(t *testing.T) {
	r := rng.Derive(3, 4)
	p, err := Find("random")
	if err != nil {
		t.Fatal(err)
	}
	counts := [4]int{}
	const n = 40000
	for range n {
		set := p.New()
		for i := range counts {
			set.Add(Item{Inst: int32(i)})
		}
		x, _ := set.Take(&r)
		counts[x.Inst]++
	}
	chi := 0.0
	for _, c := range counts {
		d := float64(c) - n/4
		chi += d * d / (n / 4)
	}
	if chi > 21.1 { // chi-square with 3 degrees of freedom at alpha 0.0001
		t.Errorf("counts %v, chi-square %.1f", counts, chi)
	}
}

func TestNumbersAreReusedLowestFirst(t *testing.T) {
	var n Numbers
	for want := int32(0); want < 4; want++ {
		if got := n.Take(); got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
	n.Give(2)
	n.Give(0)
	if n.Lowest() != 0 || n.Take() != 0 || n.Take() != 2 || n.Take() != 4 {
		t.Error("numbers given back must come out lowest first")
	}
}
