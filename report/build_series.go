package report

import (
	"time"

	"berth/models/result"
)

func newSeries(in *result.Series, sp span) Series {
	out := Series{StepS: Number(in.Step.Seconds()), Start: stamp(sp.origin.Add(time.Duration(in.From)))}
	n := len(in.Requests)
	runs := sp.runs
	if runs == 0 {
		runs = 1
	}
	mean := func(v []int64, unit float64) []Number {
		return steps(n, func(i int) Number { return Number(at(v, i) / runs / unit) })
	}
	step := float64(in.Step)
	if step <= 0 {
		step = 1
	}
	out.Requests, out.Failed = mean(in.Requests, 1), mean(in.Failed, 1)
	out.Cold, out.Starts = mean(in.Cold, 1), mean(in.Starts, 1)
	out.Up, out.Busy, out.InFlight = mean(in.Up, step), mean(in.Busy, step), mean(in.InFlight, step)
	out.Peak = steps(n, func(i int) Number { return Number(at(in.Peak, i)) })
	out.Backlog = steps(n, func(i int) Number { return Number(at(in.Backlog, i)) })
	out.Latency = steps(n, func(i int) Number { return ratio(at(in.LatencySum, i)/1e9, at(in.Served, i)) })
	return out
}

// at is v[i], or 0 beyond its end.
func at(v []int64, i int) float64 {
	if i < len(v) {
		return float64(v[i])
	}
	return 0
}

func steps(n int, f func(i int) Number) []Number {
	out := make([]Number, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}
