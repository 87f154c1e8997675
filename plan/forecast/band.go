package forecast

import (
	"math"
	"sort"

	"berth/models/billing"
	"berth/sim/stats"

	"gonum.org/v1/gonum/stat/distuv"
)

// The stated growth is read as its median, the ends of its uncertainty as the
// 2.5 % and 97.5 % points, and what lies between and beyond as normal on the
// scale of the growth's logarithm. What a replication uses at a growth between is
// taken from the straight line over the traffic through its simulated growths,
// and priced, so that allowances and rounding to whole units count there too.
// Chance from month to month is Student's t around the mean bill (prediction of
// one further value: A. M. Law and W. D. Kelton, "Simulation Modeling and
// Analysis", ch. 9).
const (
	growthPoints = 201 // equally likely growths
	endZ         = 1.959963984540054
)

// mixture is the distribution of a month's bill: equally likely centres, each
// with its scale, under one t distribution.
type mixture struct {
	centre, scale []float64
	t             distuv.StudentsT
	chance        bool // the scales are known
}

// newMixture takes the bills of the replications at a growth: at 0 as stated, at
// -1 and 1 at the ends of its uncertainty. They are asked for at 0 alone where the
// growth is certain.
func newMixture(certain bool, bills func(z float64) []float64) mixture {
	var m mixture
	add := func(z float64) {
		var w stats.Welford
		for _, x := range bills(z) {
			w.Add(x)
		}
		n := float64(w.Count())
		if m.chance = n > 1; m.chance {
			m.scale = append(m.scale, w.StdDev()*math.Sqrt(1+1/n))
		} else {
			m.scale = append(m.scale, 0)
		}
		m.centre, m.t = append(m.centre, w.Mean()), distuv.StudentsT{Sigma: 1, Nu: math.Max(1, n-1)}
	}
	if certain {
		add(0)
		return m
	}
	for i := range growthPoints {
		add(distuv.UnitNormal.Quantile((float64(i)+0.5)/growthPoints) / endZ)
	}
	return m
}

// bills prices what the replications of a month use at a growth.
func (m *month) bills(z float64) []float64 {
	mid := m.middle().done
	if z == 0 {
		return mid.totals
	}
	end := &m.levels[0]
	if z > 0 {
		end = &m.levels[len(m.levels)-1]
	}
	ratio := end.factor / m.middle().factor
	if ratio == 1 { // as in a first month, from which growth begins
		return mid.totals
	}
	part := (math.Pow(ratio, math.Abs(z)) - 1) / (ratio - 1)
	var out []float64
	for r := range mid.usage {
		u := between(mid.usage[r], end.done.usage[r], billing.ExactFrac(int64(math.Round(part*1e6)), 1_000_000))
		out = append(out, billing.Price(u, m.middle().cfg.Book, billing.Options{}).Total.Float64())
	}
	return out
}

// between is the usage on the straight line from u to v, part of the way or
// beyond; no meter goes below 0.
func between(u, v billing.Usage, part billing.Exact) billing.Usage {
	out := billing.Usage{Apps: make([]billing.AppUsage, len(u.Apps))}
	for i := range u.Apps {
		out.Apps[i].App = u.Apps[i].App
		for k := range u.Apps[i].Quantities {
			a, b := u.Apps[i].Quantities[k], v.Apps[i].Quantities[k]
			if x := a.Add(b.Sub(a).Mul(part)); x.Sign() > 0 {
				out.Apps[i].Quantities[k] = x
			}
		}
	}
	return out
}

// above is the probability that the bill is above x.
func (m *mixture) above(x float64) float64 {
	p := 0.0
	for i, c := range m.centre {
		switch {
		case m.scale[i] > 0:
			p += m.t.Survival((x - c) / m.scale[i])
		case c > x:
			p++
		}
	}
	return p / float64(len(m.centre))
}

// quantile is the bill that a share p of the months stays below. NaN where
// nothing is uncertain that is known.
func (m *mixture) quantile(p float64) float64 {
	if len(m.centre) == 1 {
		if !m.chance {
			return math.NaN()
		}
		return math.Max(0, m.centre[0]+m.scale[0]*m.t.Quantile(p))
	}
	low, high := math.Inf(1), math.Inf(-1)
	for i, c := range m.centre {
		low, high = math.Min(low, c-100*m.scale[i]), math.Max(high, c+100*m.scale[i])
	}
	const steps = 1 << 40
	k := sort.Search(steps, func(k int) bool { return 1-m.above(low+(high-low)*float64(k)/steps) >= p })
	return math.Max(0, low+(high-low)*float64(k)/steps)
}
