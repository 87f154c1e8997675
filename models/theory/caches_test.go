package theory

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestImageCache(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 300).Draw(t, "n")
		c := ImageCache{n, rapid.Float64Range(0, 2).Draw(t, "alpha"), rapid.IntRange(1, n-1).Draw(t, "slots")}
		r := value(c.Che())(t)
		var present float64
		for _, p := range value(Zipf(n, c.Alpha))(t) {
			present += -math.Expm1(-p * r.CharacteristicRequests)
		}
		near(t, "expected occupancy", present, float64(c.Slots), 1e-9)
		if r.HitFIFO > r.HitLRU*(1+1e-9) || r.HitLRU > r.HitBestStatic*(1+1e-9) || r.HitLRURank1 < r.HitLRU*(1-1e-9) {
			t.Errorf("order: %+v", r)
		}
		larger := c
		larger.Slots++
		if more := value(larger.Che())(t); more.HitLRU < r.HitLRU || more.HitFIFO < r.HitFIFO {
			t.Errorf("a slot more hits less: %+v, %+v", r, more)
		}
		uniform := value(ImageCache{n, 0, c.Slots}.Che())(t)
		near(t, "uniform: LRU", uniform.HitLRU, float64(c.Slots)/float64(n), 1e-9)
		near(t, "uniform: FIFO", uniform.HitFIFO, float64(c.Slots)/float64(n), 1e-9)
	})
	all := value(ImageCache{5, 1, 5}.Che())(t)
	if all.HitLRU != 1 || all.HitFIFO != 1 || all.HitBestStatic != 1 || !math.IsInf(all.CharacteristicRequests, 1) {
		t.Errorf("everything fits: %+v", all)
	}
	near(t, "everything fits: exact", value(ImageCache{5, 1, 9}.HitLRUExact())(t), 1, 0)
}

// King's formula term by term: over all ordered selections of the C most
// recently used images.
func kingByOrders(p []float64, slots int) float64 {
	var walk func(used int, inside, probability float64, depth int) float64
	walk = func(used int, inside, probability float64, depth int) float64 {
		if depth == slots {
			return probability * inside
		}
		var sum float64
		for i, share := range p {
			if used>>i&1 == 0 {
				sum += walk(used|1<<i, inside+share, probability*share/(1-inside), depth+1)
			}
		}
		return sum
	}
	return walk(0, 0, 1, 0)
}

func TestHitLRUExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "n")
		c := ImageCache{n, rapid.Float64Range(0, 2).Draw(t, "alpha"), rapid.IntRange(1, n-1).Draw(t, "slots")}
		hit := value(c.HitLRUExact())(t)
		shares := value(Zipf(n, c.Alpha))(t)
		near(t, "term by term", hit, kingByOrders(shares, c.Slots), 1e-10)
		if c.Slots == 1 {
			var squares float64
			for _, p := range shares {
				squares += p * p
			}
			near(t, "one slot", hit, squares, 1e-12)
		}
		if che := value(c.Che())(t); math.Abs(che.HitLRU-hit) > 0.05 || hit > che.HitBestStatic*(1+1e-12) {
			t.Errorf("exact %v, Che %+v", hit, che)
		}
	})
	near(t, "uniform, 18 images", value(ImageCache{18, 0, 6}.HitLRUExact())(t), 1.0/3, 1e-10)
}
