package image

import (
	"container/list"
	"math/rand/v2"
	"testing"

	"berth/sim"
)

// plainCache is the same cache as a list with the newest in front.
type plainCache struct {
	capacity, used int64
	order          *list.List
}

type held struct {
	image int32
	size  int64
}

func (c *plainCache) use(img int32) bool {
	for e := c.order.Front(); e != nil; e = e.Next() {
		if e.Value.(held).image == img {
			c.order.MoveToFront(e)
			return true
		}
	}
	return false
}

func (c *plainCache) put(img int32, size int64) {
	if c.use(img) || size > c.capacity {
		return
	}
	for c.used+size > c.capacity {
		last := c.order.Back()
		c.used -= last.Value.(held).size
		c.order.Remove(last)
	}
	c.order.PushFront(held{img, size})
	c.used += size
}

func TestCacheEvictsTheLeastRecentlyUsed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	fast, plain := NewCache(1000), &plainCache{capacity: 1000, order: list.New()}
	for step := range 20000 {
		img := int32(r.IntN(40))
		size := int64(img%7+1) * 30 // an image keeps its size
		if r.IntN(2) == 0 {
			if got, want := fast.Use(img), plain.use(img); got != want {
				t.Fatalf("step %d: image %d held: %v, want %v", step, img, got, want)
			}
			continue
		}
		fast.Put(img, size)
		plain.put(img, size)
		if fast.UsedMB() != plain.used || fast.UsedMB() > 1000 {
			t.Fatalf("step %d: %d MB used, want %d", step, fast.UsedMB(), plain.used)
		}
	}
}

func TestAnImageLargerThanTheCacheIsNotKept(t *testing.T) {
	c := NewCache(100)
	c.Put(1, 60)
	c.Put(2, 101)
	if !c.Use(1) || c.Use(2) {
		t.Error("the large image must not push out what fits")
	}
}

func TestPrefetchOrders(t *testing.T) {
	hosts := []Host{{Pop: 3, Region: "weur", Demand: 1}, {Pop: 5, Region: "enam", Demand: 4}, {Pop: 8, Region: "weur", Demand: 2}}
	for _, c := range []struct {
		name string
		want []int
	}{{"everywhere", []int{3, 5, 8}}, {"by-demand", []int{5, 8, 3}}, {"regions", []int{8, 3}}, {"none", nil}} {
		p, err := Find(c.name, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := p.Order(hosts, []string{"weur"})
		if len(got) != len(c.want) {
			t.Fatalf("%s: %v, want %v", c.name, got, c.want)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		}
	}
}

func TestScheduleRunsLanesAtOnce(t *testing.T) {
	at := Schedule([]int{7, 4, 9}, sim.Minute, 10*sim.Second, 3*sim.Second, 2)
	if at[7] != 73*sim.Second || at[4] != 73*sim.Second || at[9] != 76*sim.Second {
		t.Errorf("got %v", at)
	}
}

func TestPullTime(t *testing.T) {
	// 500 MB at 1000 Mbit/s is 4 s, 1 GB at 500 MB/s is 2 s more.
	if got := PullTime(500, 1000, 1000, 500); got != 6*sim.Second {
		t.Errorf("got %v, want 6s", got)
	}
}
