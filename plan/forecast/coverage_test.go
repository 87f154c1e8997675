package forecast

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"berth/models/edge"
	"berth/plan"
	"berth/sim/stats"
)

// TestBandHoldsSimulatedFutures draws futures from the stated growth, simulates
// a month of each with its own chance, and counts how many the band holds and
// how many are above the budget.
func TestBandHoldsSimulatedFutures(t *testing.T) {
	if os.Getenv("BERTH_LONG") == "" {
		t.Skip("BERTH_LONG is not set: 400 months take half a minute")
	}
	opt := Options{Name: "test.yaml", Source: []byte(busy), Sets: []string{"duration=6h"}, Months: 6, Growth: growth(t, "10%/month"),
		Ends: []Growth{growth(t, "4%/month"), growth(t, "18%/month")}, N: 10, Workers: 2}
	f := &forecaster{opt: opt}
	if err := f.load(); err != nil {
		t.Fatal(err)
	}
	if err := f.simulate(context.Background()); err != nil {
		t.Fatal(err)
	}
	last := &f.months[len(f.months)-1]
	budget := last.middle().done.bill.Mean * 1.1
	m := f.month(last, budget)
	r := rand.New(rand.NewPCG(21, 22))
	const futures = 400
	held, over := 0, 0
	for i := range futures {
		// The growth's logarithm is normal on each side of the median.
		z := r.NormFloat64() / endZ
		end := last.levels[2].factor
		if z < 0 {
			end = last.levels[0].factor
		}
		cfg := scaled(f.cfg, last.middle().factor*math.Pow(end/last.middle().factor, math.Abs(z)))
		month := last.middle().cfg
		cfg.Month, cfg.MonthHours, cfg.Book, cfg.Start, cfg.AsOf = month.Month, month.MonthHours, month.Book, month.Start, month.AsOf
		cfg.Seed = uint64(1000 + i)
		model, err := edge.Compile(cfg)
		if err != nil {
			t.Fatal(err)
		}
		x, err := plan.Replicate(context.Background(), model, cfg, plan.ReplicateOptions{N: 1})
		if err != nil {
			t.Fatal(err)
		}
		if bill := x.Totals[0]; m.Low <= bill && bill <= m.High {
			held++
		}
		if x.Totals[0] > budget {
			over++
		}
	}
	t.Logf("%d of %d months in the band of %.2f to %.2f USD, %d above %.2f USD with a probability of %.3f", held, futures, m.Low, m.High, over, budget, m.Over)
	if lo, hi := stats.BinomialBand(futures, 0.95, 0.001); held < lo || held > hi {
		t.Errorf("%d of %d months are in the band, %d to %d should be", held, futures, lo, hi)
	}
	if lo, hi := stats.BinomialBand(futures, m.Over, 0.001); over < lo || over > hi {
		t.Errorf("%d of %d months are above the budget, %d to %d should be with %.3f", over, futures, lo, hi, m.Over)
	}
}
