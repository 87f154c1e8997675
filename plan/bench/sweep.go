package bench

import (
	"context"

	"berth/models/edge"
	"berth/sim"
)

// grid is a job of many small scenarios, each compiled and run once.
type grid struct {
	cells   []*edge.Config
	beneath func(int64) uint64
}

const (
	gridSide = 8
	gridRate = 20
	gridKeys = 50
	// gridCell is how many requests a cell makes at least.
	gridCell = 5000
)

// sweepJob crosses eight values of sleepAfter with eight of the processor, fewer
// when there are too few requests for that.
func sweepJob(requests int64) (job, error) {
	g := &grid{}
	side := gridSide
	for side > 1 && requests < int64(side*side*gridCell) {
		side--
	}
	for i := range side {
		for k := range side {
			cfg := worldConfig(max(1, requests/int64(side*side)), gridRate, gridKeys)
			cfg.Apps[0].SleepAfter = sim.Time(i+1) * 10 * sim.Second
			cfg.Apps[0].Type.VCPU1024 = int64(k+1) * 512
			g.cells = append(g.cells, cfg)
		}
	}
	var err error
	g.beneath, err = openFloor(g.cells[0])
	return g, err
}

func (g *grid) run(ctx context.Context, n int, _ *laps) (int64, error) {
	total := int64(0)
	for _, cfg := range g.cells {
		units, err := cell(ctx, cfg, n)
		if err != nil {
			return 0, err
		}
		total += units
	}
	return total, nil
}

func cell(ctx context.Context, cfg *edge.Config, n int) (int64, error) {
	m, err := edge.Compile(cfg)
	if err != nil {
		return 0, err
	}
	run, err := m.Run(ctx, n, edge.Options{})
	if err != nil {
		return 0, err
	}
	return requestsOf(run), nil
}

func (g *grid) floor(units int64) uint64 { return g.beneath(units) }
func (g *grid) close() error             { return nil }

// extra compares the grid on one core and on two.
func (g *grid) extra(ctx context.Context, r *Result) error {
	var err error
	r.TwoCoreSpeed, err = twoCores(len(g.cells), func(i int) error {
		_, err := cell(ctx, g.cells[i], 0)
		return err
	})
	return err
}
