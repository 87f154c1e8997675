package bench

import (
	"context"

	"berth/sim"
)

// holdEntries is the size of the queue that the target names.
const holdEntries = 10_000

// hold is the job of the event queue alone: pop the first entry and push it
// again a random time later.
type hold struct {
	holds int64
	queue *sim.Hold
}

func holdJob(holds int64) (job, error) {
	h := &hold{holds: holds, queue: sim.NewHold(holdEntries, sim.HoldExponential, 1)}
	keep += h.queue.Run(5 * holdEntries)
	return h, nil
}

func (h *hold) run(context.Context, int, *laps) (int64, error) {
	keep += h.queue.Run(int(h.holds))
	return h.holds, nil
}

func (h *hold) floor(units int64) uint64 { return uint64(h.queue.RunDraws(int(units))) }
func (h *hold) close() error             { return nil }

// extra measures other sizes once each.
func (h *hold) extra(ctx context.Context, r *Result) error {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if int64(n) > max(h.holds, holdEntries) {
			break // filling it would take longer than the rest
		}
		q := sim.NewHold(n, sim.HoldExponential, 1)
		keep += q.Run(5 * n)
		holds := int(max(1, min(h.holds/4, 4_000_000)))
		p := Point{Entries: n}
		for try := range 3 {
			begin := cpuTime()
			keep += q.Run(holds)
			if ns := float64((cpuTime() - begin).Nanoseconds()) / float64(holds); try == 0 || ns < p.Ns {
				p.Ns = ns
			}
			begin = cpuTime()
			keep += uint64(q.RunDraws(holds))
			if ns := float64((cpuTime() - begin).Nanoseconds()) / float64(holds); try == 0 || ns < p.FloorNs {
				p.FloorNs = ns
			}
		}
		r.Points = append(r.Points, p)
	}
	return nil
}
