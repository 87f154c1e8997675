package forecast

import (
	"math"
	"sort"

	"berth/sim/stats"

	"gonum.org/v1/gonum/stat/distuv"
)

// The stated growth is read as its median, the ends of its uncertainty as the
// 2.5 % and 97.5 % points, and what lies between and beyond as normal on the
// scale of the growth's logarithm. The bill at a growth between is taken from the
// straight line through the simulated ones. Chance from month to month is
// Student's t around it (prediction of one further value: A. M. Law and W. D.
// Kelton, "Simulation Modeling and Analysis", ch. 9).
const (
	growthPoints = 401 // equally likely growths
	endZ         = 1.959963984540054
)

// mixture is the distribution of a month's bill: equally likely centres, each
// with its scale, under one t distribution.
type mixture struct {
	centre, scale []float64
	t             distuv.StudentsT
	chance        bool // the scales are known
}

// newMixture joins the bills of a month by growth: one, or those of the low end,
// the middle and the high end. Each has one total for each replication.
func newMixture(totals [][]float64) mixture {
	type node struct{ mean, scale float64 }
	var nodes []node
	n := len(totals[0])
	for _, xs := range totals {
		var w stats.Welford
		for _, x := range xs {
			w.Add(x)
		}
		x := node{mean: w.Mean()}
		if n > 1 {
			x.scale = w.StdDev() * math.Sqrt(1+1/float64(n))
		}
		nodes = append(nodes, x)
	}
	m := mixture{t: distuv.StudentsT{Sigma: 1, Nu: math.Max(1, float64(n-1))}, chance: n > 1}
	if len(nodes) == 1 {
		m.centre, m.scale = []float64{nodes[0].mean}, []float64{nodes[0].scale}
		return m
	}
	for i := range growthPoints {
		z := distuv.UnitNormal.Quantile((float64(i)+0.5)/growthPoints) / endZ // -1 and 1 are the ends
		a, b, w := nodes[1], nodes[2], z
		if z < 0 {
			b, w = nodes[0], -z
		}
		m.centre = append(m.centre, math.Max(0, a.mean+w*(b.mean-a.mean)))
		m.scale = append(m.scale, math.Max(0, a.scale+w*(b.scale-a.scale)))
	}
	return m
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
