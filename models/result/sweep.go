package result

// Sweep is the outcome of a grid of scenarios.
type Sweep struct {
	Tool, Scenario string
	Replications   int // asked for, of each cell
	Axes           []SweepAxis
	Cells          []SweepCell // in the order of the grid, the last axis fastest
	Partial        bool        // interrupted: not every run is made
}

// SweepAxis is a value of the scenario that varies.
type SweepAxis struct {
	Path   string
	Values []string // as the scenario language writes them
}

// SweepCell is one point of the grid.
type SweepCell struct {
	Index   int
	Values  []string // one an axis
	Metrics []Metric // over the finished replications
	Runs    int      // finished
	Refused string   // why the cell cannot be simulated; empty if it can
	Front   bool     // no other cell has both a lower bill and a lower p99
}

// Summarise is a metric over replications whose values are given.
func Summarise(m Metric, values []float64, count int64) Metric {
	m.Values, m.Count = values, count
	m.estimate()
	return m
}

// MarkFront finds the cells that no other beats in both metrics at once (the
// Pareto front of the means, lower being better). Of equal cells all are on it.
func MarkFront(cells []SweepCell, first, second Key) {
	type point struct{ x, y float64 }
	points := make([]point, len(cells))
	known := make([]bool, len(cells))
	for i := range cells {
		a, okA := Find(cells[i].Metrics, first)
		b, okB := Find(cells[i].Metrics, second)
		points[i], known[i] = point{a.Mean, b.Mean}, okA && okB && finite(a.Mean) && finite(b.Mean)
	}
	for i := range cells {
		cells[i].Front = known[i]
		for j := range cells {
			p, q := points[i], points[j]
			if known[j] && q.x <= p.x && q.y <= p.y && (q.x < p.x || q.y < p.y) {
				cells[i].Front = false
				break
			}
		}
	}
}
